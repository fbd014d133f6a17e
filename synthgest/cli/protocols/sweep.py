"""``synthgest evaluate sweep``: one quantity over several values, and the choice of one that is nested."""

from typing import Annotated, Literal

import typer

from synthgest.cli.protocols import options


def command(
    over: Annotated[Literal["ratio", "clips", "steps"], typer.Argument(help="What is swept.")],
    values: Annotated[str, typer.Option(metavar="V,V", help="Its values, rising; ratio 0 is real clips alone.")],
    synthetic: options.Synthetic,
    query: options.Query,
    out: options.Out,
    learning: options.Learning,
    running: options.Running,
    real: Annotated[str, typer.Option(metavar="DIR", help="Filmed clips to learn, a quarter of which chooses.")] = "",
) -> None:
    """Accuracy over the ratio of synthetic to real clips, clips of each class, or steps; and what a nested choice is worth."""
    from synthgest.protocols.sweep import Sweep, SweepSettings

    terms = learning.terms()
    asked = SweepSettings(
        over=over, values=options.numbers(values, "values", float), query=query, synthetic=synthetic, real=real
    )
    running.carry_out(Sweep(asked, terms), out)
