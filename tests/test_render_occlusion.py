import numpy as np

from synthgest.render.occlusion import CELL, REACH, Closeness

RNG = np.random.default_rng(0)


def plate(z, count=4000):
    """Points evenly over half a metre a side at depth z; each stands for 0.25 / count square metres."""
    side = RNG.uniform(-0.25, 0.25, (count, 2)).astype(np.float32)
    return np.column_stack([side, np.full(count, z, np.float32)]).astype(np.float32)


def looked_up(closeness, grid, point):
    x, y, z = ((np.asarray(point) - closeness.low) / CELL).astype(int)
    return grid[z, y, x]


def test_a_place_between_two_plates_is_more_closed_in_than_one_before_a_plate():
    one, two = plate(0.0), np.concatenate([plate(0.0), plate(0.2)])
    open_, closed = Closeness(one[None], 0.25 / len(one)), Closeness(two[None], 0.25 / len(one))
    before = looked_up(open_, open_.grid(one), (0, 0, REACH))
    between = looked_up(closed, closed.grid(two), (0, 0, REACH))
    assert between > 1.6 * before


def test_the_count_is_the_area_in_faces_of_a_cell():
    points = plate(0.0)
    closeness = Closeness(points[None], 0.25 / len(points))
    assert np.isclose(closeness.grid(points).sum(), 0.25 / CELL**2, rtol=0.01)


def test_one_grid_holds_the_whole_clip():
    clip = np.stack([plate(0.0), plate(1.0)])
    closeness = Closeness(clip, 1e-4)
    assert closeness.grid(clip[0]).shape == closeness.grid(clip[1]).shape
