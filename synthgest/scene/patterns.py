"""Patterns of things indoors: wood, cloth, cupboard doors, books, goods, screens, windows, doors, pictures, boards."""

import numpy as np

from synthgest.scene.brushwork import Painted, cells, edge_of, line_at, mixed, tinted
from synthgest.scene.faces import Patch
from synthgest.scene.noise import scattered, step
from synthgest.scene.tone import srgb_to_linear


def plain(at: Patch) -> Painted:
    """Paint with a little dirt, its edges a little lighter."""
    dirt = at.noise.rough(at.u + at.seed, at.v - at.seed, wave=0.5, octaves=3, footprint=at.pixel)
    worn = line_at(edge_of(at), 0.004, at.pixel)
    return at.colour * (1 + 0.07 * dirt + 0.15 * worn)[:, None], None


def wood(at: Patch) -> Painted:
    """Grain along the longer side."""
    long = at.width >= at.height
    a, b = np.where(long, at.u, at.v) + at.seed, np.where(long, at.v, at.u)
    grain = at.noise.rough(a * 0.35, b * 4, wave=0.25, octaves=3, footprint=at.pixel * 2)
    return at.colour * (1 + 0.22 * grain + 0.12 * line_at(edge_of(at), 0.004, at.pixel))[:, None], None


def cloth(at: Patch) -> Painted:
    """Woven cloth with soft folds."""
    fold = at.noise.rough(at.u + at.seed, at.v * 0.6, wave=0.35, octaves=3, footprint=at.pixel)
    weave = scattered(np.floor(at.u / 0.006), np.floor(at.v / 0.006), 3.0) - 0.5
    fine = np.clip(0.01 / np.maximum(at.pixel, 1e-4), 0, 1) * 0.14
    return at.colour * (1 + 0.14 * fold + fine * weave)[:, None], None


def cushions(at: Patch) -> Painted:
    """Upholstery with seams every 75 cm, round between them."""
    base, _ = cloth(at)
    _, within, each = cells(at.u, at.width, 0.75)
    gap = np.minimum(np.minimum(within, each - within), np.minimum(at.v, at.height - at.v))
    seam = line_at(gap, 0.006, at.pixel)
    return base * ((1 - 0.6 * seam) * (1 - 0.28 * np.exp(-gap / 0.05)))[:, None], None


def doors(at: Patch) -> Painted:
    """Cupboard fronts with gaps and handles."""
    _, within, each = cells(at.u, at.width, 0.5)
    gap = np.minimum(np.minimum(within, each - within), np.minimum(at.v, at.height - at.v))
    handle = (np.abs(within - each + 0.05) < 0.012) & (np.abs(at.v - at.height * 0.6) < 0.07) & at.upright
    base, _ = plain(at)
    return base * ((1 - 0.6 * line_at(gap, 0.004, at.pixel) * at.upright) * np.where(handle, 0.3, 1.0))[:, None], None


def drawers(at: Patch) -> Painted:
    """Drawers one over another, each with a bar to pull."""
    _, within, each = cells(at.v, at.height, 0.24)
    gap = np.minimum(np.minimum(within, each - within), np.minimum(at.u, at.width - at.u))
    bar = (np.abs(within - 0.7 * each) < 0.012) & (np.abs(at.u - at.width / 2) < 0.09) & at.upright
    base, _ = wood(at)
    return base * ((1 - 0.6 * line_at(gap, 0.004, at.pixel) * at.upright) * np.where(bar, 0.3, 1.0))[:, None], None


def books(at: Patch) -> Painted:
    """A bookcase: boards, spines of muted colours and different heights, some places empty or with a box."""
    _, above, board = cells(at.v, at.height, 0.34)
    level = np.floor(at.v / np.maximum(board, 1e-3))
    column = np.floor(at.u / 0.034)
    tall = board * (0.55 + 0.33 * scattered(column, level, 1.7))
    bay = np.floor((at.u + at.seed) / 0.24)
    empty = scattered(bay, level, 2.9) < 0.25
    hue = np.stack([scattered(column, level + at.seed, shift) for shift in (1.0, 2.0, 3.0)], axis=1)
    grey = scattered(column, level + at.seed, 4.0)[:, None]
    spine = srgb_to_linear(np.clip(0.12 + 0.62 * grey + 0.3 * (hue - 0.5), 0.04, 0.9))
    spine = spine * np.where((np.abs(above / np.maximum(tall, 0.01) - 0.7) < 0.05)[:, None], 1.4, 1.0)
    inside = at.colour * (0.2 + 0.3 * (1 - above / np.maximum(board, 0.01)))[:, None]
    frame = (above < 0.024) | (np.minimum(at.u, at.width - at.u) < 0.024) | (at.v > at.height - 0.03)
    filled = (above < tall) & ~empty & (np.mod(at.u, 0.034) > 0.003)
    shown = np.where(filled[:, None], spine * (0.75 + 0.25 * np.clip(above / 0.1, 0, 1))[:, None], inside)
    front = (at.upright & (at.width > 0.45)) & ~frame
    return np.where(front[:, None], shown, wood(at)[0]).astype(np.float32), None


