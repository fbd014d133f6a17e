"""What stands on the ground outdoors: trees with a trunk and a crown, and houses with rows of windows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.light import FloatArray
from synthgest.scene.noise import Noise, scattered, step
from synthgest.scene.solids import Hit, Rays


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """x, z: of the trunk, metres. height, width: metres. leaves, bark: (3,) linear. seed: of its shape."""

    x: float
    z: float
    height: float
    width: float
    leaves: tuple[float, float, float]
    bark: tuple[float, float, float]
    seed: float

    def within(self, rays: Rays) -> NDArray[np.bool_]:
        """Which rays (H, W) may meet the tree: those through the rectangle that holds it."""
        across, up, _, _ = self._screen(rays)
        return np.asarray((np.abs(across) < 0.9 * self.width) & (up > -0.1) & (up < 1.35 * self.height))

    def _screen(self, rays: Rays) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Metres right of the trunk and above the ground (H, W) on an upright screen there; its axes right and away (3,)."""
        away = np.array([self.x - rays.origin[0], 0, self.z - rays.origin[2]], np.float32)
        distance = np.linalg.norm(away)
        away /= distance
        right = np.array([-away[2], 0, away[0]], np.float32)
        length = distance / np.maximum(rays.directions @ away, 0.05)
        return length * (rays.directions @ right), rays.origin[1] + length * rays.directions[..., 1], right, away

    def paint(self, rays: Rays, noise: Noise, sun: FloatArray, ambient: float) -> tuple[FloatArray, FloatArray]:
        """Linear colour (H, W, 3) and cover (H, W) of the tree, drawn on an upright screen that faces the camera."""
        across, up, right, toward = self._screen(rays)
        pixel = float(np.hypot(self.x - rays.origin[0], self.z - rays.origin[2])) * rays.spread
        crown_base, crown_top = 0.28 * self.height, self.height
        u = across / (self.width / 2)
        v = (up - (crown_base + crown_top) / 2) / ((crown_top - crown_base) / 2)
        clump = noise.rough(across + self.seed, up + self.seed, wave=self.width * 0.3, octaves=6, footprint=pixel)
        leafy = step(1 + 0.62 * clump, np.hypot(u, v * (1.06 - 0.12 * np.sign(v))), 0.05 + pixel / self.width)
        lumps = noise.rough(across - self.seed, up * 1.1, wave=self.width * 0.42, octaves=4, footprint=pixel)
        side = u * float(sun @ right) + v * float(sun[1]) - 0.4 * float(sun @ toward)
        bright = ambient * (0.75 + 0.25 * v) + (1 - ambient) * np.clip(0.35 + 0.5 * side + 0.7 * lumps, 0.05, 1.4)
        trunk_half = 0.025 * self.height * (1.15 - 0.5 * up / self.height)
        trunk = step(trunk_half, np.abs(across), pixel) * (up < crown_base + 0.25 * self.height) * (up > 0)
        bark = (
            np.asarray(self.bark, np.float32)
            * (0.5 + 0.4 * np.clip(across / trunk_half * float(sun @ right), -1, 1))[..., None]
        )
        leaves = np.asarray(self.leaves, np.float32) * (bright * (1 + 0.5 * clump))[..., None]
        colour = np.where((leafy > 0.5)[..., None], leaves, bark)
        return np.asarray(np.maximum(colour, 0), np.float32), np.asarray(np.maximum(leafy, trunk), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A block with rows of windows. low, high: (3,) corners, metres. wall, trim: (3,) linear. storey, bay: metres."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    wall: tuple[float, float, float]
    trim: tuple[float, float, float]
    storey: float
    bay: float
    shop: bool
    seed: float

    def paint(
        self, rays: Rays, hit: Hit, noise: Noise, sun: FloatArray, ambient: float, sky: tuple[float, float, float]
    ) -> FloatArray:
        """Linear colour (H, W, 3) where rays meet the house, anything where they miss; ``sky``: what the glass mirrors."""
        distance = np.where(np.isfinite(hit.distance), hit.distance, 0)
        point = rays.at(distance)
        along = np.where(hit.axis == 0, point[..., 2] - self.low[2], point[..., 0] - self.low[0]).astype(np.float32)
        up = point[..., 1]
        pixel = distance * np.float32(rays.spread)
        rough = noise.rough(along, up, wave=1.5, octaves=6, footprint=pixel)
        wall = np.asarray(self.wall, np.float32) * (1 + 0.14 * rough)[..., None]
        wall = self._windows(along, up, pixel, wall, sky)
        band = (np.abs(np.mod(up, self.storey) - 0.06) < 0.05) & (up > self.storey * 0.9)
        wall = np.where((band | (up > self.high[1] - 0.35))[..., None], np.asarray(self.trim, np.float32), wall)
        facing = np.clip(hit.sign * sun[hit.axis], 0, 1)
        bright = ambient + (1 - ambient) * facing * 1.2
        foot = 1 - 0.3 * np.exp(-np.maximum(up, 0) / 0.5)
        return np.asarray(wall * (bright * foot)[..., None], np.float32)

    def _windows(
        self, along: FloatArray, up: FloatArray, pixel: FloatArray, wall: FloatArray, sky: tuple[float, float, float]
    ) -> FloatArray:
        column, level = np.floor(along / self.bay), np.floor(up / self.storey)
        ground = (level < 1) & self.shop
        half = np.where(ground, self.bay * 0.42, self.bay * 0.26).astype(np.float32)
        tall = np.where(ground, 0.4, 0.29).astype(np.float32) * self.storey
        off = np.minimum(
            half - np.abs(np.mod(along, self.bay) - self.bay / 2),
            tall - np.abs(np.mod(up, self.storey) - self.storey * 0.52),
        )
        glass = step(off, 0.07, pixel)[..., None]
        frame = step(off, 0.0, pixel)[..., None]
        each = scattered(column, level, self.seed)
        mirrored = np.asarray(sky, np.float32) * (0.08 + 0.35 * each)[..., None]
        inside = np.where((each > 0.8)[..., None], np.float32(0.32), np.float32(0.035))
        pane = inside + mirrored * np.clip(0.5 + up / self.high[1], 0, 1.3)[..., None]
        trimmed: NDArray[np.floating] = wall * (1 - frame) + np.asarray(self.trim, np.float32) * frame
        return np.asarray(trimmed * (1 - glass) + pane * glass, np.float32)
