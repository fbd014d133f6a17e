"""``synthgest list``: what there is to choose from."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag, Output


class Kind(StrEnum):
    """What can be listed."""

    GESTURES = "gestures"
    GENERATORS = "generators"
    BACKGROUNDS = "backgrounds"
    ENGINES = "engines"
    SCORERS = "scorers"
    ENCODERS = "encoders"
    MOTIONS = "motions"
    ESTIMATORS = "estimators"
    EXPORTERS = "exporters"
    PLACES = "places"


def command(
    kind: Annotated[Kind, typer.Argument(help="What to list.")] = Kind.GESTURES,
    as_json: JsonFlag = False,
) -> None:
    """Show the gestures, generators, recipes for backgrounds, engines, scorers, encoders, motion formats or drawn places."""
    readers: dict[Kind, Callable[[], dict[str, str]]] = {
        Kind.GESTURES: _gestures,
        Kind.GENERATORS: _generators,
        Kind.BACKGROUNDS: _backgrounds,
        Kind.ENGINES: _engines,
        Kind.SCORERS: _scorers,
        Kind.ENCODERS: _encoders,
        Kind.MOTIONS: _motions,
        Kind.ESTIMATORS: _estimators,
        Kind.EXPORTERS: _exporters,
        Kind.PLACES: _places,
    }
    entries = readers[kind]()
    width = max(map(len, entries), default=0)
    text = "\n".join(f"{name:<{width}}  {summary}" for name, summary in entries.items())
    Output(json=as_json).result({kind.value: entries}, text)


def _gestures() -> dict[str, str]:
    from synthgest.gestures import shipped_gestures

    return {gesture.name: gesture.phrase for gesture in shipped_gestures()}


def _generators() -> dict[str, str]:
    from synthgest.recipes import load_recipe, recipe_names

    recipes = [load_recipe(name) for name in recipe_names()]
    return {recipe.name: recipe.summary or f"engine {recipe.engine}" for recipe in recipes}


def _backgrounds() -> dict[str, str]:
    from synthgest.backgrounds import background_recipe_names, load_background_recipe

    return {name: load_background_recipe(name, {}).summary for name in background_recipe_names()}


def _engines() -> dict[str, str]:
    from synthgest.engines import engine_entries

    return {name: entry.value for name, entry in sorted(engine_entries().items())}


def _scorers() -> dict[str, str]:
    from synthgest.scoring import scorer_entries

    return {name: entry.value for name, entry in sorted(scorer_entries().items())}


def _encoders() -> dict[str, str]:
    from synthgest.encoders import encoder_entries

    return {name: entry.value for name, entry in sorted(encoder_entries().items())}


def _motions() -> dict[str, str]:
    from synthgest.motion.files import motion_entries

    return {name: entry.value for name, entry in sorted(motion_entries().items())}


def _estimators() -> dict[str, str]:
    from synthgest.extraction import estimator_entries

    return {name: entry.value for name, entry in sorted(estimator_entries().items())}


def _exporters() -> dict[str, str]:
    from synthgest.exporters import exporter_entries

    return {name: entry.value for name, entry in sorted(exporter_entries().items())}


def _places() -> dict[str, str]:
    from synthgest.scene.places import KINDS

    return {name: ", ".join(sorted(tags)) for name, tags in sorted(KINDS.items())}
