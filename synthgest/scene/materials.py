"""What floors and walls are made of: the linear colour of each point of a surface, in metres."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.noise import Noise, scattered, step
from synthgest.scene.tone import srgb_to_linear

FloatArray = NDArray[np.float32]


class Material(Protocol):
    """Colours a surface."""

    def __call__(self, u: FloatArray, v: FloatArray, footprint: FloatArray) -> FloatArray:
        """Linear albedo (..., 3) at points (...,), metres along the surface; ``footprint``: width of a pixel, metres."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Paint, carpet, concrete, vinyl, grass or sand: one tone with noise.

    tone: (3,) linear. grain: relative strength of the noise. wave: its longest wave, metres. tint: (3,) colour that the
    noise drifts towards, as a factor. octaves: how fine it gets. gain: strength of an octave relative to the one before.
    """

    tone: FloatArray
    noise: Noise
    grain: float
    wave: float
    octaves: int = 4
    gain: float = 0.6
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __call__(self, u: FloatArray, v: FloatArray, footprint: FloatArray) -> FloatArray:
        """Linear albedo."""
        rough = self.noise.rough(u, v, wave=self.wave, octaves=self.octaves, footprint=footprint, gain=self.gain)
        drift = np.float32(self.grain) * rough[..., None] * np.asarray(self.tint, np.float32)
        return np.asarray(self.tone * np.clip(1 + drift, 0.05, 3), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planks:
    """Wooden boards along v. tone: (3,) linear. width, length: of a board, metres. seed: which boards are darker."""

    tone: FloatArray
    noise: Noise
    width: float
    length: float
    variety: float
    seed: float

    def __call__(self, u: FloatArray, v: FloatArray, footprint: FloatArray) -> FloatArray:
        """Linear albedo."""
        row = np.floor(u / self.width)
        along = v / self.length + scattered(row, row * 0, self.seed)
        board = scattered(row, np.floor(along), self.seed + 1)
        grain = self.noise.rough(u * 6, v * 0.5 + 3 * board, wave=0.12, octaves=3, footprint=footprint * 4)
        value = 1 + self.variety * (board - 0.5) + 0.14 * grain
        edge = np.minimum(_from_edge(u, self.width), _from_edge(along, 1.0) * self.length)
        groove = (1 - step(edge, 0.002, footprint)) * np.clip(0.004 / (footprint + 0.002), 0, 1)
        warm = np.stack([board * 0 + 1, 0.97 + 0.06 * board, 0.92 + 0.16 * board], axis=-1)
        return np.asarray(self.tone * warm * (value * (1 - 0.6 * groove))[..., None], np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Square tiles with joints. tone, joint: (3,) linear. side: metres. gap: width of a joint, metres."""

    tone: FloatArray
    joint: FloatArray
    noise: Noise
    side: float
    gap: float
    variety: float
    seed: float

    def __call__(self, u: FloatArray, v: FloatArray, footprint: FloatArray) -> FloatArray:
        """Linear albedo."""
        each = scattered(np.floor(u / self.side), np.floor(v / self.side), self.seed)
        cloud = self.noise.rough(u, v, wave=0.5, octaves=4, footprint=footprint)
        value = 1 + self.variety * (each - 0.5) + 0.06 * cloud
        edge = np.minimum(_from_edge(u, self.side), _from_edge(v, self.side))
        joint = (1 - step(edge, self.gap / 2, footprint)) * np.clip(self.gap / (footprint + self.gap / 2), 0, 1)
        return np.asarray(self.tone * (value * (1 - joint))[..., None] + self.joint * joint[..., None], np.float32)


def _from_edge(x: FloatArray, period: float) -> FloatArray:
    """Distance to the nearest multiple of ``period``."""
    within = np.mod(x, period)
    return np.asarray(np.minimum(within, period - within), np.float32)


def shade_of(rng: np.random.Generator, palette: tuple[tuple[int, int, int], ...], spread: float) -> FloatArray:
    """One of the palette's sRGB colours (0 to 255), a little varied in tone and brightness, as linear (3,) float32."""
    base = np.asarray(palette[rng.integers(len(palette))], np.float32) / 255
    varied = base * rng.uniform(1 - spread, 1 + spread) + rng.uniform(-spread, spread, 3) * 0.15
    return srgb_to_linear(np.clip(varied, 0.02, 0.97))
