"""``synthgest evaluate cross-dataset``: learned on some films, asked about others."""

from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag
from synthgest.cli.protocols import options
from synthgest.executors.names import ExecutorName


def command(
    real: options.Real,
    synthetic: options.Synthetic,
    query: Annotated[list[str], typer.Option(metavar="NAME=DIR", help="Clips to name, from elsewhere; repeatable.")],
    out: options.Out,
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
    """Accuracy on films from elsewhere, of what learned real clips, synthetic ones, both mixed, or one after the other."""
    from synthgest.protocols.cross_dataset import CrossDataset, CrossDatasetSettings

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
    asked = CrossDatasetSettings(real=real, synthetic=synthetic, queries=options.named(query, "query", "NAME=DIR"))
    experiment = CrossDataset(asked, terms)
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
