"""Figures with their intervals: proportions, and how well a score tells two kinds of clip apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest, norm, rankdata

from synthgest.errors import SpecError

CONFIDENCE = 0.95
"""Coverage of intervals, where no other is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure and its interval. low, high: of ``CONFIDENCE`` coverage."""

    value: float
    low: float
    high: float


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


def _variance(shares: NDArray[np.float64]) -> float:
    return float(shares.var(ddof=1)) if len(shares) > 1 else 0.25


def _scores(name: str, values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, np.float64)
    if found.ndim != 1 or not found.size or not np.isfinite(found).all():
        raise SpecError(f"{name} are {found.shape}; expected a row of at least one finite score")
    return found
