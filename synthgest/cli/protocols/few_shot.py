"""``synthgest evaluate few-shot``: K real clips of each class, after synthetic ones or without them."""

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
    shots: Annotated[str, typer.Option(metavar="K,K", help="Real clips of each class.")] = "1,2,4,8,16",
    scarce: Annotated[
        bool, typer.Option("--scarce", help="Of a class that has fewer take all, instead of refusing.")
    ] = False,
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
    """Accuracy by the number of real clips of each class, learned after synthetic ones and without them."""
    from synthgest.protocols.few_shot import FewShot, FewShotSettings

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
    asked = FewShotSettings(
        real=real, query=query, synthetic=synthetic, shots=options.numbers(shots, "shots"), scarce=scarce
    )
    experiment = FewShot(asked, terms)
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
