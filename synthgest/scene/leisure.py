"""Things to play, rest and trade on outdoors: goals, swings, slides, benches, parasols, stalls."""

import numpy as np

from synthgest.scene.colours import (
    BRIGHTS,
    CARTONS,
    DARK,
    LACQUERS,
    METAL,
    ROCKS,
    WHITE,
    WOODS,
    colour_of,
)
from synthgest.scene.shapes import Ball, Piece, box, hull, piece, post, tapered

Rng = np.random.Generator


def park_bench(rng: Rng) -> Piece:
    """A bench with a back."""
    wood, half = colour_of(rng, WOODS), rng.uniform(0.7, 1.0)
    slats = [box((-half, 0.42, z), (half, 0.45, z + 0.09), wood, "wood") for z in (0.1, 0.22, 0.34)]
    back = [box((-half, y, 0.02), (half, y + 0.1, 0.05), wood, "wood") for y in (0.58, 0.74)]
    feet = [
        box((x, 0, 0.02), (x + 0.06, 0.84 if z else 0.42, 0.06) if z else (x + 0.06, 0.42, 0.44), METAL)
        for x in (-half + 0.12, half - 0.18)
        for z in (0, 1)
    ]
    return piece(*slats, *back, *feet)


def goal(rng: Rng) -> Piece:
    """A football goal whose net leans back."""
    bar = [box((x, 0, -0.05), (x + 0.1, 2.2, 0.05), WHITE) for x in (-2.5, 2.4)]
    net = [box((x, 0, -1.3), (x + 0.03, 1.2, -1.27), WHITE) for x in np.arange(-2.5, 2.5, 0.8)]
    net += [box((-2.5, y, -1.3), (2.5, y + 0.02, -1.27), WHITE) for y in (0.3, 0.7, 1.15)]
    return piece(*bar, box((-2.5, 2.1, -0.05), (2.5, 2.2, 0.05), WHITE), *net)


def basket(rng: Rng) -> Piece:
    """A basketball post."""
    return piece(
        post(0, -0.6, 0.09, 0, 3.2, METAL),
        box((-0.04, 3.1, -0.6), (0.04, 3.2, 0.5), METAL),
        box((-0.9, 2.8, 0.5), (0.9, 3.8, 0.54), WHITE, "sign"),
        box((-0.22, 3.02, 0.54), (0.22, 3.05, 0.98), (0.6, 0.16, 0.04)),
    )


def swing(rng: Rng) -> Piece:
    """Swings on a frame."""
    tone = colour_of(rng, BRIGHTS)
    solids = [box((-2, 2.3, -0.06), (2, 2.42, 0.06), tone)]
    for x in (-2.0, 1.9):
        for z in (-1.0, 0.9):
            solids.append(
                hull(
                    ((x, z), (x + 0.1, z), (x + 0.1, z + 0.1), (x, z + 0.1)),
                    ((x, -0.05), (x + 0.1, -0.05), (x + 0.1, 0.05), (x, 0.05)),
                    0,
                    2.35,
                    tone,
                )
            )
    for x in (-0.9, 0.9):
        solids += [
            box((x - 0.22, 0.5, -0.12), (x + 0.22, 0.54, 0.12), DARK),
            box((x - 0.2, 0.5, -0.01), (x - 0.18, 2.3, 0.01), METAL),
            box((x + 0.18, 0.5, -0.01), (x + 0.2, 2.3, 0.01), METAL),
        ]
    return piece(*solids)


def slide(rng: Rng) -> Piece:
    """A slide with its tower."""
    tone, second = colour_of(rng, BRIGHTS), colour_of(rng, BRIGHTS)
    chute = hull(
        ((0.6, -0.3), (3.4, -0.3), (3.4, 0.3), (0.6, 0.3)),
        ((0.6, -0.3), (0.7, -0.3), (0.7, 0.3), (0.6, 0.3)),
        0.1,
        1.6,
        tone,
    )
    posts = [box((x, 0, z), (x + 0.1, 2.3, z + 0.1), second) for x in (-0.6, 0.5) for z in (-0.55, 0.45)]
    roof = tapered((-0.8, 2.3, -0.75), (0.8, 3.0, 0.75), (0.75, 0.7), tone)
    return piece(chute, *posts, box((-0.6, 1.4, -0.55), (0.6, 1.5, 0.55), second), roof)


