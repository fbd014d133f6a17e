"""``synthgest evaluate few-shot`` and its like: one file an experiment, on options that all share."""

import typer

from synthgest.cli.protocols import (
    ablation,
    anomaly,
    background_swap,
    base_to_novel,
    cross_dataset,
    few_shot,
    long_tail,
    sweep,
    transfer,
)
from synthgest.cli.protocols.options import spread


def add_to(app: typer.Typer) -> None:
    """Let the app have a command for each experiment."""
    app.command("few-shot")(spread(few_shot.command))
    app.command("base-to-novel")(spread(base_to_novel.command, encoder="clip"))
    app.command("long-tail")(spread(long_tail.command))
    app.command("anomaly")(spread(anomaly.command))
    app.command("transfer")(spread(transfer.command))
    app.command("cross-dataset")(spread(cross_dataset.command))
    app.command("background-swap")(spread(background_swap.command))
    app.command("ablation")(spread(ablation.command, without=["labels"]))
    app.command("sweep")(spread(sweep.command))
