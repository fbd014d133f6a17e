"""Distractors: none is what it must not be, the same request draws the same, and every word is understood or refused."""

import numpy as np
import pytest

from synthgest.distractors import load_classes, none_of
from synthgest.errors import SpecError
from synthgest.gestures import Gesture, load_gestures
from synthgest.motion import perform
from synthgest.motion.build import NOMINAL
from synthgest.motion.constraints import kept, posed
from synthgest.motion.performance import Performance
from synthgest.motion.postures import Arm


def performances(gesture: Gesture, count: int) -> list[Performance]:
    return [perform(gesture, np.random.default_rng(seed), fps=12, frames=(8, 60)) for seed in range(count)]


def shows(performance: Performance, musts: tuple[str, ...]) -> np.ndarray:
    """Of the frames in which a performance shows what it shows, those that keep all constraints."""
    motion = performance.motion
    first, last = (round(second * motion.fps) for second in performance.shown)
    postures = posed(motion.full_pose[first:last], motion.transl[first:last], NOMINAL)
    found: np.ndarray = np.all([kept(must, postures) for must in musts], axis=0)
    return found


def test_what_a_drone_must_not_obey_keeps_no_rule_of_a_signal() -> None:
    """The constraints of the signals are coarse (40 degrees), so a few near misses keep one; a signal itself always does."""
    signals = load_gestures(["drone"])
    drawn = performances(none_of(signals), 80)
    for signal in signals:
        (musts,) = {keyframe.must for keyframe in signal.keyframes if keyframe.must}
        held = np.mean([shows(each, musts).mean() for each in drawn])
        own = np.mean([shows(each, musts).mean() for each in performances(signal, 6)])
        assert own > 0.45, signal.name
        assert held < 0.04, signal.name


def test_people_whose_arms_merely_hang_are_among_them_though_a_signal_is_low() -> None:
    """Hands on hips (``drone/photo``) are so near to hanging arms that only a comparison of both distances lets these in."""
    ways = none_of(load_gestures(["drone"]), ways=80).variants
    held = [next(kf for kf in way.keyframes if kf.left is not None and kf.right is not None) for way in ways]
    low = [kf for kf in held if max(_raised(kf.left), _raised(kf.right)) <= 25]
    assert 8 <= len(low) <= 40
    assert len({(_raised(kf.left), _raised(kf.right)) for kf in low}) > 10


def _raised(arm: Arm | None) -> float:
    assert arm is not None
    assert arm.elevation is not None
    return arm.elevation


def test_distractors_are_alike_for_the_same_request_and_differ_among_themselves() -> None:
    signals = load_gestures(["drone/left", "drone/land"])
    made = none_of(signals, ways=30)
    assert made.digest == none_of(signals, ways=30).digest
    assert made.digest not in (none_of(signals, ways=30, seed=1).digest, none_of(signals[:1], ways=30).digest)
    assert len({variant.keyframes for variant in made.variants}) == 30


def test_words_name_gestures_and_what_is_none_of_them() -> None:
    left, none, both = load_classes(["drone/left", "not:drone", "not:wave,point"])
    assert left == load_gestures(["drone/left"])[0]
    assert (none.name, both.name) == ("own/not drone", "own/not wave point")
    assert "everyday/wave" in both.description
    assert load_classes(["not:drone/left"])[0].name == "own/not drone left"  # a name may lead to no other folder


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["not:"], "a class name is empty"),
        (["not:wavee"], "no gesture or vocabulary 'wavee'"),
        (["not:a person juggling"], "has no keyframes"),
        (["not:drone", "not:DRONE"], "named twice"),
    ],
)
def test_words_that_cannot_be_meant_are_refused(words: list[str], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        load_classes(words)


def test_at_least_one_way_is_wanted() -> None:
    with pytest.raises(SpecError, match="ways is 0"):
        none_of(load_gestures(["wave"]), ways=0)
