"""Furniture of offices: desks, chairs, screens; backs at z = 0, fronts towards +z."""

import numpy as np

from synthgest.scene.colours import BRIGHTS, CLOTHS, DARK, LACQUERS, METAL, WOODS, colour_of
from synthgest.scene.furnishings import legs, on_top
from synthgest.scene.shapes import Piece, box, moved, piece, post, tapered

Rng = np.random.Generator


def desk(rng: Rng) -> Piece:
    """A desk with a screen, a keyboard and papers, often with a chair."""
    half, wood = rng.uniform(0.6, 0.85), colour_of(rng, WOODS + LACQUERS)
    deep, x = rng.uniform(0.65, 0.8), rng.uniform(-0.2, 0.2)
    top = piece(
        box((-half, 0.71, 0.02), (half, 0.74, deep), wood, "wood"),
        box((x - 0.28, 0.86, 0.16), (x + 0.28, 1.2, 0.19), DARK, "screen", seed=rng.uniform(0, 9)),
        box((x - 0.03, 0.74, 0.17), (x + 0.03, 0.9, 0.2), DARK),
        box((x - 0.22, 0.74, 0.4), (x + 0.22, 0.755, 0.54), DARK),
        box((half - 0.45, 0, 0.06), (half - 0.05, 0.71, deep - 0.06), wood, "drawers"),
    )
    seat = moved(office_chair(rng), x + rng.uniform(-0.1, 0.1), deep + 0.25, rng.normal(np.pi, 0.4))
    papers = moved(on_top(rng, half - 0.15, 0.1, 0.6, 0.74), 0, 0)
    return top + legs(half, 0.02, deep, 0.71, METAL) + papers + (seat if rng.random() < 0.7 else Piece(solids=()))


def office_chair(rng: Rng) -> Piece:
    """A chair on a star foot."""
    cloth = colour_of(rng, CLOTHS)
    return piece(
        box((-0.28, 0.04, -0.03), (0.28, 0.08, 0.03), DARK),
        box((-0.03, 0.04, -0.28), (0.03, 0.08, 0.28), DARK),
        post(0, 0, 0.03, 0.06, 0.45, METAL),
        box((-0.23, 0.44, -0.23), (0.23, 0.52, 0.23), cloth, "cloth"),
        tapered((-0.21, 0.58, -0.27), (0.21, 1.02, -0.2), (0.03, 0.01), cloth, "cloth"),
    )


def bin_(rng: Rng) -> Piece:
    """A waste bin."""
    return piece(post(0, 0.18, 0.13, 0, rng.uniform(0.3, 0.6), colour_of(rng, LACQUERS + BRIGHTS), top=0.16))


def clothes_stand(rng: Rng) -> Piece:
    """A stand with coats."""
    solids = [post(0, 0.25, 0.2, 0, 0.03, DARK), post(0, 0.25, 0.02, 0, 1.75, METAL)]
    for turn in rng.uniform(0, 6.28, 3):
        x, z = 0.13 * float(np.cos(turn)), 0.25 + 0.13 * float(np.sin(turn))
        solids.append(
            tapered(
                (x - 0.14, 0.75, z - 0.09), (x + 0.14, 1.62, z + 0.09), (0.09, 0.06), colour_of(rng, CLOTHS), "cloth"
            )
        )
    return piece(*solids)
