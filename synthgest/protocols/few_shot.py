"""Few-shot: K real clips of each class, learned after synthetic ones or without them (arXiv 2505.19495, section 4.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from synthgest.data.labelled import LabelledSet
from synthgest.errors import SpecError
from synthgest.protocols.bench import Bench
from synthgest.protocols.choosing import require_numbers, shots, sizes
from synthgest.protocols.findings import Findings, Outcomes, accuracies, against
from synthgest.protocols.fitting import learned
from synthgest.protocols.opening import described, opened, require_all_classes, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Outcome, Trial

REAL, BOTH = "real alone", "synthetic, then real"
_TEST = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class FewShotSettings:
    """What is learned, and what is asked.

    real: clips to draw shots from. query: clips to name. synthetic: of the same classes, or empty. shots: rising numbers. scarce:
    whether of a class with fewer clips all will do.
    """

    real: str
    query: str
    synthetic: str = ""
    shots: tuple[int, ...] = (1, 2, 4, 8, 16)
    scarce: bool = False

    def __post_init__(self) -> None:
        require_numbers("shots", self.shots, least=1)


class FewShot:
    """Arms: ``real alone``, and ``synthetic, then real``, which is also asked before it saw any real clip (0 shots).

    By seed the shots are others, and the smaller numbers are the beginnings of the larger.
    """

    name = "few-shot"

    def __init__(self, settings: FewShotSettings, terms: Terms) -> None:
        """Opens the data; SpecError for classes with too few clips, and for queries that share a film with the shots."""
        self.terms = terms
        self._settings = settings
        self._synthetic: LabelledSet | None = opened(settings.synthetic, terms) if settings.synthetic else None
        self._real = opened(settings.real, terms, like=self._synthetic)
        self._query = opened(settings.query, terms, like=self._synthetic or self._real)
        require_unrelated({"query": self._query}, {"real": self._real, "synthetic": self._synthetic})
        require_all_classes(self._real, "real")
        shots(self._real, max(settings.shots), seed=0, scarce=settings.scarce)
        if len(self._real.class_entries) < 2:
            raise SpecError("there is one class; a recogniser needs at least 2")

    @property
    def described(self) -> Mapping[str, Any]:
        """Settings without paths, and the data."""
        kept = {key: value for key, value in asdict(self._settings).items() if key in ("shots", "scarce")}
        return {**kept, **described(self.terms, real=self._real, query=self._query, synthetic=self._synthetic)}

    def trials(self) -> tuple[Trial, ...]:
        """By seed and regime: every number of shots for every arm."""
        found = []
        for seed in self.terms.numbers:
            for regime in self.terms.regimes:
                if self._synthetic is not None:
                    found.append(Trial(arm=BOTH, at="0", regime=regime, seed=seed))
                for count in map(str, self._settings.shots):
                    found += [
                        Trial(arm=arm, at=count, regime=regime, seed=seed)
                        for arm in ((REAL, BOTH) if self._synthetic is not None else (REAL,))
                    ]
        return tuple(found)

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Learn the shots, after the synthetic clips where the arm says so, and name the queries."""
        start: Path | None = None
        part: LabelledSet = self._real
        if trial.arm == BOTH and self._synthetic is not None:
            start = bench.pretrained(self._synthetic, self.terms.training_of(trial.seed))
            part = self._synthetic
        if trial.at == "0" and trial.regime == "finetune" and start is not None:
            return bench.outcome(trial, bench.asked_of(start, _TEST, self._query.clips))
        if trial.at != "0":
            part = shots(self._real, int(trial.at), seed=trial.seed, scarce=self._settings.scarce)
        return bench.outcome(trial, *learned(bench, trial, part, {_TEST: self._query}, start=start, keep_head=True))

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """Accuracy by shots, and what synthetic clips add to as many real ones."""
        found = Outcomes(outcomes)
        rows, differences = accuracies(found, baseline=against(REAL))
        entries, most = self._real.class_entries, max(self._settings.shots)
        short = {entry.name: size for entry, size in zip(entries, sizes(self._real), strict=True) if size < most}
        facts = {"classes with fewer clips": short} if short else {}
        return found.findings(self.name, "shots", rows, differences, chance=1 / len(entries), **facts)
