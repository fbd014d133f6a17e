"""The light map: a picture of the person as the sun sees it, laid out on the floor.

Every point of the person is slid along the light onto the floor and drawn from above with its height kept. One such map
says both where the floor lies in shadow and which parts another part of the body keeps from the light (Williams, "Casting
curved shadows on curved surfaces", 1978, with the floor as the plane of the map).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.scene.camera import Camera
from synthgest.scene.light import Light

FloatArray = NDArray[np.float32]

_LOWEST_SUN = 0.34
_BIAS = 0.02
_BEFORE = 0.4
"""How far before a point what shades it usually is, metres."""
_BELOW = 0.2
_PAD = 0.4
_BLOCK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LightMap:
    """Where the map lies on the floor: its middle (x, z) and half side, metres; the highest point that it may hold.

    slope: (2,) how far in x and z a point is slid for each metre of its height. side: cells along each side; columns run
    along +X, rows along +Z.
    """

    centre: NDArray[np.float64]
    half: float
    top: float
    slope: NDArray[np.float64]
    side: int

    @property
    def cell(self) -> float:
        """Side of a cell, metres."""
        return 2 * self.half / self.side

    @property
    def block(self) -> float:
        """Side of the blocks of cells that ``floor_points`` stands for, metres."""
        return _BLOCK * self.cell

    @property
    def bias(self) -> float:
        """How much nearer to the light than what casts the shadow a point may be and still be lit, as depth."""
        return _BIAS / (self.top + _BELOW)

    def reach(self, spread: float) -> float:
        """How far around a point its shade is looked up, as part of the map's side; spread: radius of the light, radians."""
        return max(1.5 / self.side, _BEFORE * spread / (2 * self.half))

    def matrix(self) -> NDArray[np.float64]:
        """(4, 4) from the world to the map's clip space: x and z slid along the light to the floor, depth from the top down."""
        deep = self.top + _BELOW
        return np.array(
            [
                [1 / self.half, -self.slope[0] / self.half, 0, -self.centre[0] / self.half],
                [0, -self.slope[1] / self.half, 1 / self.half, -self.centre[1] / self.half],
                [0, -2 / deep, 0, 2 * self.top / deep - 1],
                [0, 0, 0, 1],
            ]
        )

    def from_pixels(self, camera: Camera) -> NDArray[np.float64]:
        """(3, 3) from pixels (x, y, 1) of a camera to the map (u, v in [0, 1], times w); w > 0 where the floor is seen."""
        rays = camera.rotation @ camera.pixel_rays()
        x, height, z = camera.position
        across = 2 * self.half
        u = (height * rays[0] - (x - self.centre[0] + self.half) * rays[1]) / across
        v = (height * rays[2] - (z - self.centre[1] + self.half) * rays[1]) / across
        return np.stack([u, v, -rays[1]])

    def cells(self, x: NDArray[np.floating], z: NDArray[np.floating]) -> tuple[FloatArray, FloatArray]:
        """Columns and rows (continuous, 0.5 is the first cell's middle) of points of the floor, metres."""
        u = (x - (self.centre[0] - self.half)) / self.cell
        v = (z - (self.centre[1] - self.half)) / self.cell
        return u.astype(np.float32), v.astype(np.float32)

    def floor_points(self, shadow: FloatArray, least: float) -> NDArray[np.float64]:
        """(N, 3) points of the floor, metres: the middle of each block of cells with more than ``least`` shadow (side, side, 2)."""
        few = (self.side // _BLOCK,) * 2
        blocks = np.argwhere(np.asarray(cv2.resize(shadow, few, interpolation=cv2.INTER_AREA)).max(axis=-1) > least)
        x, z = ((2 * _BLOCK * blocks[:, axis] + _BLOCK) * self.cell / 2 for axis in (1, 0))
        return np.stack([x + self.centre[0] - self.half, np.zeros_like(x), z + self.centre[1] - self.half], axis=-1)

    def heights(self, depth: FloatArray) -> FloatArray:
        """Height of the highest caster over each cell (side, side), metres; -1 where there is none (depth 1)."""
        height = np.float32(self.top) - depth * np.float32(self.top + _BELOW)
        height[depth >= 1] = -1
        return np.asarray(height, np.float32)


def light_map(vertices: FloatArray, light: Light, *, side: int) -> LightMap:
    """The map that holds a whole clip's vertices (T, V, 3) under a light; its cells are square."""
    level = max(float(light.direction[1]), _LOWEST_SUN)
    slope = np.array([light.direction[0], light.direction[2]], np.float64) / level
    length = float(np.linalg.norm(slope))
    longest = 1 / np.tan(np.arcsin(_LOWEST_SUN))
    slope *= min(1.0, longest / max(length, 1e-9))
    x, y, z = (vertices[..., axis].ravel() for axis in range(3))
    across = [np.array([x, x - y * slope[0]]), np.array([z, z - y * slope[1]])]
    low, high = (np.array([edge(places) for places in across]) for edge in (np.min, np.max))
    return LightMap(
        centre=(low + high) / 2,
        half=float((high - low).max()) / 2 + _PAD,
        top=float(y.max()) + 0.15,
        slope=slope,
        side=side,
    )
