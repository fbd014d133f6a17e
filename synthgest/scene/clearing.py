"""Room for the person: what would stand in the way, before the camera or around it is left out."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.scene.light import FloatArray
from synthgest.scene.shapes import Ball, Piece, Solid

_HEAD = 2.3  # metres: what hangs higher does not stand in the way
_NEAR = 0.6  # metres that stay free around the lens


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """What must stay free. way: (W, 2), x and z of the floor under the person. body: (P, 3), points that the camera must see.

    eye: (3,), where the camera stands. gap: metres around the way.
    """

    way: FloatArray
    body: FloatArray
    eye: FloatArray
    gap: float

    def kept(self, pieces: Iterable[Piece]) -> list[Piece]:
        """The pieces that are not in the way."""
        return [one for one in pieces if not self.blocked(one)]

    def blocked(self, thing: Piece) -> bool:
        """Whether a piece stands where the person goes, hides it, or holds the camera."""
        return any(self._stands(solid) for solid in thing.solids) or any(self._hides_ball(ball) for ball in thing.balls)

    def _stands(self, solid: Solid) -> bool:
        low, high = solid.corners.min(axis=0), solid.corners.max(axis=0)
        if high[1] < 0.03:
            return False
        if low[1] < _HEAD and self._near_way(solid, low, high):
            return True
        apart = solid.normals @ self.eye - solid.offsets
        return bool(apart.max() < _NEAR) or self._hides(solid, apart)

    def _near_way(self, solid: Solid, low: FloatArray, high: FloatArray) -> bool:
        out = np.maximum(np.maximum(low[[0, 2]] - self.way, self.way - high[[0, 2]]), 0)
        close = np.hypot(out[:, 0], out[:, 1]) < self.gap
        if not close.any():
            return False
        hull = cv2.convexHull(solid.corners[:, [0, 2]])
        points = ((float(x), float(z)) for x, z in self.way[close])
        return any(cv2.pointPolygonTest(hull, point, True) > -self.gap for point in points)

    def _hides(self, solid: Solid, apart: FloatArray) -> bool:
        """Whether a line from the camera to the body meets the solid, grown by 10 cm."""
        slope = (self.body - self.eye) @ solid.normals.T
        room = np.float32(0.1) - apart
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = room / slope
        near = np.where(slope < 0, reach, np.where((slope == 0) & (room < 0), np.inf, -np.inf)).max(axis=1)
        far = np.where(slope > 0, reach, np.inf).min(axis=1)
        return bool(((near < far) & (near < 1) & (far > 0)).any())

    def _hides_ball(self, ball: Ball) -> bool:
        centre, radius = np.array(ball.centre, np.float32), 1.15 * max(ball.radius, ball.half)
        ways = self.body - self.eye
        part = np.clip((ways @ (centre - self.eye)) / np.maximum(np.sum(ways * ways, axis=1), 1e-6), 0, 1)
        nearest = np.linalg.norm(self.eye + ways * part[:, None] - centre, axis=1).min()
        beside = np.hypot(*(self.way - centre[[0, 2]]).T).min()
        low = ball.centre[1] - ball.half < _HEAD
        return bool(nearest < radius + 0.1 or (low and beside < radius + self.gap))


def clearing(camera: NDArray[np.floating], points: NDArray[np.floating], *, gap: float) -> Clearing:
    """What must stay free for a camera at (3,) that sees the points (..., 3) of a body, metres, all in the place's axes."""
    every = np.asarray(points, np.float32).reshape(-1, 3)
    way = np.unique(np.round(every[:, [0, 2]] * 3), axis=0) / 3
    body = every[:: max(1, len(every) // 90)]
    return Clearing(way=way.astype(np.float32), body=body, eye=np.asarray(camera, np.float32).reshape(3), gap=gap)
