"""Labels that know what they do not know: the three vectors, the direction, and what must never come out."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import synthgest as sg
from synthgest.errors import SpecError
from synthgest.labels import LABEL_MODES, LabelMode, label_smoothing, uncertainties

# K = 7, temperature 100, label 0: A clear and right, B ambiguous, C confidently wrong.
COSINES = np.array(
    [
        [0.30, 0.24, 0.22, 0.21, 0.20, 0.20, 0.19],
        [0.25, 0.245, 0.243, 0.24, 0.238, 0.236, 0.235],
        [0.20, 0.30, 0.22, 0.21, 0.20, 0.19, 0.18],
    ]
)
LABELS = np.zeros(3, int)
PROBABILITIES = sg.class_probabilities(COSINES, 100)


def smoothing(**settings: object) -> np.ndarray:
    return 1 - sg.soft_labels(PROBABILITIES, LABELS, **settings)[:, 0]  # type: ignore[arg-type]


def test_the_three_vectors_to_four_decimals() -> None:
    assert np.allclose(PROBABILITIES[:, 0], [0.9970, 0.3085, 0.0000], atol=5e-5)
    entropies = sg.entropy(PROBABILITIES)
    assert np.allclose(entropies, [0.0227, 1.8116, 0.0055], atol=5e-5)
    assert np.allclose(entropies / np.log(7), [0.0117, 0.9310, 0.0028], atol=5e-5)
    assert np.allclose(smoothing(normalize="minmax"), [0.0029, 0.3000, 0.0000], atol=5e-5)
    assert np.allclose(smoothing(normalize="logk"), [0.0035, 0.2793, 0.0009], atol=5e-5)
    assert np.allclose(smoothing(), smoothing(normalize="logk", weight=0.3, mode="ul", uncertainty="entropy"))


@pytest.mark.parametrize("normalize", ["logk", "minmax", "quantile"])
def test_the_ambiguous_clip_is_smoothed_most(normalize: str) -> None:
    """The direction: with entropy's minus sign lost, min-max would turn the ranking round without a word."""
    assert smoothing(normalize=normalize).argmax() == 1


def test_more_uniform_means_more_entropy() -> None:
    blends = np.array([(1 - part) * np.eye(5)[0] + part * np.full(5, 0.2) for part in np.linspace(0, 1, 11)])
    found = sg.entropy(blends)
    assert np.all(np.diff(found) > 0)
    assert found[0] == 0
    assert found[-1] == pytest.approx(np.log(5))


def test_at_temperature_1_all_clips_look_alike() -> None:
    assert (sg.entropy(sg.class_probabilities(COSINES, 1)) / np.log(7)).min() >= 0.9996


def test_only_the_label_shows_a_confidently_wrong_clip() -> None:
    by_entropy = uncertainties(PROBABILITIES, LABELS)
    by_label = uncertainties(PROBABILITIES, LABELS, uncertainty="label-aware")
    assert by_entropy.argmin() == 2
    assert by_label.argmax() == 2
    assert by_label[2] == pytest.approx(1, abs=1e-4)
    assert np.all(by_label >= by_entropy)


# -- modes -------------------------------------------------------------------------------------------------------------


