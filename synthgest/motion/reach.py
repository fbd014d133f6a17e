"""Reaching: the arm that brings a part of the hand to a place on the body, with the palm and the fingers facing as they should.

Many arms at once, by damped least squares (Levenberg 1944, Marquardt 1963) over swing and turn of the shoulder, elbow, forearm and
wrist, within the joints' limits. The place comes first, then where palm and fingers face, then where the elbow points, and of
what is left free the posture nearest to the one that was asked from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.motion.anatomy import ARM, arm_chain, directions
from synthgest.motion.build import Build
from synthgest.motion.kinematics import TIP, forward
from synthgest.motion.landmarks import FACING, LANDMARKS, OTHER
from synthgest.motion.limits import ARM_LIMITS, plane_range
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

_CHANNELS = ("rotation", "elbow", "pronation", "wrist_flexion", "wrist_deviation")
_COLUMNS = [ARM.index(name) for name in _CHANNELS]
_SPARE = 4.0  # degrees that stay free at the ends of a joint's range, for what makes a performer alive
_LOW = np.radians([-165, -165, *(ARM_LIMITS[name][0] + _SPARE for name in _CHANNELS)])
_HIGH = np.radians([165, 165, *(ARM_LIMITS[name][1] - _SPARE for name in _CHANNELS)])

# Residuals: what one centimetre, one unit of a unit vector's miss, one radian off the wished posture cost.
_PLACE, _PALM, _FINGERS, _ELBOW = 2.0, 4.0, 3.0, 2.0
_TRUNK = 1.5  # per centimetre that a point of the arm lies within the trunk
_SHOULDER, _PLANES_SPARE = 30.0, 0.1  # per radian beyond the planes that the shoulder reaches, from so many before
_POSTURE = np.array([0.2, 0.2, 0.3, 0.2, 0.5, 0.9, 1.2])
_ROUNDS = 30
_GAIN = 1e-4  # of the cost, in a round after which nothing more is to be had

_APPROACH = 9.0  # centimetres
_FOREARM = 0.035  # its radius, metres

# Parts of a flat left hand, from the wrist: fingers along +X, palm down, thumb forward; metres.
_PALM_SKIN, _BACK_SKIN, _EDGE = np.array([0.0, -0.018, 0.0]), np.array([0.0, 0.016, 0.0]), np.array([0.0, 0.0, -0.02])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a hand is to be: words of a keyframe.

    at: a place of ``PLACES``. offset: centimetres from it outward, up and forward, in the frame of the bone that it rides on.
    part: of ``HAND_PARTS``. palm, fingers, elbow: words of ``FACING``, or None where it does not matter.
    """

    at: str
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    part: str = "palm"
    palm: str | None = None
    fingers: str | None = None
    elbow: str | None = None

    @property
    def touches(self) -> bool:
        """Whether the hand is to rest on the body rather than be held in the air."""
        return float(np.linalg.norm(self.offset)) < 6.0

    @property
    def central(self) -> bool:
        """Whether it is brought to the middle of the body, where it meets the other hand if that is too."""
        return not LANDMARKS[self.at.removeprefix(OTHER)].sided and abs(self.offset[0]) < 3.0

    def before_touching(self) -> "Reach":
        """The reach to a place off the skin from which a hand comes to where it touches, and to which it leaves."""
        away = np.array(LANDMARKS[self.at.removeprefix(OTHER)].facing) * _APPROACH
        away[0] *= -1 if self.at.startswith(OTHER) else 1
        x, y, z = (np.array(self.offset) + away).tolist()
        return replace(self, offset=(x, y, z))


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """N reaches as numbers, in the frame of the chest and as if every arm were left.

    place: (N, 3) metres from spine3. part: (N, 3) the part of the hand that goes there, from the wrist of a flat hand. palm,
    fingers, elbow: (N, 3) unit vectors, or zero where it does not matter.
    """

    place: Array
    part: Array
    palm: Array
    fingers: Array
    elbow: Array


def aims(reaches: Sequence[tuple[Reach, int]], pose: Array, hands: Array, build: Build) -> Aims:
    """The reaches with their sides (0 left, 1 right) of N postures as numbers.

    pose: (N, 55, 3) radians, of which trunk and head are used. hands: (N, 15, 3) finger rotations, as if left.
    """
    joints, world = forward(pose, np.zeros((len(pose), 3)), build.joints)
    chest = JOINT_INDEX["spine3"]
    places = np.empty((len(reaches), 3))
    for number, (reach, side) in enumerate(reaches):
        mirror = np.array([1.0 - 2.0 * side, 1.0, 1.0])
        bone, rest = build.place(reach.at, ("left", "right")[side])
        local = rest + np.array(reach.offset) / 100 * mirror - build.joints[bone]
        seen = joints[number, bone] + world[number, bone] @ local - joints[number, chest]
        places[number] = (world[number, chest].T @ seen) * mirror
    return Aims(
        place=places,
        part=np.array([hand_part(reach.part, fold, build) for (reach, _), fold in zip(reaches, hands, strict=True)]),
        palm=np.array([_facing(reach.palm) for reach, _ in reaches]),
        fingers=np.array([_facing(reach.fingers) for reach, _ in reaches]),
        elbow=np.array([_facing(reach.elbow) for reach, _ in reaches]),
    )