def goods(at: Patch) -> Painted:
    """A shop's shelf: rows of packets in bright colours, the same several times over, with price rails."""
    _, above, board = cells(at.v, at.height, 0.36)
    level = np.floor(at.v / np.maximum(board, 1e-3))
    kind = np.floor(at.u / 0.38 + scattered(level, level * 0, 8.0))
    width = 0.07 + 0.08 * scattered(kind, level + at.seed, 1.0)
    packet = np.mod(at.u, width)
    tall = board * (0.5 + 0.35 * scattered(kind, level + at.seed, 2.0))
    hue = np.stack([scattered(kind, level + at.seed, shift) for shift in (3.0, 4.0, 5.0)], axis=1)
    grey = hue.mean(axis=1, keepdims=True)
    tone = srgb_to_linear(np.clip(0.2 + 0.62 * (0.5 * hue + 0.5 * grey), 0.05, 0.95))
    label = (np.abs(above / np.maximum(tall, 0.01) - 0.55) < 0.18) & (packet > 0.015)
    tone = np.where(label[:, None], 0.35 + 0.5 * tone[:, ::-1], tone)
    filled = (above < tall) & (packet > 0.006) & (scattered(kind, level, 6.0) > 0.08)
    rail = above < 0.045
    inside = at.colour * np.float32(0.25)
    shown = np.where(rail[:, None], tinted((0.62, 0.6, 0.55)), np.where(filled[:, None], tone, inside))
    front = at.upright & (at.width > 0.6)
    return np.where(front[:, None], shown, at.colour).astype(np.float32), None


def screen(at: Patch) -> Painted:
    """A dark screen, on or off, in a thin frame."""
    inside = step(edge_of(at), 0.012, at.pixel) * (at.upright & (at.width > 0.25))
    on = (np.mod(at.seed, 1) < 0.55)[:, None]
    hue = 0.5 + 0.5 * np.sin(np.stack([at.seed, at.seed + 2, at.seed + 4], axis=1))
    rows = scattered(np.floor(at.u / 0.05), np.floor(at.v / 0.02), 3.0) * (np.mod(at.v, 0.02) < 0.012)
    shown = np.where(
        on, 0.18 * hue + 0.25 * rows[:, None], 0.012 + 0.02 * at.view * (at.v / np.maximum(at.height, 0.1))[:, None]
    )
    return mixed(at.colour, at.colour * 0, inside), np.asarray(shown * inside[:, None], np.float32)


def window(at: Patch) -> Painted:
    """A window: a frame with bars, and outside the sky over trees or houses; at night dark with a few lights."""
    up = at.v / np.maximum(at.height, 0.1)
    garden = at.noise.rough(at.u + at.seed, at.v * 1.3, wave=0.7, octaves=4, footprint=at.pixel)
    block = np.floor(at.u / 0.35 + at.seed)
    roofs = 0.25 + 0.4 * scattered(block, block * 0, 1.0)
    line = np.where(np.mod(at.seed, 2) < 1, 0.42 + 0.3 * garden, roofs)
    trees = step(line.astype(np.float32), up.astype(np.float32), 0.04)[:, None]
    tone = np.where((np.mod(at.seed, 2) < 1)[:, None], tinted((0.32, 0.42, 0.22)), tinted((0.5, 0.45, 0.4)))
    lit = scattered(np.floor(at.u / 0.06), np.floor(at.v / 0.08), 2.0)[:, None]
    below = tone * at.view * (0.55 + 0.4 * garden)[:, None]
    if at.dark:
        below = below * 0.4 + np.where(lit > 0.93, tinted((0.8, 0.55, 0.25)), 0)
    outside = (at.view * (0.8 + 0.35 * up)[:, None]) * (1 - trees) + below * trees
    _, within, each = cells(at.u, at.width, 0.75)
    bar = np.minimum(np.minimum(within, each - within), np.abs(up - 0.66) * at.height + 0.012)
    glass = step(np.minimum(edge_of(at) - 0.05, bar - 0.022).astype(np.float32), 0.0, at.pixel) * at.upright
    return at.colour * (1 - glass)[:, None], np.asarray(outside * glass[:, None], np.float32)


