"""As many triangles as a picture needs: which are seen from both sides, and fewer of them where they are finer than a pixel."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from synthgest.body.surface import PATTERNS
from synthgest.render.mesh import FloatArray, MovingMesh

Faces = NDArray[np.int32]

_ANKLES, _SHINS, _HIPS, _SHOULDERS, _CHIN, _TRUNK = 0.07, 0.15, 0.47, 0.8, 0.885, 0.3
"""Where shoes end, skirts and coats may end, collars begin and end: parts of the height at rest; half a skirt's width, metres."""
_SEAM = 5e-4
_FINEST = 1.25
"""Side of the cells whose vertices count as one in the picture, pixels."""
_THREAD = 0.005
"""Largest footprint of a pixel in which threads, strands and freckles are to be seen, metres."""
_SHADOW = 0.022
"""Side of the cells whose vertices count as one in a shadow, metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Triangles that are drawn alike.

    pattern: number in ``PATTERNS`` of the one whose shader draws them. inside: whether they are seen from behind too.
    """

    pattern: int
    inside: bool
    faces: Faces


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What of a mesh is drawn.

    lots: the triangles. colours: (V, 6) float32, sRGB colour and accent; where vertices were merged, their mean.
    """

    lots: tuple[Lot, ...]
    colours: FloatArray


def visible_detail(mesh: MovingMesh, footprint: float) -> Detail:
    """The mesh without triangles that are finer than a pixel, each layer and pattern for itself.

    footprint: side of what a pixel sees of the person, metres.
    """
    place, faces, surface = mesh.surface.place, mesh.faces, mesh.surface
    kind = surface.finish[:, 0].round().astype(np.int64)
    _, number = np.unique(_cells(place, _FINEST * footprint), return_inverse=True)
    layer = _layers(faces, len(place))
    number = (number * (layer.max() + 1) + layer) * len(PATTERNS) + kind
    # What lies on an edge stays where it is: panels that meet there would part, and let light through.
    border = _border(faces, len(place))
    number[border] = -1 - border
    _, first, group, often = np.unique(number, return_index=True, return_inverse=True, return_counts=True)
    merged, kept = _merged(faces, first[group])
    lot = 2 * _drawn_as(footprint)[kind[faces[kept, 0]]] + _seen_from_within(mesh, border)[kept]
    colours = np.concatenate([surface.colour, surface.accent], axis=1)
    means = [np.bincount(group, weights=column) / often for column in colours.T]
    return Detail(
        lots=tuple(
            Lot(pattern=value // 2, inside=value % 2 == 1, faces=merged[lot == value])
            for value in np.unique(lot).tolist()
        ),
        colours=np.stack([mean[group] for mean in means], axis=1).astype(np.float32),
    )


def _drawn_as(footprint: float) -> NDArray[np.int64]:
    """For each pattern the number of the one whose shader draws it: the plain one where its threads are not to be seen."""
    plain = {"reflective"} | ({"denim", "knit", "skin"} if footprint > _THREAD else set())
    return np.array([PATTERNS.index("plain" if name in plain else name) for name in PATTERNS])


def shadow_faces(mesh: MovingMesh) -> Faces:
    """Fewer triangles (F', 3) that cast the same shadow: vertices that lie close together at rest count as one."""
    _, first, group = np.unique(_cells(mesh.surface.place, _SHADOW), return_index=True, return_inverse=True)
    return _merged(mesh.faces, first[group])[0]


def _seen_from_within(mesh: MovingMesh, border: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(F,) whether a triangle may be seen from behind: near the edge of a hem or sleeve, and all of the hair."""
    place, faces = mesh.surface.place, mesh.faces
    kinds = mesh.surface.finish[faces[:, 0], 0].round()
    near = np.zeros(len(place), bool)
    if len(border) > 1:
        # Panels of one cloth meet in vertices at the same place: their seams are no edges.
        apart = cKDTree(place[border]).query(place[border], k=2)[0][:, 1]
        open_ = border[apart > _SEAM]
        for own in _parts(mesh):  # what is high or low on a body, is so on each for itself
            edge = open_[(open_ >= own.start) & (open_ < own.stop)] - own.start
            for part, depth in _openings(place[own], edge):
                near[own] |= np.isfinite(cKDTree(part).query(place[own], distance_upper_bound=depth)[0])
    both: NDArray[np.bool_] = near[faces].any(axis=1) & (kinds != PATTERNS.index("skin"))
    both |= kinds == PATTERNS.index("strands")
    return both


def _parts(mesh: MovingMesh) -> list[slice]:
    """The vertices of each of the meshes that were joined."""
    ends = np.cumsum([0, *(mesh.parts or (mesh.vertices.shape[1],))]).tolist()
    return [slice(start, end) for start, end in pairwise(ends)]


def _openings(place: FloatArray, edge: NDArray[np.int64]) -> list[tuple[FloatArray, float]]:
    """Places on open edges (N, 3), and how far in one sees through them: far through collars and skirts, little at cuffs."""
    height = place[edge, 1] - place[:, 1].min()
    part = height / max(float(np.ptp(place[:, 1])), 1e-6)
    collar = (part > _SHOULDERS) & (part < _CHIN)
    skirt = (part > _SHINS) & (part < _HIPS) & (np.abs(place[edge, 0]) < _TRUNK)
    shoe = part < _ANKLES  # which the foot fills
    groups = ((collar, 0.06), (skirt, 0.3), (~collar & ~skirt & ~shoe, 0.02))
    return [(place[edge[chosen]], depth) for chosen, depth in groups if chosen.any()]


def _border(faces: Faces, count: int) -> NDArray[np.int64]:
    """Numbers of the vertices on edges that only one triangle has."""
    edges = np.sort(_edges(faces), axis=1).astype(np.int64)
    _, first, often = np.unique(edges[:, 0] * count + edges[:, 1], return_index=True, return_counts=True)
    border: NDArray[np.int64] = np.unique(edges[first[often == 1]])
    return border


def _layers(faces: Faces, count: int) -> NDArray[np.int32]:
    """(V,) which connected part of the mesh each vertex belongs to."""
    joined = _edges(faces)
    links = coo_matrix((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(count, count))
    parts: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return parts


def _merged(faces: Faces, becomes: NDArray[np.intp]) -> tuple[Faces, NDArray[np.intp]]:
    """The triangles that are left when each vertex becomes another one (V,), and which ones they were."""
    corners = becomes.astype(np.int32)[faces]
    a, b, c = corners.T
    kept = np.flatnonzero((a != b) & (b != c) & (c != a))
    return corners[kept], kept


def _edges(faces: Faces) -> Faces:
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def _cells(places: FloatArray, side: float) -> NDArray[np.int64]:
    """(V,) a number for the cell of ``side`` metres that each place (V, 3) lies in."""
    cell = np.floor(places.astype(np.float64) / side).astype(np.int64) + (1 << 20)
    return np.asarray((cell[:, 0] << 42) + (cell[:, 1] << 21) + cell[:, 2], np.int64)
