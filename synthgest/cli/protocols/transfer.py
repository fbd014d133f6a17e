"""``synthgest evaluate transfer``: pretrained on one set or another, or on nothing, then learned on many."""

from typing import Annotated

import typer

from synthgest.cli.protocols import options


def command(
    source: Annotated[list[str], typer.Option(metavar="NAME=DIR", help="A set to pretrain on; repeatable.")],
    target: Annotated[
        list[str], typer.Option(metavar="NAME=DIR,DIR", help="Clips to learn, and others to name; repeatable.")
    ],
    out: options.Out,
    learning: options.Learning,
    running: options.Running,
    classes: Annotated[str, typer.Option(metavar="K,K", help="Also parts of the sources with so many classes.")] = "",
    clips: Annotated[str, typer.Option(metavar="N,N", help="Also parts with so many clips of each class.")] = "",
    against: Annotated[str, typer.Option(metavar="NAME", help="The real source to which gap ratios are taken.")] = "",
    pictures: Annotated[
        str, typer.Option(help="The encoder of single frames that representation bias is taken by.")
    ] = "clip",
    regimes: options.Regimes = "finetune,probe",
) -> None:
    """Accuracy on several data sets after pretraining on each source and on nothing, fine-tuned and probed."""
    from synthgest.protocols.transfer import Target, Transfer, TransferSettings

    terms = learning.terms(regimes=regimes)
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
    running.carry_out(Transfer(asked, terms), out)
