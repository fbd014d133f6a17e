"""``synthgest evaluate sweep``: one quantity over several values, and the choice of one that is nested."""

from typing import Annotated, Literal

import typer

from synthgest.cli.output import JsonFlag
from synthgest.cli.protocols import options
from synthgest.executors.names import ExecutorName


def command(
    over: Annotated[Literal["ratio", "clips", "steps"], typer.Argument(help="What is swept.")],
    values: Annotated[str, typer.Option(metavar="V,V", help="Its values, rising; ratio 0 is real clips alone.")],
    synthetic: options.Synthetic,
    query: options.Query,
    out: options.Out,
    real: Annotated[str, typer.Option(metavar="DIR", help="Filmed clips to learn, a quarter of which chooses.")] = "",
    seeds: options.Seeds = 3,
    seed: options.Seed = 0,
    encoder: options.EncoderName = "small",
    settings: options.Settings = None,
    training: options.Training = None,
    steps: options.Steps = 400,
    batch: options.Batch = 16,
    labels: options.Labels = "none",
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
    """Accuracy over the ratio of synthetic to real clips, clips of each class, or steps; and what a nested choice is worth."""
    from synthgest.protocols.sweep import Sweep, SweepSettings

    terms = options.terms_of(
        encoder=encoder,
        settings=settings,
        training=training,
        steps=steps,
        batch=batch,
        seeds=seeds,
        seed=seed,
        labels=labels,
        scores=scores,
        renewed=renewed,
        drop_strangers=drop_strangers,
    )
    asked = SweepSettings(
        over=over, values=options.numbers(values, "values", float), query=query, synthetic=synthetic, real=real
    )
    experiment = Sweep(asked, terms)
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
