"""Intervals that cover what they say, and an AUROC that agrees with its definition."""

import numpy as np
import pytest

from synthgest.errors import SpecError
from synthgest.statistics import auroc, proportion


def test_a_proportion_has_wilsons_interval() -> None:
    found = proportion(50, 99)
    assert found.value == pytest.approx(50 / 99)
    for end in (found.low, found.high):  # Wilson's interval is where the normal test just accepts
        assert (found.value - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / 99)
    assert proportion(0, 10).low == 0
    assert proportion(10, 10).high == 1
    assert proportion(0, 10).high > 0.2


@pytest.mark.parametrize(("hits", "trials"), [(1, 0), (-1, 5), (6, 5)])
def test_what_is_no_proportion_is_refused(hits: int, trials: int) -> None:
    with pytest.raises(SpecError, match="no proportion"):
        proportion(hits, trials)


def by_definition(positives: np.ndarray, negatives: np.ndarray) -> float:
    pairs = positives[:, None] - negatives[None]
    return float((pairs > 0).mean() + (pairs == 0).mean() / 2)


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        positives, negatives = rng.integers(0, 6, rng.integers(1, 30)), rng.integers(0, 5, rng.integers(1, 30))
        found = auroc(positives, negatives)
        assert found.value == pytest.approx(by_definition(positives, negatives))
        assert 0 <= found.low <= found.value <= found.high <= 1


def test_auroc_has_a_direction() -> None:
    assert auroc([2, 3, 4], [0, 1, 1]).value == 1
    assert auroc([0, 1, 1], [2, 3, 4]).value == 0
    assert auroc([1, 1], [1, 1]).value == 0.5


def test_its_interval_covers_the_truth() -> None:
    """Two normal distributions one standard deviation apart: the true AUROC is 0.760."""
    rng = np.random.default_rng(1)
    truth, covered = 0.7602, 0
    for _ in range(400):
        found = auroc(rng.normal(1, 1, 30), rng.normal(0, 1, 40))
        covered += found.low <= truth <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_blind_scores_have_an_interval_around_a_half() -> None:
    rng = np.random.default_rng(2)
    hits = sum(
        (found := auroc(rng.normal(0, 1, 25), rng.normal(0, 1, 25))).low <= 0.5 <= found.high for _ in range(300)
    )
    assert hits / 300 > 0.92


def test_perfect_separation_of_few_is_not_certain() -> None:
    assert auroc([2.0, 3.0], [0.0, 1.0]).low < 0.9
    assert auroc(np.arange(100, 200), np.arange(100)).low > 0.95


@pytest.mark.parametrize("values", [[], [np.nan], [[1.0]]])
def test_what_cannot_be_compared_is_refused(values: object) -> None:
    with pytest.raises(SpecError, match="finite score"):
        auroc(values, [1.0])  # type: ignore[arg-type]
