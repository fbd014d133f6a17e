"""Base-to-novel: half of the classes are learned from few real clips, the others known by words (arXiv 2505.19495, 4.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.data.labelled import LabelledSet
from synthgest.data.part import Part
from synthgest.errors import SpecError
from synthgest.protocols.bench import Bench, fine_tuning
from synthgest.protocols.choosing import shots, sizes
from synthgest.protocols.findings import Difference, Findings, Outcomes, Row, accuracies, against
from synthgest.protocols.opening import described, opened, require_all_classes, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Outcome, Trial
from synthgest.resampling import Figure, Indices, resample, resampled_difference

REAL, BASE, ALL = "real base clips alone", "synthetic of base, then real", "synthetic of all, then real"
_BASE, _NOVEL = "base", "novel"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseToNovelSettings:
    """real: clips to draw shots from. query: clips to name. synthetic: of all classes, or empty. shots: of each base class."""

    real: str
    query: str
    synthetic: str = ""
    shots: int = 16


class BaseToNovel:
    """The base classes are the half with most real clips (as in ViFi-CLIP; by name where equal), of an odd number the larger half.

    Base clips are named among the base classes, novel ones among the novel. The paper says neither which half is base nor whether
    the novel classes' synthetic clips were learned: both are arms here, and the second knows what the novel classes look like.
    """

    name = "base-to-novel"

    def __init__(self, settings: BaseToNovelSettings, terms: Terms) -> None:
        """Opens the data; SpecError for fewer than four classes, and for regimes other than ``finetune``."""
        if terms.regimes != ("finetune",):
            raise SpecError(f"base-to-novel fine-tunes; regimes are {list(terms.regimes)}, expected finetune alone")
        self.terms = replace(terms, training=replace(terms.training, head="text"))
        self._settings = settings
        self._synthetic = opened(settings.synthetic, terms) if settings.synthetic else None
        self._real = opened(settings.real, terms, like=self._synthetic)
        query = opened(settings.query, terms, like=self._synthetic or self._real)
        require_unrelated({"query": query}, {"real": self._real, "synthetic": self._synthetic})
        require_all_classes(self._real, "real")
        require_all_classes(query, "query")
        names = [entry.name for entry in self._real.class_entries]
        if len(names) < 4:
            raise SpecError(f"there are {len(names)} classes; expected at least 4, two to learn and two that are new")
        counts = sizes(self._real)
        ranked = sorted(range(len(names)), key=lambda number: (-counts[number], names[number]))
        base = {names[number] for number in ranked[: (len(names) + 1) // 2]}
        self._base = [name for name in names if name in base]
        self._novel = [name for name in names if name not in base]
        self._queries = {_BASE: Part(query, classes=self._base), _NOVEL: Part(query, classes=self._novel)}
        shots(Part(self._real, classes=self._base), settings.shots, seed=0)

    @property
    def described(self) -> Mapping[str, Any]:
        """Settings without paths, and the data."""
        queries = {f"query {name}": query for name, query in self._queries.items()}
        kept = {key: value for key, value in asdict(self._settings).items() if key == "shots"}
        return {**kept, **described(self.terms, real=self._real, synthetic=self._synthetic, **queries)}

    def trials(self) -> tuple[Trial, ...]:
        """Every arm, by seed."""
        arms = (REAL, BASE, ALL) if self._synthetic is not None else (REAL,)
        return tuple(Trial(arm=arm, seed=seed) for seed in self.terms.numbers for arm in arms)

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Learn the base classes with a head of words, and ask about both halves."""
        settings = self.terms.training_of(trial.seed)
        part = shots(Part(self._real, classes=self._base), self._settings.shots, seed=trial.seed)
        start = None
        if self._synthetic is not None and trial.arm != REAL:
            chosen: LabelledSet = self._synthetic if trial.arm == ALL else Part(self._synthetic, classes=self._base)
            start = bench.pretrained(chosen, settings)
        made = bench.trained(trial, part, fine_tuning(settings) if start else settings, start=start)
        base, novel = self._queries[_BASE], self._queries[_NOVEL]
        return bench.outcome(
            trial,
            bench.asked(_BASE, made, base.clips),
            bench.asked(_NOVEL, made.renamed(novel.class_entries), novel.clips),
        )

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """Accuracy of both halves, and their harmonic mean."""
        found = Outcomes(outcomes)
        baseline = against(REAL)
        rows, differences = accuracies(found, baseline=baseline)
        means = {series: _harmonic(found, series, at) for series, at in found.cells}
        for series, (figure, runs, strata) in means.items():
            value = resample(figure, runs, strata, seed=0)
            rows.append(Row(measure="HM", test="base and novel", arm=series, value=value, n=len(strata), seeds=runs))
            other = baseline(series)
            if other != series:
                comparison = resampled_difference(means[other][0], figure, runs, strata, seed=0)
                differences.append(
                    Difference(measure="HM", test="base and novel", first=other, second=series, comparison=comparison)
                )
        return found.findings(self.name, "", rows, differences, base=self._base, novel=self._novel)


def harmonic_mean(base: float, novel: float) -> float:
    """2 b n / (b + n); 0 where both are 0."""
    return 2 * base * novel / (base + novel) if base + novel > 0 else 0.0


def _harmonic(found: Outcomes, series: str, at: str) -> tuple[Figure, int, NDArray[np.intp]]:
    """The harmonic mean as a figure of runs and of the clips of both halves, which are two strata."""
    base, novel = (found.hits(series, at, test) for test in (_BASE, _NOVEL))
    both = np.hstack([base, novel])
    strata = np.array([0] * base.shape[1] + [1] * novel.shape[1], np.intp)

    def figure(rows: Indices, units: Indices) -> float:
        hits, which = both[np.ix_(rows, units)], strata[units]
        return harmonic_mean(float(hits[:, which == 0].mean()), float(hits[:, which == 1].mean()))

    return figure, len(both), strata
