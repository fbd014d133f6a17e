import numpy as np
import pytest

from synthgest.scene.light import Light, towards
from synthgest.scene.tone import linear_to_srgb, srgb_to_linear, tone


def test_srgb_and_linear_agree_with_the_standards_table():
    # IEC 61966-2-1: sRGB 0.5 is linear 0.21404, 0.04 lies on the straight part
    assert srgb_to_linear(np.array([0.0, 0.04, 0.5, 1.0])) == pytest.approx([0, 0.04 / 12.92, 0.21404, 1], abs=1e-5)


def test_linear_to_srgb_is_the_inverse():
    values = np.linspace(0, 1, 101)
    np.testing.assert_allclose(linear_to_srgb(srgb_to_linear(values)), values, atol=1e-5)


def test_tone_leaves_mid_tones_alone_and_never_passes_white():
    linear = np.array([0.05, 0.2, 0.5], np.float32)
    np.testing.assert_allclose(tone(linear), linear_to_srgb(linear), atol=1e-3)
    assert tone(np.array([3.0, 9.0], np.float32)).max() <= 1.0


def test_directions_are_measured_from_the_front_and_the_ground():
    np.testing.assert_allclose(towards(0.0, 0.0), [0, 0, 1], atol=1e-6)
    np.testing.assert_allclose(towards(np.pi / 2, np.pi / 6), [np.sqrt(3) / 2, 0.5, 0], atol=1e-6)


def test_shade_is_the_skys_share_of_the_light_on_a_level_floor():
    one = np.ones(3, np.float32)
    light = Light(direction=towards(0.0, np.pi / 6), colour=one * 2, sky=one, ground=one)
    assert light.shade == pytest.approx([0.5, 0.5, 0.5])
