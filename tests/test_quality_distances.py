"""Davies-Bouldin, Vendi, MMD and KID against values worked out by hand, by plain loops, or by scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import davies_bouldin_score

from synthgest.errors import SpecError
from synthgest.evaluation.consistency import consistency
from synthgest.evaluation.scene import representation_bias, told
from synthgest.quality.distance import kid, mmd, paper_mmd
from synthgest.quality.variety import davies_bouldin, unit, vendi, within


def at(degrees: float) -> list[float]:
    return [math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]


def clouds(*centres: int, each: int = 20, spread: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = [np.eye(8)[centre] + rng.normal(0, spread, (each, 8)) for centre in centres]
    return np.concatenate(rows), np.repeat(np.arange(len(centres)), each)


def test_davies_bouldin_by_hand() -> None:
    # Two pairs across the circle, each t apart: spread sin(t/2) each, centres 2 cos(t/2) apart, so the index is tan(t/2).
    rows = np.array([at(0), at(60), at(180), at(240)])
    assert davies_bouldin(rows, [0, 0, 1, 1], seed=0) == pytest.approx(math.tan(math.radians(30)))


def test_davies_bouldin_is_scikit_learns_where_classes_are_of_one_size() -> None:
    rows, labels = clouds(0, 1, 2, spread=0.4)
    assert davies_bouldin(rows, labels, seed=3) == pytest.approx(davies_bouldin_score(unit(rows), labels), abs=1e-12)


def test_davies_bouldin_counts_every_class_alike() -> None:
    rows, labels = clouds(0, 1, spread=0.3)
    twice = np.concatenate([rows, rows[labels == 0]]), np.concatenate([labels, labels[labels == 0]])
    assert davies_bouldin(*twice, seed=0) == pytest.approx(davies_bouldin(rows, labels, seed=0), rel=0.25)


@pytest.mark.parametrize(
    ("rows", "labels"), [([[1, 0], [0, 1]], [0, 0]), ([[1, 0]] * 4, [0, 0, 1, 1]), ([[1, 0], [0, 1]], [0, 1])]
)
def test_davies_bouldin_is_none_where_it_is_undefined(rows: list[list[float]], labels: list[int]) -> None:
    assert davies_bouldin(np.array(rows, float), labels, seed=0) is None


def test_vendi_counts_clips_that_differ() -> None:
    assert vendi(np.eye(5)) == pytest.approx(5)
    assert vendi(np.ones((7, 3))) == pytest.approx(1)
    assert vendi(np.concatenate([np.eye(3)] * 4)) == pytest.approx(3)
    assert vendi(np.empty((0, 3))) is None
    assert within(np.concatenate([np.eye(4), np.ones((2, 4))]), [0, 0, 0, 0, 2, 2]) == {
        0: pytest.approx(4),
        2: pytest.approx(1),
    }


def test_the_papers_distances_by_hand() -> None:
    x, y = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    assert paper_mmd(x, y, "linear") == pytest.approx(2)
    assert paper_mmd(x, y, "rbf") == pytest.approx(2 - 2 * math.exp(-2))
    assert paper_mmd(x, y, "polynomial") == pytest.approx(2)
    assert paper_mmd(x, x, "rbf") == pytest.approx(0)


def test_mmd_and_kid_equal_their_definitions() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(6, 4)), rng.normal(0.5, 1, size=(6, 4))

    def plainly(a: np.ndarray, b: np.ndarray, kernel: object) -> float:
        n, k = len(a), kernel
        inside = sum(k(p[i], p[j]) for p in (a, b) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))  # type: ignore[operator]
        return float(inside - 2 * sum(k(one, other) for one in a for other in b) / n**2)  # type: ignore[operator]

    u, v = unit(x), unit(y)
    both = np.concatenate([u, v])
    pairs = [np.linalg.norm(both[i] - both[j]) for i in range(12) for j in range(i)]
    scale = float(np.median(pairs)) ** 2
    assert mmd(x, y, seed=0).value == pytest.approx(
        plainly(u, v, lambda a, b: math.exp(-((a - b) ** 2).sum() / (2 * scale)))
    )
    assert kid(x, y, seed=0).value == pytest.approx(plainly(x, y, lambda a, b: (a @ b / 4 + 1) ** 3))


def test_the_test_tells_what_differs_and_only_that() -> None:
    rows, _ = clouds(0, 1, each=40)
    assert mmd(rows[:40], rows[40:], seed=0).p_value == pytest.approx(1 / 501)
    p_values = [
        mmd(*np.split(np.random.default_rng(seed).normal(size=(60, 5)), 2), seed=seed).p_value for seed in range(20)
    ]
    assert 0.2 < float(np.mean(p_values)) < 0.8
    with pytest.raises(SpecError, match="at least 2"):
        mmd(rows[:1], rows, seed=0)


def test_representation_bias_is_the_printed_one() -> None:
    # SynAPT: UCF101's linear probe names 48.53 % right, chance is 1 of 101 (METHODS.md 6).
    assert representation_bias(0.4853, 1 / 101) == pytest.approx(5.615, abs=5e-4)
    assert representation_bias(0.0, 0.1) == -1


def test_a_probe_tells_classes_that_differ_and_no_others() -> None:
    rows, labels = clouds(0, 1, 2)
    groups = list(range(len(labels)))
    assert told(rows.astype(np.float32), labels.tolist(), groups, seed=0).accuracy.value == 1
    noise = np.random.default_rng(5).normal(size=rows.shape).astype(np.float32)
    assert told(noise, labels.tolist(), groups, seed=0).accuracy.low < 1 / 3


def test_swapped_labels_are_suspects_and_others_are_not() -> None:
    rows, labels = clouds(0, 1, 2, 3, each=30, spread=0.08)
    swapped = [3, 40, 70, 95, 100]
    given = labels.copy()
    given[swapped] = (given[swapped] + 1) % 4
    found = consistency(rows, given.tolist(), list(range(len(rows))), list("abcd"), seed=0)
    assert {each.number for each in found.suspects} == set(swapped)
    assert all(each.taken_for == labels[each.number] for each in found.suspects)


def test_relatives_are_not_asked_about_one_another() -> None:
    # Every group of four is alike, and classes are drawn by chance: only whoever saw a relative could name a clip.
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 4)
    labels = np.repeat(rng.integers(0, 3, 30), 4)
    rows = np.repeat(rng.normal(size=(30, 64)), 4, axis=0) + rng.normal(0, 0.01, (120, 64))
    apart = consistency(rows, labels.tolist(), groups.tolist(), list("abc"), seed=0)
    together = consistency(rows, labels.tolist(), list(range(120)), list("abc"), seed=0)
    assert together.accuracy.top1.value > 0.9
    assert apart.accuracy.top1.value < 0.6


def test_many_classes_are_told_by_neighbours() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(200), 3)
    rows = np.repeat(rng.normal(size=(200, 32)), 3, axis=0) + rng.normal(0, 0.1, (600, 32))
    found = consistency(rows, labels.tolist(), list(range(600)), [str(label) for label in range(200)], seed=0)
    assert found.accuracy.top1.value > 0.98
    assert np.abs(found.probabilities.sum(axis=1) - 1).max() < 1e-9


def test_no_p_value_is_smaller_than_so_few_clips_allow() -> None:
    # Of two clips each there are three divisions, of which one is as far apart as itself: p is never much below a third.
    rng = np.random.default_rng(0)
    for seed in range(5):
        rows = rng.normal(size=(4, 8))
        assert mmd(rows[:2], rows[2:], seed=seed).p_value > 0.25


def test_classes_of_one_motion_each_are_not_judged() -> None:
    rows, labels = clouds(0, 1)
    with pytest.raises(SpecError, match="unrelated clips"):
        told(rows.astype(np.float32), labels.tolist(), labels.tolist(), seed=0)
