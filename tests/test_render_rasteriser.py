import hashlib
import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthgest.body.surface import PATTERNS, plain
from synthgest.errors import FrameError
from synthgest.render.mesh import MovingMesh
from synthgest.render.rasteriser import Renderer
from synthgest.render.setting import Setting
from synthgest.scene.camera import Camera, looking
from synthgest.scene.light import Light, towards
from synthgest.scene.place import Backdrop

ONE = np.ones(3, np.float32)
CAMERA = Camera(
    width=64,
    height=64,
    yfov=np.pi / 2,
    position=np.array([0.0, 1.0, 2.0]),
    rotation=looking(np.array([0.0, 0.0, -1.0]), roll=0.0),
)
EVEN = Light(direction=towards(0.0, 0.8), colour=ONE * 0, sky=ONE * 0.5, ground=ONE * 0.5)
SUNNY = Light(direction=towards(0.4, 0.8), colour=ONE * 0.6, sky=ONE * 0.4, ground=ONE * 0.2)
RNG = np.random.default_rng(0)
BEHIND = RNG.random((1, 64, 64, 3), dtype=np.float32)


def setting(light=EVEN, images=BEHIND, floor=0.0, **more):
    return Setting(
        light=light, backdrop=Backdrop(images=images, floor=np.full((64, 64), floor, np.float32)), seen=CAMERA, **more
    )


def square(z=0.0, *, back=False, parts=1):
    """One square metre that faces the camera, 0.5 to 1.5 m above the floor: 16 pixels a side from 2 m away."""
    steps = np.linspace(0, 1, parts + 1, dtype=np.float32)
    y, x = (side.ravel() for side in np.meshgrid(steps, steps, indexing="ij"))
    corners = np.stack([x - 0.5, y + 0.5, np.full_like(x, z)], axis=1)
    number = np.arange((parts + 1) ** 2).reshape(parts + 1, -1)
    a, b, c, d = (part.ravel() for part in (number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]))
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int32)
    return corners, faces[:, ::-1] if back else faces


def surroundings(frame):
    """Pixels that no part of the person touches."""
    return cv2.dilate(frame.mask.astype(np.uint8), np.ones((3, 3))) == 0


def moving(frames, faces, colour=(0.5, 0.5, 0.5)):
    vertices = np.asarray(frames, np.float32)
    normals = np.zeros_like(vertices)
    normals[..., 2] = 1
    return MovingMesh(
        vertices=vertices,
        normals=normals,
        faces=np.ascontiguousarray(faces),
        surface=plain(np.tile(np.float32(colour), (vertices.shape[1], 1)), vertices[0]),
    )


def body(seed=0, frames=3):
    rng = np.random.default_rng(seed)
    corners, faces = square()
    shifts = rng.uniform(-0.3, 0.3, (frames, 1, 3)).astype(np.float32)
    return moving(corners + shifts, faces, rng.uniform(0.2, 0.8, 3))


@pytest.fixture(scope="module")
def renderer():
    with Renderer(64, 64) as opened:
        yield opened


def drawn(renderer, mesh, where=None, **more):
    return list(renderer.draw(mesh, [CAMERA], where or setting(), **more))


@pytest.mark.parametrize("back", [False, True])
def test_a_square_covers_the_pixels_that_a_hand_calculation_says_from_either_side(renderer, back):
    corners, faces = square(back=back)
    (frame,) = drawn(renderer, moving([corners], faces))
    expected = np.zeros((64, 64), bool)
    expected[24:40, 24:40] = True
    np.testing.assert_array_equal(frame.mask, expected)


def test_around_the_person_the_place_is_as_it_was(renderer):
    (frame,) = drawn(renderer, body(frames=1))
    around = surroundings(frame)
    np.testing.assert_array_equal(frame.picture[around], BEHIND[0][around])


def test_an_opaque_person_hides_the_place(renderer):
    mesh = body(frames=1)
    (one,), (two,) = (drawn(renderer, mesh, setting(images=images)) for images in (BEHIND, 1 - BEHIND))
    inner = cv2.erode(one.mask.astype(np.uint8), np.ones((3, 3))) == 1
    np.testing.assert_allclose(one.picture[inner], two.picture[inner], atol=1e-6)


