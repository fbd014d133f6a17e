"""Keypoints in pictures over time, as an estimator or an annotator saw them."""

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MotionError
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

TORSO = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
"""What a torso's length is measured by: from the middle of the shoulders to that of the hips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypoints:
    """Of one person in T frames.

    points: (T, K, 2), to the right and down. seen: (T, K), how sure each is, from 0 (not seen) to 1. names: of the K, as in
    ``SMPLX_JOINTS``. fps: frames a second. height: of the picture, pixels; 0 where it is not known, and then a lens that sees
    everything from afar is assumed. framed: whether each frame has a scale and a middle of its own, as some data sets save them.
    source: where they come from.
    """

    points: Array
    seen: Array
    names: tuple[str, ...]
    fps: float
    height: float = 0.0
    framed: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        count = len(self.names)
        if self.points.ndim != 3 or self.points.shape[1:] != (count, 2) or not len(self.points):
            raise MotionError(
                f"keypoints of {self.source} are {self.points.shape}; expected (T, {count}, 2), from a frame"
            )
        if self.seen.shape != self.points.shape[:2]:
            raise MotionError(f"seen of {self.source} is {self.seen.shape}; expected {self.points.shape[:2]}")
        if unknown := sorted(set(self.names) - set(JOINT_INDEX)):
            raise MotionError(f"keypoints {', '.join(unknown)} of {self.source} are no joints of SMPL-X")
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise MotionError(f"keypoints of {self.source} have fps {self.fps}; expected a number above 0")
        if not np.isfinite(self.points[self.seen > 0]).all() or not ((self.seen >= 0) & (self.seen <= 1)).all():
            raise MotionError(f"keypoints of {self.source} hold NaN, infinite values, or certainties beyond 0 to 1")

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.points)

    def of(self, name: str) -> Array:
        """(T, 2) places of one, NaN where it was not seen."""
        number = self.names.index(name)
        return np.where(self.seen[:, [number]] > 0, self.points[:, number], np.nan)

    def shown(self) -> "Keypoints":
        """Without those that no frame shows."""
        return self._with(np.asarray((self.seen > 0).any(axis=0)))

    def only(self, names: Collection[str]) -> "Keypoints":
        """Without all others; those of the names that are not there are no error."""
        return self._with(np.array([name in names for name in self.names]))

    def _with(self, kept: NDArray[np.bool_]) -> "Keypoints":
        names = tuple(name for name, own in zip(self.names, kept, strict=True) if own)
        return dataclasses.replace(self, points=self.points[:, kept], seen=self.seen[:, kept], names=names)

    @property
    def torso(self) -> float:
        """Median length of the torso. MotionError where shoulders or hips were never seen together."""
        if set(TORSO) <= set(self.names):
            parts = np.stack([self.of(name) for name in TORSO])
            lengths = np.linalg.norm(parts[:2].mean(axis=0) - parts[2:].mean(axis=0), axis=1)
            if np.isfinite(lengths).any() and np.nanmedian(lengths) > 0:
                return float(np.nanmedian(lengths))
        raise MotionError(f"keypoints of {self.source} never show both shoulders and both hips; a pose needs them")
