"""``synthgest preview``: what a gesture looks like, drawn anew each time that its file is saved."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synthgest.cli.output import JsonFlag, Output
from synthgest.errors import SynthgestError

if TYPE_CHECKING:
    from synthgest.preview import PreviewSettings


def command(
    specs: Annotated[
        list[str], typer.Argument(metavar="SPEC...", help="Gestures, vocabularies, or paths to your own .toml.")
    ],
    out: Annotated[Path, typer.Option(metavar="PNG", help="Where the strips go, a row a gesture.")] = Path(
        "preview.png"
    ),
    clip: Annotated[
        Path | None, typer.Option(metavar="MP4", help="Write the whole performance of the first gesture too.")
    ] = None,
    generator: Annotated[str, typer.Option(help="A recipe of pose-transfer.")] = "pose-transfer-clean",
    seed: Annotated[int, typer.Option(help="Another seed is another person, place and performance.")] = 0,
    frames: Annotated[int, typer.Option(help="Pictures a strip.")] = 7,
    size: Annotated[int, typer.Option(help="Pixels of a picture's side.")] = 256,
    close: Annotated[bool, typer.Option("--close", help="Cut to the hands that matter.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Draw again each time that a specification is saved, until Ctrl-C.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Draw what gestures look like, as strips of pictures and a short clip; nothing else is made."""
    from synthgest.preview import PreviewSettings

    settings = PreviewSettings(generator=generator, seed=seed, size=size, frames=frames, close=close)
    output = Output(json=as_json)
    seen = _stamps(specs)  # taken before drawing: what is saved meanwhile is drawn next
    _draw(specs, out, clip, settings, output)
    while watch:
        while _stamps(specs) == seen:
            time.sleep(0.2)
        seen = _stamps(specs)
        try:
            _draw(specs, out, clip, settings, output)
        except SynthgestError as error:  # a file saved half-way through a thought is no reason to stop watching
            output.error(error)


def _draw(specs: Sequence[str], out: Path, clip: Path | None, settings: "PreviewSettings", output: Output) -> None:
    from synthgest.distractors import load_classes
    from synthgest.preview import write_clip, write_strips

    gestures = load_classes(specs)
    started = time.monotonic()
    write_strips(out, gestures, settings)
    if clip is not None:
        write_clip(clip, gestures[0], settings)
    values = {"gestures": [gesture.name for gesture in gestures], "out": str(out)}
    values |= {"clip": str(clip)} if clip is not None else {}
    drawn = " and ".join(str(path) for path in (out, clip) if path is not None)
    output.result(values, f"{len(gestures)} gestures in {drawn} ({time.monotonic() - started:.1f} s)")


def _stamps(specs: Sequence[str]) -> list[float]:
    """When each specification that is a file was last changed; 0 while an editor has it away."""
    paths = [Path(spec) for spec in specs if spec.endswith(".toml")]
    return [path.stat().st_mtime if path.exists() else 0.0 for path in paths]
