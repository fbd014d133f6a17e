"""The plan: classes × clips × seed become shots. Pure: the same request gives the same shots on every machine."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from synthgest.gestures import Gesture
from synthgest.types import Recipe, Shot

GENERATION = 1
"""Raised when a release draws other pixels from the same plan, so that old and new clips never share an id."""


def plan(
    gestures: Sequence[Gesture], recipe: Recipe, *, clips: int, seed: int, fingerprint: Mapping[str, str]
) -> tuple[Shot, ...]:
    """All shots of a run: clip 0 of every gesture, then clip 1 of every gesture, and so on.

    A shot depends on its own gesture, index, base seed and recipe alone: more classes or more clips change no other shot.
    """
    basis = recipe_digest(recipe, fingerprint)
    return tuple(_shot(gesture, index, seed, recipe.name, basis) for index in range(clips) for gesture in gestures)


def recipe_digest(recipe: Recipe, fingerprint: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, of the engine, its settings and what else its clips depend on."""
    return _digest([GENERATION, recipe.engine, dict(recipe.settings), dict(fingerprint)])


def shot_seed(base: int, gesture: str, index: int) -> int:
    """The 62-bit seed of one shot: a hash of the base seed, the gesture's full name and the clip's number."""
    return int(_digest([base, gesture, index])[:16], 16) >> 2


def _shot(gesture: Gesture, index: int, seed: int, recipe: str, basis: str) -> Shot:
    own = shot_seed(seed, gesture.name, index)
    return Shot(
        id=_digest([basis, gesture.digest, own, index])[:20], gesture=gesture, index=index, seed=own, recipe=recipe
    )


def _digest(parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
