"""``synthgest prompts``: what a video model would be told, before it is told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgest.cli.enriching import CharactersOption, EnvironmentsOption, ModeOption, said
from synthgest.cli.output import JsonFlag, Output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthgest.survey import Line, Survey


def command(
    classes: Annotated[
        list[str], typer.Argument(metavar="CLASS...", help="Gestures, vocabularies, your own .toml, or plain phrases.")
    ],
    generator: Annotated[
        str | None,
        typer.Option(
            help="A recipe, for its model's tokenizer and limit, its writer and its words.", show_default=False
        ),
    ] = None,
    clips: Annotated[int, typer.Option(help="Prompts a class.")] = 64,
    mode: ModeOption = None,
    environments: EnvironmentsOption = None,
    characters: CharactersOption = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a setting of the recipe; repeatable."),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="Write places and people as tables of a recipe, to be edited by hand."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the prompts of a class, how balanced they are and how alike; nothing is generated."""
    from synthgest.errors import SpecError
    from synthgest.gestures import load_gestures
    from synthgest.prompting.settings import EnrichmentSettings
    from synthgest.recipes import change, load_recipe, parse_settings
    from synthgest.survey import enrichment_for, survey, words_as_toml
    from synthgest.tables import to_value

    gestures = load_gestures(classes)
    enriched = said(mode, environments, characters)
    recipe = None
    if generator is not None:
        changes = {"enrichment": enriched} if enriched else {}
        recipe = change(load_recipe(generator, changes), parse_settings(settings or []))
    elif settings:
        raise SpecError("--set replaces a setting of a recipe; name one with --generator")
    plain = to_value(enriched, EnrichmentSettings, where="the command line")
    enrichment = enrichment_for(recipe, plain, gestures)
    found = survey(gestures, enrichment, clips=clips)
    output = Output(json=as_json)
    if texts is not None:
        _write(texts, words_as_toml(gestures, enrichment))
        output.note(f"words: {texts}")
    output.result(_values(found), _text(found))


def _write(path: Path, text: str) -> None:
    from synthgest.data.storage import make_folder, write_bytes

    make_folder(path.parent)
    write_bytes(path, text.encode())


def _values(found: "Survey") -> dict[str, Any]:
    return {
        "prompts": [_entry(line) for line in found.lines],
        "balance": found.balance,
        "similarity": {name: round(value, 4) for name, value in found.similarity.items()},
        "repeated": found.repeated,
        "tokens": "counted" if found.counted else "estimated",
    }


def _entry(line: "Line") -> dict[str, Any]:
    return {"gesture": line.gesture, "index": line.index, **line.prompt.facts()}


def _text(found: "Survey") -> str:
    parts: list[str] = []
    for name, alike in found.similarity.items():
        own = [line for line in found.lines if line.gesture == name]
        parts.append(f"{name}: {len(own)} prompts, which share {alike:.0%} of their words on average")
        parts += [f"{line.index:5d}  {line.prompt.text}{_without(line)}" for line in own]
        parts.append("")
    parts += [f"{respect}: {_levels(levels)}" for respect, levels in found.balance.items()]
    longest = max(line.prompt.tokens for line in found.lines)
    how = "counted by the model's tokenizer" if found.counted else "estimated, for no model is at hand"
    parts.append(f"{found.repeated} repeated prompts; the longest has {longest} tokens ({how})")
    return "\n".join(parts)


def _without(line: "Line") -> str:
    return f" [without {', '.join(line.prompt.without)}]" if line.prompt.without else ""


def _levels(levels: "Mapping[str, int]") -> str:
    return ", ".join(f"{level} {count}" for level, count in levels.items())
