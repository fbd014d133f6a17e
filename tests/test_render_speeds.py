import numpy as np

from synthgest.render.speeds import Speeds, around
from synthgest.scene.camera import Camera, looking

SIZE = (128, 96)
CAMERA = Camera(
    width=128, height=96, yfov=1.0, position=np.array([0.0, 1.0, 3.0]), rotation=looking(np.array([0, 0, -1.0]), roll=0)
)
TOP_DOWN = np.diag([1.0, -1.0, 1.0, 1.0]) @ CAMERA.clip(0.1, 60.0)
POINTS = np.random.default_rng(0).uniform([-0.3, 0.7, -0.1], [0.3, 1.3, 0.1], (500, 3)).astype(np.float32)
PIXELS = CAMERA.project(POINTS)
FOOTPRINT = 3 / CAMERA.focal


def test_the_window_of_the_person_holds_all_of_its_points():
    rows, columns = Speeds(SIZE, 0.0, FOOTPRINT).movement(POINTS, POINTS, TOP_DOWN, TOP_DOWN).person
    assert columns.start <= PIXELS[:, 0].min()
    assert PIXELS[:, 0].max() <= columns.stop
    assert rows.start <= PIXELS[:, 1].min()
    assert PIXELS[:, 1].max() <= rows.stop


def test_what_stands_still_or_a_closed_shutter_smears_nothing():
    moved = POINTS + np.float32([0.1, 0, 0])
    assert Speeds(SIZE, 0.5, FOOTPRINT).movement(POINTS, POINTS, TOP_DOWN, TOP_DOWN).smeared is None
    assert Speeds(SIZE, 0.0, FOOTPRINT).movement(moved, POINTS, TOP_DOWN, TOP_DOWN).smeared is None


def test_movement_is_that_of_the_pixels_while_the_shutter_is_open():
    moved = POINTS + np.float32([0.1, 0, 0])
    movement = Speeds(SIZE, 0.5, FOOTPRINT).movement(moved, POINTS, TOP_DOWN, TOP_DOWN)
    way = (CAMERA.project(moved) - PIXELS)[:, 0] * 0.5
    tiles = movement.fastest[movement.fastest.any(axis=-1)]
    assert tiles[:, 0].min() >= way.min() - 1e-3
    assert tiles[:, 0].max() <= way.max() + 1e-3
    assert np.abs(tiles[:, 1]).max() < 0.01


def test_a_part_that_moves_is_smeared_around_itself_only():
    moved = POINTS.copy()
    part = POINTS[:, 0] > 0.2
    moved[part] += np.float32([0.1, 0, 0])
    rows, columns = Speeds(SIZE, 0.5, FOOTPRINT).movement(moved, POINTS, TOP_DOWN, TOP_DOWN).smeared
    assert columns.start > SIZE[0] / 4
    assert columns.stop >= CAMERA.project(moved)[part, 0].max()
    assert rows.start < rows.stop


def test_a_window_around_windows_holds_them():
    one, two = (slice(2, 5), slice(10, 20)), (slice(4, 9), slice(0, 12))
    assert around([one, two]) == (slice(2, 9), slice(0, 20))
