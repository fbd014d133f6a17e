"""``synthgest motion``: motion files of any format become our own, and are looked at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synthgest.cli.output import JsonFlag, Output

if TYPE_CHECKING:
    from synthgest.motion.reading import Reading

app = typer.Typer(help="Read motion files, convert and draw them.", no_args_is_help=True, rich_markup_mode=None)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A motion in any format (synthgest list motions).")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="What the file does not say: format, fps, up, metres, first, hands, model; repeatable.",
    ),
]


@app.command("convert")
def convert(
    file: File,
    out: Annotated[Path, typer.Option(metavar="NPZ", help="Where the motion goes.")],
    settings: Settings = None,
    rate: Annotated[
        float, typer.Option(metavar="FPS", help="Resample to so many frames a second; 0 keeps them.")
    ] = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Turn a motion file into our own motion.npz: SMPL-X rotations from flat hands, Y up, metres, facing +Z at the start."""
    from synthgest.motion import read_motion, write_motion
    from synthgest.motion.resample import resampled

    motion = read_motion(file, _reading(settings, file))
    if rate:
        motion = resampled(motion, rate)
    write_motion(out, motion)
    values = {"out": str(out), "frames": len(motion), "fps": motion.fps, "fingers": motion.fingers}
    seconds, hands = len(motion) / motion.fps, "with fingers" if motion.fingers else "without fingers"
    text = f"{out}: {len(motion)} frames at {motion.fps:g} a second ({seconds:.1f} s), {hands}"
    Output(json=as_json).result(values, text)


@app.command("preview")
def preview(
    file: File,
    out: Annotated[Path, typer.Option(metavar="PNG", help="Where the strip goes.")] = Path("motion.png"),
    clip: Annotated[Path | None, typer.Option(metavar="MP4", help="Write the whole motion too.")] = None,
    settings: Settings = None,
    seed: Annotated[int, typer.Option(help="Another seed is another person and place.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Draw the motion in a file, performed by somebody else."""
    from synthgest.gestures import gesture_of_file
    from synthgest.preview import PreviewSettings, write_clip, write_strips

    gesture, drawn = gesture_of_file(file, _reading(settings, file)), PreviewSettings(seed=seed, small=True)
    write_strips(out, [gesture], drawn)
    if clip is not None:
        write_clip(clip, gesture, drawn)
    values = {"out": str(out)} | ({"clip": str(clip)} if clip is not None else {})
    Output(json=as_json).result(values, " and ".join(values.values()))


def _reading(settings: list[str] | None, file: Path) -> "Reading":
    from synthgest.motion.reading import Reading
    from synthgest.recipes import parse_settings
    from synthgest.tables import to_value

    return to_value(parse_settings(settings or []), Reading, where=f"how {file} is read")