def test_depth_is_in_metres_and_zero_outside(renderer):
    corners, faces = square(z=0.5)
    (frame,) = drawn(renderer, moving([corners], faces))
    np.testing.assert_allclose(frame.depth[frame.mask], 1.5, atol=0.002)
    assert (frame.depth[~frame.mask] == 0).all()


def test_brighter_light_gives_a_brighter_person(renderer):
    mesh = body(frames=1)
    dim = replace(EVEN, sky=ONE * 0.2, ground=ONE * 0.2)
    (bright,), (dark,) = (drawn(renderer, mesh, setting(light)) for light in (EVEN, dim))
    assert bright.picture[bright.mask].mean() > 1.3 * dark.picture[dark.mask].mean()


def test_a_matt_grey_in_even_light_has_the_brightness_that_its_albedo_gives(renderer):
    corners, faces = square(parts=30)
    (frame,) = drawn(renderer, moving([corners], faces, (0.5, 0.5, 0.5)))
    # sRGB 0.5 is 0.214 linear; half of white light makes 0.107, sRGB 0.36, but for gloss and occlusion
    assert 0.33 < frame.picture[32, 32].mean() < 0.42


def test_the_nearer_surface_hides_the_farther_one(renderer):
    near, faces = square(z=0.3)
    far, _ = square(z=-0.3)
    mesh = moving(np.concatenate([far, near])[None], np.concatenate([faces, faces + 4]))
    mesh.surface.colour[:4] = (1, 0, 0)
    mesh.surface.colour[4:] = (0, 1, 0)
    red, green, _ = drawn(renderer, mesh)[0].picture[32, 32]
    assert green > 0.25
    assert red < 0.15


def test_a_frame_after_others_equals_that_frame_alone(renderer):
    mesh = body(frames=3)
    where = setting(SUNNY, floor=1.0, span=mesh.vertices)
    together = drawn(renderer, mesh, where)
    (single,) = drawn(renderer, mesh, where, frames=[2])
    np.testing.assert_array_equal(together[2].picture, single.picture)
    np.testing.assert_array_equal(together[2].depth, single.depth)


def test_a_clip_does_not_depend_on_the_clips_drawn_before(renderer):
    first = fingerprint(renderer)
    drawn(renderer, body(seed=9, frames=4))
    assert fingerprint(renderer) == first


def test_two_processes_draw_the_same_bytes(renderer):
    script = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_render_rasteriser import Renderer, fingerprint\n"
        "with Renderer(64, 64) as renderer: print(fingerprint(renderer))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == fingerprint(renderer)


def fingerprint(renderer):
    frames = drawn(renderer, body(seed=1), setting(SUNNY, floor=1.0, shutter=0.5))
    return hashlib.sha256(b"".join(frame.picture.tobytes() + frame.depth.tobytes() for frame in frames)).hexdigest()


def test_the_sun_does_not_reach_what_stands_behind_something(renderer):
    back, faces = square(z=0.0, parts=30)
    front = back + np.float32([0.0, 0.0, 0.6])
    low_sun = Light(direction=towards(0.0, 0.4), colour=ONE * 0.8, sky=ONE * 0.1, ground=ONE * 0.1)
    alone = moving([back], faces)
    both = moving(np.concatenate([back, front])[None], np.concatenate([faces, faces + len(back)]))
    above = Camera(
        width=64,
        height=64,
        yfov=1.2,
        position=np.array([0.0, 2.2, 1.2]),
        rotation=looking(np.array([0.0, -1.0, -1.0]), roll=0),
    )  # sees the upper part of the square behind, over the one in front
    where = replace(setting(low_sun), seen=above)
    (open_,), (shaded,) = (list(renderer.draw(mesh, [above], where)) for mesh in (alone, both))
    column, row = above.project(np.array([0.0, 1.2, 0.0])).astype(int)
    assert shaded.picture[row, column].mean() < 0.7 * open_.picture[row, column].mean()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_draws(renderer, pattern):
    corners, faces = square()
    mesh = moving([corners], faces, (0.6, 0.3, 0.2))
    mesh.surface.accent[:] = (0.1, 0.2, 0.7)
    mesh.surface.uv[:] = corners[:, :2] * 4
    mesh.surface.finish[:] = (PATTERNS.index(pattern), 0.5, 0.5)
    (frame,) = drawn(renderer, mesh)
    assert np.isfinite(frame.picture).all()
    assert frame.picture[frame.mask].mean() > 0.1


