"""Colours of things, as palettes of sRGB values from 0 to 255, and how one of them is drawn."""

import numpy as np

from synthgest.scene.materials import shade_of
from synthgest.scene.shapes import Colour

Palette = tuple[tuple[int, int, int], ...]

WOODS: Palette = ((150, 111, 74), (181, 141, 99), (104, 74, 52), (205, 176, 138), (84, 62, 48), (222, 200, 168))
CLOTHS: Palette = (
    (92, 100, 112), (128, 118, 106), (70, 84, 92), (146, 138, 128), (120, 76, 62), (84, 96, 84), (168, 158, 146), (52, 60, 78),
    (150, 120, 70),
)  # fmt: skip
LACQUERS: Palette = ((236, 234, 229), (222, 219, 212), (120, 124, 128), (62, 66, 70), (176, 182, 184), (206, 196, 180))
STEELS: Palette = ((120, 132, 142), (96, 112, 122), (150, 152, 150), (88, 104, 120), (70, 74, 80))
BRIGHTS: Palette = (
    (190, 52, 44),
    (38, 84, 150),
    (222, 178, 48),
    (54, 122, 74),
    (210, 110, 40),
    (110, 60, 120),
    (40, 130, 140),
)
CARTONS: Palette = ((178, 142, 100), (164, 128, 90), (190, 156, 114))
LEAVES: Palette = ((74, 96, 46), (88, 108, 52), (62, 84, 50), (104, 112, 54), (58, 78, 56), (96, 118, 66))
NEEDLES: Palette = ((48, 68, 48), (56, 74, 46), (44, 62, 52))
BARKS: Palette = ((96, 80, 64), (84, 74, 64), (112, 98, 84), (70, 60, 52))
PLASTERS: Palette = (
    (196, 184, 166), (186, 122, 98), (214, 206, 192), (152, 146, 138), (188, 160, 120), (150, 104, 88), (168, 172, 172),
    (206, 190, 150), (180, 188, 186), (214, 196, 176),
)  # fmt: skip
ROOFS: Palette = ((134, 78, 60), (112, 72, 58), (84, 82, 84), (100, 94, 92), (150, 92, 66))
CARS: Palette = (
    (206, 208, 210), (36, 38, 42), (120, 124, 130), (140, 32, 34), (40, 62, 104), (232, 232, 228), (74, 84, 74), (178, 160, 130),
)  # fmt: skip
DRABS: Palette = ((92, 94, 68), (104, 98, 76), (148, 134, 104), (78, 84, 66), (126, 116, 92))
RUSTS: Palette = ((150, 70, 50), (60, 90, 120), (70, 100, 80), (160, 130, 60), (120, 120, 122), (130, 60, 48))
ROCKS: Palette = ((146, 140, 132), (160, 146, 126), (126, 122, 118), (176, 164, 146))

DARK: Colour = (0.02, 0.02, 0.022)
METAL: Colour = (0.2, 0.21, 0.22)
WHITE: Colour = (0.75, 0.75, 0.73)


def triple(values: np.ndarray) -> Colour:
    """An array (3,) as three numbers."""
    return float(values[0]), float(values[1]), float(values[2])


def colour_of(rng: np.random.Generator, palette: Palette, spread: float = 0.08) -> Colour:
    """One of the palette's colours, a little varied, linear."""
    return triple(shade_of(rng, palette, spread))
