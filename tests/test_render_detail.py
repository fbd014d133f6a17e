import numpy as np

from synthgest.body.surface import PATTERNS, plain
from synthgest.render.detail import shadow_faces, visible_detail
from synthgest.render.mesh import MovingMesh

PARTS = 40


def sheet(pattern="plain", y=0.0):
    """One square metre of 40 x 40 squares, 2.5 cm a side, whose left half is black and right half white."""
    steps = np.linspace(0, 1, PARTS + 1, dtype=np.float32)
    height, across = (side.ravel() for side in np.meshgrid(steps, steps, indexing="ij"))
    place = np.stack([across - 0.5, height + y, np.zeros_like(across)], axis=1)
    number = np.arange((PARTS + 1) ** 2).reshape(PARTS + 1, -1)
    a, b, c, d = (part.ravel() for part in (number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]))
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int32)
    surface = plain(np.repeat((across > 0.5)[:, None], 3, axis=1).astype(np.float32), place)
    surface.finish[:, 0] = PATTERNS.index(pattern)
    normals = np.tile(np.float32([0, 0, 1]), (len(place), 1))
    return MovingMesh(vertices=place[None], normals=normals[None], faces=faces, surface=surface)


def faces_of(detail):
    return np.concatenate([lot.faces for lot in detail.lots])


def test_triangles_larger_than_a_pixel_all_stay():
    assert len(faces_of(visible_detail(sheet(), footprint=0.005))) == 2 * PARTS**2


def test_triangles_finer_than_a_pixel_are_merged_into_about_as_many_as_pixels_show():
    count = len(faces_of(visible_detail(sheet(), footprint=0.08)))
    # cells of 1.25 x 8 cm: ten a side; the border of 160 vertices stays, with a triangle or two for each
    assert 2 * 10**2 < count < 2 * 10**2 + 3 * 160


def test_what_lies_on_an_edge_stays_so_that_panels_that_meet_do_not_part():
    mesh = sheet()
    kept = np.unique(faces_of(visible_detail(mesh, footprint=0.08)))
    place = mesh.surface.place
    edge = np.flatnonzero((np.abs(place[:, 0]) == 0.5) | (place[:, 1] == 0) | (place[:, 1] == 1))
    assert set(edge.tolist()) <= set(kept.tolist())


def test_merged_vertices_have_the_mean_of_their_colours():
    detail = visible_detail(sheet(), footprint=0.08)
    assert abs(detail.colours[:, 0].mean() - 0.49) < 0.01  # 20 of 41 columns are white
    assert ((detail.colours[:, 0] > 0.05) & (detail.colours[:, 0] < 0.95)).any()


def test_hair_is_seen_from_both_sides_and_skin_from_outside():
    for pattern, inside in (("strands", True), ("skin", False)):
        assert {lot.inside for lot in visible_detail(sheet(pattern), footprint=0.005).lots} == {inside}


def test_cloth_is_seen_from_within_near_its_edges_only():
    detail = visible_detail(sheet(), footprint=0.005)
    shares = {lot.inside: len(lot.faces) for lot in detail.lots}
    assert 0 < shares[True] < shares[False]


def test_threads_that_no_pixel_shows_are_drawn_plain():
    for footprint, drawn_as in ((0.002, "denim"), (0.02, "plain")):
        assert {lot.pattern for lot in visible_detail(sheet("denim"), footprint).lots} == {PATTERNS.index(drawn_as)}


def test_a_shadow_needs_fewer_triangles_over_the_same_area():
    fine = sheet()
    place = fine.surface.place
    a, b, c = (place[shadow_faces(fine)[:, corner]] for corner in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    assert len(shadow_faces(fine)) <= len(fine.faces)
    assert abs(area - 1.0) < 0.06
