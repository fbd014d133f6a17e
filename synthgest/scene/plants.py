"""Trees, bushes and hedges: trunks with crowns of leafy balls, which look like trees from the side and from above."""

import numpy as np

from synthgest.scene.colours import BARKS, LEAVES, NEEDLES, ROCKS, colour_of
from synthgest.scene.shapes import Ball, Piece, box, hull, piece, post

Rng = np.random.Generator


def tree(rng: Rng) -> Piece:
    """A broad-leaved tree of 4 to 10 metres."""
    high, leaf = rng.uniform(4.0, 10.0), colour_of(rng, LEAVES, 0.15)
    wide, foot = high * rng.uniform(0.24, 0.36), high * rng.uniform(0.2, 0.34)
    thick = 0.022 * high
    trunk = piece(post(0, 0, thick * 1.3, 0, foot * 1.5, colour_of(rng, BARKS), "stone", top=thick * 0.8))
    middle = (foot + high) / 2
    balls = []
    for number in range(9):
        turn, lift = 2.4 * number + rng.uniform(-0.4, 0.4), (number - 4) / 4.5
        out = wide * 0.62 * float(np.sqrt(1 - 0.75 * lift * lift)) * rng.uniform(0.6, 1.1)
        radius = wide * rng.uniform(0.42, 0.62)
        centre = (out * float(np.cos(turn)), middle + lift * (high - foot) * 0.4, out * float(np.sin(turn)))
        tone = rng.uniform(0.82, 1.18)
        colour = (leaf[0] * tone, leaf[1] * tone, leaf[2] * tone)
        balls.append(
            Ball(centre=centre, radius=radius, half=radius * 0.85, colour=colour, ragged=0.6, seed=rng.uniform(0, 90))
        )
    balls.append(
        Ball(
            centre=(0, middle, 0),
            radius=wide * 0.75,
            half=(high - foot) * 0.4,
            colour=leaf,
            ragged=0.5,
            seed=rng.uniform(0, 90),
        )
    )
    return trunk + Piece(solids=(), balls=tuple(balls))


def young_tree(rng: Rng) -> Piece:
    """A slim tree of 2.5 to 4.5 metres beside its stake."""
    high, leaf = rng.uniform(2.5, 4.5), colour_of(rng, LEAVES, 0.15)
    balls = tuple(
        Ball(
            centre=(rng.uniform(-0.25, 0.25), high * lift, rng.uniform(-0.25, 0.25)),
            radius=0.17 * high,
            half=0.16 * high,
            colour=leaf,
            ragged=0.7,
            seed=rng.uniform(0, 90),
        )
        for lift in (0.62, 0.76, 0.9)
    )
    bark = colour_of(rng, BARKS)
    return piece(post(0, 0, 0.05, 0, 0.7 * high, bark, top=0.03), post(0.25, 0, 0.03, 0, 1.4, bark)) + Piece(
        solids=(), balls=balls
    )


def conifer(rng: Rng) -> Piece:
    """A spruce or pine of 5 to 13 metres."""
    high, leaf = rng.uniform(5, 13), colour_of(rng, NEEDLES, 0.15)
    wide, tiers = high * rng.uniform(0.15, 0.22), 6
    solids = [post(0, 0, 0.016 * high, 0, 0.5 * high, colour_of(rng, BARKS), "stone")]
    balls = []
    for tier in range(tiers):
        up = high * (0.16 + 0.78 * tier / (tiers - 1))
        radius = max(wide * (1 - 0.86 * tier / (tiers - 1)) * rng.uniform(0.9, 1.1), 0.2)
        balls.append(
            Ball(centre=(0, up, 0), radius=radius, half=0.13 * high, colour=leaf, ragged=0.75, seed=rng.uniform(0, 90))
        )
    return Piece(solids=tuple(solids), balls=tuple(balls))


def palm(rng: Rng) -> Piece:
    """A palm: a bare leaning trunk under a flat crown."""
    high, leaf = rng.uniform(4, 8), colour_of(rng, LEAVES)
    fronds = tuple(
        Ball(
            centre=(1.1 * float(np.cos(turn)), high - 0.15, 1.1 * float(np.sin(turn))),
            radius=0.95,
            half=0.4,
            colour=leaf,
            ragged=1.0,
            seed=rng.uniform(0, 90),
        )
        for turn in np.arange(0, 6.2, 1.05)
    )
    crown = Ball(centre=(0, high, 0), radius=0.8, half=0.5, colour=leaf, ragged=0.8, seed=rng.uniform(0, 9))
    return piece(post(0, 0, 0.2, 0, high, colour_of(rng, BARKS), "stone", top=0.13)) + Piece(
        solids=(), balls=(*fronds, crown)
    )