def door(at: Patch) -> Painted:
    """A panelled door with a handle, in its frame."""
    inner = np.minimum(
        np.minimum(at.u, at.width - at.u) - 0.2, np.minimum(np.abs(at.v - 0.95) - 0.1, at.height - 0.22 - at.v)
    )
    panelled = np.mod(at.seed, 1) < 0.6
    groove = np.exp(-((inner / 0.016) ** 2)) * np.clip(0.02 / (at.pixel + 0.01), 0, 1) * panelled
    edge = np.minimum(np.minimum(at.u, at.width - at.u), at.height - at.v)
    gap = line_at(edge - np.float32(0.07), 0.004, at.pixel)
    handle = (np.abs(at.u - at.width + 0.15) < 0.06) & (np.abs(at.v - 1.03) < 0.014)
    base, _ = wood(at)
    value = (1 - 0.35 * groove) * (1 - 0.6 * gap) * np.where(edge < 0.07, 1.12, 1.0)
    return np.where(handle[:, None], np.float32(0.25), base * value[:, None]).astype(np.float32), None


def picture(at: Patch) -> Painted:
    """A framed picture: a landscape or an abstract, in a mount."""
    shape = at.noise.rough(at.u + at.seed, at.v * 0.7 + at.seed, wave=0.4, octaves=4, footprint=at.pixel)
    up = at.v / np.maximum(at.height, 0.1)
    hue = 0.45 + 0.33 * np.sin(np.stack([at.seed * 5, at.seed * 7 + 2, at.seed * 3 + 4], axis=1))
    landscape = np.where(
        (up < 0.45 + 0.35 * shape)[:, None], hue * 0.35 * (0.6 + shape)[:, None] + 0.06, 0.35 + 0.35 * hue
    )
    fields = srgb_to_linear(np.clip(0.5 + 0.35 * np.sin(4 * shape[:, None] + hue * 6), 0.05, 0.95))
    art = np.where((np.mod(at.seed, 1) < 0.6)[:, None], landscape, fields)
    edge = edge_of(at)
    mount, frame = step(edge, 0.06, at.pixel), step(edge, 0.02, at.pixel)
    shown = mixed(np.full_like(at.colour, 0.72), art.astype(np.float32), mount)
    return mixed(at.colour, shown, frame * at.upright), None


def poster(at: Patch) -> Painted:
    """A notice or poster: a heading, lines of text, a block of colour."""
    hue = 0.45 + 0.33 * np.sin(np.stack([at.seed * 5, at.seed * 7 + 2, at.seed * 3 + 4], axis=1))
    up, across = at.v / np.maximum(at.height, 0.1), at.u / np.maximum(at.width, 0.1)
    row = np.floor(at.v / 0.03)
    text = (
        (np.mod(at.v, 0.03) < 0.013)
        & (across > 0.1)
        & (across < 0.5 + 0.4 * scattered(row, at.seed, 2.0))
        & (up < 0.45)
    )
    block = (np.abs(across - 0.5) < 0.4) & (np.abs(up - 0.68) < 0.22)
    paper = np.where(block[:, None], 0.08 + 0.6 * hue, 0.78)
    return np.where((text & at.upright)[:, None], paper * 0.25, paper).astype(np.float32), None


def board(at: Patch) -> Painted:
    """A board to write on, white or (where its colour is dark) green or black, with what was written left on it."""
    smear = at.noise.rough(at.u, at.v, wave=0.6, octaves=3, footprint=at.pixel)
    dark = at.colour.mean(axis=1) < 0.3
    row = np.floor(at.v / 0.11)
    word = np.floor(at.u / 0.21 + 3 * scattered(row, at.seed, 7.0))
    written = (scattered(word, row + at.seed, 1.0) < 0.55) & (
        scattered(np.floor(at.u / 0.9), np.floor(at.v / 0.4), 4.0) < 0.5
    )
    wave = 0.022 * np.sin(at.u * 95 + 9 * scattered(word, row, 2.0)) * scattered(np.floor(at.u / 0.05), row, 3.0)
    ink = line_at((np.mod(at.v, 0.11) - 0.055 - wave).astype(np.float32), 0.006, at.pixel) * written
    ink = ink * (edge_of(at) > 0.12) * (np.mod(at.u, 0.21) > 0.03)
    face = at.colour * (1 + np.where(dark, 0.5, 0.06) * smear)[:, None]
    shown = mixed(face.astype(np.float32), np.where(dark[:, None], 0.55, tinted((0.03, 0.05, 0.2))), ink)
    return mixed(np.full_like(at.colour, 0.3), shown, step(edge_of(at), 0.025, at.pixel)), None


