"""A motion at other moments: another frame rate, tempo, length or window, by spherical interpolation of its rotations."""

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
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
    between = interpolated(motion.at(before), motion.at(after), moments - before)
    return dataclasses.replace(between, fps=fps)


def interpolated(first: Motion, second: Motion, share: NDArray[np.floating]) -> Motion:
    """Of two motions of T frames, frame by frame, what lies ``share`` (T,) of the way between: 0 is the first, 1 the second."""
    begin, end = (Rotation.from_rotvec(each.full_pose.astype(np.float64).reshape(-1, 3)) for each in (first, second))
    turned = begin * Rotation.from_rotvec((begin.inv() * end).as_rotvec() * np.repeat(share, 55)[:, None])
    transl = first.transl * (1 - share[:, None]) + second.transl * share[:, None]
    mixed = first.reposed(turned.as_rotvec().reshape(-1, 55, 3), transl)
    if first.expression.shape != second.expression.shape or not first.expression.size:
        return mixed
    face = first.expression * (1 - share[:, None]) + second.expression * share[:, None]
    return dataclasses.replace(mixed, expression=face.astype(np.float32))


def smoothed(pose: NDArray[np.float64], frames: float) -> NDArray[np.float64]:
    """Turns (T, J, 3), axis-angle, as the mean of those around, by a Gaussian of so many frames."""
    quats = Rotation.from_rotvec(pose.reshape(-1, 3)).as_quat().reshape(*pose.shape[:2], 4)
    same = np.sign((quats[1:] * quats[:-1]).sum(axis=2))
    quats[1:] *= np.cumprod(np.where(same == 0, 1.0, same), axis=0)[..., None]
    mean = gaussian_filter1d(quats, frames, axis=0, mode="nearest")
    turns: NDArray[np.float64] = Rotation.from_quat(mean.reshape(-1, 4)).as_rotvec().reshape(pose.shape)
    return turns
