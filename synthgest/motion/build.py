"""A build: the measures of one body that decide where its hands are, and where on it they can rest."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.motion.kinematics import REST_JOINTS
from synthgest.motion.landmarks import LANDMARKS, OTHER, Landmark
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Build:
    """The measures of a body in the T-pose with flat hands, metres.

    joints: (55, 3) in the order of ``SMPLX_JOINTS``. landmarks: (3,) the places of ``LANDMARKS`` on the left half.
    """

    joints: Array
    landmarks: Mapping[str, Array]

    def place(self, word: str, side: str) -> tuple[int, Array]:
        """The joint that a place of ``PLACES`` rides on, and (3,) where it is in the T-pose, as said of the ``side`` hand."""
        name = word.removeprefix(OTHER)
        left = (side == "left") != word.startswith(OTHER)
        return JOINT_INDEX[LANDMARKS[name].bone], self.landmarks[name] * np.array([1.0 if left else -1.0, 1.0, 1.0])


def inside(landmark: Landmark, joints: Array) -> Array:
    """(3,) the point inside a body with these joints (55, 3) from which a landmark's surface is looked for."""
    start, end = (_joint(joints, name) for name in landmark.between[:2])
    place: Array = start + (end - start) * landmark.between[2] + np.array(landmark.aside)
    return place


def _joint(joints: Array, name: str) -> Array:
    if name == "hips":
        name, other = "left_hip", "right_hip"
    else:
        other = name
    place: Array = (joints[JOINT_INDEX[name]] + joints[JOINT_INDEX[other]]) / 2
    return place


NOMINAL = Build(
    joints=REST_JOINTS,
    landmarks={
        name: inside(landmark, REST_JOINTS) + np.array(landmark.facing) * landmark.depth
        for name, landmark in LANDMARKS.items()
    },
)
"""The nominal adult of ``kinematics``."""