def climbing_frame(rng: Rng) -> Piece:
    """A frame of bars to climb on."""
    tone = colour_of(rng, BRIGHTS)
    bars = [
        box((x - 0.025, 0, z - 0.025), (x + 0.025, 1.8, z + 0.025), tone)
        for x in (-0.8, 0, 0.8)
        for z in (-0.8, 0, 0.8)
    ]
    levels = [
        box((-0.8, y, z - 0.02), (0.8, y + 0.04, z + 0.02), tone) for y in (0.6, 1.2, 1.76) for z in (-0.8, 0, 0.8)
    ]
    return piece(*bars, *levels)


def parasol(rng: Rng) -> Piece:
    """A parasol over a mat or a deckchair."""
    tone = colour_of(rng, BRIGHTS)
    return piece(
        post(0, 0, 0.03, 0, 2.2, WHITE),
        post(0, 0, 1.15, 1.85, 2.3, tone, "stripes" if rng.random() < 0.5 else "cloth", top=0.05),
        box((0.3, 0.0, -0.4), (1.2, 0.03, 1.3), colour_of(rng, BRIGHTS), "rug", seed=rng.uniform(0, 9)),
        tapered((-1.0, 0.1, -0.2), (-0.4, 0.75, 0.9), (0.0, 0.3), colour_of(rng, BRIGHTS), "cloth"),
    )


def hut(rng: Rng) -> Piece:
    """A lifeguard's or market hut of boards."""
    tone, roof = colour_of(rng, BRIGHTS + WOODS), colour_of(rng, BRIGHTS + LACQUERS)
    return piece(
        box((-1.3, 0.1, -2.2), (1.3, 2.3, 0), tone, "crate"),
        tapered((-1.6, 2.3, -2.5), (1.6, 3.0, 0.4), (1.5, 0), roof, "tiled"),
        box((-0.45, 0.1, 0), (0.45, 2.0, 0.04), WHITE, "door"),
    )


def stall(rng: Rng) -> Piece:
    """A market stall under an awning, with boxes of goods."""
    tone = colour_of(rng, BRIGHTS)
    boxes = [
        box((x, 0.8, -0.7), (x + 0.45, 1.0, -0.1), colour_of(rng, BRIGHTS + CARTONS), "crate")
        for x in (-1.2, -0.7, -0.2, 0.3, 0.8)
    ]
    posts = [box((x, 0, z), (x + 0.05, 2.3, z + 0.05), METAL) for x in (-1.4, 1.35) for z in (-1.3, 0)]
    return piece(
        box((-1.35, 0, -0.9), (1.35, 0.8, 0), colour_of(rng, WOODS), "crate"),
        *boxes,
        *posts,
        tapered((-1.6, 2.25, -1.5), (1.6, 2.75, 0.5), (0.1, 0.9), tone, "stripes"),
    )


def fountain(rng: Rng) -> Piece:
    """A round basin with a figure in it."""
    stone = colour_of(rng, ROCKS)
    return piece(
        post(0, 0, 1.9, 0, 0.5, stone, "stone"),
        post(0, 0, 1.65, 0.5, 0.505, (0.1, 0.16, 0.18)),
        post(0, 0, 0.3, 0.5, 1.5, stone, "stone", top=0.2),
        post(0, 0, 0.5, 1.5, 1.7, stone, "stone", top=0.7),
    )


def planter(rng: Rng) -> Piece:
    """A tub with a bush."""
    leaf = colour_of(rng, ((74, 96, 46), (96, 118, 66)))
    ball = Ball(centre=(0, 0.85, 0), radius=0.42, half=0.4, colour=leaf, ragged=0.5, seed=rng.uniform(0, 90))
    return piece(
        tapered((-0.4, 0, -0.4), (0.4, 0.55, 0.4), (-0.05, -0.05), colour_of(rng, ROCKS + WOODS), "crate")
    ) + Piece(solids=(), balls=(ball,))
