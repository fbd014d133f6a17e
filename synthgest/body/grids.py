"""Meshes that no cut of the body gives: sheets on a grid, tubes along a path and small discs on cloth."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synthgest.body.mesh import Floats, Mesh, vertex_normals
from synthgest.body.rig import BONES


def carried_by(bone: str) -> Floats:
    """(bones,) weights of what moves with one bone alone."""
    weights = np.zeros(len(BONES), np.float32)
    weights[BONES.index(bone)] = 1
    return weights


def from_points(position: NDArray[np.floating], faces: NDArray[np.integer], weights: NDArray[np.floating]) -> Mesh:
    """A mesh of bare points (N, 3), metres, and faces (F, 3); weights: (bones,) for all or (N, bones)."""
    count = len(position)
    at, corners = position.astype(np.float32), faces.astype(np.int32)
    nothing = np.zeros(count, np.float32)
    return Mesh(
        faces=corners,
        position=at,
        normal=vertex_normals(at, corners),
        weights=np.broadcast_to(weights, (count, len(BONES))).astype(np.float32),
        colour=np.zeros((count, 3), np.float32),
        accent=np.zeros((count, 3), np.float32),
        uv=np.zeros((count, 2), np.float32),
        finish=np.zeros((count, 3), np.float32),
        place=at,
        arm=nothing - 0.5,
        leg=nothing - 0.5,
        extra=np.zeros((count, 0), np.float32),
    )


def sheet(points: NDArray[np.floating], weights: NDArray[np.floating], *, closed: bool = False) -> Mesh:
    """A grid of points (R, C, 3), metres, as a mesh; rows go down and columns to the right of who looks at its outside.

    closed: whether the last column joins the first. weights: (bones,) or (R * C, bones).
    """
    rows, columns = points.shape[:2]
    number = np.arange(rows * columns).reshape(rows, columns)
    if closed:
        number = np.concatenate([number, number[:, :1]], axis=1)
    a, b, c, d = (part.ravel() for part in (number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]))
    faces = np.concatenate([np.stack([a, c, b], axis=1), np.stack([b, c, d], axis=1)])
    return from_points(points.reshape(-1, 3), faces, weights)


def tube(path: NDArray[np.floating], radius: float, weights: NDArray[np.floating], *, closed: bool = False) -> Mesh:
    """A square tube along a path (N, 3), metres; closed: whether the path's end joins its beginning."""
    ahead = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0) if closed else np.gradient(path, axis=0)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    # Any direction off the path will do, as long as it is nowhere along it.
    aside = np.cross(ahead, np.where(np.abs(ahead[:, 1:2]) > 0.95, np.array([[0.0, 0.0, 1.0]]), [[0.0, 1.0, 0.0]]))
    aside /= np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-9)
    up = np.cross(aside, ahead)
    ring = [path + radius * (one * aside + two * up) for one, two in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
    around = np.stack(ring, axis=1)
    points = np.concatenate([around, around[:1]]) if closed else around
    return sheet(points, weights, closed=True)


def discs(cloth: Mesh, spots: Sequence[tuple[float, float, float]], radius: float, lift: float) -> Mesh:
    """Small hexagons, such as buttons, on the cloth at spots given on the mean person at rest, metres."""
    _, nearest = cKDTree(cloth.place).query(np.array(spots), k=4)
    centre, normal = on_cloth(cloth, np.array(spots)), cloth.normal[nearest].mean(axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    across = np.cross(np.array([0.0, 1.0, 0.0]), normal)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    above = np.cross(normal, across)
    turn = np.linspace(0, 2 * np.pi, 6, endpoint=False)
    rim = radius * (np.cos(turn)[:, None, None] * across + np.sin(turn)[:, None, None] * above)
    points = np.concatenate([(centre + lift * normal)[None], centre + 0.8 * lift * normal + rim])
    spokes = np.array([(0, 1 + k, 1 + (k + 1) % 6) for k in range(6)])
    count = len(spots)
    faces = (spokes[None] * count + np.arange(count)[:, None, None]).reshape(-1, 3)
    weights = cloth.weights[nearest].mean(axis=1)
    return from_points(points.reshape(-1, 3), faces, np.tile(weights, (7, 1)))


def on_cloth(cloth: Mesh, spots: NDArray[np.floating]) -> Floats:
    """Where spots (N, 3) that lie on the mean person's cloth are on this person's, (N, 3), metres."""
    apart, nearest = cKDTree(cloth.place).query(spots, k=4)
    share = 1 / np.maximum(apart, 1e-4) ** 2
    share /= share.sum(axis=1, keepdims=True)
    moved = (cloth.position - cloth.place)[nearest]
    plane: Floats = spots + np.einsum("nk,nki->ni", share, moved)
    return plane.astype(np.float32)
