"""An audit from beginning to end: the eyes of a report on labelled clips that anybody made; nothing is changed."""

from collections.abc import Sequence
from dataclasses import replace

from synthgest.data.dataset import Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.quality.audit import Fault, faults_of_files, faults_of_pairs, faults_of_pictures
from synthgest.report.classes import classes
from synthgest.report.contents import contents
from synthgest.report.evidence import AnySet, Evidence, Progress, ReportSettings, gather
from synthgest.report.faults import faults
from synthgest.report.gate import Condition
from synthgest.report.movement import movement
from synthgest.report.recognisable import recognisable
from synthgest.report.run import Report, assemble
from synthgest.report.scene import scene
from synthgest.report.section import percent, plain_text
from synthgest.report.variety import variety

_ASKED = ("faults", "labels")


def audit(
    dataset: AnySet, settings: ReportSettings, *, gates: Sequence[Condition] = (), progress: Progress | None = None
) -> Report:
    """Look at every clip: what is unreadable, spoilt, doubled, leaked between splits, or seems to be labelled wrongly.

    DatasetError if no clip can be read.
    """
    tell = progress or (lambda *_: None)
    clips: list[LabelledClip] = [*dataset.clips]
    found, facts = faults_of_files(clips, progress=lambda count: tell("files", count, len(clips)))
    evidence = gather(dataset, settings, progress=progress)
    told = {fault.id for fault in found if fault.kind in ("unreadable", "truncated")}
    found += [
        Fault(id=name, kind="unreadable", reason=reason)
        for name, reason in evidence.unreadable.items()
        if name not in told
    ]
    found += faults_of_pictures(evidence.clips, evidence.looks)
    found += faults_of_pairs(evidence.clips, evidence.pairs)
    found += _labels(evidence)
    missing = () if isinstance(dataset, Dataset) else dataset.missing
    sections = [
        faults(clips, found, facts, missing, settings.players),
        classes(evidence),
        contents(evidence),
        recognisable(evidence),
        variety(evidence),
        movement(evidence, ()),
        scene(evidence, progress=progress),
    ]
    if not evidence.made:  # what to generate otherwise is no advice for clips that were filmed
        sections = [replace(each, advice=each.advice if each.key in _ASKED else "") for each in sections]
    about = f"{len(clips)} clips of {len(dataset.classes)} classes, looked at where they lie; nothing was changed."
    return assemble(evidence.name, about, sections, gates)


def _labels(evidence: Evidence) -> list[Fault]:
    if evidence.agreed is None:
        return []
    return [
        Fault(
            id=evidence.clips[each.number].id,
            kind="label",
            reason=f"looks like {plain_text(evidence.classes[each.taken_for], 60)}; its label has {percent(each.probability, 1)}",
        )
        for each in evidence.agreed.suspects
    ]
