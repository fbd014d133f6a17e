"""A place outdoors: sky, ground, trees and houses, drawn ray by ray with the clip's own camera."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from synthgest.scene.camera import Camera
from synthgest.scene.ground import Ground
from synthgest.scene.landmarks import House, Tree
from synthgest.scene.light import FloatArray, Light
from synthgest.scene.noise import Noise
from synthgest.scene.place import Backdrop
from synthgest.scene.sky import Sky
from synthgest.scene.solids import Hit, Rays, enter, facing_yaw, turned, window
from synthgest.scene.tone import tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A place outdoors; z runs towards the camera, the person stands at the origin. ambient: share of light from the sky."""

    name: str
    tags: tuple[str, ...]
    light: Light
    sky: Sky
    ground: Ground
    trees: tuple[Tree, ...]
    houses: tuple[House, ...]
    yaw: float
    haze: float
    noise: Noise
    blur: float

    def draw(self, camera: Camera, *, frames: int, fps: float) -> Backdrop:
        """A still; the ground takes the person's shadow as far as there is ground."""
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


def _draw(field: Field, rays: Rays, sun: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The picture (H, W, 3) sRGB and the ground's mask (H, W), at the rays' resolution."""
    light = field.light
    horizon = np.asarray(field.sky.horizon, np.float32)
    sky = replace(field.sky, sun=sun)
    height = float(rays.origin[1])
    down = -rays.directions[..., 1]
    distance = np.minimum(height / np.maximum(down, 1e-5), 2000).astype(np.float32)
    point = rays.at(distance)
    albedo = field.ground.draw(point[..., 0], point[..., 2], distance, rays.spread, height)
    level = light.sky + light.colour * np.float32(max(float(light.direction[1]), 0))
    shaded = _shade_of_trees(field, point, sun)
    lit = albedo * (level * (1 - shaded[..., None]) + level * light.shade * shaded[..., None])
    clear = np.exp(-distance / np.float32(field.haze))[..., None]
    ground = np.clip((down + 0.5 * rays.spread) / rays.spread, 0, 1)[..., None]
    colour = (
        sky.draw(rays.directions, rays.spread) * (1 - ground) + (lit * clear + horizon * 0.9 * (1 - clear)) * ground
    )
    floor = (down > 1e-3).astype(np.float32)
    ambient = float(light.sky.mean() / (light.sky + light.colour).mean())
    brightness = (light.sky + light.colour).astype(np.float32)
    nearest = np.full(down.shape, np.inf, np.float32)
    for house in field.houses:
        hit = enter(rays, house.low, house.high)
        before = hit.distance < nearest
        if before.any():
            at = window(before)
            part = Rays(origin=rays.origin, directions=rays.directions[at], spread=rays.spread)
            seen = Hit(distance=hit.distance[at], axis=hit.axis[at], sign=hit.sign[at])
            painted = house.paint(part, seen, field.noise, sun, ambient, field.sky.horizon)
            colour[at] = np.where(before[at][..., None], painted * brightness, colour[at])
            nearest = np.where(before, hit.distance, nearest)
            floor[before] = 0
    for tree in field.trees:
        inside = tree.within(rays)
        if inside.any():
            at = window(inside)
            part = Rays(origin=rays.origin, directions=rays.directions[at], spread=rays.spread)
            painted, cover = tree.paint(part, field.noise, sun, ambient)
            colour[at] = colour[at] * (1 - cover[..., None]) + painted * brightness * cover[..., None]
            floor[at] *= 1 - cover
    return tone(colour), floor


def _shade_of_trees(field: Field, point: FloatArray, sun: FloatArray) -> FloatArray:
    """How much of the sun the trees keep from points of the ground, (H, W) from 0 to 1."""
    shaded = np.zeros(point.shape[:2], np.float32)
    slope = sun[[0, 2]] / max(float(sun[1]), 0.34)
    for tree in field.trees:
        middle = np.array([tree.x, tree.z]) - slope * tree.height * 0.62
        off = (point[..., [0, 2]] - middle) / (tree.width * 0.55)
        ragged = field.noise.rough(point[..., 0], point[..., 2], wave=1.2, octaves=4)
        shaded = np.maximum(shaded, np.clip(1.6 - 1.5 * np.hypot(off[..., 0], off[..., 1]) + 0.7 * ragged, 0, 0.9))
    return shaded.astype(np.float32)
