"""Neighbours as scikit-learn finds them, none of a query's own group, and votes whose ties no label's number decides."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from conftest import Judge, counts
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from synthgest.errors import SpecError
from synthgest.evaluation.knn import Features, evaluate_knn, knn, vote
from synthgest.evaluation.neighbours import nearest_neighbours


def features(count: int, width: int, seed: int, *, mean: float = 0.0, spread: float = 1.0) -> np.ndarray:
    """(count, width) float32, normal."""
    return np.random.default_rng(seed).normal(mean, spread, (count, width)).astype(np.float32)


def by_differences(reference: np.ndarray, query: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Distances and indices from differences in float64; equal distances by index."""
    squares = np.stack([((reference.astype(np.float64) - one.astype(np.float64)) ** 2).sum(1) for one in query])
    order = squares.argsort(axis=1, kind="stable")[:, :k]
    return np.sqrt(np.take_along_axis(squares, order, axis=1)), order


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    ("references", "queries", "width", "k"),
    [(1, 1, 1, 1), (5, 1, 3, 5), (40, 7, 16, 3), (9, 30, 2, 9), (20_000, 20, 8, 10), (700, 65, 300, 20)],
)
def test_neighbours_are_those_of_scikit_learn(
    references: int, queries: int, width: int, k: int, kind: type[np.floating[Any]]
) -> None:
    reference, query = features(references, width, 0).astype(kind), features(queries, width, 1).astype(kind)
    distances, indices = nearest_neighbours(reference, query, k)
    # a tree measures differences, where brute force expands the square
    tree = NearestNeighbors(n_neighbors=k, algorithm="kd_tree").fit(reference.astype(np.float64))
    expected, _ = tree.kneighbors(query.astype(np.float64))
    assert (distances.dtype, indices.dtype) == (np.float32, np.int64)
    assert distances == pytest.approx(expected, rel=1e-6)
    assert (indices == by_differences(reference, query, k)[1]).all()
    assert all(len(set(row)) == k for row in indices.tolist())


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_neighbours_far_from_the_origin_are_not_confused(kind: type[np.floating[Any]]) -> None:
    """Where |x|^2 + |y|^2 - 2xy in float32 has no digit left: squares of 4e9 beside distances of 1."""
    reference = features(3000, 64, 0, mean=8000, spread=0.1).astype(kind)
    query = features(50, 64, 1, mean=8000, spread=0.1).astype(kind)
    expanded = (reference.astype(np.float32) ** 2).sum(1) - 2 * query.astype(np.float32) @ reference.T
    expected = by_differences(reference, query, 10)
    assert (expanded.argsort(1)[:, :10] != expected[1]).mean() > 0.5
    distances, indices = nearest_neighbours(reference, query, 10)
    assert (indices == expected[1]).all()
    assert distances == pytest.approx(expected[0], rel=1e-6)


def test_neighbours_closer_to_each_other_than_a_product_tells_are_not_confused() -> None:
    """300 references within 1e-6 of each other, far more than are measured anyway, at a distance of about 20."""
    spread = np.random.default_rng(2).normal(0, 1e-7, (300, 64))
    reference = np.concatenate([features(500, 64, 0).astype(np.float64), features(1, 64, 1) + spread])
    reference = np.random.default_rng(3).permutation(reference)
    query = features(8, 64, 4).astype(np.float64)
    query[:4] = features(1, 64, 1) + 1e-7
    assert (nearest_neighbours(reference, query, 5)[1] == by_differences(reference, query, 5)[1]).all()


@pytest.mark.parametrize("scale", [1e-30, 1e-22, 3e-23, 1e-20, 1e14])
def test_the_scale_of_features_does_not_matter(scale: float) -> None:
    reference, query = features(200, 16, 0) * np.float64(scale), features(20, 16, 1) * np.float64(scale)
    distances, indices = nearest_neighbours(reference, query, 5)
    assert (indices == by_differences(features(200, 16, 0), features(20, 16, 1), 5)[1]).all()
    assert np.isfinite(distances).all()


def test_equal_distances_come_by_index() -> None:
    reference = np.repeat(features(4, 8, 0), 30, axis=0)
    indices = nearest_neighbours(reference, reference[[0, 45, 119]], 3)[1]
    assert indices.tolist() == [[0, 1, 2], [30, 31, 32], [90, 91, 92]]
    alike = np.ones((50, 8), np.float32)
    distances, indices = nearest_neighbours(alike, alike[:2], 4)
    assert indices.tolist() == [[0, 1, 2, 3]] * 2
    assert (distances == 0).all()


