"""Whether the scene gives the label away: what single pictures, the empty place and a swapped place tell of the class."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from synthgest.data.dataset import Clip
from synthgest.data.labelled import LabelledClip
from synthgest.encoders.encoder import Encoder
from synthgest.errors import SpecError, SynthgestError
from synthgest.evaluation.extraction import features
from synthgest.evaluation.scene import Swap, Told, emptied, swapped, swapped_places, told
from synthgest.report.evidence import Evidence, Progress
from synthgest.report.films import sheet
from synthgest.report.plots import intervals
from synthgest.report.section import (
    Mood,
    Part,
    Plot,
    Section,
    Sheets,
    finite,
    number,
    percent,
    plain_text,
    with_interval,
)
from synthgest.statistics import Estimate
from synthgest.training.recogniser import open_encoder

_MOST = 600  # clips, of all classes alike
_MOST_CLASSES = 100
_LITTLE = 0.1  # share of the clips that places may name beyond chance
_SHOWN = 4


def scene(evidence: Evidence, *, progress: Progress | None = None) -> Section:
    """The section about what the scene tells."""
    tell = progress or (lambda *_: None)
    key, title = "scene", "Does the scene give it away?"
    nothing: dict[str, float | None] = {"representation_bias": None, "scene_accuracy": None, "swap_change": None}
    if len(set(evidence.labels.tolist())) < 2:
        verdict = "There is one class, so nothing can give it away."
        return Section(key=key, title=title, verdict=verdict, mood="unknown", figures=nothing)
    try:
        pictures = open_encoder(evidence.settings.pictures, {})
    except SynthgestError as error:
        verdict = f"This was not looked at: {plain_text(error)}."
        return Section(key=key, title=title, verdict=verdict, mood="unknown", figures=nothing)
    chosen = _chosen(evidence)
    clips, apart = [evidence.clips[n] for n in chosen], [evidence.groups[n] for n in chosen]
    cache = None if evidence.settings.cache is None else evidence.settings.cache / "features"
    seed = evidence.settings.seed
    try:
        alone = _told(pictures, clips, apart, cache, seed, lambda n: tell("single pictures", n, len(clips)))
    except SpecError as error:
        verdict = f"This cannot be told: {plain_text(error)}."
        return Section(key=key, title=title, verdict=verdict, mood="unknown", figures=nothing)
    whole = [n for n, clip in enumerate(clips) if isinstance(clip, Clip) and {"boxes", "mask"} <= clip.truth().keys()]
    empty, swap = None, None
    with contextlib.suppress(SpecError):  # too few unrelated clips with a mask
        without, own = [emptied(clips[n]) for n in whole], [apart[n] for n in whole]
        empty = _told(pictures, without, own, cache, seed, lambda n: tell("empty places", n, len(whole)))
        swap = swapped_places(
            evidence.encoder,
            [clips[n] for n in whole],
            evidence.features[[chosen[n] for n in whole]],
            own,
            seed=seed,
            cache=cache,
            progress=lambda n: tell("swapped places", n, min(120, len(whole))),
        )
    mood, verdict, advice = _judged(alone, empty, swap)
    return Section(
        key=key,
        title=title,
        verdict=verdict,
        mood=mood,
        advice=advice,
        figures={
            "representation_bias": alone.bits,
            "scene_accuracy": empty.accuracy.value if empty else None,
            "scene_over_chance": empty.accuracy.value / empty.chance if empty else None,
            "swap_change": swap.change.difference.value if swap else None,
        },
        parts=[*_drawing(alone, empty, swap), *_pictures(clips, whole)],
        numbers={
            "pictures": evidence.settings.pictures,
            "clips": len(clips),
            "alone": _numbers(alone),
            "empty": _numbers(empty),
            "swap": None
            if swap is None
            else {
                "n": swap.n,
                "kept": finite(swap.kept),
                "followed": finite(swap.followed),
                "change": finite(swap.change.difference),
                "p_value": finite(swap.change.p_value),
            },
        },
    )


def _chosen(evidence: Evidence) -> list[int]:
    """Positions of clips to look at, of all classes alike; of very many classes some, evenly."""
    labels, sizes = np.unique(evidence.labels, return_counts=True)
    labels, sizes = labels[sizes > 1], sizes[sizes > 1]
    if not len(labels):
        return list(range(min(len(evidence.clips), _MOST)))
    picked = np.linspace(0, len(labels) - 1, min(len(labels), _MOST_CLASSES)).round().astype(int)
    each = max(2, min(_MOST // len(picked), int(sizes[picked].min())))
    return sorted(n for label in labels[picked] for n in evidence.of(int(label))[:each])


def _told(
    encoder: Encoder,
    clips: Sequence[LabelledClip],
    apart: Sequence[int],
    cache: Path | None,
    seed: int,
    progress: Callable[[int], None],
) -> Told:
    rows, there = features(encoder, clips, cache=cache, progress=progress, corrupt=lambda *_: None)
    kept = {clip.id for clip in there}
    numbers = [number for clip, number in zip(clips, apart, strict=True) if clip.id in kept]
    return told(rows, [clip.label for clip in there], numbers, seed=seed)


def _judged(alone: Told, empty: Told | None, swap: Swap | None) -> tuple[Mood, str, str]:
    first = (
        f"From single pictures a probe names {with_interval(alone.accuracy)} of the clips right "
        f"(chance {percent(alone.chance)}, a representation bias of {number(alone.bits)} bits)"
    )
    if empty is None:
        return "unknown", f"{first}; where the person is, nobody knows, so the place alone cannot be judged.", ""
    mood: Mood = "good" if empty.accuracy.low <= empty.chance + _LITTLE else "doubtful"
    if empty.accuracy.low > empty.chance + 3 * _LITTLE:
        mood = "bad"
    words = "no better than chance" if empty.accuracy.low <= empty.chance else "better than chance"
    verdict = (
        f"With the person taken out, the place names {with_interval(empty.accuracy)} of the clips right: "
        f"{words} ({percent(empty.chance)})"
    )
    if swap is not None:
        change = 100 * swap.change.difference.value
        verdict += f"; set in front of another class's place, {with_interval(swap.kept)} are named right, "
        verdict += f"{abs(change):.0f} points {'more' if change > 0 else 'fewer'} than where they were"
        if mood == "good" and not swap.change.noise and change < -10:
            mood = "doubtful"
    advice = ""
    if mood != "good":
        advice = "spread places over all classes alike (leave --place out, or list the same places for every gesture)"
    return mood, f"{verdict}. {first}.", advice


def _drawing(alone: Told, empty: Told | None, swap: Swap | None) -> list[Part]:
    values: dict[str, Estimate] = {"single pictures": alone.accuracy}
    if empty is not None:
        values["the empty place"] = empty.accuracy
    if swap is not None:
        values |= {"place swapped": swap.kept, "follows the place": swap.followed}
    caption = (
        "How many clips are named right from less than the clip, with 95 % intervals; the line is chance. Swapped: the person "
        "cut out and set in front of the place of another class, named by the nearest other clips."
    )
    return [Plot(svg=intervals(values, mark=alone.chance), caption=caption)]


def _pictures(clips: Sequence[LabelledClip], whole: Sequence[int]) -> list[Part]:
    chosen = [clips[n] for n in whole[:: max(1, len(whole) // _SHOWN)]][:_SHOWN]
    if len(chosen) < 2:
        return []
    without = sheet([emptied(clip) for clip in chosen], "without the person", frames=1)
    others = [*chosen[1:], chosen[0]]
    moved = sheet(
        [swapped(one, two) for one, two in zip(chosen, others, strict=True)], "in front of another place", frames=1
    )
    return [
        Sheets(sheets=[sheet(chosen, "as they are", frames=1), without, moved], caption="What the probes were shown.")
    ]


def _numbers(found: Told | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {"accuracy": finite(found.accuracy), "chance": found.chance, "bits": finite(found.bits)}
