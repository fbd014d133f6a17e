"""Soft labels from class probabilities: the more uncertain a clip, the more its label is smoothed (arXiv 2505.19495, eq. 3 and 4).

The paper's formulas as corrected: entropy has its minus sign, probabilities are a softmax at the model's own temperature, and a
confidently wrong clip, whose entropy is low, can be seen by its label (``uncertainty="label-aware"``).
"""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthgest.errors import SpecError

Floats = NDArray[np.float64]
LabelMode = Literal["none", "ls", "uw", "uf", "ul"]
Normalisation = Literal["logk", "minmax", "quantile"]
Uncertainty = Literal["entropy", "label-aware"]

LABEL_MODES: tuple[LabelMode, ...] = get_args(LabelMode)
WEIGHT = 0.3
"""Largest smoothing of a label (arXiv 2505.19495, section 3.3)."""

_DROPPED = 0.1  # part of a class that ``uf`` leaves out
_SUM = 1e-3  # how far from 1 the sum of a row of probabilities may be


def class_probabilities(cosines: ArrayLike, temperature: float) -> Floats:
    """Softmax of cosines: (N, K) float64, rows sum to 1.

    cosines: (N, K), of each clip with each class. temperature: what they are multiplied by; the logit scale of the model
    itself, 100 for the released CLIPs. At 1 all rows are almost uniform and tell nothing. SpecError for NaN, or another shape.
    """
    values = _matrix("cosines", cosines)
    if not 0 < temperature < np.inf:
        raise SpecError(f"temperature is {temperature}; expected a number above 0, such as the model's logit scale")
    scaled = temperature * values
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities: Floats = raised / raised.sum(axis=1, keepdims=True)
    return probabilities


def entropy(probabilities: ArrayLike) -> Floats:
    """Entropy of each row: (N,) float64, nats, from 0 (certain) to ln K (uniform); 0 ln 0 is 0."""
    rows = _probabilities(probabilities)
    safe = np.where(rows > 0, rows, 1.0)
    found: Floats = -(rows * np.log(safe)).sum(axis=1)
    return np.maximum(found, 0.0)


def uncertainties(
    probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    normalize: Normalisation = "logk",
    uncertainty: Uncertainty = "entropy",
) -> Floats:
    """How uncertain each clip is: (N,) float64 in [0, 1].

    normalize: ``logk`` divides entropy by ln K, so that no other clip matters; ``minmax`` spreads it over the set, as the
    paper does; ``quantile`` takes the share of clips that are more certain. A set of equal entropies gives 0. uncertainty:
    ``label-aware`` takes the larger of that and 1 - p of the label.
    """
    rows = _probabilities(probabilities)
    labels = _targets(targets, rows)
    found = _normalised(entropy(rows), rows.shape[1], normalize)
    if uncertainty == "entropy":
        return found
    if uncertainty != "label-aware":
        raise SpecError(f"uncertainty is {uncertainty!r}; expected 'entropy' or 'label-aware'")
    return np.clip(np.maximum(found, 1 - rows[np.arange(len(rows)), labels]), 0.0, 1.0)


def soft_labels(
    probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    mode: LabelMode = "ul",
    normalize: Normalisation = "logk",
    weight: float = WEIGHT,
    uncertainty: Uncertainty = "entropy",
) -> Floats:
    """Labels to train on: (N, K) float64, rows sum to 1.

    probabilities: (N, K) from ``class_probabilities``. targets: (N,) class numbers from 0. mode: ``ul`` gives each clip its
    own smoothing (eq. 4); ``ls`` gives all of them its mean, so that only the allocation differs; ``none``, ``uw`` and
    ``uf`` are one-hot (the latter two go with ``sample_weights``). weight: the largest smoothing, below (K - 1) / K, or
    the label would no longer be the largest entry. SpecError for fewer than two classes, NaN, or targets out of range.
    """
    rows = _probabilities(probabilities)
    labels = _targets(targets, rows)
    _require_mode(mode)
    classes = rows.shape[1]
    if not 0 <= weight < (classes - 1) / classes:
        raise SpecError(
            f"weight is {weight}; expected 0 to less than {(classes - 1) / classes:.3g} for {classes} classes"
        )
    smoothing = np.zeros(len(rows))
    if mode in ("ul", "ls"):
        smoothing = weight * uncertainties(rows, labels, normalize=normalize, uncertainty=uncertainty)
    if mode == "ls" and len(smoothing):
        smoothing = np.full(len(rows), smoothing.mean())
    return smoothed(labels, smoothing, classes)


