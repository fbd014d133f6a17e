"""Things of workshops and stores: racks, pallets, cartons, workbenches; backs at z = 0, fronts towards +z."""

import numpy as np

from synthgest.scene.colours import BRIGHTS, CARTONS, DARK, LACQUERS, METAL, STEELS, WOODS, colour_of
from synthgest.scene.furnishings import Rng, on_top
from synthgest.scene.shapes import Piece, box, moved, piece


def rack(rng: Rng) -> Piece:
    """A steel rack with cartons and crates on its floors."""
    half, floors = rng.uniform(0.9, 1.4), int(rng.integers(2, 5))
    frame = colour_of(rng, BRIGHTS[:2] + BRIGHTS[4:5] + STEELS)
    solids = [
        box((x - 0.04, 0, z), (x + 0.04, 0.85 * floors + 0.6, z + 0.06), frame)
        for x in (-half, half)
        for z in (0, 0.74)
    ]
    for level in range(floors):
        up = 0.1 + 0.85 * level
        solids.append(box((-half, up - 0.06, 0.0), (half, up, 0.8), frame))
        x = -half + 0.1
        while x < half - 0.35:
            wide, high = rng.uniform(0.25, 0.6), rng.uniform(0.2, 0.65)
            if rng.random() < 0.82:
                kind, palette = (("cardboard", CARTONS), ("cardboard", CARTONS), ("crate", WOODS), ("plain", BRIGHTS))[
                    rng.integers(4)
                ]
                right = min(x + wide, half - 0.08)
                solids.append(
                    box(
                        (x, up, rng.uniform(0.02, 0.15)),
                        (right, up + high, 0.72),
                        colour_of(rng, palette),
                        kind,
                        seed=rng.uniform(0, 9),
                    )
                )
            x += wide + 0.05
    return piece(*solids)


def pallet(rng: Rng) -> Piece:
    """A pallet with a stack of cartons or sacks, its middle at the origin."""
    stack = piece(box((-0.6, 0, -0.4), (0.6, 0.14, 0.4), colour_of(rng, WOODS), "crate"))
    if rng.random() < 0.33:
        top, tone = rng.uniform(0.5, 1.1), colour_of(rng, LACQUERS + CARTONS)
        return stack + piece(box((-0.58, 0.14, -0.38), (0.58, top, 0.38), tone, "sacks"))
    for x in (-0.56, -0.18, 0.2):
        for level in range(int(rng.integers(1, 4))):
            low, high = (x, 0.14 + 0.34 * level, -0.36), (x + 0.36, 0.47 + 0.34 * level, 0.36)
            stack = stack + piece(box(low, high, colour_of(rng, CARTONS), "cardboard"))
    return stack


def cartons(rng: Rng) -> Piece:
    """A few cartons on the floor, here and there one on another."""
    stack = Piece(solids=())
    for x in (-0.6, 0.0, 0.6)[: int(rng.integers(1, 4))]:
        up, half = 0.0, rng.uniform(0.18, 0.3)
        for _ in range(int(rng.integers(1, 3))):
            high = rng.uniform(0.2, 0.4)
            carton = piece(box((-half, up, 0.02), (half, up + high, 1.5 * half), colour_of(rng, CARTONS), "cardboard"))
            stack = stack + moved(carton, x + rng.uniform(-0.04, 0.04), 0.05, rng.normal(0, 0.12))
            up, half = up + high, half * rng.uniform(0.7, 0.95)
    return stack


def workbench(rng: Rng) -> Piece:
    """A workbench with tools on a board over it."""
    half, wood = rng.uniform(0.7, 1.1), colour_of(rng, WOODS)
    solids = [
        box((-half, 0.8, 0), (half, 0.88, 0.65), wood, "wood"),
        box((half - 0.5, 0.1, 0.04), (half - 0.06, 0.8, 0.6), colour_of(rng, BRIGHTS + STEELS), "drawers"),
        box((-half, 1.15, 0), (half, 1.9, 0.03), colour_of(rng, WOODS + STEELS)),
        box((-half + 0.3, 0.88, 0.4), (-half + 0.5, 1.06, 0.6), METAL),
        *(box((x, 0, z), (x + 0.08, 0.8, z + 0.08), wood) for x in (-half + 0.04, half - 0.12) for z in (0.04, 0.5)),
    ]
    for x in np.arange(-half + 0.12, half - 0.1, 0.16):
        long = rng.uniform(0.15, 0.4)
        solids.append(
            box(
                (float(x), 1.8 - long, 0.03),
                (float(x) + rng.uniform(0.02, 0.07), 1.8, 0.06),
                colour_of(rng, STEELS + BRIGHTS[:3]),
            )
        )
    return piece(*solids) + on_top(rng, half - 0.3, 0.1, 0.5, 0.88)


def tool_chest(rng: Rng) -> Piece:
    """A chest of drawers on wheels, for tools."""
    return piece(
        box((-0.35, 0.12, 0.02), (0.35, 0.95, 0.48), colour_of(rng, BRIGHTS[:3] + STEELS), "drawers"),
        box((-0.3, 0, 0.06), (0.3, 0.12, 0.44), DARK),
    )


def ladder(rng: Rng) -> Piece:
    """A step ladder leaning shut against the wall."""
    solids = [box((x, 0, 0.05), (x + 0.04, 2.0, 0.12), (0.5, 0.5, 0.5)) for x in (-0.24, 0.2)]
    return piece(
        *solids,
        *(box((-0.22, y, 0.04), (0.22, y + 0.03, 0.14), (0.45, 0.45, 0.45)) for y in np.arange(0.25, 1.95, 0.28)),
    )
