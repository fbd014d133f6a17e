"""What an experiment found: figures with intervals and paired differences, the same whatever order its trials came in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import DatasetError
from synthgest.protocols.trial import Answers, Outcome
from synthgest.resampling import accuracy_over_runs, compare_over_runs
from synthgest.statistics import Comparison, Estimate

ACCURACY = "accuracy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. measure: what it is, such as ``accuracy``. test: of which clips. arm, at: of which trials. n: clips, or videos.

    seeds: over which it is a mean. doubt: why it is to be read with care, or empty.
    """

    measure: str
    test: str
    arm: str
    value: Estimate
    n: int
    seeds: int
    at: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one arm gains over another by a measure, on the same clips by the same seeds."""

    measure: str
    test: str
    first: str
    second: str
    comparison: Comparison
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that an experiment found.

    axis: what ``Row.at`` counts, or empty. facts: plain values worth knowing, such as class counts. seconds, steps, clips: what
    all trials cost together.
    """

    protocol: str
    axis: str
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    steps: int = 0
    clips: int = 0


class Outcomes:
    """The outcomes of an experiment, found by arm, regime and place on the axis; those of all seeds together."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.all = tuple(outcomes)
        self._cells: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in sorted(outcomes, key=lambda each: each.trial.seed):
            self._cells.setdefault((outcome.trial.series, outcome.trial.at), []).append(outcome)

    @property
    def cells(self) -> Mapping[tuple[str, str], list[Outcome]]:
        """By series (arm and regime) and place on the axis: one outcome for each seed, in the order of seeds."""
        return self._cells

    def answers(self, series: str, at: str, test: str) -> list[Answers]:
        """Of one test, one for each seed."""
        return [outcome.to(test) for outcome in self._cells[series, at]]

    def hits(self, series: str, at: str, test: str) -> NDArray[np.bool_]:
        """(seeds, N). DatasetError where seeds were asked about different clips."""
        return hits_of(self.answers(series, at, test))

    def findings(
        self,
        protocol: str,
        axis: str,
        rows: Sequence[Row],
        differences: Sequence[Difference] = (),
        **facts: Any,
    ) -> Findings:
        """The findings, with what all trials cost."""
        return Findings(
            protocol=protocol,
            axis=axis,
            rows=tuple(rows),
            differences=tuple(differences),
            facts=facts,
            seconds=round(sum(each.seconds for each in self.all), 1),
            steps=sum(each.steps for each in self.all),
            clips=sum(each.clips for each in self.all),
        )


def hits_of(answers: Sequence[Answers]) -> NDArray[np.bool_]:
    """(seeds, N) of the answers of several seeds on the same clips; DatasetError where these are not the same."""
    if any(each.clips != answers[0].clips for each in answers):
        raise DatasetError(f"the clips of {answers[0].test} are not the same for all seeds; begin in another folder")
    return np.stack([each.hits for each in answers])


def accuracies(outcomes: Outcomes, *, baseline: Callable[[str], str]) -> tuple[list[Row], list[Difference]]:
    """Accuracy in every cell on every test, and what each arm gains over its baseline in the same place.

    baseline: from a series to the one that it is compared with, which need not be there, and may be itself.
    """
    rows, differences = [], []
    for (series, at), cell in outcomes.cells.items():
        for test in (each.test for each in cell[0].answers):
            hits = outcomes.hits(series, at, test)
            rows.append(
                Row(
                    measure=ACCURACY,
                    test=test,
                    arm=series,
                    at=at,
                    value=accuracy_over_runs(hits, seed=0),
                    n=hits.shape[1],
                    seeds=len(hits),
                )
            )
            other = baseline(series)
            if other != series and (other, at) in outcomes.cells:
                comparison = compare_over_runs(outcomes.hits(other, at, test), hits, seed=0)
                differences.append(
                    Difference(measure=ACCURACY, test=test, first=other, second=series, at=at, comparison=comparison)
                )
    return rows, differences


def against(arm: str) -> Callable[[str], str]:
    """A baseline for ``accuracies``: that arm, in the same regime."""
    return lambda series: f"{arm}, {series.rpartition(', ')[2]}"
