"""Furniture against a wall and things on it: boxes, and rectangles painted on the wall."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.materials import shade_of
from synthgest.scene.noise import Noise, scattered, step
from synthgest.scene.solids import Box
from synthgest.scene.tone import srgb_to_linear

FloatArray = NDArray[np.float32]
Colour = tuple[float, float, float]

WOODS = ((150, 111, 74), (181, 141, 99), (104, 74, 52), (205, 176, 138), (84, 62, 48), (222, 200, 168))
CLOTHS = ((92, 100, 112), (128, 118, 106), (70, 84, 92), (146, 138, 128), (110, 82, 70), (84, 96, 84), (160, 150, 140))
LACQUERS = ((236, 234, 229), (222, 219, 212), (120, 124, 128), (62, 66, 70), (176, 182, 184), (206, 196, 180))


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A rectangle on a wall.

    centre, low, high, half: metres along the wall and up. kind: window, door, picture, board.
    colour: (3,) linear, of its frame. seed: what it shows.
    """

    kind: str
    centre: float
    half: float
    low: float
    high: float
    colour: Colour
    seed: float


def _colour(rng: np.random.Generator, palette: tuple[tuple[int, int, int], ...]) -> Colour:
    red, green, blue = shade_of(rng, palette, 0.06)
    return float(red), float(green), float(blue)


