"""Whether the clips helped: training runs that learned from them, what these can do on real clips, and whether that is noise."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.errors import SynthgestError
from synthgest.evaluation.accuracy import Accuracy, accuracy_of
from synthgest.report.evidence import Evidence, Progress
from synthgest.report.plots import intervals
from synthgest.report.realness import nearest_hits
from synthgest.report.section import (
    Mood,
    Part,
    Plot,
    Section,
    Table,
    counted,
    finite,
    percent,
    plain_text,
    with_interval,
)
from synthgest.statistics import Comparison, compare
from synthgest.training.recogniser import About, is_finished, load_recogniser, read_about

logger = logging.getLogger(__name__)

_GOOD = 0.7  # accuracy on real clips
_POOR = 0.5  # of a class
_LABELS = {"none": "as they are"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """A run on real clips.

    accuracy, hits: of the clips whose classes it knows; None where there are none. change: against the first run.
    """

    name: str
    about: About
    accuracy: Accuracy | None = None
    hits: NDArray[np.bool_] | None = None
    change: Comparison | None = None


def find_runs(dataset: Dataset) -> list[Path]:
    """Finished training runs in the data set's folder or beside it that learned from it, in alphabetical order."""
    found = []
    for folder in sorted({*_runs_in(dataset.folder.resolve().parent), *_runs_in(dataset.folder.resolve())}):
        try:
            about = read_about(folder)
        except SynthgestError as error:
            logger.warning("%s is left out: %s", folder, error)
            continue
        told = about.data.get("from")
        source = told.get("classes") if isinstance(told, dict) else None
        if isinstance(source, dict) and source.get("made") == dataset.described["made"]:
            found.append(folder)
    return found


def _runs_in(folder: Path) -> Iterator[Path]:
    """Finished runs in a folder; what may not be looked into is none of ours."""
    with contextlib.suppress(OSError):
        for place in folder.iterdir():
            with contextlib.suppress(OSError):
                if place.is_dir() and is_finished(place):
                    yield place


def worth(
    evidence: Evidence, real: Evidence | None, runs: Sequence[Path], *, progress: Progress | None = None
) -> Section:
    """The section about training runs."""
    key, title = "worth", "Did it help?"
    if not runs:
        return Section(
            key=key,
            title=title,
            verdict="No training run that learned from these clips lies beside them.",
            mood="unknown",
            advice=f"train on them: `synthgest train {plain_text(evidence.name, 60)}`; then --real DIR says what it is worth",
            figures={"accuracy": None},
        )
    tried = _tried(runs, real, progress)
    best = max(
        (each for each in tried if each.accuracy),
        key=lambda each: each.accuracy.top1.value if each.accuracy else 0,
        default=None,
    )
    if best is None or best.accuracy is None or real is None:
        verdict = f"{counted(len(tried), 'training run')} learned from these clips; none was tried on real clips"
        return Section(
            key=key,
            title=title,
            verdict=verdict + ".",
            mood="unknown",
            advice="give --real DIR with filmed clips of the same classes",
            figures={"accuracy": None},
            parts=[_table(tried)],
            numbers={"runs": [_numbers(each) for each in tried]},
        )
    mood, verdict, advice = _judged(evidence, real, best, len(tried))
    chance = 1 / len(best.about.classes)
    return Section(
        key=key,
        title=title,
        verdict=verdict + ".",
        mood=mood,
        advice=advice,
        figures={"accuracy": best.accuracy.top1.value},
        parts=[*_drawing(tried, chance), *_by_class(best), _table(tried)],
        numbers={"runs": [_numbers(each) for each in tried], "best": best.name},
    )


def _judged(evidence: Evidence, real: Evidence, best: Tried, runs: int) -> tuple[Mood, str, str]:
    """Mood, verdict and advice, by the best run and the class that it names worst."""
    assert best.accuracy is not None
    assert best.hits is not None
    found, chance = best.accuracy.top1, 1 / len(best.about.classes)
    who = (
        f"The run {plain_text(best.name, 60)}"
        if runs == 1
        else f"The best of {runs} runs, {plain_text(best.name, 60)},"
    )
    verdict = (
        f"{who} names {with_interval(found)} of {best.accuracy.n} real clips right, of {len(best.accuracy.classes)} of its "
        f"{len(best.about.classes)} classes (chance {percent(chance)})"
    )
    if len(best.hits) == len(real.clips):
        change = compare(nearest_hits(evidence, real), best.hits, seed=real.settings.seed)
        verdict += f"; against naming them by the nearest clip, untrained: {change.verdict}"
    name, worst = min(best.accuracy.classes.items(), key=lambda entry: (entry[1].value, entry[0]))
    mood: Mood = "bad" if found.low <= chance else "good" if found.low > _GOOD and worst.value >= _POOR else "doubtful"
    if worst.value >= _POOR:
        return mood, verdict, ""
    other = next((each.taken_for for each in best.accuracy.mistakes if each.gesture == name), "another class")
    advice = (
        f"on real clips {plain_text(name, 60)} is worst: {percent(worst.value)} are named right, most others are taken for "
        f"{plain_text(other, 60)}. Compare its clips with the filmed ones: do people do it otherwise?"
    )
    return mood, verdict, advice