@pytest.fixture
def coarse_products() -> Iterator[None]:
    """As Lightning recommends it for training: float32 products at bfloat16's precision, where a processor has it."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    yield
    torch.set_float32_matmul_precision(before)


@pytest.mark.usefixtures("coarse_products")
def test_settings_for_training_do_not_make_neighbours_coarse() -> None:
    reference, query = features(3000, 32, 0), features(20, 32, 1)
    assert (nearest_neighbours(reference, query, 10)[1] == by_differences(reference, query, 10)[1]).all()


def test_mixed_precision_around_does_not_make_neighbours_coarse() -> None:
    reference, query = features(3000, 32, 0), features(20, 32, 1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        indices = nearest_neighbours(reference, query, 10)[1]
    assert (indices == by_differences(reference, query, 10)[1]).all()


def test_any_memory_will_do_and_is_left_as_it_is() -> None:
    reference, query = features(60, 12, 0), features(10, 12, 1)
    expected = nearest_neighbours(reference, query, 4)[1]
    wide = np.repeat(reference, 2, axis=1)[:, ::2]
    sealed = reference.copy()
    sealed.flags.writeable = False
    for given in (wide, sealed, np.asfortranarray(reference), reference.astype(">f4"), reference.tolist()):
        assert (nearest_neighbours(given, query, 4)[1] == expected).all()
    assert (reference == features(60, 12, 0)).all()
    whole = np.arange(20, dtype=np.uint8).reshape(10, 2)
    assert nearest_neighbours(whole, whole, 1)[1][:, 0].tolist() == list(range(10))


@counts(100, 300)
def test_a_query_never_sees_its_own_group(judged: Judge, trials: int) -> None:
    rng = np.random.default_rng(0)
    reference, query = features(9000, 6, 0), features(trials, 6, 1)
    motions, query_motions = rng.integers(0, 20, 9000), rng.integers(0, 25, trials)
    places, query_places = rng.integers(0, 6, 9000), rng.integers(0, 6, trials)
    distances, indices = nearest_neighbours(
        reference,
        query,
        15,
        reference_groups=[frozenset({f"m{m}", f"p{p}"}) for m, p in zip(motions, places, strict=True)],
        query_groups=[frozenset({f"m{m}", f"p{p}"}) for m, p in zip(query_motions, query_places, strict=True)],
    )
    related = (motions[indices] == query_motions[:, None]) | (places[indices] == query_places[:, None])
    what = "neighbours that are from the query's own source"
    judged("F27", what, trials=trials, worst=int(related.sum()), bar=0, unit="neighbours")
    for number, row in enumerate(indices):
        apart = (motions != query_motions[number]) & (places != query_places[number])
        allowed = np.flatnonzero(apart)
        expected = by_differences(reference[allowed], query[number : number + 1], 15)
        assert (row == allowed[expected[1][0]]).all()
        assert distances[number] == pytest.approx(expected[0][0], rel=1e-6)


def test_a_name_is_one_group_and_no_set_of_letters() -> None:
    same = np.zeros((3, 2))
    _, indices = nearest_neighbours(same, same[:1], 2, reference_groups=["ab", "ba", "abc"], query_groups=["ab"])
    assert indices.tolist() == [[1, 2]]


def test_groups_apply_where_many_are_equally_near() -> None:
    alike = np.ones((60, 4))
    groups = [str(number % 2) for number in range(60)]
    indices = nearest_neighbours(alike, alike, 5, reference_groups=groups, query_groups=groups)[1]
    assert indices[0].tolist() == [1, 3, 5, 7, 9]
    assert indices[1].tolist() == [0, 2, 4, 6, 8]


def test_clips_compared_with_themselves_see_the_others_by_their_ids() -> None:
    clips, ids = features(50, 4, 0), [f"clip-{number}" for number in range(50)]
    indices = nearest_neighbours(clips, clips, 49, reference_groups=ids, query_groups=ids)[1]
    assert all(sorted([number, *row]) == list(range(50)) for number, row in enumerate(indices.tolist()))


GOOD = features(6, 3, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((GOOD, GOOD, 7), "k is 7; expected 1 to 6"),
        ((GOOD, GOOD, 0), "k is 0"),
        ((GOOD[:0], GOOD, 1), r"reference is \(0, 3\)"),
        ((GOOD, GOOD[:0], 1), r"query is \(0, 3\)"),
        ((GOOD[:, :0], GOOD[:, :0], 1), r"reference is \(6, 0\)"),
        ((GOOD, GOOD[0], 1), r"query is \(3,\)"),
        ((GOOD, GOOD[:, :2], 1), "the same width"),
        ((GOOD.astype(str), GOOD, 1), "real numbers"),
        ((GOOD * 1j, GOOD, 1), "real numbers"),
        ((np.where(np.eye(6, 3), np.nan, GOOD), GOOD, 1), "3 of 6 reference features hold NaN.*the first: 0, 1, 2"),
        ((GOOD, np.where(np.eye(6, 3, -5), np.inf, GOOD), 1), "1 of 6 query features hold NaN.*the first: 5"),
        ((GOOD, GOOD - np.float32(1e20), 1), r"beyond 1e\+15"),
    ],
)
def test_what_has_no_neighbours_is_refused(arguments: tuple[Any, Any, int], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        nearest_neighbours(*arguments)


@pytest.mark.parametrize(
    ("reference_groups", "query_groups", "message"),
    [
        (list("aabbbb"), list("abbbbb"), "query 1 may see 2 of 6 references"),
        (list("aaaaaa"), list("aaaaaa"), "query 0 may see 0 of 6 references"),
        (list("abc"), list("abcabc"), "6 features and 3 groups"),
        (None, list("abcabc"), "groups of the reference are missing"),
        (list("abcabc"), None, "groups of the query are missing"),
    ],
)
def test_groups_that_leave_too_few_or_do_not_match_are_refused(
    reference_groups: list[str] | None, query_groups: list[str] | None, message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        nearest_neighbours(GOOD, GOOD, 3, reference_groups=reference_groups, query_groups=query_groups)


def test_labels_are_those_of_scikit_learn_where_nothing_ties() -> None:
    reference, query = features(500, 10, 0), features(200, 10, 1)
    labels = np.where(reference[:, 0] > 0, 41, -7)
    expected = KNeighborsClassifier(3).fit(reference, labels).predict(query)
    found = knn(reference, labels, query)
    assert found.dtype == np.int64
    assert (found == expected).all()


def test_three_neighbours_of_three_classes_tie_and_the_nearest_wins_whatever_its_number() -> None:
    reference = np.array([[1.0], [-2.0], [3.0]])
    for labels in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        assert knn(reference, labels, np.zeros((1, 1))).tolist() == labels[:1]


@pytest.mark.parametrize(
    ("labels", "message"), [([0, 1], "reference labels"), (np.zeros(6), "float64"), ([[0]] * 6, "whole numbers")]
)
def test_labels_that_do_not_match_are_refused(labels: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        knn(GOOD, labels, GOOD)


def test_majority_counts_and_its_ties_go_to_the_nearest_sum() -> None:
    distances = [[1.0, 2.0, 3.0, 4.0, 9.0], [1.0, 4.0, 4.5, 9.0, 9.5], [1.0, 2.0, 2.5, 3.5, 6.0]]
    labels = [[0, 1, 1, 1, 0], [0, 2, 2, 0, 1], [2, 1, 1, 2, 0]]
    found = vote(distances, labels, 3, "majority")
    assert found.predicted.tolist() == [
        1,
        2,
        2,
    ]  # sums of the last two: 8.5 beside 10, and 4.5 twice, where the first wins
    assert found.tied.tolist() == [False, True, True]


def test_distance_votes_are_those_of_scikit_learn() -> None:
    reference, query = features(300, 4, 0), np.concatenate([features(100, 4, 1), features(300, 4, 0)[:20]])
    labels = np.random.default_rng(2).integers(0, 5, 300)
    distances, indices = nearest_neighbours(reference, query, 7)
    found = vote(distances, labels[indices], 5, "distance")
    expected = KNeighborsClassifier(7, weights="distance").fit(reference, labels).predict(query)
    assert (found.predicted == expected).all()
    assert found.predicted[100:].tolist() == labels[:20].tolist()  # a reference in the same place decides alone
    assert not found.tied.any()


def test_weights_that_sum_to_the_same_but_for_rounding_tie() -> None:
    """Ten tenths, which float64 sums to 0.9999999999999999, beside one."""
    distances = [[1.0] + [10.0] * 10]
    found = vote(distances, [[1] + [0] * 10], 2, "distance")
    assert found.tied.tolist() == [True]
    assert found.predicted.tolist() == [1]


def test_exp_votes_weigh_by_cosine_over_temperature() -> None:
    """Cosines .99, .95, .95, .95: exp(.99 / .07) is 1.771 times exp(.95 / .07), so two of these outweigh the nearest."""
    cosines = np.array([[0.99, 0.95, 0.95, 0.95]])
    distances = np.sqrt(2 - 2 * cosines)
    assert vote(distances, [[0, 1, 2, 3]], 4, "exp").predicted.tolist() == [0]
    assert vote(distances, [[0, 1, 1, 2]], 3, "exp").predicted.tolist() == [1]
    cosines[0, 1:3] = 0.94  # 2.043 times: one outweighs two
    assert vote(np.sqrt(2 - 2 * cosines)[:, :3], [[0, 1, 1]], 2, "exp").predicted.tolist() == [0]


@pytest.mark.parametrize("mode", ["majority", "distance", "exp"])
@pytest.mark.parametrize("distance", [0.0, 1e-30, 1.0, 1e9])
def test_equally_near_voters_tie_and_the_first_wins(mode: Any, distance: float) -> None:
    found = vote(np.full((2, 3), distance), [[2, 0, 1], [1, 0, 0]], 3, mode)
    assert found.predicted.tolist() == [2, 0]
    assert found.tied.tolist() == [True, False]


@pytest.mark.parametrize(
    ("distances", "labels", "mode", "message"),
    [
        ([[1.0]], [[0]], "most", "votes are 'most'; expected one of majority, distance, exp"),
        ([[1.0]], [[3]], "majority", "expected 0 to 2"),
        ([[1.0]], [[-1]], "majority", "expected 0 to 2"),
        ([[1.0]], [[0.5]], "majority", "labels are float64"),
        ([[1.0, 2.0]], [[0]], "majority", "expected both"),
        ([[np.nan]], [[0]], "exp", "finite"),
        ([[-1.0]], [[0]], "exp", "finite"),
        ([[]], [[]], "exp", "expected both"),
    ],
)
def test_what_is_no_vote_is_refused(distances: Any, labels: Any, mode: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        vote(distances, labels, 3, mode)


def classes_apart(count: int, seed: int, classes: int = 7, noise: float = 0.5) -> Features:
    """Clips around a corner for each class; labels 10, 20 ..."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    return Features(values=np.eye(classes)[labels] + rng.normal(0, noise, (count, classes)), labels=10 + 10 * labels)


