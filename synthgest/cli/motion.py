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


@app.command("extract")
def extract(
    film: Annotated[Path, typer.Argument(metavar="VIDEO", help="A film of somebody who moves, a minute at most.")],
    out: Annotated[Path, typer.Option(metavar="NPZ", help="Where the motion goes.")],
    estimator: Annotated[str, typer.Option(help="What sees the joints (synthgest list estimators).")] = "small",
    model: Annotated[str, typer.Option(help="Its weights: a file, a folder or OWNER/NAME on the hub.")] = "",
    first: Annotated[int, typer.Option(help="Frames left out at the beginning.")] = 0,
    keypoints: Annotated[Path | None, typer.Option(metavar="CSV", help="Write what was seen, too.")] = None,
    picture: Annotated[Path | None, typer.Option(metavar="PNG", help="Draw what was seen and fitted.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Turn a film into a motion: the joints that are seen in it, and of these the pose at every frame."""
    from synthgest.data.sheet import require_sheet
    from synthgest.evaluation.drift import drift
    from synthgest.extraction.overlay import write_overlay
    from synthgest.extraction.video import video_keypoints
    from synthgest.motion import write_motion
    from synthgest.motion.keypoint_files import write_keypoints
    from synthgest.motion.keypoint_fit import fit
    from synthgest.motion.reading import Reading

    if picture is not None:
        require_sheet(picture)
    seen = video_keypoints(film, Reading(format="video", estimator=estimator, model=model, first=first))
    found = fit(seen)
    write_motion(out, found.motion)
    if keypoints is not None:
        write_keypoints(keypoints, seen)
    if picture is not None:
        write_overlay(picture, film, seen, found, first=first)
    apart = drift(seen, found.seen(seen))
    values = {
        "out": str(out),
        "frames": len(seen),
        "fps": seen.fps,
        "joints": list(seen.names),
        "certainty": round(float(seen.seen.mean()), 3),
        "drift": round(apart.drift, 4),
        "pck": round(apart.pck, 3),
    }
    text = (
        f"{out}: {len(seen)} frames at {seen.fps:g} a second; {seen.seen.mean():.2f} is how sure its joints are on the mean\n"
        f"the fit is {apart.drift:.3f} of a torso away from them"
        f"{' (above 0.10: look at --picture before it is believed)' if apart.flagged else ''}"
    )
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
