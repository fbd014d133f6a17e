"""``synthgest evaluate transfer``: pretrained on one set or another, or on nothing, then learned on many."""

from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag
from synthgest.cli.protocols import options
from synthgest.executors.names import ExecutorName


def command(
    source: Annotated[list[str], typer.Option(metavar="NAME=DIR", help="A set to pretrain on; repeatable.")],
    target: Annotated[
        list[str], typer.Option(metavar="NAME=DIR,DIR", help="Clips to learn, and others to name; repeatable.")
    ],
    out: options.Out,
    classes: Annotated[str, typer.Option(metavar="K,K", help="Also parts of the sources with so many classes.")] = "",
    clips: Annotated[str, typer.Option(metavar="N,N", help="Also parts with so many clips of each class.")] = "",
    against: Annotated[str, typer.Option(metavar="NAME", help="The real source to which gap ratios are taken.")] = "",
    pictures: Annotated[
        str, typer.Option(help="The encoder of single frames that representation bias is taken by.")
    ] = "clip",
    seeds: options.Seeds = 3,
    seed: options.Seed = 0,
    encoder: options.EncoderName = "small",
    settings: options.Settings = None,
    training: options.Training = None,
    steps: options.Steps = 400,
    batch: options.Batch = 16,
    regimes: options.Regimes = "finetune,probe",
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
    """Accuracy on several data sets after pretraining on each source and on nothing, fine-tuned and probed."""
    from synthgest.protocols.transfer import Target, Transfer, TransferSettings

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
    targets = {}
    for name, each in options.named(target, "target", "NAME=DIR,DIR").items():
        train, _, query = each.partition(",")
        targets[name] = Target(train=train, query=query)
    asked = TransferSettings(
        sources=options.named(source, "source", "NAME=DIR"),
        targets=targets,
        classes=options.numbers(classes, "classes"),
        clips=options.numbers(clips, "clips"),
        against=against,
        pictures=pictures,
    )
    experiment = Transfer(asked, terms)
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
