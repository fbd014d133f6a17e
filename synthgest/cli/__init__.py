"""The command line: one file a command. What is heavy is imported inside the command, so that ``--help`` starts at once."""

import os
import sys
from typing import Annotated

import typer

from synthgest import __version__
from synthgest.cli import (
    audit,
    backgrounds,
    doctor,
    evaluation,
    export,
    generate,
    licenses,
    listing,
    motion,
    places,
    preview,
    prompts,
    report,
    score,
    select,
    train,
    verify,
)
from synthgest.cli.output import Output
from synthgest.cli.signals import Signalled, listen
from synthgest.errors import DatasetError, SpecError, SynthgestError

app = typer.Typer(
    name="synthgest",
    help="Labelled synthetic clips of human gestures: generate, check, train, and prove it on real people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes around the help would cost more than half of the time that it takes to start
)
app.command("generate")(generate.command)
app.command("prompts")(prompts.command)
app.command("backgrounds")(backgrounds.command)
app.command("places")(places.command)
app.command("preview")(preview.command)
app.add_typer(motion.app, name="motion")
app.command("score")(score.command)
app.command("select")(select.command)
app.command("train")(train.command)
app.add_typer(evaluation.app, name="evaluate")
app.command("report")(report.command)
app.command("audit")(audit.command)
app.command("export")(export.command)
app.command("licenses")(licenses.command)
app.command("verify")(verify.command)
app.command("list")(listing.command)
app.command("doctor")(doctor.command)

_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
_USAGE = (SpecError, DatasetError)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Ask no model hub: what is not on this machine is an error at once."),
    ] = False,
) -> None:
    """Labelled synthetic clips of human gestures: generate, check, train, and prove it on real people."""
    if offline:
        os.environ.update(_OFFLINE)
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; errors that a user can mend are printed without a traceback."""
    listen()
    output = Output(json="--json" in sys.argv)
    try:
        app()
    except SynthgestError as error:
        output.error(error)
        sys.exit(2 if isinstance(error, _USAGE) else 1)
    except SystemExit as ended:
        if ended.code == 2:  # typer has said on standard error what was wrong
            output.wrong_usage()
        raise
    except Signalled as signalled:
        output.interrupted(signalled.told)
        sys.exit(signalled.status)
