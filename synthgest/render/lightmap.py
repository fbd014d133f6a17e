"""The light map: a picture of the person as the sun sees it, laid out on the floor.

Every point of the person is slid along the light onto the floor and drawn from above with its height kept. One such map
says both where the floor lies in shadow and which vertices another part of the body keeps from the light (Williams,
"Casting curved shadows on curved surfaces", 1978, with the floor as the plane of the map).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.light import Light

FloatArray = NDArray[np.float32]

_LOWEST_SUN = 0.34
_BIAS = 0.02
_FADE = 0.06
_BEFORE = 0.4
"""How far before a vertex what shades it usually is, metres."""
_RING = np.arange(4) * (np.pi / 2)
_OUTER, _INNER = (
    np.stack([np.cos(_RING + 0.3), np.sin(_RING + 0.3)]),
    np.stack([np.cos(_RING + 1.1), np.sin(_RING + 1.1)]),
)
_TAPS = np.concatenate([_OUTER, _INNER / 2], axis=1).T.astype(np.float32)
"""Eight places around a vertex, (8, 2), as parts of the reach: an outer and an inner ring."""
NEAR = 0.001
"""Distance of the map's near plane from its camera, metres."""
_BELOW = 0.2
_PAD = 0.4


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
    def far(self) -> float:
        """Distance of the map's far plane, a little under the floor, from its camera, metres."""
        return self.top + _BELOW + NEAR

    def camera_pose(self) -> NDArray[np.float64]:
        """(4, 4) pose of the camera that draws the map: above its middle, looking down, picture up along -Z."""
        pose = np.eye(4)
        pose[:3, :3] = [[1, 0, 0], [0, 0, 1], [0, -1, 0]]
        pose[:3, 3] = [self.centre[0], self.top + NEAR, self.centre[1]]
        return pose

    def shear(self) -> NDArray[np.float64]:
        """(4, 4) that slides every point along the light to the floor in x and z, and keeps its height."""
        matrix = np.eye(4)
        matrix[[0, 2], 1] = -self.slope
        return matrix

    def cells(self, x: NDArray[np.floating], z: NDArray[np.floating]) -> tuple[FloatArray, FloatArray]:
        """Columns and rows (continuous, 0.5 is the first cell's middle) of points of the floor, metres."""
        u = (x - (self.centre[0] - self.half)) / self.cell
        v = (z - (self.centre[1] - self.half)) / self.cell
        return u.astype(np.float32), v.astype(np.float32)

    def heights(self, depth: FloatArray) -> FloatArray:
        """Height of the highest caster over each cell (side, side), metres; -1 where there is none."""
        height = np.float32(self.top) - depth[::-1] * np.float32(self.top + _BELOW)
        height[depth[::-1] >= 1] = -1
        return np.asarray(height, np.float32)

    def lit(self, vertices: FloatArray, heights: FloatArray, spread: float) -> FloatArray:
        """How much of the sun reaches each vertex (V, 3), (V,) float32 from 0 (another part is before it) to 1.

        spread: angular radius of the light, radians; the wider, the farther apart the eight places that are looked up
        (percentage-closer filtering, Reeves et al. 1987).
        """
        x = vertices[:, 0] - vertices[:, 1] * np.float32(self.slope[0])
        z = vertices[:, 2] - vertices[:, 1] * np.float32(self.slope[1])
        u, v = self.cells(x, z)
        level = vertices[:, 1] + np.float32(_BIAS)
        blocked = np.zeros(len(vertices), np.float32)
        reach = max(1.5, _BEFORE * spread / self.cell)
        for du, dv in _TAPS * reach:
            column = np.clip(u + du, 0, self.side - 1).astype(np.int32)
            row = np.clip(v + dv, 0, self.side - 1).astype(np.int32)
            above = heights.take(row * self.side + column) - level
            blocked += np.clip(above * np.float32(1 / _FADE), 0, 1)
        return np.asarray(1 - blocked / len(_TAPS), np.float32)


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
        top=float(y.max()) + 0.1,
        slope=slope,
        side=side,
    )
