"""A motion seen in a mirror: left and right exchanged, so that a left-handed performance becomes a right-handed one."""

import numpy as np

from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS

_OTHER = {"left": "right", "right": "left"}


def twin(joint: str) -> str:
    """The joint of the other side."""
    side, _, rest = joint.partition("_")
    return f"{_OTHER[side]}_{rest}" if side in _OTHER else joint


_TWINS = np.array([JOINT_INDEX[twin(name)] for name in SMPLX_JOINTS])


def mirrored(motion: Motion) -> Motion:
    """The motion reflected in the plane between left and right; mirrored twice it is unchanged, to the bit."""
    pose = motion.full_pose[:, _TWINS] * np.array([1, -1, -1], dtype=np.float32)
    transl = motion.transl * np.array([-1, 1, 1], dtype=np.float32)
    return motion.reposed(pose, transl)
