"""Patterns of things outdoors: house fronts, roofs, corrugated steel, hedges, brick, cars, signs, barriers, sandbags."""

import numpy as np

from synthgest.scene.brushwork import Painted, cells, edge_of, line_at, mixed, tinted
from synthgest.scene.faces import FloatArray, Patch
from synthgest.scene.noise import scattered, step
from synthgest.scene.patterns import plain


def wall(at: Patch) -> Painted:
    """Plaster, darker at its foot, streaked under its top."""
    rough = at.noise.rough(at.u + at.seed, at.v, wave=1.6, octaves=5, footprint=at.pixel)
    streak = at.noise.rough(at.u * 3 + at.seed, at.v * 0.15, wave=0.6, octaves=3, footprint=at.pixel)
    foot = 0.25 * np.exp(-at.v / 0.4) * at.upright
    return at.colour * (1 + 0.12 * rough + 0.08 * streak - foot)[:, None], None


def brick(at: Patch) -> Painted:
    """Bricks in a running bond, whole walls or garden walls."""
    row = np.floor(at.v / 0.075)
    shifted = at.u / 0.24 + 0.5 * np.mod(row, 2)
    each = scattered(np.floor(shifted), row, 5.0) - 0.5
    a, b = np.mod(shifted, 1) * 0.24, np.mod(at.v, 0.075)
    joint = np.maximum(
        line_at(np.minimum(a, 0.24 - a), 0.005, at.pixel), line_at(np.minimum(b, 0.075 - b), 0.005, at.pixel)
    )
    fine = np.clip(0.2 / np.maximum(at.pixel, 1e-4) / 4, 0, 1)
    base, _ = wall(at)
    tone = base * (1 + 0.35 * each * fine)[:, None]
    return mixed(tone.astype(np.float32), np.full_like(tone, 0.34), 0.8 * joint), None


def stone(at: Patch) -> Painted:
    """Rough stone or concrete: lumps and dark hollows."""
    rough = at.noise.rough(at.u + at.seed, at.v + 0.5 * at.u, wave=0.5, octaves=6, footprint=at.pixel, gain=0.75)
    return at.colour * np.clip(1 + 0.45 * rough, 0.2, 2)[:, None], None


def front(at: Patch) -> Painted:
    """A house front: storeys of windows with frames and sills, a base, a cornice; some windows lit at night."""
    base = np.where((np.mod(at.seed, 1) < 0.35)[:, None], brick(at)[0], wall(at)[0])
    storey, level, bay = np.float32(3.1), np.floor(at.v / 3.1), 1.8 + 1.1 * np.mod(at.seed * 7, 1)
    column, within, each = cells(at.u, at.width, 2.4)
    wide = np.float32(0.24) + 0.1 * np.mod(at.seed * 3, 1)
    x, y = within - each / 2, at.v - level * storey - 1.55
    shop = (level < 1) & (np.mod(at.seed * 5, 1) < 0.35)
    half, tall = np.where(shop, each * 0.44, each * wide), np.where(shop, 1.25, 0.72 + 0 * bay)
    inside = np.minimum(half - np.abs(x), tall - np.abs(np.where(shop, y + 0.2, y)))
    fits = (at.v < np.floor((at.height + 0.2) / storey) * storey) & at.upright
    frame, pane = step(inside, 0.0, at.pixel) * fits, step(inside, 0.07, at.pixel) * fits
    bar = line_at(np.where(shop, np.float32(9), x), 0.03, at.pixel) * (inside > 0.07) * fits
    sill = (np.abs(y + 0.78) < 0.05) & (np.abs(x) < half + 0.08) & fits & ~shop
    trim = np.where((np.mod(at.seed * 11, 1) < 0.7)[:, None], np.float32(0.72), np.float32(0.1))
    band = ((at.v > at.height - 0.3) | (np.abs(at.v - 3.05) < 0.06)) & at.upright
    colour = np.where((band | sill)[:, None], base * 1.25, base)
    colour = mixed(colour.astype(np.float32), np.broadcast_to(trim, base.shape), np.maximum(frame - pane, bar))
    colour = colour * (1 - (pane * (1 - bar)))[:, None]
    shown = scattered(column, level + np.float32(3), 4.0)
    curtain = (np.abs(x) > half * (0.4 + 0.6 * shown)) & (shown < 0.6)
    sky = at.view * (0.1 + 0.3 * np.clip(0.4 + at.v / np.maximum(at.height, 1), 0, 1.3) * (0.3 + shown))[:, None]
    glow = np.where((shown > 0.62)[:, None], tinted((1.0, 0.66, 0.3)) * 0.9, 0.01) if at.dark else sky
    glow = glow + np.where((curtain & ~shop)[:, None], 0.3 * at.view * (0.15 if at.dark else 1.0), 0)
    glow = glow + np.where(
        (shop & at.dark)[:, None], tinted((0.5, 0.42, 0.3)) * (0.3 + 0.8 * shown * at.v / 3.1)[:, None], 0
    )
    return np.asarray(colour, np.float32), np.asarray(glow * (pane * (1 - bar))[:, None], np.float32)


