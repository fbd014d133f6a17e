"""Intervals that cover what they say, and an AUROC that agrees with its definition."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from synthgest.errors import SpecError
from synthgest.statistics import (
    Estimate,
    auroc,
    compare,
    mcnemar,
    minimum_detectable_difference,
    over_seeds,
    paired_difference,
    proportion,
)


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


def hits(both: int, lost: int, won: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    """First and second way's hits, by how many clips each alone, both or neither hit."""
    first = np.repeat([True, True, False, False], [both, lost, won, neither])
    return first, np.repeat([True, False, True, False], [both, lost, won, neither])


@pytest.mark.parametrize(("lost", "won", "rest"), [(6, 14, 79), (3, 9, 18), (40, 10, 250)])
def test_a_paired_difference_has_the_bootstraps_interval(lost: int, won: int, rest: int) -> None:
    first, second = hits(rest // 2, lost, won, rest - rest // 2)
    found = paired_difference(first, second, seed=0, draws=40_000)
    expected = bootstrap(
        (second.astype(float), first.astype(float)),
        lambda after, before, axis: after.mean(axis) - before.mean(axis),
        paired=True,
        method="percentile",
        n_resamples=20_000,
        random_state=1,
    ).confidence_interval
    step = 1 / len(first)  # a resample's difference is a whole number of clips
    assert found.value == pytest.approx((won - lost) / len(first))
    assert found.low == pytest.approx(expected.low, abs=step + 1e-9)
    assert found.high == pytest.approx(expected.high, abs=step + 1e-9)


def test_a_paired_interval_covers_the_truth() -> None:
    """Clips of which 10 % are lost and 20 % won: the true difference is 0.1."""
    rng = np.random.default_rng(3)
    covered = 0
    for number in range(400):
        fate = rng.choice(4, size=80, p=[0.4, 0.1, 0.2, 0.3])
        first, second = np.isin(fate, (0, 1)), np.isin(fate, (0, 2))
        found = paired_difference(first, second, seed=number, draws=2000)
        covered += found.low <= 0.1 <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_pairing_tells_more_than_two_independent_figures() -> None:
    first, second = hits(400, 5, 25, 70)
    found = paired_difference(first, second, seed=0)
    apart = proportion(int(first.sum()), 500), proportion(int(second.sum()), 500)
    assert found.low > 0
    assert apart[0].high > apart[1].low


def test_another_seed_moves_the_ends_only_a_little_and_seed_0_is_a_seed() -> None:
    first, second = hits(40, 6, 14, 39)
    ends = [paired_difference(first, second, seed=seed).low for seed in (0, 0, 1, 2)]
    assert ends[0] == ends[1]
    assert max(ends) - min(ends) <= 0.0102


@pytest.mark.parametrize(
    ("counts", "value", "low", "high"),
    [
        ((5, 0, 0, 5), 0.0, -0.27753, 0.27753),  # Wilson's low end of 10 of 10 is 10 / (10 + 1.96^2) = 0.72247
        ((0, 0, 10, 0), 1.0, 0.44493, 1.0),
        ((0, 10, 0, 0), -1.0, -1.0, -0.44493),
        ((1, 0, 0, 0), 0.0, -0.79345, 0.79345),
    ],
)
def test_clips_that_all_do_alike_leave_room_for_others(
    counts: tuple[int, int, int, int], value: float, low: float, high: float
) -> None:
    found = paired_difference(*hits(*counts), seed=0)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("lost", "won", "expected"),
    [(0, 0, 1.0), (0, 1, 1.0), (0, 5, 2 / 32), (0, 6, 2 / 64), (3, 3, 1.0), (1, 9, 22 / 1024), (9, 1, 22 / 1024)],
)
def test_mcnemar_counts_coin_tosses(lost: int, won: int, expected: float) -> None:
    assert mcnemar(*hits(7, lost, won, 4)) == pytest.approx(expected)