def test_stripes_have_the_period_of_their_coordinates(renderer):
    corners, faces = square(parts=30)
    mesh = moving([corners], faces, (1, 1, 1))
    mesh.surface.accent[:] = 0
    mesh.surface.uv[:, 1] = (corners[:, 1] - 0.5) * 2  # two periods over the square's sixteen rows
    mesh.surface.finish[:, 0] = PATTERNS.index("stripes")
    column = drawn(renderer, mesh)[0].picture[24:40, 32, 0]
    # the accent comes first in each period, counted from below
    bright = column[::-1].reshape(4, 4).mean(axis=1) > 0.3
    assert bright.tolist() == [False, True, False, True]


def test_what_moves_is_smeared_as_far_as_it_goes_while_the_shutter_is_open(renderer):
    corners, faces = square()
    step = np.float32([1.0, 0.0, 0.0])  # sixteen pixels a frame
    mesh = moving([corners - step / 2, corners + step / 2], faces)
    white = setting(images=np.ones((1, 64, 64, 3), np.float32))
    sharp, smeared = (
        drawn(renderer, mesh, replace(white, shutter=shutter))[1].picture[32, :, 0] for shutter in (0, 0.5)
    )
    partly = (smeared > sharp.min() + 0.05) & (smeared < 0.95)
    # half of sixteen pixels at either edge, of which the ends hardly differ from place and person; limited by the tile's reach
    assert not ((sharp > sharp.min() + 0.05) & (sharp < 0.95)).any()
    assert 6 <= partly.sum() <= 18


def test_what_stands_still_is_sharp_with_an_open_shutter(renderer):
    corners, faces = square()
    mesh = moving([corners, corners], faces)
    one, two = (drawn(renderer, mesh, setting(shutter=shutter))[1].picture for shutter in (0.0, 0.9))
    np.testing.assert_array_equal(one, two)


def test_a_turning_camera_sees_the_backdrop_turn(renderer):
    corners, faces = square(z=-1.0)
    turned = replace(CAMERA, rotation=looking(np.array([0.3, 0.0, -1.0]), roll=0.0))
    level = np.linspace(0, 1, 64, dtype=np.float32)
    images = np.broadcast_to(level[None, None, :, None], (1, 64, 64, 3)).copy()
    (frame,) = renderer.draw(moving([corners], faces), [turned], setting(images=images))
    # the middle of the turned picture looks along x / -z = 0.3: pixel 32 + 32 * 0.3 of the backdrop
    assert frame.picture[2, 32, 0] == pytest.approx((32 + 32 * 0.3) / 64, abs=0.02)


def test_a_moving_backdrop_moves(renderer):
    images = RNG.random((2, 64, 64, 3), dtype=np.float32)
    frames = drawn(renderer, body(frames=2), setting(images=images))
    for frame, image in zip(frames, images, strict=True):
        around = surroundings(frame)
        np.testing.assert_allclose(frame.picture[around], image[around], atol=1e-6)


def test_a_backdrop_of_another_size_is_refused(renderer):
    with pytest.raises(FrameError, match="the backdrop is"):
        drawn(renderer, body(), setting(images=np.zeros((1, 32, 64, 3), np.float32)))


def test_a_mesh_of_the_wrong_shape_or_with_nan_is_refused():
    corners, faces = square()
    with pytest.raises(FrameError, match="surface of the mesh"):
        MovingMesh(vertices=corners[None], normals=corners[None], faces=faces, surface=plain(corners[:2], corners))
    with pytest.raises(FrameError, match="NaN"):
        moving([corners * np.nan], faces)
