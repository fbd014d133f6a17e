"""A performance between two of the same gesture: aligned in time, then interpolated (pose mixing)."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from synthgest.motion.kinematics import forward
from synthgest.motion.mirror import mirrored
from synthgest.motion.resample import interpolated, resampled, sampled
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

_SEEN = [JOINT_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("wrist", "elbow", "ankle")]
_SEEN += [JOINT_INDEX["head"]]
_RATE = 10.0  # frames a second at which two motions are aligned
# Metres, root mean square over joints, mean over time: what is further apart is shown in another way, and nothing lies between.
_ALIKE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alignment:
    """Moments of two motions side by side, (N,) seconds each, rising. apart: metres, mean over moments."""

    first: Array
    second: Array
    apart: float


def between(first: Motion, second: Motion, share: float, *, mirror: bool) -> Motion | None:
    """The motion that lies ``share`` of the way from one to the other, at the first one's frame rate.

    Moments of the two are put side by side by dynamic time warping of the joints (Sakoe and Chiba 1978, IEEE Trans. ASSP 26),
    rotations are interpolated on the sphere. mirror: the second may be seen in a mirror, if it is nearer then. None where
    they are too unlike, such as a gesture of the left hand and one of the right.
    """
    others = [second, mirrored(second)] if mirror else [second]
    found = [_aligned(first, other) for other in others]
    nearest = int(np.argmin([each.apart for each in found]))
    aligned, other = found[nearest], others[nearest]
    if aligned.apart > _ALIKE:
        return None
    shared = (1 - share) * aligned.first + share * aligned.second
    moments = np.arange(round(float(shared[-1]) * first.fps) + 1) / first.fps
    one, two = (
        sampled(motion, np.interp(moments, shared, own), fps=first.fps)
        for motion, own in ((first, aligned.first), (other, aligned.second))
    )
    mixed = interpolated(one, two, np.full(len(moments), share))
    hands = mixed if first.fingers and second.fingers else one  # relaxed ones that nobody captured are no performance
    return dataclasses.replace(
        mixed,
        left_hand_pose=hands.left_hand_pose,
        right_hand_pose=hands.right_hand_pose,
        source=f"{first.source} + {second.source}",
    )


def _aligned(first: Motion, second: Motion) -> _Alignment:
    one, two = _places(first), _places(second)
    costs = cdist(one, two) / np.sqrt(len(_SEEN))
    total = np.full((len(one) + 1, len(two) + 1), np.inf)
    total[0, 0] = 0.0
    for row in range(len(one)):
        for column in range(len(two)):
            before = min(total[row, column], total[row, column + 1], total[row + 1, column])
            total[row + 1, column + 1] = costs[row, column] + before
    path = [(len(one) - 1, len(two) - 1)]
    while path[-1] != (0, 0):
        row, column = path[-1]
        steps = [(row - 1, column - 1), (row - 1, column), (row, column - 1)]
        path.append(min(steps, key=lambda step: total[step[0] + 1, step[1] + 1]))
    rows, columns = np.array(path[::-1]).T
    return _Alignment(first=rows / _RATE, second=columns / _RATE, apart=float(costs[rows, columns].mean()))


def _places(motion: Motion) -> Array:
    """(T, 3 J) metres: joints seen from the pelvis, a few times a second."""
    slow = resampled(motion, _RATE)
    joints, _ = forward(slow.full_pose, np.zeros((len(slow), 3)))
    places: Array = (joints[:, _SEEN] - joints[:, :1]).reshape(len(slow), -1)
    return places
