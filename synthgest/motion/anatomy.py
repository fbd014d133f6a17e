"""Anatomical angles become SMPL-X rotations: the sign conventions of a gesture specification, for both sides.

The arm, in degrees; the same numbers mean the mirrored posture on the other side:

=================== ==========================================================================================
plane               heading in which the upper arm is raised: 0 sideways, 90 forward, negative behind (ISB)
elevation           how far it is raised: 0 hanging, 90 level, 180 straight up (ISB)
rotation            turn about its own length, inwards positive. At 0 a bent elbow brings the hand forward (across the
                    chest when the arm points forward); at -90 it brings the hand up. This is ISB's axial rotation for a
                    level arm, continued so that it stays defined where ISB's is not: hanging and straight up
shrug               lift of the shoulder girdle beyond what raising the arm brings with it
elbow               flexion, 0 straight
pronation           turn of the forearm; at 0 the palm of a hanging arm faces the thigh, at 90 it faces back
wrist_flexion       palm towards the forearm positive, back of the hand negative
wrist_deviation     towards the thumb positive, towards the little finger negative
=================== ==========================================================================================

The body, in degrees: forward flexion, lean and tilt to the performer's right, turn to the performer's left are positive;
sway carries the hips to the performer's left over planted feet.

Shoulder: Wu et al. 2005, "ISB recommendation on definitions of joint coordinate systems, part II", J. Biomech. 38.
Scapulohumeral rhythm: Inman, Saunders and Abbott 1944: the girdle takes part from about 30 degrees of elevation on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.motion.kinematics import REST_JOINTS, forward
from synthgest.motion.limits import ARM_LIMITS, BODY_LIMITS
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

ARM = tuple(ARM_LIMITS)
"""The channels of one arm, in order."""

BODY = tuple(BODY_LIMITS)
"""The channels of the body, in order."""

MIRROR = np.array([1.0, -1.0, -1.0])
"""What a mirror in the YZ plane does to an axis-angle vector."""

_RHYTHM_FROM = 30.0
_RHYTHM_SHARE = 0.2
_PROTRACTION = 12.0
_WRIST_SHARE_OF_PRONATION = 0.5
_LEGS_BACK_SHARE_OF_BOW = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Poses:
    """Anatomical postures over T frames (or K keyframes).

    direction: (T, 2, 3) unit vectors of the left and the right upper arm as sideways, up, forward. arms: (T, 2, 8)
    degrees in the order of ``ARM``; plane and elevation are superseded by ``direction``. hands: (T, 2, 15, 3) radians,
    both as if left. body: (T, 14) degrees in the order of ``BODY``. braced: (T, 2) in [0, 1], how far a hand rests on something.
    """

    direction: Array
    arms: Array
    hands: Array
    body: Array
    braced: Array


def directions(arms: Array) -> Array:
    """(..., 3) unit vectors (sideways, up, forward) of upper arms whose (..., 8) channels begin with plane, elevation."""
    plane, elevation = np.radians(arms[..., 0]), np.radians(arms[..., 1])
    return np.stack([np.sin(elevation) * np.cos(plane), -np.cos(elevation), np.sin(elevation) * np.sin(plane)], axis=-1)


def rotations(poses: Poses) -> tuple[Array, Array]:
    """SMPL-X rotations (T, 55, 3), radians, and the path of the pelvis (T, 3), metres, that keeps the feet planted."""
    pose = np.zeros((len(poses.body), 55, 3))
    body = {name: np.radians(poses.body[:, number]) for number, name in enumerate(BODY)}
    _pose_spine(pose, body)
    _pose_legs(pose, body)
    for number, side in enumerate(("left", "right")):
        sign = np.ones(3) if side == "left" else MIRROR
        arm = _left_arm(poses.direction[:, number], poses.arms[:, number])
        for joint, turn in arm.items():
            pose[:, JOINT_INDEX[f"{side}_{joint}"]] = turn.as_rotvec() * sign
        first = JOINT_INDEX[f"{side}_index1"]
        pose[:, first : first + 15] = poses.hands[:, number] * sign
    return pose, _planted(pose)


def shoulder(direction: Array, rotation: Array) -> Rotation:
    """Orientation of left upper arms in the chest: (T, 3) directions (sideways, up, forward), (T,) rotation in degrees.

    The shortest turn that carries the T-pose's arm to the direction, after a twist about the arm.
    """
    sideways = np.clip(direction[:, 0], -1.0, 1.0)
    axis = np.stack([np.zeros_like(sideways), -direction[:, 2], direction[:, 1]], axis=1)
    length = np.linalg.norm(axis, axis=1, keepdims=True)
    axis = np.divide(axis, length, out=np.tile([0.0, 1.0, 0.0], (len(axis), 1)), where=length > 1e-9)
    return Rotation.from_rotvec(axis * np.arccos(sideways)[:, None]) * _about("x", np.radians(rotation))


def _about(axis: str, angles: Array) -> Rotation:
    """Turns about one axis by (T,) radians."""
    return Rotation.from_rotvec(angles[:, None] * np.eye(3)["xyz".index(axis)])


def arm_chain(direction: Array, arms: Array) -> dict[str, Rotation]:
    """Orientations in the chest of collar, upper arm, forearm (before it turns) and hand of left arms.

    direction: (T, 3) sideways, up, forward. arms: (T, 8) degrees.
    """
    channel = {name: arms[:, number] for number, name in enumerate(ARM)}
    raised = np.degrees(np.arccos(np.clip(-direction[:, 1], -1.0, 1.0)))
    lift = _RHYTHM_SHARE * np.clip(raised - _RHYTHM_FROM, 0.0, None) + channel["shrug"]
    collar = _about("y", -np.radians(_PROTRACTION) * direction[:, 2]) * _about("z", np.radians(lift))
    upper = shoulder(direction, channel["rotation"])
    fore = upper * _about("y", -np.radians(channel["elbow"]))
    bend = _about("y", -np.radians(channel["wrist_deviation"])) * _about("z", -np.radians(channel["wrist_flexion"]))
    hand = fore * _about("x", np.radians(channel["pronation"])) * bend
    return {"collar": collar, "upper": upper, "fore": fore, "hand": hand}


def _left_arm(direction: Array, arms: Array) -> dict[str, Rotation]:
    """Rotations of collar, shoulder, elbow and wrist, relative to their parents, of a left arm."""
    chain = arm_chain(direction, arms)
    pronation = np.radians(arms[:, ARM.index("pronation")])
    elbow = chain["fore"] * _about("x", (1.0 - _WRIST_SHARE_OF_PRONATION) * pronation)
    return {
        "collar": chain["collar"],
        "shoulder": chain["collar"].inv() * chain["upper"],
        "elbow": chain["upper"].inv() * elbow,
        "wrist": elbow.inv() * chain["hand"],
    }


def _pose_spine(pose: Array, body: dict[str, Array]) -> None:
    pose[:, JOINT_INDEX["pelvis"], 0] = body["bow"]
    trunk = np.stack([body["trunk_turn"], body["trunk_flexion"], body["trunk_lean"]], axis=1)
    for joint in ("spine1", "spine2", "spine3"):
        pose[:, JOINT_INDEX[joint]] = Rotation.from_euler("YXZ", trunk / 3).as_rotvec()
    head = np.stack([body["head_turn"], body["head_flexion"], body["head_tilt"]], axis=1)
    for joint in ("neck", "head"):
        pose[:, JOINT_INDEX[joint]] = Rotation.from_euler("YXZ", head / 2).as_rotvec()


def _pose_legs(pose: Array, body: dict[str, Array]) -> None:
    """Hips, knees and ankles: the legs stand apart, lean back under a bow, and the soles stay level."""
    pelvis = Rotation.from_rotvec(pose[:, 0])
    for side, sign in (("left", 1.0), ("right", -1.0)):
        flexion = body[f"{side}_hip"] + _LEGS_BACK_SHARE_OF_BOW * body["bow"]
        thigh = Rotation.from_euler(
            "YZX", np.stack([sign * body["toe_out"], sign * body["stance"] - body["sway"], -flexion], axis=1)
        )
        knee = _about("x", body[f"{side}_knee"])
        level = _about("y", sign * body["toe_out"])
        pose[:, JOINT_INDEX[f"{side}_hip"]] = (pelvis.inv() * thigh).as_rotvec()
        pose[:, JOINT_INDEX[f"{side}_knee"]] = knee.as_rotvec()
        pose[:, JOINT_INDEX[f"{side}_ankle"]] = ((thigh * knee).inv() * level).as_rotvec()


def _planted(pose: Array) -> Array:
    """The pelvis' path that keeps the supporting feet where they stand, the lower one on the ground."""
    ankles = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
    joints, _ = forward(pose, np.zeros((len(pose), 3)))
    feet = joints[:, ankles]
    lowest = feet[:, :, 1].min(axis=1)
    # A foot bears weight while it is within about two centimetres of the lower one.
    weight = np.exp(-((feet[:, :, 1] - lowest[:, None]) / 0.02))
    weight /= weight.sum(axis=1, keepdims=True)
    drift = np.einsum("tf,tfc->tc", weight, feet - feet[:1])
    start = feet[0].mean(axis=0) - REST_JOINTS[ankles].mean(axis=0)
    path: Array = -(drift + start)
    path[:, 1] = REST_JOINTS[ankles[0], 1] - lowest
    return path
