"""The sky and what stands far away before it: clouds, hills, a line of trees or roofs."""

from dataclasses import dataclass

import numpy as np

from synthgest.scene.light import FloatArray
from synthgest.scene.noise import Noise, scattered, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridge:
    """A silhouette on the horizon.

    height: of its tops, as tangent of the elevation. wave: of its outline, radians.
    colour: (3,) linear. haze: how much of the horizon's colour lies over it. kind: hills, trees or roofs.
    """

    kind: str
    height: float
    wave: float
    colour: tuple[float, float, float]
    haze: float
    seed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """zenith, horizon: (3,) linear. cover: part of the sky under clouds, 0 to 1. sun: (3,) direction to it.

    shine: how bright the sky is around the sun. cloud: (3,) linear, of the clouds. stars: whether some are out.
    """

    zenith: tuple[float, float, float]
    horizon: tuple[float, float, float]
    cover: float
    sun: FloatArray
    ridges: tuple[Ridge, ...]
    noise: Noise
    shine: float = 1.0
    cloud: tuple[float, float, float] = (0.93, 0.95, 0.98)
    stars: bool = False

    def draw(self, directions: FloatArray, spread: float) -> FloatArray:
        """Linear colour (H, W, 3) along unit directions (H, W, 3); ``spread``: angle of a pixel, radians."""
        up = directions[..., 1]
        lift = np.clip(up, 0, 1)[..., None]
        horizon, zenith = np.asarray(self.horizon, np.float32), np.asarray(self.zenith, np.float32)
        colour = zenith + (horizon - zenith) * np.exp(-lift * 4.5)
        glow = np.clip(directions @ self.sun, 0, 1)[..., None]
        disc = np.clip((glow - np.float32(0.99975)) * 6000, 0, 1) + 0.25 * glow**900
        colour = colour + np.float32(self.shine) * (
            horizon * (0.25 * glow**6 + 0.5 * glow**60) + np.float32(2.5) * disc
        )
        if self.stars:
            cells = np.floor(directions[..., :2] * np.float32(160) + directions[..., 2:] * np.float32(97))
            star = (scattered(cells[..., 0], cells[..., 1], 5.0) > 0.9975) & (up > 0.08)
            colour = colour + np.float32(0.35) * star[..., None]
        colour = self._clouds(directions, colour)
        bearing = np.arctan2(directions[..., 0], -directions[..., 2])
        level = np.maximum(np.hypot(directions[..., 0], directions[..., 2]), np.float32(1e-3))
        slope = np.asarray(up / level, np.float32)
        for ridge in self.ridges:
            colour = self._ridge(ridge, bearing, slope, spread, colour)
        return np.asarray(colour, np.float32)

    def _clouds(self, directions: FloatArray, colour: FloatArray) -> FloatArray:
        """Clouds on a level sheet overhead, thinning out towards the horizon."""
        if self.cover <= 0:
            return colour
        height = np.maximum(directions[..., 1], 0) + np.float32(0.06)
        x, z = directions[..., 0] / height, directions[..., 2] / height
        density = 0.5 + 0.75 * self.noise.rough(x, z * 1.3, wave=2.6, octaves=6, footprint=0.012 / height**2)
        thick = np.clip((density - (1 - self.cover)) * 2.6, 0, 1)
        lump = 0.5 + 0.5 * self.noise.rough(x + 0.35 * self.sun[0], z + 0.35 * self.sun[2], wave=1.3, octaves=4)
        lit = np.array(self.cloud, np.float32) * (0.62 + 0.42 * lump)[..., None]
        weight = (thick * np.clip(directions[..., 1] * 9, 0, 1) * 0.92)[..., None]
        return np.asarray(colour * (1 - weight) + lit * weight, np.float32)

    def _ridge(
        self, ridge: Ridge, bearing: FloatArray, slope: FloatArray, spread: float, colour: FloatArray
    ) -> FloatArray:
        line = bearing + np.float32(ridge.seed)
        flat = np.full_like(line, ridge.seed)
        if ridge.kind == "roofs":
            house = np.floor(line / ridge.wave)
            top = ridge.height * (0.35 + 0.65 * scattered(house, house * 0, ridge.seed))
            texture = 0.9 + 0.2 * scattered(house, house * 0, ridge.seed + 1)
            lights = scattered(np.floor(line / 0.006), np.floor(slope / 0.006), ridge.seed + 2) < 0.35
            texture = texture * np.where(lights & (np.mod(slope, 0.006) > 0.002), 0.8, 1.0)
        else:
            octaves = 7 if ridge.kind == "trees" else 4
            top = ridge.height * (0.62 + 0.6 * self.noise.rough(line, flat, wave=ridge.wave, octaves=octaves))
            leaf = self.noise.rough(line, slope * 1.2, wave=ridge.wave * 0.35, octaves=5, footprint=spread)
            under = np.clip(slope / np.maximum(top, 1e-4), 0, 1)
            texture = (0.55 + 0.55 * under) * (1 + 0.8 * leaf) if ridge.kind == "trees" else 1 + 0.15 * leaf
        tone = np.asarray(ridge.colour, np.float32) * texture[..., None]
        tone = tone * (1 - ridge.haze) + np.asarray(self.horizon, np.float32) * ridge.haze
        inside = step(top.astype(np.float32), slope, spread)[..., None]
        return np.asarray(colour * (1 - inside) + tone * inside, np.float32)
