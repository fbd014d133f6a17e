"""How closed in each place of the body is: armpits and folds get less light from all around (ambient occlusion).

The body's surface is counted into cells of 7 cm and smoothed; the shader looks the count up a hand's breadth off the
surface. It moves with the arms and costs a fifth of a millisecond.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

CELL = 0.07
"""Side of a cell, metres."""
REACH = 0.11
"""How far off the surface the count is looked up, metres."""
_COUNTED = 6000
_KERNEL = np.array([1, 4, 6, 4, 1], np.float32) / 16


class Closeness:
    """The counts of one clip's frames, all in one grid that holds the whole clip.

    span: (T, N, 3) points of the person through the clip, metres. vertex_area: of one vertex, square metres.
    """

    def __init__(self, span: FloatArray, vertex_area: float) -> None:
        low, high = (np.array([edge(span[..., axis]) for axis in range(3)], np.float32) for edge in (np.min, np.max))
        self.low = low - np.float32(4 * CELL)
        self.shape = tuple(int(side) for side in np.ceil((high - self.low) / CELL) + 5)
        self._worth = np.float32(vertex_area / CELL**2)

    def grid(self, vertices: FloatArray) -> FloatArray:
        """The smoothed count of vertices (V, 3), in areas of a cell's face, as (Z, Y, X) float32."""
        step = max(1, len(vertices) // _COUNTED)
        cell = ((vertices[::step] - self.low) * np.float32(1 / CELL)).astype(np.intp)
        nx, ny, nz = self.shape
        counts = np.bincount((cell[:, 2] * ny + cell[:, 1]) * nx + cell[:, 0], minlength=nx * ny * nz)
        grid = counts.astype(np.float32) * (self._worth * step)
        # One pass smooths x and, with the rows of all layers below each other, y; a second one z.
        layers = cv2.sepFilter2D(grid.reshape(nz * ny, nx), -1, _KERNEL, _KERNEL, borderType=cv2.BORDER_CONSTANT)
        columns = cv2.sepFilter2D(layers.reshape(nz, ny * nx), -1, np.ones(1, np.float32), _KERNEL)
        return np.asarray(columns, np.float32).reshape(nz, ny, nx)
