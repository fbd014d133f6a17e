"""A spherical photograph with its full range of light: seen through the clip's camera, and measured for its light."""

from dataclasses import dataclass

import cv2
import numpy as np

from synthgest.scene.camera import Camera
from synthgest.scene.light import FloatArray, Light
from synthgest.scene.place import Backdrop
from synthgest.scene.tone import linear_to_srgb, shoulder

_TRIPOD = 1.6
"""Height at which panoramas are usually taken, metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panorama:
    """An equirectangular picture around the person.

    picture: (h, 2h, 3) float32, linear RGB, up at the top. yaw: by which
    it is turned, radians. light: as measured by ``measure``. exposure: what its linear values are multiplied by.
    """

    name: str
    tags: tuple[str, ...]
    picture: FloatArray
    yaw: float
    light: Light
    exposure: float

    def draw(self, camera: Camera, *, frames: int, fps: float) -> Backdrop:
        """The part that the camera sees, the ground below the horizon brought to the height of the clip's camera.

        A point of level ground at tangent t below the horizon of a camera at height h lies at t * 1.6 / h for the tripod.
        """
        rays = camera.rays()
        seen = _looked_at(self.picture, rays, self.yaw, float(camera.position[1]))
        picture = linear_to_srgb(shoulder(seen * np.float32(self.exposure)))
        floor = np.clip(-rays[..., 1] * 40, 0, 1).astype(np.float32)
        return Backdrop(images=np.clip(picture, 0, 1)[None], floor=floor)


def _looked_at(picture: FloatArray, rays: FloatArray, yaw: float, height: float) -> FloatArray:
    """The panorama (h, 2h, 3) along rays (H, W, 3) of a camera ``height`` metres above the ground, (H, W, 3) linear."""
    down = np.where(rays[..., 1] < 0, rays[..., 1] * np.float32(_TRIPOD / max(height, 0.3)), rays[..., 1])
    level = np.hypot(rays[..., 0], rays[..., 2])
    rows, columns = picture.shape[:2]
    bearing = np.arctan2(rays[..., 0], -rays[..., 2]) - np.float32(yaw)
    column = (np.mod(bearing / np.float32(2 * np.pi) + 0.5, 1) * columns - 0.5).astype(np.float32)
    row = ((0.5 - np.arctan2(down, level) / np.float32(np.pi)) * rows - 0.5).astype(np.float32)
    return np.asarray(cv2.remap(picture, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), np.float32)


def unevenness(picture: FloatArray, yaw: float, camera: Camera) -> float:
    """How much the ground under and around the person at the origin changes, turned by ``yaw``: 0 for one even tone.

    Nothing in a panorama says what is ground; a bench, a car or a kerb in its place shows edges there.
    """
    side = np.linspace(-1.0, 1.0, 32)
    x, z = np.meshgrid(side, side)
    rays = np.stack([x, 0 * x, z], axis=-1) - camera.position
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    patch = _looked_at(picture, rays.astype(np.float32), yaw, float(camera.position[1])).mean(axis=2)
    grey = np.log(np.asarray(cv2.GaussianBlur(patch, (0, 0), 1.0), np.float32) + np.float32(1e-4))
    edges = np.hypot(*np.gradient(grey))
    return float(edges.mean() + 0.1 * grey.std())


def measure(picture: FloatArray, yaw: float) -> tuple[Light, float]:
    """The light that a panorama (h, 2h, 3), linear, throws on a person at its middle, and the exposure for its picture.

    What is brightest above the horizon (at most two per cent, at least 15 % of the peak) is the sun or lamp; the rest
    above is the sky, below is the ground. All is scaled with the picture's exposure, so that the person and the place
    are lit alike; what the person gets is kept between the limits of a plausible photograph.
    """
    clipped = np.minimum(picture, np.float32(1e5))
    small = np.asarray(cv2.resize(clipped, (128, 64), interpolation=cv2.INTER_AREA), np.float32)
    elevation = np.asarray((0.5 - (np.arange(64) + 0.5) / 64)[:, None] * np.pi, np.float32)
    bearing = ((np.arange(128, dtype=np.float32) + 0.5) / 128 - 0.5)[None, :] * np.float32(2 * np.pi) + np.float32(yaw)
    level = np.cos(elevation)
    towards = np.stack([np.sin(bearing) * level, np.sin(elevation) + 0 * bearing, -np.cos(bearing) * level], axis=-1)
    solid = (level * np.float32(2 * np.pi / 128 * np.pi / 64)) + 0 * bearing
    bright = small.mean(axis=2)
    above = towards[..., 1] > 0.05
    sun = above & (bright >= max(np.quantile(bright[above], 0.98), 0.15 * bright[above].max()))
    exposure = _exposure(small, elevation)
    weight = (bright * solid * sun)[..., None]
    direction = (towards * weight).sum(axis=(0, 1))
    direction /= np.linalg.norm(direction) + 1e-9
    direction[1] = max(float(direction[1]), 0.35)
    direction /= np.linalg.norm(direction)
    radiance = small * solid[..., None]
    power = exposure / np.float32(np.pi)
    beam = (radiance * sun[..., None]).sum(axis=(0, 1)) * power
    sky = (radiance * (above & ~sun)[..., None] * towards[..., 1:2]).sum(axis=(0, 1)) * power
    ground = (radiance * (towards[..., 1] < 0)[..., None] * -towards[..., 1:2]).sum(axis=(0, 1)) * power
    beam, sky, ground = _plausible(beam, sky, ground)
    cosine = (towards * direction).sum(axis=-1)
    spread = float(np.sqrt(2 * np.average(np.clip(1 - cosine, 0, 1), weights=(bright * solid * sun))))
    light = Light(
        direction=direction.astype(np.float32),
        colour=beam,
        sky=sky,
        ground=ground,
        spread=float(np.clip(spread, 0.01, 0.3)),
    )
    return light, exposure


def _exposure(small: FloatArray, elevation: FloatArray) -> float:
    """The factor that brings the middle of the brightness near the horizon to 0.2, as a camera's meter would."""
    band = small[(np.abs(elevation[:, 0]) < 0.6)]
    return float(0.2 / max(float(np.median(band.mean(axis=2))), 1e-6))


def _plausible(beam: FloatArray, sky: FloatArray, ground: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sun, sky and ground with a total between 0.75 and 1.3, at least a third of it ambient, and half of their tint."""
    parts = []
    ambient, sun = float((sky + ground).mean() / 2), float(beam.mean())
    least = 0.33 * (ambient + sun)
    lift = max(1.0, least / max(ambient, 1e-6))
    sun = min(sun, 2 * ambient * lift)
    total = sun * 0.7 + ambient * lift
    scale = float(np.clip(total, 0.75, 1.3)) / max(total, 1e-6)
    for part, strength in ((beam, sun), (sky, float(sky.mean()) * lift), (ground, float(ground.mean()) * lift)):
        tint = part / max(float(part.mean()), 1e-6)
        parts.append((np.clip(0.5 + 0.5 * tint, 0.6, 1.4) * min(strength * scale, 1.1)).astype(np.float32))
    return parts[0], parts[1], parts[2]
