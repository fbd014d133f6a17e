"""Where a captured performer stands: facing +Z at the start, with the feet on the ground; and how hands hang that were not seen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.motion import hand_shapes
from synthgest.motion.anatomy import MIRROR
from synthgest.motion.kinematics import SOLE, forward
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

Y_UP: Array = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""Turns a world whose Z points up into one whose Y does."""

_ANKLES = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]


def turned_to_front(left: Array) -> Rotation:
    """The turn about Y that brings a direction (3,), from the right hip to the left one, to +X, so that the performer faces +Z."""
    return Rotation.from_rotvec(np.array([0.0, np.arctan2(left[2], left[0]), 0.0]))


def grounded(pose: Array, captured: Array, joints: Sequence[str]) -> Array:
    """(T, 3) metres: the path of the pelvis on which the middle of some joints is where it was captured, a foot on the ground.

    pose: (T, 55, 3) axis-angle. captured: (T, 3) where the middle was, metres of the nominal adult.
    """
    posed, _ = forward(pose, np.zeros((len(pose), 3)))
    path: Array = captured - posed[:, [JOINT_INDEX[name] for name in joints]].mean(axis=1)
    path -= path[:1]
    ankles = posed[:, _ANKLES, 1] + path[:, None, 1]
    path[:, 1] += SOLE - np.percentile(ankles.min(axis=1), 5)
    return path


def relax_hands(pose: Array) -> None:
    """Give both hands of a pose (T, 55, 3), in place, the shape of hands that do nothing."""
    for side, sign in (("left", np.ones(3)), ("right", MIRROR)):
        first = JOINT_INDEX[f"{side}_index1"]
        pose[:, first : first + 15] = hand_shapes.rotations("relaxed") * sign
