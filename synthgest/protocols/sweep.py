"""A sweep over one quantity: the whole curve is reported, and the value that a validation chose, which never saw the query."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from synthgest.data.labelled import LabelledSet
from synthgest.data.part import Part
from synthgest.data.splits import RELATIVES, split
from synthgest.errors import SpecError
from synthgest.protocols.bench import Bench
from synthgest.protocols.choosing import shots
from synthgest.protocols.findings import ACCURACY, Difference, Findings, Outcomes, Row, accuracies
from synthgest.protocols.opening import described, opened, require_all_classes, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Answers, Outcome, Trial
from synthgest.resampling import accuracy_over_runs, compare_over_runs

Over = Literal["ratio", "clips", "steps"]

CHOSEN = "chosen by validation"
_ARM = "value"
_QUERY, _VALIDATION = "query", "validation"
_KEPT = 0.25  # of the real clips, by film: on which the value is chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """What is swept, and on which clips.

    over: ``ratio``, the synthetic share of every turn (0 is real clips alone, 1 synthetic ones alone); ``clips``, synthetic
    clips of each class; or ``steps``, the budget. values: rising. real: clips to learn and to choose on; needed for ``ratio``.
    query: to name.
    """

    over: Over
    values: tuple[float, ...]
    query: str
    synthetic: str
    real: str = ""

    def __post_init__(self) -> None:
        if len(self.values) < 2 or list(self.values) != sorted(set(self.values)):
            raise SpecError(f"values are {list(self.values)}; expected at least 2 that rise")
        if self.over == "ratio":
            if not self.real:
                raise SpecError("a ratio of synthetic to real clips needs real ones; none were given")
            if self.values[0] < 0 or self.values[-1] > 1:
                raise SpecError(f"values are {list(self.values)}; expected shares from 0 to 1")
        elif any(value < 1 or value != round(value) for value in self.values):
            raise SpecError(f"values are {list(self.values)}; expected whole numbers from 1 on")


class Sweep:
    """The curve over all values, and a choice that is nested within it.

    A quarter of the real clips is kept aside to choose on, or of the synthetic ones where there are no real; by seed it is another
    quarter. What is reported of the choice is the query's accuracy at the value that each seed chose.
    """

    name = "sweep"

    def __init__(self, settings: SweepSettings, terms: Terms) -> None:
        """Opens the data; SpecError where the query shares a film with what is learned, and for regimes other than ``finetune``."""
        if terms.regimes != ("finetune",):
            raise SpecError(f"a sweep fine-tunes; regimes are {list(terms.regimes)}, expected finetune alone")
        self.terms = terms
        self._settings = settings
        self._synthetic = opened(settings.synthetic, terms)
        self._real = opened(settings.real, terms, like=self._synthetic) if settings.real else None
        self._query = opened(settings.query, terms, like=self._synthetic)
        require_unrelated({"query": self._query}, {"real": self._real, "synthetic": self._synthetic})
        for seed in terms.numbers:
            synthetic, real, aside = self._sides(seed)
            require_all_classes(synthetic, "synthetic")
            if real is not None:
                require_all_classes(real, "real")
                require_unrelated({"aside": aside}, {"synthetic": synthetic})
            if settings.over == "clips":
                shots(synthetic, int(settings.values[-1]), seed=seed)

    @property
    def described(self) -> Mapping[str, Any]:
        """Settings without paths, and the data."""
        kept = {key: value for key, value in asdict(self._settings).items() if key in ("over", "values")}
        return {**kept, **described(self.terms, real=self._real, query=self._query, synthetic=self._synthetic)}

    def trials(self) -> tuple[Trial, ...]:
        """Every value, by seed."""
        return tuple(
            Trial(arm=_ARM, at=f"{value:g}", seed=seed)
            for seed in self.terms.numbers
            for value in self._settings.values
        )

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Learn at that value, and name the clips that are kept aside and the queries."""
        settings, value = self.terms.training_of(trial.seed), float(trial.at)
        synthetic, real, aside = self._sides(trial.seed)
        if self._settings.over == "clips":
            synthetic = shots(synthetic, int(value), seed=trial.seed)
        elif self._settings.over == "steps":
            settings = replace(settings, steps=int(value))
        else:
            settings = replace(settings, real="mixed", real_share=1 - value)
        if self._settings.over == "ratio" and value == 0 and real is not None:
            made = bench.trained(trial, real, settings)
        elif self._settings.over == "ratio" and value == 1:
            made = bench.trained(trial, synthetic, settings)
        else:
            made = bench.trained(trial, synthetic, settings, real=real)
        return bench.outcome(
            trial, bench.asked(_VALIDATION, made, aside.clips), bench.asked(_QUERY, made, self._query.clips)
        )

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """The curve, and what each seed's choice is worth on the query, beside the first value."""
        found = Outcomes([_only(each, _QUERY) for each in outcomes])
        rows, _ = accuracies(found, baseline=lambda series: series)
        chosen = {seed: _best([each for each in outcomes if each.trial.seed == seed]) for seed in self.terms.numbers}
        hits = np.stack([each.to(_QUERY).hits for each in chosen.values()])
        first = f"{self._settings.values[0]:g}"
        series = f"{_ARM}, finetune"
        rows.append(
            Row(
                measure=ACCURACY,
                test=_QUERY,
                arm=CHOSEN,
                value=accuracy_over_runs(hits, seed=0),
                n=hits.shape[1],
                seeds=len(hits),
            )
        )
        comparison = compare_over_runs(found.hits(series, first, _QUERY), hits, seed=0)
        difference = Difference(
            measure=ACCURACY, test=_QUERY, first=f"{self._settings.over} {first}", second=CHOSEN, comparison=comparison
        )
        choices = {f"chosen by seed {seed}": each.trial.at for seed, each in chosen.items()}
        return found.findings(self.name, self._settings.over, rows, [difference], **choices)

    def _sides(self, seed: int) -> tuple[LabelledSet, LabelledSet | None, LabelledSet]:
        """Synthetic clips and real ones to learn, and those that are kept aside to choose on."""
        whole = self._real or self._synthetic
        apart = split(whole.clips, fractions={"train": 1 - _KEPT, "validation": _KEPT}, group_by=RELATIVES, seed=seed)
        kept, aside = (Part(whole, ids=[clip.id for clip in apart[name]]) for name in ("train", "validation"))
        return (self._synthetic, kept, aside) if self._real is not None else (kept, None, aside)


def _only(outcome: Outcome, test: str) -> Outcome:
    return replace(outcome, answers=(outcome.to(test),))


def _best(outcomes: Sequence[Outcome]) -> Outcome:
    """That with most clips right of those kept aside; of several the first, which is the smallest value."""

    def right(outcome: Outcome) -> int:
        aside: Answers = outcome.to(_VALIDATION)
        return int(aside.hits.sum())

    return max(sorted(outcomes, key=lambda each: float(each.trial.at)), key=right)
