"""Houses, blocks, sheds, hangars and shelters, their fronts towards +z, the middle of the front at the origin."""

import numpy as np

from synthgest.scene.colours import DARK, LACQUERS, METAL, PLASTERS, ROOFS, RUSTS, STEELS, WHITE, WOODS, colour_of
from synthgest.scene.shapes import Piece, box, piece, tapered

Rng = np.random.Generator


def block(rng: Rng, wide: float | None = None, storeys: int | None = None) -> Piece:
    """A town house or block of flats with a flat roof."""
    half = (rng.uniform(7, 16) if wide is None else wide) / 2
    count = int(rng.integers(2, 6)) if storeys is None else storeys
    top, tone, seed = 3.1 * count + 0.7, colour_of(rng, PLASTERS), rng.uniform(0, 90)
    body = [box((-half, 0, -11), (half, top, 0), tone, "front", seed=seed)]
    if rng.random() < 0.5:
        body.append(
            tapered(
                (-half - 0.2, top, -11.2),
                (half + 0.2, top + rng.uniform(1.5, 3.5), 0.2),
                (0.0, 4.5),
                colour_of(rng, ROOFS),
                "tiled",
            )
        )
    else:
        body.append(box((-half * 0.4, top, -8), (half * 0.2, top + 1.6, -5), METAL, "wall"))
    if rng.random() < 0.4:
        body.append(box((-half + 0.4, 2.75, 0), (half - 0.4, 2.95, 1.1), colour_of(rng, RUSTS), "cloth"))
    for level in range(1, count):
        if rng.random() < 0.35:
            x = rng.uniform(-half + 1.5, half - 1.5)
            body.append(
                box((x - 1.1, 3.1 * level, 0), (x + 1.1, 3.1 * level + 0.95, 0.9), colour_of(rng, LACQUERS), "crate")
            )
    return piece(*body)


def cottage(rng: Rng) -> Piece:
    """A house with a pitched roof, a chimney, a door and windows."""
    half, deep, eaves = rng.uniform(3.5, 5.5), rng.uniform(6.5, 9), rng.choice([2.9, 3.4, 5.8])
    tone, roof = colour_of(rng, PLASTERS), colour_of(rng, ROOFS)
    x = rng.uniform(-half * 0.6, half * 0.6)
    return piece(
        box((-half, 0, -deep), (half, eaves, 0), tone, "front", seed=_homely(rng)),
        tapered(
            (-half - 0.35, eaves - 0.05, -deep - 0.5),
            (half + 0.35, eaves + rng.uniform(2.0, 3.4), 0.5),
            (0.1, deep / 2 + 0.48),
            roof,
            "tiled",
        ),
        box((x - 0.5, 0, -0.02), (x + 0.5, 2.1, 0.05), colour_of(rng, WOODS), "door", seed=rng.uniform(0, 9)),
        box(
            (half * 0.4, eaves, -deep / 2 - 0.35),
            (half * 0.4 + 0.6, eaves + 3.4, -deep / 2 + 0.35),
            colour_of(rng, ROOFS),
            "brick",
        ),
    )


def _homely(rng: Rng) -> float:
    """A seed of a front without a shop in it."""
    return float(rng.integers(0, 80)) + float(rng.choice([0.08, 0.1, 0.12, 0.48, 0.5, 0.52]))


def shed(rng: Rng, wide: float | None = None) -> Piece:
    """A shed or factory hall of ribbed steel or brick, with a large gate."""
    half, deep, eaves = (rng.uniform(4, 12) if wide is None else wide / 2), rng.uniform(6, 12), rng.uniform(3.0, 5.5)
    pattern = "brick" if rng.random() < 0.3 else "corrugated"
    tone = colour_of(rng, PLASTERS if pattern == "brick" else STEELS + LACQUERS)
    gate = rng.uniform(-half * 0.5, half * 0.5)
    return piece(
        box((-half, 0, -deep), (half, eaves, 0), tone, pattern, seed=rng.uniform(0, 90)),
        tapered(
            (-half - 0.3, eaves, -deep - 0.3),
            (half + 0.3, eaves + 1.3, 0.3),
            (0.0, deep / 2),
            colour_of(rng, STEELS),
            "corrugated",
        ),
        box((gate - 1.6, 0, 0), (gate + 1.6, min(3.0, eaves - 0.2), 0.06), colour_of(rng, RUSTS), "corrugated"),
        box((gate + 2.4, 0, 0), (gate + 3.3, 2.1, 0.05), colour_of(rng, STEELS), "door"),
    )


