"""Ways to do the same thing, timed in turn in one run: what disturbs the machine disturbs them alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median


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
