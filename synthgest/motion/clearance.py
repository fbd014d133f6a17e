"""Clearance: how far the arms of a nominal adult stay from the trunk, the head and the thighs, from capsules."""

import numpy as np
from numpy.typing import NDArray

from synthgest.motion.build import NOMINAL, Build
from synthgest.motion.kinematics import forward
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

# (from joint, to joint, radius in metres): a slim adult, so that what touches here goes deep into a stout one.
_TRUNK = (
    ("spine1", "spine3", 0.10),
    ("spine3", "neck", 0.07),
    ("left_collar", "right_collar", 0.06),
    ("left_hip", "right_hip", 0.10),
)
_THIGHS = (("left_hip", "left_knee", 0.07), ("right_hip", "right_knee", 0.07))
_ARM = (("elbow", "wrist", 0.035), ("wrist", "middle1", 0.03), ("middle1", "middle3", 0.015))
_HEAD_RADIUS = 0.082
_HEAD_CENTRE = (0.0, 0.07, 0.02)


def clearance(pose: NDArray[np.floating], transl: NDArray[np.floating], build: Build = NOMINAL) -> Array:
    """(T,) metres between the nearer forearm or hand and the trunk, head or thighs; negative where they overlap.

    pose: (T, 55, 3) radians, SMPL-X order. transl: (T, 3) metres.
    """
    joints, world = forward(pose, transl, build.joints)
    head = joints[:, JOINT_INDEX["head"]] + world[:, JOINT_INDEX["head"]] @ np.array(_HEAD_CENTRE)
    smallest = np.full(len(joints), np.inf)
    for side in ("left", "right"):
        for start, end, radius in _ARM:
            one = joints[:, JOINT_INDEX[f"{side}_{start}"]], joints[:, JOINT_INDEX[f"{side}_{end}"]]
            smallest = np.minimum(smallest, _between(*one, head, head) - radius - _HEAD_RADIUS)
            for other_start, other_end, other_radius in _TRUNK + _THIGHS:
                other = joints[:, JOINT_INDEX[other_start]], joints[:, JOINT_INDEX[other_end]]
                smallest = np.minimum(smallest, _between(*one, *other) - radius - other_radius)
    return smallest


def motion_clearance(motion: Motion) -> Array:
    """(T,) metres, as ``clearance`` of the motion's poses."""
    return clearance(motion.full_pose, motion.transl)


def _between(p0: Array, p1: Array, q0: Array, q1: Array) -> Array:
    """Distance between the segments p0 p1 and q0 q1, each (T, 3) (Ericson 2005, Real-Time Collision Detection, 5.1.9)."""
    along, beside, offset = p1 - p0, q1 - q0, p0 - q0
    a, e = (along**2).sum(1), (beside**2).sum(1)
    b, c, f = (along * beside).sum(1), (along * offset).sum(1), (beside * offset).sum(1)
    tiny = 1e-12
    spread = a * e - b * b
    s = np.clip(np.where(spread > tiny, (b * f - c * e) / np.maximum(spread, tiny), 0.0), 0.0, 1.0)
    t = np.clip((b * s + f) / np.maximum(e, tiny), 0.0, 1.0)
    s = np.clip((b * t - c) / np.maximum(a, tiny), 0.0, 1.0)
    gap: Array = np.linalg.norm(p0 + s[:, None] * along - q0 - t[:, None] * beside, axis=1)
    return gap
