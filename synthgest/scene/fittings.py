"""Things of schools, shops, halls, clinics and workshops; backs at z = 0, fronts towards +z, middles at x = 0."""

import numpy as np

from synthgest.scene.colours import BRIGHTS, CLOTHS, DARK, LACQUERS, METAL, STEELS, WHITE, WOODS, colour_of
from synthgest.scene.furnishings import Rng, chair
from synthgest.scene.shapes import Piece, box, moved, piece, post, tapered


def lockers(rng: Rng) -> Piece:
    """A row of steel lockers."""
    half = rng.uniform(0.45, 1.2)
    return piece(box((-half, 0.05, 0), (half, 1.9, 0.45), colour_of(rng, STEELS + BRIGHTS[1:2]), "lockers"))


def bench(rng: Rng) -> Piece:
    """A bench without a back."""
    half, wood = rng.uniform(0.6, 1.0), colour_of(rng, WOODS)
    feet = [box((x, 0, 0.08), (x + 0.06, 0.4, 0.34), METAL) for x in (-half + 0.1, half - 0.16)]
    return piece(box((-half, 0.4, 0.05), (half, 0.45, 0.4), wood, "wood"), *feet)


def mats(rng: Rng) -> Piece:
    """A pile of exercise mats."""
    blue = colour_of(rng, ((44, 72, 118), (60, 86, 110), (118, 48, 44), (52, 92, 84)))
    return piece(box((-0.9, 0, 0.1), (0.9, rng.uniform(0.2, 0.7), 1.1), blue, "mats"))


def wall_bars(rng: Rng) -> Piece:
    """Wall bars of a gym."""
    wood = colour_of(rng, WOODS[:4])
    solids = [box((x - 0.03, 0.1, 0), (x + 0.03, 2.5, 0.12), wood, "wood") for x in (-0.9, 0, 0.9)]
    solids += [box((-0.9, y, 0.05), (0.9, y + 0.035, 0.1), wood) for y in np.arange(0.3, 2.45, 0.2)]
    return piece(*solids)


def hoop(rng: Rng) -> Piece:
    """A basketball board on the wall."""
    ring = [
        box((x, 3.0, z), (x + dx, 3.03, z + dz), (0.6, 0.16, 0.04))
        for x, z, dx, dz in (
            (-0.22, 0.55, 0.44, 0.02),
            (-0.22, 1.0, 0.44, 0.02),
            (-0.22, 0.55, 0.02, 0.45),
            (0.2, 0.55, 0.02, 0.45),
        )
    ]
    return piece(
        box((-0.9, 2.85, 0.5), (0.9, 3.9, 0.54), WHITE, "sign"), box((-0.05, 3.2, 0), (0.05, 3.3, 0.5), METAL), *ring
    )


def shop_shelf(rng: Rng) -> Piece:
    """A shop's shelf full of goods."""
    half, top = rng.uniform(0.8, 1.4), rng.uniform(1.5, 2.1)
    return piece(box((-half, 0.05, 0), (half, top, 0.5), colour_of(rng, LACQUERS), "goods", seed=rng.uniform(0, 99)))


def counter(rng: Rng) -> Piece:
    """A counter with a till and things to sell; a board with prices over it."""
    half, wood = rng.uniform(0.9, 1.5), colour_of(rng, WOODS + LACQUERS)
    return piece(
        box((-half, 0, 0.3), (half, 1.0, 0.9), wood, "crate"),
        box((-half - 0.04, 1.0, 0.25), (half + 0.04, 1.05, 0.95), wood, "wood"),
        box((-0.5, 1.05, 0.45), (-0.2, 1.32, 0.7), DARK),
        box((0.1, 1.05, 0.4), (half - 0.1, 1.4, 0.8), WHITE, "goods", seed=rng.uniform(0, 99)),
        box((-half, 1.9, 0), (half, 2.45, 0.03), (0.03, 0.03, 0.03), "board", seed=rng.uniform(0, 99)),
    )


def school_desk(rng: Rng) -> Piece:
    """A pupil's desk with a chair behind it, its middle at the origin."""
    wood = colour_of(rng, WOODS[:4])
    legs = [box((x, 0, z), (x + 0.04, 0.7, z + 0.04), METAL) for x in (-0.6, 0.56) for z in (-0.22, 0.18)]
    desk = piece(box((-0.65, 0.7, -0.25), (0.65, 0.73, 0.25), wood, "wood"), *legs)
    seat = colour_of(rng, WOODS + BRIGHTS[1:2])
    return (
        desk
        + moved(chair(rng, seat), -0.3, -0.5 + rng.normal(0, 0.06))
        + moved(chair(rng, seat), 0.3, -0.5 + rng.normal(0, 0.06))
    )


def seats(rng: Rng) -> Piece:
    """A row of fixed seats, of a lecture hall or a waiting room, facing +z, its middle at the origin."""
    cloth, count = colour_of(rng, CLOTHS + BRIGHTS[:2]), int(rng.integers(3, 7))
    solids = []
    for number in range(count):
        x = (number - count / 2) * 0.56
        solids += [
            box((x + 0.03, 0.4, -0.2), (x + 0.53, 0.47, 0.24), cloth, "cloth"),
            box((x + 0.03, 0.5, -0.26), (x + 0.53, 0.92, -0.19), cloth, "cloth"),
        ]
    solids.append(box((-count * 0.28, 0.3, -0.05), (count * 0.28, 0.38, 0.03), METAL))
    solids += [box((x - 0.02, 0, -0.1), (x + 0.02, 0.34, 0.1), METAL) for x in (-count * 0.25, count * 0.25)]
    return piece(*solids)


