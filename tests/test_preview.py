from pathlib import Path

import cv2
import numpy as np
import pytest

from synthgest.data.video import read_video
from synthgest.errors import SpecError
from synthgest.gestures import load_gestures
from synthgest.preview import PreviewSettings, draw_strip, write_clip, write_strips

SMALL = PreviewSettings(size=96, frames=4, seed=0)


def test_a_strip_has_the_pictures_asked_for_and_the_same_seed_draws_it_again() -> None:
    (wave,) = load_gestures(["wave"])
    one, again = draw_strip(wave, SMALL), draw_strip(wave, SMALL)
    assert one.shape == (4, 96, 96, 3)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, draw_strip(wave, PreviewSettings(size=96, frames=4, seed=1)))


def test_strips_stand_below_each_other_and_a_clip_is_a_video(tmp_path: Path) -> None:
    gestures = load_gestures(["wave", "rocog/Halt"])
    write_strips(tmp_path / "strips.png", gestures, SMALL, titles=False)
    assert cv2.imread(str(tmp_path / "strips.png")).shape == (192, 384, 3)
    write_clip(tmp_path / "wave.mp4", gestures[0], SMALL)
    frames, fps = read_video(tmp_path / "wave.mp4")
    assert frames.shape[1:] == (96, 96, 3)
    assert len(frames) >= 48
    assert fps == 30


def test_a_close_up_shows_the_hand_larger(tmp_path: Path) -> None:
    (ok,) = load_gestures(["hand/ok"])
    near = draw_strip(ok, PreviewSettings(size=96, frames=2, close=True))
    far = draw_strip(ok, PreviewSettings(size=96, frames=2))
    assert near.shape == far.shape
    assert not np.array_equal(near, far)


@pytest.mark.parametrize(
    ("changes", "complaint"), [({"size": 63}, "even number"), ({"frames": 0}, "1 to 48"), ({"frames": 99}, "1 to 48")]
)
def test_settings_out_of_range_are_refused(changes: dict[str, int], complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        PreviewSettings(**changes)


def test_a_clip_with_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"\.mp4"):
        write_clip(tmp_path / "wave.avi", load_gestures(["wave"])[0], SMALL)
