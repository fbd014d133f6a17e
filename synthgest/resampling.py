"""Intervals of any figure over clips and seeds at once, so that neither passes for more than it is."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from synthgest.errors import SpecError
from synthgest.statistics import (
    CONFIDENCE,
    Comparison,
    Estimate,
    compare,
    minimum_detectable_difference,
    over_seeds,
    proportion,
)

DRAWS = 2000
"""Resamples, where a figure is computed anew for each."""

Indices = NDArray[np.intp]
Figure = Callable[[Indices, Indices], float]
"""A figure of some runs (rows, by number) on some units (columns, by number): clips, or whole videos."""


def resample(
    figure: Figure, runs: int, strata: ArrayLike, *, seed: int, draws: int = DRAWS, share: bool = True
) -> Estimate:
    """A figure of all runs and units, with an interval of what other units and other seeds would change.

    Of units it is the percentile bootstrap's, drawn within their stratum, so that a class never vanishes; of runs, which are too
    few to draw from, Student's t over the figures of each. Both are independent, so their reaches add up as squares do. strata:
    (N,) the stratum of each unit. share: whether the figure lies in 0 to 1; where all units then do alike, Wilson's interval says
    how often others may yet do otherwise. A figure that is NaN in some resample is left out of it.
    """
    groups = _strata(strata)
    whole = figure(np.arange(runs), np.arange(len(groups)))
    low, high = _ends(_drawn(figure, runs, groups, seed=seed, draws=draws))
    if share and low == high == whole and whole in (0.0, 1.0):
        found = proportion(round(whole * len(groups)), len(groups))
        low, high = found.low, found.high
    low, high = _widened(whole, low, high, _reach(figure, runs, len(groups)))
    return Estimate(value=whole, low=max(low, 0.0) if share else low, high=min(high, 1.0) if share else high)


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
    """The second figure minus the first, of the same units by the same seeds, with an interval as ``resample`` makes it.

    The p-value goes with it: that of a normal of the same reach; at least what a sign test of so many units, and so many resamples,
    can show.
    """

    def change(rows: Indices, units: Indices) -> float:
        return second(rows, units) - first(rows, units)

    groups = _strata(strata)
    found = resample(change, runs, groups, seed=seed, draws=draws, share=False)
    towards = found.value - found.low if found.value > 0 else found.high - found.value
    return Comparison(
        difference=found,
        p_value=_p_value(found.value, towards, len(groups)),
        detectable=detectable,
        n=len(groups),
        test="bootstrap",
    )


def accuracy_over_runs(hits: ArrayLike, *, seed: int) -> Estimate:
    """Accuracy of several runs on the same clips. hits: (runs, N) bool. Of a single run, Wilson's interval."""
    rows = _hits(hits)
    if len(rows) == 1:
        return proportion(int(rows.sum()), rows.shape[1])
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


def _drawn(figure: Figure, runs: int, groups: Indices, *, seed: int, draws: int) -> NDArray[np.float64]:
    """The figure of all runs on units that are drawn with replacement."""
    if runs < 1 or draws < 1:
        raise SpecError(f"there are {runs} runs and {draws} draws; expected at least 1 of each")
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    rng, rows = np.random.default_rng(seed), np.arange(runs)
    return np.array(
        [
            figure(rows, np.concatenate([own[rng.integers(len(own), size=len(own))] for own in members]))
            for _ in range(draws)
        ]
    )


def _reach(figure: Figure, runs: int, units: int) -> float:
    """How far the mean over other seeds may be, half the width of Student's interval; 0 of a single run."""
    each = np.array([figure(np.array([row]), np.arange(units)) for row in range(runs)])
    each = each[np.isfinite(each)]
    if len(each) < 2:
        return 0.0
    found = over_seeds(each)
    return found.high - found.value


def _widened(whole: float, low: float, high: float, reach: float) -> tuple[float, float]:
    below, above = max(0.0, whole - low), max(0.0, high - whole)
    return whole - float(np.hypot(below, reach)), whole + float(np.hypot(above, reach))


def _p_value(value: float, towards: float, units: int) -> float:
    """Two-sided. towards: the reach of the interval towards no difference."""
    if not np.isfinite(value) or not np.isfinite(towards):
        return 1.0
    least = min(1.0, max(2 * 0.5**units, 1 / DRAWS))
    if value == 0 or towards == 0:
        return 1.0 if value == 0 else least
    return max(least, float(2 * norm.sf(norm.ppf((1 + CONFIDENCE) / 2) * abs(value) / towards)))


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
