"""``synthgest evaluate background-swap``: whether the place is learned instead of the gesture."""

from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag
from synthgest.cli.protocols import options
from synthgest.executors.names import ExecutorName


def command(
    synthetic: Annotated[str, typer.Option(metavar="DIR", help="Drawn clips to learn, with masks.")],
    query: Annotated[str, typer.Option(metavar="DIR", help="Drawn clips to name, of other motions.")],
    out: options.Out,
    seeds: options.Seeds = 3,
    seed: options.Seed = 0,
    encoder: options.EncoderName = "small",
    settings: options.Settings = None,
    training: options.Training = None,
    steps: options.Steps = 400,
    batch: options.Batch = 16,
    regimes: options.Regimes = "finetune",
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
    """Accuracy where each clip stands before the place of another class, learned in own and in swapped places."""
    from synthgest.protocols.background_swap import BackgroundSwap

    terms = options.terms_of(
        encoder=encoder,
        settings=settings,
        training=training,
        steps=steps,
        batch=batch,
        seeds=seeds,
        seed=seed,
        regimes=regimes,
        labels=labels,
        scores=scores,
        renewed=renewed,
        drop_strangers=drop_strangers,
    )
    experiment = BackgroundSwap(synthetic, query, terms)
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
