"""The script of a keyframed gesture: the posture of every keyframe in full, before anybody performs it."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError
from synthgest.gestures import Gesture
from synthgest.motion import hand_shapes
from synthgest.motion.anatomy import ARM, BODY, directions, shoulder
from synthgest.motion.postures import Arm, Body, Easing, Palm, Phase

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

# Sideways, up, forward of the arm that is meant; "sideways" is away from the body.
_FACING: dict[Palm, tuple[float, float, float]] = {
    "up": (0, 1, 0),
    "down": (0, -1, 0),
    "forward": (0, 0, 1),
    "back": (0, 0, -1),
    "inward": (-1, 0, 0),
    "outward": (1, 0, 0),
}
_WORST_FACING = 60.0
_RELAXED = "relaxed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """K postures, the first at rest, and how each is reached.

    phases, easings: K. seconds: (K,) time to get here from the posture before; 0 for the first. arms: (K, 2, 8) degrees
    in the order of ``ARM``, left then right. hands: (K, 2, 15, 3) radians, both as if left. body: (K, 13) degrees in
    the order of ``BODY``.
    """

    phases: tuple[Phase | None, ...]
    easings: tuple[Easing, ...]
    seconds: Array
    arms: Array
    hands: Array
    body: Array

    def rows(self, numbers: Sequence[int]) -> "Script":
        """The script with these postures only, in this order."""
        chosen = list(numbers)
        return Script(
            phases=tuple(self.phases[number] for number in chosen),
            easings=tuple(self.easings[number] for number in chosen),
            seconds=self.seconds[chosen],
            arms=self.arms[chosen],
            hands=self.hands[chosen],
            body=self.body[chosen],
        )


def strokes(phases: Sequence[Phase | None]) -> range:
    """The postures from the first stroke to the last one: what is repeated."""
    found = [number for number, phase in enumerate(phases) if phase == "stroke"]
    return range(found[0], found[-1] + 1)


def write_script(gesture: Gesture) -> Script:
    """The postures of a keyframed gesture, from rest to rest.

    What a keyframe leaves out stays as it was. Without a retraction keyframe the performer returns to rest.
    Raises MotionError when a palm cannot face where it should.
    """
    left, right = Arm(hand=_RELAXED), Arm(hand=_RELAXED)
    body = Body()
    phases: list[Phase | None] = [None]
    easings: list[Easing] = ["stop"]
    postures = [(left, right, body)]
    for keyframe in gesture.keyframes:
        left, right = _carried(left, keyframe.left, gesture.name), _carried(right, keyframe.right, gesture.name)
        body = _merged(body, keyframe.body)
        postures.append((left, right, body))
        phases.append(keyframe.phase)
        easings.append(keyframe.easing or ("swing" if keyframe.phase == "stroke" else "stop"))
    seconds = [0.0, *(keyframe.seconds for keyframe in gesture.keyframes)]
    arms = np.array([[_angles(one), _angles(other)] for one, other, _ in postures])
    if "retraction" not in phases:
        phases.append("retraction")
        easings.append("stop")
        postures.append(postures[0])
        arms = np.concatenate([arms, arms[:1]])
        seconds.append(_way_home(arms))
    return Script(
        phases=tuple(phases),
        easings=_settled(phases, easings, gesture.repetitions[1]),
        seconds=np.array(seconds),
        arms=arms,
        hands=np.array([[hand_shapes.rotations(arm.hand or _RELAXED) for arm in row[:2]] for row in postures]),
        body=np.array([[_or(getattr(row[2], name), REST_BODY[name]) for name in BODY] for row in postures]),
    )


def _carried(before: Arm, said: Arm | None, gesture: str) -> Arm:
    """The arm as it was, with what is said changed; a palm becomes the pronation that turns it there."""
    if said is None:
        return before
    if said.palm is None:
        return _merged(before, said)
    arm = _merged(dataclasses.replace(before, pronation=None), said)
    return dataclasses.replace(arm, palm=None, pronation=_pronation(np.array(_angles(arm)), said.palm, gesture))


def _merged(before: Said, said: Said | None) -> Said:
    if said is None:
        return before
    changes = {
        field.name: value for field in dataclasses.fields(said) if (value := getattr(said, field.name)) is not None
    }
    return dataclasses.replace(before, **changes)


def _angles(arm: Arm) -> list[float]:
    return [_or(getattr(arm, name), REST_ARM[name]) for name in ARM]


def _pronation(angles: Array, palm: Palm, gesture: str) -> float:
    """The turn of the forearm, degrees, that makes the palm of a straight wrist face as nearly as it can."""
    facing = np.array(_FACING[palm], dtype=np.float64)
    upper = shoulder(directions(angles)[None], angles[None, ARM.index("rotation")])[0]
    forearm = upper * Rotation.from_rotvec([0.0, -np.radians(angles[ARM.index("elbow")]), 0.0])
    # The palm of a left forearm in the T-pose faces down, and turns to face back as it pronates.
    neutral, pronated = forearm.apply([[0, -1, 0], [0, 0, -1]]) @ facing
    best = float(np.clip(np.degrees(np.arctan2(pronated, neutral)), -90.0, 90.0))
    reached = neutral * np.cos(np.radians(best)) + pronated * np.sin(np.radians(best))
    if reached < np.cos(np.radians(_WORST_FACING)):
        off = np.degrees(np.arccos(np.clip(reached, -1, 1)))
        raise MotionError(
            f"a palm of {gesture} cannot face {palm} with the arm as it is: {off:.0f} degrees off; change the rotation of the "
            "shoulder or the elbow, or give pronation instead of palm"
        )
    return best


def _way_home(arms: Array) -> float:
    """Seconds that the arms take back to rest, longer from further away."""
    here, home = directions(arms[-2]), directions(arms[-1])
    angle = float(np.degrees(np.arccos(np.clip((here * home).sum(axis=-1), -1, 1))).max())
    return 0.5 + 0.45 * angle / 150.0


def _settled(phases: list[Phase | None], easings: list[Easing], most: int) -> tuple[Easing, ...]:
    """A single stroke comes to rest where it ends: it has nothing to swing back from."""
    block = strokes(phases)
    if len(block) == 1 and most == 1 and easings[block[0]] == "swing":
        easings[block[0]] = "stop"
    return tuple(easings)


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
