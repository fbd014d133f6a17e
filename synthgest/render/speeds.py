"""Where in the picture the person is, and how fast it moves in and around each tile: what the blur follows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Window = tuple[slice, slice]
"""Rows and columns of pixels."""

_TILE = 16
_FOLLOWED = 3000
"""How many vertices tell the movement, about."""
_LONGEST = 0.12
"""Longest movement that is followed, as part of the picture's height."""
_LEAST = 0.7
"""Shortest movement that is smeared, pixels."""
_GAP = 0.06
"""How far a vertex that is not followed may lie outside of those that are, metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How a frame moves.

    fastest: largest movement of each tile, (rows, columns, 2) float32, pixels while the shutter is open. person: the window
    that holds the person. smeared: the window in which something moves far enough to smear, or None.
    """

    fastest: FloatArray
    person: Window
    smeared: Window | None


class Speeds:
    """Movement in a picture of ``size`` (width, height) pixels, tile by tile after McGuire et al. (2012).

    shutter: part of the time between frames that it is open. footprint: side of what a pixel sees, metres.
    """

    def __init__(self, size: tuple[int, int], shutter: float, footprint: float) -> None:
        self._size, self._shutter = np.array(size, np.float32), shutter
        self._pad = 2 + _GAP / footprint
        self.tiles = (-(-size[0] // _TILE), -(-size[1] // _TILE))

    def movement(
        self, now: FloatArray, before: FloatArray, camera: NDArray[np.floating], earlier: NDArray[np.floating]
    ) -> Movement:
        """The movement of vertices (V, 3) that are seen through (4, 4) clip matrices."""
        step = max(1, len(now) // _FOLLOWED)
        at = self._pixels(now[::step], camera)
        person = self._window(*_extent(at))
        columns, rows = self.tiles
        still = np.zeros((rows, columns, 2), np.float32)
        if self._shutter == 0:
            return Movement(fastest=still, person=person, smeared=None)
        way = (at - self._pixels(before[::step], earlier)) * np.float32(self._shutter)
        squared = np.einsum("ij,ij->i", way, way)
        if squared.max() <= _LEAST**2:
            return Movement(fastest=still, person=person, smeared=None)
        moving = np.flatnonzero(squared > _LEAST**2)
        # Of several vertices in a tile the one written last, the fastest, stays.
        moving = moving[np.argsort(squared[moving], kind="stable")]
        way *= np.minimum(1, np.float32(_LONGEST * self._size[1]) / np.sqrt(np.maximum(squared, 1e-6)))[:, None]
        cell = np.clip(at[moving] / _TILE, 0, np.array([columns - 1, rows - 1])).astype(np.intp)
        grid = np.zeros((rows + 2, columns + 2, 2), np.float32)
        grid[cell[:, 1] + 1, cell[:, 0] + 1] = way[moving]
        fastest = _widened(_widened(grid, 0), 1)[1:-1, 1:-1]
        return Movement(fastest=fastest, person=person, smeared=self._smeared(fastest))

    def window(self, pixels: NDArray[np.floating], reach: float) -> Window:
        """The window that holds points (N, 2) of the picture and ``reach`` pixels around them, as far as they lie in it."""
        low, high = _extent(pixels)
        return self._window(low - reach, high + reach)

    def _pixels(self, points: FloatArray, camera: NDArray[np.floating]) -> FloatArray:
        clip = points @ camera[[0, 1, 3], :3].T.astype(np.float32) + camera[[0, 1, 3], 3].astype(np.float32)
        ahead = np.maximum(clip[:, 2:], np.float32(1e-3))
        return np.asarray((clip[:, :2] / ahead * 0.5 + 0.5) * self._size, np.float32)

    def _smeared(self, fastest: FloatArray) -> Window:
        tiles = np.argwhere(fastest.any(axis=-1))
        return self._window(tiles.min(axis=0)[::-1] * _TILE, (tiles.max(axis=0)[::-1] + 1) * _TILE)

    def _window(self, low: NDArray[np.number], high: NDArray[np.number]) -> Window:
        first = np.clip(np.floor(low) - self._pad, 0, self._size - 1).astype(int)
        last = np.clip(np.ceil(high) + self._pad, first + 1, self._size).astype(int)
        return slice(int(first[1]), int(last[1])), slice(int(first[0]), int(last[0]))


def _extent(pixels: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest (x, y) of points (N, 2)."""
    x, y = pixels[:, 0], pixels[:, 1]  # a reduction along the long axis of each is ten times as fast as of both
    return np.array([x.min(), y.min()], np.float64), np.array([x.max(), y.max()], np.float64)


def around(windows: list[Window]) -> Window:
    """The smallest window that holds all of them."""
    rows, columns = zip(*windows, strict=True)
    return (
        slice(min(part.start for part in rows), max(part.stop for part in rows)),
        slice(min(part.start for part in columns), max(part.stop for part in columns)),
    )


def _widened(grid: FloatArray, axis: int) -> FloatArray:
    """Each tile with the largest of its own movement and of its two neighbours' along an axis."""
    best = grid
    for step in (-1, 1):
        other = np.roll(grid, step, axis=axis)
        faster = (other * other).sum(axis=-1) > (best * best).sum(axis=-1)
        best = np.where(faster[..., None], other, best)
    return best
