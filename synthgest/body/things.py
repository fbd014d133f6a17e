"""Things of a few plain solids: meshes at rest, fine enough to be lit a vertex at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.body.surface import PATTERNS, Surface

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """vertices, normals: (V, 3) float32, metres. faces: (F, 3) int32, counter-clockwise from outside. surface: of the vertices."""

    vertices: Floats
    normals: Floats
    faces: NDArray[np.int32]
    surface: Surface


def block(
    low: Sequence[float], high: Sequence[float], colour: Colour, *, cell: float = 0.02, gloss: float = 0.3
) -> Thing:
    """A box between two corners, its sides divided into cells of so many metres at most."""
    low_, high_ = np.asarray(low, np.float64), np.asarray(high, np.float64)
    parts = []
    for axis in range(3):
        one, two = (axis + 1) % 3, (axis + 2) % 3
        counts = [max(1, int(np.ceil((high_[each] - low_[each]) / cell))) + 1 for each in (one, two)]
        lines = [np.linspace(low_[each], high_[each], count) for each, count in zip((one, two), counts, strict=True)]
        u, v = np.meshgrid(*lines, indexing="ij")
        for end, sign in ((low_, -1.0), (high_, 1.0)):
            points = np.zeros((*u.shape, 3))
            points[..., axis], points[..., one], points[..., two] = end[axis], u, v
            normals = np.zeros_like(points)
            normals[..., axis] = sign
            parts.append(_sheet(points, normals, turned=sign < 0))
    return _joined(parts, colour, gloss)


def lathe(profile: Sequence[tuple[float, float]], colour: Colour, *, sides: int = 14, gloss: float = 0.3) -> Thing:
    """What a profile of (radius, height), from below, sweeps about the Y axis."""
    radius, height = np.asarray(profile, np.float64).T
    turn = np.linspace(0, 2 * np.pi, sides + 1)
    around = np.stack([np.sin(turn), np.zeros_like(turn), np.cos(turn)], axis=1)
    points = radius[:, None, None] * around + height[:, None, None] * np.array([0.0, 1.0, 0.0])
    rise = np.stack([np.gradient(height), -np.gradient(radius)], axis=1)
    rise /= np.linalg.norm(rise, axis=1, keepdims=True).clip(1e-9)
    normals = rise[:, :1, None] * around + rise[:, 1:, None] * np.array([0.0, 1.0, 0.0])
    return _joined([_sheet(points, normals, turned=True)], colour, gloss)


def together(things: Sequence[Thing]) -> Thing:
    """Several as one."""
    counts = np.cumsum([0, *(len(each.vertices) for each in things)])
    return Thing(
        vertices=np.concatenate([each.vertices for each in things]),
        normals=np.concatenate([each.normals for each in things]),
        faces=np.concatenate([each.faces + first for each, first in zip(things, counts, strict=False)]).astype(
            np.int32
        ),
        surface=Surface.joined([each.surface for each in things]),
    )


def _sheet(
    points: NDArray[np.float64], normals: NDArray[np.float64], *, turned: bool
) -> tuple[Floats, Floats, NDArray[np.int32]]:
    rows, columns = points.shape[:2]
    number = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    a, b, c, d = number[:-1, :-1].ravel(), number[1:, :-1].ravel(), number[1:, 1:].ravel(), number[:-1, 1:].ravel()
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    faces = faces[:, ::-1] if turned else faces
    return points.reshape(-1, 3).astype(np.float32), normals.reshape(-1, 3).astype(np.float32), faces


def _joined(parts: Sequence[tuple[Floats, Floats, NDArray[np.int32]]], colour: Colour, gloss: float) -> Thing:
    vertices = np.concatenate([part[0] for part in parts])
    firsts = np.cumsum([0, *(len(part[0]) for part in parts)])
    colours = np.tile(np.asarray(colour, np.float32), (len(vertices), 1))
    finish = np.tile(np.array([PATTERNS.index("plain"), gloss, 0.0], np.float32), (len(vertices), 1))
    return Thing(
        vertices=vertices,
        normals=np.concatenate([part[1] for part in parts]),
        faces=np.concatenate([part[2] + first for part, first in zip(parts, firsts, strict=False)]).astype(np.int32),
        surface=Surface(
            colour=colours,
            accent=colours.copy(),
            uv=np.zeros((len(vertices), 2), np.float32),
            place=vertices.copy(),
            finish=finish,
        ),
    )
