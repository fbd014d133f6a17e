"""The person's shadow on the floor: sharp at the feet, softer where what casts it is higher, dark under the soles."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.render.lightmap import LightMap
from synthgest.render.mesh import FloatArray

_BANDS = ((-0.5, 0.25), (0.25, 0.7), (0.7, 1.2), (1.2, 9.0))
_MIDDLES = (0.1, 0.45, 0.95, 1.5)
_LOW = 1.2
_COUNTED = 6000
"""How many vertices tell the contact shadow, about."""


class FloorShadow:
    """Turns light maps into shadows on the floor. spread: angular radius of the light, radians."""

    def __init__(self, lights: LightMap, spread: float, vertex_area: float) -> None:
        self._lights = lights
        self._vertex_area = vertex_area
        level = 1 / np.sqrt(1 + float(lights.slope @ lights.slope))
        self._sigmas = tuple(max(0.012, middle * spread / level) / lights.cell for middle in _MIDDLES)

    def cast(self, vertices: FloatArray, heights: FloatArray) -> FloatArray:
        """How much of sun and sky is kept from each cell of the floor, (side, side, 2) float32 in [0, 1].

        vertices: (V, 3), metres. heights: (side, side) of the light map's casters, metres. The sun's part is as soft as
        the height of what casts it makes it; the sky's part is the contact shadow.
        """
        side = self._lights.side
        shadow = np.empty((side, side, 2), np.float32)
        shadow[..., 0] = self._sun(heights)
        half = (side // 2, side // 2)
        shadow[..., 1] = cv2.resize(self._contact(vertices, half), (side, side), interpolation=cv2.INTER_LINEAR)
        return np.clip(shadow, 0, 1, out=shadow)

    def _sun(self, heights: FloatArray) -> FloatArray:
        total = np.zeros_like(heights)
        for (low, high), sigma in zip(_BANDS, self._sigmas, strict=True):
            band = cv2.inRange(heights, low, np.nextafter(np.float32(high), np.float32(0)).item())
            total += _blurred(band, sigma)
        return total * np.float32(1 / 255)

    def _contact(self, vertices: FloatArray, size: tuple[int, int]) -> FloatArray:
        """How much of the sky the parts near the floor hide from it, of ``size`` cells, float32 in [0, 1]."""
        step = max(1, len(vertices) // _COUNTED)
        low = vertices[::step]
        low = low[low[:, 1] < _LOW]
        u, v = self._lights.cells(low[:, 0], low[:, 2])
        flat = (v / 2).astype(np.intp) * size[1] + (u / 2).astype(np.intp)
        cell = 2 * self._lights.cell
        near, wide = (
            _blurred(self._count(flat, step * np.exp(low[:, 1] * np.float32(-1 / fall)), size, cell), reach / cell)
            for fall, reach in ((0.06, 0.035), (0.45, 0.14))
        )
        return np.asarray(1 - np.exp(-1.1 * near - 0.35 * wide), np.float32)

    def _count(self, flat: NDArray[np.intp], weights: FloatArray, size: tuple[int, int], cell: float) -> FloatArray:
        """Area of the surface above each cell, weighted, in cells."""
        counts = np.bincount(flat, weights=weights, minlength=size[0] * size[1])
        return (counts * (self._vertex_area / cell**2)).astype(np.float32).reshape(size)


def _blurred(picture: NDArray[Any], sigma: float) -> FloatArray:
    """Gaussian blur of (H, W); a wide one is done at a quarter of the size, which cannot be told apart."""
    if sigma < 4:
        return np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), sigma), np.float32)
    size = (picture.shape[1], picture.shape[0])
    small = cv2.resize(picture, (-(-size[0] // 4), -(-size[1] // 4)), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / 4), size, interpolation=cv2.INTER_LINEAR))
