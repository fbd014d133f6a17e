import numpy as np
import pytest

from synthgest.scene.camera import Camera, looking


def camera(*, position=(0.0, 1.0, 2.0), forward=(0.0, 0.0, -1.0), roll=0.0, width=64, height=48, yfov=np.pi / 2):
    return Camera(
        width=width,
        height=height,
        yfov=yfov,
        position=np.array(position),
        rotation=looking(np.array(forward), roll=roll),
    )


def test_a_point_on_the_axis_is_in_the_middle_of_the_picture():
    assert camera().project(np.array([0.0, 1.0, 0.0])) == pytest.approx([32, 24])


def test_a_metre_to_the_side_is_a_focal_length_over_the_distance_away():
    # 90 degrees over 48 pixels: the focal length is 24 pixels, and two metres away a metre is 12 of them
    seen = camera().project(np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 0.0]]))
    np.testing.assert_allclose(seen, [[44, 24], [32, 12]], atol=1e-4)


def test_a_point_behind_the_camera_has_no_pixel():
    assert np.isnan(camera().project(np.array([0.0, 1.0, 3.0]))).all()


def test_depth_is_the_distance_along_the_axis():
    np.testing.assert_allclose(camera().depths(np.array([[5.0, 1.0, -1.0], [0.0, 0.0, 0.0]])), [3, 2])


def test_the_matrices_project_as_the_camera_does():
    seen = camera(position=(0.7, 1.4, 2.5), forward=(-0.3, -0.2, -1.0), roll=0.1)
    points = np.random.default_rng(0).uniform(-0.8, 0.8, (50, 3))
    local = points @ seen.extrinsics()[:3, :3].T + seen.extrinsics()[:3, 3]
    pixels = local @ seen.intrinsics().T
    np.testing.assert_allclose(pixels[:, :2] / pixels[:, 2:], seen.project(points), atol=1e-3)


def test_rays_go_through_the_centres_of_the_pixels():
    seen = camera(position=(0.7, 1.4, 2.5), forward=(-0.3, -0.2, -1.0), roll=0.1)
    pixels = seen.project(seen.position + 3.0 * seen.rays())
    columns, rows = np.meshgrid(np.arange(64) + 0.5, np.arange(48) + 0.5)
    np.testing.assert_allclose(pixels, np.stack([columns, rows], axis=-1), atol=1e-3)


def test_roll_turns_the_picture_about_its_middle():
    upright, rolled = camera(), camera(roll=np.pi / 2)
    # the camera's head leans to its left, so what was above it is now at its right
    above = np.array([0.0, 2.0, 0.0])
    np.testing.assert_allclose(upright.project(above), [32, 12], atol=1e-4)
    np.testing.assert_allclose(rolled.project(above), [44, 24], atol=1e-4)


def test_a_resized_camera_sees_the_same_at_another_scale():
    point = np.array([0.4, 1.3, -0.5])
    np.testing.assert_allclose(camera().resized(2).project(point), 2 * camera().project(point), atol=1e-3)
