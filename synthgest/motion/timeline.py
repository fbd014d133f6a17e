"""Between keyframes: postures at every moment, along the shortest way of the upper arms and with natural speed.

Movements that come to rest follow the minimum-jerk profile (Flash and Hogan 1985, J. Neurosci. 5); a swing turns around
without the pause that minimum jerk would make there, and a passing keyframe keeps its speed. All three are quintic
Hermite pieces that differ in velocity and acceleration at their ends.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthgest.motion.anatomy import Poses, directions
from synthgest.motion.postures import Easing
from synthgest.motion.script import Script

Array = NDArray[np.float64]


def postures_at(script: Script, moments: Array) -> Poses:
    """The postures at the moments (T, 2), seconds: one column for the left arm, one for the right; the body takes the mean."""
    knots = np.cumsum(script.seconds)
    count = len(knots)
    channels = np.concatenate([script.arms.reshape(count, 2, -1), script.hands.reshape(count, 2, -1)], axis=2)
    arms = [_euclidean(knots, channels[:, side], script.easings, moments[:, side]) for side in (0, 1)]
    upper = directions(script.arms)
    joined = np.stack(arms, axis=1)
    width = script.arms.shape[2]
    return Poses(
        direction=np.stack(
            [_spherical(knots, upper[:, side], script.easings, moments[:, side]) for side in (0, 1)], axis=1
        ),
        arms=joined[:, :, :width],
        hands=joined[:, :, width:].reshape(len(moments), 2, 15, 3),
        body=_euclidean(knots, script.body, script.easings, moments.mean(axis=1)),
    )


def _euclidean(knots: Array, values: Array, easings: Sequence[Easing], moments: Array) -> Array:
    steps_on = np.zeros_like(values)
    steps_on[:-1] = np.diff(values, axis=0)
    steps_back = np.zeros_like(values)
    steps_back[1:] = -np.diff(values, axis=0)
    velocity, acceleration = _derivatives(knots, steps_on, steps_back, easings)
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
