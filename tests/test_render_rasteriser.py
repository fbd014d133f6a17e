import hashlib
import subprocess
import sys

import numpy as np
import pytest

from synthgest.body.surface import plain
from synthgest.errors import FrameError
from synthgest.render.lightmap import light_map
from synthgest.render.mesh import MovingMesh
from synthgest.render.rasteriser import Renderer
from synthgest.scene.camera import Camera, looking
from synthgest.scene.light import Light, towards

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


def square(z=0.0, *, back=False):
    """One square metre that faces the camera, 0.5 to 1.5 m above the floor: 16 pixels a side from 2 m away."""
    corners = np.array([[-0.5, 0.5, z], [0.5, 0.5, z], [0.5, 1.5, z], [-0.5, 1.5, z]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    return corners, faces[:, ::-1] if back else faces


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


@pytest.mark.parametrize("back", [False, True])
def test_a_square_covers_the_pixels_that_a_hand_calculation_says_from_either_side(renderer, back):
    corners, faces = square(back=back)
    drawn = renderer.draw(moving([corners], faces), CAMERA, EVEN)
    expected = np.zeros((64, 64), bool)
    expected[24:40, 24:40] = True
    np.testing.assert_array_equal(drawn.mask[0], expected)
    np.testing.assert_array_equal(drawn.rgba[0, ..., 3] > 127, expected)


def test_depth_is_in_metres_and_zero_outside(renderer):
    corners, faces = square(z=0.5)
    drawn = renderer.draw(moving([corners], faces), CAMERA, EVEN)
    np.testing.assert_allclose(drawn.depth[0][drawn.mask[0]].astype(float), 1.5, atol=0.005)
    assert (drawn.depth[0][~drawn.mask[0]] == 0).all()


def test_brighter_light_gives_a_brighter_person(renderer):
    mesh = body(frames=1)
    dim = Light(direction=EVEN.direction, colour=ONE * 0, sky=ONE * 0.2, ground=ONE * 0.2)
    assert (
        renderer.draw(mesh, CAMERA, EVEN).rgba[..., :3].sum()
        > 1.3 * renderer.draw(mesh, CAMERA, dim).rgba[..., :3].sum()
    )


def test_the_nearer_surface_hides_the_farther_one(renderer):
    near, faces = square(z=0.3)
    far, _ = square(z=-0.3)
    vertices = np.concatenate([far, near])[None]
    mesh = moving(vertices, np.concatenate([faces, faces + 4]))
    mesh.surface.colour[:4] = (1, 0, 0)
    mesh.surface.colour[4:] = (0, 1, 0)
    red, green, _, _ = renderer.draw(mesh, CAMERA, EVEN).rgba[0, 32, 32]
    assert green > 60
    assert red < 20


def test_a_frame_after_others_equals_that_frame_alone(renderer):
    mesh = body(frames=3)
    alone = MovingMesh(vertices=mesh.vertices[2:], normals=mesh.normals[2:], faces=mesh.faces, surface=mesh.surface)
    together, single = renderer.draw(mesh, CAMERA, EVEN), renderer.draw(alone, CAMERA, EVEN)
    np.testing.assert_array_equal(together.rgba[2], single.rgba[0])
    np.testing.assert_array_equal(together.depth[2], single.depth[0])


def test_a_clip_does_not_depend_on_the_clips_drawn_before(renderer):
    first = fingerprint(renderer)
    renderer.draw(body(seed=9, frames=4), CAMERA, EVEN)
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
    drawn = renderer.draw(body(seed=1), CAMERA, SUNNY)
    arrays = (drawn.rgba, drawn.depth, drawn.shadow.sun, drawn.shadow.sky)
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def test_a_surface_under_another_one_gets_no_sun():
    overhead = Light(direction=towards(0.0, np.pi / 2), colour=ONE, sky=ONE, ground=ONE)
    vertices = np.array([[[0.0, 1.0, 0.0], [0.0, 1.6, 0.0], [0.5, 1.0, 0.5]]], np.float32)
    lights = light_map(vertices, overhead, side=64)
    heights = np.full((64, 64), -1, np.float32)
    columns, rows = lights.cells(vertices[0, :2, 0], vertices[0, :2, 2])
    heights[int(rows[0]) - 4 : int(rows[0]) + 5, int(columns[0]) - 4 : int(columns[0]) + 5] = 1.6
    np.testing.assert_allclose(lights.lit(vertices[0], heights, 0.0), [0, 1, 1])


def test_a_mesh_of_the_wrong_shape_or_with_nan_is_refused():
    corners, faces = square()
    with pytest.raises(FrameError, match="surface of the mesh"):
        MovingMesh(vertices=corners[None], normals=corners[None], faces=faces, surface=plain(corners[:2], corners))
    with pytest.raises(FrameError, match="NaN"):
        moving([corners * np.nan], faces)