def corrugated(at: Patch) -> Painted:
    """Ribbed steel: containers, sheds, hangars, with rust."""
    rib = np.sin(at.u * np.float32(2 * np.pi / 0.22)) * np.clip(0.12 / np.maximum(at.pixel, 1e-4), 0, 1)
    rust = np.clip(at.noise.rough(at.u + at.seed, at.v * 0.4, wave=1.1, octaves=5) * 2.2 - 0.55, 0, 0.7)
    tone = at.colour * (0.92 + 0.2 * rib)[:, None]
    tone = np.where((edge_of(at) < 0.09)[:, None], at.colour * 0.75, tone)
    return mixed(tone.astype(np.float32), np.broadcast_to(tinted((0.2, 0.09, 0.045)), tone.shape), rust), None


def tiled(at: Patch) -> Painted:
    """A tiled roof: rows of tiles, some darker, moss."""
    row = np.floor(at.v / 0.28)
    each = scattered(np.floor(at.u / 0.22 + 0.5 * np.mod(row, 2)), row, 6.0) - 0.5
    under = np.clip(np.mod(at.v, 0.28) / 0.28, 0, 1)
    fine = np.clip(0.28 / np.maximum(at.pixel, 1e-4) / 3, 0, 1)
    moss = at.noise.rough(at.u + at.seed, at.v, wave=2.0, octaves=4, footprint=at.pixel)
    return at.colour * (1 + fine * (0.3 * each + 0.3 * (under - 0.5)) + 0.15 * moss)[:, None], None


def leafy(at: Patch) -> Painted:
    """A hedge: leaves with gaps of dark between them."""
    leaf = at.noise.rough(at.u * 1.2 + at.seed, at.v * 1.2, wave=0.3, octaves=5, footprint=at.pixel, gain=0.9)
    speck = scattered(np.floor(at.u / 0.04), np.floor(at.v / 0.04), 2.0) - 0.5
    fine = np.clip(0.05 / np.maximum(at.pixel, 1e-4), 0, 1)
    return at.colour * np.clip(0.9 + 0.95 * leaf + 0.8 * fine * speck, 0.15, 2.2)[:, None], None


def stripes(at: Patch) -> Painted:
    """Slanting stripes of the colour and white: a barrier."""
    white = step(np.abs(np.mod((at.u + at.v) / 0.4, 1) - 0.5).astype(np.float32), 0.25, at.pixel * 2)
    return mixed(at.colour, np.full_like(at.colour, 0.8), white), None


def hoops(at: Patch) -> Painted:
    """A cone's or pole's level bands of white."""
    up = at.v / np.maximum(at.height, 0.05)
    white = ((up > 0.3) & (up < 0.5)) | ((up > 0.65) & (up < 0.82))
    return np.where((white & at.upright)[:, None], np.float32(0.82), at.colour).astype(np.float32), None


def car(at: Patch) -> Painted:
    """A car's body: lights, seams of the doors, a darker sill, a sheen of the sky upwards."""
    up = at.v / np.maximum(at.height, 0.1)
    long = at.width > 2.4
    seam = np.where(long, np.minimum(np.abs(at.u - at.width * 0.36), np.abs(at.u - at.width * 0.62)), 9)
    edge = np.minimum(at.u, at.width - at.u)
    lights = ~long & at.upright & (np.abs(up - 0.62) < 0.13) & (edge > 0.06) & (edge < 0.4)
    plate = ~long & at.upright & (np.abs(at.u - at.width / 2) < 0.26) & (np.abs(up - 0.3) < 0.1)
    sheen = np.where(at.upright, 0.04 + 0.1 * up, 0.22)[:, None] * at.view
    tone = (
        at.colour * (np.where(up < 0.16, 0.25, 1.0) * (1 - 0.55 * line_at(seam, 0.008, at.pixel) * at.upright))[:, None]
    )
    tone = np.where(plate[:, None], np.float32(0.7), tone + sheen)
    lit = np.where(np.mod(at.seed, 1)[:, None] < 0.5, tinted((0.6, 0.05, 0.04)), tinted((0.85, 0.85, 0.8)))
    return np.where(lights[:, None], lit * 0.8, tone).astype(np.float32), None


