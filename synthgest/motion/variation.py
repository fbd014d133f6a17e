"""Variation: how one performer differs from the script, within bounds that never change what is shown.

A performer has a habit (angles that are off by a few degrees), a size (larger or smaller strokes), a beat (no two
repetitions are timed alike), a way to stand, and is alive: breathes, sways, looks about.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.motion.anatomy import ARM, BODY, Poses
from synthgest.motion.build import Build
from synthgest.motion.drift import drift
from synthgest.motion.limits import ARM_LIMITS, BODY_LIMITS
from synthgest.motion.placing import posture_of
from synthgest.motion.reach import aims, reached
from synthgest.motion.script import Script, strokes

Array = NDArray[np.float64]

# Standard deviations in degrees, in the order of ARM: of a raised arm's habit, of an arm at rest, of one keyframe.
_HABIT = np.array([7.0, 6.0, 7.0, 1.5, 8.0, 8.0, 6.0, 3.0])
_AT_REST = np.array([12.0, 2.0, 6.0, 0.5, 5.0, 9.0, 4.0, 2.0])
_ONCE = np.array([1.2, 1.2, 1.2, 0.3, 1.5, 1.5, 1.5, 0.8])
_STANCE = dict.fromkeys(BODY, 0.0) | {
    "trunk_flexion": 1.5,
    "trunk_lean": 0.7,
    "trunk_turn": 1.5,
    "head_flexion": 3.0,
    "head_tilt": 2.0,
    "head_turn": 4.0,
    "stance": 1.2,
    "toe_out": 4.0,
    "sway": 1.2,
}
# Where a hand is brought to: metres by which one touches beside the place, or is held in the air beside it.
_TOUCH, _AIR = np.array([0.0, 0.006, 0.004]), np.array([0.025, 0.03, 0.03])
_TURNED = 7.0  # degrees, standard deviation about each axis: palm and fingers are turned otherwise than the words say
_LIFE = {
    "trunk_lean": 0.5,
    "trunk_turn": 0.8,
    "head_flexion": 1.2,
    "head_tilt": 0.7,
    "head_turn": 1.6,
    "bow": 0.4,
    "sway": 0.7,
}
# Who reaches out to one side leans and shifts his weight a little to the other: degrees for a level arm.
_BALANCE = {"trunk_lean": -1.6, "sway": 0.9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """The random numbers of one performance, drawn once; ``strength`` 0 plays the script as it is written.

    habit, at_rest: (2, 8) and stance: (14,) standard normal. size: factor of the strokes. beat: seed of what
    differs between keyframes. lag: seconds by which the left arm is late, the right one early.
    """

    habit: Array
    at_rest: Array
    stance: Array
    size: float
    beat: int
    lag: float
    strength: float = 1.0


def draw_performer(rng: np.random.Generator) -> Performer:
    """A performer; deviations beyond two standard deviations do not occur."""

    def normal(*shape: int) -> Array:
        return np.clip(rng.normal(size=shape), -2.0, 2.0)

    return Performer(
        habit=normal(2, len(ARM)),
        at_rest=normal(2, len(ARM)),
        stance=normal(len(BODY)),
        size=float(rng.uniform(0.8, 1.2)),
        beat=int(rng.integers(2**31)),
        lag=float(np.clip(rng.normal(scale=0.012), -0.025, 0.025)),
    )


def at_strength(performer: Performer, strength: float) -> Performer:
    """The same performer, closer to the script."""
    return dataclasses.replace(performer, strength=strength)


def performed(script: Script, performer: Performer, build: Build) -> Script:
    """The script as this performer plays it: the same postures, each a little off, within the joints' limits.

    Hands that are brought to a place get there on this performer's own body.
    """
    rng = np.random.default_rng(performer.beat)
    strength = performer.strength
    raised = _raised(script)
    habit, once = performer.habit, rng.normal(size=script.arms.shape).clip(-2, 2)
    off = raised * (habit * _HABIT + once * _ONCE) + (1 - raised) * performer.at_rest * _AT_REST
    arms = _enlarged(script.arms, strokes(script.phases), 1 + (performer.size - 1) * strength) + strength * off
    stance = np.array([_STANCE[name] for name in BODY]) * performer.stance
    body = _enlarged(script.body, strokes(script.phases), 1 + (performer.size - 1) * strength) + strength * stance
    arms, body = _clamped(arms, ARM_LIMITS), _clamped(body, BODY_LIMITS)
    arms = _brought(script, arms, body, build, strength * rng.normal(size=(2, len(arms), 3)).clip(-2, 2))
    seconds = script.seconds * (1 + strength * 0.06 * rng.normal(size=len(script.seconds)).clip(-2, 2))
    return dataclasses.replace(script, arms=arms, body=body, seconds=seconds)


def _brought(script: Script, arms: Array, body: Array, build: Build, once: Array) -> Array:
    """The arms with every hand that has a place to be brought there; both hands of a posture miss it alike."""
    rows = [(row, side) for row, pair in enumerate(script.reaches) for side in (0, 1) if pair[side] is not None]
    if not rows:
        return arms
    wanted = [(reach, side) for row, side in rows if (reach := script.reaches[row][side]) is not None]
    row, side = np.array(rows).T
    aim = aims(wanted, posture_of(body)[row], script.hands[row, side], build)
    air = ~script.braced[row, side][:, None]
    beside = once[0, row] * np.where(air, _AIR, _TOUCH)
    turned = Rotation.from_rotvec(np.radians(_TURNED) * once[1, row])
    aim = dataclasses.replace(
        aim, place=aim.place + beside, palm=turned.apply(aim.palm), fingers=turned.apply(aim.fingers)
    )
    found, _, _ = reached(arms[row, side], aim, build)
    brought = arms.copy()
    brought[row, side] = found
    return brought


def alive(poses: Poses, seconds: Array, rng: np.random.Generator) -> Poses:
    """The postures (T) of somebody who breathes and sways while performing."""
    body = poses.body.copy()
    for name, size in _LIFE.items():
        body[:, BODY.index(name)] += size * drift(seconds, rng)
    out = poses.direction[:, 1, 0] - poses.direction[:, 0, 0]
    for name, size in _BALANCE.items():
        body[:, BODY.index(name)] += size * out
    breath = np.sin(2 * np.pi * (seconds * rng.uniform(0.22, 0.32) + rng.uniform()))
    body[:, BODY.index("trunk_flexion")] -= 0.5 * breath
    arms = poses.arms.copy()
    arms[:, :, ARM.index("shrug")] += 0.6 * breath[:, None]
    for side in (0, 1):
        for name, size in (("rotation", 0.8), ("elbow", 0.8), ("wrist_flexion", 1.2), ("pronation", 1.2)):
            arms[:, side, ARM.index(name)] += size * drift(seconds, rng) * (1 - poses.braced[:, side])
    return dataclasses.replace(poses, arms=_clamped(arms, ARM_LIMITS), body=_clamped(body, BODY_LIMITS))


def _raised(script: Script) -> Array:
    """(K, 2, 1): 1 where an arm does something, 0 where it rests."""
    changed: NDArray[np.bool_] = np.abs(script.arms - script.arms[0]).max(axis=2, keepdims=True) > 1e-6
    return changed.astype(np.float64)


def _enlarged(values: Array, block: range, factor: float) -> Array:
    """The values with the strokes made larger or smaller about their middle."""
    changed = values.copy()
    part = values[block.start : block.stop]
    middle = (part.max(axis=0) + part.min(axis=0)) / 2
    changed[block.start : block.stop] = middle + (part - middle) * factor
    return changed


def _clamped(values: Array, limits: Mapping[str, tuple[float, float]]) -> Array:
    low, high = np.array(list(limits.values())).T
    return np.clip(values, low, high)
