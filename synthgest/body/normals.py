"""Normals of a figure: smooth across seams between panels, worked out at rest, and anew for cloth that hangs."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synthgest.body.skinning import unit

Floats = NDArray[np.float32]


def surface_normals(vertices: Floats, faces: NDArray[np.int32], smooth: NDArray[np.int32]) -> Floats:
    """Unit normals (T, V, 3) of vertices (T, V, 3): the mean of the adjoining faces' weighted by area.

    smooth: (V,) vertices of equal number share a normal.
    """
    _, group = np.unique(smooth, return_inverse=True)
    corner = group[faces].ravel()
    face = np.repeat(np.arange(len(faces)), 3)
    shape = (int(group.max()) + 1, len(faces))
    gather = sparse.csr_matrix((np.ones(len(corner), np.float32), (corner, face)), shape=shape)
    normals = np.empty_like(vertices)
    for frame, place in enumerate(vertices):
        a, b, c = (place[faces[:, k]] for k in range(3))
        normals[frame] = unit(gather @ np.cross(b - a, c - a))[group]
    return normals
