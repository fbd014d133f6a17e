"""How far two sets of clips are apart, by their features: maximum mean discrepancy, KID, and whether chance explains it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthgest.errors import SpecError
from synthgest.quality.variety import unit

Floats = NDArray[np.float64]
Kernel = Literal["linear", "rbf", "polynomial"]

PERMUTATIONS = 500
"""Draws of the permutation test."""

_LARGEST = 1000  # clips of a side
_LEAST = 2  # of a side: an unbiased estimate takes pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far two sets are apart. value: an unbiased estimate of a square, so that equal sets may have one below 0.

    p_value: share of random divisions of all clips in two that are as far apart or farther. n: clips of each side.
    """

    value: float
    p_value: float
    n: int


def mmd(first: ArrayLike, second: ArrayLike, *, seed: int, permutations: int = PERMUTATIONS) -> Distance:
    """Squared maximum mean discrepancy (Gretton et al. 2012, equation 3), unbiased, between features (N, D) and (M, D).

    The kernel is exp(-|x - y|² / 2 s²) on features of unit length, s the median distance between all clips; both sides are
    brought to equal size by ``seed``, which also draws the permutations. SpecError for fewer than two clips of a side.
    """

    def kernel(rows: Floats) -> Floats:
        squared = np.maximum(2 - 2 * rows @ rows.T, 0)
        middle = float(np.median(np.sqrt(squared[np.triu_indices(len(rows), 1)]))) ** 2
        found: Floats = np.exp(-squared / (2 * (middle or 1.0)))
        return found

    return _tested(first, second, kernel, seed, permutations)


def kid(first: ArrayLike, second: ArrayLike, *, seed: int, permutations: int = PERMUTATIONS) -> Distance:
    """Kernel inception distance (Binkowski et al. 2018): unbiased MMD² with the kernel (x·y / D + 1)³, on features as they are.

    first, second: (N, D), (M, D); brought to equal size. SpecError for fewer than two clips of a side.
    """

    def kernel(rows: Floats) -> Floats:
        found: Floats = (rows @ rows.T / rows.shape[1] + 1) ** 3
        return found

    return _tested(first, second, kernel, seed, permutations, scaled=False)


def paper_mmd(first: ArrayLike, second: ArrayLike, kernel: Kernel) -> float:
    """MMD as arXiv 2410.02152 computed it (METHODS.md 8): biased, on features of unit length, with no median and no test.

    linear: |mean(x) - mean(y)|². rbf: exp(-|x - y|²). polynomial: (x·y)². first, second: (N, D), (M, D).
    """
    x, y = unit(first), unit(second)
    if kernel == "linear":
        return float(((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum())

    def mean(one: Floats, other: Floats) -> float:
        products = one @ other.T
        return float((np.exp(-(2 - 2 * products)) if kernel == "rbf" else products**2).mean())

    return mean(x, x) + mean(y, y) - 2 * mean(x, y)


def _tested(
    first: ArrayLike,
    second: ArrayLike,
    kernel: Callable[[Floats], Floats],
    seed: int,
    permutations: int,
    *,
    scaled: bool = True,
) -> Distance:
    sides = [unit(each) if scaled else np.asarray(each, np.float64) for each in (first, second)]
    n = min(len(sides[0]), len(sides[1]), _LARGEST)
    if n < _LEAST or sides[0].shape[1] != sides[1].shape[1]:
        raise SpecError(
            f"features are {sides[0].shape} and {sides[1].shape}; expected at least {_LEAST} clips each, of the same width"
        )
    rng = np.random.default_rng(seed)
    rows = np.concatenate([side[rng.permutation(len(side))[:n]] for side in sides])
    gram = kernel(rows)
    signs = np.concatenate([np.ones(n), -np.ones(n)])
    value = _unbiased(gram, signs)
    drawn = np.array([_unbiased(gram, rng.permutation(signs)) for _ in range(permutations)])
    slack = 1e-9 * float(np.abs(gram).max())  # the same division is summed in another order
    # the division that was found is one of those that chance may draw, so that no p-value is 0
    return Distance(value=value, p_value=float((1 + (drawn >= value - slack).sum()) / (permutations + 1)), n=n)


def _unbiased(gram: Floats, signs: Floats) -> float:
    """MMD² of the halves that ``signs`` name, no clip compared with itself."""
    n = len(signs) // 2
    one, other = (signs > 0).astype(float), (signs < 0).astype(float)
    towards_one, towards_other = gram @ one, gram @ other
    diagonal = np.diag(gram)
    inside = (one @ towards_one - diagonal @ one + other @ towards_other - diagonal @ other) / (n * (n - 1))
    return float(inside - 2 * (one @ towards_other) / n**2)
