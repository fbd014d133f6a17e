"""Things that stand about outdoors: lamps, bins, fences, cones, signs, poles."""

import numpy as np

from synthgest.scene.colours import (
    BRIGHTS,
    DARK,
    LACQUERS,
    METAL,
    ROCKS,
    STEELS,
    WHITE,
    WOODS,
    colour_of,
)
from synthgest.scene.shapes import Piece, box, piece, post, tapered

Rng = np.random.Generator


def street_lamp(rng: Rng, *, lit: bool = False, high: float | None = None) -> Piece:
    """A street lamp whose head hangs over +z."""
    top = rng.uniform(4.5, 7.5) if high is None else high
    head = "lamp" if lit else "plain"
    return piece(
        post(0, -1.0, 0.09, 0, top, METAL, top=0.05),
        box((-0.03, top - 0.05, -1.0), (0.03, top, 0.1), METAL),
        box((-0.14, top - 0.06, -0.35), (0.14, top + 0.06, 0.35), (0.8, 0.75, 0.62) if lit else METAL, head),
    )


def floodlight(rng: Rng, *, lit: bool = False) -> Piece:
    """A mast with a row of floodlights."""
    top = rng.uniform(7, 11)
    heads = [
        box((x, top - 0.3, 0.05), (x + 0.4, top + 0.1, 0.3), (0.9, 0.92, 0.95), "lamp" if lit else "glass")
        for x in (-0.7, -0.2, 0.3)
    ]
    return piece(post(0, 0, 0.12, 0, top, METAL), box((-0.8, top - 0.1, -0.05), (0.8, top, 0.05), METAL), *heads)


def litter_bin(rng: Rng) -> Piece:
    """A bin on the pavement."""
    return piece(
        post(0, 0, 0.24, 0, 0.85, colour_of(rng, STEELS + BRIGHTS[3:4]), top=0.26),
        post(0, 0, 0.27, 0.85, 0.95, DARK, top=0.2),
    )


def wheelie_bins(rng: Rng) -> Piece:
    """Two or three wheeled bins."""
    tones = ((40, 74, 50), (60, 62, 66), (46, 70, 110), (150, 130, 50))
    bins = [
        tapered((x, 0.05, 0), (x + 0.55, 1.0, 0.65), (-0.03, -0.03), colour_of(rng, tones)) for x in (-0.9, -0.25, 0.4)
    ]
    return piece(*bins[: int(rng.integers(2, 4))])


def bollard(rng: Rng) -> Piece:
    """A bollard."""
    return piece(
        post(
            0,
            0,
            0.08,
            0,
            rng.uniform(0.7, 1.0),
            colour_of(rng, STEELS + LACQUERS),
            "hoops" if rng.random() < 0.4 else "plain",
        )
    )


def cone(rng: Rng) -> Piece:
    """A traffic cone."""
    return piece(
        box((-0.2, 0, -0.2), (0.2, 0.04, 0.2), DARK),
        post(0, 0, 0.15, 0.03, 0.68, (0.75, 0.12, 0.02), "hoops", top=0.03),
    )


def barrier(rng: Rng) -> Piece:
    """A striped barrier."""
    feet = [box((x, 0, -0.25), (x + 0.06, 1.0, 0.25), METAL) for x in (-0.9, 0.84)]
    return piece(
        box((-1.0, 0.72, -0.02), (1.0, 0.98, 0.02), (0.55, 0.03, 0.03), "stripes"),
        box((-1.0, 0.3, -0.02), (1.0, 0.42, 0.02), WHITE),
        *feet,
    )


def fence(rng: Rng, long: float = 5.0, kind: str = "") -> Piece:
    """A length of fence along x: wire on posts, boards, rails or a wall."""
    what = kind or str(rng.choice(["wire", "boards", "rails", "wall"]))
    half, wood = long / 2, colour_of(rng, WOODS)
    if what == "wall":
        return piece(
            box(
                (-half, 0, -0.15),
                (half, rng.uniform(1.2, 2.2), 0.15),
                colour_of(rng, ROCKS),
                str(rng.choice(["brick", "stone"])),
            )
        )
    if what == "boards":
        return piece(box((-half, 0.05, -0.03), (half, 1.6, 0.03), wood, "crate", seed=rng.uniform(0, 9)))
    tone, top = (wood, 1.1) if what == "rails" else (METAL, 2.0)
    posts = [box((float(x) - 0.04, 0, -0.04), (float(x) + 0.04, top, 0.04), tone) for x in np.arange(-half, half, 2.5)]
    levels = (0.4, 0.95) if what == "rails" else np.arange(0.1, 2.0, 0.3)
    thick = 0.05 if what == "rails" else 0.008
    rails = [box((-half, float(y), -0.03), (half, float(y) + 2 * thick, 0.0), tone) for y in levels]
    return piece(*posts, *rails)


def sign(rng: Rng) -> Piece:
    """A road or notice sign on a post."""
    high, wide = rng.uniform(1.8, 2.5), rng.uniform(0.25, 0.5)
    return piece(
        post(0, 0, 0.035, 0, high + 0.3, METAL),
        box(
            (-wide, high - 0.3, 0.03),
            (wide, high + 0.25, 0.05),
            colour_of(rng, BRIGHTS),
            "sign",
            seed=rng.uniform(0, 9),
        ),
    )


def flagpole(rng: Rng) -> Piece:
    """A pole with a plain flag."""
    top = rng.uniform(6, 9)
    return piece(
        post(0, 0, 0.06, 0, top, WHITE),
        box((0.06, top - 1.1, -0.02), (1.6, top - 0.1, 0.02), colour_of(rng, BRIGHTS), "cloth"),
    )


def power_pole(rng: Rng) -> Piece:
    """A wooden pole with arms."""
    return piece(
        post(0, 0, 0.14, 0, 8.5, colour_of(rng, WOODS), "stone", top=0.1),
        box((-1.1, 7.8, -0.06), (1.1, 7.95, 0.06), colour_of(rng, WOODS)),
    )
