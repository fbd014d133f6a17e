"""The rig: SMPL-X's 55 joints and, on each side, five helper bones that share out twists and keep the shoulder full."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS, SMPLX_PARENTS

Matrices = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A bone that SMPL-X does not have.

    joint: the joint it hangs on; it lies in that joint's rest place and is aligned to the T-pose as that joint is.
    twist_of: the joint whose twist about the limb it takes part in. share: of that twist, added to the joint's rotation.
    axis: along the limb in the T-pose.
    """

    joint: str
    twist_of: str
    share: float
    axis: tuple[float, float, float]


SHOULDER_SHARE = 0.35
"""How much of the upper arm's rotation the shoulder's own skin takes; the rest stays with the collar bone."""

_TWISTS = {
    "thigh_half": Helper(joint="hip", twist_of="hip", share=-0.5, axis=(0, 1, 0)),
    "upper_arm_half": Helper(joint="shoulder", twist_of="shoulder", share=-0.5, axis=(1, 0, 0)),
    "elbow_swing": Helper(joint="elbow", twist_of="elbow", share=-0.8, axis=(1, 0, 0)),
    "forearm_half": Helper(joint="elbow", twist_of="wrist", share=0.6, axis=(1, 0, 0)),
}

HELPERS: dict[str, Helper] = {
    f"{side}_{name}": replace(helper, joint=f"{side}_{helper.joint}", twist_of=f"{side}_{helper.twist_of}")
    for side in ("left", "right")
    for name, helper in _TWISTS.items()
}
SHOULDER_HALVES: tuple[str, ...] = ("left_shoulder_half", "right_shoulder_half")

BONES: tuple[str, ...] = (*SMPLX_JOINTS, *HELPERS, *SHOULDER_HALVES)
"""Names of all bones: the 55 joints first, in SMPL-X's order."""

BONE_JOINT: NDArray[np.intp] = np.array(
    [
        *range(55),
        *(JOINT_INDEX[helper.joint] for helper in HELPERS.values()),
        *(JOINT_INDEX[name.removesuffix("_half")] for name in SHOULDER_HALVES),
    ]
)
"""(bones,) the joint in whose place each bone lies."""


def world_rotations(local: Matrices) -> Matrices:
    """Rotations of the 55 joints in the world (T, 55, 3, 3) from those relative to the parent (T, 55, 3, 3)."""
    world = local.copy()
    for joint, parent in enumerate(SMPLX_PARENTS):
        if parent >= 0:
            world[:, joint] = world[:, parent] @ local[:, joint]
    return world


def joint_places(world: Matrices, rest: Matrices, transl: Matrices) -> Matrices:
    """Places of the joints (T, 55, 3), metres, from world rotations, their places in the T-pose (55, 3) and the path (T, 3)."""
    places = np.empty((len(world), 55, 3))
    for joint, parent in enumerate(SMPLX_PARENTS):
        if parent < 0:
            places[:, joint] = rest[joint] + transl
        else:
            places[:, joint] = places[:, parent] + world[:, parent] @ (rest[joint] - rest[parent])
    return places


def bone_rotations(local: Matrices, world: Matrices, align: Matrices) -> Matrices:
    """What each bone does to rest directions, (T, bones, 3, 3): pose after the turn ``align`` (55, 3, 3) into the T-pose."""
    turns = [world @ align]
    for helper in HELPERS.values():
        joint = JOINT_INDEX[helper.joint]
        axis = np.array(helper.axis)
        angle = helper.share * twist(local[:, JOINT_INDEX[helper.twist_of]], axis)
        share = Rotation.from_rotvec(angle[:, None] * axis).as_matrix()
        turns.append((world[:, joint] @ share @ align[joint])[:, None])
    for name in SHOULDER_HALVES:
        joint = JOINT_INDEX[name.removesuffix("_half")]
        whole = Rotation.from_matrix(local[:, joint] @ align[joint]).as_rotvec()
        part = Rotation.from_rotvec(SHOULDER_SHARE * whole).as_matrix()
        turns.append((world[:, SMPLX_PARENTS[joint]] @ part)[:, None])
    return np.concatenate(turns, axis=1)


def twist(rotations: Matrices, axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angle (T,), radians, that each rotation (T, 3, 3) turns about the unit axis; without jumps from frame to frame."""
    quaternions = Rotation.from_matrix(rotations).as_quat()
    angle = 2 * np.arctan2(quaternions[:, :3] @ axis, quaternions[:, 3])
    turned: NDArray[np.float64] = np.unwrap((angle + np.pi) % (2 * np.pi) - np.pi)
    return turned
