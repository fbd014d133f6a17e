"""Stores and works outdoors: crates, drums, sandbags, heaps, scaffolds, obstacles."""

import numpy as np

from synthgest.scene.colours import (
    BRIGHTS,
    DARK,
    DRABS,
    METAL,
    ROCKS,
    STEELS,
    WOODS,
    colour_of,
)
from synthgest.scene.shapes import Piece, box, piece, post, tapered

Rng = np.random.Generator


def jersey(rng: Rng) -> Piece:
    """A concrete barrier as beside roads."""
    return piece(
        tapered((-1.2, 0, -0.3), (1.2, 0.85, 0.3), (0.0, 0.2), colour_of(rng, ROCKS), "stone", seed=rng.uniform(0, 9))
    )


def crates(rng: Rng) -> Piece:
    """Wooden boxes, one on another."""
    wood = colour_of(rng, WOODS[:3] + DRABS)
    stack = [
        box((-0.6, 0, -0.35), (0.4, 0.5, 0.35), wood, "crate"),
        box((0.5, 0, -0.3), (1.2, 0.55, 0.3), wood, "crate"),
    ]
    if rng.random() < 0.7:
        stack.append(box((-0.4, 0.5, -0.3), (0.35, 0.95, 0.32), colour_of(rng, WOODS[:3] + DRABS), "crate"))
    return piece(*stack)


def barrels(rng: Rng) -> Piece:
    """Two to four steel drums."""
    tone = colour_of(rng, STEELS + BRIGHTS[:2] + DRABS)
    spots = ((-0.35, 0.0), (0.35, 0.05), (0.0, -0.6), (0.7, -0.55))[: int(rng.integers(2, 5))]
    return piece(*(post(x, z, 0.29, 0, 0.88, tone) for x, z in spots))


def sandbags(rng: Rng) -> Piece:
    """A wall of sandbags."""
    half, tone = rng.uniform(1.0, 2.4), colour_of(rng, ((166, 150, 116), (150, 140, 108), (178, 162, 130)))
    return piece(
        tapered(
            (-half, 0, -0.45),
            (half, rng.choice([0.64, 0.96, 1.28]), 0.45),
            (0.1, 0.16),
            tone,
            "sacks",
            seed=rng.uniform(0, 9),
        )
    )


def tyres(rng: Rng) -> Piece:
    """Stacks of tyres."""
    return piece(
        *(
            post(x, 0, 0.33, 0, 0.21 * count, DARK)
            for x, count in ((-0.7, int(rng.integers(1, 5))), (0.0, int(rng.integers(1, 5))), (0.7, 2))
        )
    )


def obstacle(rng: Rng) -> Piece:
    """A wall of an obstacle course, of planks between posts."""
    wood = colour_of(rng, WOODS[:3])
    return piece(
        box((-1.5, 0, -0.08), (1.5, rng.uniform(1.4, 2.2), 0.08), wood, "crate"),
        box((-1.65, 0, -0.12), (-1.45, 2.4, 0.12), wood),
        box((1.45, 0, -0.12), (1.65, 2.4, 0.12), wood),
    )


def target(rng: Rng) -> Piece:
    """A round target on a stand."""
    return piece(
        box((-0.5, 0.6, 0), (0.5, 1.6, 0.06), (0.72, 0.7, 0.62), "plain"),
        box((-0.25, 0.85, 0.06), (0.25, 1.35, 0.07), DARK),
        box((-0.4, 0, -0.02), (-0.34, 0.6, 0.04), METAL),
        box((0.34, 0, -0.02), (0.4, 0.6, 0.04), METAL),
    )


def heap(rng: Rng) -> Piece:
    """A heap of sand, gravel or earth."""
    radius, tone = rng.uniform(0.9, 2.6), colour_of(rng, ((196, 172, 130), (140, 134, 126), (118, 96, 74)))
    return piece(post(0, 0, radius, 0, 0.55 * radius, tone, "stone", top=0.15 * radius, seed=rng.uniform(0, 90)))


def pipes(rng: Rng) -> Piece:
    """A stack of concrete pipes, beams or planks along x."""
    tone, half = colour_of(rng, ROCKS + WOODS), rng.uniform(1.2, 2.2)
    return piece(
        *(
            box((-half, 0.3 * level, 0.32 * k), (half, 0.3 * level + 0.28, 0.32 * k + 0.3), tone, "stone")
            for level in range(2)
            for k in range(3 - level)
        )
    )


def scaffold(rng: Rng) -> Piece:
    """Scaffolding of two or three storeys."""
    floors, half = int(rng.integers(2, 4)), rng.uniform(2.0, 3.5)
    poles = [
        box((float(x), 0, z), (float(x) + 0.05, 2.0 * floors + 1, z + 0.05), METAL)
        for x in np.linspace(-half, half, 3)
        for z in (-1.0, 0.0)
    ]
    decks = [
        box((-half, 2.0 * level, -1.0), (half, 2.0 * level + 0.06, 0.05), colour_of(rng, WOODS), "crate")
        for level in range(1, floors + 1)
    ]
    rails = [
        box((-half, 2.0 * level + 1.0, 0.0), (half, 2.0 * level + 1.05, 0.05), METAL) for level in range(1, floors + 1)
    ]
    return piece(*poles, *decks, *rails)


def crane(rng: Rng) -> Piece:
    """A tower crane, far away."""
    high, tone = rng.uniform(22, 34), colour_of(rng, ((226, 176, 40), (200, 60, 44)))
    return piece(
        box((-0.7, 0, -0.7), (0.7, high, 0.7), tone, "crate"),
        box((-8, high, -0.6), (24, high + 1.1, 0.6), tone, "crate"),
        box((-8, high - 2, -0.8), (-5.5, high, 0.8), METAL),
    )
