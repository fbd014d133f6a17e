"""The seam of what sees keypoints in pictures."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthgest.frames import Frames
from synthgest.motion.keypoint_layouts import Named

Array = NDArray[np.float64]


class KeypointEstimator(Protocol):
    """Sees one person in the frames of a film."""

    @property
    def mark(self) -> str:
        """What its keypoints depend on besides the film: its name, and a digest of its weights."""
        ...

    def estimate(self, frames: Frames, fps: float) -> Named:
        """By joint the place, pixels, and how sure it is (T, 3), of whoever is surest in frames (T, H, W, 3) uint8 RGB."""
        ...
