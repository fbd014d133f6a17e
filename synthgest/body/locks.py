"""Locks: ribbons of hair that grow from the head, follow its flow, hang, and lie on what they meet."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synthgest.body.mesh import Floats, Mesh, vertex_normals
from synthgest.body.rig import BONES

_DOWN = np.array([0.0, -1.0, 0.0], np.float32)
STRAND, ALONG = 700.0, 110.0
"""Periods of the pattern ``strands`` a metre across and along hair: a hair of the pattern is about 1.5 mm wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What hair lies on: points (N, 3), their unit normals (N, 3), how far off it stays (N,), metres, and a tree of the points."""

    place: Floats
    normal: Floats
    clear: Floats
    tree: cKDTree

    def depth(self, points: NDArray[np.floating]) -> tuple[NDArray[np.floating], Floats]:
        """How far points (N, 3) are below where hair may be, metres (N,), and the way out (N, 3)."""
        _, nearest = self.tree.query(points)
        facing = self.normal[nearest]
        above = ((points - self.place[nearest]) * facing).sum(axis=1)
        return self.clear[nearest] - above, facing


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How locks grow.

    width: of a lock, metres. steps: pieces of a lock. lift: how steeply it leaves the head, 0 flat to 1 upright. weight: how
    fast it turns downwards. curl: radius of its coils, metres, and turns: how many of them. blunt: 0 pointed, 1 cut straight.
    """

    width: float
    steps: int
    lift: float
    weight: float
    curl: float = 0.0
    turns: float = 0.0
    blunt: float = 0.0


Guide = Callable[[NDArray[np.floating]], tuple[Floats, Floats]]
"""Where points (N, 3) should rather be, and what is added to a lock's heading there (N, 3): combs hair out of the face."""


def grown(
    root: Floats,
    normal: Floats,
    flow: Floats,
    length: Floats,
    how: Growth,
    on: Obstacle,
    guide: Guide,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Points (N, steps + 1, 3) along each lock and the outward normals there, from roots (N, 3) along the flow (N, 3)."""
    step = (length / how.steps)[:, None]
    heading = _unit(flow * (1 - how.lift) + normal * how.lift)
    place: NDArray[np.floating] = root
    outward: NDArray[np.floating] = normal
    points, normals = [place], [outward]
    for _ in range(how.steps):
        place, bend = guide(place)
        heading = _unit(heading + step * 20 * (how.weight * _DOWN + bend))
        place = place + heading * step
        depth, facing = on.depth(place)
        near = depth > -0.02
        sunk = np.clip(depth, 0, 0.03)[:, None]
        place = place + sunk * facing
        into = np.minimum((heading * facing).sum(axis=1, keepdims=True), 0)
        heading = _unit(heading - np.where(sunk > 0, into, 0) * facing)
        outward = _unit(np.where(near[:, None], 0.6 * outward + 0.4 * facing, outward))
        points.append(place)
        normals.append(outward)
    curve, face = np.stack(points, axis=1), np.stack(normals, axis=1)
    if how.curl:
        curve = curve + _coils(curve, face, how, rng)
    return curve.astype(np.float32), face.astype(np.float32)


def ribbons(curve: Floats, normal: Floats, how: Growth, like: Mesh, rng: np.random.Generator) -> Mesh:
    """A mesh of one ribbon for each curve (N, S, 3): three vertices wide, its middle raised, narrowing to its end."""
    count, rows = curve.shape[:2]
    along = np.gradient(curve, axis=1)
    side = _unit(np.cross(along, normal))
    share = np.linspace(0, 1, rows)
    taper = np.minimum(1.0, 0.55 + 2.5 * share) * (1 - (1 - how.blunt) * np.clip((share - 0.45) / 0.55, 0, 1) ** 1.5)
    long = np.linalg.norm(np.diff(curve, axis=1), axis=2).sum(axis=1)[:, None]
    wide = np.minimum(how.width, 0.3 * long) * rng.uniform(0.7, 1.3, (count, 1)) * np.maximum(taper, 0.04)
    across = np.array([-1.0, 0.0, 1.0])
    place = curve[:, :, None] + (side * wide[..., None])[:, :, None] * 0.5 * across[:, None]
    place = place + (normal * wide[..., None])[:, :, None] * (0.28 * (1 - across**2))[:, None]
    travelled = np.concatenate([np.zeros((count, 1)), np.linalg.norm(np.diff(curve, axis=1), axis=2).cumsum(axis=1)], 1)
    u = rng.uniform(0, 400, (count, 1, 1)) + across * 0.5 * how.width * STRAND
    v = rng.uniform(0, 400, (count, 1, 1)) + travelled[..., None] * ALONG
    uv = np.stack(np.broadcast_arrays(u, v), axis=-1)
    number = np.arange(count * rows * 3).reshape(count, rows, 3)
    a, b, c, d = (
        part.ravel() for part in (number[:, :-1, :-1], number[:, :-1, 1:], number[:, 1:, :-1], number[:, 1:, 1:])
    )
    faces = np.concatenate([np.stack([a, c, b], axis=1), np.stack([b, c, d], axis=1)]).astype(np.int32)
    shade = np.broadcast_to((0.72 + 0.33 * share)[None, :, None], (count, rows, 3)) * rng.uniform(
        0.9, 1.1, (count, 1, 1)
    )
    return strand_mesh(like, place.reshape(-1, 3), faces, uv.reshape(-1, 2), shade.reshape(-1))


def strand_mesh(
    like: Mesh,
    place: NDArray[np.floating],
    faces: NDArray[np.int32],
    uv: NDArray[np.floating],
    shade: NDArray[np.floating],
) -> Mesh:
    """Hair that moves with the head; its colour is the shade (V,) alone until ``hair`` dyes it. like: any mesh of the figure."""
    count = len(place)
    position = place.astype(np.float32)
    weights = np.zeros((count, like.weights.shape[1]), np.float32)
    weights[:, BONES.index("head")] = 1
    nothing = np.zeros(count, np.float32)
    return Mesh(
        faces=faces,
        position=position,
        normal=vertex_normals(position, faces),
        weights=weights,
        colour=np.repeat(shade[:, None], 3, axis=1).astype(np.float32),
        accent=np.zeros((count, 3), np.float32),
        uv=uv.astype(np.float32),
        finish=np.zeros((count, 3), np.float32),
        place=position,
        arm=nothing - 0.5,
        leg=nothing - 0.5,
        extra=np.zeros((count, 0), np.float32),
    )


def _coils(curve: Floats, normal: Floats, how: Growth, rng: np.random.Generator) -> NDArray[np.floating]:
    """(N, S, 3) how far coils take a lock from its line; none at the root."""
    count, rows = curve.shape[:2]
    share = np.linspace(0, 1, rows)
    angle = rng.uniform(0, 6.3, (count, 1)) + 2 * np.pi * how.turns * rng.uniform(0.8, 1.2, (count, 1)) * share
    side = _unit(np.cross(np.gradient(curve, axis=1), normal))
    radius = how.curl * np.clip(share * 4, 0, 1)[None, :, None]
    coils: NDArray[np.floating] = radius * (np.cos(angle)[..., None] * side + (1 + np.sin(angle))[..., None] * normal)
    return coils


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    unit: NDArray[np.floating] = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit
