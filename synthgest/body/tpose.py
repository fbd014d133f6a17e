"""From rest to T-pose: the turn that brings each bone of the baked rest pose (arms half lowered) to SMPL-X's zero pose."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_PARENTS

Floats = NDArray[np.float64]

_FINGERS = ("index", "middle", "ring", "pinky")
# Directions in SMPL-X's zero pose, for the left side; the thumb points forward and a little down beside the flat hand.
_THIGH = np.array([0.035, -1.0, 0.0])
_SHIN = np.array([0.0, -1.0, -0.05])
_THUMB = np.array([0.72, -0.22, 0.66])


def t_pose(rest: Floats, tips: Floats) -> tuple[Floats, Floats]:
    """Turns (55, 3, 3) and joints (55, 3) of the T-pose.

    rest: (55, 3) joints in the rest pose, metres. tips: (10, 3) fingertips, in the order of ``FINGERTIPS``.
    """
    turns = np.tile(np.eye(3), (55, 1, 1))
    for number, side in enumerate(("left", "right")):
        mirror = np.array([1.0 - 2.0 * number, 1.0, 1.0])
        place = {name.removeprefix(f"{side}_"): rest[index] for name, index in JOINT_INDEX.items() if side in name}
        tip = dict(zip(("index", "middle", "pinky", "ring", "thumb"), tips[5 * number : 5 * number + 5], strict=True))
        for name, turn in (_leg(place, mirror) | _arm(place, tip, mirror)).items():
            turns[JOINT_INDEX[f"{side}_{name}"]] = turn
    joints = np.empty((55, 3))
    for joint, parent in enumerate(SMPLX_PARENTS):
        joints[joint] = rest[joint] if parent < 0 else joints[parent] + turns[parent] @ (rest[joint] - rest[parent])
    return turns, joints


def _leg(place: dict[str, Floats], mirror: Floats) -> dict[str, Floats]:
    return {
        "hip": least_turn(place["knee"] - place["hip"], _THIGH * mirror),
        "knee": least_turn(place["ankle"] - place["knee"], _SHIN * mirror),
    }


def _arm(place: dict[str, Floats], tip: dict[str, Floats], mirror: Floats) -> dict[str, Floats]:
    outward = np.array([1.0, 0.0, 0.0]) * mirror
    upper = least_turn(place["elbow"] - place["shoulder"], outward)
    fore = least_turn(upper @ (place["wrist"] - place["elbow"]), outward) @ upper
    ahead = place["index1"] - place["pinky1"]
    hand = _frame(outward, np.array([0.0, 0.0, 1.0])) @ _frame(place["middle1"] - place["wrist"], ahead).T
    # The forearm takes its part of the turn between elbow and hand, as it does when it is posed.
    twist = Rotation.from_matrix(hand @ fore.T).as_rotvec() @ outward
    turns = {"shoulder": upper, "elbow": Rotation.from_rotvec(0.45 * twist * outward).as_matrix() @ fore, "wrist": hand}
    for finger in (*_FINGERS, "thumb"):
        chain = [place[f"{finger}1"], place[f"{finger}2"], place[f"{finger}3"], tip[finger]]
        # Flat: a finger keeps part of its spread within the palm's plane; with all of it a fist's fingers would fan out.
        flat = (hand @ (chain[1] - chain[0])) * np.array([1.0, 0.0, 0.4])
        aim = _THUMB * mirror if finger == "thumb" else flat
        for segment in (1, 2, 3):
            turns[f"{finger}{segment}"] = least_turn(hand @ (chain[segment] - chain[segment - 1]), aim) @ hand
    return turns


def least_turn(start: Floats, end: Floats) -> Floats:
    """The smallest rotation (3, 3) that takes the direction ``start`` to the direction ``end``."""
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis)
    angle = np.arctan2(sine, start @ end)
    matrix: Floats = Rotation.from_rotvec(axis * (angle / max(sine, 1e-12))).as_matrix()
    return matrix


def _frame(along: Floats, ahead: Floats) -> Floats:
    """Orthonormal axes as columns: the first along ``along``, the last as near to ``ahead`` as can be."""
    first = along / np.linalg.norm(along)
    last = ahead - (ahead @ first) * first
    last = last / np.linalg.norm(last)
    return np.stack([first, np.cross(last, first), last], axis=1)
