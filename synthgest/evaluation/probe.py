"""A linear probe: how well a straight cut through frozen features tells classes apart."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MissingDependency, SpecError
from synthgest.evaluation.accuracy import Accuracy, accuracy_of
from synthgest.evaluation.neighbours import matrix

try:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ImportError as error:
    raise MissingDependency("a probe needs scikit-learn: pip install 'synthgest[train]'") from error

STRENGTH = 1.0
"""Inverse of the regularisation, fixed: it is never chosen on the clips that are reported."""


def probe(
    reference: NDArray[np.float32],
    reference_labels: Sequence[int],
    query: NDArray[np.float32],
    query_labels: Sequence[int],
    classes: Sequence[str],
) -> Accuracy:
    """Fit a logistic regression on standardised reference features (R, D) and evaluate it on query features (Q, D).

    SpecError for NaN or infinite features, an empty side, and references of one class.
    """
    probabilities = probe_probabilities(reference, reference_labels, query, len(classes))
    return accuracy_of(probabilities, query_labels, classes)


def probe_probabilities(
    reference: NDArray[np.float32], reference_labels: Sequence[int], query: NDArray[np.float32], classes: int
) -> NDArray[np.float64]:
    """(Q, classes) by the same regression; 0 for classes without references."""
    reference, query = matrix("reference", reference).numpy(), matrix("query", query).numpy()
    if len(set(reference_labels)) < 2:
        raise SpecError(f"the reference clips are of {len(set(reference_labels))} class; a probe needs at least 2")
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000))
    model.fit(reference, np.array(reference_labels))
    probabilities = np.zeros((len(query), classes))
    probabilities[:, model.classes_] = model.predict_proba(query)
    return probabilities