def hand_part(part: str, fingers: Array, build: Build) -> Array:
    """(3,) a part of a left hand with its fingers (15, 3) folded so, metres from the wrist, in the frame of the hand."""
    rest = {name: build.joints[JOINT_INDEX[f"left_{name}"]] for name in ("wrist", "middle1", "pinky1")}
    palm: Array = (rest["middle1"] - rest["wrist"]) * 0.6
    plain: dict[str, Array] = {
        "palm": palm + _PALM_SKIN,
        "back": palm + _BACK_SKIN,
        "edge": (rest["pinky1"] - rest["wrist"]) * 0.8 + _EDGE,
    }
    if part in plain:
        return plain[part]
    finger = {"fingertips": "middle", "index": "index", "thumb": "thumb", "knuckles": "middle"}[part]
    chain = [build.joints[JOINT_INDEX[f"left_{finger}{segment}"]] for segment in (1, 2, 3)]
    chain.append(chain[2] + TIP * (chain[2] - chain[1]))
    first = JOINT_INDEX[f"left_{finger}1"] - JOINT_INDEX["left_index1"]
    place, turn = chain[0] - rest["wrist"], Rotation.identity()
    for segment in range(1 if part == "knuckles" else 3):
        turn = turn * Rotation.from_rotvec(fingers[first + segment])
        place = place + turn.apply(chain[segment + 1] - chain[segment])
    found: Array = place
    return found


def reached(arms: Array, aim: Aims, build: Build) -> tuple[Array, Array, Array]:
    """Arms (N, 8), degrees, near the given ones that reach their aims; (N,) metres that each misses its place by; (N,) costs."""
    wished = _unknowns(arms)
    found = np.clip(wished, _LOW, _HIGH)
    shrug = arms[:, ARM.index("shrug")]

    def residuals(trial: Array) -> Array:
        """(N, J, R) of the trials (N, J, 7)."""
        return _residuals(trial, wished[:, None], shrug, aim, build)

    here = residuals(found[:, None])[:, 0]
    damping = np.full(len(arms), 1e-2)
    step = 1e-4
    for _ in range(_ROUNDS):
        nudged = found[:, None] + step * np.eye(found.shape[1])
        slope = (residuals(nudged) - here[:, None]) / step  # (N, 7, R)
        gradient = np.einsum("njr,nr->nj", slope, here)
        stuck = ((found <= _LOW + 1e-9) & (gradient > 0)) | ((found >= _HIGH - 1e-9) & (gradient < 0))
        slope = np.where(stuck[:, :, None], 0.0, slope)
        normal = np.einsum("njr,nkr->njk", slope, slope) + damping[:, None, None] * np.eye(found.shape[1])
        move = np.linalg.solve(normal, -np.where(stuck, 0.0, gradient)[:, :, None])[:, :, 0]
        trial = np.clip(found + np.clip(move, -0.5, 0.5), _LOW, _HIGH)
        there = residuals(trial[:, None])[:, 0]
        gain = (here**2).sum(axis=1) - (there**2).sum(axis=1)
        better = gain > 0
        found, here = np.where(better[:, None], trial, found), np.where(better[:, None], there, here)
        damping = np.where(better, damping / 3, damping * 4)
        if np.abs(gain).max() < _GAIN:
            break
    missed = np.linalg.norm(here[:, :3], axis=1) / (100 * _PLACE)
    return _arms(found, arms), missed, (here**2).sum(axis=1)


def facing_of(arms: Array) -> tuple[Array, Array]:
    """Unit vectors (N, 3) that the palms and the fingers of arms (N, 8) face, in the chest and as if left."""
    hand = arm_chain(directions(arms), arms)["hand"]
    return hand.apply([0.0, -1.0, 0.0]), hand.apply([1.0, 0.0, 0.0])


def _facing(word: str | None) -> tuple[float, float, float]:
    return (0.0, 0.0, 0.0) if word is None else FACING[word]


