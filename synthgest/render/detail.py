"""As many triangles as a picture needs: which are seen from both sides, and fewer of them where they are finer than a pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from synthgest.body.surface import PATTERNS
from synthgest.render.mesh import FloatArray, MovingMesh

Faces = NDArray[np.int32]

_EDGE = 0.06
"""How far in one sees through a hem, metres."""
_SEAM = 5e-4
_FINEST = 0.8
"""Side of the cells whose vertices count as one in the picture, pixels."""
_SHADOW = 0.022
"""Side of the cells whose vertices count as one in a shadow, metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Triangles that are drawn alike. pattern: its number in ``PATTERNS``. inside: whether they are seen from behind too."""

    pattern: int
    inside: bool
    faces: Faces


def visible_lots(mesh: MovingMesh, footprint: float) -> list[Lot]:
    """The triangles without those that are finer than a pixel, each layer and pattern for itself, in lots.

    footprint: side of what a pixel sees of the person, metres.
    """
    place, faces = mesh.surface.place, mesh.faces
    kind = mesh.surface.finish[:, 0].round().astype(np.int64)
    _, number = np.unique(_cells(place, _FINEST * footprint), return_inverse=True)
    layer = _layers(faces, len(place))
    merged, kept = _merged(faces, (number * (layer.max() + 1) + layer) * len(PATTERNS) + kind)
    lot = 2 * kind[faces[kept, 0]] + _seen_from_within(mesh)[kept]
    return [
        Lot(pattern=value // 2, inside=value % 2 == 1, faces=merged[lot == value]) for value in np.unique(lot).tolist()
    ]


def shadow_faces(mesh: MovingMesh) -> Faces:
    """Fewer triangles (F', 3) that cast the same shadow: vertices that lie close together at rest count as one."""
    return _merged(mesh.faces, _cells(mesh.surface.place, _SHADOW))[0]


def _seen_from_within(mesh: MovingMesh) -> NDArray[np.bool_]:
    """(F,) whether a triangle may be seen from behind: near the edge of a hem or sleeve, and all of the hair."""
    place, faces = mesh.surface.place, mesh.faces
    kinds = mesh.surface.finish[faces[:, 0], 0].round()
    edges = np.sort(_edges(faces), axis=1).astype(np.int64)
    _, first, count = np.unique(edges[:, 0] * len(place) + edges[:, 1], return_index=True, return_counts=True)
    border = np.unique(edges[first[count == 1]])
    near = np.zeros(len(place), bool)
    if len(border) > 1:
        # Panels of one cloth meet in vertices at the same place: their seams are no edges.
        apart = cKDTree(place[border]).query(place[border], k=2)[0][:, 1]
        open_ = border[apart > _SEAM]
        if len(open_):
            near = np.isfinite(cKDTree(place[open_]).query(place, distance_upper_bound=_EDGE)[0])
    both: NDArray[np.bool_] = near[faces].any(axis=1) & (kinds != PATTERNS.index("skin"))
    both |= kinds == PATTERNS.index("strands")
    return both


def _layers(faces: Faces, count: int) -> NDArray[np.int32]:
    """(V,) which connected part of the mesh each vertex belongs to."""
    joined = _edges(faces)
    links = coo_matrix((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(count, count))
    parts: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return parts


def _merged(faces: Faces, number: NDArray[np.int64]) -> tuple[Faces, NDArray[np.intp]]:
    """The triangles that are left when vertices of equal number become one of them, and which ones they were."""
    _, first, group = np.unique(number, return_index=True, return_inverse=True)
    corners = first[group].astype(np.int32)[faces]
    a, b, c = corners.T
    kept = np.flatnonzero((a != b) & (b != c) & (c != a))
    return corners[kept], kept


def _edges(faces: Faces) -> Faces:
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def _cells(places: FloatArray, side: float) -> NDArray[np.int64]:
    """(V,) a number for the cell of ``side`` metres that each place (V, 3) lies in."""
    cell = np.floor(places.astype(np.float64) / side).astype(np.int64) + (1 << 20)
    return np.asarray((cell[:, 0] << 42) + (cell[:, 1] << 21) + cell[:, 2], np.int64)