def random_set(clips: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return sg.class_probabilities(rng.normal(0.2, 0.05, (clips, classes)), 100), rng.integers(0, classes, clips)


def test_ls_spreads_the_same_amount_evenly() -> None:
    probabilities, labels = random_set(200, 6)
    own, even = (1 - sg.soft_labels(probabilities, labels, mode=mode)[np.arange(200), labels] for mode in ("ul", "ls"))
    assert np.ptp(even) < 1e-12
    assert even.mean() == pytest.approx(own.mean())
    assert np.ptp(own) > 0.05


@pytest.mark.parametrize("mode", ["none", "uw", "uf"])
def test_other_modes_are_one_hot(mode: LabelMode) -> None:
    probabilities, labels = random_set(50, 4)
    assert np.array_equal(sg.soft_labels(probabilities, labels, mode=mode), np.eye(4)[labels])


def test_uw_weighs_certain_clips_more_around_a_mean_of_1() -> None:
    probabilities, labels = random_set(300, 5)
    weights = sg.sample_weights(probabilities, labels, mode="uw")
    assert weights.mean() == pytest.approx(1)
    assert np.all(np.diff(weights[np.argsort(sg.entropy(probabilities))]) <= 1e-12)


def test_uf_drops_a_tenth_of_every_class() -> None:
    probabilities, _ = random_set(200, 4)
    labels = np.repeat(np.arange(4), 50)
    weights = sg.sample_weights(probabilities, labels, mode="uf")
    entropies = sg.entropy(probabilities)
    for label in range(4):
        own = labels == label
        assert (weights[own] == 0).sum() == 5
        assert entropies[own & (weights == 0)].min() >= entropies[own & (weights == 1)].max()


@pytest.mark.parametrize("mode", ["none", "ls", "ul"])
def test_other_modes_weigh_all_alike(mode: LabelMode) -> None:
    assert np.all(sg.sample_weights(*random_set(20, 3), mode=mode) == 1)


# -- what must hold ----------------------------------------------------------------------------------------------------


def test_ten_thousand_random_labels_sum_to_1_and_keep_their_class() -> None:
    rng = np.random.default_rng(1)
    for _ in range(100):
        classes = int(rng.integers(2, 40))
        probabilities, labels = random_set(100, classes, int(rng.integers(2**31)))
        weight = float(rng.uniform(0, 0.999 * (classes - 1) / classes))
        for normalize in ("logk", "minmax", "quantile"):
            given_labels = sg.soft_labels(
                probabilities, labels, normalize=normalize, weight=weight, uncertainty="label-aware"
            )
            assert np.abs(given_labels.sum(axis=1) - 1).max() < 1e-6
            assert np.array_equal(given_labels.argmax(axis=1), labels)
            assert given_labels.min() >= 0


def test_another_clip_changes_no_logk_label() -> None:
    probabilities, labels = random_set(50, 5)
    alone = sg.soft_labels(probabilities[:49], labels[:49])
    assert np.array_equal(sg.soft_labels(probabilities, labels)[:49], alone)
    spread = sg.soft_labels(np.vstack([probabilities, np.eye(5)[:1]]), [*labels, 0], normalize="minmax")
    assert not np.array_equal(spread[:50], sg.soft_labels(probabilities, labels, normalize="minmax"))


@pytest.mark.parametrize("normalize", ["minmax", "quantile"])
def test_a_constant_set_is_not_smoothed(normalize: str) -> None:
    rows = np.tile([0.5, 0.3, 0.2], (4, 1))
    labels = sg.soft_labels(rows, [0, 1, 2, 0], normalize=normalize)  # type: ignore[arg-type]
    assert np.array_equal(labels, np.eye(3)[[0, 1, 2, 0]])


@pytest.mark.parametrize("mode", LABEL_MODES)
@pytest.mark.parametrize("normalize", ["logk", "minmax", "quantile"])
def test_an_empty_set_and_a_single_clip_are_defined(mode: LabelMode, normalize: str) -> None:
    given_words = {"mode": mode, "normalize": normalize}
    assert sg.soft_labels(np.zeros((0, 3)), [], **given_words).shape == (0, 3)  # type: ignore[arg-type]
    assert sg.sample_weights(np.zeros((0, 3)), [], **given_words).shape == (0,)  # type: ignore[arg-type]
    (label,) = sg.soft_labels([[0.2, 0.8]], [1], **given_words)  # type: ignore[arg-type]
    assert label.sum() == pytest.approx(1)
    assert np.isfinite(sg.sample_weights([[0.2, 0.8]], [1], **given_words)).all()  # type: ignore[arg-type]


def test_wholly_uncertain_clips_keep_weights_that_train() -> None:
    rows = np.full((3, 4), 0.25)
    assert np.array_equal(sg.sample_weights(rows, [0, 1, 2], mode="uw"), np.ones(3))


@pytest.mark.parametrize(
    ("rows", "targets", "settings_given", "message"),
    [
        ([[1.0]], [0], {}, "at least 2"),
        ([0.5, 0.5], [0], {}, r"expected \(N, K\)"),
        ([[np.nan, 1.0]], [0], {}, "clip 0 hold NaN"),
        ([[0.5, 0.5], [0.5, np.inf]], [0, 1], {}, "clip 1 hold NaN"),
        ([[0.7, 0.7]], [0], {}, "sum to 1"),
        ([[1.5, -0.5]], [0], {}, "from 0 to 1"),
        ([[0.5, 0.5]], [2], {}, "expected 0 to 1"),
        ([[0.5, 0.5]], [-1], {}, "expected 0 to 1"),
        ([[0.5, 0.5]], [0.0], {}, "a class number"),
        ([[0.5, 0.5]], [0, 1], {}, "a class number"),
        ([[0.5, 0.5]], [0], {"weight": 0.5}, "less than 0.5"),
        ([[0.5, 0.5]], [0], {"weight": -0.1}, "less than 0.5"),
        ([[0.5, 0.5]], [0], {"weight": np.nan}, "less than 0.5"),
        ([[0.5, 0.5]], [0], {"mode": "hard"}, "none, ls, uw"),
        ([[0.5, 0.5]], [0], {"normalize": "z"}, "'logk'"),
        ([[0.5, 0.5]], [0], {"uncertainty": "margin"}, "'label-aware'"),
    ],
)
def test_what_has_no_meaning_is_refused(
    rows: object, targets: object, settings_given: dict[str, object], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        sg.soft_labels(rows, targets, **settings_given)  # type: ignore[arg-type]


@pytest.mark.parametrize("temperature", [0, -1, np.nan, np.inf])
def test_a_temperature_that_is_none_is_refused(temperature: float) -> None:
    with pytest.raises(SpecError, match="logit scale"):
        sg.class_probabilities(COSINES, temperature)


def test_two_classes_work() -> None:
    labels = sg.soft_labels([[0.5, 0.5], [0.9, 0.1]], [0, 1], weight=0.4)
    assert np.allclose(labels[0], [0.6, 0.4])
    assert labels[1].argmax() == 1


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=12), st.floats(1e-3, 1e6))
@settings(max_examples=200, deadline=None)
def test_any_cosines_give_probabilities(cosines: list[float], temperature: float) -> None:
    rows = sg.class_probabilities([cosines], temperature)
    assert np.isfinite(rows).all()
    assert rows.sum() == pytest.approx(1)
    assert 0 <= sg.entropy(rows)[0] <= np.log(len(cosines)) + 1e-9


