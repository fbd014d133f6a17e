"""``synthgest evaluate ablation``: synthetic clips that differ in one thing alone."""

from typing import Annotated

import typer

from synthgest.cli.protocols import options
from synthgest.errors import SpecError


def command(
    source: Annotated[
        list[str],
        typer.Argument(metavar="CLASS...", help="Classes to draw; for labels a data set that has scores."),
    ],
    query: options.Query,
    out: options.Out,
    learning: options.Learning,
    running: options.Running,
    vary: Annotated[
        str,
        typer.Option(
            metavar="WHAT", help="labels, prompts, identities, or a setting of the recipe, as camera.upper_body=0,0.4."
        ),
    ] = "labels",
    clips: Annotated[int, typer.Option(help="Clips of each class that are drawn.")] = 60,
    generator: Annotated[str, typer.Option(help="The recipe that draws.")] = "pose-transfer",
    generator_settings: Annotated[
        list[str] | None,
        typer.Option("--generator-set", metavar="KEY=VALUE", help="Replace a setting of the recipe; repeatable."),
    ] = None,
) -> None:
    """Accuracy of what learned synthetic clips that differ in one thing: labels, prompts, identities, or any setting."""
    from synthgest.protocols.ablation import LABELS, Ablation, AblationSettings
    from synthgest.recipes import parse_settings, parse_values

    terms = learning.terms()
    what, _, words = vary.partition("=")
    asked = AblationSettings(
        vary=what,
        query=query,
        values=parse_values(words),
        source=_folder(source) if what == LABELS else "",
        classes=() if what == LABELS else tuple(source),
        generator=generator,
        settings=parse_settings(generator_settings or []),
        clips=clips,
    )
    running.carry_out(Ablation(asked, terms), out)


def _folder(source: list[str]) -> str:
    if len(source) > 1:
        raise SpecError(f"{len(source)} data sets to vary the labels of; expected one folder")
    return source[0]
