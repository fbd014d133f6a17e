"""``synthgest evaluate drift``: how far re-enacted clips are from their sources."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from synthgest.cli.evaluation.wording import MISTAKES
from synthgest.cli.output import JsonFlag, Output


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Clips that films or captures drove.")],
    source: Annotated[Path, typer.Option("--from", metavar="DIR", help="Class folders of the films or captures.")],
    gate: Annotated[
        float, typer.Option(help="Largest drift of a clip, in torsos; exit status 1 if one is above.")
    ] = 0.10,
    as_json: JsonFlag = False,
) -> None:
    """How far the joints of clips are from where their sources had them, seen as the source's camera saw it."""
    from synthgest.data.dataset import Dataset
    from synthgest.evaluation.reenactment import reenactments
    from synthgest.gestures import gestures_from_folder

    output = Output(json=as_json)
    clips = list(Dataset(folder))
    with output.progress() as bar:
        task = bar.add_task("clips", total=len(clips))
        found = reenactments(clips, gestures_from_folder(source), progress=lambda count: bar.advance(task, count))
    above = sorted((each for each in found if each.drift.drift > gate), key=lambda each: -each.drift.drift)
    classes = {
        name: [each.drift for each in found if each.gesture == name]
        for name in sorted({each.gesture for each in found})
    }
    means = {
        name: {
            "clips": len(own),
            **{key: sum(getattr(each, key) for each in own) / len(own) for key in ("drift", "pck", "coverage", "lag")},
        }
        for name, own in classes.items()
    }
    lines = [f"{len(found)} clips, {len(above)} of them above {gate:g} of a torso"]
    lines += [
        f"  {name}  drift {own['drift']:.3f}, PCK@0.1 {own['pck']:.1%} of {own['coverage']:.0%} of the joints, {own['lag']:+.2f} s"
        for name, own in means.items()
    ]
    lines += [f"  {each.id}  {each.drift.drift:.3f}  {each.gesture}, {each.source}" for each in above[:MISTAKES]]
    values = {
        "clips": len(found),
        "gate": gate,
        "above": [each.id for each in above],
        "classes": means,
        "each": [asdict(each) for each in found],
    }
    output.result(values, "\n".join(lines))
    raise typer.Exit(1 if above else 0)
