"""Whether a set is varied: near-duplicates, how many clips differ, and how classes overlap."""

from collections import Counter

import numpy as np

from synthgest.quality.variety import davies_bouldin, vendi, within
from synthgest.report.evidence import Evidence
from synthgest.report.films import sheet
from synthgest.report.plots import bars
from synthgest.report.section import Mood, Part, Plot, Section, Sheets, finite, number, percent, plain_text, short

_MANY = 0.02  # share of clips that double others, from which it matters
_PAIRS = 6
_DRAWN = 30


def variety(evidence: Evidence) -> Section:
    """The section about variety."""
    doubled = {other for _, other in evidence.pairs}
    share = len(doubled) / len(evidence.clips)
    score = vendi(evidence.features)
    index = davies_bouldin(evidence.features, evidence.labels, seed=evidence.settings.seed)
    inside = within(evidence.features, evidence.labels.tolist())
    relative = {label: value / max(len(evidence.of(label)), 1) for label, value in inside.items()}
    mood: Mood = "bad" if share > 5 * _MANY else "doubtful" if share > _MANY else "good"
    verdict = (
        f"{len(doubled)} of {len(evidence.clips)} clips are near-duplicates of others ({percent(share, 1)}); "
        f"by its features it has a Vendi score of {number(score, 1)} and a Davies-Bouldin index of {number(index, 1)}, "
        "which grow with variety and are for comparing sets"
    )
    advice = (
        "`synthgest select` keeps one of each set of near-duplicates; more people and places make clips differ"
        if mood != "good"
        else ""
    )
    parts: list[Part] = []
    if relative:
        chosen = sorted(relative, key=lambda label: (relative[label], label))[:_DRAWN]
        parts.append(
            Plot(
                svg=bars({evidence.classes[label]: inside[label] for label in chosen}),
                caption="Vendi score of each class, the least varied first: so many clips with nothing in common are as varied."
                + (f" The {_DRAWN} least varied of {len(inside)} classes." if len(inside) > _DRAWN else ""),
            )
        )
    if evidence.pairs:
        rows = [
            sheet(
                [evidence.clips[one], evidence.clips[other]],
                f"{short(evidence.clips[one].id)} and {short(evidence.clips[other].id)}",
                plain_text(evidence.clips[one].gesture, 60),
            )
            for one, other in evidence.pairs[:_PAIRS]
        ]
        parts.append(
            Sheets(sheets=rows, caption=f"{len(rows)} of {len(evidence.pairs)} pairs that show nearly the same.")
        )
    by_class = Counter(evidence.clips[other].gesture for other in doubled)
    return Section(
        key="variety",
        title="Is it varied?",
        verdict=verdict + ".",
        mood=mood,
        advice=advice,
        figures={"near_duplicates": share, "vendi": score, "davies_bouldin": index},
        parts=parts,
        numbers={
            "near_duplicate_pairs": [
                [evidence.clips[one].id, evidence.clips[other].id] for one, other in evidence.pairs[:10_000]
            ],
            "near_duplicates_by_class": dict(by_class),
            "vendi": finite(score),
            "vendi_by_class": {evidence.classes[label]: finite(value) for label, value in inside.items()},
            "davies_bouldin": finite(index),
            "encoder": evidence.encoder.mark.encoder,
            "clips_by_class": np.bincount(evidence.labels, minlength=len(evidence.classes)).tolist(),
        },
    )
