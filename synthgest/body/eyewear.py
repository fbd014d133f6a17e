"""Glasses: rims before the eyes, a bridge on the nose, temples to the ears; dark glossy lenses where they are for the sun."""

import numpy as np
from numpy.typing import NDArray

from synthgest.body.garments import Glasses
from synthgest.body.grids import carried_by, from_points, tube
from synthgest.body.mesh import Floats, Mesh, join
from synthgest.body.model import POINTS

_HALF_WIDTH, _HALF_HEIGHT = 0.026, 0.019
_STEPS = 20


def eyewear(glasses: Glasses, points: Floats) -> Mesh:
    """Glasses on a face; points: (70, 3) at rest, metres, as of ``Body.shape``."""
    eye, ear = (points[POINTS.index(f"face_left_{name}")].astype(float) for name in ("eye", "ear"))
    dark = glasses.kind == "sunglasses"
    scale = 1.12 if dark else 1.0
    middle = eye + np.array([0.002, -0.003, 0.021])
    head = carried_by("head")
    parts, lenses = [], []
    for side in (1.0, -1.0):
        loop = _rim(middle, scale, glasses.round) * np.array([side, 1.0, 1.0])
        parts.append(tube(loop, 0.0016 if dark else 0.0013, head, closed=True))
        lenses.append(_lens(loop, head))
        hinge = middle + np.array([_HALF_WIDTH * scale, 0.008, -0.004])
        over_ear = ear + np.array([0.006, 0.022, -0.006])
        hook = over_ear + np.array([-0.002, -0.02, -0.02])
        parts.append(tube(np.stack([hinge, over_ear, hook]) * np.array([side, 1.0, 1.0]), 0.0018, head))
    inner = middle[0] - _HALF_WIDTH * scale
    across = np.linspace(-inner, inner, 5)
    bridge = np.stack(
        [across, middle[1] + 0.006 + 0.003 * (1 - (across / inner) ** 2), np.full(5, middle[2] + 0.001)], axis=1
    )
    parts.append(tube(bridge, 0.0016, head))
    frame = join(parts).painted(glasses.colour).finished(gloss=0.5, wrinkles=0.0)
    if not dark:
        return frame
    return join([frame, join(lenses).painted((0.035, 0.035, 0.04)).finished(gloss=0.95, wrinkles=0.0)])


def _rim(middle: NDArray[np.floating], scale: float, roundness: float) -> NDArray[np.floating]:
    """(N, 3) the left rim: a superellipse, wrapped a little round the face."""
    turn = np.linspace(0, 2 * np.pi, _STEPS, endpoint=False)
    power = 0.55 + 0.45 * roundness
    x, y = (np.sign(part) * np.abs(part) ** power for part in (np.cos(turn), np.sin(turn)))
    wrap = -0.006 * np.clip(x, 0, 1) ** 2
    # Rims are narrower below, towards the cheeks.
    narrow = 1 + 0.08 * y
    return middle + np.stack([x * _HALF_WIDTH * scale * narrow, y * _HALF_HEIGHT * scale, wrap], axis=1)


def _lens(loop: NDArray[np.floating], weights: Floats) -> Mesh:
    middle = loop.mean(axis=0) + np.array([0.0, 0.0, 0.002])
    count = len(loop)
    # A mirrored rim runs the other way round: the lens faces forward on both sides.
    ahead = np.cross(loop[0] - middle, loop[1] - middle)[2] > 0
    fan = np.array([(count, k, (k + 1) % count) if ahead else (count, (k + 1) % count, k) for k in range(count)])
    return from_points(np.vstack([loop, middle]), fan, weights)
