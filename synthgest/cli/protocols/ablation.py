"""``synthgest evaluate ablation``: synthetic clips that differ in one thing alone."""

from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag
from synthgest.cli.protocols import options
from synthgest.errors import SpecError
from synthgest.executors.names import ExecutorName


def command(
    source: Annotated[
        list[str],
        typer.Argument(metavar="CLASS...", help="Classes to draw; for labels a data set that has scores."),
    ],
    query: options.Query,
    out: options.Out,
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
    seeds: options.Seeds = 3,
    seed: options.Seed = 0,
    encoder: options.EncoderName = "small",
    settings: options.Settings = None,
    training: options.Training = None,
    steps: options.Steps = 400,
    batch: options.Batch = 16,
    scores: options.Scores = "",
    renewed: options.Renewed = False,
    drop_strangers: options.DropStrangers = False,
    workers: options.Workers = 1,
    executor: options.Executor = ExecutorName.LOCAL,
    shard: options.Shard = "0/1",
    cache: options.Cache = None,
    keep: options.Keep = False,
    dry_run: options.DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """Accuracy of what learned synthetic clips that differ in one thing: labels, prompts, identities, or any setting."""
    from synthgest.protocols.ablation import LABELS, Ablation, AblationSettings
    from synthgest.recipes import parse_settings, parse_values

    terms = options.terms_of(
        encoder=encoder,
        settings=settings,
        training=training,
        steps=steps,
        batch=batch,
        seeds=seeds,
        seed=seed,
        scores=scores,
        renewed=renewed,
        drop_strangers=drop_strangers,
    )
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
    experiment = Ablation(asked, terms)
    options.carry_out(
        experiment,
        out,
        workers=workers,
        executor=executor,
        shard=shard,
        cache=cache,
        keep=keep,
        dry_run=dry_run,
        as_json=as_json,
    )


def _folder(source: list[str]) -> str:
    if len(source) > 1:
        raise SpecError(f"{len(source)} data sets to vary the labels of; expected one folder")
    return source[0]
