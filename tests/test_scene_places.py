import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from synthgest.scene.camera import Camera, looking
from synthgest.scene.fields import sample_field
from synthgest.scene.rooms import sample_room
from synthgest.scene.solids import turned


def camera(pitch=0.1, *, size=96, azimuth=0.0, roll=0.0):
    forward = np.array([-np.sin(azimuth) * np.cos(pitch), -np.sin(pitch), -np.cos(azimuth) * np.cos(pitch)])
    position = np.array([3.5 * np.sin(azimuth), 1.5, 3.5 * np.cos(azimuth)])
    return Camera(width=size, height=size, yfov=0.9, position=position, rotation=looking(forward, roll=roll))


@pytest.mark.parametrize("sample", [sample_room, sample_field])
def test_every_place_is_a_finite_still_in_range_with_light_from_above(sample):
    for seed in range(12):
        place = sample(np.random.default_rng(seed))
        backdrop = place.draw(camera(size=48), frames=3, fps=25.0)
        assert backdrop.images.shape == (1, 48, 48, 3)
        assert backdrop.images.dtype == backdrop.floor.dtype == np.float32
        assert np.isfinite(backdrop.images).all()
        assert backdrop.images.min() >= 0
        assert backdrop.images.max() <= 1
        assert np.linalg.norm(place.light.direction) == pytest.approx(1, abs=1e-5)
        assert place.light.direction[1] > 0.3
        assert place.name
        assert place.tags


@pytest.mark.parametrize("sample", [sample_room, sample_field])
def test_places_of_different_seeds_look_different(sample):
    pictures = [sample(np.random.default_rng(seed)).draw(camera(size=48), frames=1, fps=25.0) for seed in range(6)]
    hashes = {hashlib.sha256(picture.images.tobytes()).hexdigest() for picture in pictures}
    assert len(hashes) == 6


@pytest.mark.parametrize("pitch", [0.0, 0.1, 0.25])
def test_the_ground_of_a_field_begins_at_the_horizon_that_the_pitch_says(pitch):
    seen = camera(pitch)
    field = replace(sample_field(np.random.default_rng(3)), trees=(), houses=())
    floor = field.draw(seen, frames=1, fps=25.0).floor
    first = int(np.argmax(floor[:, 48] > 0.5))
    # the horizon lies a focal length times the tangent of the pitch above the middle
    horizon = 48 - 48 / np.tan(0.45) * np.tan(pitch)
    assert first == pytest.approx(horizon, abs=1.5)


@pytest.mark.parametrize("azimuth", [0.0, 0.5, np.pi])
def test_the_floor_of_a_room_ends_where_the_back_wall_stands(azimuth):
    seen = camera(0.2, azimuth=azimuth)
    room = replace(sample_room(np.random.default_rng(5)), boxes=(), yaw=azimuth, low=(-9.0, 0.0, -2.0))
    floor = room.draw(seen, frames=1, fps=25.0).floor
    foot = seen.project(turned(np.array([0.0, 0.0, -2.0], np.float32), azimuth))
    column = int(foot[0])
    assert int(np.argmax(floor[:, column] > 0.5)) == pytest.approx(foot[1], abs=1.5)
    assert floor[int(foot[1]) + 4 :, column].min() == 1


def test_the_same_room_and_field_are_drawn_in_another_process():
    script = (
        "import sys, hashlib, numpy as np; sys.path.insert(0, 'tests')\n"
        "from test_scene_places import fingerprint\n"
        "print(fingerprint())"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == fingerprint()


def fingerprint():
    parts = [
        sample(np.random.default_rng(2)).draw(camera(size=64), frames=1, fps=25.0).images.tobytes()
        for sample in (sample_room, sample_field)
    ]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_a_room_holds_what_is_between_its_walls_and_no_camera_outside():
    room = sample_room(np.random.default_rng(3))
    here = np.array([[0, 1, 0]], np.float32)
    inside = replace(camera(), position=np.array([0.0, 1.5, 2.0]))
    assert room.holds(inside, here)
    assert not room.holds(replace(inside, position=np.array([0.0, 1.5, 30.0])), here)
    assert not room.holds(inside, here + np.float32([room.high[0] - room.low[0], 0, 0]))