@pytest.mark.parametrize("normalise", [True, False])
def test_an_evaluation_is_what_scikit_learn_makes_of_the_same(normalise: bool) -> None:
    reference, query = classes_apart(400, 0), classes_apart(99, 1)
    found = evaluate_knn(reference, query, k=1, normalise=normalise)

    def accuracy(scaled: bool, k: int) -> float:
        there, asked = (np.asarray(side.values) for side in (reference, query))
        if scaled:
            there, asked = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in (there, asked))
        return float(KNeighborsClassifier(k).fit(there, reference.labels).score(asked, query.labels))

    assert found.accuracy.value == pytest.approx(accuracy(normalise, 1))
    assert found.accuracy_otherwise.value == pytest.approx(accuracy(not normalise, 1))
    assert (found.n, found.k, found.normalised, found.votes, found.tie_rate) == (99, 1, normalise, "majority", 0)
    assert found.accuracy.high - found.accuracy.low == pytest.approx(0.19, abs=0.03)  # Wilson's, of 99 clips
    assert (found.hits == (found.predictions == query.labels)).all()
    assert found.hits.mean() == found.accuracy.value
    assert list(found.sweep) == [1, 3, 5, 10, 20]
    assert found.sweep[1] == found.accuracy
    assert found.sweep[20].value == pytest.approx(accuracy(normalise, 20), abs=0.04)  # it breaks ties by the label
    assert found.left_out == ()


