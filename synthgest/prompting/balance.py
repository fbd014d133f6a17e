"""Balanced draws: every level of every respect as often as any other, and no two respects tied to one another."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_TRIES = 200


def balanced_rows(levels: Mapping[str, Sequence[str]], count: int, rng: np.random.Generator) -> list[dict[str, str]]:
    """``count`` rows with one level of each respect; the counts of a respect's levels differ by one at most.

    Of many random arrangements the one is taken in which the levels of any two respects meet most evenly.
    """
    columns = {name: len(known) for name, known in levels.items()}
    tries = [_arrangement(columns, count, rng) for _ in range(_TRIES)]
    best = min(tries, key=_unevenness)
    return [
        {name: known[number] for (name, known), number in zip(levels.items(), row, strict=True)}
        for row in best.tolist()
    ]


def _arrangement(columns: Mapping[str, int], count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """(count, respects): each column holds its levels in turn, from a random one, shuffled; too few rows skip levels evenly."""
    steps = [max(1.0, size / count) for size in columns.values()]
    drawn = [
        rng.permutation(((np.arange(count) * step + rng.random() * size).astype(np.intp)) % size)
        for size, step in zip(columns.values(), steps, strict=True)
    ]
    return np.stack(drawn, axis=1)


def _unevenness(rows: NDArray[np.intp]) -> float:
    total = 0.0
    for first, second in combinations(range(rows.shape[1]), 2):
        left, right = rows[:, first], rows[:, second]
        met = np.zeros((left.max() + 1, right.max() + 1))
        np.add.at(met, (left, right), 1)
        total += float(((met - met.mean()) ** 2).sum())
    return total
