"""Long-tail: real classes are unevenly frequent, synthetic ones are not (arXiv 2505.19495, 4.2; groups as in its source)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import SpecError
from synthgest.protocols.bench import Bench
from synthgest.protocols.choosing import counted, sizes
from synthgest.protocols.findings import Difference, Findings, Outcomes, Row, accuracies, against, hits_of
from synthgest.protocols.fitting import learned
from synthgest.protocols.opening import described, opened, require_all_classes, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Answers, Outcome, Trial
from synthgest.resampling import Figure, Indices, resample, resampled_difference

REAL, BOTH = "real alone", "synthetic, then real"
GROUPS = ("head", "tail", "few")
FEW = 20
"""Training clips that a class of the group ``few`` has at most."""

_TEST = "query"
_HEAD = 0.5  # of all training clips: what the head holds at most


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTailSettings:
    """real: clips from which the uneven set is drawn. query: clips to name. synthetic: of the same classes, or empty.

    imbalance: clips of the most frequent class to those of the rarest. few: training clips of a ``few`` class at most.
    """

    real: str
    query: str
    synthetic: str = ""
    imbalance: float = 100.0
    few: int = FEW

    def __post_init__(self) -> None:
        if self.imbalance < 1 or self.few < 1:
            raise SpecError(f"imbalance is {self.imbalance}, few {self.few}; expected 1 or more of both")


class LongTail:
    """By seed the classes are frequent in another order; how often each is learned is among the findings' facts."""

    name = "long-tail"

    def __init__(self, settings: LongTailSettings, terms: Terms) -> None:
        """Opens the data; SpecError for classes without clips, and for queries that share a film with what is learned."""
        self.terms = terms
        self._settings = settings
        self._synthetic = opened(settings.synthetic, terms) if settings.synthetic else None
        self._real = opened(settings.real, terms, like=self._synthetic)
        self._query = opened(settings.query, terms, like=self._synthetic or self._real)
        require_unrelated({"query": self._query}, {"real": self._real, "synthetic": self._synthetic})
        require_all_classes(self._real, "real")
        require_all_classes(self._query, "query")

    @property
    def described(self) -> Mapping[str, Any]:
        """Settings without paths, and the data."""
        kept = {key: value for key, value in asdict(self._settings).items() if key in ("imbalance", "few")}
        return {**kept, **described(self.terms, real=self._real, query=self._query, synthetic=self._synthetic)}

    def trials(self) -> tuple[Trial, ...]:
        """By seed and regime: the uneven real clips, alone and after the synthetic ones."""
        arms = (REAL, BOTH) if self._synthetic is not None else (REAL,)
        return tuple(
            Trial(arm=arm, regime=regime, seed=seed)
            for seed in self.terms.numbers
            for regime in self.terms.regimes
            for arm in arms
        )

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Learn the uneven clips, and name the queries."""
        counts = uneven(sizes(self._real), self._settings.imbalance, seed=trial.seed)
        part = counted(self._real, dict(enumerate(counts)), seed=trial.seed)
        start = None
        if self._synthetic is not None and trial.arm == BOTH:
            start = bench.pretrained(self._synthetic, self.terms.training_of(trial.seed))
        found = learned(bench, trial, part, {_TEST: self._query}, start=start, keep_head=True)
        return bench.outcome(trial, *found, counts=counts)

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """Accuracy over clips, and the mean over classes: of all, and of each group."""
        found = Outcomes(outcomes)
        baseline = against(REAL)
        rows, differences = accuracies(found, baseline=baseline)
        for group in ("all", *GROUPS):
            figures = {series: self._figure(cell, group) for (series, _), cell in found.cells.items()}
            for series, cell in ((series, cell) for (series, _), cell in found.cells.items()):
                figure, strata = figures[series]
                if figure is None:
                    continue
                measure, runs = f"class-average accuracy, {group}", len(cell)
                value = resample(figure, runs, strata, seed=0)
                rows.append(Row(measure=measure, test=_TEST, arm=series, value=value, n=len(strata), seeds=runs))
                other = figures[baseline(series)][0]
                if baseline(series) != series and other is not None:
                    comparison = resampled_difference(other, figure, runs, strata, seed=0)
                    differences.append(
                        Difference(
                            measure=measure, test=_TEST, first=baseline(series), second=series, comparison=comparison
                        )
                    )
        facts = {f"training clips, seed {each.trial.seed}": _told(each, self._real.class_entries) for each in found.all}
        return found.findings(self.name, "", rows, differences, **facts)

    def _figure(self, cell: Sequence[Outcome], group: str) -> tuple[Figure | None, NDArray[np.intp]]:
        """The mean over the classes of a group, each seed's own, of their accuracies; clips are drawn within classes."""
        answers = [outcome.to(_TEST) for outcome in cell]
        members = []
        for outcome in cell:
            groups = groups_of(outcome.figures["counts"], few=self._settings.few)
            members.append([number for number, name in enumerate(groups) if group in ("all", name)])
        truth = np.array(answers[0].truth, np.intp)
        if not all(members):
            return None, truth
        return class_average(answers, members), truth


def uneven(available: Sequence[int], imbalance: float, *, seed: int) -> list[int]:
    """Training clips of each class, falling exponentially in an order by chance, as LDAM's curve does.

    imbalance: of the first to the last. available: clips of each class; the curve begins at the least of them, so that no class
    runs short. At least 1 each.
    """
    most, classes = min(available), len(available)
    falling = [max(1, round(most * imbalance ** (-rank / max(classes - 1, 1)))) for rank in range(classes)]
    found = [0] * classes
    for rank, number in enumerate(np.random.default_rng(seed).permutation(classes)):
        found[int(number)] = falling[rank]
    return found


def groups_of(counts: Sequence[int], *, few: int = FEW) -> list[str]:
    """``few``, ``head`` or ``tail`` for each class by its training clips.

    few: those with at most so many, decided first. head: of the others the most frequent, which together hold at most half of all
    clips, those of ``few`` too. tail: the rest.
    """
    groups = ["few" if count <= few else "tail" for count in counts]
    held, total = 0, sum(counts)
    for number in sorted(range(len(counts)), key=lambda number: (-counts[number], number)):
        held += counts[number]
        if groups[number] == "few" or held > _HEAD * total:
            break
        groups[number] = "head"
    return groups


def class_average(answers: Sequence[Answers], members: Sequence[Sequence[int]]) -> Figure:
    """The mean over classes of their accuracies, as a figure of runs and clips. members: of each run, the classes that count."""
    hits, truth = hits_of(answers), np.array(answers[0].truth, np.intp)
    counts = np.zeros((len(members), int(truth.max()) + 1))
    for row, own in zip(counts, members, strict=True):
        row[[number for number in own if number < len(row)]] = 1

    def figure(rows: Indices, units: Indices) -> float:
        labels = truth[units]
        clips = np.bincount(labels, minlength=counts.shape[1])
        means = []
        for row in rows:
            right = np.bincount(labels, weights=hits[row, units], minlength=counts.shape[1])
            asked = (counts[row] > 0) & (clips > 0)
            if asked.any():
                means.append(float((right[asked] / clips[asked]).mean()))
        return float(np.mean(means)) if means else float("nan")

    return figure


def _told(outcome: Outcome, classes: Sequence[Any]) -> dict[str, int]:
    return {entry.name: count for entry, count in zip(classes, outcome.figures["counts"], strict=True)}
