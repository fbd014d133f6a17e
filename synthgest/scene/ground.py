"""Ground outdoors: strips of grass, sand, asphalt, paving or water, one behind the other, hazy in the distance."""

from dataclasses import dataclass

import numpy as np

from synthgest.scene.light import FloatArray
from synthgest.scene.materials import Material
from synthgest.scene.noise import Noise, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Ground that begins at z = ``until`` and goes away from the camera.

    kerb: its width at the near edge, metres, or 0. ragged: how far the edge strays, metres. line: distance of painted
    lines, metres, or 0. dash: length of a dash, metres, or 0 for a solid line.
    """

    until: float
    material: Material
    kerb: float = 0.0
    line: float = 0.0
    dash: float = 0.0
    ragged: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Strips from the nearest to the farthest; each is painted over the ones before it."""

    strips: tuple[Strip, ...]
    noise: Noise

    def draw(self, x: FloatArray, z: FloatArray, distance: FloatArray, spread: float, height: float) -> FloatArray:
        """Linear albedo (H, W, 3) at floor points (H, W), metres, seen from ``height`` metres at ``distance`` metres."""
        across = distance * np.float32(spread)
        footprint = across * np.sqrt(np.maximum(distance / np.float32(height), 1))
        along = footprint * np.sqrt(np.maximum(distance / np.float32(height), 1))
        colour = np.zeros((*x.shape, 3), np.float32)
        for number, strip in enumerate(self.strips):
            edge = z
            if strip.ragged > 0:
                edge = z + strip.ragged * self.noise.rough(x, z * 0, wave=2.5, octaves=5, footprint=across)
            inside = step(np.float32(strip.until) - edge, 0.0, along) if number else np.ones_like(z)
            if not inside.any():
                continue
            tone = self._lines(strip, x, z, strip.material(x, z, footprint), across, along)
            colour = colour * (1 - inside[..., None]) + tone * inside[..., None]
            if strip.kerb > 0:
                kerb = step(edge, strip.until, along) * (1 - step(edge, strip.until + strip.kerb, along))
                colour = colour * (1 - kerb[..., None]) + np.float32(0.36) * kerb[..., None]
        return np.asarray(colour, np.float32)

    def _lines(
        self, strip: Strip, x: FloatArray, z: FloatArray, colour: FloatArray, across: FloatArray, along: FloatArray
    ) -> FloatArray:
        """Painted lines: across the strip's middle (dashes), or every ``line`` metres along z (bays of a car park)."""
        if strip.line <= 0:
            return colour
        if strip.dash > 0:
            off = np.abs(z - np.float32(strip.until - strip.line))
            paint = (1 - step(off, 0.07, along)) * (np.mod(x, 2 * strip.dash) < strip.dash)
        else:
            off = np.abs(np.mod(x + strip.line / 2, strip.line) - strip.line / 2)
            row = (z > -9) & (z < -4)
            paint = (1 - step(off, 0.06, across)) * row
        worn = np.clip(0.75 + 0.5 * self.noise.rough(x, z, wave=0.4, octaves=4, footprint=along), 0, 1)
        weight = (paint * worn * 0.85)[..., None]
        return np.asarray(colour * (1 - weight) + np.float32(0.62) * weight, np.float32)
