"""A shot is taken again with the next seed, and given up with all its reasons."""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from synthgest_toy import ToySettings, wander

from synthgest.engines import CallableEngine
from synthgest.errors import MissingDependency, ShotFailed
from synthgest.gestures import Gesture
from synthgest.plan import plan
from synthgest.takes import ATTEMPTS, Spoilt, Take, take_all
from synthgest.types import Recipe, Rendered, Shot


@pytest.fixture
def shots(two_gestures: tuple[Gesture, ...], toy: Recipe) -> tuple[Shot, ...]:
    return plan(two_gestures, toy, clips=2, seed=0, fingerprint={})


def _good(shot: Shot) -> Rendered:
    return Rendered(frames=wander(shot.seed, ToySettings()), fps=16)


def test_a_clip_with_nan_is_taken_again_with_the_next_seed_and_the_attempt_is_recorded(shots: tuple[Shot, ...]) -> None:
    def engine(asked: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in asked:
            clip = _good(shot).frames / 255
            if shot.attempt == 0 and shot.index == 1:
                clip[3] = np.nan
            yield Rendered(frames=clip, fps=16)

    takes = list(take_all(CallableEngine(engine), shots))
    assert [type(take) for take in takes] == [Take] * 4
    second = takes[2]
    assert isinstance(second, Take)
    assert second.shot.seed == shots[2].seed + 1
    assert second.shot.id == shots[2].id
    assert [(attempt.seed, attempt.reason) for attempt in second.spoilt] == [(shots[2].seed, "nan")]


def test_a_clip_that_stays_spoilt_is_given_up_after_a_bounded_number_of_takes(shots: tuple[Shot, ...]) -> None:
    asked_seeds: list[int] = []

    def engine(asked: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in asked:
            asked_seeds.append(shot.seed)
            yield Rendered(frames=np.zeros((16, 64, 64, 3), np.uint8), fps=16)

    (spoilt,) = take_all(CallableEngine(engine), shots[:1])
    assert isinstance(spoilt, Spoilt)
    assert [attempt.reason for attempt in spoilt.attempts] == ["black"] * ATTEMPTS
    assert asked_seeds == [shots[0].seed + number for number in range(ATTEMPTS)]


def test_an_engine_that_raises_spoils_one_shot_and_makes_the_others(shots: tuple[Shot, ...]) -> None:
    def engine(asked: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in asked:
            if shot.id == shots[1].id:
                raise ValueError("no such arm")
            yield _good(shot)

    takes = list(take_all(CallableEngine(engine), shots))
    assert [take.shot.id for take in takes] == [shot.id for shot in shots]
    assert [type(take) for take in takes] == [Take, Spoilt, Take, Take]
    assert isinstance(takes[1], Spoilt)
    assert takes[1].attempts[0].message == "ValueError: no such arm"


def test_an_engine_that_raises_before_it_yields_spoils_one_shot_at_a_time(shots: tuple[Shot, ...]) -> None:
    def eager(asked: Sequence[Shot]) -> list[Rendered]:
        if any(shot.id == shots[1].id for shot in asked):
            raise ValueError("one of these cannot be made")
        return [_good(shot) for shot in asked]

    takes = list(take_all(CallableEngine(eager), shots))
    assert [type(take) for take in takes] == [Spoilt, Spoilt, Take, Take]


@pytest.mark.parametrize(
    "change",
    [
        {"provenance": {"x": object()}},
        {"truth": {"mask": np.zeros((16, 64, 64), np.uint8)}},
        {"fps": 1e-4},
    ],
    ids=["provenance", "dtype", "fps"],
)
def test_what_breaks_the_contract_is_recorded_and_does_not_end_the_run(
    shots: tuple[Shot, ...], change: dict[str, object]
) -> None:
    def engine(asked: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in asked:
            yield dataclasses.replace(_good(shot), **change)

    (spoilt,) = take_all(CallableEngine(engine), shots[:1])
    assert isinstance(spoilt, Spoilt)
    assert [attempt.reason for attempt in spoilt.attempts] == ["frames"]


def test_an_engine_that_returns_too_few_clips_loses_none_silently(shots: tuple[Shot, ...]) -> None:
    takes = list(take_all(CallableEngine(lambda asked: iter([_good(asked[0])])), shots))
    assert [type(take) for take in takes] == [Take, Spoilt, Take, Spoilt]


def test_an_error_that_would_spoil_every_shot_ends_the_run(shots: tuple[Shot, ...]) -> None:
    def engine(asked: Sequence[Shot]) -> Iterator[Rendered]:
        raise MissingDependency("pip install 'synthgest[ray]'")
        yield

    with pytest.raises(MissingDependency):
        list(take_all(CallableEngine(engine), shots))


def test_a_shot_that_an_engine_refuses_keeps_its_reason(shots: tuple[Shot, ...]) -> None:
    def engine(asked: Sequence[Shot]) -> Iterator[Rendered]:
        raise ShotFailed("framing", "no room for the arms")
        yield

    (spoilt,) = take_all(CallableEngine(engine), shots[:1])
    assert isinstance(spoilt, Spoilt)
    assert spoilt.attempts[-1].reason == "framing"
