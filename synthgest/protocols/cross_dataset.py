"""Cross-dataset: what was learned on one set of films, with and without synthetic clips, asked about films of another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from synthgest.errors import SpecError
from synthgest.protocols.bench import Bench
from synthgest.protocols.findings import Findings, Outcomes, accuracies, against
from synthgest.protocols.fitting import learned
from synthgest.protocols.opening import described, opened, require_all_classes, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Outcome, Trial

REAL, MIXED, AFTER, SYNTHETIC = "real alone", "mixed", "synthetic, then real", "synthetic alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossDatasetSettings:
    """real: clips to learn. synthetic: of the same classes. queries: clips to name, from wherever, each set by a name."""

    real: str
    synthetic: str
    queries: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.queries:
            raise SpecError("no clips to name were given; expected at least one set, as NAME=DIR")


class CrossDataset:
    """Arms: ``real alone``, naively ``mixed``, ``synthetic, then real``, and ``synthetic alone``, fine-tuned.

    Mixed turns hold ``real_share`` of real clips. Mixing can do worse than real clips alone, so it is a rival, not the way.
    """

    name = "cross-dataset"

    def __init__(self, settings: CrossDatasetSettings, terms: Terms) -> None:
        """Opens the data; SpecError where a query shares a film with what is learned, and for regimes other than ``finetune``."""
        if terms.regimes != ("finetune",):
            raise SpecError(f"cross-dataset fine-tunes; regimes are {list(terms.regimes)}, expected finetune alone")
        self.terms = terms
        self._synthetic = opened(settings.synthetic, terms)
        self._real = opened(settings.real, terms, like=self._synthetic)
        self._queries = {name: opened(path, terms, like=self._synthetic) for name, path in settings.queries.items()}
        require_all_classes(self._real, "real")
        require_unrelated(self._queries, {"real": self._real, "synthetic": self._synthetic})

    @property
    def described(self) -> Mapping[str, Any]:
        """The data."""
        queries = {f"query {name}": query for name, query in self._queries.items()}
        return described(self.terms, real=self._real, synthetic=self._synthetic, **queries)

    def trials(self) -> tuple[Trial, ...]:
        """Every arm, by seed."""
        return tuple(
            Trial(arm=arm, seed=seed) for seed in self.terms.numbers for arm in (REAL, MIXED, AFTER, SYNTHETIC)
        )

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Learn what the arm says, and name the clips of every query."""
        settings = self.terms.training_of(trial.seed)
        if trial.arm == MIXED:
            made = bench.trained(trial, self._synthetic, replace(settings, real="mixed"), real=self._real)
            return bench.outcome(trial, *(bench.asked(name, made, each.clips) for name, each in self._queries.items()))
        start = None if trial.arm == REAL else bench.pretrained(self._synthetic, settings)
        if trial.arm == SYNTHETIC and start is not None:
            return bench.outcome(
                trial, *(bench.asked_of(start, name, each.clips) for name, each in self._queries.items())
            )
        return bench.outcome(trial, *learned(bench, trial, self._real, self._queries, start=start, keep_head=True))

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """Accuracy on every query, and what each arm gains over real clips alone."""
        found = Outcomes(outcomes)
        rows, differences = accuracies(found, baseline=against(REAL))
        return found.findings(self.name, "", rows, differences, chance=1 / len(self._real.class_entries))
