"""The plan: classes × clips × seed become shots. Pure: the same request gives the same shots on every machine."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from synthgest.gestures import Gesture
from synthgest.types import Recipe, Shot

GENERATION = 3
"""Raised when a release draws other pixels from the same plan, so that old and new clips never share an id."""


def plan(
    gestures: Sequence[Gesture], recipe: Recipe, *, clips: int, seed: int, fingerprint: Mapping[str, str]
) -> tuple[Shot, ...]:
    """All shots of a run: clip 0 of every gesture, then clip 1 of every gesture, and so on.

    A shot depends on its own gesture, index, base seed and recipe alone: more classes or more clips change no other shot.
    """
    config = recipe_digest(recipe, fingerprint)
    return tuple(_shot(gesture, index, seed, recipe.name, config) for index in range(clips) for gesture in gestures)


def recipe_digest(recipe: Recipe, fingerprint: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, of the recipe's name, engine and settings, and of what else its clips depend on.

    A setting that the fingerprint names counts by its fingerprint: a folder is the same folder however its path is spelt.
    """
    settings = {key: value for key, value in recipe.settings.items() if key not in fingerprint}
    return _digest([GENERATION, recipe.name, recipe.engine, settings, dict(fingerprint)])


def shot_seed(base: int, gesture: str, index: int) -> int:
    """The 62-bit seed of one shot: a hash of the base seed, the gesture's full name and the clip's number."""
    return int(_digest([base, gesture, index])[:16], 16) >> 2


def shot_id(config: str, gesture_digest: str, seed: int, index: int) -> str:
    """The id of a shot: 20 hexadecimal digits over all that its clip depends on. seed: of the first take."""
    return _digest([config, gesture_digest, seed, index])[:20]


def _shot(gesture: Gesture, index: int, seed: int, recipe: str, config: str) -> Shot:
    own = shot_seed(seed, gesture.name, index)
    return Shot(id=shot_id(config, gesture.digest, own, index), gesture=gesture, index=index, seed=own, recipe=recipe)


def _digest(parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
