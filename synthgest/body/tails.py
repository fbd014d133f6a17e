"""What hangs or sits at the back of the head: a pony tail, a braid, a bun."""

import numpy as np
from numpy.typing import NDArray

from synthgest.body.locks import ALONG, STRAND, Obstacle, strand_mesh
from synthgest.body.mesh import Floats, Mesh, join


def tail(kind: str, cap: Mesh, on: Obstacle, rng: np.random.Generator) -> Mesh:
    """The tail or bun of a cap of hair that is combed back to a knot."""
    root = knot_place(cap, high=rng.random() < 0.5)
    if kind == "bun":
        return _ball(cap, root + np.array([0, 0.012, -0.022], np.float32), rng.uniform(0.034, 0.048), rng)
    length = rng.uniform(0.20, 0.36)
    rows, columns = 22, 12
    share = np.linspace(0, 1, rows)
    spine = _fall(root, length, share, on)
    if kind == "braid":
        plait = np.abs(np.sin(share * length / 0.017))
        radius = (0.010 + 0.007 * plait) * np.clip(1.25 - 0.5 * share, 0, 1) * np.clip((1.02 - share) * 10, 0.15, 1)
    else:
        radius = 0.007 + 0.022 * np.sin(np.pi * np.clip(0.10 + 0.88 * share, 0, 1)) ** 0.8
    ring = _tube(cap, spine, radius, columns, rng, uneven=0.0 if kind == "braid" else 0.22)
    band = _tube(
        cap,
        spine[:1] + np.linspace(-0.006, 0.010, 4)[:, None] * _unit(spine[1] - spine[0]),
        np.array([0.010, 0.0115, 0.0115, 0.010]),
        columns,
        rng,
        uneven=0.0,
    )
    return join([ring, band.painted(np.full(3, 0.35))])


def knot_place(cap: Mesh, *, high: bool) -> Floats:
    """Where hair is gathered: on the back of the cap, high or low."""
    back = cap.position[cap.position[:, 2].argmin()]
    place = cap.position[
        np.argmin(
            np.square(cap.position[:, 1] - back[1] - (0.035 if high else -0.02))
            + np.square(cap.position[:, 0])
            + 0.2 * np.clip(cap.position[:, 2] - back[2], 0, 1)
        )
    ]
    knot: Floats = np.array([0.0, place[1], place[2] + 0.004], np.float32)
    return knot


def _fall(root: Floats, length: float, share: NDArray[np.floating], on: Obstacle) -> NDArray[np.floating]:
    """(S, 3) the line of a tail: out and over, then down, clear of neck, collar and back."""
    place, heading = root.astype(float), np.array([0.0, 0.35, -1.0])
    points = [place]
    for _ in share[1:]:
        heading = _unit(heading + np.array([0.0, -0.42, 0.0]))
        place = place + heading * length / (len(share) - 1)
        _, nearest = on.tree.query(place)
        above = float((place - on.place[nearest]) @ on.normal[nearest])
        place = place + max(0.026 - above, 0.0) * np.array([0.0, 0.0, -1.0]) * (above > -0.05)
        points.append(place)
    return np.array(points)


def _tube(
    cap: Mesh,
    spine: NDArray[np.floating],
    radius: NDArray[np.floating],
    columns: int,
    rng: np.random.Generator,
    *,
    uneven: float,
) -> Mesh:
    """A closed tube (columns + 1 round) about a line in the plane x = const."""
    rows = len(spine)
    ahead = _unit(np.gradient(spine, axis=0))
    side = np.array([1.0, 0.0, 0.0])
    up = _unit(np.cross(ahead, side))
    turn = np.linspace(0, 2 * np.pi, columns + 1)
    bumps = 1 + uneven * np.sin(turn * 3 + rng.uniform(0, 6)) * np.linspace(0, 1, rows)[:, None]
    wide = (radius[:, None] * bumps)[..., None]
    place = spine[:, None] + wide * (np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * up[:, None])
    u, v = np.meshgrid(
        turn * float(radius.max()) * STRAND, np.arange(rows) * np.linalg.norm(spine[1] - spine[0]) * ALONG
    )
    number = np.arange(rows * (columns + 1)).reshape(rows, columns + 1)
    a, b, c, d = (part.ravel() for part in (number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]))
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)]).astype(np.int32)
    shade = np.full(rows * (columns + 1), 0.95)
    return strand_mesh(cap, place.reshape(-1, 3), faces, np.stack([u, v], axis=-1).reshape(-1, 2), shade)


def _ball(cap: Mesh, centre: Floats, radius: float, rng: np.random.Generator) -> Mesh:
    """A coil of hair: a flattened ball with turns."""
    rows, columns = 13, 20
    up = np.linspace(-np.pi / 2, np.pi / 2, rows)[:, None]
    turn = np.linspace(0, 2 * np.pi, columns + 1)[None]
    coil = 1 + 0.05 * np.sin(5 * up + turn + rng.uniform(0, 6))
    flat = np.array([1.0, 1.0, 0.8])
    ball = np.stack([np.cos(up) * np.cos(turn), np.cos(up) * np.sin(turn), np.sin(up) + 0 * turn], axis=-1)
    place = centre + ball * flat * (radius * coil)[..., None]
    u, v = np.broadcast_arrays(up * radius * STRAND, turn * radius * ALONG)
    number = np.arange(rows * (columns + 1)).reshape(rows, columns + 1)
    a, b, c, d = (part.ravel() for part in (number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]))
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)]).astype(np.int32)
    shade = (0.95 + 2.0 * (coil - 1)).ravel()
    return strand_mesh(cap, place.reshape(-1, 3), faces, np.stack([u, v], axis=-1).reshape(-1, 2), shade)


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    unit: NDArray[np.floating] = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit
