"""``synthgest generate``: read the arguments, call one library function, print what came of it."""

import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgest.cli.enriching import CharactersOption, EnvironmentsOption, ModeOption, said
from synthgest.cli.executing import Executor, Shard, shard_of
from synthgest.cli.output import JsonFlag, Output
from synthgest.cli.signals import Signalled
from synthgest.cli.words import duration
from synthgest.errors import SpecError
from synthgest.executors.names import ExecutorName
from synthgest.motion.sources import VIDEO_SUFFIXES

if TYPE_CHECKING:
    from synthgest.executors.task import Outcome
    from synthgest.generation import Prepared, Request, Summary
    from synthgest.gestures import Gesture
    from synthgest.progress import Step
    from synthgest.types import Published


def command(
    classes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CLASS...",
            help="Gestures, vocabularies, your own .toml, plain phrases, or not:drone for none of these.",
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Class folders of motions or films; CLASS then selects folders."),
    ] = None,
    generator: Annotated[str, typer.Option(help="A recipe's name, or the path of your own .toml.")] = "pose-transfer",
    clips: Annotated[int, typer.Option(help="Clips a class.")] = 16,
    seed: Annotated[int, typer.Option(help="Base seed: the same seed gives the same clips.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder of the data set.")] = Path("out"),
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a setting of the recipe; repeatable."),
    ] = None,
    body: Annotated[
        str | None,
        typer.Option(help="Whose body is drawn: shipped, or smplx with your licensed model.", show_default=False),
    ] = None,
    mode: ModeOption = None,
    environments: EnvironmentsOption = None,
    characters: CharactersOption = None,
    budget: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Stop in time: seconds, or as 90m, 1.5h; the rest is for the next run."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan, and the disk and time that it needs.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes; by default one a processor, or a GPU. 0: in this process.", show_default=False),
    ] = None,
    executor: Executor = ExecutorName.LOCAL,
    shard: Shard = "0/1",
    extend: Annotated[bool, typer.Option("--extend", help="Add to a folder begun with other settings.")] = False,
    sheet: Annotated[Path | None, typer.Option(metavar="PNG", help="Write a contact sheet of the clips.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make labelled clips of gestures; the same command again goes on where it stopped."""
    from synthgest.data.sheet import require_sheet
    from synthgest.generation import Request, prepare
    from synthgest.recipes import change, load_recipe, parse_settings

    output = Output(json=as_json)
    seconds = duration(budget) if budget is not None else math.inf
    enriched = said(mode, environments, characters)
    recipe = load_recipe(generator, {"enrichment": enriched} if enriched else {})
    request = Request(
        gestures=_gestures(classes or [], source),
        recipe=change(recipe, ({"body": body} if body else {}) | parse_settings(settings or [])),
        clips=clips,
        seed=seed,
        out=out,
        workers=workers,
        shard=shard_of(shard),
        executor=executor,
        extend=extend,
    )
    prepared = prepare(request)
    if dry_run:
        _report_estimate(prepared, output)
        return
    if sheet is not None:
        require_sheet(sheet)
    _watch_films(request, output)
    try:
        summary = _run(prepared, output, seconds)
    except Signalled as signalled:
        signalled.told = _come_to(prepared)
        raise
    if sheet is not None and summary.clips:
        _write_sheet(request, sheet)
    _report(request, summary, sheet if summary.clips else None, output)
    raise typer.Exit(1 if summary.failed else 0)


def _gestures(classes: list[str], source: Path | None) -> "tuple[Gesture, ...]":
    from synthgest.distractors import load_classes
    from synthgest.gestures import gestures_from_folder

    if source is None:
        return load_classes(classes)
    found = {gesture.name: gesture for gesture in gestures_from_folder(source)}
    known = {name.partition("/")[2]: gesture for name, gesture in found.items()}
    if missing := [word for word in classes if word not in known]:
        raise SpecError(f"{source} has no class folder {missing[0]!r}; there are: {', '.join(sorted(known))}")
    return tuple(gesture for word, gesture in known.items() if not classes or word in classes)


def _watch_films(request: "Request", output: Output) -> None:
    """See the films that are asked for before clips are made of them: each takes seconds, and one may show nobody."""
    motions = [file for gesture in request.gestures for file in gesture.motions]
    films = [  # what names another format has a reader of its own
        file for file in motions if file.path.suffix.lower() in VIDEO_SUFFIXES and file.reading.format in ("", "video")
    ]
    if not films:
        return
    from synthgest.extraction.video import read_video_motion

    with output.progress() as bar:
        task = bar.add_task("films", total=len(films))
        for file in films:
            read_video_motion(file.path, file.reading)
            bar.advance(task)


def _run(prepared: "Prepared", output: Output, budget: float) -> "Summary":
    from synthgest.generation import run

    with output.progress() as bar:
        task = bar.add_task("clips", total=len(prepared.shots), completed=prepared.published)
        steps = bar.add_task("steps", total=None, visible=False)

        def advance(outcome: "Outcome") -> None:
            bar.advance(task)
            if outcome.reason:
                bar.console.print(
                    f"{outcome.gesture!r} {outcome.id}: {outcome.reason}: {outcome.message}", markup=False
                )

        def watch(step: "Step") -> None:
            bar.update(steps, total=step.total, completed=step.done, visible=True)

        return run(prepared, progress=advance, watch=watch, budget=budget)


def _come_to(prepared: "Prepared") -> dict[str, int]:
    from synthgest.data.records import record_ids

    there = record_ids(prepared.request.out)
    clips = sum(shot.id in there for shot in prepared.shots)
    return {"clips": clips, "missing": len(prepared.shots) - clips}


def _write_sheet(request: "Request", path: Path) -> None:
    from synthgest.data.dataset import Dataset
    from synthgest.data.sheet import write_sheet

    names = {gesture.name for gesture in request.gestures}
    write_sheet(path, [clip for clip in Dataset(request.out) if clip.gesture in names])


def _report(request: "Request", summary: "Summary", sheet: Path | None, output: Output) -> None:
    reasons = Counter(outcome.reason for outcome in summary.failures)
    values: dict[str, Any] = {
        "clips": summary.clips,
        "made": summary.made,
        "failed": summary.failed,
        "missing": summary.missing,
        "reasons": dict(reasons),
        "classes": len(request.gestures),
        "out": str(request.out),
        "seconds": round(summary.seconds, 2),
    }
    lines = [
        f"{summary.clips} clips of {len(request.gestures)} gestures in {request.out} "
        f"({summary.made} made now, {summary.seconds:.0f} s)"
    ]
    if summary.missing:
        lines.append(f"the budget is spent; {summary.missing} clips are left for the same command")
    if summary.failed:
        kinds = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        lines.append(f"{summary.failed} could not be made ({kinds}); see {request.out / 'failures'}")
    if sheet is not None:
        values["sheet"] = str(sheet)
        lines.append(f"contact sheet: {sheet}")
    output.result(values, "\n".join(lines))


def _report_estimate(prepared: "Prepared", output: Output) -> None:
    from synthgest.estimate import estimate

    request = prepared.request
    cost = estimate(prepared)
    values: dict[str, Any] = {
        "planned": len(prepared.shots),
        "published": prepared.published,
        "missing": prepared.missing,
        "classes": [gesture.name for gesture in request.gestures],
        "generator": request.recipe.name,
        "out": str(request.out),
        "workers": prepared.workers,
        "bytes": cost.bytes,
        "seconds": round(cost.seconds, 1),
        "gpu_hours": round(cost.gpu_hours, 2),
        "memory_gb": request.recipe.published.memory_gb,
        "trials": cost.trials,
        "source": cost.source,
    }
    names = "\n".join(f"  {gesture.name}  {request.clips} clips: {gesture.phrase}" for gesture in request.gestures)
    text = (
        f"{len(prepared.shots)} clips by {request.recipe.name} into {request.out}, {prepared.published} there already\n{names}\n"
        f"about {cost.bytes / 1e6:.1f} MB and {_time(cost.seconds)} with {prepared.workers} workers"
        f"{f', {cost.gpu_hours:.1f} GPU hours' if cost.gpu_hours else ''} ({cost.source}; nothing was written)"
        f"{_memory(request.recipe.published)}"
    )
    output.result(values, text)


def _memory(published: "Published") -> str:
    said = f"; {published.memory_on}" if published.memory_on else ""
    return f"\nmemory as published: {published.memory_gb:g} GB{said}" if published.memory_gb else ""


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 3600:.1f} h"
