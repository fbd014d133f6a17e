import numpy as np
import pytest

from synthgest.errors import FrameError
from synthgest.render.composite import compose
from synthgest.render.rasteriser import Drawn
from synthgest.render.shadow import FloorShadow
from synthgest.scene.light import Light, towards
from synthgest.scene.place import Backdrop

ONE = np.ones(3, np.float32)
LIGHT = Light(direction=towards(0.0, np.pi / 2), colour=ONE, sky=ONE, ground=ONE)
RNG = np.random.default_rng(0)
BEHIND = RNG.random((1, 6, 8, 3), dtype=np.float32)


def drawn(alpha, *, shadow=0.0, frames=2):
    rgba = RNG.integers(0, 256, (frames, 6, 8, 4), dtype=np.uint8)
    rgba[..., 3] = alpha
    rgba[..., :3] = rgba[..., :3].astype(int) * alpha // 255
    full = np.full((frames, 6, 8), shadow, np.float32)
    return Drawn(
        rgba=rgba,
        mask=rgba[..., 3] > 127,
        depth=np.zeros((frames, 6, 8), np.float16),
        shadow=FloorShadow(sun=full, sky=full * 0),
    )


def backdrop(images=BEHIND, floor=1.0):
    return Backdrop(images=images, floor=np.full((6, 8), floor, np.float32))


def test_an_opaque_person_hides_the_place():
    person = drawn(255, shadow=0.7)
    np.testing.assert_allclose(compose(person, backdrop(), LIGHT), person.rgba[..., :3] / 255, atol=1e-6)


def test_a_transparent_person_leaves_the_place_as_it_is():
    np.testing.assert_allclose(compose(drawn(0), backdrop(), LIGHT), np.repeat(BEHIND, 2, axis=0), atol=1e-6)


def test_half_cover_is_the_mean_of_person_and_place():
    person = drawn(51)
    expected = person.rgba[..., :3] / 255 + BEHIND * 0.8
    np.testing.assert_allclose(compose(person, backdrop(), LIGHT), np.clip(expected, 0, 1), atol=1e-5)


def test_a_full_shadow_leaves_the_skys_share_of_the_light():
    # sun and sky are equally strong: in the shadow half of the linear light is left
    frames = compose(drawn(0, shadow=1.0), backdrop(), LIGHT)
    np.testing.assert_allclose(frames[0], BEHIND[0] * 0.5 ** (1 / 2.2), atol=1e-5)


def test_a_shadow_falls_on_the_floor_only():
    frames = compose(drawn(0, shadow=1.0), backdrop(floor=0.0), LIGHT)
    np.testing.assert_allclose(frames[0], BEHIND[0], atol=1e-6)


def test_a_moving_backdrop_moves():
    moving = RNG.random((2, 6, 8, 3), dtype=np.float32)
    np.testing.assert_allclose(compose(drawn(0), backdrop(moving), LIGHT), moving, atol=1e-6)


def test_a_backdrop_of_another_size_is_refused():
    with pytest.raises(FrameError, match="the backdrop is"):
        compose(drawn(0), backdrop(np.zeros((1, 5, 8, 3), np.float32)), LIGHT)
