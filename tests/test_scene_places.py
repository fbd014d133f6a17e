import hashlib
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from synthgest.errors import SpecError
from synthgest.gestures import load_gestures
from synthgest.scene.camera import Camera, looking
from synthgest.scene.clearing import clearing
from synthgest.scene.places import KINDS, chosen_kinds, fitting_kinds, sample_place
from synthgest.scene.shapes import moved, piece, post, turned

BODY = np.array([[0, 0.05, 0], [0, 1.75, 0], [0.8, 1.4, 0], [-0.8, 1.4, 0], [0, 1.2, 0.5]], np.float32)


def camera(*, height=1.5, away=4.0, azimuth=0.0, size=64, yfov=0.9):
    position = np.array([away * np.sin(azimuth), height, away * np.cos(azimuth)])
    forward = np.array([0.0, 1.0, 0.0]) - position
    rotation = looking(forward / np.linalg.norm(forward), roll=0.0)
    return Camera(width=size, height=size, yfov=yfov, position=position, rotation=rotation)


def place(kind, seed=0, *, seen=None, hours=None, points=BODY):
    rng = np.random.default_rng(seed)
    return sample_place(rng, kinds=(kind,), camera=seen or camera(), points=points, hours=hours)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_finite_still_in_range_with_floor_under_the_person(kind):
    for seed, seen in enumerate((camera(), camera(height=9.0, away=5.0, azimuth=2.5))):
        drawn = place(kind, seed, seen=seen)
        backdrop = drawn.draw(seen, frames=3, fps=25.0)
        assert backdrop.images.shape == (1, 64, 64, 3)
        assert backdrop.images.dtype == backdrop.floor.dtype == np.float32
        assert np.isfinite(backdrop.images).all()
        assert backdrop.images.min() >= 0
        assert backdrop.images.max() <= 1
        assert backdrop.images.std() > 0.02
        assert np.linalg.norm(drawn.light.direction) == pytest.approx(1, abs=1e-5)
        assert drawn.tags[0] == kind
        column, row = seen.project(np.array([0.0, 0.0, 0.0])).astype(int)
        assert backdrop.floor[row, column] > 0.9


def test_there_are_at_least_thirty_kinds_indoors_and_outdoors():
    assert len(KINDS) >= 30
    assert len(chosen_kinds(["indoors"])) + len(chosen_kinds(["outdoors"])) == len(KINDS)


def test_every_environment_of_the_shipped_gestures_is_a_kind():
    for gesture in load_gestures(["everyday", "rocog"]):
        for environment in gesture.environments:
            assert len(fitting_kinds(tuple(KINDS), [environment])) == 1, environment


def test_an_environment_that_is_no_kind_restricts_nothing():
    assert fitting_kinds(("street", "office"), ["the deck of a ship"]) == ("street", "office")
    assert fitting_kinds(("street", "office"), ["the deck of a ship", "an office"]) == ("office",)
    assert fitting_kinds(("street", "office"), ["a beach"]) == ("street", "office")


def test_names_aliases_and_tags_stand_for_kinds():
    assert chosen_kinds(["car park", "street"]) == chosen_kinds(["street", "parking lot"])
    assert set(chosen_kinds(["home"])) == {"living room", "bedroom", "kitchen", "dining room", "garden"}
    assert chosen_kinds(["room"]) == chosen_kinds(["indoors"])


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(SpecError, match="did you mean 'street'"):
        chosen_kinds(["stret"])
    with pytest.raises(SpecError, match="at least one"):
        chosen_kinds([])


def test_a_gestures_environments_choose_but_for_the_part_that_goes_astray():
    rng = np.random.default_rng(0)
    seen = camera(size=16)
    kinds = ("office", "street", "park", "beach")
    drawn = [
        sample_place(rng, kinds=kinds, camera=seen, points=BODY, environments=["an office"], astray=0.4).tags[0]
        for _ in range(100)
    ]
    # an office in 0.6 + 0.4 / 4 = 0.7 of all; three standard deviations of a share of 100 are 0.14
    assert Counter(drawn)["office"] / 100 == pytest.approx(0.7, abs=0.14)
    assert set(drawn) == set(kinds)


def test_a_camera_high_up_is_given_the_open_air_or_a_hall():
    high = camera(height=6.0, away=4.0)
    rng = np.random.default_rng(1)
    drawn = {sample_place(rng, kinds=("indoors",), camera=high, points=BODY).tags[0] for _ in range(20)}
    assert drawn <= {"gym", "warehouse"}
    assert place("bedroom", seen=high).tags[0] == "bedroom"


