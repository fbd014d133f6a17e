"""Furniture of homes and offices: each piece stands with its back to z = 0, its front towards +z, its middle at x = 0."""

import numpy as np

from synthgest.scene.colours import BRIGHTS, CLOTHS, DARK, LACQUERS, LEAVES, METAL, WHITE, WOODS, colour_of
from synthgest.scene.shapes import Ball, Colour, Piece, box, moved, piece, post, tapered

Rng = np.random.Generator


def legs(x: float, z0: float, z1: float, top: float, colour: Colour, thick: float = 0.04) -> Piece:
    """Four legs below a top that reaches from -x to x and from z0 to z1."""
    return piece(
        *(
            box((sx, 0, sz), (sx + thick, top, sz + thick), colour)
            for sx in (-x + 0.03, x - 0.03 - thick)
            for sz in (z0 + 0.03, z1 - 0.03 - thick)
        )
    )


def sofa(rng: Rng) -> Piece:
    """A sofa for two or three, with cushions."""
    cloth, half, deep, back = (
        colour_of(rng, CLOTHS),
        rng.uniform(0.75, 1.1),
        rng.uniform(0.82, 0.95),
        rng.uniform(0.75, 0.9),
    )
    solids = [
        box((-half, 0.08, 0.04), (half, back, 0.28), cloth, "cushions"),
        box((-half + 0.17, 0.08, 0.2), (half - 0.17, 0.44, deep), cloth, "cushions"),
        box((-half, 0.08, 0.04), (-half + 0.18, 0.62, deep), cloth, "cloth"),
        box((half - 0.18, 0.08, 0.04), (half, 0.62, deep), cloth, "cloth"),
    ]
    for _ in range(int(rng.integers(0, 4))):
        x, tone = rng.uniform(-half + 0.35, half - 0.35), colour_of(rng, CLOTHS + BRIGHTS[:3])
        solids.append(tapered((x - 0.2, 0.45, 0.27), (x + 0.2, 0.82, 0.42), (0.03, 0.05), tone, "cloth"))
    return piece(*solids)


def armchair(rng: Rng) -> Piece:
    """An armchair."""
    cloth, high = colour_of(rng, CLOTHS), rng.uniform(0.8, 1.0)
    return piece(
        box((-0.42, 0.12, 0), (0.42, high, 0.2), cloth, "cloth"),
        box((-0.3, 0.12, 0.15), (0.3, 0.44, 0.78), cloth, "cushions"),
        box((-0.42, 0.12, 0.02), (-0.28, 0.6, 0.78), cloth, "cloth"),
        box((0.28, 0.12, 0.02), (0.42, 0.6, 0.78), cloth, "cloth"),
    ) + legs(0.42, 0, 0.78, 0.12, DARK)


def coffee_table(rng: Rng) -> Piece:
    """A low table with a thing or two on it."""
    wood, half = colour_of(rng, WOODS + LACQUERS), rng.uniform(0.4, 0.6)
    top = rng.uniform(0.36, 0.46)
    return (
        piece(box((-half, top - 0.04, -0.3), (half, top, 0.3), wood, "wood"))
        + legs(half, -0.3, 0.3, top - 0.04, wood)
        + on_top(rng, half, 0.0, 0.2, top)
    )


def on_top(rng: Rng, half: float, near: float, far: float, up: float) -> Piece:
    """A few small things on a surface at height ``up``: books, a mug, a vase with a plant, a box."""
    solids, balls = [], []
    for _ in range(int(rng.integers(1, 5))):
        x, z = rng.uniform(-half + 0.1, half - 0.1), (near + far) / 2 + rng.uniform(-0.3, 0.3) * (far - near)
        tone, what = colour_of(rng, BRIGHTS + LACQUERS), rng.integers(4)
        if what == 0:
            for level in range(int(rng.integers(1, 4))):
                wide = rng.uniform(0.09, 0.13)
                low = up + 0.03 * level
                solids.append(
                    box((x - wide, low, z - 0.08), (x + wide, low + 0.03, z + 0.08), colour_of(rng, CLOTHS + BRIGHTS))
                )
        elif what == 1:
            solids.append(post(x, z, 0.04, up, up + 0.1, tone))
        elif what == 2:
            solids.append(post(x, z, 0.05, up, up + 0.18, tone, top=0.07))
            leaf = colour_of(rng, LEAVES)
            balls.append(
                Ball(centre=(x, up + 0.28, z), radius=0.13, half=0.15, colour=leaf, ragged=0.5, seed=rng.uniform(0, 9))
            )
        else:
            solids.append(box((x - 0.11, up, z - 0.08), (x + 0.11, up + rng.uniform(0.08, 0.2), z + 0.08), tone))
    return Piece(solids=tuple(solids), balls=tuple(balls))