def _tried(runs: Sequence[Path], real: Evidence | None, progress: Progress | None) -> list[Tried]:
    found: list[Tried] = []
    for folder in runs:
        tried = _try(folder, real, progress)
        first = next((each for each in found if each.hits is not None), None)
        if (
            first is not None
            and first.hits is not None
            and tried.hits is not None
            and len(first.hits) == len(tried.hits)
        ):
            tried = replace(
                tried, change=compare(first.hits, tried.hits, seed=0 if real is None else real.settings.seed)
            )
        found.append(tried)
    return found


def _try(folder: Path, real: Evidence | None, progress: Progress | None) -> Tried:
    """A run on those real clips whose classes it knows."""
    about = read_about(folder)
    known = {entry.name: number for number, entry in enumerate(about.classes)}
    clips: list[LabelledClip] = [] if real is None else [clip for clip in real.clips if clip.gesture in known]
    if real is None or not clips or _learned_from(about, real):
        return Tried(name=folder.name, about=about)
    tell = progress or (lambda *_: None)
    try:
        recogniser = load_recogniser(folder)
    except SynthgestError as error:
        logger.warning("%s is not tried: %s", folder, error)
        return Tried(name=folder.name, about=about)
    rows = recogniser.probabilities(clips, progress=lambda count: tell(folder.name, count, len(clips)))
    rows = rows[:, : len(known)]
    labels = [known[clip.gesture] for clip in clips]
    return Tried(
        name=folder.name,
        about=about,
        accuracy=accuracy_of(rows, labels, list(known)),
        hits=rows.argmax(axis=1) == labels,
    )


def _learned_from(about: About, real: Evidence) -> bool:
    """Whether a run was trained on the real clips themselves: naming these proves nothing."""
    told = about.data.get("from")
    return isinstance(told, dict) and told.get("real") is not None and told["real"] == real.dataset.described


def _drawing(tried: Sequence[Tried], chance: float) -> list[Part]:
    known = {each.name: each.accuracy.top1 for each in tried if each.accuracy is not None}
    caption = "How many real clips each run names right, with 95 % intervals; the line is chance."
    return [Plot(svg=intervals(known, mark=chance), caption=caption)] if known else []


def _table(tried: Sequence[Tried]) -> Table:
    rows = []
    for each in tried:
        learned = each.about.data.get("trained_on", {})
        clips = ", ".join(f"{name} {count}" for name, count in learned.items()) if isinstance(learned, dict) else "-"
        rows.append(
            (
                plain_text(each.name, 60),
                plain_text(each.about.settings.encoder, 40),
                _LABELS.get(str(each.about.data.get("labels")), plain_text(each.about.data.get("labels", "-"), 20)),
                plain_text(clips, 80),
                with_interval(each.accuracy.top1) if each.accuracy else "not tried, or learned from them",
                each.change.verdict if each.change else "-",
            )
        )
    return Table(
        columns=("run", "encoder", "labels", "learned from, clips", "real clips right, 95 %", "against the first"),
        rows=rows,
        caption="Training runs that learned from these clips.",
    )


def _by_class(best: Tried) -> list[Part]:
    if best.accuracy is None:
        return []
    rows = sorted(best.accuracy.classes.items(), key=lambda entry: entry[1].value)
    return [
        Table(
            columns=("class", "right, 95 %"),
            rows=[(plain_text(name, 80), with_interval(each)) for name, each in rows[:60]],
            caption=f"{plain_text(best.name, 60)} on real clips, the worst classes first.",
            left_out=max(0, len(rows) - 60),
        )
    ]


def _numbers(each: Tried) -> dict[str, object]:
    return {
        "name": each.name,
        "encoder": each.about.settings.encoder,
        "labels": finite(each.about.data.get("labels")),
        "n": each.accuracy.n if each.accuracy else None,
        "accuracy": finite(each.accuracy.top1) if each.accuracy else None,
        "classes": {name: finite(own) for name, own in each.accuracy.classes.items()} if each.accuracy else None,
        "change": None
        if each.change is None
        else {"difference": finite(each.change.difference), "p_value": each.change.p_value},
        "results": finite(each.about.results),
    }
