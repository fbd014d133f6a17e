"""What a hand may hold: a phone, a cup, a baton, a flag; each rides on the palm of the hand that performs."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from synthgest.body.figure import PosedFigure
from synthgest.body.things import Colour, Thing, block, lathe, together
from synthgest.gestures import Held
from synthgest.motion.skeleton import JOINT_INDEX

Floats = NDArray[np.float32]

_PHONES: tuple[Colour, ...] = ((0.05, 0.05, 0.06), (0.85, 0.85, 0.87), (0.12, 0.16, 0.3), (0.55, 0.12, 0.14))
_CUPS: tuple[Colour, ...] = ((0.92, 0.92, 0.9), (0.75, 0.2, 0.15), (0.2, 0.35, 0.6), (0.85, 0.75, 0.3), (0.3, 0.5, 0.4))
_SIGNALS: tuple[Colour, ...] = ((0.95, 0.35, 0.05), (0.85, 0.1, 0.1), (0.95, 0.85, 0.1), (0.9, 0.9, 0.9))
_WOOD: Colour = (0.55, 0.4, 0.25)
_IN_PALM = 0.72  # of the way from the wrist to the middle finger's root


def _phone(rng: np.random.Generator) -> Thing:
    return block((-0.037, -0.07, -0.005), (0.037, 0.08, 0.005), _chosen(rng, _PHONES), cell=0.015, gloss=0.7)


def _cup(rng: np.random.Generator) -> Thing:
    wide, high = rng.uniform(0.032, 0.04), rng.uniform(0.085, 0.12)
    base = high * 0.4
    outer = [(0.0, -base), (0.8 * wide, -base), (0.9 * wide, high / 2 - base), (wide, high - base)]
    inner = [(0.9 * wide, high - base), (0.8 * wide, high / 2 - base), (0.0, 0.01 - base)]
    return lathe([*outer, *inner], _chosen(rng, _CUPS), gloss=0.5)


def _baton(rng: np.random.Generator) -> Thing:
    long = rng.uniform(0.35, 0.5)
    grip = lathe([(0.0, -0.08), (0.016, -0.08), (0.016, 0.07)], (0.06, 0.06, 0.07))
    lamp = lathe([(0.022, 0.07), (0.021, 0.2), (0.02, long - 0.02), (0.0, long)], _chosen(rng, _SIGNALS), gloss=0.4)
    return together([grip, lamp])


def _flag(rng: np.random.Generator) -> Thing:
    long, wide, high = rng.uniform(0.55, 0.75), rng.uniform(0.35, 0.5), rng.uniform(0.28, 0.36)
    staff = lathe([(0.0, -0.1), *((0.009, each) for each in np.linspace(-0.1, long, 16)), (0.0, long)], _WOOD)
    colour = _chosen(rng, _SIGNALS)
    folds, lag = rng.uniform(1.0, 2.0), rng.uniform(0, 2 * np.pi)
    cloth = block((0.0, long - high, -0.002), (wide, long - 0.01, 0.002), colour, cell=0.02, gloss=0.05)
    vertices = cloth.vertices.copy()
    part = vertices[:, 0] / wide
    vertices[:, 2] += 0.03 * part * np.sin(2 * np.pi * folds * part + lag)
    vertices[:, 1] -= 0.25 * wide * part**2  # it hangs
    hung = Thing(vertices=vertices.astype(np.float32), normals=cloth.normals, faces=cloth.faces, surface=cloth.surface)
    return together([staff, hung])


_MADE: Mapping[Held, tuple[Callable[[np.random.Generator], Thing], float]] = {
    "phone": (_phone, 0.022),
    "cup": (_cup, 0.05),
    "baton": (_baton, 0.03),
    "flag": (_flag, 0.025),
}
"""How each is made, in a grip's axes (x along the fingers, y towards the thumb, z off the palm), and how far off the palm it is."""


def held(name: Held, rng: np.random.Generator) -> Thing:
    """A thing, its grip at the origin."""
    return _MADE[name][0](rng)


def carried(thing: Thing, name: Held, posed: PosedFigure, side: str) -> tuple[Floats, Floats]:
    """Vertices and normals (T, V, 3) of a thing in the left or the right hand of somebody at every frame."""
    wrist, index, middle, pinky = (
        posed.joints[:, JOINT_INDEX[f"{side}_{part}"]].astype(np.float64)
        for part in ("wrist", "index1", "middle1", "pinky1")
    )
    along = _unit(middle - wrist)
    across = index - pinky
    across = _unit(across - (across * along).sum(axis=1, keepdims=True) * along)
    off = np.cross(along, across) * (1.0 if side == "left" else -1.0)
    axes = np.stack([along, across, off], axis=2)
    place = wrist + _IN_PALM * (middle - wrist) + _MADE[name][1] * off
    handed = np.array([1.0, 1.0, 1.0 if side == "left" else -1.0])  # a mirror would turn the thing inside out
    axes = axes * handed
    vertices = np.einsum("tij,vj->tvi", axes, thing.vertices) + place[:, None]
    return vertices.astype(np.float32), np.einsum("tij,vj->tvi", axes, thing.normals).astype(np.float32)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
    return found


def _chosen(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(rng.integers(len(colours)))]
