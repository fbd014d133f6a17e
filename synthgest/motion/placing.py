"""Placing: what a keyframe says of an arm, a palm's facing or a place for the hand among it, becomes all of the arm's angles."""

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError
from synthgest.motion import hand_shapes
from synthgest.motion.anatomy import ARM, BODY, Poses, directions, rotations, shoulder
from synthgest.motion.build import NOMINAL
from synthgest.motion.landmarks import FACING
from synthgest.motion.limits import ARM_LIMITS
from synthgest.motion.postures import Arm, Body, Facing
from synthgest.motion.reach import Reach, aims, facing_of, reached

Array = NDArray[np.float64]
Said = TypeVar("Said", Arm, Body)

REST_ARM: dict[str, float] = {
    "plane": 15.0,
    "elevation": 10.0,
    "rotation": 12.0,
    "shrug": 0.0,
    "elbow": 16.0,
    "pronation": 18.0,
    "wrist_flexion": 4.0,
    "wrist_deviation": 0.0,
}
"""An arm at rest at the side, degrees: a little away from the trunk, a little bent, the palm to the thigh."""

REST_BODY: dict[str, float] = dict.fromkeys(BODY, 0.0) | {"stance": 4.0, "toe_out": 8.0}
"""A body at rest, degrees."""

_WORST_FACING = 60.0
WORST_MISS = 0.03
"""Metres by which a hand may miss its place before the specification is refused."""
RELAXED = "relaxed"
"""The shape of a hand at rest."""

