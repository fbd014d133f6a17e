"""A motion at other moments: another frame rate, tempo, length or window, by spherical interpolation of its rotations."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.motion.sequence import Motion


def resampled(motion: Motion, fps: float) -> Motion:
    """The motion at another frame rate; it lasts as long as before, to within one frame."""
    frames = max(1, round((len(motion) - 1) * fps / motion.fps) + 1)
    return sampled(motion, np.arange(frames) / fps, fps=fps)


def sampled(motion: Motion, seconds: NDArray[np.floating], *, fps: float) -> Motion:
    """The motion at the given moments, (T,) seconds from its start; before it and after it, it stands still."""
    moments = np.clip(np.asarray(seconds, dtype=np.float64) * motion.fps, 0.0, len(motion) - 1.0)
    before = np.floor(moments).astype(np.int64)
    after = np.minimum(before + 1, len(motion) - 1)
    share = moments - before
    pose = motion.full_pose.astype(np.float64)
    first = Rotation.from_rotvec(pose[before].reshape(-1, 3))
    step = first.inv() * Rotation.from_rotvec(pose[after].reshape(-1, 3))
    turned = first * Rotation.from_rotvec(step.as_rotvec() * np.repeat(share, 55)[:, None])
    transl = motion.transl[before] * (1 - share[:, None]) + motion.transl[after] * share[:, None]
    return Motion.from_full_pose(
        turned.as_rotvec().reshape(-1, 55, 3), transl, fps=fps, fingers=motion.fingers, source=motion.source
    )