def furnish(kind: str, x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    """The boxes of one piece, ``width`` metres wide from ``x``, its back to the wall at z = ``wall``."""
    return _PIECES[kind](x, wall, width, rng)


def _sofa(x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    cloth, seed = _colour(rng, CLOTHS), rng.uniform(0, 99)
    z, depth, arm, seat, back = wall + 0.04, rng.uniform(0.8, 0.95), 0.18, 0.44, rng.uniform(0.75, 0.9)
    return (
        Box(low=(x, 0.1, z), high=(x + width, back, z + 0.25), colour=cloth, pattern="cushions", seed=seed),
        Box(low=(x + arm, 0.1, z + 0.2), high=(x + width - arm, seat, z + depth), colour=cloth, pattern="cushions"),
        Box(low=(x, 0.1, z), high=(x + arm, 0.6, z + depth), colour=cloth, pattern="cloth"),
        Box(low=(x + width - arm, 0.1, z), high=(x + width, 0.6, z + depth), colour=cloth, pattern="cloth"),
    )


def _shelf(x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    top = rng.uniform(1.5, 2.1)
    seed = rng.uniform(0, 99)
    wood = _colour(rng, WOODS + LACQUERS)
    return (Box(low=(x, 0, wall), high=(x + width, top, wall + 0.32), colour=wood, pattern="books", seed=seed),)


def _cupboard(x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    top = rng.uniform(1.7, 2.2)
    wood = _colour(rng, WOODS + LACQUERS)
    return (Box(low=(x, 0.02, wall), high=(x + width, top, wall + 0.55), colour=wood, pattern="doors"),)


def _sideboard(x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    top = rng.uniform(0.6, 0.9)
    wood = _colour(rng, WOODS + LACQUERS)
    return (Box(low=(x, 0.08, wall), high=(x + width, top, wall + 0.42), colour=wood, pattern="doors"),)


def _desk(x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    wood, metal, dark = _colour(rng, WOODS + LACQUERS), (0.12, 0.12, 0.13), (0.015, 0.016, 0.018)
    z, depth, top = wall + 0.05, rng.uniform(0.6, 0.75), 0.74
    middle = x + width * rng.uniform(0.35, 0.65)
    legs = tuple(
        Box(low=(at, 0, z + zz), high=(at + 0.05, top, z + zz + 0.05), colour=metal)
        for at in (x + 0.03, x + width - 0.08)
        for zz in (0.05, depth - 0.1)
    )
    return (
        Box(low=(x, top - 0.03, z), high=(x + width, top, z + depth), colour=wood),
        Box(
            low=(middle - 0.28, top + 0.12, z + 0.15),
            high=(middle + 0.28, top + 0.45, z + 0.19),
            colour=dark,
            pattern="screen",
        ),
        Box(low=(middle - 0.04, top, z + 0.15), high=(middle + 0.04, top + 0.14, z + 0.18), colour=dark),
        *legs,
    )


def _bench(x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    wood = _colour(rng, WOODS)
    legs = tuple(
        Box(low=(at, 0, wall + 0.08), high=(at + 0.06, 0.4, wall + 0.34), colour=(0.1, 0.1, 0.1))
        for at in (x + 0.1, x + width - 0.16)
    )
    return (Box(low=(x, 0.4, wall + 0.05), high=(x + width, 0.45, wall + 0.4), colour=wood), *legs)


def _lockers(x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    steel = _colour(rng, ((120, 132, 142), (96, 112, 122), (150, 152, 150), (88, 104, 120)))
    return (Box(low=(x, 0, wall), high=(x + width, 1.85, wall + 0.45), colour=steel, pattern="doors", seed=0.3),)


def _mats(x: float, wall: float, width: float, rng: np.random.Generator) -> tuple[Box, ...]:
    blue = _colour(rng, ((44, 72, 118), (60, 86, 110), (118, 48, 44), (52, 92, 84)))
    return (
        Box(low=(x, 0, wall + 0.1), high=(x + width, rng.uniform(0.25, 0.6), wall + 1.1), colour=blue, pattern="mats"),
    )


_PIECES = {
    "sofa": _sofa,
    "shelf": _shelf,
    "cupboard": _cupboard,
    "sideboard": _sideboard,
    "desk": _desk,
    "bench": _bench,
    "lockers": _lockers,
    "mats": _mats,
}


def face_colour(
    box: Box, across: FloatArray, up: FloatArray, front: NDArray[np.bool_], footprint: FloatArray
) -> FloatArray:
    """Linear albedo (..., 3) on a box: ``across`` and ``up`` metres from its low corner, ``front`` where it faces the room."""
    base = np.broadcast_to(np.asarray(box.colour, np.float32), (*across.shape, 3))
    width, height = box.high[0] - box.low[0], box.high[1] - box.low[1]
    if box.pattern == "books":
        return np.where(front[..., None], _books(box, across, up, width, height, base), base)
    if box.pattern == "screen":
        edge = np.minimum(np.minimum(across, width - across), np.minimum(up, height - up))
        glass = step(edge, 0.015, footprint)[..., None] * front[..., None]
        return np.asarray(base + glass * np.array([0.01, 0.014, 0.02], np.float32) * (1 + 3 * up / height)[..., None])
    pitch = {"doors": 0.5, "cushions": 0.75, "mats": 99.0}.get(box.pattern)
    if pitch is None:
        return np.asarray(base, np.float32)
    each = width / max(1, round(width / pitch))
    within = np.mod(across, each)
    edge = np.minimum(within, each - within)
    if box.pattern == "mats":
        edge = np.abs(np.mod(up, 0.1) - 0.05)
    seam = (1 - step(edge, 0.004, footprint)) * np.clip(0.008 / (footprint + 0.004), 0, 1)
    soft = 0.12 * np.exp(-edge / 0.06) if box.pattern == "cushions" else 0.0
    handle = (
        (np.abs(within - each + 0.05) < 0.012) & (np.abs(up - height * 0.55) < 0.09)
        if box.pattern == "doors"
        else np.zeros_like(front)
    )
    value = (1 - 0.55 * seam) * (1 - soft) * np.where(handle, 0.45, 1.0)
    return np.asarray(np.where(front[..., None], base * value[..., None], base), np.float32)


def _books(box: Box, across: FloatArray, up: FloatArray, width: float, height: float, wood: FloatArray) -> FloatArray:
    """A bookcase's front: boards, and spines of different height and muted colour, some places empty."""
    board = height / max(2, round(height / 0.36))
    level, above = np.floor(up / board), np.mod(up, board)
    column = np.floor(across / 0.037)
    tall = board * (0.55 + 0.3 * scattered(column, level, box.seed))
    empty = scattered(np.floor(across / 0.22), level, box.seed + 5) < 0.28
    hue = np.stack([scattered(column, level, box.seed + shift) for shift in (1, 2, 3)], axis=-1)
    grey = scattered(column, level, box.seed + 4)[..., None]
    spine = srgb_to_linear(np.clip(0.15 + 0.6 * grey + 0.22 * (hue - 0.5), 0.05, 0.9))
    inside = wood * (0.28 + 0.25 * (1 - above / board))[..., None]
    side = np.minimum(across, width - across)
    frame = (above < 0.022) | (side < 0.022) | (up > height - 0.025)
    filled = (above < tall) & ~empty & (np.mod(across, 0.037) > 0.003)
    return np.asarray(np.where(frame[..., None], wood, np.where(filled[..., None], spine * 0.8, inside)), np.float32)


def panel_colour(
    panel: Panel, across: FloatArray, up: FloatArray, wall: FloatArray, noise: Noise, footprint: FloatArray
) -> FloatArray:
    """The wall's linear colour (H, W, 3) with the panel painted on it; ``across`` metres along the wall, ``up`` metres."""
    u, v = across - panel.centre, (up - panel.low) / (panel.high - panel.low)
    edge = np.minimum(panel.half - np.abs(u), np.minimum(up - panel.low, panel.high - up))
    inside = step(edge, 0.0, footprint)[..., None]
    drawn = _PANELS[panel.kind](panel, u, v, edge, noise, footprint)
    return np.asarray(wall * (1 - inside) + drawn * inside, np.float32)


def _window(
    panel: Panel, u: FloatArray, v: FloatArray, edge: FloatArray, noise: Noise, footprint: FloatArray
) -> FloatArray:
    garden = noise.rough(u * 1.0 + panel.seed, v * 1.3, wave=0.6, octaves=3)
    trees = step(garden * 0.25 + 0.42, v, 0.25)[..., None]
    sky = np.array([1.15, 1.25, 1.4], np.float32) * (0.9 + 0.4 * v)[..., None]
    view = sky * (1 - trees) + np.array([0.42, 0.52, 0.33], np.float32) * (1 + 0.5 * garden)[..., None] * trees
    bars = np.minimum(np.abs(u), np.abs(v - 0.62) * (panel.high - panel.low))
    frame = 1 - step(np.minimum(edge - 0.06, bars - 0.02), 0.0, footprint)[..., None]
    return np.asarray(view * (1 - frame) + np.asarray(panel.colour, np.float32) * 0.75 * frame, np.float32)


def _door(
    panel: Panel, u: FloatArray, v: FloatArray, edge: FloatArray, noise: Noise, footprint: FloatArray
) -> FloatArray:
    up = v * (panel.high - panel.low)
    inner = np.minimum(
        panel.half - 0.18 - np.abs(u), np.minimum(np.abs(up - 0.95) - 0.1, panel.high - panel.low - 0.22 - up)
    )
    groove = np.exp(-((inner / 0.018) ** 2)) * np.clip(0.02 / (footprint + 0.01), 0, 1)
    gap = 1 - step(np.abs(edge - 0.065), 0.006, footprint)
    handle = (np.abs(u - panel.half + 0.14) < 0.055) & (np.abs(up - 1.03) < 0.014)
    value = (1 - 0.3 * groove) * (1 - 0.5 * gap) * np.where(edge < 0.065, 1.08, 1.0)
    leaf = np.asarray(panel.colour, np.float32) * value[..., None]
    return np.where(handle[..., None], np.float32(0.22), leaf).astype(np.float32)


def _picture(
    panel: Panel, u: FloatArray, v: FloatArray, edge: FloatArray, noise: Noise, footprint: FloatArray
) -> FloatArray:
    shape = noise.rough(u + panel.seed, v * 0.7 + panel.seed, wave=0.45, octaves=3)
    sky = np.array([0.5, 0.55, 0.58], np.float32) * (0.7 + 0.4 * v)[..., None]
    land = np.asarray(panel.colour, np.float32)[::-1] * (0.6 + 0.5 * shape)[..., None]
    art = np.where((v < 0.45 + 0.35 * shape)[..., None], land, sky)
    mat = step(edge, 0.075, footprint)[..., None]
    frame = step(edge, 0.022, footprint)[..., None]
    return np.asarray(
        np.asarray(panel.colour, np.float32) * 0.5 * (1 - frame) + frame * (0.75 * (1 - mat) + art * mat), np.float32
    )


def _board(
    panel: Panel, u: FloatArray, v: FloatArray, edge: FloatArray, noise: Noise, footprint: FloatArray
) -> FloatArray:
    smear = noise.rough(u, v, wave=0.5, octaves=3)
    face = np.array([0.84, 0.86, 0.86], np.float32) * (1 - 0.04 * smear)[..., None]
    row = np.floor(v * 9)
    ink = (np.abs(np.mod(v * 9, 1) - 0.5) < 0.12) & (scattered(np.floor(u / 0.05), row, panel.seed) < 0.55)
    ink &= (scattered(np.floor(u / 0.6), row, panel.seed + 1) < 0.35) & (v > 0.3)
    frame = step(edge, 0.03, footprint)[..., None]
    return np.asarray(np.where(ink[..., None], face * 0.45, face) * frame + 0.35 * (1 - frame), np.float32)


_PANELS = {"window": _window, "door": _door, "picture": _picture, "board": _board}
