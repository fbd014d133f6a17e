"""``synthgest evaluate anomaly``: videos with one label each are learned, frames are named."""

from typing import Annotated

import typer

from synthgest.cli.protocols import options


def command(
    real: Annotated[str, typer.Option(metavar="DIR", help="Videos to learn, by class; one class is normal.")],
    query: Annotated[str, typer.Option(metavar="DIR", help="Videos whose frames are named.")],
    intervals: Annotated[str, typer.Option(metavar="FILE", help="Their anomalies, as UCF-Crime lists them.")],
    out: options.Out,
    learning: options.Learning,
    running: options.Running,
    synthetic: Annotated[str, typer.Option(metavar="DIR", help="Synthetic clips, to pretrain on by class.")] = "",
    normal: Annotated[str, typer.Option(help="The class that is no anomaly.")] = "normal",
    snippet: Annotated[int, typer.Option(help="Frames that share a score.")] = 16,
) -> None:
    """Frame-level AUC of anomalies that were learned from whole videos, with and without synthetic pretraining."""
    from synthgest.protocols.anomaly import Anomaly, AnomalySettings

    terms = learning.terms(regimes="probe")
    asked = AnomalySettings(
        train=real, query=query, intervals=intervals, synthetic=synthetic, normal=normal, snippet=snippet
    )
    running.carry_out(Anomaly(asked, terms), out)