def test_useless_features_tie_three_ways_as_often_as_chance_says() -> None:
    """Three labels of 7 at random all differ with chance 6/7 * 5/7 = 0.612."""
    rng = np.random.default_rng(0)
    reference = Features(values=features(4000, 16, 0), labels=rng.integers(0, 7, 4000))
    query = Features(values=features(1500, 16, 1), labels=rng.integers(0, 7, 1500))
    found = evaluate_knn(reference, query)
    assert found.tie_rate == pytest.approx(0.612, abs=0.04)
    assert found.accuracy.low < 1 / 7 < found.accuracy.high
    assert np.bincount(found.predictions, minlength=7).max() < 1500 * 0.2  # no label is preferred


def test_numbers_of_neighbours_that_there_are_not_are_left_out_and_named() -> None:
    reference, query = classes_apart(8, 0), classes_apart(30, 1)
    found = evaluate_knn(reference, query)
    assert list(found.sweep) == [1, 3, 5]
    assert found.left_out == (10, 20)
    groups = ["same"] * 4 + ["other"] * 4
    paired = Features(values=reference.values, labels=reference.labels, groups=groups)
    found = evaluate_knn(paired, Features(values=query.values, labels=query.labels, groups=["same"] + ["none"] * 29))
    assert list(found.sweep) == [1, 3]
    assert found.left_out == (5, 10, 20)
    found = evaluate_knn(paired, Features(values=query.values, labels=query.labels, groups=["same"] * 30), k=5)
    assert (found.k, found.wanted) == (4, 5)
    with pytest.raises(SpecError, match="query 0 may see 0 of 8"):
        evaluate_knn(
            Features(values=reference.values, labels=reference.labels, groups=["one"] * 8),
            Features(values=query.values, labels=query.labels, groups=["one"] * 30),
            k=5,
        )


