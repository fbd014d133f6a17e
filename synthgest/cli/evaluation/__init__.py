"""``synthgest evaluate``: how good an encoder or a trained recogniser is on clips that it has not seen; one file a command."""

import typer

from synthgest.cli import protocols
from synthgest.cli.evaluation import accuracy, drift, features, knn, latency, probe, zero_shot

app = typer.Typer(help="How good an encoder or a trained recogniser is.", no_args_is_help=True, rich_markup_mode=None)
app.command("accuracy")(accuracy.command)
app.command("knn")(knn.command)
app.command("probe")(probe.command)
app.command("zero-shot")(zero_shot.command)
app.command("drift")(drift.command)
app.command("features")(features.command)
app.command("latency")(latency.command)
protocols.add_to(app)
