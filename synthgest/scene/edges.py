"""The dim along the edges of a room: where floor, walls and ceiling meet, and on walls behind what stands before them."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.scene.light import FloatArray
from synthgest.scene.noise import looked_up
from synthgest.scene.shade import blurred
from synthgest.scene.shapes import Solid
from synthgest.scene.tracing import FACES, WALLS, Corner


def dimness(
    walls: tuple[Corner, Corner],
    solids: Sequence[Solid],
    code: NDArray[np.int32],
    points: FloatArray,
    normals: FloatArray,
) -> FloatArray:
    """Factors (N,) of the light on points (N, 3) with normals (N, 3) of surfaces ``code`` (N,) between two corners."""
    dim = np.ones(len(points), np.float32)
    shell = code < FACES
    for axis in range(3):
        for side in (walls[0][axis], walls[1][axis]):
            apart = np.abs(points[:, axis] - np.float32(side))
            free = np.where(shell, np.abs(normals[:, axis]) < 0.5, True)
            part = np.where(shell, np.float32(0.3), np.float32(0.18))
            dim *= 1 - part * np.exp(-apart / np.float32(0.24)) * free
            dim *= 1 - np.float32(0.16) * np.exp(-apart / np.float32(1.1)) * (free & shell)
    for side in range(4):
        at = np.flatnonzero(code == WALLS + side)
        if len(at):
            axis = 0 if side < 2 else 2
            closed = _against(solids, axis, walls[side % 2][axis], points[at, 2 - axis], points[at, 1])
            dim[at] *= 1 - np.float32(0.6) * closed
    return dim


def _against(solids: Sequence[Solid], axis: int, wall: float, across: FloatArray, up: FloatArray) -> FloatArray:
    """How closed points (N,) of a wall are by things that stand or hang before it, 0 to 1.

    axis: 0 for a wall at x = ``wall``, 2 for one at z = ``wall``. across, up: metres along the other level axis and up.
    """
    metre, low = 24.0, float(across.min()) - 1
    width = int((float(across.max()) + 1 - low) * metre) + 2
    height = int((max(float(up.max()), 0.0) + 1) * metre) + 2  # what is mirrored in the floor lies below it
    if width > 4096 or height > 4096:
        return np.zeros_like(across)
    canvas = np.zeros((height, width), np.uint8)
    for solid in solids:
        gap = float(np.abs(solid.corners[:, axis] - wall).min())
        if gap < 0.5:
            points = np.stack([solid.corners[:, 2 - axis] - low, solid.corners[:, 1]], axis=1) * metre
            deep = float(np.ptp(solid.corners[:, axis]))
            value = round(255 * float(np.exp(-gap / 0.15)) * min(1.0, 0.25 + 3 * deep))
            cv2.fillConvexPoly(canvas, cv2.convexHull(np.round(points).astype(np.int32)), value, cv2.LINE_AA)
    soft = np.maximum(blurred(canvas, 0.05 * metre), blurred(canvas, 0.22 * metre))
    columns, rows = (across - np.float32(low)) * np.float32(metre), up * np.float32(metre)
    return looked_up(soft, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR) * np.float32(1 / 255)
