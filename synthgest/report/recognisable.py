"""Whether the label shows: how well clips are named by the others, what is taken for what, and which may be mislabelled."""

import numpy as np

from synthgest.report.evidence import Evidence
from synthgest.report.films import films
from synthgest.report.plots import confusion
from synthgest.report.section import (
    Films,
    Mood,
    Part,
    Plot,
    Section,
    Table,
    finite,
    percent,
    plain_text,
    with_interval,
)

_GOOD = 0.8  # accuracy
_DRAWN = 20
_ROWS = 30
_SUSPECTS = 8


def recognisable(evidence: Evidence) -> Section:
    """The section about what clips look like to the others."""
    title, key = "Does the label show?", "labels"
    if evidence.agreed is None:
        return Section(
            key=key,
            title=title,
            verdict=f"This cannot be told: {evidence.silence}.",
            mood="unknown",
            advice="make at least two clips of each of two classes",
            figures={"consistency": None, "suspects": None},
        )
    agreed, chance = evidence.agreed, np.bincount(evidence.labels).max() / len(evidence.labels)
    found = agreed.accuracy
    share = len(agreed.suspects) / len(evidence.clips)
    mood: Mood = "good" if found.top1.value >= _GOOD else "doubtful" if found.top1.low > 2 * chance else "bad"
    verdict = (
        f"The other clips of the set name {with_interval(found.top1)} of its clips right (chance {percent(chance)}), "
        f'as the encoder "{plain_text(evidence.encoder.mark.encoder, 40)}" sees them'
    )
    worst = found.mistakes[0] if found.mistakes else None
    if worst is not None:
        names = plain_text(worst.gesture, 60), plain_text(worst.taken_for, 60)
        verdict += f"; most often {names[0]} is taken for {names[1]} ({worst.clips} clips)"
    advice = ""
    if worst is not None and mood != "good":
        advice = f"{plain_text(worst.gesture, 60)} and {plain_text(worst.taken_for, 60)} " + (
            "are known look-alikes: show them to the recogniser in larger numbers, or merge them"
            if worst.alike
            else "should not look alike: play clips of both"
        )
    elif share > 0.02:
        advice = f"play the {len(agreed.suspects)} clips below whose labels may be wrong"
    return Section(
        key=key,
        title=title,
        verdict=verdict + ".",
        mood=mood,
        advice=advice,
        figures={"consistency": found.top1.value, "suspects": share},
        parts=_parts(evidence),
        numbers={
            "accuracy": finite(found.top1),
            "top5": finite(found.top5),
            "classes": {name: finite(each) for name, each in found.classes.items()},
            "confusion": found.confusion if len(evidence.classes) <= 300 else None,
            "mistakes": [
                {"class": each.gesture, "taken_for": each.taken_for, "clips": each.clips, "look_alikes": each.alike}
                for each in found.mistakes[:1000]
            ],
            "suspects": [
                {
                    "id": evidence.clips[each.number].id,
                    "label": evidence.classes[each.label],
                    "looks_like": evidence.classes[each.taken_for],
                    "probability_of_label": finite(each.probability),
                }
                for each in agreed.suspects
            ],
        },
    )


def _parts(evidence: Evidence) -> list[Part]:
    assert evidence.agreed is not None
    agreed = evidence.agreed
    counts = np.array(agreed.accuracy.confusion, np.intp)
    worst = np.argsort(np.diag(counts) / np.maximum(counts.sum(axis=1), 1), kind="stable")
    chosen = worst[:_DRAWN]
    some = f" The {_DRAWN} of {len(counts)} classes with the most mistakes." if len(counts) > _DRAWN else ""
    parts: list[Part] = [
        Plot(
            svg=confusion(counts[np.ix_(chosen, chosen)], [evidence.classes[label] for label in chosen]),
            caption=f"What is taken for what: a row a class; on the diagonal it was named right.{some}",
        )
    ]
    mistakes = agreed.accuracy.mistakes
    if mistakes:
        parts.append(
            Table(
                columns=("class", "taken for", "clips", "known look-alikes"),
                rows=[
                    (
                        plain_text(each.gesture, 80),
                        plain_text(each.taken_for, 80),
                        str(each.clips),
                        "yes" if each.alike else "no",
                    )
                    for each in mistakes[:_ROWS]
                ],
                caption="The most frequent mistakes. Known look-alikes: whether the gesture's specification calls the two so.",
                left_out=max(0, len(mistakes) - _ROWS),
            )
        )
    shown = agreed.suspects[: min(_SUSPECTS, evidence.settings.players // 3)]
    if shown:
        chosen_clips = [
            (
                evidence.clips[each.number],
                f"labelled {plain_text(evidence.classes[each.label], 60)}",
                f"looks like {plain_text(evidence.classes[each.taken_for], 60)}",
            )
            for each in shown
        ]
        caption = f"{len(shown)} of {len(agreed.suspects)} clips whose labels may be wrong: the others all but rule these out."
        parts.append(Films(films=films(chosen_clips), caption=caption))
    if len(agreed.suspects) > len(shown):
        parts.append(
            Table(
                columns=("clip", "labelled", "looks like", "its label has"),
                rows=[
                    (
                        plain_text(evidence.clips[each.number].id, 80),
                        plain_text(evidence.classes[each.label], 60),
                        plain_text(evidence.classes[each.taken_for], 60),
                        percent(each.probability, 2),
                    )
                    for each in agreed.suspects[:_ROWS]
                ],
                caption="All clips whose labels may be wrong.",
                left_out=max(0, len(agreed.suspects) - _ROWS),
            )
        )
    return parts
