"""Ways to do the same thing, timed in turn in one run: what disturbs the machine disturbs them alike."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median

_MARK = "row "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was timed: the seconds that ours takes, and those of what it is compared with. each: what the seconds are of."""

    what: str
    against: str
    ours: float
    theirs: float
    each: str

    @property
    def ratio(self) -> float:
        """How many times as fast ours is."""
        return self.theirs / self.ours

    def __str__(self) -> str:
        """A line of the table."""
        times = f"{_seconds(self.ours):>9s} {_seconds(self.theirs):>9s}  a {self.each:12s}"
        return f"{self.what:38s} {self.against:46s} {times} {self.ratio:6.2f}"

    def tell(self) -> None:
        """Print it: as a line on a screen, and else for the process that puts the table together."""
        print(self if sys.stdout.isatty() else _MARK + json.dumps(asdict(self)), flush=True)


HEAD = f"{'ours':38s} {'beside':46s} {'ours':>9s} {'beside':>9s}  {'':14s} times as fast"


def side_by_side(ways: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Median seconds of each way over some rounds in turn, after one to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            if number:
                taken[name].append(time.perf_counter() - began)
    return {name: median(seconds) for name, seconds in taken.items()}


def row_of(line: str) -> Row | None:
    """The row that a line tells, or None for a line for people."""
    return Row(**json.loads(line[len(_MARK) :])) if line.startswith(_MARK) else None


def _seconds(value: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if value * factor >= 1:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"
