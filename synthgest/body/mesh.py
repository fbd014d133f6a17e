"""A triangle mesh with everything that rides on its vertices, and how to cut it cleanly where a field crosses zero."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from synthgest.body.surface import PATTERNS

Floats = NDArray[np.float32]
Faces = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """Triangles and values per vertex.

    faces: (F, 3) int32. position: (V, 3) at rest, metres. normal: (V, 3) unit. weights: (V, bones). colour, accent: (V, 3)
    sRGB in [0, 1]. uv: (V, 2) place in the pattern, in periods. finish: (V, 3) number of the pattern, gloss, wrinkles (see
    ``Surface``). place: (V, 3) where the vertex lies on the mean person at rest, metres. arm, leg: (V,) limb coordinates.
    extra: (V, N) further values that a caller wants carried through cuts.
    """

    faces: Faces
    position: Floats
    normal: Floats
    weights: Floats
    colour: Floats
    accent: Floats
    uv: Floats
    finish: Floats
    place: Floats
    arm: Floats
    leg: Floats
    extra: Floats

    def moved(self, position: NDArray[np.floating]) -> "Mesh":
        """The same mesh with other positions (V, 3); normals follow."""
        at = position.astype(np.float32)
        return replace(self, position=at, normal=vertex_normals(at, self.faces))

    def painted(self, colour: ArrayLike) -> "Mesh":
        """The same mesh in one colour (3,) or one a vertex (V, 3)."""
        return replace(self, colour=np.broadcast_to(np.asarray(colour), self.position.shape).astype(np.float32))

    def shaded(self, factor: float) -> "Mesh":
        """The same mesh with both colours that much lighter or darker."""
        return replace(
            self, colour=np.clip(self.colour * np.float32(factor), 0, 1), accent=self.accent * np.float32(factor)
        )

    def patterned(self, pattern: str, uv: NDArray[np.floating], accent: ArrayLike) -> "Mesh":
        """The same mesh with a pattern of ``PATTERNS``; uv: (V, 2) periods. accent: second colour, (3,) or (V, 3)."""
        finish = self.finish.copy()
        finish[:, 0] = PATTERNS.index(pattern)
        second = np.broadcast_to(np.asarray(accent), self.position.shape).astype(np.float32)
        return replace(self, uv=uv.astype(np.float32), accent=second, finish=finish)

    def finished(self, *, gloss: ArrayLike, wrinkles: ArrayLike) -> "Mesh":
        """The same mesh with another gloss and depth of wrinkles, each 0 to 1, one value or (V,)."""
        finish = self.finish.copy()
        finish[:, 1], finish[:, 2] = np.asarray(gloss), np.asarray(wrinkles)
        return replace(self, finish=finish)


_PER_VERTEX = ("position", "normal", "weights", "colour", "accent", "uv", "finish", "place", "arm", "leg", "extra")


def cut(mesh: Mesh, value: NDArray[np.floating]) -> tuple[Mesh, Mesh]:
    """The parts of the mesh where ``value`` (V,) is above and below zero; triangles are split along the zero line.

    The two parts meet without a gap: their vertices on the line are equal to the last bit.
    """
    return keep(mesh, value), keep(mesh, -value)


def keep(mesh: Mesh, value: NDArray[np.floating]) -> Mesh:
    """The part of the mesh where ``value`` (V,) is above zero; triangles are split along the zero line."""
    # A vertex exactly on the line counts as within on both sides, a hair's breadth away, so that no edge has two ends on it.
    level = np.where(value == 0, 1e-9, value).astype(np.float64)
    inside = level[mesh.faces] > 0
    count = inside.sum(axis=1)
    if (count == 3).all():
        return mesh
    # Turn each cut triangle so that the vertex that is alone on its side stands first.
    alone = np.where(count == 1, inside.argmax(axis=1), (~inside).argmax(axis=1))
    turned = np.take_along_axis(mesh.faces, (alone[:, None] + np.arange(3)) % 3, axis=1)
    one, two = turned[count == 1], turned[count == 2]
    edges = np.concatenate([one[:, [0, 1]], one[:, [0, 2]], two[:, [0, 1]], two[:, [0, 2]]])
    # One number an edge sorts much faster than rows of two do.
    numbers, index = np.unique(_edge_numbers(edges, len(level)), return_inverse=True)
    fresh = (index.reshape(-1) + len(level)).astype(np.int32)
    one_b, one_c, two_b, two_c = np.split(fresh, np.cumsum([len(one), len(one), len(two)]))
    faces = np.concatenate(
        [
            mesh.faces[count == 3],
            np.stack([one[:, 0], one_b, one_c], axis=1),
            np.stack([two_b, two[:, 1], two[:, 2]], axis=1),
            np.stack([two_b, two[:, 2], two_c], axis=1),
        ]
    )
    first, last = np.divmod(numbers, len(level))
    share = (level[first] / (level[first] - level[last])).astype(np.float32)
    return _compact(mesh, faces, first, last, share)


def within(mesh: Mesh, limits: Sequence[NDArray[np.floating]]) -> Mesh:
    """The part of the mesh where every limit (V,) is above zero."""
    carrier = replace(mesh, extra=np.stack(limits, axis=1).astype(np.float32))
    for column in range(len(limits)):
        carrier = keep(carrier, carrier.extra[:, column])
    return replace(carrier, extra=carrier.extra[:, :0])


def keep_faces(mesh: Mesh, chosen: NDArray[np.bool_]) -> Mesh:
    """The mesh with only the chosen faces (F,) and the vertices that they use."""
    nothing = np.empty(0, np.int32)
    return _compact(mesh, mesh.faces[chosen], nothing, nothing, np.empty(0, np.float32))


def _edge_numbers(edges: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """(E,) one number for each edge (E, 2) between ``count`` vertices, whichever way it runs."""
    number: NDArray[np.int64] = edges.min(axis=1).astype(np.int64) * count + edges.max(axis=1)
    return number


def _compact(mesh: Mesh, faces: Faces, first: Faces, last: Faces, share: Floats) -> Mesh:
    """The used ones among the old vertices and the fresh ones, which lie ``share`` of the way from first to last."""
    old = len(mesh.position)
    needed = np.zeros(old + len(first), bool)
    needed[faces] = True
    used = needed.nonzero()[0]  # a sort of all corners takes ten times longer
    number = np.zeros(len(needed), np.int32)
    number[used] = np.arange(len(used))
    kept, made = used[used < old], used[used >= old] - old
    values = {}
    for name in _PER_VERTEX:
        whole = getattr(mesh, name)
        weight = share[made].reshape(-1, *[1] * (whole.ndim - 1))
        values[name] = np.concatenate(
            [whole[kept], whole[first[made]] + weight * (whole[last[made]] - whole[first[made]])]
        )
    return replace(mesh, faces=number[faces], **values)


def join(meshes: Sequence[Mesh]) -> Mesh:
    """All meshes as one."""
    starts = np.cumsum([0, *(len(mesh.position) for mesh in meshes)])
    faces = np.concatenate([mesh.faces + np.int32(start) for mesh, start in zip(meshes, starts, strict=False)])
    values = {name: np.concatenate([getattr(mesh, name) for mesh in meshes]) for name in _PER_VERTEX}
    return Mesh(faces=faces.astype(np.int32), **values)


def rim(mesh: Mesh, depth: float) -> Mesh:
    """The mesh with a border turned inwards at its open edges, ``depth`` metres wide: cloth gets an edge and no view inside."""
    edges = np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]], mesh.faces[:, [2, 0]]])
    numbers = _edge_numbers(edges, len(mesh.position))
    _, index, count = np.unique(numbers, return_index=True, return_counts=True)
    border = edges[index[count == 1]]
    if len(border) == 0:
        return mesh
    outer, corner = np.unique(border, return_inverse=True)
    # The outer row is doubled too, so that the fold is sharp in the shading.
    values = {
        name: np.concatenate([getattr(mesh, name), getattr(mesh, name)[np.r_[outer, outer]]]) for name in _PER_VERTEX
    }
    values["position"][-len(outer) :] -= depth * mesh.normal[outer]
    a, b = corner.reshape(-1, 2).T + len(mesh.position)
    inner = len(outer)
    strip = np.concatenate([np.stack([b, a, a + inner], axis=1), np.stack([b, a + inner, b + inner], axis=1)])
    return replace(mesh, faces=np.concatenate([mesh.faces, strip.astype(np.int32)]), **values)


def adjacency(faces: Faces, count: int) -> sparse.csr_matrix:
    """(count, count) each vertex's neighbours, rows sum to 1: multiplying by it takes the neighbours' mean."""
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    one, other = np.divmod(np.unique(_edge_numbers(pairs, count)), count)
    pairs = np.concatenate([np.stack([one, other], axis=1), np.stack([other, one], axis=1)])
    degree = np.bincount(pairs[:, 0], minlength=count).astype(np.float32)
    return sparse.csr_matrix((1 / degree[pairs[:, 0]], (pairs[:, 0], pairs[:, 1])), shape=(count, count))


def vertex_normals(position: Floats, faces: Faces) -> Floats:
    """(V, 3) unit normals, the mean of the faces' weighted by area."""
    a, b, c = (position[faces[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    total = np.zeros_like(position)
    for axis in range(3):
        total[:, axis] = sum(np.bincount(faces[:, k], weights=flat[:, axis], minlength=len(position)) for k in range(3))
    unit: Floats = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return unit
