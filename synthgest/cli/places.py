"""``synthgest places``: look at one's own backgrounds once, so that gestures stand where they belong, and on the ground."""

from pathlib import Path
from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag, Output


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Photographs that are to be backgrounds.")],
    clip: Annotated[
        str,
        typer.Option(
            metavar="MODEL", help="Tell kinds of place by a CLIP of open_clip: NAME:TAG, hf-hub:..., a folder."
        ),
    ] = "",
    depth: Annotated[
        str,
        typer.Option(
            metavar="MODEL", help="Find horizon and ground by a depth model: a folder, or OWNER/NAME on the hub."
        ),
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Write places.toml into a folder of backgrounds: what each picture shows, its horizon, and where one can stand."""
    from synthgest.places_survey import survey_places
    from synthgest.scene.surveyed import FILE

    output = Output(json=as_json)
    with output.progress() as bar:
        task = bar.add_task("pictures", total=None)
        found = survey_places(
            folder, clip=clip, depth=depth, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    values = {
        "out": str(folder / FILE),
        "pictures": len(found.files),
        "kinds": sum(bool(each.kinds) for each in found.files.values()),
        "horizons": sum(bool(each.horizon) for each in found.files.values()),
        "grounds": sum(any(row < 1 for row in each.ground) for each in found.files.values()),
        "unread": list(found.unread),
    }
    text = (
        f"{folder / FILE}: of {values['pictures']} pictures {values['kinds']} have a kind of place, {values['horizons']} a "
        f"measured horizon, {values['grounds']} ground to stand on\nuse them by --set backgrounds={folder}"
    )
    output.result(values, text)
