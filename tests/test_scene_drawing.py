import numpy as np
import pytest

from synthgest.scene.camera import Camera, looking
from synthgest.scene.noise import Noise
from synthgest.scene.shade import Key, cast
from synthgest.scene.shapes import Ball, box, hull, moved, piece, post, tapered
from synthgest.scene.terrain import area, band, strokes
from synthgest.scene.tracing import FACES, FLOOR, SKY, WALLS, trace

GREY = (0.5, 0.5, 0.5)


def camera(forward=(0.0, 0.0, -1.0), position=(0.0, 1.5, 5.0)):
    return Camera(
        width=81, height=81, yfov=1.0, position=np.array(position), rotation=looking(np.array(forward), roll=0.0)
    )


def seen(solids=(), balls=(), walls=None, eye=None):
    return trace(eye or camera(), walls, solids, balls, Noise(np.random.default_rng(0)))


def test_a_box_has_six_faces_whose_planes_hold_its_corners():
    solid = box((-1, 0, -2), (1, 3, 2), GREY)
    # from the corners themselves: widths of 2, 3 and 4 metres
    assert sorted(np.round(solid.normals).astype(int).tolist()) == sorted(
        [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
    )
    assert solid.offsets.sum() == pytest.approx(2 + 3 + 4)


def test_the_sides_of_a_roof_lean_inwards():
    roof = tapered((-3, 0, -2), (3, 2, 2), (0, 2), GREY)
    slopes = roof.normals[np.abs(roof.normals[:, 2]) > 0.1]
    # a roof as high as half its depth leans at 45 degrees
    np.testing.assert_allclose(np.abs(slopes[:, 1:]), np.sqrt(0.5), atol=1e-5)
    assert (slopes[:, 1] > 0).all()


def test_a_moved_piece_stands_where_it_was_moved_to():
    thing = moved(piece(box((0, 0, 0), (1, 1, 2), GREY)), 5.0, -3.0, np.pi / 2)
    corners = thing.solids[0].corners
    # a quarter turn takes +z to +x and +x to -z
    np.testing.assert_allclose(corners.min(axis=0), [5, 0, -4], atol=1e-5)
    np.testing.assert_allclose(corners.max(axis=0), [7, 1, -3], atol=1e-5)
    assert ((corners @ thing.solids[0].normals.T - thing.solids[0].offsets) < 1e-5).all()


def test_a_ray_meets_the_front_of_a_box_at_its_distance():
    found = seen([box((-1, 0, -2), (1, 3, -1), GREY)])
    assert found.code[40, 40] >= FACES
    assert found.distance[40, 40] == pytest.approx(6.0, abs=1e-3)


def test_the_nearer_of_two_boxes_is_seen_whichever_comes_first():
    near, far = box((-1, 0, -1), (1, 3, 0), GREY), box((-2, 0, -4), (2, 3, -3), GREY)
    for solids in ([near, far], [far, near]):
        assert seen(solids).distance[40, 40] == pytest.approx(5.0, abs=1e-3)


def test_a_box_covers_the_pixels_between_its_projected_corners():
    solid = box((-0.5, 0.5, -1), (0.5, 2.5, -0.999), GREY)
    eye = camera()
    inside = seen([solid]).code >= FACES
    low, high = eye.project(solid.corners).min(axis=0), eye.project(solid.corners).max(axis=0)
    rows, columns = np.nonzero(inside)
    np.testing.assert_allclose([columns.min(), rows.min()], low, atol=1.5)
    np.testing.assert_allclose([columns.max() + 1, rows.max() + 1], high, atol=1.5)


def test_a_smooth_ball_covers_the_disc_of_its_radius():
    ball = Ball(centre=(0, 1.5, 0), radius=1.0, half=1.0, colour=GREY, ragged=0.0, seed=0.0)
    found = seen(balls=[ball])
    # seen from 5 m a ball of 1 m fills a cone of asin(1/5); pixels of a disc of radius focal * tan of it
    radius = 40.5 / np.tan(0.5) * np.tan(np.arcsin(0.2))
    assert (found.code >= FACES).sum() == pytest.approx(np.pi * radius**2, rel=0.06)
    assert found.distance[40, 40] == pytest.approx(4.0, abs=1e-2)


def test_outdoors_all_below_the_horizon_is_floor_and_all_above_is_sky():
    found = seen()
    assert (found.code[:39] == SKY).all()
    assert (found.code[42:] == FLOOR).all()


def test_in_a_room_the_wall_that_is_looked_at_is_seen():
    walls = ((-3.0, 0.0, -2.0), (3.0, 2.6, 6.0))
    assert seen(walls=walls).code[40, 40] == WALLS + 2
    assert seen(walls=walls).distance[40, 40] == pytest.approx(7.0, abs=1e-3)
    assert seen(walls=walls, eye=camera((1.0, 0.0, -0.01))).code[40, 40] == WALLS + 1


def test_a_shadow_falls_away_from_the_sun_as_long_as_its_height_says():
    pole = post(0, 0, 0.1, 0, 2.0, GREY)
    sun = np.array([np.sqrt(0.5), np.sqrt(0.5), 0.0], np.float32)
    shade = cast([pole], [], Key(direction=sun, at=None, spread=0.01), (0.0, 0.0), 8.0)
    x = np.array([-1.0, -1.8, -2.5, 1.0], np.float32)
    shadow, _ = shade(x, np.zeros(4, np.float32))
    # at 45 degrees a pole of 2 m throws 2 m of shadow to the other side
    assert shadow[0] > 0.6
    assert shadow[1] > 0.3
    assert shadow[2] < 0.15
    assert shadow[3] < 0.05


def test_the_floor_is_dim_close_to_what_stands_on_it():
    shade = cast(
        [box((-1, 0, -1), (1, 1, 1), GREY)], [], Key(direction=np.float32([0, 1, 0]), at=None, spread=0.1), (0, 0), 8
    )
    _, closed = shade(np.array([1.05, 1.4, 4.0], np.float32), np.zeros(3, np.float32))
    assert closed[0] > closed[1] > closed[2]
    assert closed[2] == 0


def test_masks_of_the_ground_cover_what_they_say():
    # 16 pixels a metre, the middle of 1,024 at the origin
    road = band(2.0, -3.0)
    assert (road > 127).any(axis=1).sum() == pytest.approx(5 * 16, abs=1)
    assert (area([(-1, -1), (1, -1), (1, 1), (-1, 1)]) > 127).sum() == pytest.approx(32 * 32, rel=0.1)
    whole, broken = (strokes([((-20, 0), (20, 0))], 0.25, dash=dash).sum(dtype=float) for dash in (0.0, 2.0))
    assert broken / whole == pytest.approx(0.5, abs=0.08)


def test_a_hull_between_rings_of_different_size_holds_all_its_corners():
    solid = hull([(-2, -1), (2, -1), (2, 1), (-2, 1)], [(-1, -0.5), (1, -0.5), (1, 0.5), (-1, 0.5)], 0, 2, GREY)
    assert ((solid.corners @ solid.normals.T - solid.offsets) < 1e-5).all()
    np.testing.assert_allclose(np.linalg.norm(solid.normals, axis=1), 1, atol=1e-5)