def lectern(rng: Rng) -> Piece:
    """A lectern."""
    wood = colour_of(rng, WOODS)
    return piece(
        box((-0.28, 0, 0.1), (0.28, 1.05, 0.45), wood, "wood"),
        tapered((-0.32, 1.05, 0.04), (0.32, 1.18, 0.5), (0.02, 0.04), wood, "wood"),
    )


def clinic_bed(rng: Rng) -> Piece:
    """An examination couch or hospital bed, along the wall."""
    cover = colour_of(rng, ((120, 160, 170), (150, 176, 160), (196, 204, 208), (100, 124, 150)))
    return piece(
        box((-1.0, 0.45, 0.1), (1.0, 0.56, 0.85), METAL),
        box((-1.0, 0.56, 0.1), (1.0, 0.68, 0.85), WHITE, "cloth"),
        box((-0.35, 0.58, 0.08), (1.0, 0.71, 0.87), cover, "cloth"),
        tapered((-0.95, 0.66, 0.2), (-0.5, 0.8, 0.75), (0.05, 0.05), WHITE, "cloth"),
        box((-1.03, 0.2, 0.1), (-1.0, 1.0, 0.85), METAL),
        box((1.0, 0.2, 0.1), (1.03, 0.85, 0.85), METAL),
        *(box((x, 0, z), (x + 0.05, 0.45, z + 0.05), METAL) for x in (-0.95, 0.9) for z in (0.15, 0.75)),
    )


def screen_wall(rng: Rng) -> Piece:
    """A curtain on a rail, as between hospital beds."""
    cloth = colour_of(rng, ((120, 160, 170), (150, 176, 160), (196, 204, 208), (176, 160, 170)))
    return piece(
        box((-0.8, 0.25, 0.9), (0.8, 2.1, 0.96), cloth, "curtain"), box((-0.9, 2.1, 0.9), (0.9, 2.14, 0.94), METAL)
    )


def drip(rng: Rng) -> Piece:
    """A stand on wheels with a bag."""
    return piece(
        post(0, 0.3, 0.22, 0.03, 0.06, METAL),
        post(0, 0.3, 0.015, 0, 1.9, METAL),
        box((-0.12, 1.6, 0.27), (0.0, 1.85, 0.31), (0.7, 0.74, 0.74)),
    )


def machine(rng: Rng) -> Piece:
    """A vending or ticket machine with a lit front."""
    tone = colour_of(rng, BRIGHTS + STEELS)
    return piece(
        box((-0.45, 0.04, 0), (0.45, 1.85, 0.7), tone, "plain"),
        box((-0.38, 0.7, 0.7), (0.2, 1.7, 0.72), DARK, "goods", seed=rng.uniform(0, 99)),
        box((0.24, 1.1, 0.7), (0.4, 1.5, 0.72), DARK, "screen", seed=0.2),
        box((-0.38, 1.73, 0.7), (0.38, 1.83, 0.73), (0.4, 0.42, 0.45), "lamp"),
    )


def column(rng: Rng) -> Piece:
    """A column from floor to ceiling, square or round."""
    tone = colour_of(rng, LACQUERS + STEELS)
    if rng.random() < 0.5:
        return piece(post(0, 0.3, 0.26, 0, 7.9, tone, "wall"))
    return piece(box((-0.25, 0, 0.05), (0.25, 7.9, 0.55), tone, "wall", seed=rng.uniform(0, 9)))


def gates(rng: Rng) -> Piece:
    """A row of ticket gates, its middle at the origin."""
    solids = []
    for x in (-1.4, -0.5, 0.4, 1.3):
        solids += [
            box((x, 0, -0.6), (x + 0.22, 1.0, 0.6), (0.4, 0.41, 0.43)),
            box((x + 0.04, 0.98, 0.3), (x + 0.18, 1.02, 0.5), (0.05, 0.5, 0.15), "lamp"),
        ]
    return piece(*solids)


def backdrop(rng: Rng) -> Piece:
    """A photographer's paper on a stand, hanging down to the floor and running out over it."""
    tone = colour_of(
        rng, ((200, 200, 200), (120, 124, 128), (64, 110, 80), (70, 90, 130), (214, 204, 190), (40, 40, 44))
    )
    return piece(
        box((-1.8, 0, 0.3), (1.8, 2.7, 0.34), tone, "cloth"),
        box((-1.8, 0, 0.3), (1.8, 0.006, 2.6), tone, "cloth"),
        post(-1.9, 0.3, 0.03, 0, 2.8, DARK),
        post(1.9, 0.3, 0.03, 0, 2.8, DARK),
        box((-2.0, 2.68, 0.28), (2.0, 2.76, 0.36), DARK),
    )


def softbox(rng: Rng) -> Piece:
    """A studio lamp on its stand."""
    return piece(
        post(0, 0.4, 0.3, 0, 0.03, DARK),
        post(0, 0.4, 0.02, 0, 1.7, DARK),
        tapered((-0.35, 1.5, 0.3), (0.35, 2.3, 0.5), (0.02, 0.0), (1.0, 0.97, 0.92), "lamp"),
        box((-0.37, 1.48, 0.25), (0.37, 2.32, 0.3), DARK),
    )
