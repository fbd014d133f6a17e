"""KNN on frozen features (arXiv 2410.02152): votes of the nearest, ties never broken by the label's number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthgest.errors import SpecError
from synthgest.evaluation.neighbours import Apart, Groups, matrix, nearest_neighbours
from synthgest.statistics import Estimate, proportion

Votes = Literal["majority", "distance", "exp"]

SWEEP = (1, 3, 5, 10, 20)
"""Numbers of neighbours that an evaluation reports beside the one asked for."""

TEMPERATURE = 0.07
"""Of ``exp`` votes (Wu et al. 2018, "instance discrimination")."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Clips as an encoder sees them.

    values: (N, D) real. labels: (N,) class numbers. groups: N names, or sets of names, of what each clip may share with
    others, such as its motion, person, place and source; None where nothing is shared.
    """

    values: ArrayLike
    labels: ArrayLike
    groups: Groups | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Voted:
    """What neighbours say. predicted: (Q,) int64 classes. tied: (Q,) bool, whether several classes had the most votes."""

    predicted: NDArray[np.int64]
    tied: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnnResult:
    """Accuracy of nearest neighbours, with all that it depends on.

    accuracy: share of queries whose class was said, with Wilson's interval. n: queries. k: neighbours that voted; wanted: as many
    as were asked for, which may be more than the references that some query may see. votes: how.
    normalised: whether features were scaled to unit length. accuracy_otherwise: the same with the other choice of that.
    tie_rate: share of queries of which several classes had the most votes. predictions: (N,) int64 labels. hits: (N,) bool,
    for ``synthgest.statistics.compare``. sweep: accuracy by number of neighbours. left_out: numbers of the sweep that are more
    than the references that some query may see, so that they have no accuracy.
    """

    accuracy: Estimate
    n: int
    k: int
    wanted: int
    votes: Votes
    normalised: bool
    accuracy_otherwise: Estimate
    tie_rate: float
    predictions: NDArray[np.int64]
    hits: NDArray[np.bool_]
    sweep: Mapping[int, Estimate]
    left_out: tuple[int, ...]


def knn(reference: ArrayLike, reference_labels: ArrayLike, query: ArrayLike, k: int = 3) -> NDArray[np.int64]:
    """Labels of queries by majority among the k nearest references, by L2 distance (arXiv 2410.02152: k is 3).

    reference: (R, D) real. reference_labels: (R,) whole numbers, any. query: (Q, D) real; scale both to unit length beforehand
    for cosine's order. Returns (Q,) int64. A tie goes to the class whose voters' distances sum to the least. SpecError for
    shapes that do not match, empty sets, NaN or infinite features, and k beyond the references.
    """
    labels = _labels("reference labels", reference_labels, reference)
    names, classes = np.unique(labels, return_inverse=True)
    distances, indices = nearest_neighbours(reference, query, k)
    return names[vote(distances, classes[indices], len(names), "majority").predicted]


def evaluate_knn(
    reference: Features, query: Features, *, k: int = 3, normalise: bool = True, votes: Votes = "majority"
) -> KnnResult:
    """How often the k nearest references say a query's class, no reference of the query's own groups among them.

    reference, query: their values of the same D. normalise: scale features to unit length (a feature of zeros stays); the
    accuracy without, or with, is reported too. A query of a class without references counts as missed. k beyond the references that
    some query may see is clipped to these, and ``wanted`` says so. SpecError as ``nearest_neighbours``, and for groups of one
    side only.
    """
    if k < 1:
        raise SpecError(f"k is {k}; expected at least 1 neighbour that votes")
    labels, truth = (
        _labels(f"{name} labels", side.labels, matrix(name, side.values))
        for name, side in (("reference", reference), ("query", query))
    )
    names, classes = np.unique(labels, return_inverse=True)
    visible = int(Apart.of(reference.groups, query.groups, len(classes), len(truth)).visible().min())
    counts = [count for count in SWEEP if count <= visible]
    wanted, k = k, min(k, visible) if visible else k

    def hits(scaled: bool, counts: Sequence[int]) -> dict[int, tuple[NDArray[np.bool_], Voted]]:
        distances, indices = _found(reference, query, max(counts), scaled)
        voted = {n: vote(distances[:, :n], classes[indices[:, :n]], len(names), votes) for n in counts}
        return {n: (names[said.predicted] == truth, said) for n, said in voted.items()}

    chosen, other = hits(normalise, [k, *counts]), hits(not normalise, [k])
    right, said = chosen[k]
    return KnnResult(
        accuracy=_share(right),
        n=len(truth),
        k=k,
        wanted=wanted,
        votes=votes,
        normalised=normalise,
        accuracy_otherwise=_share(other[k][0]),
        tie_rate=float(said.tied.mean()),
        predictions=names[said.predicted],
        hits=right,
        sweep={count: _share(chosen[count][0]) for count in counts},
        left_out=tuple(count for count in SWEEP if count > visible),
    )


def _found(reference: Features, query: Features, k: int, scaled: bool) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    there, asked = ((_unit(side.values) if scaled else side.values) for side in (reference, query))
    return nearest_neighbours(there, asked, k, reference_groups=reference.groups, query_groups=query.groups)


def _share(right: NDArray[np.bool_]) -> Estimate:
    return proportion(int(right.sum()), len(right))


def vote(distances: ArrayLike, labels: ArrayLike, classes: int, mode: Votes) -> Voted:
    """The class that most of each query's neighbours say.

    distances: (Q, k), L2, the nearest first. labels: (Q, k) of them, 0 to classes - 1. mode: ``majority`` counts; ``distance``
    weighs by 1 / distance, and where some are 0 counts these alone; ``exp`` weighs by exp(cosine / 0.07), of unit vectors
    1 - distance^2 / 2 (on other vectors a Gaussian kernel). A tie goes to the class whose voters' distances sum to the least,
    and then to the class of the nearest, or earliest, voter. SpecError for what does not match.
    """
    far, said = np.asarray(distances, np.float64), np.asarray(labels)
    if mode not in get_args(Votes):
        raise SpecError(f"votes are {mode!r}; expected one of {', '.join(get_args(Votes))}")
    if far.ndim != 2 or not far.size or far.shape != said.shape or not ((far >= 0) & (far < np.inf)).all():
        raise SpecError(
            f"distances are {far.shape} and labels {said.shape}; expected both (Q, k), distances finite and 0 or more"
        )
    if said.dtype.kind not in "iu" or said.min() < 0 or said.max() >= classes:
        raise SpecError(f"labels are {said.dtype} from {said.min()} to {said.max()}; expected 0 to {classes - 1}")
    queries = len(far)
    cells = (said.astype(np.int64) + classes * np.arange(queries)[:, None]).ravel()

    def sums(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(cells, weights.ravel(), queries * classes).reshape(queries, classes), np.float64)

    votes = sums(_weights(far, mode))
    best = votes >= votes.max(axis=1, keepdims=True) * (1 - 1e-9)  # sums in another order differ by rounding
    cost = np.where(best, sums(far), np.inf)
    nearest = cost[np.arange(queries)[:, None], said] <= cost.min(axis=1, keepdims=True)
    predicted = np.take_along_axis(said, nearest.argmax(axis=1)[:, None], axis=1)[:, 0]
    return Voted(predicted=predicted.astype(np.int64), tied=best.sum(axis=1) > 1)


def _weights(distances: NDArray[np.float64], mode: Votes) -> NDArray[np.float64]:
    """Relative to the nearest voter's, so that none overflows and not all vanish."""
    nearest = distances.min(axis=1, keepdims=True)
    if mode == "exp":
        return np.asarray(np.exp((nearest - distances) * (nearest + distances) / (2 * TEMPERATURE)))
    if mode == "distance":
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(nearest > 0, nearest / distances, distances == 0), np.float64)
    return np.ones_like(distances)


def _unit(values: ArrayLike) -> NDArray[Any]:
    """Scaled to unit length; a feature of zeros stays."""
    found = matrix("features", values).numpy()
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(norms > 0, norms, np.ones_like(norms)))


def _labels(name: str, labels: ArrayLike, values: ArrayLike) -> NDArray[np.int64]:
    found, expected = np.asarray(labels), np.shape(values)[:1]
    if found.shape != expected or found.dtype.kind not in "iu":
        raise SpecError(f"{name} are {found.shape} {found.dtype}; expected {expected} whole numbers, one a feature")
    return found.astype(np.int64)
