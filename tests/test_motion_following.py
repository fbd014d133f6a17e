"""Several people in a film: one is followed, and does not become another."""

import numpy as np
import pytest

from synthgest.errors import MotionError
from synthgest.motion.following import follow


def person(x: float, sure: float) -> np.ndarray:
    return np.array([[x, 0.0, sure], [x, 10.0, sure], [x + 4.0, 5.0, sure]])


def test_the_surest_is_followed_where_others_are_surer_later() -> None:
    frames = [
        [person(0.4 * number, 0.6 if number else 0.9), person(30, 0.7)][:: (-1) ** number] for number in range(12)
    ]
    found = follow(frames, "film")
    assert np.allclose(found[:, 0, 0], 0.4 * np.arange(12))


def test_who_is_hidden_for_a_while_is_nobody_then() -> None:
    frames = [[person(number, 0.9)] if number not in (3, 4) else [person(40, 0.9)] for number in range(8)]
    found = follow(frames, "film")
    assert (found[3:5] == 0).all()
    assert (found[[0, 1, 2, 5, 6, 7], :, 2] == 0.9).all()


def test_nobody_is_told() -> None:
    with pytest.raises(MotionError, match="film shows nobody"):
        follow([[], []], "film")
