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
        """Smooth noise at points (any two-dimensional shape) given in metres, about -1 to 1; ``wave``: metres."""
        u, v = _wrapped(np.asarray(x, np.float32), wave), _wrapped(np.asarray(y, np.float32), wave)
        return np.asarray(cv2.remap(self._tile, u, v, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)

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
