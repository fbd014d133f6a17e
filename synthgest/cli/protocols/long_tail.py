"""``synthgest evaluate long-tail``: real classes of uneven frequency, after synthetic clips or without them."""

from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag
from synthgest.cli.protocols import options
from synthgest.executors.names import ExecutorName


def command(
    real: options.Real,
    query: options.Query,
    out: options.Out,
    synthetic: options.Synthetic = "",
    imbalance: Annotated[float, typer.Option(help="Clips of the most frequent class to those of the rarest.")] = 100.0,
    few: Annotated[int, typer.Option(help="Clips that a rare class has at most.")] = 20,
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
    """Accuracy of frequent and rare classes, learned from unevenly many real clips after synthetic ones and without them."""
    from synthgest.protocols.long_tail import LongTail, LongTailSettings

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
    asked = LongTailSettings(real=real, query=query, synthetic=synthetic, imbalance=imbalance, few=few)
    experiment = LongTail(asked, terms)
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
