"""Degenerate data (FAULTS F28): whatever is asked of it, the answer holds no NaN, or an error says what was wrong."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from synthgest.errors import SynthgestError
from synthgest.evaluation.accuracy import accuracy_of
from synthgest.evaluation.knn import Features, evaluate_knn
from synthgest.evaluation.probe import probe
from synthgest.labels import class_probabilities, sample_weights, soft_labels
from synthgest.statistics import auroc, compare, mcnemar, minimum_detectable_difference, over_seeds, proportion

ONE, TWO = np.ones((1, 4)), np.eye(4)[:2]
SAME, NOT = np.ones((6, 4)), np.full((2, 4), np.nan)
MANY = np.random.default_rng(0).normal(size=(20, 10_000))


def knn(reference: np.ndarray, labels: list[int], query: np.ndarray, truth: list[int], k: int = 3) -> object:
    return evaluate_knn(Features(values=reference, labels=labels), Features(values=query, labels=truth), k=k)


def probed(reference: np.ndarray, labels: list[int], query: np.ndarray, truth: list[int]) -> object:
    return probe(reference.astype(np.float32), labels, query.astype(np.float32), truth, ["a", "b"])


def smooth(cosines: np.ndarray, targets: list[int], **words: Any) -> object:
    rows = soft_labels(class_probabilities(cosines, 100.0), targets, **words)
    assert np.abs(rows.sum(axis=1) - 1).max(initial=0) <= 1e-6
    return rows, sample_weights(class_probabilities(cosines, 100.0), targets, mode="uw")


# What is asked, and whether there is an answer.
CASES: dict[str, tuple[Callable[[], object], bool]] = {
    "knn of one class": (lambda: knn(SAME, [0] * 6, SAME, [0] * 6), True),
    "knn of one clip a class": (lambda: knn(TWO, [0, 1], TWO, [0, 1]), True),
    "knn of one clip": (lambda: knn(ONE, [0], ONE, [0]), True),
    "knn with more neighbours than clips": (lambda: knn(TWO, [0, 1], TWO, [0, 1], k=50), True),
    "knn of equal features": (lambda: knn(SAME, [0, 1, 2] * 2, SAME, [0, 1, 2] * 2), True),
    "knn of zeros": (lambda: knn(0 * SAME, [0, 1, 2] * 2, SAME, [0, 1, 2] * 2), True),
    "knn of NaN": (lambda: knn(TWO, [0, 1], NOT, [0, 1]), False),
    "knn among NaN": (lambda: knn(NOT, [0, 1], TWO, [0, 1]), False),
    "knn of no clip": (lambda: knn(TWO, [0, 1], TWO[:0], []), False),
    "knn among no clip": (lambda: knn(TWO[:0], [], TWO, [0, 1]), False),
    "knn of 10,000 classes": (lambda: knn(MANY.T, list(range(10_000)), MANY.T[:50], list(range(50))), True),
    "probe of one class": (lambda: probed(TWO, [0, 0], TWO, [0, 1]), False),
    "probe of one clip a class": (lambda: probed(TWO, [0, 1], TWO, [0, 1]), True),
    "probe of equal features": (lambda: probed(SAME, [0, 1] * 3, SAME, [0, 1] * 3), True),
    "probe of NaN": (lambda: probed(NOT, [0, 1], TWO, [0, 1]), False),
    "probe on NaN": (lambda: probed(TWO, [0, 1], NOT, [0, 1]), False),
    "probe of no clip": (lambda: probed(TWO[:0], [], TWO, [0, 1]), False),
    "accuracy of no clip": (lambda: accuracy_of(np.empty((0, 2)), [], ["a", "b"]), False),
    "accuracy of one clip": (lambda: accuracy_of(np.array([[0.5, 0.5]]), [0], ["a", "b"]), True),
    "labels of one class": (lambda: smooth(np.ones((3, 1)), [0, 0, 0]), False),
    "labels of one clip": (lambda: smooth(np.array([[0.2, 0.3]]), [0]), True),
    "labels of equal cosines": (lambda: smooth(np.zeros((5, 3)), [0, 1, 2, 0, 1], normalize="minmax"), True),
    "labels of NaN": (lambda: smooth(np.full((2, 3), np.nan), [0, 1]), False),
    "labels of no clip": (lambda: smooth(np.empty((0, 3)), []), True),
    "labels of 10,000 classes": (lambda: smooth(MANY, list(range(20))), True),
    "a share of nothing": (lambda: proportion(0, 0), False),
    "a difference of nothing": (lambda: compare([], [], seed=0), False),
    "a difference of one pair": (lambda: compare([True], [False], seed=0), True),
    "McNemar of pairs that agree": (lambda: mcnemar([True] * 4, [True] * 4), True),
    "the ranking of equal scores": (lambda: auroc([1.0, 1.0], [1.0]), True),
    "seeds that agree": (lambda: over_seeds([0.5, 0.5, 0.5]), True),
    "what one clip can tell": (lambda: minimum_detectable_difference(1), True),
}


def numbers(found: object) -> Iterator[float]:
    """All numbers in an answer, however deep."""
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        found = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    if isinstance(found, Mapping):
        found = list(found.values())
    if isinstance(found, np.ndarray):
        found = found.ravel().tolist()
    if isinstance(found, list | tuple):
        for each in found:
            yield from numbers(each)
    if isinstance(found, int | float):
        yield float(found)


@pytest.mark.parametrize("name", CASES)
def test_degenerate_data_has_an_answer_or_an_error(name: str) -> None:
    ask, answered = CASES[name]
    if not answered:
        with pytest.raises(SynthgestError):
            ask()
        return
    found = list(numbers(ask()))
    assert all(map(math.isfinite, found))
    assert found or "no clip" in name
