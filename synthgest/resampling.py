"""Intervals of any figure over clips and seeds at once: both are drawn anew, so that neither passes for more than it is."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthgest.errors import SpecError
from synthgest.statistics import (
    CONFIDENCE,
    Comparison,
    Estimate,
    compare,
    minimum_detectable_difference,
    proportion,
)

DRAWS = 2000
"""Resamples, where a figure is computed anew for each."""

Indices = NDArray[np.intp]
Figure = Callable[[Indices, Indices], float]
"""A figure of some runs (rows, by number) on some units (columns, by number): clips, or whole videos."""


def resample(figure: Figure, runs: int, strata: ArrayLike, *, seed: int, draws: int = DRAWS) -> Estimate:
    """A figure of all runs and units, with the percentile interval of the crossed bootstrap (Owen 2007, "pigeonhole").

    In each resample runs are drawn with replacement, and units within their stratum, so that a class never vanishes. strata: (N,)
    the stratum of each unit. A figure that is NaN in some resample is left out of it.
    """
    found = _drawn(figure, runs, strata, seed=seed, draws=draws)
    low, high = _ends(found)
    whole = figure(np.arange(runs), np.arange(len(_strata(strata))))
    return Estimate(value=whole, low=float(np.fmin(low, whole)), high=float(np.fmax(high, whole)))


def resampled_difference(
    first: Figure,
    second: Figure,
    runs: int,
    strata: ArrayLike,
    *,
    seed: int,
    draws: int = DRAWS,
    detectable: float = float("nan"),
) -> Comparison:
    """The second figure minus the first, of the same runs and units in every resample; the test is the bootstrap's own.

    Its p-value is twice the share of resamples on the far side of no difference, at least 1 in as many as were drawn.
    """

    def change(rows: Indices, units: Indices) -> float:
        return second(rows, units) - first(rows, units)

    found = _drawn(change, runs, strata, seed=seed, draws=draws)
    found = found[np.isfinite(found)]
    low, high = _ends(found)
    n = len(_strata(strata))
    whole = change(np.arange(runs), np.arange(n))
    beyond = min(int((found <= 0).sum()), int((found >= 0).sum())) + 1
    return Comparison(
        difference=Estimate(value=whole, low=min(low, whole), high=max(high, whole)),
        p_value=min(1.0, 2 * beyond / (len(found) + 1)),
        detectable=detectable,
        n=n,
        test="bootstrap",
    )


def accuracy_over_runs(hits: ArrayLike, *, seed: int) -> Estimate:
    """Accuracy of several runs on the same clips. hits: (runs, N) bool.

    Of a single run, or where all runs do alike on all clips, Wilson's interval of N clips: more seeds are no more clips.
    """
    rows = _hits(hits)
    if len(rows) == 1 or rows.all() or not rows.any():
        return proportion(int(rows[0].sum()), rows.shape[1])
    return resample(mean_of(rows), len(rows), np.zeros(rows.shape[1], np.intp), seed=seed)


def compare_over_runs(first: ArrayLike, second: ArrayLike, *, seed: int) -> Comparison:
    """What the second way gains over the first: both (runs, N) bool, of the same seeds on the same clips.

    Of a single run, or where the outcomes never differ, as ``compare`` does, by McNemar's test.
    """
    before, after = _hits(first), _hits(second)
    if before.shape != after.shape:
        raise SpecError(f"hits are {before.shape} and {after.shape}; expected both of the same runs on the same clips")
    change = after.astype(int) - before
    if len(before) == 1 or (change == change.flat[0]).all():
        return compare(before[0], after[0], seed=seed)
    clips = before.shape[1]
    return resampled_difference(
        mean_of(before),
        mean_of(after),
        len(before),
        np.zeros(clips, np.intp),
        seed=seed,
        detectable=minimum_detectable_difference(clips),
    )


def mean_of(values: NDArray[np.generic]) -> Figure:
    """The mean of values (runs, N), as a figure."""

    def mean(rows: Indices, units: Indices) -> float:
        return float(values[np.ix_(rows, units)].mean())

    return mean


def _drawn(figure: Figure, runs: int, strata: ArrayLike, *, seed: int, draws: int) -> NDArray[np.float64]:
    if runs < 1 or draws < 1:
        raise SpecError(f"there are {runs} runs and {draws} draws; expected at least 1 of each")
    groups = _strata(strata)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    rng = np.random.default_rng(seed)
    found = np.empty(draws)
    for number in range(draws):
        rows = rng.integers(runs, size=runs)
        units = np.concatenate([own[rng.integers(len(own), size=len(own))] for own in members])
        found[number] = figure(rows, units)
    return found


def _ends(found: NDArray[np.float64]) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    there = found[np.isfinite(found)]
    if not there.size:
        return float("nan"), float("nan")
    low, high = np.quantile(there, [tail, 1 - tail])
    return float(low), float(high)


def _strata(strata: ArrayLike) -> Indices:
    groups = np.asarray(strata, np.intp)
    if groups.ndim != 1 or not groups.size:
        raise SpecError(f"strata are {groups.shape}; expected one for each of at least one unit")
    return groups


def _hits(hits: ArrayLike) -> NDArray[np.bool_]:
    rows = np.asarray(hits)
    if rows.ndim != 2 or not rows.size or not np.isin(rows, (0, 1)).all():
        raise SpecError(f"hits are {rows.dtype} {rows.shape}; expected (runs, N), True or False for at least one clip")
    return rows.astype(bool)
