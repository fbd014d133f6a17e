"""Linear blend skinning of a whole clip: places and normals together, one small matrix product a frame and patch of skin.

A product of all frames at once is no faster, and rounds a frame differently from place to place in the product: this way a
frame has the same bytes whether it is posed alone or in its clip.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_PATCH = 256
"""Vertices skinned at a time: neighbours in a mesh ride on the same few bones, and the product stays in the cache."""


def skinned(
    vertices: Floats, normals: Floats, weights: Floats, rotations: NDArray[np.floating], shifts: NDArray[np.floating]
) -> tuple[Floats, Floats]:
    """Places and unit normals (T, V, 3) of vertices (V, 3) and normals (V, 3) at rest.

    weights: (V, bones). rotations: (T, bones, 3, 3), shifts: (T, bones, 3): what each bone does to a place at rest.
    """
    frames, count = len(rotations), len(vertices)
    moves = np.concatenate([rotations, shifts[..., None]], axis=-1).transpose(0, 1, 3, 2).astype(np.float32)
    # A place is moved, a normal only turned.
    rest = np.zeros((2, count, 4), np.float32)
    rest[0, :, :3], rest[0, :, 3], rest[1, :, :3] = vertices, 1, normals
    place, facing = np.empty((frames, count, 3), np.float32), np.empty((frames, count, 3), np.float32)
    for start in range(0, count, _PATCH):
        part = slice(start, min(start + _PATCH, count))
        size = part.stop - part.start
        bones = np.flatnonzero(weights[part].any(axis=0))
        weighted = (weights[part][None, :, bones, None] * rest[:, part, None, :]).reshape(2 * size, -1)
        moved: Floats = np.matmul(weighted, moves[:, bones].reshape(frames, -1, 3), dtype=np.float32)
        place[:, part], facing[:, part] = moved[:, :size], unit(moved[:, size:])
    return place, facing


def unit(vectors: Floats) -> Floats:
    """The vectors (..., 3) at length 1."""
    length = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    result: Floats = vectors / np.maximum(length, np.float32(1e-12))[..., None]
    return result