# Postures from which a reach is looked for, beside the one before: before the belly, beside the head, before the face, behind.
_STARTS: tuple[dict[str, Any], ...] = (
    {"plane": 60.0, "elevation": 30.0, "rotation": 20.0, "elbow": 90.0, "pronation": 0.0},
    {"plane": 20.0, "elevation": 75.0, "rotation": -70.0, "elbow": 110.0, "pronation": 0.0},
    {"plane": 85.0, "elevation": 60.0, "rotation": -20.0, "elbow": 120.0, "pronation": 0.0},
    {"plane": -30.0, "elevation": 35.0, "rotation": 40.0, "elbow": 100.0, "pronation": 30.0},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An arm at a keyframe: all its angles, and the reach that it is still held in."""

    arm: Arm
    reach: Reach | None = None


def carried(before: Held, said: Arm | None, side: int, body: Body, gesture: str) -> Held:
    """The arm as it was, with what is said changed; words about palm, fingers and place become angles."""
    if said is None:
        return before
    plain = dataclasses.replace(said, palm=None, fingers=None, at=None, offset=None, part=None, elbow_points=None)
    if said.at is not None:
        reach = Reach(
            at=said.at,
            offset=said.offset or (0.0, 0.0, 0.0),
            part=said.part or "palm",
            palm=said.palm,
            fingers=said.fingers,
            elbow=said.elbow_points,
        )
        return reaching(merged(before.arm, plain), reach, side, body_angles(body), gesture)
    if said.palm is None:
        moved = any(getattr(said, name) is not None for name in ARM_LIMITS)
        return Held(arm=merged(before.arm, plain), reach=None if moved else before.reach)
    arm = merged(dataclasses.replace(before.arm, pronation=None), plain)
    turned = _turned(np.array(arm_angles(arm)), said.palm, said.fingers, gesture)
    return Held(arm=dataclasses.replace(arm, **turned))


def reaching(start: Arm, reach: Reach, side: int, body: Array, gesture: str, *, worst: float = WORST_MISS) -> Held:
    """The arm of the nominal adult brought where the reach says; the best of several ways to it.

    body: (14,) degrees. worst: metres by which it may miss, or MotionError.
    """
    starts = np.array([arm_angles(start), *(arm_angles(dataclasses.replace(start, **other)) for other in _STARTS)])
    count = len(starts)
    hands = np.repeat(hand_shapes.rotations(start.hand or RELAXED)[None], count, axis=0)
    aim = aims([(reach, side)] * count, posture_of(np.repeat(body[None], count, axis=0)), hands, NOMINAL)
    arms, missed, cost = reached(starts, aim, NOMINAL)
    best = int(cost.argmin())
    if missed[best] > worst:
        raise MotionError(
            f"a hand of {gesture} cannot be brought to {reach.at!r} with the offset {list(reach.offset)}: it misses it by "
            f"{100 * missed[best]:.0f} cm; move the place nearer or say less of palm, fingers and elbow"
        )
    angles = dict(zip(ARM, arms[best].tolist(), strict=True))
    arm = dataclasses.replace(start, **{name: angles[name] for name in ARM if name != "shrug"})
    return Held(arm=arm, reach=reach)


def posture_of(body: Array) -> Array:
    """(K, 55, 3) radians: trunk, head and legs as ``body`` (K, 14) says, the arms in the T-pose."""
    count = len(body)
    sideways = np.broadcast_to([1.0, 0.0, 0.0], (count, 2, 3))
    arms = np.zeros((count, 2, len(ARM)))
    arms[..., ARM.index("elevation")] = 90.0
    pose, _ = rotations(
        Poses(direction=sideways, arms=arms, hands=np.zeros((count, 2, 15, 3)), body=body, braced=np.zeros((count, 2)))
    )
    return pose


def body_angles(body: Body) -> Array:
    """(14,) the angles of a body in the order of ``BODY``, degrees."""
    return np.array([_or(getattr(body, name), REST_BODY[name]) for name in BODY])


def merged(before: Said, said: Said | None) -> Said:
    """What was said before, with what is said now changed."""
    if said is None:
        return before
    changes = {
        field.name: value for field in dataclasses.fields(said) if (value := getattr(said, field.name)) is not None
    }
    return dataclasses.replace(before, **changes)


def arm_angles(arm: Arm) -> list[float]:
    """The angles of an arm in the order of ``ARM``, degrees, at rest where nothing is said."""
    return [_or(getattr(arm, name), REST_ARM[name]) for name in ARM]


def _turned(angles: Array, palm: Facing, fingers: Facing | None, gesture: str) -> dict[str, Any]:
    """The turn of the forearm, and with ``fingers`` the bend of the wrist, degrees, that face the hand as nearly as it can be."""
    facing = np.array(FACING[palm], dtype=np.float64)
    upper = shoulder(directions(angles)[None], angles[None, ARM.index("rotation")])[0]
    forearm = upper * Rotation.from_rotvec([0.0, -np.radians(angles[ARM.index("elbow")]), 0.0])
    if fingers is None:
        # The palm of a left forearm in the T-pose faces down, and turns to face back as it pronates.
        neutral, pronated = forearm.apply([[0, -1, 0], [0, 0, -1]]) @ facing
        found = {"pronation": float(np.degrees(np.arctan2(pronated, neutral)))}
    else:
        along, up = np.array(FACING[fingers], dtype=np.float64), -facing
        if abs(along @ up) > 0.5:
            raise MotionError(f"the palm of {gesture} faces {palm}, so its fingers cannot point {fingers}")
        hand = Rotation.from_matrix(np.stack([along, up, np.cross(along, up)], axis=1))
        pronation, deviation, flexion = (forearm.inv() * hand).as_euler("XYZ", degrees=True)
        found = {"pronation": pronation, "wrist_deviation": -deviation, "wrist_flexion": -flexion}
    found = {name: float(np.clip(value, *ARM_LIMITS[name])) for name, value in found.items()}
    trial = angles.copy()
    for name, value in found.items():
        trial[ARM.index(name)] = value
    if fingers is None:
        trial[[ARM.index("wrist_flexion"), ARM.index("wrist_deviation")]] = 0.0  # the palm of a straight wrist is meant
    seen_palm, seen_fingers = (vectors[0] for vectors in facing_of(trial[None]))
    _require_near(seen_palm @ facing, f"a palm of {gesture} cannot face {palm}")
    if fingers is not None:
        _require_near(seen_fingers @ np.array(FACING[fingers]), f"the fingers of {gesture} cannot point {fingers}")
    return found


def _require_near(cosine: float, complaint: str) -> None:
    off = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    if off > _WORST_FACING:
        raise MotionError(
            f"{complaint} with the arm as it is: {off:.0f} degrees off; change the rotation of the shoulder or the elbow, or "
            "give pronation and wrist instead"
        )


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
