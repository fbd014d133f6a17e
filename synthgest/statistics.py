"""Figures with their intervals, and what lies inside noise: proportions, AUROC, two accuracies on the same clips, seeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest, norm, rankdata, t

from synthgest.errors import SpecError

CONFIDENCE = 0.95
"""Coverage of intervals, where no other is asked for; tests reject at 1 minus it."""

DRAWS = 10_000
"""Resamples of a bootstrap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure and its interval. low, high: of ``CONFIDENCE`` coverage."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a second way gains over a first on the same clips, and whether that is more than noise.

    difference: accuracy of the second minus that of the first, with its paired interval; a share, 0.01 is a point. p_value: of
    the ``test``. detectable: the least difference, a share, that as many clips find in 4 of 5 tries, were they not paired; NaN
    where that is not known. n: clips, or other units.
    """

    difference: Estimate
    p_value: float
    detectable: float
    n: int
    test: str = "McNemar"

    @property
    def noise(self) -> bool:
        """Whether chance explains it: the interval holds 0, or the test does not reject."""
        return self.difference.low <= 0 <= self.difference.high or self.p_value >= 1 - CONFIDENCE

    @property
    def verdict(self) -> str:
        """One sentence: the difference in points, its interval, the test, and whether it is inside noise."""
        value, low, high = (100 * end for end in (self.difference.value, self.difference.low, self.difference.high))
        change = f"a {'gain' if value > 0 else 'loss'} of {abs(value):.1f} points" if value else "no difference"
        said = (
            f"{change} ({low:+.1f} to {high:+.1f}, {self.test} p = {self.p_value:.2g}) "
            f"{'inside' if self.noise else 'outside'} noise"
        )
        if np.isnan(self.detectable):
            return said
        return f"{said}; {self.n} clips reliably show {100 * self.detectable:.0f} points or more"


def proportion(hits: int, trials: int, *, confidence: float = CONFIDENCE) -> Estimate:
    """A share with Wilson's interval (Wilson 1927), which stays within 0 to 1 and works for small samples too."""
    if not 0 <= hits <= trials or trials < 1:
        raise SpecError(
            f"{hits} of {trials} is no proportion; expected at least one trial, and hits from 0 to that number"
        )
    interval = binomtest(hits, trials).proportion_ci(confidence, method="wilson")
    return Estimate(value=hits / trials, low=float(interval.low), high=float(interval.high))


def auroc(positives: ArrayLike, negatives: ArrayLike, *, confidence: float = CONFIDENCE) -> Estimate:
    """How often a positive scores higher than a negative, ties counting half, with an interval on the logit scale.

    The variance is DeLong's (DeLong et al. 1988). Where that is 0, because the kinds never overlap, the interval is Wilson's
    of as many trials as the smaller kind has. positives, negatives: scores, at least one of each, finite.
    """
    high, low = _scores("positives", positives), _scores("negatives", negatives)
    counts = len(high), len(low)
    ranks = rankdata(np.concatenate([high, low]))
    above = (ranks[: counts[0]] - rankdata(high)) / counts[1]  # of each positive, the share of negatives below it
    below = 1 - (ranks[counts[0] :] - rankdata(low)) / counts[0]
    value = float(above.mean())
    variance = _variance(above) / counts[0] + _variance(below) / counts[1]
    if not variance or not 0 < value < 1:
        ends = proportion(round(value * min(counts)), min(counts), confidence=confidence)
        return Estimate(value=value, low=min(ends.low, value), high=max(ends.high, value))
    spread = np.sqrt(variance) / (value * (1 - value))
    middle, z = np.log(value / (1 - value)), float(norm.ppf((1 + confidence) / 2))
    low_end, high_end = 1 / (1 + np.exp(-(middle + np.array([-z, z]) * spread)))
    return Estimate(value=value, low=float(low_end), high=float(high_end))


