"""What the ground outdoors is made of: grass, sand, gravel, asphalt, earth, snow, each with patches, lumps and specks."""

from dataclasses import dataclass

import numpy as np

from synthgest.scene.light import FloatArray
from synthgest.scene.materials import shade_of
from synthgest.scene.noise import Noise, scattered

Palette = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Soil:
    """Loose or rolled ground.

    tone, other: (3,) linear, between which it changes in patches of ``patch`` metres, by a part ``mix``. wave: of its
    lumps, metres. grain: their strength. relief: how much their sides towards the sun are brighter. sun: (2,), where the
    sun stands, x and z. speck: strength of single grains of ``cell`` metres. flecks: part of the ground that is covered
    by flecks (leaves, stones, flowers) of ``fleck`` colour, ``size`` metres across. seed: of grains and flecks.
    """

    tone: FloatArray
    other: FloatArray
    noise: Noise
    patch: float
    mix: float
    wave: float
    grain: float
    relief: float
    speck: float
    cell: float
    sun: tuple[float, float]
    seed: float
    flecks: float = 0.0
    fleck: tuple[float, float, float] = (0.3, 0.2, 0.1)
    size: float = 0.05

    def __call__(self, u: FloatArray, v: FloatArray, footprint: FloatArray) -> FloatArray:
        """Linear albedo (..., 3) at points, metres; grains finer than a pixel are averaged to those of a pixel's size."""
        broad = self.noise.rough(u + 31, v - 17, wave=self.patch, octaves=3, footprint=footprint)
        part = np.clip(0.5 + 1.6 * broad, 0, 1)[..., None] * np.float32(self.mix)
        colour = self.tone * (1 - part) + self.other * part
        lumps = self.noise.rough(u, v, wave=self.wave, octaves=4, footprint=footprint, gain=0.75)
        value = 1 + np.float32(self.grain) * lumps
        if self.relief > 0:
            shift = self.wave * 0.12
            beside = self.noise.rough(
                u + np.float32(shift * self.sun[0]), v + np.float32(shift * self.sun[1]), wave=self.wave, octaves=3,
                footprint=footprint, gain=0.75,
            )  # fmt: skip
            value = value + np.float32(self.relief) * (lumps - beside)
        cells = np.exp2(np.ceil(np.log2(np.maximum(footprint / np.float32(self.cell), 1)))) * np.float32(self.cell)
        speck = scattered(np.floor(u / cells), np.floor(v / cells), self.seed) - np.float32(0.5)
        value = value + np.float32(self.speck) * speck * (np.float32(self.cell) / cells) ** np.float32(0.35)
        colour = colour * np.clip(value, 0.12, 2.2)[..., None]
        return self._flecked(u, v, footprint, colour) if self.flecks > 0 else np.asarray(colour, np.float32)

    def _flecked(self, u: FloatArray, v: FloatArray, footprint: FloatArray, colour: FloatArray) -> FloatArray:
        """Round spots at random places in cells of twice their size, gone where a pixel is wider than they are."""
        side = np.float32(2 * self.size)
        column, row = np.floor(u / side), np.floor(v / side)
        chance = scattered(column, row, self.seed + 3)
        x = u / side - column - 0.25 - 0.5 * scattered(column, row, self.seed + 4)
        y = v / side - row - 0.25 - 0.5 * scattered(column, row, self.seed + 5)
        near = (x * x + y * y < 0.05) & (chance < self.flecks)
        weight = near * np.clip(2 - footprint / np.float32(self.size), 0, 0.9)
        tone = np.asarray(self.fleck, np.float32) * (0.6 + 0.9 * scattered(column, row, self.seed + 6))[..., None]
        return np.asarray(colour * (1 - weight[..., None]) + tone * weight[..., None], np.float32)


