import numpy as np
import pytest

from synthgest.scene.camera import Camera, looking
from synthgest.scene.horizon import find_horizon
from synthgest.scene.places import sample_place

BODY = np.array([[0, 0.05, 0], [0, 1.7, 0]], np.float32)


def photograph(kind, pitch, seed):
    forward = np.array([0.0, -np.sin(pitch), -np.cos(pitch)])
    seen = Camera(
        width=480, height=320, yfov=0.9, position=np.array([0.3, 1.6, 4.5]), rotation=looking(forward, roll=0.0)
    )
    place = sample_place(np.random.default_rng(seed), kinds=(kind,), camera=seen, points=BODY)
    return place.draw(seen, frames=1, fps=25.0).images[0]


def test_the_horizon_of_rooms_and_streets_is_where_the_cameras_pitch_says():
    errors = []
    for kind in ("kitchen", "corridor", "classroom", "office", "street", "shop"):
        for seed in range(3):
            pitch = 0.03 + 0.05 * seed
            found = find_horizon(photograph(kind, pitch, seed))
            if found is not None:
                errors.append(abs(found - (0.5 - 0.5 / np.tan(0.45) * np.tan(pitch))))
    assert len(errors) >= 14
    # the assumed horizon, half of the height, would be off by 0.08 in the middle
    assert np.median(errors) < 0.015


@pytest.mark.parametrize(
    "picture", [np.full((200, 300, 3), 0.5, np.float32), np.random.default_rng(0).random((200, 300, 3), np.float32)]
)
def test_a_picture_without_lines_that_run_together_tells_no_horizon(picture):
    assert find_horizon(picture) is None


def test_lines_drawn_towards_a_point_put_the_horizon_on_it():
    picture = np.full((240, 320, 3), 0.2, np.float32)
    rows, columns = np.mgrid[:240, :320]
    turn = np.arctan2(rows - 80.0, columns - 160.0)
    picture[np.mod(turn / 0.2, 1) < 0.5] = 0.8
    assert find_horizon(picture) == pytest.approx(80 / 240, abs=0.01)
