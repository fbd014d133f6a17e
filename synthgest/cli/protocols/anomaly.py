"""``synthgest evaluate anomaly``: videos with one label each are learned, frames are named."""

from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag
from synthgest.cli.protocols import options
from synthgest.executors.names import ExecutorName


def command(
    real: Annotated[str, typer.Option(metavar="DIR", help="Videos to learn, by class; one class is normal.")],
    query: Annotated[str, typer.Option(metavar="DIR", help="Videos whose frames are named.")],
    intervals: Annotated[str, typer.Option(metavar="FILE", help="Their anomalies, as UCF-Crime lists them.")],
    out: options.Out,
    synthetic: Annotated[str, typer.Option(metavar="DIR", help="Synthetic clips, to pretrain on by class.")] = "",
    normal: Annotated[str, typer.Option(help="The class that is no anomaly.")] = "normal",
    snippet: Annotated[int, typer.Option(help="Frames that share a score.")] = 16,
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
    """Frame-level AUC of anomalies that were learned from whole videos, with and without synthetic pretraining."""
    from synthgest.protocols.anomaly import Anomaly, AnomalySettings

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
        regimes="probe",
        renewed=renewed,
        drop_strangers=drop_strangers,
    )
    asked = AnomalySettings(
        train=real, query=query, intervals=intervals, synthetic=synthetic, normal=normal, snippet=snippet
    )
    experiment = Anomaly(asked, terms)
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
