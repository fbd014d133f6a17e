"""The script of a keyframed gesture: the posture of every keyframe in full, before anybody performs it."""

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.gestures import Gesture
from synthgest.motion import hand_shapes
from synthgest.motion.anatomy import ARM, directions
from synthgest.motion.placing import RELAXED, Held, arm_angles, body_angles, carried, merged, reaching
from synthgest.motion.postures import Arm, Body, Easing, Keyframe, Phase
from synthgest.motion.reach import Reach

Array = NDArray[np.float64]

_FAR = 0.72  # part of the time to a place that is touched at which the hand is off it
_SHORTEST_WAY = 0.35  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """K postures, the first at rest, and how each is reached.

    phases, easings: K. seconds: (K,) time to get here from the posture before; 0 for the first. arms: (K, 2, 8) degrees
    in the order of ``ARM``, left then right; where ``reaches`` says what a hand is brought to, these are the nominal adult's.
    hands: (K, 2, 15, 3) radians, both as if left. body: (K, 14) degrees in the order of ``BODY``. musts: what must hold there.
    """

    phases: tuple[Phase | None, ...]
    easings: tuple[Easing, ...]
    seconds: Array
    arms: Array
    hands: Array
    body: Array
    reaches: tuple[tuple[Reach | None, Reach | None], ...]
    musts: tuple[tuple[str, ...], ...]

    @property
    def braced(self) -> NDArray[np.bool_]:
        """(K, 2) whether a hand rests on the body or meets the other one."""
        rows = []
        for pair in self.reaches:
            met = all(reach is not None and reach.central for reach in pair)
            rows.append([reach is not None and (reach.touches or met) for reach in pair])
        return np.array(rows)

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
            reaches=tuple(self.reaches[number] for number in chosen),
            musts=tuple(self.musts[number] for number in chosen),
        )


def strokes(phases: Sequence[Phase | None]) -> range:
    """The postures from the first stroke to the last one: what is repeated."""
    found = [number for number, phase in enumerate(phases) if phase == "stroke"]
    return range(found[0], found[-1] + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One posture while the script is written, and how it is reached."""

    phase: Phase | None
    easing: Easing = "stop"
    seconds: float
    held: tuple[Held, Held]
    body: Array
    must: tuple[str, ...] = ()

    @property
    def arms(self) -> Array:
        """(2, 8) degrees."""
        return np.array([arm_angles(one.arm) for one in self.held])


def write_script(gesture: Gesture, keyframes: Sequence[Keyframe]) -> Script:
    """The postures of one way to perform a keyframed gesture, from rest to rest.

    What a keyframe leaves out stays as it was. Without a retraction keyframe the performer returns to rest. A hand comes to what it
    touches, and leaves it, from without. Raises MotionError when a palm cannot face where it should, or a hand cannot get there.
    """
    steps = _approached(_steps(gesture, keyframes), gesture.name)
    phases = [step.phase for step in steps]
    return Script(
        phases=tuple(phases),
        easings=_settled(phases, [step.easing for step in steps], gesture.repetitions[1]),
        seconds=np.array([step.seconds for step in steps]),
        arms=np.array([step.arms for step in steps]),
        hands=np.array([[hand_shapes.rotations(one.arm.hand or RELAXED) for one in step.held] for step in steps]),
        body=np.array([step.body for step in steps]),
        reaches=tuple((step.held[0].reach, step.held[1].reach) for step in steps),
        musts=tuple(step.must for step in steps),
    )


def _steps(gesture: Gesture, keyframes: Sequence[Keyframe]) -> list[_Step]:
    at_rest = Held(arm=Arm(hand=RELAXED))
    held, body = (at_rest, at_rest), Body()
    steps = [_Step(phase=None, seconds=0.0, held=held, body=body_angles(body))]
    for keyframe in keyframes:
        body = merged(body, keyframe.body)
        said = (keyframe.left, keyframe.right)
        held = (carried(held[0], said[0], 0, body, gesture.name), carried(held[1], said[1], 1, body, gesture.name))
        steps.append(
            _Step(
                phase=keyframe.phase,
                easing=keyframe.easing or ("swing" if keyframe.phase == "stroke" else "stop"),
                seconds=keyframe.seconds,
                held=held,
                body=body_angles(body),
                must=keyframe.must,
            )
        )
    if not any(step.phase == "retraction" for step in steps):
        home = dataclasses.replace(steps[0], phase="retraction")
        steps.append(dataclasses.replace(home, seconds=_way_home(steps[-1].arms, home.arms)))
    return steps


def _approached(steps: Sequence[_Step], gesture: str) -> list[_Step]:
    """The steps with one before each that touches a place, and one after each that leaves it, a hand's thickness off the place."""
    found = [steps[0]]
    stroke = False
    for before, after in itertools.pairwise(steps):
        coming, leaving = _touched_anew(before, after), _touched_anew(after, before)
        if after.seconds < _SHORTEST_WAY or not (any(coming) or any(leaving)):
            found.append(after)
        else:
            phase: Phase | None = "retraction" if after.phase == "retraction" else "stroke" if stroke else "preparation"
            share = _FAR if any(coming) else 1 - _FAR
            between = _between(before, after, coming if any(coming) else leaving, share, gesture)
            found.append(dataclasses.replace(between, phase=phase, easing="through", seconds=share * after.seconds))
            found.append(dataclasses.replace(after, seconds=(1 - share) * after.seconds))
        stroke |= after.phase == "stroke"
    return found


def _touched_anew(before: _Step, after: _Step) -> tuple[bool, bool]:
    """Which hands touch a place at ``after`` that they were nowhere near at ``before``."""
    left, right = (
        there.reach is not None and there.reach.touches and (here.reach is None or here.reach.at != there.reach.at)
        for here, there in zip(before.held, after.held, strict=True)
    )
    return left, right


def _between(before: _Step, after: _Step, sides: tuple[bool, bool], share: float, gesture: str) -> _Step:
    """A posture on the way, in which the hands that touch a place at one end are off that place."""
    body = before.body + share * (after.body - before.body)
    touching = after if share == _FAR else before
    held = []
    for side in (0, 1):
        reach = touching.held[side].reach
        if sides[side] and reach is not None:
            held.append(reaching(touching.held[side].arm, reach.before_touching(), side, body, gesture, worst=1.0))
            continue
        angles = before.arms[side] + share * (after.arms[side] - before.arms[side])
        arm = dataclasses.replace(after.held[side].arm, **dict(zip(ARM, angles.tolist(), strict=True)))
        held.append(Held(arm=arm))
    return _Step(phase=after.phase, seconds=0.0, held=(held[0], held[1]), body=body)


def _way_home(here: Array, home: Array) -> float:
    """Seconds that the arms take back to rest, longer from further away."""
    angle = float(np.degrees(np.arccos(np.clip((directions(here) * directions(home)).sum(axis=-1), -1, 1))).max())
    return 0.5 + 0.45 * angle / 150.0


def _settled(phases: list[Phase | None], easings: list[Easing], most: int) -> tuple[Easing, ...]:
    """A single stroke comes to rest where it ends: it has nothing to swing back from."""
    block = strokes(phases)
    if len(block) == 1 and most == 1 and easings[block[0]] == "swing":
        easings[block[0]] = "stop"
    return tuple(easings)
