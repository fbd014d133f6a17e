from dataclasses import replace

import numpy as np
import pytest

from synthgest.render.sensor import PLAIN, SensorSettings, expose

FRAMES = np.random.default_rng(0).random((4, 32, 40, 3), dtype=np.float32)
GREY = np.full((3, 64, 64, 3), 0.4, np.float32)


def test_a_plain_sensor_returns_the_frames_rounded_to_bytes():
    seen = expose(FRAMES, np.random.default_rng(1), PLAIN)
    np.testing.assert_array_equal(seen, np.floor(FRAMES * 255 + 0.5).astype(np.uint8))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    one, two, three = (expose(FRAMES, np.random.default_rng(seed), SensorSettings()) for seed in (5, 5, 6))
    assert one.tobytes() == two.tobytes()
    assert one.tobytes() != three.tobytes()


def test_noise_has_the_strength_asked_for_and_changes_from_frame_to_frame():
    seen = expose(GREY, np.random.default_rng(0), replace(PLAIN, noise=(0.02, 0.02))) / 255
    # a grey of 0.4 takes 1 - 0.6 * 0.4 of the noise in the dark
    assert seen.std() == pytest.approx(0.02 * 0.76, rel=0.15)
    assert (seen[0] != seen[1]).mean() > 0.5


def test_a_stop_doubles_the_light():
    seen = expose(GREY, np.random.default_rng(0), replace(PLAIN, exposure_stops=(-1.0, -1.0)))
    assert seen[0, 0, 0, 0] == pytest.approx(0.4 * 0.5 ** (1 / 2.2) * 255, abs=1)


def test_a_vignette_darkens_the_corners_only():
    seen = expose(GREY, np.random.default_rng(0), replace(PLAIN, vignette=(0.5, 0.5)))
    assert seen[0, 0, 0, 0] == pytest.approx(0.2 * 255, abs=1)
    assert seen[0, 32, 32, 0] == pytest.approx(0.4 * 255, abs=1)


def test_motion_blur_keeps_a_share_of_the_frame_before():
    two = np.stack([np.zeros((8, 8, 3), np.float32), np.ones((8, 8, 3), np.float32)])
    seen = expose(two, np.random.default_rng(0), replace(PLAIN, motion_blur=(0.25, 0.25)))
    assert seen[0].max() == 0
    assert (seen[1] == round(0.75 * 255)).all()


def test_no_saturation_is_grey():
    seen = expose(FRAMES, np.random.default_rng(0), replace(PLAIN, saturation=(0.0, 0.0)))
    assert np.ptp(seen.astype(int), axis=-1).max() <= 1


def test_compression_changes_little():
    smooth = np.linspace(0, 1, 64, dtype=np.float32)[None, :, None, None] * np.ones((2, 64, 64, 3), np.float32)
    seen = expose(smooth, np.random.default_rng(0), replace(PLAIN, jpeg=1.0, jpeg_quality=(80, 80))) / 255
    assert 0 < np.abs(seen - smooth).mean() < 0.02
