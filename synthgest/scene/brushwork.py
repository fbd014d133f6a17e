"""What patterns are painted with: edges, lines, cells, and how one colour covers another."""

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.faces import FloatArray, Patch

Painted = tuple[FloatArray, FloatArray | None]
"""Albedo (N, 3), linear, and the light that the points give off themselves (N, 3), or None."""


def edge_of(at: Patch) -> FloatArray:
    """Distance to the face's nearest edge, metres."""
    across = np.minimum(at.u, at.width - at.u)
    return np.asarray(np.minimum(across, np.minimum(at.v, at.height - at.v)), np.float32)


def line_at(distance: NDArray[np.floating], half: float, pixel: FloatArray) -> FloatArray:
    """How much a line of ``half`` its width covers a pixel at a distance from its middle; thin ones fade, not break."""
    weight = np.clip((half + pixel * 0.5 - np.abs(distance)) / np.maximum(pixel, 1e-5), 0, 1)
    return np.asarray(weight * np.clip(2 * half / np.maximum(pixel, 1e-5), 0, 1), np.float32)


def cells(x: FloatArray, extent: FloatArray, pitch: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Division of an extent into equal cells of about ``pitch``: number of the cell, place in it, its width."""
    each = np.asarray(extent / np.maximum(np.round(extent / np.float32(pitch)), 1), np.float32)
    number = np.floor(x / np.maximum(each, 1e-4))
    return np.asarray(number, np.float32), np.asarray(x - number * each, np.float32), each


def mixed(under: NDArray[np.floating], over: NDArray[np.floating], part: NDArray[np.floating]) -> FloatArray:
    """Colours (N, 3) with others over them, by a part (N,)."""
    return np.asarray(under * (1 - part[:, None]) + over * part[:, None], np.float32)


def tinted(rgb: tuple[float, float, float]) -> FloatArray:
    """A colour (3,), linear, as an array."""
    return np.array(rgb, np.float32)
