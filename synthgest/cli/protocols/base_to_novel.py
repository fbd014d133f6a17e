"""``synthgest evaluate base-to-novel``: half of the classes are learned, the others are known by words."""

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
    shots: Annotated[int, typer.Option(help="Real clips of each base class.")] = 16,
) -> None:
    """Accuracy of classes that were learned from few real clips, of others that are known by words, and their harmonic mean."""
    from synthgest.protocols.base_to_novel import BaseToNovel, BaseToNovelSettings

    terms = learning.terms()
    asked = BaseToNovelSettings(real=real, query=query, synthetic=synthetic, shots=shots)
    running.carry_out(BaseToNovel(asked, terms), out)
