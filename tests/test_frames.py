"""What an engine may hand over, and what is refused (FAULTS.md F7, F9, F10)."""

import numpy as np
import pytest

from synthgest.errors import FrameError, ShotFailed
from synthgest.frames import require_encodable, require_truth, to_uint8
from synthgest.types import Rendered


def test_uint8_frames_pass_unchanged() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (3, 16, 18, 3), dtype=np.uint8)
    assert np.array_equal(to_uint8(frames), frames)


def test_floats_from_zero_to_one_become_the_nearest_level() -> None:
    frames = np.full((2, 16, 16, 3), 0.5, np.float32)
    frames[0, 0, 0] = (0.0, 1.0, 100 / 255)
    levels = to_uint8(frames)
    assert levels[0, 0, 0].tolist() == [0, 255, 100]
    assert levels[1, 5, 5].tolist() == [128, 128, 128]


@pytest.mark.parametrize(
    "frames",
    [
        np.full((2, 16, 16, 3), 200.0),  # float 0..255
        np.full((2, 16, 16, 3), -0.5),  # float -1..1
        np.zeros((2, 3, 16, 16), np.uint8),  # channels first
        np.zeros((16, 16, 3), np.uint8),  # one frame without its axis
        np.zeros((2, 16, 16, 4), np.uint8),  # RGBA
        np.zeros((2, 16, 16, 3), np.int16),
        np.zeros((2, 16, 16, 3), bool),
        [[1, 2], [3, 4]],
    ],
    ids=["0-255", "-1-1", "chw", "no-time", "rgba", "int16", "bool", "list"],
)
def test_every_other_form_is_refused_rather_than_guessed(frames: np.ndarray) -> None:
    with pytest.raises(FrameError, match="expected"):
        to_uint8(frames)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", [(0, 0, 0, 0), (1, 7, 9, 2), slice(None)])
def test_nan_and_infinity_are_caught_before_they_turn_black(value: float, where: object) -> None:
    frames = np.full((2, 16, 16, 3), 0.5)
    frames[where] = value
    with pytest.raises(ShotFailed) as caught:
        to_uint8(frames)
    assert caught.value.reason == "nan"


@pytest.mark.parametrize(
    ("shape", "fps"),
    [
        ((2, 17, 16, 3), 8),
        ((2, 16, 33, 3), 8),
        ((0, 16, 16, 3), 8),
        ((1, 16, 16, 3), 8),
        ((2, 8, 8, 3), 8),
        ((2, 16, 16, 3), 0),
        ((2, 16, 16, 3), float("nan")),
        ((2, 16, 16, 3), -5),
    ],
)
def test_what_h264_cannot_hold_unchanged_is_refused(shape: tuple[int, ...], fps: float) -> None:
    with pytest.raises(FrameError, match=r"expected|at least"):
        require_encodable(np.zeros(shape, np.uint8), fps)


def test_ground_truth_must_have_a_known_name_and_the_clips_own_size() -> None:
    frames = np.zeros((2, 16, 18, 3), np.uint8)
    good = {"mask": np.zeros((2, 16, 18), bool), "joints_2d": np.zeros((2, 55, 2), np.float32)}
    require_truth(Rendered(frames=frames, fps=8, truth=good), frames)
    for bad in (
        {"masks": good["mask"]},
        {"mask": np.zeros((2, 18, 16), bool)},
        {"joints_2d": np.full((2, 55, 2), np.nan, np.float32)},
    ):
        with pytest.raises(FrameError, match="ground truth"):
            require_truth(Rendered(frames=frames, fps=8, truth=bad), frames)
