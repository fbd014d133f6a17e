"""``synthgest evaluate background-swap``: whether the place is learned instead of the gesture."""

from typing import Annotated

import typer

from synthgest.cli.protocols import options


def command(
    synthetic: Annotated[str, typer.Option(metavar="DIR", help="Drawn clips to learn, with masks.")],
    query: Annotated[str, typer.Option(metavar="DIR", help="Drawn clips to name, of other motions.")],
    out: options.Out,
    learning: options.Learning,
    running: options.Running,
    regimes: options.Regimes = "finetune",
) -> None:
    """Accuracy where each clip stands before the place of another class, learned in own and in swapped places."""
    from synthgest.protocols.background_swap import BackgroundSwap

    terms = learning.terms(regimes=regimes)
    running.carry_out(BackgroundSwap(synthetic, query, terms), out)
