"""Cars, vans, trucks and a train, standing along x, their middle at the origin."""

import numpy as np

from synthgest.scene.colours import BRIGHTS, CARS, DARK, DRABS, LACQUERS, METAL, colour_of
from synthgest.scene.shapes import Colour, Piece, Solid, box, hull, piece, tapered

Rng = np.random.Generator


def _wheels(at: tuple[float, ...], half: float, radius: float) -> list[Solid]:
    """Wheels on both sides: eight-cornered discs that lie on their sides."""
    wheels = []
    for x in at:
        for z in (-half, half - 0.2):
            inner = 0.4 * radius
            ring = ((x - inner, z), (x + inner, z), (x + inner, z + 0.2), (x - inner, z + 0.2))
            outer = ((x - radius, z), (x + radius, z), (x + radius, z + 0.2), (x - radius, z + 0.2))
            wheels += [
                hull(ring, outer, 0.0, 0.6 * radius, DARK),
                hull(outer, outer, 0.6 * radius, 1.4 * radius, DARK, "tyre"),
                hull(outer, ring, 1.4 * radius, 2 * radius, DARK),
            ]
    return wheels


def car(rng: Rng) -> Piece:
    """A saloon, hatchback or estate car."""
    tone, long, half = colour_of(rng, CARS), rng.uniform(3.9, 4.7), rng.uniform(0.82, 0.92)
    roof, rear = rng.uniform(1.38, 1.6), rng.choice([0.1, 0.35, 0.75])
    front = -long / 2
    seed = float(rng.uniform(0, 9))
    bonnet = 0.27 * long
    cabin = hull(
        (
            (front + bonnet, -half + 0.06),
            (-front - rear, -half + 0.06),
            (-front - rear, half - 0.06),
            (front + bonnet, half - 0.06),
        ),
        (
            (front + bonnet + 0.65, -half + 0.2),
            (-front - rear - 0.3, -half + 0.2),
            (-front - rear - 0.3, half - 0.2),
            (front + bonnet + 0.65, half - 0.2),
        ),
        0.86,
        roof,
        tone,
        "cabin",
    )
    return piece(
        tapered((front, 0.22, -half), (-front, 0.62, half), (0.02, 0.0), tone, "car", seed=seed),
        tapered((front, 0.62, -half), (-front, 0.88, half), (0.12, 0.06), tone, "car", seed=seed),
        cabin,
        *_wheels((front + 0.82, -front - 0.85), half + 0.01, 0.32),
    )


def van(rng: Rng) -> Piece:
    """A delivery van."""
    tone, half, high = colour_of(rng, LACQUERS + CARS + BRIGHTS), 0.98, rng.uniform(2.0, 2.6)
    return piece(
        box((-1.5, 0.3, -half), (2.6, high, half), tone, "car"),
        tapered((-2.55, 0.3, -half), (-1.4, 1.05, half), (0.08, 0.02), tone, "car", seed=0.8),
        hull(
            ((-2.3, -half + 0.04), (-1.4, -half + 0.04), (-1.4, half - 0.04), (-2.3, half - 0.04)),
            ((-1.6, -half + 0.14), (-1.4, -half + 0.14), (-1.4, half - 0.14), (-1.6, half - 0.14)),
            1.05,
            high - 0.1,
            tone,
            "cabin",
        ),
        *_wheels((-1.6, 1.8), half, 0.36),
    )


