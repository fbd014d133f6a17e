"""``synthgest evaluate cross-dataset``: learned on some films, asked about others."""

from typing import Annotated

import typer

from synthgest.cli.protocols import options


def command(
    real: options.Real,
    synthetic: options.Synthetic,
    query: Annotated[list[str], typer.Option(metavar="NAME=DIR", help="Clips to name, from elsewhere; repeatable.")],
    out: options.Out,
    learning: options.Learning,
    running: options.Running,
) -> None:
    """Accuracy on films from elsewhere, of what learned real clips, synthetic ones, both mixed, or one after the other."""
    from synthgest.protocols.cross_dataset import CrossDataset, CrossDatasetSettings

    terms = learning.terms()
    asked = CrossDatasetSettings(real=real, synthetic=synthetic, queries=options.named(query, "query", "NAME=DIR"))
    running.carry_out(CrossDataset(asked, terms), out)
