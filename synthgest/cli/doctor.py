"""``synthgest doctor``: say what this machine can do."""

import dataclasses
from typing import TYPE_CHECKING

import typer

from synthgest.cli.output import JsonFlag, Output

if TYPE_CHECKING:
    from synthgest.doctor import Finding


def command(as_json: JsonFlag = False) -> None:
    """Say what this machine can do, and the line that installs what is missing; exit 1 if `generate` cannot work."""
    from synthgest.doctor import examine

    findings = examine()
    text = "\n".join(f"{_mark(found):<7} {found.part}: {found.detail}" for found in findings)
    Output(json=as_json).result({"findings": [dataclasses.asdict(found) for found in findings]}, text)
    raise typer.Exit(0 if all(found.works for found in findings if found.needed) else 1)


def _mark(found: "Finding") -> str:
    if found.works:
        return "ok"
    return "BROKEN" if found.needed else "absent"
