import numpy as np
import pytest

from synthgest.errors import ShotFailed
from synthgest.scene.framing import CameraSettings, frame_camera

FRAMES = np.linspace(0, 1, 5)
BODY = np.array([[x, y, 0.0] for x in (-0.25, 0.25) for y in (0.0, 0.9, 1.4, 1.75)])
POINTS = np.tile(BODY, (5, 1, 1)).astype(np.float32)
SQUARE = (224, 224)
WRISTS = np.stack([np.array([[0.9 * s, 1.0 + s, 0.2], [-0.3, 0.9, 0.1]]) for s in FRAMES]).astype(np.float32)
# six points of each hand, spread over 18 cm upwards
HANDS = WRISTS[:, :, None] + np.linspace(0, 0.18, 6, dtype=np.float32)[:, None] * np.float32([0, 1, 0])


def framed(seed, settings, size=SQUARE, points=POINTS, hands=HANDS, matter=(0,), fingers=False):
    rng = np.random.default_rng(seed)
    return frame_camera(points, hands, rng, matter=matter, fingers=fingers, settings=settings, size=size)


def inside(camera, points, margin):
    seen = camera.project(points)
    edge_x, edge_y = margin * camera.width / 2, margin * camera.height / 2
    across = (seen[..., 0] >= edge_x - 0.01) & (seen[..., 0] <= camera.width - edge_x + 0.01)
    return (across & (seen[..., 1] >= edge_y - 0.01) & (seen[..., 1] <= camera.height - edge_y + 0.01)).all()


@pytest.mark.parametrize("size", [(224, 224), (160, 320), (320, 160)])
def test_the_whole_body_and_the_hands_stay_in_the_picture(size):
    settings = CameraSettings(upper_body=0.0, aerial=0.0, hand_pixels=0.0)
    for seed in range(40):
        camera = framed(seed, settings, size).camera
        assert inside(camera, POINTS, settings.margin)
        assert inside(camera, HANDS, settings.margin)


def test_an_upper_body_framing_keeps_the_hands_and_comes_nearer():
    near = CameraSettings(upper_body=1.0, aerial=0.0)
    far = CameraSettings(upper_body=0.0, aerial=0.0, hand_pixels=0.0)
    for seed in range(20):
        camera = framed(seed, near).camera
        whole = framed(seed, far).camera
        assert inside(camera, HANDS, near.margin)
        assert np.hypot(*camera.position[[0, 2]]) < np.hypot(*whole.position[[0, 2]])


def test_the_lens_stands_within_the_heights_and_azimuths_asked_for():
    settings = CameraSettings(azimuth_degrees=(80.0, 100.0), height_m=(1.2, 1.3), aerial=0.0)
    for seed in range(10):
        camera = framed(seed, settings).camera
        assert 1.2 <= camera.position[1] <= 1.3
        assert camera.position[0] > abs(camera.position[2])


def test_the_same_seed_gives_the_same_camera():
    one, two = (framed(7, CameraSettings()).camera for _ in range(2))
    assert one.extrinsics().tobytes() == two.extrinsics().tobytes()


def test_a_person_who_runs_too_far_is_a_failed_shot():
    run = POINTS + np.linspace(0, 80, 5, dtype=np.float32)[:, None, None] * np.array([1, 0, 0], np.float32)
    with pytest.raises(ShotFailed, match="keeps the person in a picture") as caught:
        framed(0, CameraSettings(), points=run, hands=run[:, None, :6])
    assert caught.value.reason == "framing"


def test_a_hand_that_matters_has_its_twelve_pixels():
    for seed in range(30):
        found = framed(seed, CameraSettings())
        pixels = found.camera.project(HANDS[:, 0])
        sides = (pixels.max(axis=1) - pixels.min(axis=1)).max(axis=-1)
        assert np.median(sides) >= 12
        assert found.hand == pytest.approx(np.median(sides), abs=0.06)


def test_where_the_fingers_tell_the_gesture_hands_are_larger_and_the_legs_left_out():
    for seed in range(10):
        found = framed(seed, CameraSettings(upper_body=0.0, finger_pixels=24.0), fingers=True)
        assert found.hand >= 24
        assert found.upper_body


def test_hands_too_small_for_any_camera_say_how_large_the_best_was():
    with pytest.raises(ShotFailed, match=r"hands of 90 pixels or more \(the best had \d+\)"):
        framed(0, CameraSettings(hand_pixels=90.0))


def test_smaller_pictures_ask_for_smaller_hands():
    assert framed(0, CameraSettings(), size=(96, 96)).hand >= 12 * 96 / 224


def test_an_aerial_camera_looks_down_at_the_angle_asked_for():
    settings = CameraSettings(aerial=1.0, aerial_degrees=(50.0, 55.0), upper_body=0.0, hand_pixels=0.0)
    for seed in range(10):
        found = framed(seed, settings)
        offset = found.camera.position - np.array([0.25, 1.0, 0.1])
        assert found.aerial
        assert 47 < np.degrees(np.arctan2(offset[1], np.hypot(offset[0], offset[2]))) < 58
