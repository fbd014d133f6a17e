import numpy as np
import pytest

from synthgest.errors import ShotFailed
from synthgest.scene.framing import CameraSettings, frame_camera

FRAMES = np.linspace(0, 1, 5)
BODY = np.array([[x, y, 0.0] for x in (-0.25, 0.25) for y in (0.0, 0.9, 1.4, 1.75)])
POINTS = np.tile(BODY, (5, 1, 1)).astype(np.float32)
SQUARE = (224, 224)
HANDS = np.stack([np.array([[0.9 * s, 1.0 + s, 0.2], [-0.3, 0.9, 0.1]]) for s in FRAMES]).astype(np.float32)


def inside(camera, points, margin):
    seen = camera.project(points)
    edge_x, edge_y = margin * camera.width / 2, margin * camera.height / 2
    across = (seen[..., 0] >= edge_x - 0.01) & (seen[..., 0] <= camera.width - edge_x + 0.01)
    return (across & (seen[..., 1] >= edge_y - 0.01) & (seen[..., 1] <= camera.height - edge_y + 0.01)).all()


@pytest.mark.parametrize("size", [(224, 224), (160, 320), (320, 160)])
def test_the_whole_body_and_the_hands_stay_in_the_picture(size):
    settings = CameraSettings(upper_body=0.0)
    for seed in range(40):
        camera = frame_camera(POINTS, HANDS, np.random.default_rng(seed), settings=settings, size=size)
        assert inside(camera, POINTS, settings.margin)
        assert inside(camera, HANDS, settings.margin)


def test_an_upper_body_framing_keeps_the_hands_and_comes_nearer():
    near = CameraSettings(upper_body=1.0)
    far = CameraSettings(upper_body=0.0)
    for seed in range(20):
        camera = frame_camera(POINTS, HANDS, np.random.default_rng(seed), settings=near, size=SQUARE)
        whole = frame_camera(POINTS, HANDS, np.random.default_rng(seed), settings=far, size=SQUARE)
        assert inside(camera, HANDS, near.margin)
        assert np.hypot(*camera.position[[0, 2]]) < np.hypot(*whole.position[[0, 2]])


def test_the_lens_stands_within_the_heights_and_azimuths_asked_for():
    settings = CameraSettings(azimuth_degrees=(80.0, 100.0), height_m=(1.2, 1.3))
    for seed in range(10):
        camera = frame_camera(POINTS, HANDS, np.random.default_rng(seed), settings=settings, size=SQUARE)
        assert 1.2 <= camera.position[1] <= 1.3
        assert camera.position[0] > abs(camera.position[2])


def test_the_same_seed_gives_the_same_camera():
    one, two = (
        frame_camera(POINTS, HANDS, np.random.default_rng(7), settings=CameraSettings(), size=SQUARE) for _ in range(2)
    )
    assert one.extrinsics().tobytes() == two.extrinsics().tobytes()


def test_a_person_who_runs_too_far_is_a_failed_shot():
    run = POINTS + np.linspace(0, 80, 5, dtype=np.float32)[:, None, None] * np.array([1, 0, 0], np.float32)
    with pytest.raises(ShotFailed, match="keeps the person in a picture") as caught:
        frame_camera(run, run[:, :2], np.random.default_rng(0), settings=CameraSettings(), size=SQUARE)
    assert caught.value.reason == "framing"