_GREENS: Palette = ((94, 112, 56), (106, 122, 66), (84, 104, 58), (116, 124, 72))
_STRAW: Palette = ((158, 146, 96), (146, 134, 90), (138, 132, 84))
_SANDS: Palette = ((214, 192, 152), (202, 176, 136), (220, 204, 170))
_OCHRES: Palette = ((198, 164, 124), (186, 148, 110), (176, 144, 106), (204, 180, 140))
_EARTHS: Palette = ((122, 98, 74), (108, 90, 70), (136, 112, 86))
_GREYS: Palette = ((150, 146, 140), (138, 134, 128), (162, 156, 146), (150, 140, 124))
_TARS: Palette = ((96, 96, 98), (112, 110, 108), (84, 86, 90), (120, 118, 114))
_SLABS: Palette = ((178, 174, 166), (164, 160, 154), (184, 176, 160))
_SNOWS: Palette = ((212, 217, 226), (204, 210, 220))
_WATERS: Palette = ((84, 120, 132), (70, 108, 124), (104, 132, 136), (78, 104, 102))
_REDS: Palette = ((164, 88, 66), (150, 80, 62), (66, 96, 130), (86, 120, 92))

# name: palette, palette of the patches, patch, mix, wave, grain, relief, speck, cell
_KINDS: dict[str, tuple[Palette, Palette, float, float, float, float, float, float, float]] = {
    "grass": (_GREENS, _STRAW, 3.0, 0.45, 0.30, 0.34, 0.40, 0.55, 0.014),
    "lawn": (_GREENS, _GREENS, 2.2, 0.60, 0.22, 0.20, 0.25, 0.42, 0.012),
    "dry grass": (_STRAW, _EARTHS, 2.0, 0.50, 0.35, 0.36, 0.45, 0.55, 0.016),
    "sand": (_SANDS, _SANDS, 2.6, 0.80, 0.45, 0.10, 0.55, 0.16, 0.010),
    "desert": (_OCHRES, _OCHRES, 4.0, 0.90, 0.70, 0.16, 0.55, 0.22, 0.014),
    "earth": (_EARTHS, _OCHRES, 1.8, 0.60, 0.40, 0.26, 0.55, 0.32, 0.014),
    "gravel": (_GREYS, _EARTHS, 2.4, 0.35, 0.16, 0.22, 0.40, 0.85, 0.022),
    "asphalt": (_TARS, _TARS, 2.2, 0.30, 0.90, 0.08, 0.08, 0.30, 0.010),
    "concrete": (_SLABS, _GREYS, 2.8, 0.60, 1.20, 0.10, 0.05, 0.14, 0.012),
    "snow": (_SNOWS, _SNOWS, 2.0, 0.60, 0.70, 0.06, 0.55, 0.05, 0.012),
    "water": (_WATERS, _WATERS, 6.0, 0.60, 1.40, 0.20, 0.55, 0.06, 0.050),
    "court": (_REDS, _REDS, 6.0, 0.10, 1.50, 0.05, 0.04, 0.14, 0.010),
}  # fmt: skip
_FLECKS: dict[str, tuple[float, tuple[float, float, float], float]] = {
    "earth": (0.10, (0.26, 0.22, 0.17), 0.030),
    "desert": (0.05, (0.22, 0.17, 0.12), 0.035),
    "dry grass": (0.03, (0.28, 0.25, 0.19), 0.030),
    "litter": (0.45, (0.30, 0.16, 0.06), 0.035),
    "meadow": (0.06, (0.85, 0.78, 0.45), 0.022),
    "gravel": (0.10, (0.42, 0.40, 0.38), 0.030),
}


def soil(name: str, rng: np.random.Generator, noise: Noise, sun: tuple[float, float], *, strewn: str = "") -> Soil:
    """Ground of the kind ``name`` in one of its colours; ``strewn``: whose flecks lie on it (``litter``, ``meadow``)."""
    palette, patches, patch, mix, wave, grain, relief, speck, cell = _KINDS[name]
    share, fleck, size = _FLECKS.get(strewn or name, (0.0, (0.3, 0.2, 0.1), 0.05))
    return Soil(
        tone=shade_of(rng, palette, 0.08), other=shade_of(rng, patches, 0.08), noise=noise,
        patch=patch * rng.uniform(0.7, 1.4), mix=mix * rng.uniform(0.5, 1.2), wave=wave * rng.uniform(0.8, 1.3),
        grain=grain, relief=relief, speck=speck, cell=cell, sun=sun, seed=rng.uniform(0, 90),
        flecks=share * rng.uniform(0.3, 1.5), fleck=fleck, size=size,
    )  # fmt: skip
