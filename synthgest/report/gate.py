"""Gates: conditions such as ``auroc < 0.7`` under which a report fails, so that a machine can refuse a data set."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from synthgest.errors import SpecError, nearest

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONDITION = re.compile(r"\s*([a-z_]+)\s*(<=|>=|<|>)\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(%?)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A figure's name, a comparison, and what it is compared with. text: as it was given."""

    text: str
    figure: str
    comparison: str
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a condition holds. value: of the figure; None where it could not be computed, which fails too."""

    condition: Condition
    value: float | None

    @property
    def failed(self) -> bool:
        """Whether the report fails."""
        return self.value is None or _COMPARISONS[self.condition.comparison](self.value, self.condition.bound)

    @property
    def told(self) -> str:
        """One line."""
        if self.value is None:
            return f"failed, for {self.condition.figure} could not be computed (to fail if {self.condition.text})"
        word = "failed" if self.failed else "passed"
        return f"{word}: {self.condition.figure} is {self.value:.4g} (to fail if {self.condition.text})"


def conditions(texts: Sequence[str], known: Sequence[str]) -> tuple[Condition, ...]:
    """Conditions as they are written on a command line; SpecError for one that cannot be read, or an unknown figure."""
    found = []
    for text in texts:
        match = _CONDITION.fullmatch(text)
        if match is None:
            raise SpecError(f'--fail-if got {text!r}; expected FIGURE, one of < <= > >=, and a number: "auroc < 0.7"')
        name = match[1].lower()
        if name not in known:
            raise SpecError(f"--fail-if got {text!r}: no figure {name!r}; {nearest(name, known)}")
        bound = float(match[3]) / (100 if match[4] else 1)
        found.append(Condition(text=" ".join(text.split()), figure=name, comparison=match[2], bound=bound))
    return tuple(found)


def judge(chosen: Sequence[Condition], figures: Mapping[str, float | None]) -> tuple[Verdict, ...]:
    """Whether each condition holds of a report's figures."""
    return tuple(Verdict(condition=each, value=figures.get(each.figure)) for each in chosen)
