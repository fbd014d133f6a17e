"""Between keyframes: postures at every moment, along the shortest way of the upper arms and with natural speed.

Movements that come to rest follow the minimum-jerk profile (Flash and Hogan 1985, J. Neurosci. 5); a swing turns around
without the pause that minimum jerk would make there, and a passing keyframe keeps its speed. All three are quintic
Hermite pieces that differ in velocity and acceleration at their ends.

An arm's parts do not move as one (overlapping action; Lasseter 1987, SIGGRAPH): the elbow starts after the shoulder, the wrist
after the elbow, and where a movement stops in the air they swing past a little and settle.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthgest.motion.anatomy import ARM, Poses, directions
from synthgest.motion.postures import Easing
from synthgest.motion.script import Script

Array = NDArray[np.float64]

# Seconds by which a part of the arm follows the shoulder.
_LATE = {"elbow": 0.015, "pronation": 0.025, "wrist_flexion": 0.035, "wrist_deviation": 0.035}
_FINGERS_LATE = 0.025
# A stop in the air: part of the step by which elbow and wrist swing past, seconds of that swing's period and of its decay.
_PAST, _PERIOD, _DECAY = {"elbow": 0.05, "wrist_flexion": 0.10, "wrist_deviation": 0.10}, 0.34, 0.11


def postures_at(script: Script, moments: Array) -> Poses:
    """The postures at the moments (T, 2), seconds: one column for the left arm, one for the right; the body takes the mean."""
    knots = np.cumsum(script.seconds)
    upper = directions(script.arms)
    braced = script.braced
    arms, hands = np.empty((len(moments), 2, len(ARM))), np.empty((len(moments), 2, 15, 3))
    for side in (0, 1):
        when, shapes = moments[:, side], script.hands[:, side].reshape(len(knots), -1)
        hands[:, side] = _euclidean(knots, shapes, script.easings, when - _FINGERS_LATE).reshape(-1, 15, 3)
        for number, name in enumerate(ARM):
            values = script.arms[:, side, number : number + 1]
            followed = _euclidean(knots, values, script.easings, when - _LATE.get(name, 0.0))[:, 0]
            arms[:, side, number] = followed
            if name in _PAST:
                arms[:, side, number] += _PAST[name] * _settling(knots, values[:, 0], script, when, ~braced[:, side])
    return Poses(
        direction=np.stack(
            [_spherical(knots, upper[:, side], script.easings, moments[:, side]) for side in (0, 1)], axis=1
        ),
        arms=arms,
        hands=hands,
        body=_euclidean(knots, script.body, script.easings, moments.mean(axis=1)),
        braced=_euclidean(knots, braced.astype(np.float64), script.easings, moments.mean(axis=1)),
    )


def _settling(knots: Array, values: Array, script: Script, moments: Array, free: NDArray[np.bool_]) -> Array:
    """(T,) what a channel (K,) swings past its stops by, of the step before them; only into a rest or a hold."""
    swing = np.zeros(len(moments))
    for number in range(1, len(knots) - 1):
        held = abs(values[number + 1] - values[number]) < 1e-6
        if script.easings[number] != "stop" or not free[number] or not held:
            continue
        since = np.clip(moments - knots[number], 0.0, None)
        # A quick step swings past, a slow one does not.
        step = (values[number] - values[number - 1]) * np.clip(0.45 / max(script.seconds[number], 0.05), 0.0, 1.0) ** 2
        swing += step * np.sin(2 * np.pi * since / _PERIOD) * np.exp(-since / _DECAY)
    return swing


def _euclidean(knots: Array, values: Array, easings: Sequence[Easing], moments: Array) -> Array:
    steps_on = np.zeros_like(values)
    steps_on[:-1] = np.diff(values, axis=0)
    steps_back = np.zeros_like(values)
    steps_back[1:] = -np.diff(values, axis=0)
    velocity, acceleration = _derivatives(knots, steps_on, steps_back, easings)
    # A channel that turns around or stands still on one side of a keyframe does not pass it at speed: it would swing beyond it.
    velocity = np.where(steps_on * steps_back < 0, velocity, 0.0)
    piece, share, span = _pieces(knots, moments)
    return values[piece] + _hermite(
        share, span, steps_on[piece], velocity[piece], velocity[piece + 1], acceleration[piece], acceleration[piece + 1]
    )


def _spherical(knots: Array, units: Array, easings: Sequence[Easing], moments: Array) -> Array:
    """Unit vectors along great circles: each piece is computed in the plane that touches the sphere at its start."""
    steps_on = np.zeros_like(units)
    steps_on[:-1] = _log(units[:-1], units[1:])
    steps_back = np.zeros_like(units)
    steps_back[1:] = _log(units[1:], units[:-1])
    velocity, acceleration = _derivatives(knots, steps_on, steps_back, easings)
    piece, share, span = _pieces(knots, moments)
    start, end = units[piece], units[piece + 1]
    flat = _hermite(
        share,
        span,
        steps_on[piece],
        velocity[piece],
        _carried(end, start, velocity[piece + 1]),
        acceleration[piece],
        _carried(end, start, acceleration[piece + 1]),
    )
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    found = start * np.cos(length) + flat * np.sinc(length / np.pi)
    unit: Array = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def _derivatives(knots: Array, steps_on: Array, steps_back: Array, easings: Sequence[Easing]) -> tuple[Array, Array]:
    """Velocity and acceleration (K, C) at the keyframes, from the steps to the next and back to the one before."""
    velocity = np.zeros_like(steps_on)
    acceleration = np.zeros_like(steps_on)
    spans = np.maximum(np.diff(knots), 1e-6)
    for number in range(1, len(knots) - 1):
        before, after = spans[number - 1], spans[number]
        if easings[number] == "through":
            velocity[number] = (steps_on[number] - steps_back[number]) / (before + after)
        elif easings[number] == "swing":
            acceleration[number] = 6 * _gentler(steps_on[number] / after**2, steps_back[number] / before**2)
    return velocity, acceleration


def _gentler(one: Array, other: Array) -> Array:
    """The smaller of two turns to the same side; zero where they differ in sign, for there the movement does not turn."""
    return np.where(one * other > 0, np.sign(one) * np.minimum(np.abs(one), np.abs(other)), 0.0)


def _pieces(knots: Array, moments: Array) -> tuple[NDArray[np.int64], Array, Array]:
    piece = np.clip(np.searchsorted(knots, moments, side="right") - 1, 0, len(knots) - 2)
    span = np.maximum(knots[piece + 1] - knots[piece], 1e-6)
    return piece, np.clip((moments - knots[piece]) / span, 0.0, 1.0)[:, None], span[:, None]


def _hermite(s: Array, span: Array, step: Array, v0: Array, v1: Array, a0: Array, a1: Array) -> Array:
    return (
        step * s**3 * (10 - 15 * s + 6 * s**2)
        + span * (v0 * (s - 6 * s**3 + 8 * s**4 - 3 * s**5) + v1 * (-4 * s**3 + 7 * s**4 - 3 * s**5))
        + span**2 * 0.5 * (a0 * s**2 * (1 - s) ** 3 + a1 * s**3 * (1 - s) ** 2)
    )


def _log(start: Array, end: Array) -> Array:
    """The step from one unit vector to another, in the plane that touches the sphere at the first; its length is the angle.

    Between opposite vectors every way is as short; the one through the side is taken.
    """
    cosine = np.clip((start * end).sum(axis=-1, keepdims=True), -1.0, 1.0)
    across = end - cosine * start
    side = np.array([1.0, 0.0, 0.0]) - start[..., :1] * start
    across = np.where(cosine < -0.9999, side, across)
    length = np.linalg.norm(across, axis=-1, keepdims=True)
    step: Array = np.divide(across, length, out=np.zeros_like(across), where=length > 1e-9) * np.arccos(cosine)
    return step


def _carried(here: Array, there: Array, vectors: Array) -> Array:
    """Vectors that touch the sphere at ``here``, carried along the great circle to ``there``."""
    total = here + there
    scale = np.maximum(1.0 + (here * there).sum(axis=1, keepdims=True), 1e-6)
    carried: Array = vectors - total * ((vectors * there).sum(axis=1, keepdims=True) / scale)
    return carried