def hangar(rng: Rng) -> Piece:
    """A hangar with a round roof and sliding doors."""
    half, high, tone = rng.uniform(10, 16), rng.uniform(7, 10), colour_of(rng, LACQUERS + STEELS)
    low = 0.6 * high
    return piece(
        box((-half, 0, -26), (half, low, 0), tone, "corrugated", seed=rng.uniform(0, 90)),
        tapered((-half, low, -26), (half, 0.86 * high, 0), (half * 0.25, 0), tone, "corrugated"),
        tapered((-half * 0.75, 0.86 * high, -26), (half * 0.75, high, 0), (half * 0.4, 0), tone, "corrugated"),
        box((-half * 0.8, 0, 0), (0, low - 0.3, 0.2), colour_of(rng, STEELS), "corrugated"),
        box((0, 0, 0), (half * 0.8, low - 0.3, 0.1), DARK),
    )


def school(rng: Rng) -> Piece:
    """A long school building with rows of windows and an entrance."""
    half, count, tone = rng.uniform(16, 24), int(rng.integers(2, 4)), colour_of(rng, PLASTERS)
    return piece(
        box((-half, 0, -12), (half, 3.1 * count + 0.6, 0), tone, "front", seed=_homely(rng)),
        box((-2.2, 2.7, 0), (2.2, 2.95, 2.2), METAL),
        box((-1.4, 0, 0), (1.4, 2.4, 0.08), DARK, "glass"),
        box((-2.0, 0, 1.9), (-1.85, 2.7, 2.05), METAL),
        box((1.85, 0, 1.9), (2.0, 2.7, 2.05), METAL),
    )


def tower(rng: Rng) -> Piece:
    """A control or water tower."""
    high = rng.uniform(9, 15)
    return piece(
        tapered((-2, 0, -4), (2, high, 0), (0.4, 0.4), colour_of(rng, LACQUERS), "wall"),
        tapered((-2.6, high, -4.6), (2.6, high + 2.2, 0.6), (-0.4, -0.4), METAL, "cabin"),
        box((-3, high + 2.2, -5), (3, high + 2.6, 1), WHITE),
    )


def shelter(rng: Rng) -> Piece:
    """A shelter of a platform or bus stop: a roof on posts, a back of glass, a bench."""
    half, tone = rng.uniform(1.8, 3.5), colour_of(rng, STEELS + RUSTS)
    posts = [box((x, 0, z), (x + 0.1, 2.5, z + 0.1), tone) for x in (-half, half - 0.1) for z in (-1.4, -0.2)]
    return piece(
        *posts,
        box((-half - 0.3, 2.5, -1.7), (half + 0.3, 2.65, 0.4), tone),
        box((-half, 0.3, -1.42), (half, 2.2, -1.38), (0.5, 0.5, 0.5), "glass"),
        box((-half * 0.7, 0.42, -1.2), (half * 0.7, 0.48, -0.8), colour_of(rng, WOODS), "wood"),
        box((-half * 0.6, 0, -1.05), (-half * 0.6 + 0.08, 0.42, -0.95), METAL),
        box((half * 0.6 - 0.08, 0, -1.05), (half * 0.6, 0.42, -0.95), METAL),
    )


def container(rng: Rng) -> Piece:
    """A shipping container, or an office made of one."""
    tone, office = colour_of(rng, RUSTS + LACQUERS), rng.random() < 0.25
    body = piece(box((-3.0, 0.1, -2.45), (3.0, 2.65, 0), tone, "corrugated", seed=rng.uniform(0, 90)))
    if office:
        body = body + piece(
            box((-1.8, 1.0, 0), (-0.6, 2.0, 0.04), WHITE, "window", seed=rng.uniform(0, 9)),
            box((0.8, 0.1, 0), (1.7, 2.1, 0.04), WHITE, "door"),
        )
    return body


def tent(rng: Rng) -> Piece:
    """A large tent with a ridge, its gable to the front."""
    half, deep = rng.uniform(1.8, 3.0), rng.uniform(4, 7)
    tone = colour_of(rng, ((104, 104, 76), (150, 136, 104), (92, 98, 72), (196, 190, 172)))
    return piece(
        box((-half, 0, -deep), (half, 1.4, 0), tone, "cloth"),
        tapered((-half - 0.25, 1.35, -deep), (half + 0.25, 2.9, 0.05), (half + 0.23, 0), tone, "cloth"),
        box((-0.6, 0, 0), (0.6, 1.9, 0.06), DARK),
    )


def bunker(rng: Rng) -> Piece:
    """A low building of concrete."""
    half = rng.uniform(2.5, 5)
    tone = colour_of(rng, ((150, 148, 140), (166, 158, 142), (140, 136, 124)))
    return piece(
        tapered((-half, 0, -5), (half, 2.8, 0), (0.2, 0.2), tone, "stone"),
        box((-0.5, 0, -0.15), (0.5, 2.0, 0.04), DARK),
        box((half * 0.4, 1.3, -0.15), (half * 0.75, 1.6, 0.0), DARK),
    )