def paired_difference(
    first: ArrayLike, second: ArrayLike, *, seed: int, draws: int = DRAWS, confidence: float = CONFIDENCE
) -> Estimate:
    """Accuracy of the second minus that of the first, with the paired bootstrap's percentile interval (Efron 1979).

    Clips are drawn with both their outcomes. Only -1, 0 and 1 occur, so a resample is a draw of their three counts: what
    ``scipy.stats.bootstrap(paired=True, method="percentile")`` draws, at a cost that does not grow with the clips. (BCa covers
    no better here, and is undefined where few clips differ.) Where all clips agree or all differ alike, no resample shows
    another; Wilson's interval then says how often clips may yet do otherwise. first, second: hits, (N,) bool, of the same clips
    in the same order; SpecError for others. confidence: between 0 and 1.
    """
    before, after = _pairs(first, second)
    if draws < 1 or not 0 < confidence < 1:
        raise SpecError(
            f"draws is {draws}, confidence {confidence}; expected at least 1 draw, and a share between 0 and 1"
        )
    n = len(before)
    lost, won = int((before & ~after).sum()), int((after & ~before).sum())
    value = (won - lost) / n
    if max(lost, won, n - lost - won) == n:
        reach = (1 if value == 0 else 2) * (1 - proportion(n, n, confidence=confidence).low)
        return Estimate(value=value, low=max(value - reach, -1.0), high=min(value + reach, 1.0))
    counts = np.random.default_rng(seed).multinomial(n, [lost / n, won / n, (n - lost - won) / n], size=draws)
    tail = (1 - confidence) / 2
    low, high = np.quantile((counts[:, 1] - counts[:, 0]) / n, [tail, 1 - tail])
    return Estimate(value=value, low=float(low), high=float(high))


def mcnemar(first: ArrayLike, second: ArrayLike) -> float:
    """Two-sided p-value of two accuracies on the same clips being equal: McNemar's test (1947) in its exact form.

    The binomial test of the clips that one of the two alone hits; 1 where there are none. first, second: hits, (N,) bool, of the
    same clips in the same order; SpecError for others.
    """
    before, after = _pairs(first, second)
    won, discordant = int((after & ~before).sum()), int((after ^ before).sum())
    return float(binomtest(won, discordant).pvalue) if discordant else 1.0


def minimum_detectable_difference(n: int, *, power: float = 0.8) -> float:
    """The least difference of two accuracies near a half that a test on n clips each finds with this power, as a share.

    The normal approximation, unpaired: (z of 5 % two-sided + z of the power) * sqrt(2 * 0.25 / n), which is 2.8 * sqrt(2 *
    0.25 / n) at 80 %; never above 1. n: at least 1. power: from 0.5 to below 1. SpecError for others.
    """
    if n < 1 or not 0.5 <= power < 1:
        raise SpecError(f"n is {n}, power {power}; expected at least 1 clip, and a power from 0.5 to below 1")
    z = float(norm.ppf((1 + CONFIDENCE) / 2) + norm.ppf(power))
    return min(z * float(np.sqrt(2 * 0.25 / n)), 1.0)


def compare(first: ArrayLike, second: ArrayLike, *, seed: int) -> Comparison:
    """What the second gains over the first: paired interval, McNemar's test, and what so many clips can show at all.

    first, second: hits, (N,) bool, of the same clips in the same order; SpecError for others. seed: of the bootstrap.
    """
    difference = paired_difference(first, second, seed=seed)
    n = np.size(np.asarray(first))
    return Comparison(
        difference=difference, p_value=mcnemar(first, second), detectable=minimum_detectable_difference(n), n=n
    )


def over_seeds(values: ArrayLike, *, confidence: float = CONFIDENCE) -> Estimate:
    """Mean of a figure over seeds, with Student's t interval; it has no width where all seeds agree.

    values: one a seed, finite, at least 2 (3 are wanted); SpecError for others.
    """
    found = _scores("values over seeds", values)
    if len(found) < 2:
        raise SpecError("there is 1 seed; a spread needs at least 2, and 3 are wanted: train with more seeds")
    middle = float(found.mean())
    reach = float(t.ppf((1 + confidence) / 2, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found)))
    return Estimate(value=middle, low=middle - reach, high=middle + reach)


def _variance(shares: NDArray[np.float64]) -> float:
    return float(shares.var(ddof=1)) if len(shares) > 1 else 0.25


def _scores(name: str, values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, np.float64)
    if found.ndim != 1 or not found.size or not np.isfinite(found).all():
        raise SpecError(f"{name} are {found.shape}; expected a row of at least one finite score")
    return found


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    before, after = np.asarray(first), np.asarray(second)
    for name, hits in (("first", before), ("second", after)):
        if hits.ndim != 1 or not hits.size or not np.isin(hits, (0, 1)).all():
            raise SpecError(
                f"{name} is {hits.shape} {hits.dtype}; expected a row of hits, True or False for at least one clip"
            )
    if len(before) != len(after):
        raise SpecError(f"first has {len(before)} hits and second {len(after)}; expected both on the same clips")
    return before.astype(bool), after.astype(bool)
