"""Drift by hand: shifts, turns and sizes are none, a wrist that is off is, and what was not seen is not an error of zero."""

import dataclasses

import numpy as np
import pytest

from synthgest.errors import MotionError, SpecError
from synthgest.evaluation.drift import drift
from synthgest.motion.keypoints import Keypoints

NAMES = ("left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_wrist", "right_wrist")


def standing(frames: int = 40) -> Keypoints:
    """Somebody whose torso is 100 pixels and whose wrists go round."""
    turn = np.arange(frames) / frames * 4 * np.pi
    still = np.array([[30.0, 0], [-30, 0], [20, 100], [-20, 100]])
    wrists = np.stack([[60 + 30 * np.cos(turn), 30 * np.sin(turn)], [-60 - 30 * np.cos(turn), 30 * np.sin(turn)]])
    points = np.concatenate([np.tile(still, (frames, 1, 1)), wrists.transpose(2, 0, 1)], axis=1)
    return Keypoints(points=points, seen=np.ones(points.shape[:2]), names=NAMES, fps=20.0, source="filmed")


def test_the_torso_is_a_hundred_pixels() -> None:
    assert standing().torso == pytest.approx(100)


def test_a_shift_a_turn_and_a_size_are_no_drift() -> None:
    source = standing()
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    found = drift(source, dataclasses.replace(source, points=source.points @ turn.T * 0.4 + [300, 20]))
    assert found.drift == pytest.approx(0, abs=1e-9)
    assert (found.pck, found.coverage, found.lag, found.flagged) == (1.0, 1.0, 0.0, False)


def test_a_mirror_image_is_drift() -> None:
    source = standing()
    assert drift(source, dataclasses.replace(source, points=source.points * [-1, 1])).flagged


def test_wrists_that_are_half_a_torso_off_are_told() -> None:
    source = standing()
    points = source.points.copy()
    points[:, 4:] += np.array([[50.0, 0], [-50, 0]])  # both outward: no shift, turn or size makes up for it
    found = drift(source, dataclasses.replace(source, points=points))
    assert found.flagged
    assert found.pck < 0.5
    assert 0.1 < found.drift < 0.25  # 0.5 for a third of the joints, less what the size takes


def test_what_was_not_seen_is_left_out_and_counted() -> None:
    source = standing()
    points, seen = source.points.copy(), source.seen.copy()
    points[:, 5], seen[:, 5] = 1e6, 0.0
    found = drift(source, dataclasses.replace(source, points=points, seen=seen))
    assert found.drift == pytest.approx(0, abs=1e-9)
    assert found.coverage == pytest.approx(5 / 6)


@pytest.mark.parametrize("late", [-4, 3])
def test_who_is_late_is_told(late: int) -> None:
    source = standing()
    found = drift(source, dataclasses.replace(source, points=np.roll(source.points, late, axis=0)))
    assert found.lag == pytest.approx(late / 20)


def test_what_cannot_be_compared_is_refused() -> None:
    source = standing()
    with pytest.raises(SpecError, match=r"40 frames and .* 30"):
        drift(source, standing(30))
    with pytest.raises(SpecError, match="no two joints"):
        drift(source, dataclasses.replace(source, seen=np.zeros_like(source.seen)))
    blind = dataclasses.replace(source, seen=np.where(np.arange(6) < 2, 0.0, source.seen))
    with pytest.raises(MotionError, match="never show both shoulders"):
        _ = blind.torso
    with pytest.raises(MotionError, match="NaN"):
        dataclasses.replace(source, points=np.full_like(source.points, np.nan))
