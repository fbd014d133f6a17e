"""What is wrong with clips that anybody made: each kind of fault, how many clips have it, and which."""

from collections import Counter
from collections.abc import Mapping, Sequence

from synthgest.data.labelled import LabelledClip
from synthgest.data.real.probing import Facts
from synthgest.quality.audit import KINDS, Fault
from synthgest.report.films import films
from synthgest.report.plots import bars
from synthgest.report.section import (
    Films,
    Mood,
    Part,
    Plot,
    Section,
    Table,
    counted,
    finite,
    listed,
    percent,
    plain_text,
)

_ROWS = 200
_SHOWN = 6
_DOUBTFUL = frozenset({"label", "frames a second", "near-duplicate"})  # for a person to decide


def faults(
    clips: Sequence[LabelledClip],
    found: Sequence[Fault],
    facts: Mapping[str, Facts],
    missing: Sequence[str],
    players: int,
) -> Section:
    """The section of an audit. found: all faults. facts: what files say, by id. missing: clips that a list names and nobody has."""
    counts = Counter(kind for _, kind in {(fault.id, fault.kind) for fault in found})
    sure = {fault.id for fault in found if fault.kind not in _DOUBTFUL}
    doubtful = {fault.id for fault in found} - sure
    leaks = len({fault.id for fault in found if fault.kind == "leak"})
    mood: Mood = "bad" if leaks or len(sure) > 0.02 * len(clips) else "doubtful" if found or missing else "good"
    if found:
        kinds = [f"{count} {kind}" for kind, count in counts.most_common()]
        verdict = f"Something is wrong with {len(sure)} of {len(clips)} clips, and {len(doubtful)} more are doubtful: "
        verdict += listed(kinds, 11)
    else:
        verdict = f"Nothing is wrong with any of {counted(len(clips), 'clip')}"
    if missing:
        verdict += f"; {counted(len(missing), 'clip')} of the list are not there"
    advice = ""
    if leaks:
        advice = (
            f"take the {leaks} leaked clips out of one of the splits: what is tested on them would have been trained on"
        )
    elif sure:
        advice = "leave out what is wrong below, or get these clips again"
    elif doubtful:
        advice = "look at the doubtful clips below; nothing was changed"
    return Section(
        key="faults",
        title="What is wrong with its clips?",
        verdict=verdict + ".",
        mood=mood,
        advice=advice,
        figures={"faults": len(sure | doubtful) / len(clips), "leaks": float(leaks)},
        parts=_parts(clips, found, counts, players),
        numbers={
            "counts": {kind: counts[kind] for kind in KINDS},
            "faults": [{"id": each.id, "kind": each.kind, "reason": plain_text(each.reason)} for each in found],
            "missing": list(missing),
            "rates": dict(Counter(f"{told.fps:g}" for told in facts.values())),
            "frames": finite({name: told.frames for name, told in facts.items()}),
        },
    )


def _parts(clips: Sequence[LabelledClip], found: Sequence[Fault], counts: Counter[str], players: int) -> list[Part]:
    if not found:
        return []
    by_id = {clip.id: clip for clip in clips}
    parts: list[Part] = [
        Plot(svg=bars({kind: float(counts[kind]) for kind in KINDS}), caption="Clips with each kind of fault."),
        Table(
            columns=("kind", "clips", "share", "what it means"),
            rows=[
                (kind, str(counts[kind]), percent(counts[kind] / len(clips), 1), words) for kind, words in KINDS.items()
            ],
        ),
    ]
    shown = [each for each in found if each.kind != "unreadable" and each.id in by_id]
    one_each = [
        next(each for each in shown if each.kind == kind) for kind in dict.fromkeys(each.kind for each in shown)
    ]
    chosen = [
        (by_id[each.id], each.kind, f"{plain_text(by_id[each.id].gesture, 40)}: {plain_text(each.reason, 80)}")
        for each in one_each[: min(_SHOWN, players)]
    ]
    if chosen:
        parts.append(Films(films=films(chosen), caption="One clip of each kind."))
    parts.append(
        Table(
            columns=("clip", "class", "kind", "reason"),
            rows=[
                (
                    plain_text(each.id, 120),
                    plain_text(by_id[each.id].gesture, 60) if each.id in by_id else "-",
                    each.kind,
                    plain_text(each.reason, 160),
                )
                for each in found[:_ROWS]
            ],
            caption="All that is wrong.",
            left_out=max(0, len(found) - _ROWS),
        )
    )
    return parts
