"""A nominal adult of 1.70 m, and forward kinematics: where its joints are under SMPL-X rotations.

Motions are made for this adult; a body of another size scales the path of the pelvis by the length of its legs.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS, SMPLX_PARENTS

Array = NDArray[np.float64]

LEG_LENGTH = 0.83
"""Hip to knee to ankle of the nominal adult, metres (0.49 of stature; Winter 2009, fig. 4.1)."""

TIP = 0.85
"""Length of a finger's last segment, which ends at no joint, as a part of the one before."""

SOLE = 0.07
"""Height of the ankle above the ground, metres."""

# Joints of the left half and the middle in the T-pose, metres from the ground; proportions after Winter (2009), with the
# shoulder where SMPL-X has it: inside the body rather than on the acromion.
_LEFT = {
    "pelvis": (0.0, 0.98, 0.0),
    "left_hip": (0.07, 0.90, 0.0),
    "left_knee": (0.07, 0.48, 0.0),
    "left_ankle": (0.07, 0.07, 0.0),
    "left_foot": (0.08, 0.02, 0.10),
    "spine1": (0.0, 1.08, -0.01),
    "spine2": (0.0, 1.21, -0.01),
    "spine3": (0.0, 1.27, -0.01),
    "neck": (0.0, 1.46, -0.02),
    "head": (0.0, 1.54, 0.0),
    "jaw": (0.0, 1.53, 0.02),
    "left_eye_smplhf": (0.03, 1.60, 0.08),
    "left_collar": (0.05, 1.38, -0.01),
    "left_shoulder": (0.17, 1.40, -0.02),
    "left_elbow": (0.44, 1.40, -0.02),
    "left_wrist": (0.69, 1.40, -0.02),
}
_FINGER_ROOTS = {
    "index": (0.100, 0.0, 0.025),
    "middle": (0.105, 0.0, 0.002),
    "ring": (0.098, 0.0, -0.018),
    "pinky": (0.088, 0.0, -0.037),
    "thumb": (0.025, -0.015, 0.025),
}
_FINGER_STEPS = {
    "index": (0.034, 0.0, 0.002),
    "middle": (0.036, 0.0, 0.0),
    "ring": (0.033, 0.0, -0.002),
    "pinky": (0.025, 0.0, -0.004),
    "thumb": (0.024, -0.006, 0.026),
}


def _rest_joints() -> Array:
    places = dict(_LEFT)
    wrist = np.array(_LEFT["left_wrist"])
    for finger, root in _FINGER_ROOTS.items():
        for segment in (1, 2, 3):
            places[f"left_{finger}{segment}"] = tuple(wrist + root + (segment - 1) * np.array(_FINGER_STEPS[finger]))
    rest = np.zeros((55, 3))
    for name, place in places.items():
        rest[JOINT_INDEX[name]] = place
        rest[JOINT_INDEX[name.replace("left_", "right_")]] = (-place[0] if "left_" in name else place[0], *place[1:])
    return rest


REST_JOINTS: Array = _rest_joints()
"""(55, 3) joints of the nominal adult in the T-pose, metres, Y up, soles at 0."""
REST_JOINTS.setflags(write=False)


def forward(
    pose: NDArray[np.floating], transl: NDArray[np.floating], rest: NDArray[np.floating] = REST_JOINTS
) -> tuple[Array, Array]:
    """Joints (T, 55, 3) in metres and rotations (T, 55, 3, 3) in the world, of the nominal adult or another body.

    pose: (T, 55, 3) axis-angle in radians, in SMPL-X order. transl: (T, 3) metres. rest: (55, 3) the body's joints in the
    T-pose, metres.
    """
    frames = len(pose)
    local = (
        Rotation.from_rotvec(np.asarray(pose, dtype=np.float64).reshape(-1, 3)).as_matrix().reshape(frames, 55, 3, 3)
    )
    world = np.empty((frames, 55, 3, 3))
    joints = np.empty((frames, 55, 3))
    world[:, 0] = local[:, 0]
    joints[:, 0] = rest[0] + transl
    for joint in range(1, len(SMPLX_JOINTS)):
        parent = SMPLX_PARENTS[joint]
        world[:, joint] = world[:, parent] @ local[:, joint]
        joints[:, joint] = joints[:, parent] + world[:, parent] @ (rest[joint] - rest[parent])
    return joints, world