def bush(rng: Rng) -> Piece:
    """A bush of half a metre to a metre and a half."""
    leaf, size = colour_of(rng, LEAVES, 0.15), rng.uniform(0.35, 0.9)
    balls = tuple(
        Ball(
            centre=(rng.uniform(-0.7, 0.7) * size, 0.55 * size, rng.uniform(-0.5, 0.5) * size),
            radius=size * rng.uniform(0.5, 0.75),
            half=size * rng.uniform(0.5, 0.7),
            colour=leaf,
            ragged=0.6,
            seed=rng.uniform(0, 90),
        )
        for _ in range(3)
    )
    return Piece(solids=(), balls=balls)


def tuft(rng: Rng) -> Piece:
    """A tuft of high grass."""
    tone, size = colour_of(rng, ((120, 122, 66), (104, 116, 60), (150, 140, 90)), 0.12), rng.uniform(0.12, 0.3)
    return Piece(
        solids=(),
        balls=(
            Ball(centre=(0, size * 0.5, 0), radius=size, half=size, colour=tone, ragged=1.0, seed=rng.uniform(0, 90)),
        ),
    )


def hedge(rng: Rng, long: float = 4.0) -> Piece:
    """A clipped hedge along x."""
    high = rng.uniform(0.7, 1.8)
    return piece(
        box(
            (-long / 2, 0, -0.35),
            (long / 2, high, 0.35),
            colour_of(rng, LEAVES, 0.12),
            "leafy",
            seed=rng.uniform(0, 90),
        )
    )


def flower_bed(rng: Rng) -> Piece:
    """A bed of flowers in a low edging."""
    half, stone = rng.uniform(0.6, 1.4), colour_of(rng, ROCKS)
    blossoms = ((180, 60, 70), (210, 170, 60), (150, 90, 160), (220, 200, 190))
    balls = tuple(
        Ball(
            centre=(rng.uniform(-half, half) * 0.85, 0.25, rng.uniform(-0.3, 0.3)),
            radius=0.2,
            half=0.2,
            colour=colour_of(rng, blossoms if rng.random() < 0.5 else LEAVES),
            ragged=0.9,
            seed=rng.uniform(0, 90),
        )
        for _ in range(8)
    )
    return piece(box((-half, 0, -0.45), (half, 0.14, 0.45), stone, "stone")) + Piece(solids=(), balls=balls)


def rock(rng: Rng) -> Piece:
    """A boulder with flat sides."""
    size, turns = rng.uniform(0.2, 1.0), np.linspace(0, 2 * np.pi, 8)[:-1] + rng.uniform(-0.25, 0.25, 7)
    lean, high = rng.uniform(-0.2, 0.2, 2) * size, size * rng.uniform(0.5, 0.95)
    tone, seed = colour_of(rng, ROCKS), rng.uniform(0, 90)
    foot = [(size * float(np.cos(turn)), 0.8 * size * float(np.sin(turn))) for turn in turns]
    belly, brow, top = (
        [(part * x + rise * lean[0], part * z + rise * lean[1]) for x, z in foot]
        for part, rise in ((0.95, 0.3), (0.68, 0.7), (0.25, 1.0))
    )
    return piece(
        hull(foot, belly, -0.05, 0.4 * high, tone, "stone", seed=seed),
        hull(belly, brow, 0.4 * high, 0.78 * high, tone, "stone", seed=seed),
        hull(brow, top, 0.78 * high, high, tone, "stone", seed=seed),
    )


def log(rng: Rng) -> Piece:
    """A felled trunk lying along x."""
    half, radius = rng.uniform(0.9, 2.2), rng.uniform(0.14, 0.26)
    bark = colour_of(rng, BARKS)
    return piece(
        box((-half, 0, -0.6 * radius), (half, 0.4 * radius, 0.6 * radius), bark, "stone"),
        box((-half, 0.2 * radius, -radius), (half, 1.4 * radius, radius), bark, "stone"),
        box((-half, 1.2 * radius, -0.6 * radius), (half, 1.8 * radius, 0.6 * radius), bark, "stone"),
    )