def _residuals(trial: Array, wished: Array, shrug: Array, aim: Aims, build: Build) -> Array:
    count, trials, _ = trial.shape
    flat = trial.reshape(-1, 7)
    swing, angles = _swung(flat), np.zeros((len(flat), len(ARM)))
    angles[:, _COLUMNS] = np.degrees(flat[:, 2:])
    angles[:, ARM.index("shrug")] = np.repeat(shrug, trials)
    chain = arm_chain(swing, angles)
    rest = {name: build.joints[JOINT_INDEX[f"left_{name}"]] for name in ("collar", "shoulder", "elbow", "wrist")}
    shoulder = (rest["collar"] - build.joints[JOINT_INDEX["spine3"]]) + chain["collar"].apply(
        rest["shoulder"] - rest["collar"]
    )
    elbow = shoulder + chain["upper"].apply(rest["elbow"] - rest["shoulder"])
    wrist = elbow + chain["fore"].apply(rest["wrist"] - rest["elbow"])

    def each(values: Array) -> Array:
        return np.repeat(values, trials, axis=0)

    place = wrist + chain["hand"].apply(each(aim.part)) - each(aim.place)
    palm, fingers = chain["hand"].apply([0.0, -1.0, 0.0]), chain["hand"].apply([1.0, 0.0, 0.0])
    bent = (elbow - shoulder) / np.linalg.norm(elbow - shoulder, axis=1, keepdims=True)
    parts = [
        100 * _PLACE * place,
        _PALM * _off(palm, each(aim.palm)),
        _FINGERS * _off(fingers, each(aim.fingers)),
        _ELBOW * _off(bent, each(aim.elbow)),
        100 * _TRUNK * _within_trunk(elbow, wrist, build),
        _SHOULDER * _beyond_planes(swing)[:, None],
        (_POSTURE * (trial - wished)).reshape(-1, 7),
    ]
    return np.concatenate(parts, axis=1).reshape(count, trials, -1)


def _within_trunk(elbow: Array, wrist: Array, build: Build) -> Array:
    """(N, 4) metres by which points from elbow to wrist (N, 3), in the chest, lie within an upright cylinder around the trunk."""
    chest = build.joints[JOINT_INDEX["spine3"]]
    wide = build.landmarks["waist"][0] + _FOREARM
    deep = build.landmarks["chest"][2] - chest[2] + _FOREARM
    low, high = (build.joints[JOINT_INDEX[name]][1] - chest[1] for name in ("left_hip", "neck"))
    within = []
    for share in (0.0, 0.3, 0.6, 0.85):
        point = elbow + share * (wrist - elbow)
        far = np.sqrt((point[:, 0] / wide) ** 2 + (point[:, 2] / deep) ** 2)
        level = (point[:, 1] > low) & (point[:, 1] < high)
        within.append(np.where(level, np.clip(1.0 - far, 0.0, None) * deep, 0.0))
    return np.stack(within, axis=1)


def _beyond_planes(swing: Array) -> Array:
    """(N,) radians by which directions of upper arms (N, 3) lie beyond the planes that a shoulder reaches; less near the poles."""
    low, high = np.radians(plane_range(90.0))
    plane = np.arctan2(swing[:, 2], swing[:, 0]) - (low + high) / 2
    plane = np.abs((plane + np.pi) % (2 * np.pi) - np.pi)
    beyond: Array = np.clip(plane - (high - low) / 2 + _PLANES_SPARE, 0.0, None)
    return beyond * np.hypot(swing[:, 0], swing[:, 2])


def _off(found: Array, wished: Array) -> Array:
    """How far unit vectors are from those wished for; nothing where the wish is zero."""
    return np.where(wished.any(axis=1, keepdims=True), found - wished, 0.0)


def _unknowns(arms: Array) -> Array:
    """(N, 7) radians: swing of the upper arm from the T-pose about Y and Z, then the other channels."""
    units = directions(arms)
    axis = np.stack([-units[:, 2], units[:, 1]], axis=1)
    length = np.linalg.norm(axis, axis=1, keepdims=True)
    swing = axis / np.maximum(length, 1e-9) * np.arccos(np.clip(units[:, :1], -1.0, 1.0))
    return np.concatenate([swing, np.radians(arms[:, _COLUMNS])], axis=1)


def _swung(unknowns: Array) -> Array:
    """(N, 3) directions of upper arms swung from the T-pose."""
    axis = np.concatenate([np.zeros((len(unknowns), 1)), unknowns[:, :2]], axis=1)
    units: Array = Rotation.from_rotvec(axis).apply([1.0, 0.0, 0.0])
    return units


def _arms(unknowns: Array, like: Array) -> Array:
    arms = like.copy()
    units = _swung(unknowns)
    arms[:, ARM.index("plane")] = np.degrees(np.arctan2(units[:, 2], units[:, 0]))
    arms[:, ARM.index("elevation")] = np.degrees(np.arccos(np.clip(-units[:, 1], -1.0, 1.0)))
    arms[:, _COLUMNS] = np.degrees(unknowns[:, 2:])
    return arms