def sample_weights(
    probabilities: ArrayLike,
    targets: ArrayLike,
    *,
    mode: LabelMode = "ul",
    normalize: Normalisation = "logk",
    uncertainty: Uncertainty = "entropy",
) -> Floats:
    """Weights of the clips in a loss: (N,) float64.

    ``uw``: 1 - uncertainty, scaled to a mean of 1. ``uf``: 0 for the most uncertain tenth of each class, 1 for the others.
    Every other mode: 1.
    """
    rows = _probabilities(probabilities)
    labels = _targets(targets, rows)
    _require_mode(mode)
    weights = np.ones(len(rows))
    if mode not in ("uw", "uf") or not len(rows):
        return weights
    found = uncertainties(rows, labels, normalize=normalize, uncertainty=uncertainty)
    if mode == "uw":
        mean = float((1 - found).mean())
        return (1 - found) / mean if mean > 0 else weights
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        most = own[np.argsort(-found[own], kind="stable")]
        weights[most[: int(_DROPPED * len(own))]] = 0.0
    return weights


def smoothed(targets: NDArray[np.intp], smoothing: Floats, classes: int) -> Floats:
    """(N, K): 1 - eps at the target, eps / (K - 1) elsewhere (eq. 4). smoothing: (N,) eps."""
    labels = np.repeat((smoothing / (classes - 1))[:, None], classes, axis=1)
    labels[np.arange(len(targets)), targets] = 1 - smoothing
    return labels


def label_smoothing(smoothing: ArrayLike, classes: int) -> Any:
    """Eps of eq. 4 as timm and torch mean ``label_smoothing``, which spreads it over all K classes: eps K / (K - 1)."""
    if classes < 2:
        raise SpecError(f"there are {classes} classes; labels are smoothed between at least 2")
    return np.asarray(smoothing, np.float64) * classes / (classes - 1)


def _normalised(entropies: Floats, classes: int, normalize: Normalisation) -> Floats:
    if normalize == "logk":
        share: Floats = np.clip(entropies / np.log(classes), 0.0, 1.0)
        return share
    if normalize == "minmax":
        span = float(np.ptp(entropies)) if len(entropies) else 0.0
        return (entropies - entropies.min()) / span if span > 0 else np.zeros(len(entropies))
    if normalize == "quantile":
        below = np.searchsorted(np.sort(entropies), entropies, side="left")
        shares: Floats = below / max(len(entropies) - 1, 1)
        return shares
    raise SpecError(f"normalize is {normalize!r}; expected 'logk', 'minmax' or 'quantile'")


def _require_mode(mode: str) -> None:
    if mode not in LABEL_MODES:
        raise SpecError(f"mode is {mode!r}; expected one of {', '.join(LABEL_MODES)}")


def _matrix(name: str, values: ArrayLike) -> Floats:
    found = np.asarray(values, np.float64)
    if found.ndim != 2:
        raise SpecError(f"{name} have shape {found.shape}; expected (N, K), a row a clip and a column a class")
    if found.shape[1] < 2:
        raise SpecError(f"there is {found.shape[1]} class; uncertainty between classes needs at least 2")
    if not np.isfinite(found).all():
        bad = int(np.flatnonzero(~np.isfinite(found).all(axis=1))[0])
        raise SpecError(f"{name} of clip {bad} hold NaN or infinite values; score the clip again")
    return found


def _probabilities(values: ArrayLike) -> Floats:
    found = _matrix("probabilities", values)
    if len(found) and (found.min() < 0 or np.abs(found.sum(axis=1) - 1).max() > _SUM):
        raise SpecError("probabilities are not from 0 to 1 with rows that sum to 1; see class_probabilities")
    return found


def _targets(values: ArrayLike, rows: Floats) -> NDArray[np.intp]:
    found = np.asarray(values)
    if found.shape != (len(rows),) or (found.size and not np.issubdtype(found.dtype, np.integer)):
        raise SpecError(
            f"targets are {found.dtype} {found.shape}; expected a class number for each of {len(rows)} clips"
        )
    labels = found.astype(np.intp)
    if labels.size and not 0 <= labels.min() <= labels.max() < rows.shape[1]:
        raise SpecError(f"targets lie in {labels.min()} to {labels.max()}; expected 0 to {rows.shape[1] - 1}")
    return labels