def bookcase(rng: Rng) -> Piece:
    """A bookcase, full or half high."""
    half, top = rng.uniform(0.4, 0.75), rng.choice([1.1, 1.5, 1.9, 2.1])
    wood = colour_of(rng, WOODS + LACQUERS)
    case = piece(box((-half, 0, 0), (half, top, 0.32), wood, "books", seed=rng.uniform(0, 99)))
    return case + on_top(rng, half, 0.02, 0.3, top) if top < 1.6 else case


def cupboard(rng: Rng) -> Piece:
    """A wardrobe or cupboard with doors."""
    half, wood = rng.uniform(0.45, 0.9), colour_of(rng, WOODS + LACQUERS)
    top = rng.uniform(1.8, 2.2)
    return piece(
        box((-half, 0.05, 0), (half, top, 0.56), wood, "doors"),
        box((-half + 0.03, 0, 0.02), (half - 0.03, 0.06, 0.5), DARK),
    )


def sideboard(rng: Rng) -> Piece:
    """A sideboard or chest of drawers with things on it, now and then a television."""
    half, top, wood = rng.uniform(0.55, 0.95), rng.uniform(0.55, 0.9), colour_of(rng, WOODS + LACQUERS)
    base = piece(box((-half, 0.1, 0), (half, top, 0.44), wood, str(rng.choice(["doors", "drawers"])))) + legs(
        half, 0, 0.44, 0.1, wood
    )
    if rng.random() < 0.35:
        return base + moved(television(rng), 0, 0.16, up=top)
    return base + on_top(rng, half, 0.05, 0.4, top)


def television(rng: Rng) -> Piece:
    """A television on its foot."""
    half = rng.uniform(0.42, 0.62)
    return piece(
        box((-half, 0.06, 0), (half, 0.06 + 1.15 * half, 0.05), DARK, "screen", seed=rng.uniform(0, 9)),
        box((-0.2, 0, -0.06), (0.2, 0.015, 0.14), DARK),
        box((-0.03, 0, 0), (0.03, 0.1, 0.03), DARK),
    )


def bed(rng: Rng) -> Piece:
    """A bed, its head to the wall, made with a blanket and pillows."""
    half, long = rng.choice([0.48, 0.72, 0.85]), 2.05
    wood, sheet, cover = colour_of(rng, WOODS + LACQUERS), WHITE, colour_of(rng, CLOTHS + LACQUERS)
    pillows = (0.0,) if half < 0.6 else (-half / 2, half / 2)
    return piece(
        box((-half - 0.03, 0, 0), (half + 0.03, rng.uniform(0.85, 1.15), 0.06), wood, "wood"),
        box((-half, 0.12, 0.05), (half, 0.34, long), wood, "wood"),
        box((-half + 0.02, 0.3, 0.06), (half - 0.02, 0.52, long - 0.02), sheet, "cloth"),
        tapered((-half - 0.01, 0.22, 0.65), (half + 0.01, 0.57, long + 0.01), (0.03, 0.02), cover, "cloth"),
        *(tapered((x - 0.3, 0.5, 0.12), (x + 0.3, 0.64, 0.52), (0.06, 0.06), sheet, "cloth") for x in pillows),
    )


def nightstand(rng: Rng) -> Piece:
    """A small chest with a table lamp."""
    wood = colour_of(rng, WOODS + LACQUERS)
    return piece(
        box((-0.22, 0.05, 0), (0.22, 0.5, 0.38), wood, "drawers"),
        post(0, 0.18, 0.05, 0.5, 0.72, METAL, top=0.02),
        post(0, 0.18, 0.14, 0.7, 0.92, (0.85, 0.72, 0.5), "lamp", top=0.09),
    )


def floor_lamp(rng: Rng) -> Piece:
    """A lamp on a tall foot, lit."""
    high = rng.uniform(1.5, 1.75)
    return piece(
        post(0, 0.2, 0.15, 0, 0.03, DARK),
        post(0, 0.2, 0.014, 0, high, METAL),
        post(0, 0.2, 0.22, high - 0.02, high + 0.28, (0.9, 0.74, 0.5), "lamp", top=0.13),
    )


def plant(rng: Rng) -> Piece:
    """A plant in a pot, knee high to taller than a person."""
    high, tone = rng.uniform(0.5, 1.7), colour_of(rng, LACQUERS + BRIGHTS[:1] + WOODS[:2])
    pot = piece(post(0, 0.25, 0.12 + 0.04 * high, 0, 0.25 + 0.08 * high, tone, top=0.15 + 0.05 * high))
    stem = piece(post(0, 0.25, 0.02, 0.2, 0.75 * high, colour_of(rng, WOODS)))
    leaf = colour_of(rng, LEAVES)
    balls = tuple(
        Ball(
            centre=(
                rng.uniform(-0.16, 0.16) * high,
                high * rng.uniform(0.6, 0.98),
                0.25 + rng.uniform(-0.12, 0.12) * high,
            ),
            radius=rng.uniform(0.14, 0.24) * (0.5 + 0.5 * high),
            half=rng.uniform(0.12, 0.26) * (0.5 + 0.5 * high),
            colour=leaf,
            ragged=0.75,
            seed=rng.uniform(0, 90),
        )
        for _ in range(6)
    )
    return pot + stem + Piece(solids=(), balls=balls)


