"""``synthgest verify``: compare every clip of a data set with its record."""

from pathlib import Path
from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag, Output


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the data set.")],
    repair: Annotated[
        bool, typer.Option("--repair", help="Remove what is corrupt, so that `generate` makes it anew.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Compare every clip of a data set with its record; exit 1 if any differs."""
    from synthgest.data.verify import verify

    output = Output(json=as_json)
    with output.progress() as bar:
        task = bar.add_task("clips", total=None)
        found = verify(
            folder, repair=repair, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    values = {
        "clips": found.clips,
        "corrupt": dict(found.corrupt),
        "orphans": [path.relative_to(folder).as_posix() for path in found.orphans],
        "missing": found.missing,
        "repaired": repair and bool(found.corrupt or found.orphans),
    }
    lines = [f"{clip_id}: {message}" for clip_id, message in found.corrupt]
    lines += [f"{path.relative_to(folder)}: no record vouches for it" for path in found.orphans]
    lines.append(f"{found.clips} clips, {len(found.corrupt)} corrupt, {len(found.orphans)} files without a record")
    if found.missing:
        lines.append(f"{found.missing} clips are missing: the generate command did not end, or files were removed")
    if found.corrupt or found.orphans:
        lines.append(
            "removed; the same generate command makes them anew"
            if repair
            else "`synthgest verify --repair` removes them; the same generate command then makes them anew"
        )
    output.result(values, "\n".join(lines))
    raise typer.Exit(0 if found.sound else 1)
