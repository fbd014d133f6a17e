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


def add_to(app: typer.Typer) -> None:
    """Let the app have a command for each experiment."""
    app.command("few-shot")(few_shot.command)
    app.command("base-to-novel")(base_to_novel.command)
    app.command("long-tail")(long_tail.command)
    app.command("anomaly")(anomaly.command)
    app.command("transfer")(transfer.command)
    app.command("cross-dataset")(cross_dataset.command)
    app.command("background-swap")(background_swap.command)
    app.command("ablation")(ablation.command)
    app.command("sweep")(sweep.command)
