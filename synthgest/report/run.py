"""A report from beginning to end: evidence, sections, figures, a page and its numbers."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synthgest import __version__
from synthgest.data.dataset import Dataset
from synthgest.data.storage import make_folder, sweep_beside, write_bytes
from synthgest.evaluation.reenactment import Reenacted, reenactments
from synthgest.gestures import Gesture
from synthgest.report.classes import classes
from synthgest.report.comparison import comparison, figures_of
from synthgest.report.contents import contents
from synthgest.report.evidence import AnySet, Evidence, Progress, ReportSettings, gather
from synthgest.report.gate import Condition, Verdict, judge
from synthgest.report.movement import movement
from synthgest.report.page import Page, render
from synthgest.report.realness import realness
from synthgest.report.recognisable import recognisable
from synthgest.report.scene import scene
from synthgest.report.section import Section, counted, finite, plain_text
from synthgest.report.trust import trust
from synthgest.report.variety import variety
from synthgest.report.worth import find_runs, worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found. figures: by name, those that gates speak of. verdicts: of the gates."""

    name: str
    sections: Sequence[Section]
    figures: Mapping[str, float | None]
    verdicts: Sequence[Verdict]
    html: str

    @property
    def failed(self) -> bool:
        """Whether a gate says so."""
        return any(each.failed for each in self.verdicts)

    @property
    def numbers(self) -> dict[str, Any]:
        """All of it, plain and finite, for JSON."""
        return {
            "synthgest": __version__,
            "name": self.name,
            "figures": dict(self.figures),
            "gates": [
                {"condition": each.condition.text, "value": each.value, "failed": each.failed} for each in self.verdicts
            ],
            "sections": {
                section.key: {
                    "title": section.title,
                    "verdict": section.verdict,
                    "mood": section.mood,
                    "advice": section.advice,
                    "figures": finite(section.figures),
                    "numbers": finite(section.numbers),
                }
                for section in self.sections
            },
        }


def report(
    dataset: AnySet,
    settings: ReportSettings,
    *,
    real: AnySet | None = None,
    against: AnySet | None = None,
    sources: Sequence[Gesture] = (),
    gates: Sequence[Condition] = (),
    progress: Progress | None = None,
) -> Report:
    """Judge a data set.

    real: filmed clips of the same classes, with the same numbers. against: another set to compare with. sources: gestures whose
    motion files drove clips, so that their drift can be told. progress: called with what is done.
    """
    evidence = gather(dataset, settings, progress=progress)
    filmed = None if real is None else gather(real, replace(settings, players=0), progress=progress)
    sections = _sections(evidence, filmed, sources, progress)
    if against is not None:
        other = gather(against, replace(settings, players=0), progress=progress)
        sections.append(comparison(evidence, sections, other, _sections(other, filmed, (), progress)))
    return assemble(evidence.name, _about(evidence), sections, gates)


def assemble(name: str, about: str, sections: Sequence[Section], gates: Sequence[Condition]) -> Report:
    """A report of some sections."""
    figures = figures_of(sections)
    verdicts = judge(gates, figures)
    page = Page(title=f"Report on {plain_text(name, 80)}", about=about, sections=sections, gates=verdicts)
    return Report(name=name, sections=sections, figures=figures, verdicts=verdicts, html=render(page))


def write(found: Report, path: Path) -> None:
    """Write the page, and its numbers beside it as JSON."""
    numbers = path.with_suffix(".json")
    make_folder(path.parent)
    for file in (numbers, path):
        sweep_beside(file)
    write_bytes(numbers, json.dumps(found.numbers, indent=1, allow_nan=False).encode())
    write_bytes(path, found.html.encode("utf-8"))


def _sections(
    evidence: Evidence, real: Evidence | None, sources: Sequence[Gesture], progress: Progress | None
) -> list[Section]:
    questions: list[Callable[[], Section]] = [
        lambda: classes(evidence),
        lambda: contents(evidence),
        lambda: trust(evidence),
        lambda: recognisable(evidence),
        lambda: variety(evidence),
        lambda: movement(evidence, _reenacted(evidence, sources, progress)),
        lambda: scene(evidence, progress=progress),
        lambda: realness(evidence, real),
        lambda: worth(evidence, real, _runs(evidence), progress=progress),
    ]
    return [ask() for ask in questions]


def _runs(evidence: Evidence) -> list[Path]:
    return find_runs(evidence.dataset) if isinstance(evidence.dataset, Dataset) else []


def _reenacted(evidence: Evidence, sources: Sequence[Gesture], progress: Progress | None) -> list[Reenacted]:
    if not sources:
        return []
    tell = progress or (lambda *_: None)
    return reenactments(evidence.made, sources, progress=lambda count: tell("drift", count, len(evidence.made)))


def _about(evidence: Evidence) -> str:
    what = f"of {counted(len(evidence.classes), 'class', 'classes')}"
    if not evidence.made:
        return f"{counted(len(evidence.clips), 'filmed clip')} {what}."
    return f"{counted(len(evidence.clips), 'synthetic clip')} {what}. AI-generated: no real person was filmed."