def holds(drawn, seen, points):
    """Whether all points and the camera lie between the walls."""
    every = turned(np.vstack([points, seen.position[None]]).astype(np.float32), -drawn.yaw)
    low, high = np.array(drawn.walls)
    return bool((every > low - 1e-3)[:, [0, 2]].all() and (every < high + 1e-3).all())


@pytest.mark.parametrize("kind", ["corridor", "bedroom", "gym", "kitchen"])
def test_a_room_grows_around_camera_and_way(kind):
    far = camera(height=2.0, away=11.0, azimuth=-2.0)
    way = np.vstack([BODY, BODY + np.float32([2.5, 0, 0]), BODY - np.float32([2.5, 0, 0])])
    for seed in range(6):
        assert holds(place(kind, seed, seen=far, points=way), far, way)


def line_meets(solid, begin, end):
    """Whether any of 400 points of a line lies inside a solid."""
    points = begin + (end - begin) * np.linspace(0, 1, 400)[:, None]
    return bool(((points @ solid.normals.T - solid.offsets) < 0).all(axis=1).any())


@pytest.mark.parametrize("kind", ["street", "forest clearing", "warehouse", "living room", "training ground"])
def test_nothing_stands_between_camera_and_person_nor_on_the_way(kind):
    seen = camera(height=1.4, away=7.0, azimuth=0.7)
    for seed in range(4):
        drawn = place(kind, seed, seen=seen)
        eye, body = turned(seen.position.astype(np.float32), -drawn.yaw), turned(BODY, -drawn.yaw)
        standing = [solid for solid in drawn.solids if solid.corners[:, 1].max() > 0.05]
        assert standing
        for solid in standing:
            assert not any(line_meets(solid, eye, point) for point in body)
            if solid.corners[:, 1].min() < 2.0:
                middle = np.array([[0.0, up, 0.0] for up in (0.1, 0.5, 1.0, 1.5)], np.float32)
                assert not ((middle @ solid.normals.T - solid.offsets) < 0.4).all(axis=1).any()


def test_a_post_before_the_camera_is_in_the_way_and_one_beside_it_is_not():
    free = clearing(np.array([0.0, 1.5, 5.0]), BODY, gap=1.0)
    pole = piece(post(0, 0, 0.1, 0, 3, (0.5, 0.5, 0.5)))
    assert free.blocked(moved(pole, 0.0, 2.5))
    assert free.blocked(moved(pole, 0.5, 0.5))
    assert free.blocked(moved(pole, 0.0, 5.2))
    assert not free.blocked(moved(pole, 2.5, 2.5))
    assert not free.blocked(moved(pole, 0.0, -3.0))


@pytest.mark.parametrize("pitch", [0.0, 0.1, 0.25])
def test_the_ground_outdoors_begins_at_the_horizon_that_the_pitch_says(pitch):
    rotation = looking(np.array([0.0, -np.sin(pitch), -np.cos(pitch)]), roll=0.0)
    seen = Camera(width=96, height=96, yfov=0.9, position=np.array([0.0, 1.5, 4.0]), rotation=rotation)
    floor = place("desert", 3, seen=seen).draw(seen, frames=1, fps=25.0).floor
    # the horizon lies a focal length times the tangent of the pitch above the middle
    horizon = 48 - 48 / np.tan(0.45) * np.tan(pitch)
    first = np.argmax(floor > 0.5, axis=0)
    assert np.median(first) == pytest.approx(horizon, abs=2)


def test_places_of_one_kind_and_different_seeds_look_different():
    pictures = [place("office", seed).draw(camera(), frames=1, fps=25.0).images for seed in range(6)]
    assert len({hashlib.sha256(picture.tobytes()).hexdigest() for picture in pictures}) == 6


def fingerprint():
    drawn = [place(kind, 2).draw(camera(), frames=1, fps=25.0) for kind in ("living room", "park", "street")]
    return hashlib.sha256(b"".join(each.images.tobytes() + each.floor.tobytes() for each in drawn)).hexdigest()


def test_the_same_places_are_drawn_in_another_process():
    script = "import sys; sys.path.insert(0, 'tests')\nfrom test_scene_places import fingerprint\nprint(fingerprint())"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == fingerprint()