def test_relatives_would_flatter_and_groups_keep_them_out() -> None:
    """Labels at random, every query beside a relative of its own label: groups bring accuracy back to chance."""
    rng = np.random.default_rng(0)
    values, labels = features(700, 16, 0), rng.integers(0, 7, 700)
    names = [f"motion-{number}" for number in range(700)]
    query = Features(values=values + features(700, 16, 1) * 0.01, labels=labels, groups=names)
    found = evaluate_knn(Features(values=values, labels=labels, groups=names), query, k=1)
    assert found.accuracy.value < 0.2
    open_query = Features(values=query.values, labels=labels)
    assert evaluate_knn(Features(values=values, labels=labels), open_query, k=1).accuracy.value == 1


@pytest.mark.parametrize("mode", ["majority", "distance", "exp"])
@pytest.mark.parametrize("value", [0.0, 1.0, -3.5])
def test_features_that_are_all_the_same_say_something_defined(mode: Any, value: float) -> None:
    reference = Features(values=np.full((40, 5), value, np.float32), labels=np.arange(40) % 4)
    query = Features(values=np.full((8, 5), value, np.float32), labels=np.arange(8) % 4)
    found = evaluate_knn(reference, query, votes=mode)
    assert found.predictions.tolist() == [0] * 8  # of references 0, 1 and 2, the first
    assert found.accuracy.value == 0.25
    assert found.tie_rate == 1


def test_one_query_one_class_and_one_reference_are_enough() -> None:
    one = Features(values=[[1.0, 2.0]], labels=[5])
    found = evaluate_knn(one, one, k=1)
    assert found.accuracy.value == 1
    assert found.accuracy.low > 0.2
    assert found.predictions.tolist() == [5]
    assert (list(found.sweep), found.left_out) == ([1], (3, 5, 10, 20))


def test_a_class_without_references_is_missed() -> None:
    reference = Features(values=GOOD, labels=[0, 0, 0, 1, 1, 1])
    found = evaluate_knn(reference, Features(values=GOOD, labels=[9] * 6), k=1)
    assert found.accuracy.value == 0


def test_an_evaluation_refuses_what_its_parts_refuse() -> None:
    reference = Features(values=GOOD, labels=[0, 0, 0, 1, 1, 1])
    with pytest.raises(SpecError, match="k is 0"):
        evaluate_knn(reference, reference, k=0)
    assert evaluate_knn(reference, reference, k=7).k == 6
    with pytest.raises(SpecError, match="query labels"):
        evaluate_knn(reference, Features(values=GOOD, labels=[0]))
    with pytest.raises(SpecError, match="1 of 6 query features hold NaN"):
        evaluate_knn(reference, Features(values=np.where(np.eye(6, 3, -5), np.nan, GOOD), labels=[0] * 6))
    with pytest.raises(SpecError, match=r"reference is \(0, 3\)"):
        evaluate_knn(Features(values=GOOD[:0], labels=np.zeros(0, int)), reference)
    with pytest.raises(SpecError, match="votes are 'most'"):
        evaluate_knn(reference, reference, votes="most")  # type: ignore[arg-type]
