"""The seam of experiments: a plan of trials, how one is carried out, and what all of them say together."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from synthgest.protocols.bench import Bench
from synthgest.protocols.findings import Findings
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Outcome, Trial


class Experiment(Protocol):
    """An experiment on data that was opened: it knows what it is asked for, and keeps nothing between trials."""

    @property
    def name(self) -> str:
        """That of its command."""
        ...

    @property
    def terms(self) -> Terms:
        """What all arms have in common."""
        ...

    @property
    def described(self) -> Mapping[str, Any]:
        """Plain values on which its trials depend: settings, and digests of data. A folder holds one experiment."""
        ...

    def trials(self) -> tuple[Trial, ...]:
        """The plan, the same in every process."""
        ...

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Train, and ask."""
        ...

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """What the outcomes of all trials say."""
        ...
