"""Shapes that things are made of: convex solids with flat faces, balls, and pieces put together from both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Colour = tuple[float, float, float]
Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """A convex solid.

    corners: (V, 3), metres. normals: (K, 3), unit, outwards. offsets: (K,), of the faces' planes from the origin, metres.
    across: (3,), the level direction along which its patterns run. colour: (3,) linear. pattern: how its faces are
    painted. seed: what differs between two solids of a pattern. smooth: whether its sides are a round's.
    """

    corners: FloatArray
    normals: FloatArray
    offsets: FloatArray
    across: FloatArray
    colour: Colour
    pattern: str
    seed: float
    smooth: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ball:
    """An ellipsoid. centre: (3,), metres. radius, half: level and upright, metres. ragged: how leafy its outline is, 0 to 1."""

    centre: tuple[float, float, float]
    radius: float
    half: float
    colour: Colour
    ragged: float
    seed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What stands or falls together: a chair, a tree, a house."""

    solids: tuple[Solid, ...]
    balls: tuple[Ball, ...] = ()

    def __add__(self, other: "Piece") -> "Piece":
        """Both as one."""
        return Piece(solids=self.solids + other.solids, balls=self.balls + other.balls)


def hull(
    bottom: Ring,
    top: Ring,
    low: float,
    high: float,
    colour: Colour,
    pattern: str = "plain",
    *,
    seed: float = 0.0,
    smooth: bool = False,
) -> Solid:
    """The solid between two rings of as many corners (x, z), the one at height ``low``, the other at ``high``, metres."""
    below = np.array([(x, low, z) for x, z in bottom], np.float64)
    above = np.array([(x, high, z) for x, z in top], np.float64)
    corners = np.concatenate([below, above])
    centre = corners.mean(axis=0)
    edges = np.roll(below, -1, axis=0) - below
    upper = np.roll(above, -1, axis=0) - above
    edges = np.where(np.linalg.norm(edges, axis=1, keepdims=True) > 1e-6, edges, upper)
    rise = above + np.roll(above, -1, axis=0) - below - np.roll(below, -1, axis=0)
    sides = np.cross(rise, edges)
    sides = sides[np.linalg.norm(sides, axis=1) > 1e-9]
    sides /= np.linalg.norm(sides, axis=1, keepdims=True)
    middles = (below + np.roll(below, -1, axis=0) + above + np.roll(above, -1, axis=0))[: len(sides)] / 4
    sides *= np.sign(np.sum(sides * (middles - centre), axis=1, keepdims=True))
    normals = np.concatenate([sides, [[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]])
    return Solid(
        corners=corners.astype(np.float32), normals=normals.astype(np.float32),
        offsets=(corners @ normals.T).max(axis=0).astype(np.float32), across=np.array([1, 0, 0], np.float32),
        colour=colour, pattern=pattern, seed=seed, smooth=smooth,
    )  # fmt: skip


def box(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    colour: Colour,
    pattern: str = "plain",
    *,
    seed: float = 0.0,
) -> Solid:
    """A box between two corners, metres."""
    ring = ((low[0], low[2]), (high[0], low[2]), (high[0], high[2]), (low[0], high[2]))
    return hull(ring, ring, low[1], high[1], colour, pattern, seed=seed)


def tapered(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    inset: tuple[float, float],
    colour: Colour,
    pattern: str = "plain",
    *,
    seed: float = 0.0,
) -> Solid:
    """A box whose top is smaller by ``inset`` metres on each side, along x and z: a roof, a tent, a cabin."""
    (x0, y0, z0), (x1, y1, z1), (dx, dz) = low, high, inset
    bottom = ((x0, z0), (x1, z0), (x1, z1), (x0, z1))
    top = ((x0 + dx, z0 + dz), (x1 - dx, z0 + dz), (x1 - dx, z1 - dz), (x0 + dx, z1 - dz))
    return hull(bottom, top, y0, y1, colour, pattern, seed=seed)


def post(
    x: float,
    z: float,
    radius: float,
    low: float,
    high: float,
    colour: Colour,
    pattern: str = "plain",
    *,
    top: float | None = None,
    seed: float = 0.0,
) -> Solid:
    """An upright round of ``radius`` metres, ``top`` metres at its upper end: a pole, a bin, a cone."""
    sides = 6 if radius < 0.08 else 12
    turns = [2 * np.pi * number / sides for number in range(sides)]
    narrow = radius if top is None else max(top, 1e-3)
    lower = [(x + radius * float(np.cos(turn)), z + radius * float(np.sin(turn))) for turn in turns]
    upper = [(x + narrow * float(np.cos(turn)), z + narrow * float(np.sin(turn))) for turn in turns]
    return hull(lower, upper, low, high, colour, pattern, seed=seed, smooth=True)


def piece(*solids: Solid) -> Piece:
    """Solids as one piece."""
    return Piece(solids=solids)


def turned(vectors: FloatArray, yaw: float) -> FloatArray:
    """Vectors (..., 3) turned by ``yaw`` radians about the vertical, from +Z towards +X, float32."""
    c, s = np.cos(yaw), np.sin(yaw)
    return np.asarray(vectors, np.float32) @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]], np.float32)


def moved(thing: Piece, x: float, z: float, yaw: float = 0.0, *, up: float = 0.0) -> Piece:
    """The piece turned about its own origin by ``yaw`` radians, then moved by (x, up, z) metres."""
    shift = np.array([x, up, z], np.float32)
    solids = []
    for solid in thing.solids:
        normals = turned(solid.normals, yaw)
        solids.append(
            replace(
                solid, corners=turned(solid.corners, yaw) + shift, normals=normals,
                offsets=solid.offsets + normals @ shift, across=turned(solid.across, yaw),
            )
        )  # fmt: skip
    balls = []
    for ball in thing.balls:
        at = turned(np.array(ball.centre, np.float32), yaw) + shift
        balls.append(replace(ball, centre=(float(at[0]), float(at[1]), float(at[2]))))
    return Piece(solids=tuple(solids), balls=tuple(balls))
