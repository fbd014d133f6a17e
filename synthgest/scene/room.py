"""A furnished room: a box of floor, walls and ceiling, drawn ray by ray with the clip's own camera."""

from dataclasses import dataclass

import cv2
import numpy as np

from synthgest.scene.camera import Camera
from synthgest.scene.furniture import Colour, Panel, face_colour, panel_colour
from synthgest.scene.light import FloatArray, Light
from synthgest.scene.materials import Material
from synthgest.scene.noise import Noise
from synthgest.scene.place import Backdrop
from synthgest.scene.solids import Box, Hit, Rays, along, enter, facing_yaw, leave, turned, window
from synthgest.scene.tone import tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A furnished room.

    low, high: corners, metres, the person at the origin and the back wall at low z. yaw: of the
    room in the world, radians. panels: (wall, panel), wall 0 at the back, 1 at low x, 2 at high x.
    """

    name: str
    tags: tuple[str, ...]
    light: Light
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    yaw: float
    floor: Material
    paint: Material
    accent: Material
    skirting: Colour
    skirting_height: float
    boxes: tuple[Box, ...]
    panels: tuple[tuple[int, Panel], ...]
    noise: Noise
    lamp: tuple[float, float]
    sheen: float
    blur: float

    def holds(self, camera: Camera, points: FloatArray) -> bool:
        """Whether the camera and all points (..., 3), metres, lie between the walls."""
        inside = np.concatenate([np.reshape(points, (-1, 3)), camera.position[None]]).astype(np.float32)
        level = turned(inside, -facing_yaw(self.yaw, camera))[:, [0, 2]]
        low, high = np.array(self.low)[[0, 2]], np.array(self.high)[[0, 2]]
        return bool((level > low + _WALL).all() and (level < high - _WALL).all())

    def draw(self, camera: Camera, *, frames: int, fps: float) -> Backdrop:
        """A still of the room; every pixel of the floor that nothing stands on takes a shadow."""
        factor = 1.5 if camera.width * camera.height <= 700_000 else 1
        large = camera.resized(factor)
        yaw = facing_yaw(self.yaw, camera)
        rays = Rays(origin=camera.position.astype(np.float32), directions=large.rays(), spread=1 / large.focal).turned(
            -yaw
        )
        picture, floor = _draw(self, rays, turned(self.light.direction, -yaw))
        size = (camera.width, camera.height)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), max(0.01, self.blur * camera.height / 224))
        still = np.clip(np.asarray(small, np.float32), 0, 1)[None]
        ground = np.asarray(cv2.resize(floor, size, interpolation=cv2.INTER_AREA), np.float32)
        return Backdrop(images=still, floor=ground)


_WALL = 0.05  # metres that stay free before a wall


def _draw(room: Room, rays: Rays, sun: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The picture (H, W, 3) sRGB and the floor's mask (H, W), at the rays' resolution."""
    shell = leave(rays, room.low, room.high)
    colour, distance = _shell(room, rays, shell, sun), shell.distance
    floor = ((shell.axis == 1) & (shell.sign < 0)).astype(np.float32)
    if room.sheen > 0:
        colour = _reflect(room, rays, sun, floor, colour)
    for box in room.boxes:
        hit = enter(rays, box.low, box.high)
        before = hit.distance < distance
        if before.any():
            at = window(before)
            part = Rays(origin=rays.origin, directions=rays.directions[at], spread=rays.spread)
            seen = Hit(distance=hit.distance[at], axis=hit.axis[at], sign=hit.sign[at])
            colour[at] = np.where(before[at][..., None], _box(room, part, box, seen), colour[at])
            distance = np.where(before, hit.distance, distance)
            floor[before] = 0
    return tone(colour), floor


def _shell(room: Room, rays: Rays, hit: Hit, sun: FloatArray) -> FloatArray:
    """Linear colour (H, W, 3) of floor, ceiling and walls."""
    point = rays.at(hit.distance)
    x, y, z = point[..., 0], point[..., 1], point[..., 2]
    footprint = hit.distance * np.float32(rays.spread)
    grazing = np.abs(along(rays, hit.axis))
    flat = np.asarray(footprint / np.sqrt(np.maximum(grazing, np.float32(0.02))), np.float32)
    across = np.where(hit.axis == 0, z, x)
    back = (hit.axis == 2) & (hit.sign < 0)
    wall = np.where(back[..., None], room.accent(across, y, footprint), room.paint(across, y, footprint))
    top = np.float32(room.skirting_height)
    skirting = (y < top)[..., None] * np.where(np.abs(y - top)[..., None] < 0.012, np.float32(0.8), np.float32(1))
    wall = np.where(y[..., None] < top, np.asarray(room.skirting, np.float32) * skirting, wall)
    for number, panel in room.panels:
        here = back if number == 0 else (hit.axis == 0) & (hit.sign == (-1 if number == 1 else 1))
        here = (
            here
            & (np.abs(across - panel.centre) < panel.half + 0.02)
            & (y > panel.low - 0.02)
            & (y < panel.high + 0.02)
        )
        if here.any():
            at = window(here)
            drawn = panel_colour(panel, across[at], y[at], wall[at], room.noise, footprint[at])
            wall[at] = np.where(here[at][..., None], drawn, wall[at])
    ceiling = np.full(3, 0.8, np.float32) * np.array([1.0, 0.99, 0.97], np.float32)
    level = np.where((hit.sign < 0)[..., None], room.floor(x, z, flat), ceiling)
    albedo = np.where((hit.axis == 1)[..., None], level, wall)
    return albedo * _brightness(room, point, hit, sun)[..., None] * _tint(room)


