"""Whether labels show: what a probe that never saw a clip says of it, class by class, and which clips it takes for mislabelled."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from synthgest.errors import MissingDependency, SpecError
from synthgest.evaluation.accuracy import Accuracy, accuracy_of
from synthgest.evaluation.neighbours import nearest_neighbours
from synthgest.quality.variety import unit

try:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ImportError as error:
    raise MissingDependency("consistency needs scikit-learn: pip install 'synthgest[report]'") from error

Floats = NDArray[np.float64]

FOLDS = 5
_STRENGTH = 0.01  # inverse of the regularisation: there are few clips of each class
_DOUBT = 0.25  # times chance: of 1,036 clips with 69 labels swapped so found 2 in 3, and 1 to 2 % of the others
_NEIGHBOURS = 10
_TEMPERATURE = 0.07
_MOST_CLASSES = 150  # for which a probe is fitted; of more, neighbours vote


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A clip that may be mislabelled. number: its position. label, taken_for: classes. probability: of its label."""

    number: int
    label: int
    taken_for: int
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Consistency:
    """What others of the set say of each clip.

    probabilities: (N, K), by a probe that saw neither the clip nor its relatives. accuracy: of their most probable class. suspects:
    the least probable labels first.
    """

    probabilities: Floats
    accuracy: Accuracy
    suspects: tuple[Suspect, ...]


def consistency(
    features: ArrayLike, labels: Sequence[int], groups: Sequence[int], classes: Sequence[str], *, seed: int
) -> Consistency:
    """Ask of every clip what the others would call it.

    features: (N, D). labels: (N,) class numbers. groups: (N,) numbers; clips of one group are never asked about one another. A
    clip is suspect by its self-confidence (Northcutt et al. 2021, section 4): a probe that never saw it gives its label less than a
    quarter of what guessing would. SpecError for fewer than two classes of two groups.
    """
    rows, truth, apart = unit(features), np.asarray(labels, np.intp), np.asarray(groups, np.intp)
    _require_unrelated(truth, apart)
    fitted = len(np.unique(truth)) <= _MOST_CLASSES
    found = _probed(rows, truth, apart, len(classes), seed) if fitted else _voted(rows, truth, apart, len(classes))
    found = _calibrated(found, truth)
    return Consistency(
        probabilities=found,
        accuracy=accuracy_of(found, truth.tolist(), classes),
        suspects=tuple(_suspects(found, truth)),
    )


def out_of_fold(
    features: ArrayLike, labels: Sequence[int], groups: Sequence[int], classes: int, *, seed: int
) -> Floats:
    """(N, K) probabilities of a linear probe on features as they are, each by one that saw neither the clip nor its group.

    SpecError for fewer than two classes of two groups.
    """
    truth, apart = np.asarray(labels, np.intp), np.asarray(groups, np.intp)
    _require_unrelated(truth, apart)
    return _probed(np.asarray(features, np.float64), truth, apart, classes, seed)


def _require_unrelated(truth: NDArray[np.intp], groups: NDArray[np.intp]) -> None:
    sizes = [len(np.unique(groups[truth == label])) for label in np.unique(truth)]
    if len(sizes) < 2 or sorted(sizes)[-2] < 2:
        most = max(sizes, default=0)
        raise SpecError(
            f"there are {len(sizes)} classes, with {most} unrelated clips at most; at least two classes need two each"
        )


def _probed(rows: Floats, truth: NDArray[np.intp], groups: NDArray[np.intp], classes: int, seed: int) -> Floats:
    found = np.full((len(rows), classes), 1 / classes)
    count = max(2, min(FOLDS, len(np.unique(groups)), int(np.bincount(truth).max())))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that classes are small, or many
        for known, asked in StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(rows, truth, groups):
            if len(np.unique(truth[known])) < 2:
                continue
            probe = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=1000))
            probe.fit(rows[known], truth[known])
            found[asked] = 0
            found[np.ix_(asked, probe.classes_)] = probe.predict_proba(rows[asked])
    return found


def _calibrated(found: Floats, truth: NDArray[np.intp]) -> Floats:
    """Probabilities at the temperature at which labels are most probable (Guo et al. 2017), so that their size means something."""
    logs = np.log(np.maximum(found, 1e-12))

    def at(temperature: float) -> Floats:
        scaled: Floats = log_softmax(logs / temperature, axis=1)
        return scaled

    def loss(log_temperature: float) -> float:
        return -float(at(np.exp(log_temperature))[np.arange(len(truth)), truth].mean())

    best = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded")
    calibrated: Floats = np.exp(at(float(np.exp(best.x))))
    return calibrated


def _voted(rows: Floats, truth: NDArray[np.intp], groups: NDArray[np.intp], classes: int) -> Floats:
    """By neighbours of other groups, weighted by exp(similarity / temperature)."""
    names = [str(group) for group in groups]
    largest = int(np.bincount(groups).max())
    k = min(_NEIGHBOURS, len(rows) - largest)
    distances, indices = nearest_neighbours(
        rows.astype(np.float32), rows.astype(np.float32), k, reference_groups=names, query_groups=names
    )
    weights = np.exp(-(distances.astype(np.float64) ** 2) / 2 / _TEMPERATURE)  # of unit length: similarity is 1 - d²/2
    found = np.zeros((len(rows), classes))
    np.add.at(found, (np.arange(len(rows))[:, None], truth[indices]), weights)
    summed = found.sum(axis=1, keepdims=True)
    spread: Floats = np.where(summed > 0, found / np.maximum(summed, 1e-300), 1 / classes)
    return spread


def _suspects(found: Floats, truth: NDArray[np.intp]) -> list[Suspect]:
    numbers = np.arange(len(truth))
    own = found[numbers, truth]
    others = found.copy()
    others[numbers, truth] = -1.0
    taken = others.argmax(axis=1)
    limit = _DOUBT / len(np.unique(truth))
    suspects = [
        Suspect(number=int(n), label=int(truth[n]), taken_for=int(taken[n]), probability=float(own[n]))
        for n in np.flatnonzero((own < limit) & (own < others[numbers, taken]))
    ]
    return sorted(suspects, key=lambda each: (each.probability, each.number))
