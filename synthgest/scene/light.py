"""The light of a place: one sun or lamp, and what comes from above and from below."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Light on a person, in linear RGB, as the brightness that it gives to a white matt surface.

    direction: (3,) unit vector from the person towards the sun or lamp. colour: (3,) of the sun on a surface that faces
    it. sky: (3,) on a surface that faces up, in the shade. ground: (3,) on a surface that faces down. spread: angular
    radius of the sun or lamp, radians, which softens the shadows (0.005 for a clear sun, 0.2 for a large window).
    """

    direction: FloatArray
    colour: FloatArray
    sky: FloatArray
    ground: FloatArray
    spread: float = 0.03

    @property
    def shade(self) -> FloatArray:
        """What is left of a level floor's brightness in the sun's shadow, (3,) float32, linear, 0 to 1."""
        sun = self.colour * max(float(self.direction[1]), 0.0)
        return np.asarray(self.sky / np.maximum(self.sky + sun, 1e-6), np.float32)


def towards(azimuth: float, elevation: float) -> FloatArray:
    """The unit vector (3,) at ``elevation`` radians above the ground, ``azimuth`` radians from +Z towards +X."""
    level = np.cos(elevation)
    return np.array([np.sin(azimuth) * level, np.sin(elevation), np.cos(azimuth) * level], np.float32)