def _tint(room: Room) -> FloatArray:
    total = room.light.sky + room.light.colour * np.float32(0.5)
    return np.asarray(total / total.max(), np.float32)


def _brightness(room: Room, point: FloatArray, hit: Hit, sun: FloatArray) -> FloatArray:
    """How much light (H, W) a point of floor, wall or ceiling gets: its side, the lamp's nearness, the dark of corners."""
    facing = np.clip(-hit.sign * sun[hit.axis], 0, 1)
    share = float(room.light.colour.mean() / (room.light.sky + room.light.colour).mean())
    bright = (1 - share) * np.where(hit.axis == 1, np.where(hit.sign < 0, 1.0, 0.85), 0.85) + share * facing * 1.1
    x, y, z = point[..., 0], point[..., 1], point[..., 2]
    away = np.hypot(x - room.lamp[0], z - room.lamp[1])
    bright = bright * (0.74 + 0.36 / (1 + (away / 3.0) ** 2)) * (0.93 + 0.07 * y / room.high[1])
    for axis, value in enumerate((x, y, z)):
        for side in (room.low[axis], room.high[axis]):
            if axis == 2 and side > 0:
                continue
            corner = np.exp(-np.abs(value - side) / 0.28) * (hit.axis != axis)
            bright = bright * (1 - 0.26 * corner)
    for box in room.boxes:
        bright = bright * (1 - 0.5 * _near(box, point, hit))
    return np.asarray(bright * 1.02, np.float32)


def _near(box: Box, point: FloatArray, hit: Hit) -> FloatArray:
    """How closed a point of floor or back wall is by a box close to it, (H, W) from 0 to 1."""
    gaps = [
        np.maximum(np.maximum(box.low[axis] - point[..., axis], point[..., axis] - box.high[axis]), 0)
        for axis in range(3)
    ]
    reach = np.sqrt(gaps[0] ** 2 + gaps[1] ** 2 + gaps[2] ** 2)
    return np.asarray(np.exp(-reach / 0.13) * ((hit.axis == 1) | (hit.axis == 2)), np.float32)


def _box(room: Room, rays: Rays, box: Box, hit: Hit) -> FloatArray:
    """Linear colour (H, W, 3) of a piece of furniture where rays meet it (anything where they miss)."""
    distance = np.where(np.isfinite(hit.distance), hit.distance, 0)
    point = rays.at(distance)
    footprint = distance * np.float32(rays.spread)
    up = point[..., 1] - np.float32(box.low[1])
    colour = face_colour(box, point[..., 0] - np.float32(box.low[0]), up, hit.axis == 2, footprint)
    shade = np.array([0.72, 1.05, 0.9], np.float32)[hit.axis]
    foot = 1 - 0.35 * np.exp(-np.maximum(point[..., 1], 0) / 0.15)
    grain = 1 + 0.05 * room.noise.rough(point[..., 0] * 3, point[..., 1] * 3 + point[..., 2], wave=0.3, octaves=4)
    return np.asarray(colour * (shade * foot * grain * 0.9)[..., None] * _tint(room), np.float32)


def _reflect(room: Room, rays: Rays, sun: FloatArray, floor: FloatArray, colour: FloatArray) -> FloatArray:
    """The floor with the walls mirrored in it, blurred, stronger at grazing angles (Schlick's approximation)."""
    mirrored = Rays(
        origin=rays.origin * np.array([1, -1, 1], np.float32),
        directions=rays.directions[::2, ::2] * np.array([1, -1, 1], np.float32),
        spread=2 * rays.spread,
    )
    wall = _shell(room, mirrored, leave(mirrored, room.low, room.high), sun)
    rough = cv2.GaussianBlur(wall, (0, 0), 0.012 * len(wall), sigmaY=0.03 * len(wall))
    rough = cv2.resize(rough, (floor.shape[1], floor.shape[0]), interpolation=cv2.INTER_LINEAR)
    grazing = (1 - np.clip(-rays.directions[..., 1], 0, 1)) ** 4
    weight = (floor * (0.02 + room.sheen * 2.2 * grazing))[..., None]
    return np.asarray(colour * (1 - 0.5 * weight) + rough * weight, np.float32)