def truck(rng: Rng, tone: Colour | None = None) -> Piece:
    """A military or building-site truck: cab and a covered or open bed."""
    paint = colour_of(rng, DRABS) if tone is None else tone
    cover = colour_of(rng, DRABS)
    bed = (
        tapered((-1.1, 1.2, -1.2), (3.4, rng.uniform(2.6, 3.0), 1.2), (0.05, 0.35), cover, "cloth")
        if rng.random() < 0.6
        else box((-1.1, 1.2, -1.2), (3.4, 1.75, 1.2), paint, "crate")
    )
    return piece(
        box((-3.4, 0.55, -1.15), (-1.3, 1.5, 1.15), paint, "car"),
        tapered((-3.35, 1.5, -1.12), (-1.35, 2.4, 1.12), (0.2, 0.1), paint, "cabin"),
        box((-1.3, 0.75, -1.0), (3.4, 1.0, 1.0), DARK),
        box((-1.2, 1.0, -1.22), (3.5, 1.25, 1.22), paint, "plain"),
        bed,
        *_wheels((-2.5, 1.3, 2.5), 1.2, 0.5),
    )


def jeep(rng: Rng) -> Piece:
    """A cross-country car."""
    paint = colour_of(rng, DRABS)
    return piece(
        box((-2.1, 0.5, -0.85), (2.1, 1.05, 0.85), paint, "car"),
        tapered((-0.75, 1.05, -0.8), (2.05, 1.85, 0.8), (0.12, 0.06), paint, "cabin"),
        box((2.1, 0.8, -0.3), (2.3, 1.3, 0.3), DARK, "tyre"),
        *_wheels((-1.35, 1.35), 0.88, 0.4),
    )


def digger(rng: Rng) -> Piece:
    """An excavator, its arm stretched out."""
    paint = colour_of(rng, ((226, 176, 40), (216, 120, 40), (230, 190, 60)))
    arm = hull(
        ((-1.5, -0.2), (-1.0, -0.2), (-1.0, 0.2), (-1.5, 0.2)),
        ((-3.6, -0.2), (-3.1, -0.2), (-3.1, 0.2), (-3.6, 0.2)),
        1.4,
        3.3,
        paint,
    )
    stick = hull(
        ((-4.5, -0.15), (-4.2, -0.15), (-4.2, 0.15), (-4.5, 0.15)),
        ((-3.6, -0.15), (-3.1, -0.15), (-3.1, 0.15), (-3.6, 0.15)),
        0.9,
        3.3,
        paint,
    )
    return piece(
        *(tapered((-1.7, 0.0, z), (1.7, 0.8, z + 0.5), (0.25, 0.0), DARK, "crate") for z in (-1.2, 0.7)),
        box((-1.5, 0.85, -1.2), (1.9, 1.7, 1.2), paint, "car", seed=0.2),
        tapered((-1.4, 1.7, -1.2), (0.0, 2.8, 0.1), (0.1, 0.05), paint, "cabin"),
        arm,
        stick,
        tapered((-5.0, 0.2, -0.5), (-4.0, 0.95, 0.5), (0.2, 0.0), METAL),
    )


def train(rng: Rng) -> Piece:
    """Two coaches of a train, along x."""
    tone = colour_of(rng, BRIGHTS + LACQUERS)
    coaches = [box((x, 0.1, -1.4), (x + 22.0, 3.1, 1.4), tone, "coach") for x in (-23.0, 0.5)]
    roofs = [tapered((x, 3.1, -1.4), (x + 22.0, 3.45, 1.4), (0.3, 0.6), METAL) for x in (-23.0, 0.5)]
    return piece(*coaches, *roofs)


def boat(rng: Rng) -> Piece:
    """A small fishing boat, as seen above the water."""
    tone = colour_of(rng, BRIGHTS + LACQUERS)
    body = hull(
        ((-2.4, -0.6), (2.0, -0.8), (2.0, 0.8), (-2.4, 0.6)),
        ((-3.4, -0.3), (2.5, -1.1), (2.5, 1.1), (-3.4, 0.3)),
        -0.4,
        0.55,
        tone,
        "crate",
    )
    return piece(
        body,
        tapered((0.4, 0.55, -0.7), (1.9, 2.0, 0.7), (0.1, 0.08), (0.7, 0.7, 0.68), "cabin"),
        box((-0.6, 0.5, -0.05), (-0.5, 4.2, 0.05), METAL),
    )
