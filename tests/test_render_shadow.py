import numpy as np
import pytest

from synthgest.body.surface import plain
from synthgest.render.mesh import MovingMesh
from synthgest.render.rasteriser import Renderer
from synthgest.scene.camera import Camera, looking
from synthgest.scene.light import Light, towards

ONE = np.ones(3, np.float32)
CAMERA = Camera(
    width=96,
    height=96,
    yfov=1.0,
    position=np.array([0.0, 3.0, 4.0]),
    rotation=looking(np.array([0.0, -0.65, -1.0]), roll=0.0),
)


def board(height):
    """A level board of half a metre a side, ``height`` above the floor, over the origin."""
    side = 0.25
    corners = [[-side, height, -side], [side, height, -side], [side, height, side], [-side, height, side]]
    vertices = np.array([corners], np.float32)
    normals = np.zeros_like(vertices)
    normals[..., 1] = 1
    faces = np.array([[0, 2, 1], [0, 3, 2]], np.int32)
    return MovingMesh(
        vertices=vertices, normals=normals, faces=faces, surface=plain(np.full((4, 3), 0.5, np.float32), vertices[0])
    )


def light(azimuth, elevation, spread=0.005):
    return Light(direction=towards(azimuth, elevation), colour=ONE, sky=ONE * 0.5, ground=ONE * 0.2, spread=spread)


@pytest.fixture(scope="module")
def renderer():
    with Renderer(96, 96) as opened:
        yield opened


def at(picture, point):
    column, row = CAMERA.project(np.array(point)).astype(int)
    return picture[row, column]


@pytest.mark.parametrize(("azimuth", "x", "z"), [(np.pi / 2, -1, 0), (-np.pi / 2, 1, 0), (0.0, 0, -1), (np.pi, 0, 1)])
def test_the_shadow_of_a_board_a_metre_up_lies_a_metre_away_from_a_light_at_45_degrees(renderer, azimuth, x, z):
    sun = renderer.draw(board(1.0), CAMERA, light(azimuth, np.pi / 4)).shadow.sun[0]
    assert at(sun, (x, 0.0, z)) > 0.95
    assert at(sun, (-x, 0.0, -z)) < 0.02
    assert at(sun, (0.0, 0.0, 0.0)) < 0.05


def test_a_shadow_has_the_area_of_the_board(renderer):
    sun = renderer.draw(board(1.0), CAMERA, light(np.pi / 2, np.pi / 4)).shadow.sun[0]
    across = [at(sun, (x, 0.0, 0.0)) for x in np.linspace(-1.6, -0.4, 121)]
    # half of 1.2 m along the line that was sampled at every centimetre is 0.5 m of shadow
    assert sum(across) / 100 == pytest.approx(0.5, abs=0.05)


def test_a_wider_light_gives_a_softer_edge(renderer):
    def edge(spread):
        sun = renderer.draw(board(1.0), CAMERA, light(np.pi / 2, np.pi / 4, spread)).shadow.sun[0]
        return np.abs(np.diff(sun, axis=1)).max()

    assert edge(0.2) < 0.6 * edge(0.005)


def test_no_shadow_falls_above_the_horizon(renderer):
    level = Camera(
        width=96,
        height=96,
        yfov=1.0,
        position=np.array([0.0, 1.0, 4.0]),
        rotation=looking(np.array([0.0, 0, -1]), roll=0),
    )
    shadow = renderer.draw(board(0.3), level, light(0.5, 0.8)).shadow
    assert shadow.sun[0, :48].max() == 0
    assert shadow.sky[0, :48].max() == 0
    assert shadow.sun[0, 48:].max() > 0.5


def test_what_touches_the_floor_darkens_it_and_what_is_high_does_not(renderer):
    low, high = (renderer.draw(board(y), CAMERA, light(0.0, 0.8)).shadow.sky[0] for y in (0.02, 1.19))
    assert low.max() > 5 * high.max()
