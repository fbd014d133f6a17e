"""What the commands print: text for a person, or one JSON object as the last line of standard output."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgest.errors import ConfigChanged, SynthgestError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line of standard output.")]


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's words go. json: whether a program reads them."""

    json: bool

    def result(self, values: Mapping[str, Any], text: str) -> None:
        """The result of a command, as JSON or as text."""
        typer.echo(json.dumps(values) if self.json else text)

    def note(self, text: str) -> None:
        """A line for a person, on standard error."""
        typer.echo(text, err=True)

    def error(self, error: SynthgestError) -> None:
        """An error that the user can mend."""
        lines = [str(error)]
        if isinstance(error, ConfigChanged):
            lines += [f"  {line}" for line in error.differences]
        typer.secho("error: " + "\n".join(lines), fg=typer.colors.RED, err=True)
        if self.json:
            typer.echo(json.dumps({"error": "\n".join(lines), "kind": type(error).__name__}))

    def wrong_usage(self) -> None:
        """The words of the command were wrong; standard error says how."""
        if self.json:
            typer.echo(json.dumps({"error": "wrong usage; standard error says how", "kind": "UsageError"}))

    def interrupted(self, told: Mapping[str, int]) -> None:
        """The run was stopped from outside. told: how far it had come."""
        counts = "".join(f", {count} {name}" for name, count in told.items())
        self.note(f"interrupted{counts}; what was published is kept, and the same command goes on from here")
        if self.json:
            typer.echo(json.dumps({"error": "interrupted", "kind": "Interrupted", **told}))

    @contextmanager
    def progress(self) -> Iterator["Progress"]:
        """A progress bar on standard error with the time left; silent where nobody watches."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}", markup=False),  # names are others'
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        console = Console(file=sys.stderr)
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            yield progress

    @contextmanager
    def bars(self) -> Iterator[Callable[[str, int, int], None]]:
        """Progress of several tasks in turn: what is returned is told a task's name, how many more are done, and of how many."""
        with self.progress() as bar:
            tasks: dict[str, TaskID] = {}

            def tell(name: str, count: int, total: int) -> None:
                if name not in tasks:
                    tasks[name] = bar.add_task(name, total=total)
                bar.advance(tasks[name], count)

            yield tell
