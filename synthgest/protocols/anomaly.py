"""Anomaly detection: videos with one label each are learned, frames are named; with and without synthetic pretraining."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from synthgest.data.labelled import LabelledClip, LabelledSet
from synthgest.errors import SpecError
from synthgest.evaluation.anomaly import SNIPPET, Video, fit_mil, frame_auc, judged, read_intervals, snippets
from synthgest.protocols.bench import Bench
from synthgest.protocols.findings import Difference, Findings, Outcomes, Row
from synthgest.protocols.opening import described, opened, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Outcome, Trial
from synthgest.resampling import Figure, Indices, resample, resampled_difference

REAL, BOTH = "real alone", "synthetic, then real"
AUC, AUC_A = "AUC", "AUC_A"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalySettings:
    """What is learned, and what is asked.

    train: videos by class. query: videos to name the frames of. intervals: UCF-Crime's list of their anomalies. synthetic:
    clips by class to pretrain on, or empty. normal: the class that is no anomaly. snippet: frames that have one score.
    """

    train: str
    query: str
    intervals: str
    synthetic: str = ""
    normal: str = "normal"
    snippet: int = SNIPPET

    def __post_init__(self) -> None:
        if self.snippet < 1:
            raise SpecError(f"snippet is {self.snippet}; expected at least 1 frame")


class Anomaly:
    """A linear head learns by multiple instances from frozen features of snippets.

    Arms: the encoder as it begins, and after synthetic clips. (The paper trains X-CLIP-B/32, and says neither loss nor settings.)
    """

    name = "anomaly"

    def __init__(self, settings: AnomalySettings, terms: Terms) -> None:
        """Opens the data; SpecError where the normal class is missing, or a query video is not in the list."""
        if terms.regimes != ("probe",):
            raise SpecError(
                f"a detector is a head on frozen features; regimes are {list(terms.regimes)}, expected probe"
            )
        self.terms = terms
        self._settings = settings
        self._train, self._query = opened(settings.train, terms), opened(settings.query, terms)
        self._synthetic: LabelledSet | None = opened(settings.synthetic, terms) if settings.synthetic else None
        require_unrelated({"query": self._query}, {"training": self._train, "synthetic": self._synthetic})
        names = [_bare(entry.name) for entry in self._train.class_entries]
        if settings.normal not in names or len(names) < 2:
            raise SpecError(
                f"{self._train!r} has the classes {', '.join(names)}; expected {settings.normal!r} and others"
            )
        known = read_intervals(Path(settings.intervals))
        missing = [clip.id for clip in self._query.clips if _stem(clip) not in known]
        if missing:
            raise SpecError(f"{settings.intervals} says nothing of {missing[0]}; expected a line for every query video")
        self._intervals = {clip.id: known[_stem(clip)] for clip in self._query.clips}
        if not any(self._intervals.values()):
            raise SpecError(f"{settings.intervals} names no anomaly in any of the {len(self._query)} query videos")

    @property
    def described(self) -> Mapping[str, Any]:
        """Settings without paths, and the data."""
        kept = {key: value for key, value in asdict(self._settings).items() if key in ("normal", "snippet")}
        sides = described(self.terms, train=self._train, query=self._query, synthetic=self._synthetic)
        return {**kept, "intervals": self._intervals, **sides}

    def trials(self) -> tuple[Trial, ...]:
        """Both arms, by seed."""
        arms = (REAL, BOTH) if self._synthetic is not None else (REAL,)
        return tuple(Trial(arm=arm, regime="probe", seed=seed) for seed in self.terms.numbers for arm in arms)

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Learn from whole videos, and give every snippet of the queries its score."""
        settings = self.terms.training_of(trial.seed)
        start = None
        if self._synthetic is not None and trial.arm == BOTH:
            start = bench.pretrained(self._synthetic, settings)
        encoder = bench.encoder(start, settings)
        train, query = (bench.seen_in_parts(encoder, side.clips, self._cut) for side in (self._train, self._query))
        anomalous = [_bare(clip.gesture) != self._settings.normal for clip in self._train.clips]
        head = fit_mil(train, anomalous, seed=trial.seed)
        scores = {
            clip.id: [round(float(score), 6) for score in head.scores(rows)]
            for clip, rows in zip(self._query.clips, query, strict=True)
        }
        return bench.outcome(trial, scores=scores, lengths={clip.id: clip.length for clip in self._query.clips})

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """Frame-level AUC over all videos and over those with an anomaly; intervals over videos and seeds."""
        found = Outcomes(outcomes)
        rows, differences = [], []
        for measure in (AUC, AUC_A):
            figures = {series: self._figure(cell, measure) for (series, _), cell in found.cells.items()}
            for (series, _), cell in found.cells.items():
                figure, strata = figures[series]
                value = resample(figure, len(cell), strata, seed=0)
                doubt = "" if np.isfinite(value.value) else "frames are of one kind"
                rows.append(
                    Row(
                        measure=measure,
                        test="frames",
                        arm=series,
                        value=value,
                        n=len(strata),
                        seeds=len(cell),
                        doubt=doubt,
                    )
                )
                if not series.startswith(REAL) and np.isfinite(value.value):
                    first = f"{REAL}, probe"
                    comparison = resampled_difference(figures[first][0], figure, len(cell), strata, seed=0)
                    differences.append(
                        Difference(measure=measure, test="frames", first=first, second=series, comparison=comparison)
                    )
        return found.findings(self.name, "", rows, differences)

    def _cut(self, length: int) -> list[tuple[int, int]]:
        return snippets(length, self._settings.snippet)

    def _figure(self, cell: Sequence[Outcome], measure: str) -> tuple[Figure, list[int]]:
        """The mean over runs of the area, as a figure of runs and videos; videos with and without an anomaly are two strata."""
        ids = [name for name in cell[0].figures["scores"] if measure == AUC or self._intervals[name]]
        videos: list[list[Video]] = [
            [
                judged(
                    outcome.figures["scores"][name],
                    self._intervals[name],
                    outcome.figures["lengths"][name],
                    self._settings.snippet,
                )
                for name in ids
            ]
            for outcome in cell
        ]

        def area(rows: Indices, units: Indices) -> float:
            return float(np.mean([frame_auc([videos[row][unit] for unit in units]) for row in rows]))

        return area, [int(bool(self._intervals[name])) for name in ids]


def _bare(name: str) -> str:
    return name.rpartition("/")[2]


def _stem(clip: LabelledClip) -> str:
    """Name of a clip's file; ids of real clips are paths."""
    return PurePath(clip.id).stem
