from dataclasses import replace

import numpy as np
import pytest

from synthgest.render.sensor import PLAIN, Sensor, SensorSettings, brightness
from synthgest.scene.light import Light, towards

FRAMES = np.random.default_rng(0).random((4, 32, 40, 3), dtype=np.float32)
GREY = np.full((3, 64, 64, 3), 0.4, np.float32)
ONE = np.ones(3, np.float32)
MIDDLE = 0.22  # the brightness that needs no correction


def expose(frames, seed, settings, level=MIDDLE):
    sensor = Sensor(settings, (frames.shape[2], frames.shape[1]), np.random.default_rng(seed), level=level)
    return np.stack([sensor.expose(frame, number) for number, frame in enumerate(frames)])


def test_a_plain_sensor_returns_the_frames_rounded_to_bytes():
    np.testing.assert_array_equal(expose(FRAMES, 1, PLAIN), np.floor(FRAMES * 255 + 0.5).astype(np.uint8))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    one, two, three = (expose(FRAMES, seed, SensorSettings()) for seed in (5, 5, 6))
    assert one.tobytes() == two.tobytes()
    assert one.tobytes() != three.tobytes()


def test_a_frame_is_exposed_alike_alone_and_after_others():
    sensor = Sensor(SensorSettings(), (40, 32), np.random.default_rng(5), level=MIDDLE)
    assert sensor.expose(FRAMES[3], 3).tobytes() == expose(FRAMES, 5, SensorSettings())[3].tobytes()


def test_noise_has_the_strength_asked_for_and_changes_from_frame_to_frame():
    seen = expose(GREY, 0, replace(PLAIN, noise=(0.02, 0.02))) / 255
    # a grey of 0.4 takes 1 - 0.6 * 0.4 of the noise in the dark
    assert seen.std() == pytest.approx(0.02 * 0.76, rel=0.15)
    assert (seen[0] != seen[1]).mean() > 0.5


def test_a_stop_doubles_the_light():
    seen = expose(GREY, 0, replace(PLAIN, exposure_stops=(-1.0, -1.0)))
    assert seen[0, 0, 0, 0] == pytest.approx(0.4 * 0.5 ** (1 / 2.2) * 255, abs=1)


def test_a_meter_brightens_a_scene_of_half_the_light_by_a_stop():
    half = expose(GREY, 0, replace(PLAIN, metering=(1.0, 1.0)), level=MIDDLE / 2)
    stop = expose(GREY, 0, replace(PLAIN, exposure_stops=(1.0, 1.0)))
    np.testing.assert_array_equal(half, stop)


def test_a_darker_place_and_dimmer_light_are_less_bright_to_the_meter():
    def level(place, strength):
        light = Light(direction=towards(0, 1), colour=ONE * strength, sky=ONE * strength, ground=ONE * strength)
        return brightness(np.full((48, 64, 3), place, np.float32), light)

    assert level(0.5, 0.5) > level(0.2, 0.5) > level(0.2, 0.1) > 0


def test_a_vignette_darkens_the_corners_only():
    seen = expose(GREY, 0, replace(PLAIN, vignette=(0.5, 0.5)))
    assert seen[0, 0, 0, 0] == pytest.approx(0.2 * 255, abs=1)
    assert seen[0, 32, 32, 0] == pytest.approx(0.4 * 255, abs=1)


def test_half_the_resolution_halves_the_detail_and_keeps_the_brightness():
    checks = np.indices((64, 64)).sum(axis=0) % 2
    picture = np.repeat(checks[..., None], 3, axis=2).astype(np.float32)[None]
    seen = expose(picture, 0, replace(PLAIN, resolution=(0.5, 0.5)))
    assert np.ptp(seen) <= 2
    assert seen.mean() == pytest.approx(127.5, abs=1)


def test_sharpening_overshoots_at_edges_only():
    edge = np.full((1, 32, 32, 3), 0.3, np.float32)
    edge[:, :, 16:] = 0.7
    seen = expose(edge, 0, replace(PLAIN, sharpening=(1.0, 1.0)))[0, 16, :, 0] / 255
    assert seen[16] > 0.75
    assert seen[15] < 0.25
    assert seen[2] == pytest.approx(0.3, abs=0.01)


def test_no_saturation_is_grey():
    seen = expose(FRAMES, 0, replace(PLAIN, saturation=(0.0, 0.0)))
    assert np.ptp(seen.astype(int), axis=-1).max() <= 1


def test_compression_changes_little():
    smooth = np.linspace(0, 1, 64, dtype=np.float32)[None, :, None, None] * np.ones((2, 64, 64, 3), np.float32)
    seen = expose(smooth, 0, replace(PLAIN, jpeg=1.0, jpeg_quality=(80, 80))) / 255
    assert 0 < np.abs(seen - smooth).mean() < 0.02
