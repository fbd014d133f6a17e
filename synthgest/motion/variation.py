"""Variation: how one performer differs from the script, within bounds that never change what is shown.

A performer has a habit (angles that are off by a few degrees), a reach (larger or smaller strokes), a beat (no two
repetitions are timed alike), a way to stand, and is alive: breathes, sways, looks about.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.motion.anatomy import ARM, BODY, Poses, directions, rotations
from synthgest.motion.kinematics import forward
from synthgest.motion.limits import ARM_LIMITS, BODY_LIMITS
from synthgest.motion.script import Script, strokes
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

# Standard deviations in degrees, in the order of ARM: of a raised arm's habit, of an arm at rest, of one keyframe.
_HABIT = np.array([4.0, 4.0, 4.0, 1.0, 5.0, 5.0, 4.0, 2.0])
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
}
_TOUCHING = 0.14
_LIFE = {"trunk_lean": 0.5, "trunk_turn": 0.8, "head_flexion": 1.2, "head_tilt": 0.7, "head_turn": 1.6, "bow": 0.4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """The random numbers of one performance, drawn once; ``strength`` 0 plays the script as it is written.

    habit, at_rest: (2, 8) and stance: (13,) standard normal. reach: factor of the strokes' size. beat: seed of what
    differs between keyframes. lag: seconds by which the left arm is late, the right one early.
    """

    habit: Array
    at_rest: Array
    stance: Array
    reach: float
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
        reach=float(rng.uniform(0.88, 1.12)),
        beat=int(rng.integers(2**31)),
        lag=float(np.clip(rng.normal(scale=0.012), -0.025, 0.025)),
    )


def at_strength(performer: Performer, strength: float) -> Performer:
    """The same performer, closer to the script."""
    return dataclasses.replace(performer, strength=strength)


def performed(script: Script, performer: Performer) -> Script:
    """The script as this performer plays it: the same postures, each a little off, within the joints' limits."""
    rng = np.random.default_rng(performer.beat)
    strength = performer.strength
    raised = _raised(script)
    touching = np.abs(_palm_gaps(script.arms, script.body)) < _TOUCHING
    habit, once = performer.habit, rng.normal(size=script.arms.shape).clip(-2, 2)
    if touching.any():
        # Hands that meet move as one: what one arm does, the other does.
        habit, once = np.repeat(habit[:1], 2, axis=0), np.repeat(once[:, :1], 2, axis=1)
    off = raised * (habit * _HABIT + once * _ONCE) + (1 - raised) * performer.at_rest * _AT_REST
    arms = _reached(script.arms, strokes(script.phases), 1 + (performer.reach - 1) * strength) + strength * off
    stance = np.array([_STANCE[name] for name in BODY]) * performer.stance
    body = _reached(script.body, strokes(script.phases), 1 + (performer.reach - 1) * strength) + strength * stance
    arms, body = _clamped(arms, ARM_LIMITS), _clamped(body, BODY_LIMITS)
    arms = _met(script, arms, body, touching) if touching.any() else arms
    seconds = script.seconds * (1 + strength * 0.06 * rng.normal(size=len(script.seconds)).clip(-2, 2))
    return dataclasses.replace(script, arms=arms, body=body, seconds=seconds)


def alive(poses: Poses, seconds: Array, rng: np.random.Generator) -> Poses:
    """The postures (T) of somebody who breathes and sways while performing."""
    body = poses.body.copy()
    for name, size in _LIFE.items():
        body[:, BODY.index(name)] += size * _drift(seconds, rng)
    breath = np.sin(2 * np.pi * (seconds * rng.uniform(0.22, 0.32) + rng.uniform()))
    body[:, BODY.index("trunk_flexion")] -= 0.5 * breath
    arms = poses.arms.copy()
    arms[:, :, ARM.index("shrug")] += 0.6 * breath[:, None]
    for side in (0, 1):
        for name, size in (("rotation", 0.8), ("elbow", 0.8), ("wrist_flexion", 1.2), ("pronation", 1.2)):
            arms[:, side, ARM.index(name)] += size * _drift(seconds, rng)
    return dataclasses.replace(poses, arms=_clamped(arms, ARM_LIMITS), body=_clamped(body, BODY_LIMITS))


def _raised(script: Script) -> Array:
    """(K, 2, 1): 1 where an arm does something, 0 where it rests."""
    changed: NDArray[np.bool_] = np.abs(script.arms - script.arms[0]).max(axis=2, keepdims=True) > 1e-6
    return changed.astype(np.float64)


def _reached(values: Array, block: range, factor: float) -> Array:
    """The values with the strokes made larger or smaller about their middle."""
    changed = values.copy()
    part = values[block.start : block.stop]
    middle = (part.max(axis=0) + part.min(axis=0)) / 2
    changed[block.start : block.stop] = middle + (part - middle) * factor
    return changed


def _clamped(values: Array, limits: Mapping[str, tuple[float, float]]) -> Array:
    low, high = np.array(list(limits.values())).T
    return np.clip(values, low, high)


def _palm_gaps(arms: Array, body: Array) -> Array:
    """(K,) metres from the right palm to the left one, along the shoulders of a nominal adult; negative where they cross."""
    poses = Poses(direction=directions(arms), arms=arms, hands=np.zeros((len(arms), 2, 15, 3)), body=body)
    joints, turns = forward(*rotations(poses))
    palms = [
        (joints[:, JOINT_INDEX[f"{side}_wrist"]] + joints[:, JOINT_INDEX[f"{side}_middle1"]]) / 2
        for side in ("left", "right")
    ]
    gaps: Array = ((palms[0] - palms[1]) * turns[:, JOINT_INDEX["spine3"], :, 0]).sum(axis=1)
    return gaps


def _met(script: Script, arms: Array, body: Array, touching: NDArray[np.bool_]) -> Array:
    """The postures with both upper arms turned so that palms that meet in the script meet again, no nearer."""
    met = arms.copy()
    rows = np.flatnonzero(touching)
    turns = np.linspace(-24.0, 24.0, 33)
    tried = np.repeat(arms[rows], len(turns), axis=0)
    tried[:, :, ARM.index("rotation")] += np.tile(turns, len(rows))[:, None]
    gaps = _palm_gaps(tried, np.repeat(body[rows], len(turns), axis=0)).reshape(len(rows), len(turns))
    for row, gap, wanted in zip(rows, gaps, _palm_gaps(script.arms[rows], script.body[rows]), strict=True):
        # Turned inwards, the palms come nearer: the gap falls from the first turn to the last.
        met[row, :, ARM.index("rotation")] += np.interp(-wanted, -gap, turns)
    return met


def _drift(seconds: Array, rng: np.random.Generator) -> Array:
    """(T,) a slow wandering of about unit size: three sines below one hertz."""
    rates, phases = rng.uniform(0.08, 0.7, size=3), rng.uniform(0, 2 * np.pi, size=3)
    waves: Array = np.sin(2 * np.pi * rates * seconds[:, None] + phases).sum(axis=1) / np.sqrt(1.5)
    return waves
