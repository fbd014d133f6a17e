"""Whose pixel it is: of several people and things in one picture, by the surface that each pixel shows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synthgest.scene.camera import Camera

Floats = NDArray[np.float32]


def owners(mask: NDArray[np.bool_], depth: Floats, camera: Camera, parts: Sequence[Floats]) -> NDArray[np.uint8]:
    """(H, W) numbers from 1 of the part (V, 3) whose vertex is nearest to what each pixel of the mask shows; 0 outside of it.

    depth: (H, W) along the optical axis, metres.
    """
    found = np.zeros(mask.shape, np.uint8)
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return found
    away = depth[rows, columns].astype(np.float64)
    across = (columns + 0.5 - camera.width / 2) / camera.focal * away
    up = -(rows + 0.5 - camera.height / 2) / camera.focal * away
    points = np.stack([across, up, -away], axis=1) @ camera.rotation.T + camera.position
    number = np.repeat(np.arange(1, len(parts) + 1, dtype=np.uint8), [len(part) for part in parts])
    nearest = cKDTree(np.concatenate(parts)).query(points)[1]
    found[rows, columns] = number[nearest]
    return found


def boxes(instances: NDArray[np.uint8], people: Sequence[int]) -> Floats:
    """(T, P, 4) left, top, right and bottom, pixels, of what is seen of people by their numbers in (T, H, W); zeros for nobody."""
    found = np.zeros((len(instances), len(people), 4), np.float32)
    for place, number in enumerate(people):
        own = instances == number
        seen = own.any(axis=(1, 2))
        for first, axis in ((0, 1), (1, 2)):
            line = own.any(axis=axis)
            found[:, place, first] = line.argmax(axis=1)
            found[:, place, first + 2] = line.shape[1] - line[:, ::-1].argmax(axis=1)
        found[~seen, place] = 0
    return found
