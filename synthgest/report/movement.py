"""Whether clips move as people do: motion, standstill, tempo, the hand that matters, and drift from what was captured."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from synthgest.data.dataset import Clip
from synthgest.evaluation.reenactment import Reenacted
from synthgest.quality.selection import Gates
from synthgest.report.evidence import Evidence
from synthgest.report.films import films
from synthgest.report.plots import bars, histogram
from synthgest.report.section import (
    Films,
    Mood,
    Part,
    Plot,
    Section,
    Table,
    counted,
    finite,
    number,
    percent,
    plain_text,
)

_SEEN = 0.75  # share of frames in which the hand that matters should show
_ALWAYS = 0.995
_ROWS = 60
_WORST = 4


def movement(evidence: Evidence, reenacted: Sequence[Reenacted]) -> Section:
    """The section about what moves. reenacted: clips compared with their sources; none where nobody said where these lie."""
    looks = [evidence.look(position) for position in range(len(evidence.clips))]
    gates = Gates()
    by_class = {name: _of_class(evidence, label) for label, name in enumerate(evidence.classes)}
    faults = {
        n: "" if evidence.clips[n].length == 1 else look.fault or gates.fault(look.measures)
        for n, look in enumerate(looks)
    }
    spoilt = [n for n, fault in faults.items() if fault]
    seen = [look.hand_seen for look in looks if not math.isnan(look.hand_seen)]
    hand = float(np.mean(seen)) if seen else None
    drift = float(np.median([each.drift.drift for each in reenacted])) if reenacted else None
    flagged = [each for each in reenacted if each.drift.flagged]
    share = len(spoilt) / len(looks)
    mood: Mood = "good"
    if share > 0.02 or (hand is not None and hand < _SEEN) or len(flagged) > 0.2 * max(len(reenacted), 1):
        mood = "doubtful"
    if share > 0.1:
        mood = "bad"
    verdict = f"{len(spoilt)} of {len(looks)} clips stand still, flicker, loop or are blurred"
    if hand is not None:
        verdict += f"; the hand that moves most shows in {percent(hand)} of the frames that matter"
    if drift is not None:
        verdict += f"; {len(flagged)} of {len(reenacted)} captured clips drift from their source by more than a tenth of a torso"
    advice = ""
    if share > 0.02:
        advice = "`synthgest select` leaves these clips out, each with its reason"
    elif hand is not None and hand < _SEEN:
        advice = "cameras from the side hide hands: --set camera.azimuth_degrees=[-30,30]"
    elif flagged and mood != "good":
        advice = (
            "look at the films of the flagged clips (`synthgest evaluate drift`); leave out what the estimator misread"
        )
    sharp = [look.measures.sharpness for look in looks]
    return Section(
        key="movement",
        title="Does it move right?",
        verdict=verdict + ".",
        mood=mood,
        advice=advice,
        figures={
            "spoilt": share,
            "motion": float(np.mean([look.measures.motion for look in looks])),
            "hand_seen": hand,
            "sharpness": float(np.mean(sharp)),
            "drift": drift,
        },
        parts=[
            Plot(
                svg=histogram(
                    [look.measures.motion for look in looks], low=0, high=40, unit="motion, grey levels a frame"
                ),
                caption="How much moves in a clip; what stands still is on the left.",
            ),
            *_of_hands(by_class, seen),
            _table(by_class),
            *_spoilt(evidence, spoilt, faults),
            *_drift(reenacted),
        ],
        numbers={
            "spoilt": {evidence.clips[n].id: faults[n] for n in spoilt},
            "classes": by_class,
            "drift": {each.id: finite(each.drift.drift) for each in reenacted},
        },
    )


def _of_hands(by_class: Mapping[str, Mapping[str, float | None]], seen: Sequence[float]) -> list[Part]:
    if not seen:
        return []
    known = {name: value for name, own in by_class.items() if (value := own["hand_seen"]) is not None}
    chosen = dict(sorted(known.items(), key=lambda entry: (entry[1], entry[0]))[:12])
    some = f" The 12 lowest of {len(known)} classes." if len(known) > 12 else ""
    caption = f"In how many of the frames that matter the hand that moves most is in the picture and not hidden.{some}"
    return [Plot(svg=bars(chosen, unit="%", most=1.0), caption=caption)] if min(chosen.values()) < _ALWAYS else []


def _of_class(evidence: Evidence, label: int) -> dict[str, float | None]:
    own = evidence.of(label)
    looks = [evidence.look(position) for position in own]
    if not looks:
        return dict.fromkeys(("motion", "still", "sharpness", "hand_seen", "turns", "seconds"))
    seen = [look.hand_seen for look in looks if not math.isnan(look.hand_seen)]
    turns, seconds = [], []
    for position, look in zip(own, looks, strict=True):
        clip = evidence.clips[position]
        if isinstance(clip, Clip):
            seconds.append(clip.length / clip.record.fps)
            if not math.isnan(look.turns):
                turns.append(look.turns * clip.record.fps)
    return {
        "motion": float(np.mean([look.measures.motion for look in looks])),
        "still": float(np.mean([look.measures.still for look in looks])),
        "sharpness": float(np.mean([look.measures.sharpness for look in looks])),
        "hand_seen": float(np.mean(seen)) if seen else None,
        "turns": float(np.mean(turns)) if turns else None,
        "seconds": float(np.mean(seconds)) if seconds else None,
    }


def _table(by_class: Mapping[str, Mapping[str, float | None]]) -> Table:
    rows = []
    for name, own in list(by_class.items())[:_ROWS]:
        rows.append(
            (
                plain_text(name, 80),
                number(own["motion"], 1),
                percent(own["still"]),
                number(own["turns"], 1),
                number(own["seconds"], 1),
                percent(own["hand_seen"]),
                number(own["sharpness"], 1),
            )
        )
    return Table(
        columns=("class", "motion", "stands still", "turns a second", "seconds", "hand shows", "sharpness"),
        rows=rows,
        caption="Turns a second: how often the hand turns back. Sharpness: of the hand where it is known, else of the picture.",
        left_out=max(0, len(by_class) - _ROWS),
    )


def _spoilt(evidence: Evidence, spoilt: Sequence[int], faults: dict[int, str]) -> list[Part]:
    count = min(_WORST, evidence.settings.players // 4)
    if not spoilt or not count:
        return []
    chosen = [(evidence.clips[n], plain_text(evidence.clips[n].gesture, 60), faults[n]) for n in spoilt[:count]]
    return [
        Films(
            films=films(chosen),
            caption=f"{counted(len(spoilt), 'clip')} not as they should be"
            + (f"; {len(chosen)} are shown." if len(chosen) < len(spoilt) else "."),
        )
    ]


def _drift(reenacted: Sequence[Reenacted]) -> list[Part]:
    if not reenacted:
        return []
    values = [each.drift.drift for each in reenacted]
    worst = sorted(reenacted, key=lambda each: -each.drift.drift)[:10]
    return [
        Plot(
            svg=histogram(values, low=0, high=0.4, unit="drift, torsos", mark=0.1),
            caption="How far joints are from where they were in the source; right of the line clips no longer show it.",
        ),
        Table(
            columns=("clip", "class", "source", "drift", "seen in both"),
            rows=[
                (
                    each.id,
                    plain_text(each.gesture, 60),
                    plain_text(each.source, 60),
                    number(each.drift.drift),
                    percent(each.drift.coverage),
                )
                for each in worst
            ],
            caption="The largest drift.",
            left_out=max(0, len(reenacted) - 10),
        ),
    ]
