"""How varied clips are, by their features: Davies-Bouldin's index, and the Vendi score, which counts clips that differ."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthgest.errors import MissingDependency, SpecError

try:
    from sklearn.metrics import davies_bouldin_score
except ImportError as error:
    raise MissingDependency("measures of variety need scikit-learn: pip install 'synthgest[report]'") from error

_LEAST = 2  # clips of a class, below which it has no spread


def davies_bouldin(features: ArrayLike, labels: ArrayLike, *, seed: int) -> float | None:
    """Davies-Bouldin's index (1979) with classes as clusters; here higher means richer, more overlapping clips.

    Every class counts with as many clips as the smallest has, drawn by ``seed`` (arXiv 2505.19495 compares sets of equal size).
    features: (N, D). labels: (N,) class numbers. None where it is undefined: fewer than two classes of two clips, or classes
    whose centres coincide.
    """
    rows, found = unit(features), np.asarray(labels)
    if found.shape != (len(rows),):
        raise SpecError(f"there are {len(rows)} features and labels {found.shape}; expected a label for each")
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(found == label) for label in np.unique(found)]
    members = [own for own in members if len(own) >= _LEAST]
    if len(members) < 2:
        return None
    least = min(map(len, members))
    chosen = np.concatenate([np.sort(rng.permutation(own)[:least]) for own in members])
    centres = np.stack([rows[own].mean(axis=0) for own in members])
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2) + np.eye(len(centres))
    if apart.min() < 1e-9:
        return None
    return float(davies_bouldin_score(rows[chosen], found[chosen]))


def vendi(features: ArrayLike) -> float | None:
    """The Vendi score (Friedman and Dieng 2023) with cosines: how many clips that have nothing in common would be as varied.

    The exponential of the entropy of the eigenvalues of K/n, from 1 (all alike) to n. features: (N, D). None without clips.
    """
    rows = unit(features)
    if not len(rows):
        return None
    # X Xᵀ and Xᵀ X have the same eigenvalues but for zeros; the smaller is taken.
    gram = rows.T @ rows if rows.shape[1] < len(rows) else rows @ rows.T
    values = np.linalg.eigvalsh(gram / len(rows))
    shares = values[values > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum())) if len(shares) else None


def within(features: ArrayLike, labels: Sequence[int]) -> dict[int, float]:
    """The Vendi score of each class that has clips, by its number."""
    rows, found = np.asarray(features), np.asarray(labels)
    scores = {int(label): vendi(rows[found == label]) for label in np.unique(found)}
    return {label: score for label, score in scores.items() if score is not None}


def unit(features: ArrayLike) -> NDArray[np.float64]:
    """Features (N, D) scaled to unit length; SpecError unless they are finite."""
    rows = np.asarray(features, np.float64)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise SpecError(
            f"features are {rows.shape} and finite is {bool(np.isfinite(rows).all())}; expected finite (N, D)"
        )
    scaled: NDArray[np.float64] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return scaled