def chair(rng: Rng, colour: Colour | None = None) -> Piece:
    """A plain chair with four legs."""
    wood = colour_of(rng, WOODS + LACQUERS) if colour is None else colour
    return piece(
        box((-0.21, 0.42, -0.21), (0.21, 0.46, 0.21), wood, "wood"),
        box((-0.21, 0.62, -0.22), (0.21, 0.86, -0.19), wood, "wood"),
        box((-0.2, 0.44, -0.22), (-0.165, 0.86, -0.185), wood),
        box((0.165, 0.44, -0.22), (0.2, 0.86, -0.185), wood),
    ) + legs(0.23, -0.23, 0.23, 0.42, wood, 0.035)


def table(rng: Rng) -> Piece:
    """A dining or cafe table with chairs around it, its middle at the origin."""
    half, wood, seats = rng.uniform(0.4, 0.8), colour_of(rng, WOODS), colour_of(rng, WOODS + LACQUERS)
    top = piece(box((-half, 0.71, -0.4), (half, 0.75, 0.4), wood, "wood")) + legs(half, -0.4, 0.4, 0.71, wood, 0.06)
    top = top + on_top(rng, half, -0.2, 0.2, 0.75)
    for x in (-half / 2, half / 2) if half > 0.55 else (0.0,):
        for side in (-1, 1):
            away = rng.uniform(0.42, 0.6)
            top = top + moved(chair(rng, seats), x, side * away, np.pi * (side > 0) + rng.normal(0, 0.15))
    return top


def rug(rng: Rng) -> Piece:
    """A rug, its middle at the origin."""
    x, z = rng.uniform(0.8, 1.5), rng.uniform(0.6, 1.0)
    return piece(box((-x, 0.0, -z), (x, 0.012, z), colour_of(rng, CLOTHS + BRIGHTS[:1]), "rug", seed=rng.uniform(0, 9)))


def kitchen(rng: Rng) -> Piece:
    """A run of kitchen units with a worktop, wall cupboards, a hob and a sink."""
    half, front, top = rng.uniform(1.0, 1.6), colour_of(rng, LACQUERS + WOODS), colour_of(rng, WOODS + LACQUERS[2:])
    solids = [
        box((-half, 0.1, 0), (half, 0.87, 0.58), front, "doors"),
        box((-half, 0, 0.02), (half, 0.1, 0.52), DARK),
        box((-half, 0.87, 0), (half, 0.91, 0.62), top, "wood"),
        box((-half * 0.5 - 0.28, 0.91, 0.08), (-half * 0.5 + 0.28, 0.918, 0.54), DARK),
        box((half * 0.4 - 0.3, 0.908, 0.1), (half * 0.4 + 0.3, 0.915, 0.5), (0.45, 0.46, 0.47)),
        post(half * 0.4, 0.06, 0.015, 0.91, 1.18, METAL),
        box((half * 0.4 - 0.015, 1.16, 0.06), (half * 0.4 + 0.015, 1.18, 0.24), METAL),
        box((-half, 0.91, 0), (half, 1.42, 0.012), colour_of(rng, LACQUERS), "brick"),
        box((-half * 0.5 - 0.3, 1.55, 0), (-half * 0.5 + 0.3, 1.7, 0.42), METAL),
    ]
    solids += [
        box((-half, 1.45, 0), (-half * 0.5 - 0.32, 2.12, 0.34), front, "doors"),
        box((-half * 0.5 + 0.32, 1.45, 0), (half, 2.12, 0.34), front, "doors"),
    ]
    return piece(*solids) + on_top(rng, half, 0.1, 0.4, 0.91)


def fridge(rng: Rng) -> Piece:
    """A refrigerator, white or steel, with notes on it."""
    tone = colour_of(rng, LACQUERS[:2] + LACQUERS[4:5])
    notes = [
        box((x, y, 0.62), (x + 0.1, y + 0.12, 0.625), colour_of(rng, BRIGHTS), "poster")
        for x, y in zip(rng.uniform(-0.25, 0.15, 3), rng.uniform(1.0, 1.6, 3), strict=True)
    ]
    return piece(
        box((-0.3, 0.02, 0), (0.3, 0.68, 0.62), tone),
        box((-0.3, 0.7, 0), (0.3, 1.85, 0.62), tone),
        box((0.22, 0.35, 0.62), (0.25, 0.64, 0.66), METAL),
        box((0.22, 0.76, 0.62), (0.25, 1.2, 0.66), METAL),
        *notes,
    )