def test_few_clips_show_only_large_differences() -> None:
    """METHODS.md: 99 clips 20 points, 50 clips 28."""
    assert minimum_detectable_difference(99) == pytest.approx(2.8016 * np.sqrt(0.5 / 99), rel=1e-4)
    assert round(100 * minimum_detectable_difference(99)) == 20
    assert round(100 * minimum_detectable_difference(50)) == 28
    assert minimum_detectable_difference(99, power=0.9) > minimum_detectable_difference(99)
    assert minimum_detectable_difference(1) == 1


def test_the_detectable_difference_is_detected_four_times_of_five() -> None:
    rng = np.random.default_rng(5)
    reach = minimum_detectable_difference(200)
    first, second = (rng.binomial(200, 0.5 + side * reach / 2, 20_000) / 200 for side in (-1, 1))
    pooled = (first + second) / 2
    z = (second - first) / np.sqrt(pooled * (1 - pooled) * 2 / 200)
    assert np.mean(np.abs(z) > 1.959964) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(("n", "power"), [(0, 0.8), (99, 1.0), (99, 0.2)])
def test_what_detects_nothing_is_refused(n: int, power: float) -> None:
    with pytest.raises(SpecError, match="at least 1 clip"):
        minimum_detectable_difference(n, power=power)


def test_a_gain_inside_noise_is_called_noise() -> None:
    found = compare(*hits(40, 8, 11, 40), seed=0)
    assert found.noise
    assert found.n == 99
    assert found.verdict.startswith("a gain of 3.0 points (")
    assert "inside noise" in found.verdict
    assert "99 clips reliably show 20 points or more" in found.verdict


def test_a_gain_that_chance_does_not_explain_is_not_noise() -> None:
    gain, loss = compare(*hits(40, 4, 25, 30), seed=0), compare(*hits(40, 25, 4, 30), seed=0)
    assert not gain.noise
    assert not loss.noise
    assert "a gain of 21.2 points" in gain.verdict
    assert "a loss of 21.2 points" in loss.verdict
    assert "outside noise" in loss.verdict


def test_four_clips_won_and_none_lost_are_noise_though_the_bootstrap_never_loses() -> None:
    found = compare(*hits(40, 0, 4, 55), seed=0)
    assert found.difference.low > 0
    assert found.p_value == pytest.approx(0.125)
    assert found.noise


def test_two_ways_that_agree_differ_by_nothing_and_that_is_noise() -> None:
    found = compare(*hits(1, 0, 0, 0), seed=0)
    assert found.noise
    assert found.verdict.startswith("no difference (")
    assert "nan" not in found.verdict


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([], [], "at least one clip"),
        ([True], [True, False], "the same clips"),
        ([0.5], [1.0], "True or False"),
        ([np.nan], [1.0], "True or False"),
        ([[True]], [[True]], "a row of hits"),
        (["yes"], [True], "True or False"),
    ],
)
def test_what_are_no_paired_hits_is_refused(first: list[object], second: list[object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        compare(first, second, seed=0)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match=message):
        mcnemar(first, second)  # type: ignore[arg-type]


def test_seeds_have_students_interval() -> None:
    """Of 1, 2, 3: t of 2 degrees at 97.5 % is 4.30265, the standard error 1 / sqrt(3)."""
    found = over_seeds([1.0, 2.0, 3.0])
    assert found.value == 2
    assert (found.low, found.high) == pytest.approx((2 - 4.30265 / 3**0.5, 2 + 4.30265 / 3**0.5), abs=1e-5)
    assert over_seeds([0.5, 0.5]) == Estimate(value=0.5, low=0.5, high=0.5)


@pytest.mark.parametrize(("values", "message"), [([0.5], "3 are wanted"), ([], "finite"), ([0.5, np.nan], "finite")])
def test_one_seed_has_no_spread(values: list[float], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        over_seeds(values)