def lockers(at: Patch) -> Painted:
    """Narrow steel doors with slots."""
    number, within, each = cells(at.u, at.width, 0.3)
    _, low, tall = cells(at.v, at.height, 0.95)
    gap = np.minimum(np.minimum(within, each - within), np.minimum(low, tall - low))
    slot = (np.abs(within - each / 2) < 0.06) & (np.mod(low, 0.03) < 0.01) & (low > tall - 0.2) & (low < tall - 0.08)
    lock = (np.abs(within - each + 0.05) < 0.012) & (np.abs(low - tall * 0.5) < 0.025)
    tone = 1 + 0.08 * (scattered(number, at.seed, 1.0) - 0.5)
    value = tone * (1 - 0.65 * line_at(gap, 0.006, at.pixel)) * np.where((slot | lock) & at.upright, 0.35, 1.0)
    return at.colour * value[:, None], None


def cardboard(at: Patch) -> Painted:
    """A carton: tape along the middle, a label."""
    base, _ = plain(at)
    tape = np.abs(at.u - at.width / 2) < 0.03
    label = (np.abs(at.u - at.width * 0.7) < 0.06) & (np.abs(at.v - at.height * 0.6) < 0.045) & at.upright
    shown = np.where(label[:, None], 0.7, base * np.where(tape, 1.25, 1.0)[:, None])
    return np.asarray(shown * (1 - 0.3 * line_at(edge_of(at), 0.006, at.pixel))[:, None], np.float32), None


def crate(at: Patch) -> Painted:
    """Boards with gaps between them."""
    number, within, each = cells(at.v, at.height, 0.12)
    gap = line_at(np.minimum(within, each - within), 0.008, at.pixel)
    base, _ = wood(at)
    tone = 1 + 0.3 * (scattered(number, at.seed, 1.0) - 0.5)
    post_ = (np.minimum(at.u, at.width - at.u) < 0.07) * 0.12
    return base * ((tone + post_) * (1 - 0.75 * gap))[:, None], None


def mats(at: Patch) -> Painted:
    """Exercise mats in a pile."""
    gap = line_at((np.mod(at.v, 0.1) - 0.05).astype(np.float32), 0.006, at.pixel) * at.upright
    return at.colour * (1 - 0.6 * gap)[:, None], None


def curtain(at: Patch) -> Painted:
    """Cloth in upright folds."""
    fold = np.sin(at.u * 42 + 3 * at.noise.rough(at.u, at.v * 0.15, wave=0.4, octaves=2))
    return at.colour * (0.78 + 0.22 * fold * np.clip(0.06 / np.maximum(at.pixel, 1e-4), 0, 1))[:, None], None


def rug(at: Patch) -> Painted:
    """A rug with a border and a field of figures."""
    edge = edge_of(at)
    hue = 0.45 + 0.33 * np.sin(np.stack([at.seed * 5, at.seed * 7 + 2, at.seed * 3 + 4], axis=1))
    figure = np.sin(at.u * 14 + at.seed) * np.sin(at.v * 14 - at.seed)
    tone = np.where((figure > 0.35)[:, None], at.colour * 0.55 + 0.2 * hue, at.colour)
    border = (edge > 0.1) & (edge < 0.2)
    tone = np.where((border & (np.mod(at.seed, 1) < 0.7))[:, None], 0.5 * hue, tone)
    pile = at.noise.rough(at.u, at.v, wave=0.05, octaves=3, footprint=at.pixel)
    return np.asarray(tone * (0.9 + 0.3 * pile)[:, None], np.float32), None


def lamp(at: Patch) -> Painted:
    """A lamp that is on."""
    return at.colour * 0, np.asarray(at.colour * np.float32(2.2), np.float32)


def glass(at: Patch) -> Painted:
    """A pane that mirrors the sky or the room."""
    up = np.clip(at.v / np.maximum(at.height, 0.1), 0, 1)[:, None]
    return at.colour * 0.25, np.asarray(at.view * (0.1 + 0.22 * up) * (0.5 + at.colour), np.float32)


INDOOR = {
    "plain": plain, "wood": wood, "cloth": cloth, "cushions": cushions, "doors": doors, "drawers": drawers, "books": books,
    "goods": goods, "screen": screen, "window": window, "door": door, "picture": picture, "poster": poster, "board": board,
    "lockers": lockers, "cardboard": cardboard, "crate": crate, "mats": mats, "curtain": curtain, "rug": rug, "lamp": lamp,
    "glass": glass,
}  # fmt: skip
"""How each pattern is painted, by its name."""
