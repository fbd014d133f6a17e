"""The person's shadow on the floor: sharp at the feet, softer where what casts it is higher, dark under the soles."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.render.lightmap import LightMap
from synthgest.render.mesh import FloatArray
from synthgest.scene.camera import Camera

_BANDS = ((-0.5, 0.25), (0.25, 0.7), (0.7, 1.2), (1.2, 9.0))
_MIDDLES = (0.1, 0.45, 0.95, 1.5)
_FARTHEST = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorShadow:
    """How much light is kept from the floor that a pixel sees, (T, H, W) float32 in [0, 1]; 0 above the horizon.

    sun: of the sun or lamp. sky: of what comes from above all around (the contact shadow).
    """

    sun: FloatArray
    sky: FloatArray


class ShadowCaster:
    """Turns light maps into shadows as one camera sees them. spread: angular radius of the light, radians."""

    def __init__(self, lights: LightMap, camera: Camera, spread: float, vertex_area: float) -> None:
        self._lights = lights
        self._vertex_area = vertex_area
        level = 1 / np.sqrt(1 + float(lights.slope @ lights.slope))
        self._sigmas = tuple(max(0.012, middle * spread / level) / lights.cell for middle in _MIDDLES)
        self._columns_at, self._rows_at = self._floor_cells(camera)

    def cast(self, vertices: FloatArray, heights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Shadow of sun and of sky, each (H, W) float32, of vertices (V, 3) whose light map holds ``heights``."""
        total = np.zeros_like(heights)
        for (low, high), sigma in zip(_BANDS, self._sigmas, strict=True):
            band = cv2.inRange(heights, low, np.nextafter(np.float32(high), np.float32(0)).item())
            total += _blurred(band.astype(np.float32), sigma)
        both = np.dstack([total * np.float32(1 / 255), self._contact(vertices)])
        seen = cv2.remap(
            both, self._columns_at, self._rows_at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0
        )
        np.clip(seen, 0, 1, out=seen)
        return np.asarray(seen[..., 0], np.float32), np.asarray(seen[..., 1], np.float32)

    def _contact(self, vertices: FloatArray) -> FloatArray:
        """How much of the sky the parts near the floor hide from it, (side, side) float32 in [0, 1]."""
        low = vertices[vertices[:, 1] < 1.2]
        u, v = self._lights.cells(low[:, 0], low[:, 2])
        flat = v.astype(np.intp) * self._lights.side + u.astype(np.intp)
        near, wide = (
            _blurred(self._count(flat, np.exp(low[:, 1] * np.float32(-1 / fall))), reach / self._lights.cell)
            for fall, reach in ((0.06, 0.035), (0.45, 0.14))
        )
        return np.asarray(1 - np.exp(-1.1 * near - 0.35 * wide), np.float32)

    def _count(self, flat: NDArray[np.intp], weights: FloatArray) -> FloatArray:
        """Area of the surface above each cell, weighted, in cells."""
        side = self._lights.side
        counts = np.bincount(flat, weights=weights, minlength=side * side)
        return (counts * (self._vertex_area / self._lights.cell**2)).astype(np.float32).reshape(side, side)

    def _floor_cells(self, camera: Camera) -> tuple[FloatArray, FloatArray]:
        """Column and row of the light map at the floor point that each pixel sees; outside above the horizon."""
        rays = camera.rays()
        down = np.minimum(rays[..., 1], -1e-4)
        distance = -np.float32(camera.position[1]) / down
        hit = (rays[..., 1] < -1e-3) & (distance < _FARTHEST)
        u, v = self._lights.cells(
            np.float32(camera.position[0]) + rays[..., 0] * distance,
            np.float32(camera.position[2]) + rays[..., 2] * distance,
        )
        return np.where(hit, u - 0.5, -9).astype(np.float32), np.where(hit, v - 0.5, -9).astype(np.float32)


def _blurred(picture: FloatArray, sigma: float) -> FloatArray:
    """Gaussian blur of (H, W); a wide one is done at a quarter of the size, which cannot be told apart."""
    if sigma < 6:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    size = (picture.shape[1], picture.shape[0])
    small = cv2.resize(picture, (-(-size[0] // 4), -(-size[1] // 4)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / 4), size, interpolation=cv2.INTER_LINEAR))
