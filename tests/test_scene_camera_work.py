import numpy as np
import pytest

from synthgest.errors import SpecError
from synthgest.scene.camera import Camera, looking
from synthgest.scene.camera_work import MovementSettings, move

CAMERA = Camera(
    width=96,
    height=64,
    yfov=0.9,
    position=np.array([0.3, 1.4, 3.0]),
    rotation=looking(np.array([0.0, -0.1, -1.0]), roll=0.05),
)
HAND_HELD = MovementSettings(steady=0.0, hand_held=1.0, slow=0.0)
SLOW = MovementSettings(steady=0.0, hand_held=0.0, slow=1.0)
AHEAD = np.array([0.2, 1.0, -1.0])


def moved(settings, seed=0, frames=40, strength=1.0):
    return move(CAMERA, frames, 30.0, np.random.default_rng(seed), settings, strength)


def turned_by(one, other):
    """Degrees between two cameras' optical axes."""
    return np.degrees(np.arccos(np.clip(one.rotation[:, 2] @ other.rotation[:, 2], -1, 1)))


def test_a_steady_camera_is_one_camera():
    work = moved(MovementSettings(steady=1.0, hand_held=0.0, slow=0.0))
    assert (work.kind, len(work.cameras), work.seen) == ("steady", 1, CAMERA)


def test_a_hand_held_camera_trembles_about_its_direction_and_stays_at_its_place():
    for seed in range(5):
        work = moved(HAND_HELD, seed)
        off = [turned_by(camera, CAMERA) for camera in work.cameras]
        assert 0.02 < np.median(off) < 2
        steps = [turned_by(one, two) for one, two in zip(work.cameras, work.cameras[1:], strict=False)]
        assert max(steps) < 0.5
        assert all(np.array_equal(camera.position, CAMERA.position) for camera in work.cameras)


def test_a_slow_camera_turns_as_far_as_asked_for():
    settings = MovementSettings(steady=0.0, hand_held=0.0, slow=1.0, turn_degrees=(4.0, 4.0), zoom=(1.0, 1.0))
    work = moved(settings)
    assert turned_by(work.cameras[0], work.cameras[-1]) == pytest.approx(4.0, abs=0.25)


def test_a_zoom_ends_at_its_factor():
    settings = MovementSettings(steady=0.0, hand_held=0.0, slow=1.0, zoom=(1.2, 1.2))
    work = moved(settings)
    assert work.cameras[-1].focal / work.cameras[0].focal == pytest.approx(1.2, abs=1e-6)


@pytest.mark.parametrize("settings", [HAND_HELD, SLOW])
def test_the_camera_that_draws_the_place_sees_all_that_the_others_see(settings):
    work = moved(settings)
    for camera in work.cameras:
        corners = np.array([[x, y, 1.0] for x in (0.0, 96.0) for y in (0.0, 64.0)]).T
        x, y, w = camera.pixels_of(work.seen) @ corners
        assert (x / w >= 0).all()
        assert (x / w <= work.seen.width).all()
        assert (y / w >= 0).all()
        assert (y / w <= work.seen.height).all()


@pytest.mark.parametrize("settings", [HAND_HELD, SLOW])
def test_a_point_lands_where_both_cameras_say_that_it_is(settings):
    work = moved(settings)
    for camera in work.cameras[::7]:
        x, y, w = camera.pixels_of(work.seen) @ np.append(camera.project(AHEAD), 1.0)
        np.testing.assert_allclose([x / w, y / w], work.seen.project(AHEAD), atol=0.01)


def test_without_strength_nothing_moves_and_the_same_seed_moves_alike():
    assert moved(HAND_HELD, strength=0.0).kind == "steady"
    one, two = moved(SLOW, seed=3), moved(SLOW, seed=3)
    assert one.extrinsics(40).tobytes() == two.extrinsics(40).tobytes()


def test_projection_follows_the_frame():
    work = moved(SLOW)
    points = np.tile(AHEAD, (40, 2, 1))
    pixels = work.project(points)
    np.testing.assert_array_equal(pixels[5, 0], work.cameras[5].project(AHEAD))
    assert pixels.shape == (40, 2, 2)
    assert work.depths(points)[7, 1] == pytest.approx(work.cameras[7].depths(AHEAD), abs=1e-5)


def test_shares_that_leave_nothing_are_refused():
    with pytest.raises(SpecError, match="shares of steady"):
        MovementSettings(steady=0.0, hand_held=0.0, slow=0.0)
