"""Whether clips can be trusted: scores and what the scorer is good for, smoothing, the worst clips, and what could not be made."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.labels import uncertainties
from synthgest.report.evidence import Evidence, Judged
from synthgest.report.films import films
from synthgest.report.plots import histogram
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
    with_interval,
)
from synthgest.scoring.summary import summaries
from synthgest.scoring.validation import Finding, Validation

_WORST = 6
_ROWS = 40
_TITLE = "Can it be trusted?"
_AGREED = 0.5  # share of the labels, with which a scorer that is any good agrees
_MANY = 0.02  # share of confidently wrong clips
_TOLD = 0.7  # AUROC, from which kinds are told apart well enough to be of use
_CONFIDENT = 0.8  # probability of another class, from which a scorer is sure of it
_SWAPPED = "label-swapped"


def trust(evidence: Evidence) -> Section:
    """The section about scores, failures and what is uncertain."""
    return _scored(evidence) if evidence.judged else _unscored(evidence)


def _unscored(evidence: Evidence) -> Section:
    name = plain_text(evidence.name, 60)
    verdict = "Nobody has scored these clips, so nothing is known of their labels by words or by references."
    advice = f"score them: `synthgest score {name} --validate`, which says what scores are worth, too"
    if not isinstance(evidence.dataset, Dataset):
        verdict, advice = "These clips were filmed; their labels are taken as they are.", ""
    return Section(
        key="trust",
        title=_TITLE,
        verdict=verdict + _of_failures(evidence),
        mood="unknown",
        advice=advice,
        figures=dict.fromkeys(("agreement", "auroc", "confidently_wrong")) | {"failed": float(len(evidence.failures))},
        parts=_failed(evidence),
        numbers={"scores": {}, "failures": _reasons(evidence)},
    )


def _scored(evidence: Evidence) -> Section:
    best = max(evidence.judged, key=_worth)
    scores, found = best.scores, _swapped(best.validation)
    wrong = _confidently_wrong(scores.probabilities, scores.targets)
    mood, verdict, advice = _judged(evidence, best, found, wrong)
    parts = [
        part for each in evidence.judged for part in (*_drawings(each), *_validated(each), *_by_class(evidence, each))
    ]
    return Section(
        key="trust",
        title=_TITLE,
        verdict=verdict + "." + _of_failures(evidence),
        mood=mood,
        advice=advice,
        figures={
            "agreement": scores.agreement,
            "auroc": found.auroc.value if found is not None and found.auroc is not None else None,
            "confidently_wrong": len(wrong) / len(scores),
            "failed": float(len(evidence.failures)),
        },
        parts=[*parts, *_players(evidence, best, wrong), *_failed(evidence)],
        numbers={
            "best": best.name,
            "scores": {judged.name: _numbers(evidence, judged) for judged in evidence.judged},
            "failures": _reasons(evidence),
        },
    )


def _judged(evidence: Evidence, best: Judged, found: Finding | None, wrong: Sequence[int]) -> tuple[Mood, str, str]:
    """Mood, verdict and advice. found: of wrong labels. wrong: clips of which the scorer is sure that they show another class."""
    scores, name = best.scores, plain_text(evidence.name, 60)
    chance = 1 / len(scores.mark.classes)
    verdict = f"The scorer {plain_text(scores.mark.scorer, 40)} agrees with the label of {percent(scores.agreement)} of the clips "
    verdict += f"(chance {percent(chance)})"
    if found is None or found.auroc is None:
        return (
            "doubtful",
            f"{verdict}; what it is worth on these classes nobody has tested",
            (f"test the scorer: `synthgest score {name} --validate`"),
        )
    told = f"{found.auroc.value:.2f} [{found.auroc.low:.2f}, {found.auroc.high:.2f}]"
    if found.doubtful:
        return (
            "doubtful",
            f"{verdict}; it cannot tell wrong labels from right ones here (AUROC {told})",
            (
                "do not smooth labels by these scores; try --scorer prototype, or a real CLIP (docs/scores-and-labels.md)"
            ),
        )
    verdict += f"; a clip with a wrong label looks more uncertain to it than one with the right label {percent(found.auroc.value)} "
    verdict += f"of the time (AUROC {told})"
    if scores.agreement < _AGREED:
        verdict += ", so it is of use for a whole set, and of little for a single clip"
    advice = ""
    if wrong:
        advice = f"play the {len(wrong)} clips of which it is sure that they show another class, below; train with `--labels uw`"
    sound = scores.agreement >= _AGREED and len(wrong) <= _MANY * len(scores)
    return "good" if sound else "doubtful", verdict, advice


def _worth(judged: Judged) -> tuple[float, float]:
    found = _swapped(judged.validation)
    return (found.auroc.low if found is not None and found.auroc is not None else -1.0, judged.scores.agreement)


def _swapped(validation: Validation | None) -> Finding | None:
    """What was found of wrong labels, which matter most."""
    if validation is None:
        return None
    return next((each for each in validation.findings if (each.kind, each.measure) == (_SWAPPED, "label-aware")), None)


def _confidently_wrong(probabilities: NDArray[np.float64], targets: NDArray[np.intp]) -> list[int]:
    best = probabilities.argmax(axis=1)
    sure = (best != targets) & (probabilities.max(axis=1) >= _CONFIDENT)
    return sorted(np.flatnonzero(sure).tolist(), key=lambda row: -probabilities[row].max())


def _drawings(judged: Judged) -> list[Part]:
    scores = judged.scores
    most = float(np.log(len(scores.mark.classes)))
    smoothing = 1 - scores.soft_labels("ul")[np.arange(len(scores)), scores.targets]
    name = plain_text(judged.name, 60)
    return [
        Plot(
            svg=histogram(scores.entropy, low=0, high=most, unit="entropy, nats"),
            caption=f"{name}: entropy of the class probabilities. Left: sure of one class; right ({most:.2f}): of none.",
        ),
        Plot(
            svg=histogram(
                smoothing, low=0, high=max(float(smoothing.max(initial=0)), 0.05), unit="share of the label given away"
            ),
            caption=f"{name}: how far labels would be smoothed (ul).",
        ),
    ]


def _validated(judged: Judged) -> list[Part]:
    if judged.validation is None:
        return []
    rows = [
        (
            found.kind,
            found.measure,
            "not computable"
            if found.auroc is None
            else f"{found.auroc.value:.2f} [{found.auroc.low:.2f}, {found.auroc.high:.2f}]",
            _in_words(found),
        )
        for found in judged.validation.findings
    ]
    caption = (
        f"{plain_text(judged.name, 60)}: bad clips made of {judged.validation.clips} good ones, and how well uncertainty "
        "finds them (AUROC, 95 % interval; 0.5 is chance)."
    )
    return [Table(columns=("kind of bad clip", "measure", "AUROC", "in words"), rows=rows, caption=caption)]


def _in_words(found: Finding) -> str:
    if found.blind:
        return "blind by construction"
    if found.doubtful or found.auroc is None:
        return "no better than chance"
    return "told apart" if found.auroc.low > _TOLD else "hardly told apart"


def _by_class(evidence: Evidence, judged: Judged) -> list[Part]:
    if not isinstance(evidence.dataset, Dataset):
        return []
    rows = sorted(summaries(evidence.dataset, judged.scores), key=lambda each: each.agreement.value)
    return [
        Table(
            columns=("class", "clips", "agreement, 95 %", "entropy", "smoothed by", "taken for"),
            rows=[
                (
                    plain_text(row.name, 80),
                    str(row.clips),
                    with_interval(row.agreement),
                    number(row.entropy),
                    number(row.smoothing, 3),
                    plain_text(row.taken_for, 60) or "-",
                )
                for row in rows[:_ROWS]
            ],
            caption=f"{plain_text(judged.name, 60)}, class by class, the least agreement first.",
            left_out=max(0, len(rows) - _ROWS),
        )
    ]


def _players(evidence: Evidence, judged: Judged, wrong: Sequence[int]) -> list[Part]:
    if not evidence.settings.players:
        return []
    scores = judged.scores
    clips = {clip.id: clip for clip in evidence.clips}
    worst = np.argsort(-uncertainties(scores.probabilities, scores.targets, uncertainty="entropy"), kind="stable")
    parts: list[Part] = []
    for rows, caption in (
        (
            list(wrong),
            "Confidently wrong: the scorer is sure of another class. Either the clip or the scorer is mistaken.",
        ),
        (worst.tolist(), "Most uncertain: the scorer can decide for no class."),
    ):
        chosen: list[tuple[LabelledClip, str, str]] = []
        for row in rows:
            clip = clips.get(scores.ids[row])
            if clip is not None and len(chosen) < min(_WORST, evidence.settings.players // 3):
                best = int(scores.probabilities[row].argmax())
                note = (
                    f"taken for {plain_text(scores.mark.classes[best], 40)}, {percent(scores.probabilities[row, best])}"
                )
                chosen.append((clip, plain_text(clip.gesture, 60), note))
        if chosen:
            parts.append(Films(films=films(chosen), caption=caption))
    return parts


def _reasons(evidence: Evidence) -> dict[str, dict[str, int]]:
    """By class, how many shots failed for each reason."""
    found: dict[str, Counter[str]] = {}
    for failure in evidence.failures:
        reason = failure.attempts[-1].reason if failure.attempts else "unknown"
        found.setdefault(failure.gesture, Counter())[reason] += 1
    return {name: dict(counts) for name, counts in sorted(found.items())}


def _of_failures(evidence: Evidence) -> str:
    retaken = sum(1 for clip in evidence.made if clip.record.attempts)
    words = ""
    if evidence.failures:
        words += f" {len(evidence.failures)} clips could not be made."
    if retaken:
        words += f" {counted(retaken, 'clip')} needed a second or third try, which is kept in the records."
    return words


def _failed(evidence: Evidence) -> list[Part]:
    reasons = _reasons(evidence)
    if not reasons:
        return []
    rows = [
        (plain_text(name, 80), plain_text(reason, 60), str(count))
        for name, own in reasons.items()
        for reason, count in own.items()
    ]
    return [
        Table(
            columns=("class", "reason", "clips"),
            rows=rows[:_ROWS],
            caption="What could not be made, and why.",
            left_out=max(0, len(rows) - _ROWS),
        )
    ]


def _numbers(evidence: Evidence, judged: Judged) -> dict[str, object]:
    scores = judged.scores
    wrong = _confidently_wrong(scores.probabilities, scores.targets)
    return {
        "clips": len(scores),
        "agreement": finite(scores.agreement),
        "entropy_mean": finite(float(scores.entropy.mean())),
        "entropy_most": finite(float(np.log(len(scores.mark.classes)))),
        "confidently_wrong": [scores.ids[row] for row in wrong],
        "model": scores.mark.model,
        "validation": None
        if judged.validation is None
        else [
            {"kind": each.kind, "measure": each.measure, "blind": each.blind, "auroc": finite(each.auroc)}
            for each in judged.validation.findings
        ],
        "classes": [
            {"class": row.name, "clips": row.clips, "agreement": finite(row.agreement), "entropy": finite(row.entropy)}
            for row in (summaries(evidence.dataset, scores) if isinstance(evidence.dataset, Dataset) else ())
        ],
    }
