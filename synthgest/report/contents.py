"""What is in a set: classes, generators, licences, sizes, and how people, places, cameras and light are spread."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from synthgest.data.dataset import Clip, Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.report.evidence import Evidence
from synthgest.report.films import films, sheet
from synthgest.report.plots import bars
from synthgest.report.section import (
    Films,
    Mood,
    Part,
    Plot,
    Section,
    Sheets,
    Table,
    finite,
    listed,
    percent,
    plain_text,
)

_DRAWN = 40  # bars
_SHEETS = 40  # rows of the contact sheet
_LEVELS = 8  # of a respect
_PROMPTS = 8
_UNEVEN = 2.0  # times as many clips as the smallest class has


def contents(evidence: Evidence) -> Section:
    """The section about what there is."""
    counts = {name: len(evidence.of(label)) for label, name in enumerate(evidence.classes)}
    made = evidence.made
    least, most = min(counts.values()), max(counts.values())
    spread = _spread(made)
    distinct = {respect: len(levels) for respect, levels in spread.items()}
    each = f"{least}" if least == most else f"{least} to {most}"
    verdict = f"{len(evidence.clips)} clips of {len(counts)} classes, {each} a class"
    if made:
        verdict += f", showing {_told(distinct, 'person')} in {_told(distinct, 'place')}"
    if evidence.unreadable:
        verdict += f"; {len(evidence.unreadable)} more cannot be read"
    uneven = most > _UNEVEN * max(least, 1)
    mood: Mood = "bad" if evidence.unreadable or not least else "doubtful" if uneven else "good"
    advice = ""
    if evidence.unreadable:
        advice = "`synthgest verify --repair` removes what cannot be read, and the generate command makes it again"
    elif uneven:
        advice = "classes differ in size: `synthgest select --balance`, or make more of the small ones"
    return Section(
        key="contents",
        title="What is in it?",
        verdict=verdict + ".",
        mood=mood,
        advice=advice,
        figures={
            "clips": float(len(evidence.clips)),
            "classes": float(len(counts)),
            "least_clips": float(least),
            "imbalance": most / least if least else None,
            "unreadable": float(len(evidence.unreadable)),
            "people": float(distinct["person"]) if "person" in distinct else None,
            "places": float(distinct["place"]) if "place" in distinct else None,
        },
        parts=[*_drawing(counts), *_sheets(evidence), *_players(evidence), *_tables(evidence, spread)],
        numbers={
            "clips": counts,
            "spread": {respect: dict(levels) for respect, levels in spread.items()},
            "sizes": dict(_sizes(made)),
            "runs": _runs(evidence),
            "licences": dict(Counter(clip.record.licence or "not stated" for clip in made)),
            "unreadable": {name: plain_text(reason) for name, reason in evidence.unreadable.items()},
        },
    )


def _told(distinct: Mapping[str, int], what: str) -> str:
    count = distinct.get(what, 0)
    plural = {"person": "drawn people", "place": "places"}[what]
    return f"{count} {what if count == 1 else plural}"


def _spread(clips: Sequence[Clip]) -> dict[str, Counter[str]]:
    """How many clips have each level of each respect; ``person`` and ``place`` count what differs at all."""
    found: dict[str, Counter[str]] = {}

    def count(respect: str, level: object) -> None:
        if level not in (None, "", []):
            found.setdefault(respect, Counter())[plain_text(level, 80)] += 1

    for clip in clips:
        made = clip.record.provenance
        for grouping in ("person", "place"):
            for group in clip.groups.get(grouping, ()):
                found.setdefault(grouping, Counter())[group] += 1
        body, camera, levels = made.get("body"), made.get("camera"), made.get("levels")
        if isinstance(levels, Mapping):
            for respect, level in levels.items():
                count(plain_text(respect, 40), level)
        elif isinstance(body, Mapping):
            for name in ("age_group", "sex", "skin_tone", "outfit", "hair_style"):
                count(name.replace("_", " "), body.get(name))
        if isinstance(camera, Mapping):
            count("camera movement", camera.get("movement"))
            count("camera's side", _side(camera.get("azimuth")))
            count("framing", "upper body" if camera.get("upper_body") else "whole body")
        tags = made.get("place")
        if isinstance(tags, list):
            count("kind of place", tags[0] if tags else None)
            count("indoors or out", tags[1] if len(tags) > 1 else None)
            count("weather", tags[2] if len(tags) > 2 else None)
        count("motion", "captured" if clip.groups.get("motion") else "performed from keyframes")
        count("generator", clip.record.recipe)
    return found


def _side(azimuth: object) -> str | None:
    if not isinstance(azimuth, int | float):
        return None
    turned = abs((float(azimuth) + 180) % 360 - 180)
    return "front" if turned <= 30 else "half side" if turned <= 60 else "side" if turned <= 120 else "behind"


def _drawing(counts: Mapping[str, int]) -> list[Plot]:
    chosen = dict(sorted(counts.items(), key=lambda entry: (entry[1], entry[0]))[:_DRAWN])
    shown = {name: float(count) for name, count in (counts if len(counts) <= _DRAWN else chosen).items()}
    caption = "Clips of each class." + (f" The {_DRAWN} smallest of {len(counts)}." if len(counts) > _DRAWN else "")
    return [Plot(svg=bars(shown), caption=caption)] if len(set(counts.values())) > 1 else []


def _sheets(evidence: Evidence) -> list[Part]:
    rows = []
    for label, name in list(enumerate(evidence.classes))[:_SHEETS]:
        own = evidence.of(label)
        if own:
            chosen = [evidence.clips[own[len(own) // 4]], evidence.clips[own[len(own) * 3 // 4]]]
            rows.append(sheet(chosen[: len(own)], plain_text(name, 80), f"{len(own)} clips"))
    more = f" The first {_SHEETS} of {len(evidence.classes)} classes." if len(evidence.classes) > _SHEETS else ""
    return [Sheets(sheets=rows, caption=f"Two clips of each class, each as four frames in the order of time.{more}")]


def _players(evidence: Evidence) -> list[Part]:
    count = min(evidence.settings.players // 3, len(evidence.clips))
    if not count:
        return []
    labels = np.linspace(0, len(evidence.classes) - 1, count).round().astype(int)
    chosen: list[tuple[LabelledClip, str, str]] = []
    for label in dict.fromkeys(labels.tolist()):
        own = evidence.of(label)
        if own:
            clip = evidence.clips[own[len(own) // 2]]
            chosen.append((clip, plain_text(evidence.classes[label], 60), _prompt(clip)))
    return [Films(films=films(chosen), caption="Some clips, and the words that describe them.")]


def _prompt(clip: LabelledClip) -> str:
    return plain_text(clip.record.provenance.get("prompt", ""), 160) if isinstance(clip, Clip) else ""


def _tables(evidence: Evidence, spread: Mapping[str, Counter[str]]) -> list[Part]:
    if not evidence.made:
        return []
    total = len(evidence.made)
    rows = [
        (
            plain_text(respect, 40),
            str(len(levels)),
            f"the most frequent in {levels.most_common(1)[0][1]} clips"
            if respect == "person"
            else ", ".join(
                f"{plain_text(level, 40)} ({percent(count / total)})" for level, count in levels.most_common(_LEVELS)
            ),
        )
        for respect, levels in spread.items()
    ]
    parts: list[Part] = [
        Table(
            columns=("respect", "levels", "shares of the clips"),
            rows=rows,
            caption="How people, places, cameras and light are spread.",
        )
    ]
    runs = _runs(evidence)
    parts.append(
        Table(
            columns=("generator", "engine", "seed", "licence", "made with"),
            rows=[
                (
                    plain_text(run["recipe"], 60),
                    plain_text(run["engine"], 40),
                    str(run["seed"]),
                    plain_text(run["licence"] or "not stated", 60),
                    listed([f"{name} {mark}" for name, mark in run["fingerprint"].items()], 6),
                )
                for run in runs
            ],
            caption="What made the clips.",
        )
    )
    sizes = _sizes(evidence.made).most_common(6)
    parts.append(
        Table(
            columns=("picture", "clips"),
            rows=[(size, str(count)) for size, count in sizes],
            caption="Sizes and frames a second.",
            left_out=max(0, len(_sizes(evidence.made)) - len(sizes)),
        )
    )
    prompts = Counter(str(clip.record.provenance.get("prompt", "")) for clip in evidence.made)
    prompts.pop("", None)
    if prompts:
        shown = prompts.most_common(_PROMPTS)
        parts.append(
            Table(
                columns=("words", "clips"),
                rows=[(plain_text(text), str(count)) for text, count in shown],
                caption=f"{len(prompts)} different descriptions of {total} clips; the most frequent.",
                left_out=len(prompts) - len(shown),
            )
        )
    return parts


def _sizes(clips: Sequence[Clip]) -> Counter[str]:
    return Counter(f"{clip.record.width}x{clip.record.height}, {clip.record.fps:g} frames a second" for clip in clips)


def _runs(evidence: Evidence) -> list[dict[str, Any]]:
    if not isinstance(evidence.dataset, Dataset):
        return []
    return [
        {
            "recipe": run.recipe,
            "engine": run.engine,
            "seed": run.seed,
            "licence": run.licence,
            "config": run.config,
            "fingerprint": json.loads(json.dumps(finite(run.fingerprint))),
        }
        for run in evidence.dataset.manifest.runs
    ]
