"""Where it is dark: shadows of things on the floor, and the dim along edges where floor, walls and things meet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.scene.light import FloatArray
from synthgest.scene.noise import looked_up
from synthgest.scene.shapes import Ball, Solid

_SIDE = 512
_LOWEST = 0.12  # of a sun, as part of a unit: shadows of lower ones would be longer than the map
_TALL = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The main light. direction: (3,) unit, towards it. at: (3,) of a lamp, metres, or None for a sun. spread: radians."""

    direction: FloatArray
    at: FloatArray | None
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    """Maps of the floor seen from above, uint8, 512 a side.

    shadow: how much of the main light is kept off. closed: how much of the light from around is. middle: (x, z) of both, metres.
    reach: half their side, metres.
    """

    shadow: NDArray[np.uint8]
    closed: NDArray[np.uint8]
    middle: tuple[float, float]
    reach: float

    def __call__(self, x: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Shadow and closedness at points (N,), 0 to 1."""
        scale = np.float32(_SIDE / 2 / self.reach)
        columns = (x - np.float32(self.middle[0])) * scale + np.float32(_SIDE / 2 - 0.5)
        rows = (z - np.float32(self.middle[1])) * scale + np.float32(_SIDE / 2 - 0.5)
        shadow, closed = (
            looked_up(each, columns, rows, cv2.INTER_LINEAR) * np.float32(1 / 255)
            for each in (self.shadow, self.closed)
        )
        return shadow, closed


def cast(solids: Sequence[Solid], balls: Sequence[Ball], key: Key, middle: tuple[float, float], reach: float) -> Shade:
    """The maps of all that stands on the floor."""
    metre = _SIDE / 2 / reach
    flat = [np.zeros((_SIDE, _SIDE), np.uint8) for _ in range(3)]
    tight = np.zeros((_SIDE, _SIDE), np.uint8)
    low, tall, wide = flat
    for points, part in _outlines(solids, balls):
        bottom, top = float(points[:, 1].min()), float(points[:, 1].max())
        if top < 0.03:
            continue
        fallen = _fallen(points, key)
        if fallen is not None:
            _stamp(low if top < _TALL else tall, fallen, middle, metre, part)
        if bottom < 0.8:
            stands = float(np.exp(-max(bottom, 0) / 0.3)) * min(1.0, 0.3 + top)
            _stamp(wide, points[:, [0, 2]], middle, metre, stands)
            _stamp(tight, points[:, [0, 2]], middle, metre, stands * (bottom < 0.12))
    soft = 0.5 * float(np.clip(key.spread, 0.01, 0.3)) + 0.008
    low = blurred(low, 0.6 * soft * metre)
    tall = blurred(tall, 3.5 * soft * metre)
    shadow = 255 - (255 - low.astype(np.uint16)) * (255 - tall.astype(np.uint16)) // 255
    closed = np.maximum(blurred(tight, 0.06 * metre) * 0.75, blurred(wide, 0.28 * metre) * 0.8)
    return Shade(shadow=shadow.astype(np.uint8), closed=closed.astype(np.uint8), middle=middle, reach=reach)


def _outlines(solids: Sequence[Solid], balls: Sequence[Ball]) -> Iterator[tuple[FloatArray, float]]:
    """Points (P, 3) that span each thing, and how much of the light it stops."""
    for solid in solids:
        yield solid.corners, 1.0
    turns = np.linspace(0, 2 * np.pi, 9)[:-1]
    for ball in balls:
        levels = [(0.0, 1.0), (0.75, 0.66), (-0.75, 0.66)]
        points = [
            (ball.radius * wide * np.cos(turn), ball.half * up, ball.radius * wide * np.sin(turn))
            for up, wide in levels
            for turn in turns
        ]
        yield np.array(points, np.float32) + np.array(ball.centre, np.float32), 1.0 - 0.25 * (ball.ragged > 0)


def _fallen(points: FloatArray, key: Key) -> FloatArray | None:
    """Where the points' shadows fall on the floor, (P, 2) x and z, metres; None where the lamp hangs lower than they do."""
    if key.at is None:
        direction = key.direction
        slope = direction[[0, 2]] / max(float(direction[1]), _LOWEST)
        return np.asarray(points[:, [0, 2]] - np.maximum(points[:, 1:2], 0) * slope, np.float32)
    below = np.minimum(points[:, 1], key.at[1] - 0.4)
    if float(points[:, 1].min()) > key.at[1] - 0.4:
        return None
    part = (np.maximum(below, 0) / (key.at[1] - below))[:, None]
    return np.asarray(points[:, [0, 2]] + (points[:, [0, 2]] - key.at[[0, 2]]) * part, np.float32)


def _stamp(
    canvas: NDArray[np.uint8], points: FloatArray, middle: tuple[float, float], metre: float, part: float
) -> None:
    """Fill the hull of the points, where the canvas is not darker already."""
    at = (points - np.array(middle, np.float32)) * np.float32(metre) + np.float32(_SIDE / 2 - 0.5)
    corners = cv2.convexHull(np.clip(np.round(at * 16), -1e6, 1e6).astype(np.int32))[:, 0]
    value = round(255 * part)
    low = np.clip(corners.min(axis=0) // 16 - 1, 0, _SIDE)
    high = np.clip(corners.max(axis=0) // 16 + 2, 0, _SIDE)
    if value <= 0 or (high <= low).any():
        return
    over = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillConvexPoly(over, corners - low * 16, value, cv2.LINE_AA, 4)
    view = canvas[low[1] : high[1], low[0] : high[0]]
    np.maximum(view, over, out=view)


def blurred(canvas: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """A map blurred by ``sigma`` pixels."""
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), max(sigma, 0.3)), np.uint8)
