"""Which classes need work: each class with what speaks against it, the worst first, and what to do about that one."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from synthgest.report.evidence import Evidence
from synthgest.report.films import films
from synthgest.report.plots import intervals
from synthgest.report.section import (
    Films,
    Mood,
    Plot,
    Section,
    Table,
    number,
    percent,
    plain_text,
    short,
    with_interval,
)
from synthgest.statistics import Estimate, proportion

_FEW = 10  # clips, of which a class has too few to be learned from
_FOUND = (
    0.3  # share of a class' clips that others recognise, below which it is taken for others wherever the rest stands
)
_HIDDEN = 0.75  # share of frames in which the hand that matters shows, below which it is hidden too often
_CAPTION = (
    f"All classes, the worst first. What others recognise speaks against a class below {percent(_FOUND)}, or where its interval "
    "lies below the whole set's share."
)
_ROWS = 60  # of the table
_DRAWN = 30  # of the drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """A class and what speaks against it.

    clips: that can be read. found: share of them that the others of the set recognise. taken_for: what the others are most often
    taken for, and how often. hand_seen: mean share of frames in which the hand that matters shows; NaN where nobody knows. motion,
    sharpness: means. twins: clips that are near-duplicates of others of the class. failed: shots that could not be made. reasons:
    what speaks against it, the gravest first; advice: what to do about that one.
    """

    name: str
    clips: int
    found: Estimate | None
    taken_for: tuple[str, int]
    hand_seen: float
    motion: float
    sharpness: float
    twins: int
    failed: int
    reasons: tuple[str, ...] = ()
    advice: str = ""


def class_views(evidence: Evidence) -> list[ClassView]:
    """Every class, the worst first."""
    failed = Counter(failure.gesture for failure in evidence.failures)
    doubled = {other for one, other in evidence.pairs if evidence.labels[one] == evidence.labels[other]}
    sizes = np.bincount(evidence.labels, minlength=len(evidence.classes))
    usual = float(np.median(sizes[sizes > 0]))
    level = evidence.agreed.accuracy.top1.value if evidence.agreed is not None else 0.0
    views = [_view(evidence, label, failed, doubled, usual, level) for label in range(len(evidence.classes))]
    return sorted(views, key=lambda view: (_rank(view), view.name))


def classes(evidence: Evidence) -> Section:
    """The section that says which class is worst, why, and what to do next."""
    views = class_views(evidence)
    bad = [view for view in views if view.reasons]
    worst = views[0]
    mood: Mood = "good" if not bad else "bad" if _grave(worst) else "doubtful"
    if bad:
        name = plain_text(worst.name, 80)
        verdict = f"The worst class is {name}: {worst.reasons[0]}."
        verdict += (
            f" {len(bad)} of {len(views)} classes need a look."
            if len(bad) > 1
            else " Nothing speaks against the others."
        )
        advice = f"{name}: {worst.advice}"
    else:
        verdict, advice = f"Nothing speaks against any of the {len(views)} classes.", ""
    return Section(
        key="classes",
        title="Which classes need work?",
        verdict=verdict,
        mood=mood,
        advice=advice,
        figures={
            "worst_class": min((view.found.value for view in views if view.found), default=None),
            "classes_with_faults": float(len(bad)),
        },
        parts=[*_drawing(views), *_worst_clips(evidence, worst, bool(bad)), _table(views)],
        numbers={"classes": [_numbers(view) for view in views]},
    )


def _view(
    evidence: Evidence, label: int, failed: Counter[str], doubled: set[int], usual: float, level: float
) -> ClassView:
    own, name = evidence.of(label), evidence.classes[label]
    looks = [evidence.look(position) for position in own]
    found, taken_for = None, ("", 0)
    if evidence.agreed is not None and own:
        row = np.bincount(evidence.agreed.probabilities[own].argmax(axis=1), minlength=len(evidence.classes))
        found = proportion(int(row[label]), len(own))
        row[label] = 0
        taken_for = (evidence.classes[int(row.argmax())], int(row.max())) if row.any() else ("", 0)
    seen = [look.hand_seen for look in looks if not math.isnan(look.hand_seen)]
    view = ClassView(
        name=name,
        clips=len(own),
        found=found,
        taken_for=taken_for,
        hand_seen=float(np.mean(seen)) if seen else math.nan,
        motion=float(np.mean([look.measures.motion for look in looks])) if looks else math.nan,
        sharpness=float(np.mean([look.measures.sharpness for look in looks])) if looks else math.nan,
        twins=len(doubled.intersection(own)),
        failed=failed[name],
    )
    complaints = _complaints(view, usual, level)
    if not complaints:
        return view
    return replace(view, reasons=tuple(reason for reason, _ in complaints), advice=complaints[0][1])


def _complaints(view: ClassView, usual: float, level: float) -> list[tuple[str, str]]:
    """What speaks against a class, and what to do about it. usual: clips of a class. level: share of all recognised."""
    found: list[tuple[str, str]] = []
    if not view.clips:
        return [("it has no clips that can be read", "make its clips again with the same generate command")]
    if view.found is not None and (view.found.value < _FOUND or view.found.high < level):
        other, count = plain_text(view.taken_for[0], 60), view.taken_for[1]
        found.append(
            (
                f"the rest of the set recognises {view.found.value * view.clips:.0f} of its {view.clips} clips; "
                f"{count} look more like {other}",
                f"play its clips beside those of {other}: where you cannot tell them apart either, make the gestures differ "
                "(docs/your-own-gesture.md) or make them one class; where you can, make more clips of both",
            )
        )
    if view.clips < _FEW:
        found.append((f"it has {view.clips} clips", "make more: the same generate command with a larger --clips"))
    elif view.clips < usual / 2:
        found.append(
            (
                f"it has {view.clips} clips where others have {usual:.0f}",
                "make more of it, or `synthgest select --balance`",
            )
        )
    if view.hand_seen < _HIDDEN:
        found.append(
            (
                f"the hand that moves most shows in only {percent(view.hand_seen)} of the frames that matter",
                "turn the cameras more to the front, such as --set camera.azimuth_degrees=[-30,30]",
            )
        )
    if view.twins > 0.1 * view.clips:
        found.append(
            (
                f"{view.twins} of its {view.clips} clips are near-duplicates of others",
                "keep one of each: `synthgest select`",
            )
        )
    if view.failed > 0.1 * (view.clips + view.failed):
        found.append((f"{view.failed} of its clips could not be made", "read the reasons in failures/"))
    return found


def _rank(view: ClassView) -> float:
    """Lower is worse."""
    if not view.clips:
        return -1.0
    return (view.found.value if view.found else 0.5) + (0 if view.reasons else 2)


def _grave(view: ClassView) -> bool:
    return not view.clips or (view.found is not None and view.found.high < _FOUND)


def _drawing(views: Sequence[ClassView]) -> list[Plot]:
    known = {view.name: view.found for view in views[:_DRAWN] if view.found is not None}
    if not known:
        return []
    some = f" The {_DRAWN} worst of {len(views)} are drawn." if len(views) > _DRAWN else ""
    caption = (
        "How many clips of each class the other clips of the set recognise, with 95 % intervals: each clip is named by a "
        f"probe that saw neither it nor its relatives.{some}"
    )
    return [Plot(svg=intervals(known), caption=caption)]


def _worst_clips(evidence: Evidence, worst: ClassView, bad: bool) -> list[Films]:
    if not bad or not worst.clips or not evidence.settings.players:
        return []
    label = evidence.classes.index(worst.name)
    own = np.array(evidence.of(label))
    if evidence.agreed is not None:
        own = own[np.argsort(evidence.agreed.probabilities[own, label], kind="stable")]
    chosen = [(evidence.clips[n], short(evidence.clips[n].id), _note(evidence, n)) for n in own[:3]]
    rival = worst.taken_for[0]
    if rival:
        other = evidence.of(evidence.classes.index(rival))
        chosen += [
            (evidence.clips[n], short(evidence.clips[n].id), f"{plain_text(rival, 40)}, for comparison")
            for n in other[:1]
        ]
    caption = f"Clips of {plain_text(worst.name, 80)} that look least like it" + (
        f", and one of {plain_text(rival, 60)}, which it is most often taken for." if rival else "."
    )
    return [Films(films=films(chosen), caption=caption)]


def _note(evidence: Evidence, position: int) -> str:
    if evidence.agreed is None:
        return ""
    row = evidence.agreed.probabilities[position]
    other = int(row.argmax())
    return f"looks like {plain_text(evidence.classes[other], 40)} ({percent(row[other])})"


def _table(views: Sequence[ClassView]) -> Table:
    columns = (
        "class",
        "clips",
        "what speaks against it",
        "recognised, 95 %",
        "taken for",
        "hand shows",
        "motion",
        "sharpness",
        "twins",
    )
    rows = [
        (
            plain_text(view.name, 80),
            str(view.clips),
            "; ".join(view.reasons) or "-",
            with_interval(view.found),
            f"{plain_text(view.taken_for[0], 60)} ({view.taken_for[1]})" if view.taken_for[0] else "-",
            percent(view.hand_seen),
            number(view.motion, 1),
            number(view.sharpness, 1),
            str(view.twins),
        )
        for view in views[:_ROWS]
    ]
    return Table(columns=columns, rows=rows, caption=_CAPTION, left_out=max(0, len(views) - _ROWS))


def _numbers(view: ClassView) -> dict[str, object]:
    return asdict(view) | {"taken_for": view.taken_for[0], "taken_for_clips": view.taken_for[1]}
