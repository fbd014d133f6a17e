"""What floors, walls and ceilings of rooms are finished with."""

import numpy as np

from synthgest.scene.colours import WOODS
from synthgest.scene.materials import Material, Plain, Planks, Tiles, shade_of
from synthgest.scene.noise import Noise
from synthgest.scene.rooms import RoomKind

Rng = np.random.Generator

PAINTS = (
    (232, 228, 220), (222, 216, 205), (214, 218, 218), (200, 206, 208), (226, 214, 196), (188, 198, 190), (196, 190, 182),
    (176, 190, 202), (206, 186, 168), (158, 166, 160), (240, 238, 234), (172, 160, 150), (196, 176, 140), (140, 158, 176),
    (186, 150, 136), (120, 132, 124),
)  # fmt: skip
_CARPETS = (
    (128, 122, 116),
    (96, 102, 110),
    (150, 140, 128),
    (112, 98, 88),
    (92, 104, 98),
    (140, 136, 134),
    (84, 88, 112),
)
_STONES = ((196, 192, 184), (168, 166, 162), (210, 204, 194), (132, 130, 128), (186, 172, 156), (108, 104, 100))


def paint_of(rng: Rng, noise: Noise) -> Material:
    """The paint of a wall, seldom tiles."""
    if rng.random() < 0.06:
        return Tiles(
            tone=shade_of(rng, _STONES, 0.05), joint=shade_of(rng, _STONES, 0.1) * 0.6, noise=noise, side=0.15, gap=0.005,
            variety=0.05, seed=rng.uniform(0, 99),
        )  # fmt: skip
    return Plain(tone=shade_of(rng, PAINTS, 0.05), noise=noise, grain=0.035, wave=0.8)


def ceiling(kind: RoomKind, rng: Rng, noise: Noise) -> Material:
    """White plaster, panels where the lamps are panels, darker over tubes."""
    white = np.array([0.76, 0.75, 0.73], np.float32)
    if kind.lights == "panels":
        return Tiles(tone=white, joint=white * 0.6, noise=noise, side=0.6, gap=0.015, variety=0.02, seed=1.0)
    tone = white * np.float32(rng.uniform(0.3, 0.7)) if kind.lights == "tubes" else white
    return Plain(tone=tone, noise=noise, grain=0.03, wave=1.0)


def flooring(name: str, rng: Rng, noise: Noise) -> Material:
    """A floor of planks, tiles, carpet, concrete or vinyl."""
    seed = rng.uniform(0, 99)
    if name in ("planks", "court"):
        return Planks(
            tone=shade_of(rng, WOODS if name == "planks" else WOODS[1:4:2], 0.08), noise=noise, width=rng.uniform(0.07, 0.2),
            length=rng.uniform(0.9, 2.0), variety=rng.uniform(0.1, 0.4), seed=seed,
        )  # fmt: skip
    if name in ("tiles", "large tiles"):
        sides = (0.2, 0.3, 0.45) if name == "tiles" else (0.6, 0.9, 1.2)
        return Tiles(
            tone=shade_of(rng, _STONES, 0.08), joint=shade_of(rng, _STONES, 0.1) * 0.5, noise=noise,
            side=float(rng.choice(sides)), gap=0.006, variety=rng.uniform(0.03, 0.18), seed=seed,
        )  # fmt: skip
    if name == "carpet":
        return Plain(
            tone=shade_of(rng, _CARPETS, 0.1), noise=noise, grain=rng.uniform(0.15, 0.35), wave=0.1, octaves=5, gain=0.8
        )
    if name == "concrete":
        return Plain(
            tone=shade_of(rng, _STONES, 0.1) * np.float32(0.75), noise=noise, grain=0.16, wave=1.6, octaves=8, gain=0.7
        )
    return Plain(tone=shade_of(rng, _STONES, 0.08), noise=noise, grain=0.08, wave=0.6, octaves=7, gain=0.75)
