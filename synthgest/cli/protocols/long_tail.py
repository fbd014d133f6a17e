"""``synthgest evaluate long-tail``: real classes of uneven frequency, after synthetic clips or without them."""

from typing import Annotated

import typer

from synthgest.cli.protocols import options


def command(
    real: options.Real,
    query: options.Query,
    out: options.Out,
    learning: options.Learning,
    running: options.Running,
    synthetic: options.Synthetic = "",
    imbalance: Annotated[float, typer.Option(help="Clips of the most frequent class to those of the rarest.")] = 100.0,
    few: Annotated[int, typer.Option(help="Clips that a rare class has at most.")] = 20,
    regimes: options.Regimes = "finetune",
) -> None:
    """Accuracy of frequent and rare classes, learned from unevenly many real clips after synthetic ones and without them."""
    from synthgest.protocols.long_tail import LongTail, LongTailSettings

    terms = learning.terms(regimes=regimes)
    asked = LongTailSettings(real=real, query=query, synthetic=synthetic, imbalance=imbalance, few=few)
    running.carry_out(LongTail(asked, terms), out)
