"""Recipes: named generators as data files, read from generators/ or from a path of the user's own."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from synthgest.content import content
from synthgest.errors import SpecError, nearest
from synthgest.tables import read_toml, to_value
from synthgest.types import Published, Recipe

_PUBLISHED = tuple(field.name for field in fields(Published))
_ABOUT = ("engine", "licence", "source", "summary", "tested", "batch", "patience", "gpus", *_PUBLISHED)
_RUNNING: dict[str, tuple[type, ...]] = {"batch": (int,), "patience": (int, float), "gpus": (int, float)}


def recipe_names() -> tuple[str, ...]:
    """Names of the shipped recipes, in alphabetical order."""
    return tuple(sorted(path.stem for path in content("generators").glob("*.toml")))


def load_recipe(word: str, changes: Mapping[str, Any] | None = None, *, engine: str = "") -> Recipe:
    """The recipe of a shipped name, or of a path that ends in ``.toml``.

    changes: settings that replace the file's own. Whether the engine knows a setting is said by the engine itself. engine:
    of a file that need not name one.
    """
    path = Path(word) if word.endswith(".toml") else content("generators") / f"{word}.toml"
    if not word.endswith(".toml") and word not in recipe_names():
        raise SpecError(f"no generator {word!r}; {nearest(word, recipe_names())} or give a path that ends in .toml")
    table = read_toml(path)
    named = table.get("engine", engine)
    if not isinstance(named, str) or not named:
        raise SpecError(f"{path}: the key 'engine' is missing; expected the name of an engine, such as 'pose-transfer'")
    settings = {key: value for key, value in table.items() if key not in _ABOUT}
    recipe = Recipe(
        name=path.stem,
        engine=named,
        settings=settings,
        licence=str(table.get("licence", "")),
        source=str(table.get("source", "")),
        summary=str(table.get("summary", "")),
        tested=str(table.get("tested", "")),
        published=to_value({key: table[key] for key in _PUBLISHED if key in table}, Published, where=str(path)),
    )
    running = {key: table[key] for key in _RUNNING if key in table}
    return change(recipe, {**running, **(changes or {})})


def change(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """The recipe with some settings replaced, table by table; ``batch``, ``patience`` and ``gpus`` are checked here."""
    running = {key: value for key, value in changes.items() if key in _RUNNING}
    for key, kinds in _RUNNING.items():
        if key in running and (type(running[key]) not in kinds or not running[key] > 0):
            raise SpecError(f"recipe {recipe.name!r}: {key} is {running[key]!r}; expected a number above 0")
    gpus = running.get("gpus", recipe.gpus)
    if gpus > 1 and gpus != round(gpus):
        raise SpecError(f"recipe {recipe.name!r}: gpus is {gpus}; expected a part of one, or a whole number")
    settings = {key: value for key, value in changes.items() if key not in _RUNNING}
    return replace(recipe, settings=_merged(recipe.settings, settings), **running)


def parse_settings(assignments: Sequence[str]) -> dict[str, Any]:
    """``["frames=64", "camera.margin=0.1"]`` as settings: a dot enters a table; a value is TOML, or else plain text."""
    settings: dict[str, Any] = {}
    for assignment in assignments:
        key, sign, text = assignment.partition("=")
        if not sign or not key.strip():
            raise SpecError(f"--set got {assignment!r}; expected KEY=VALUE, for example --set frames=64")
        value = _toml_or_text(text.strip())
        for part in reversed(key.strip().split(".")):
            value = {part: value}
        settings = _merged(settings, value)
    return settings


def parse_values(text: str) -> tuple[Any, ...]:
    """``basic,env`` or ``[8, 16],[8, 32]`` as values: TOML by comma, or else plain texts; none of an empty text."""
    if not text.strip():
        return ()
    try:
        found: list[Any] = tomllib.loads(f"values = [{text}]")["values"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return tuple(word.strip() for word in text.split(","))
    return tuple(found)


def _toml_or_text(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return text


def _merged(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``settings`` with ``changes`` put in, table by table."""
    inner = {
        key: _merged(settings[key], value)
        for key, value in changes.items()
        if isinstance(value, Mapping) and isinstance(settings.get(key), Mapping)
    }
    return {**settings, **changes, **inner}