def test_torchs_smoothing_is_the_same_label() -> None:
    logits, target = torch.tensor([[1.0, -2.0, 0.5, 3.0]], dtype=torch.float64), torch.tensor([2])
    eps = 0.2
    ours = sg.soft_labels([[0.25] * 4], [2], weight=eps)
    converted = float(label_smoothing(eps, 4))
    theirs = torch.nn.functional.cross_entropy(logits, target, label_smoothing=converted)
    assert torch.nn.functional.cross_entropy(logits, torch.from_numpy(ours)) == pytest.approx(float(theirs))
    with pytest.raises(SpecError, match="at least 2"):
        label_smoothing(0.1, 1)


def test_two_confidently_wrong_clips_among_100_are_found_by_their_label_alone() -> None:
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 7, 100)
    cosines = rng.normal(0.2, 0.01, (100, 7))
    cosines[np.arange(100), labels] += rng.uniform(0.01, 0.06, 100)  # right, more or less surely
    wrong = [17, 61]
    for clip in wrong:
        cosines[clip] = 0.15
        cosines[clip, (labels[clip] + 3) % 7] = 0.4
    probabilities = sg.class_probabilities(cosines, 100)
    by_entropy, by_label = (
        1 - sg.soft_labels(probabilities, labels, uncertainty=kind)[np.arange(100), labels]
        for kind in ("entropy", "label-aware")
    )
    assert set(np.argsort(by_entropy)[:2]) == set(wrong)  # as the paper would: hardly any smoothing at all
    assert set(wrong) <= set(np.argsort(-by_label)[:5])
