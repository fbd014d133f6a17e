"""Rooms sampled: living rooms, offices, corridors and others, furnished along their walls."""

from dataclasses import dataclass

import numpy as np

from synthgest.scene.furniture import LACQUERS, WOODS, Panel, furnish
from synthgest.scene.light import Light, towards
from synthgest.scene.materials import Material, Plain, Planks, Tiles, shade_of
from synthgest.scene.noise import Noise
from synthgest.scene.room import Room
from synthgest.scene.solids import Box

_PAINTS = (
    (232, 228, 220), (222, 216, 205), (214, 218, 218), (200, 206, 208), (226, 214, 196), (188, 198, 190), (196, 190, 182),
    (176, 190, 202), (206, 186, 168), (158, 166, 160), (240, 238, 234), (172, 160, 150),
)  # fmt: skip
_CARPETS = ((128, 122, 116), (96, 102, 110), (150, 140, 128), (112, 98, 88), (92, 104, 98), (140, 136, 134))
_STONES = ((196, 192, 184), (168, 166, 162), (210, 204, 194), (132, 130, 128), (186, 172, 156))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is usual in one kind of room. width, behind: metres across, and from the person to the back wall."""

    name: str
    width: tuple[float, float]
    behind: tuple[float, float]
    height: tuple[float, float]
    floors: tuple[str, ...]
    pieces: tuple[str, ...]
    panels: tuple[str, ...]


KINDS = (
    Kind(
        name="living room", width=(4.2, 6.5), behind=(1.7, 3.2), height=(2.4, 2.9), floors=("planks", "carpet"),
        pieces=("sofa", "shelf", "sideboard", "cupboard"), panels=("window", "picture", "door", "picture"),
    ),
    Kind(
        name="office", width=(4.5, 8.0), behind=(1.9, 4.0), height=(2.6, 3.1), floors=("carpet", "vinyl", "planks"),
        pieces=("desk", "shelf", "cupboard", "desk"), panels=("window", "board", "door", "picture"),
    ),
    Kind(
        name="corridor", width=(2.4, 3.4), behind=(3.5, 9.0), height=(2.4, 2.9), floors=("vinyl", "tiles", "carpet"),
        pieces=("bench", "lockers"), panels=("door", "picture", "board"),
    ),
    Kind(
        name="gym", width=(9.0, 14.0), behind=(3.5, 7.0), height=(4.0, 6.0), floors=("planks", "vinyl"),
        pieces=("bench", "mats", "lockers"), panels=("door", "window"),
    ),
    Kind(
        name="classroom", width=(6.0, 9.0), behind=(2.0, 4.0), height=(2.8, 3.3), floors=("vinyl", "planks", "tiles"),
        pieces=("cupboard", "desk", "shelf"), panels=("board", "door", "window", "board"),
    ),
    Kind(
        name="kitchen", width=(3.4, 5.0), behind=(1.6, 2.6), height=(2.4, 2.8), floors=("tiles", "planks"),
        pieces=("sideboard", "sideboard", "cupboard"), panels=("window", "picture", "door"),
    ),
)  # fmt: skip
"""The kinds of rooms that are sampled, each with the same probability."""


def sample_room(rng: np.random.Generator) -> Room:
    """A room of a random kind, size, finish, furniture and light."""
    kind = KINDS[rng.integers(len(KINDS))]
    width, height = rng.uniform(*kind.width), rng.uniform(*kind.height)
    left = -width * rng.uniform(0.38, 0.62)
    low = (left, 0.0, -rng.uniform(*kind.behind))
    high = (left + width, height, rng.uniform(5.0, 8.0))
    noise = Noise(rng)
    paint = _paint(rng, noise)
    boxes, panels = _along_back(kind, low, high, rng)
    floor_name = kind.floors[rng.integers(len(kind.floors))]
    return Room(
        name=f"{kind.name}, {floor_name} floor",
        tags=(kind.name, "indoors"),
        light=_light(rng),
        low=low,
        high=high,
        yaw=float(np.radians(rng.uniform(-22, 22))),
        floor=_floor(floor_name, rng, noise),
        paint=paint,
        accent=_paint(rng, noise) if rng.random() < 0.3 else paint,
        skirting=(0.78, 0.77, 0.74) if rng.random() < 0.7 else (0.3, 0.2, 0.13),
        skirting_height=rng.uniform(0.06, 0.13),
        boxes=boxes,
        panels=panels + _on_sides(kind, low, high, rng),
        noise=noise,
        lamp=(rng.uniform(-1.5, 1.5), rng.uniform(-1.0, 1.5)),
        sheen=0.16 * rng.random() if floor_name != "carpet" else 0.0,
        blur=rng.uniform(0.3, 1.1),
    )


def _paint(rng: np.random.Generator, noise: Noise) -> Plain:
    return Plain(tone=shade_of(rng, _PAINTS, 0.04), noise=noise, grain=0.03, wave=0.7)


def _floor(name: str, rng: np.random.Generator, noise: Noise) -> Material:
    seed = rng.uniform(0, 99)
    if name == "planks":
        return Planks(
            tone=shade_of(rng, WOODS, 0.08), noise=noise, width=rng.uniform(0.09, 0.2), length=rng.uniform(0.9, 2.0),
            variety=rng.uniform(0.1, 0.35), seed=seed,
        )  # fmt: skip
    if name == "tiles":
        return Tiles(
            tone=shade_of(rng, _STONES, 0.08), joint=shade_of(rng, _STONES, 0.1) * 0.55, noise=noise,
            side=rng.choice([0.2, 0.3, 0.45, 0.6]), gap=0.006, variety=rng.uniform(0.02, 0.12), seed=seed,
        )  # fmt: skip
    if name == "carpet":
        return Plain(tone=shade_of(rng, _CARPETS, 0.1), noise=noise, grain=rng.uniform(0.12, 0.3), wave=0.12, octaves=5)
    return Plain(tone=shade_of(rng, _STONES, 0.08), noise=noise, grain=0.07, wave=0.5, octaves=6)


def _light(rng: np.random.Generator) -> Light:
    """A lamp or window before the person, above head height, and what the walls give back; soft shadows."""
    warm = np.array([1.0, rng.uniform(0.9, 1.0), rng.uniform(0.78, 1.02)], np.float32)
    share = rng.uniform(0.3, 0.6)
    strength = rng.uniform(0.85, 1.15)
    ambient = warm ** np.float32(0.6) * np.float32(strength * (1 - share) * 1.15)
    return Light(
        direction=towards(rng.uniform(-1.3, 1.3), np.radians(rng.uniform(38, 72))),
        colour=warm * np.float32(strength * share * 1.5),
        sky=ambient,
        ground=ambient * np.float32(0.5),
        spread=rng.uniform(0.08, 0.25),
    )


_WIDTHS = {
    "sofa": (1.6, 2.2), "shelf": (0.7, 1.3), "cupboard": (0.9, 1.6), "sideboard": (1.1, 1.9), "desk": (1.2, 1.7),
    "bench": (1.2, 2.0), "lockers": (0.9, 1.8), "mats": (1.4, 2.0),
}  # fmt: skip
_LOW_PIECES = ("sofa", "sideboard", "bench")


def _along_back(
    kind: Kind, low: tuple[float, float, float], high: tuple[float, float, float], rng: np.random.Generator
) -> tuple[tuple[Box, ...], tuple[tuple[int, Panel], ...]]:
    """Pieces, doors and windows in turn along the back wall, with gaps; pictures over what is low."""
    boxes: list[Box] = []
    panels: list[tuple[int, Panel]] = []
    x = low[0] + rng.uniform(0.15, 0.7)
    while True:
        piece = str(rng.choice(kind.pieces)) if rng.random() < 0.55 else ""
        width = rng.uniform(*_WIDTHS[piece]) if piece else rng.uniform(0.9, 1.6)
        if x + width > high[0] - 0.1:
            return tuple(boxes), tuple(panels)
        if piece:
            boxes += furnish(piece, x, low[2], width, rng)
        if not piece or (piece in _LOW_PIECES and rng.random() < 0.6):
            what = "picture" if piece else str(rng.choice(kind.panels))
            panels.append((0, _panel(what, x + width / 2, width / 2, high[1], rng)))
        x += width + rng.uniform(0.1, 0.7)


def _on_sides(
    kind: Kind, low: tuple[float, float, float], high: tuple[float, float, float], rng: np.random.Generator
) -> tuple[tuple[int, Panel], ...]:
    panels = []
    for wall in (1, 2):
        z = low[2] + rng.uniform(0.5, 1.2)
        while z < 1.5:
            half = rng.uniform(0.45, 0.8)
            if rng.random() < 0.7:
                panels.append((wall, _panel(str(rng.choice(kind.panels)), z + half, half, high[1], rng)))
            z += 2 * half + rng.uniform(0.3, 1.0)
    return tuple(panels)


def _panel(kind: str, centre: float, half: float, ceiling: float, rng: np.random.Generator) -> Panel:
    bottom, top, half = {
        "window": (0.9, min(2.15, ceiling - 0.2), half),
        "door": (0.0, 2.06, 0.46),
        "picture": (1.3, rng.uniform(1.65, 1.95), min(half, 0.5) * rng.uniform(0.5, 0.9)),
        "board": (0.9, 2.0, half),
    }[kind]
    palette = LACQUERS if kind == "window" or rng.random() < 0.5 else WOODS
    red, green, blue = shade_of(rng, palette if kind != "window" else ((236, 236, 232),), 0.06)
    return Panel(
        kind=kind, centre=centre, half=half, low=bottom, high=top, colour=(float(red), float(green), float(blue)),
        seed=rng.uniform(0, 50),
    )  # fmt: skip
