"""Procedural noise that stays the same however often it is drawn, and fades where a pixel covers several waves."""

import cv2
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_SIDE = 256


class Noise:
    """Value noise over the plane (Perlin, "An image synthesizer", 1985), repeating every 256 waves."""

    def __init__(self, rng: np.random.Generator) -> None:
        lattice = rng.random((_SIDE, _SIDE), dtype=np.float32) * 2 - 1
        self._tile = np.pad(lattice, 2, mode="wrap")

    def __call__(self, x: FloatArray, y: FloatArray, *, wave: float) -> FloatArray:
        """Smooth noise at points of one or two dimensions given in metres, about -1 to 1; ``wave``: metres."""
        u, v = _wrapped(np.asarray(x, np.float32), wave), _wrapped(np.asarray(y, np.float32), wave)
        return looked_up(self._tile, u, v, cv2.INTER_CUBIC)

    def rough(
        self,
        x: FloatArray,
        y: FloatArray,
        *,
        wave: float,
        octaves: int,
        footprint: FloatArray | float = 0.0,
        gain: float = 0.6,
    ) -> FloatArray:
        """A sum of octaves, each half as long as the one before and ``gain`` times as strong, about -1 to 1.

        footprint: width of a pixel at each point, metres; octaves shorter than two footprints fade out.
        """
        total = np.zeros(np.shape(x), np.float32)
        strength = 0.5
        for octave in range(octaves):
            length = wave / 2**octave
            seen = np.clip(np.float32(1.5) - footprint * np.float32(2 / length), 0, 1)
            total += np.float32(strength) * seen * self(x + 17.3 * octave, y - 9.1 * octave, wave=length)
            strength *= gain
        return total


def looked_up(picture: NDArray[np.uint8] | FloatArray, columns: FloatArray, rows: FloatArray, how: int) -> FloatArray:
    """A picture (h, w) at columns and rows (one or two dimensions), its border going on outside; float32.

    A list of points is folded first, since OpenCV takes no side over 32,767.
    """
    if columns.ndim == 2:
        return np.asarray(cv2.remap(picture, columns, rows, how, borderMode=cv2.BORDER_REPLICATE), np.float32)
    count, width = len(columns), 512
    if not count:
        return np.zeros(0, np.float32)
    folded = [np.pad(side, (0, -count % width)).reshape(-1, width) for side in (columns, rows)]
    found = cv2.remap(picture, folded[0], folded[1], how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found.ravel()[:count], np.float32)


def _wrapped(x: FloatArray, wave: float) -> FloatArray:
    """Column or row of the padded tile; floor, because numpy's mod takes ten times as long."""
    turns = x * np.float32(1 / (wave * _SIDE))
    turns -= np.floor(turns)
    turns *= np.float32(_SIDE)
    turns += np.float32(2)
    return turns


def scattered(cells_x: NDArray[np.floating], cells_y: NDArray[np.floating], seed: float) -> FloatArray:
    """A number in [0, 1) for each integer cell, the same for the same cell and seed (a sine hash)."""
    turn = (
        np.sin(np.asarray(cells_x, np.float64) * 12.9898 + np.asarray(cells_y, np.float64) * 78.233 + seed) * 43758.5453
    )
    return np.asarray(turn - np.floor(turn), np.float32)


def step(x: FloatArray, edge: FloatArray | float, width: FloatArray | float) -> FloatArray:
    """0 below ``edge``, 1 above it, with a ramp as wide as ``width`` (a pixel's footprint), float32."""
    return np.asarray(np.clip((x - edge) / np.maximum(width, 1e-6) + 0.5, 0, 1), np.float32)