def cabin(at: Patch) -> Painted:
    """A car's upper part: panes in pillars, a roof."""
    pane = step(edge_of(at), 0.07, at.pixel) * at.upright
    pillar = line_at(at.u - at.width / 2, 0.04, at.pixel) * (at.width > 1.9)
    up = np.clip(at.v / np.maximum(at.height, 0.1), 0, 1)[:, None]
    body = at.colour + np.where(at.upright[:, None], 0.0, 0.2) * at.view
    seen = 0.015 + at.view * (0.08 + 0.25 * up)
    return mixed(body.astype(np.float32), seen.astype(np.float32), pane * (1 - pillar)), None


def tyre(at: Patch) -> Painted:
    """A wheel seen from its side: rubber with a rim."""
    off = np.hypot(at.u - at.width / 2, at.v - at.height / 2) / np.maximum(at.width, 0.05)
    return np.where((off < 0.3)[:, None], np.float32(0.32), np.float32(0.018)) + 0 * at.colour, None


def sign(at: Patch) -> Painted:
    """A sign: a light border, bars of writing."""
    edge = edge_of(at)
    row = (np.abs(np.mod(at.v / np.maximum(at.height, 0.1) * 3, 1) - 0.5) < 0.2) & (edge > 0.12 * at.height)
    text = row & (scattered(np.floor(at.u / 0.07), np.floor(at.v / np.maximum(at.height, 0.1) * 3), 7.0) < 0.75)
    border = edge < 0.06 * at.height
    return np.where(((text | border) & at.upright)[:, None], np.float32(0.8), at.colour).astype(np.float32), None


def sacks(at: Patch) -> Painted:
    """Sandbags laid like bricks, each round."""
    row = np.floor(at.v / 0.16)
    x, y = np.mod(at.u / 0.5 + 0.5 * np.mod(row, 2), 1) - 0.5, np.mod(at.v / 0.16, 1) - 0.5
    bulge = np.clip(1.25 - 4.2 * (np.abs(x) ** 4 * 8 + np.abs(y) ** 3 * 2), 0.3, 1.1)
    base, _ = plain(at)
    return base * np.where(at.upright, bulge, 0.9)[:, None], None


def coach(at: Patch) -> Painted:
    """The side of a train or bus: a row of windows, doors, a stripe along it."""
    number, within, each = cells(at.u, at.width, 1.7)
    leaf = np.mod(number, 4) == 1
    tall, low = np.where(leaf, 1.0, 0.42), np.where(leaf, 1.35, 1.85)
    inside = np.minimum(each * np.where(leaf, 0.36, 0.43) - np.abs(within - each / 2), tall - np.abs(at.v - low))
    pane = step(inside, 0.0, at.pixel) * (at.upright & (at.width > 4))
    stripe = (np.abs(at.v - 0.95) < 0.12) & at.upright
    base = np.where(stripe[:, None], at.colour[:, ::-1] * 0.6 + 0.1, wall(at)[0])
    seen = tinted((0.9, 0.8, 0.55)) * 0.8 if at.dark else 0.02 + at.view * 0.22
    return np.asarray(base * (1 - pane)[:, None], np.float32), np.asarray(seen * pane[:, None], np.float32)


OUTDOOR = {
    "wall": wall, "brick": brick, "stone": stone, "front": front, "corrugated": corrugated, "tiled": tiled, "leafy": leafy,
    "stripes": stripes, "hoops": hoops, "car": car, "cabin": cabin, "tyre": tyre, "sign": sign, "sacks": sacks, "coach": coach,
}  # fmt: skip
"""How each pattern is painted, by its name."""


def leaves(points: FloatArray, normals: FloatArray, colour: FloatArray, seed: FloatArray, at: Patch) -> FloatArray:
    """Albedo (N, 3) of a crown at points (N, 3): clumps that are lighter outside, specks of single leaves, dark hollows."""
    a = points[:, 0] + np.float32(0.6) * points[:, 2] + seed
    b = points[:, 1] + np.float32(0.35) * points[:, 2] - seed
    clump = at.noise.rough(a, b, wave=0.9, octaves=5, footprint=at.pixel, gain=0.85)
    cell = np.exp2(np.ceil(np.log2(np.maximum(at.pixel / np.float32(0.05), 1)))) * np.float32(0.05)
    speck = scattered(np.floor(a / cell), np.floor(b / cell), 1.0) - np.float32(0.5)
    value = 0.95 + 0.9 * clump + 0.55 * speck * np.sqrt(np.float32(0.05) / cell) + 0.16 * normals[:, 1]
    return np.asarray(colour * np.clip(value, 0.2, 2.0)[:, None], np.float32)
