"""The shadow as it darkens a white floor."""

import cv2
import numpy as np
import pytest

from synthgest.body.surface import plain
from synthgest.render.mesh import MovingMesh
from synthgest.render.rasteriser import Renderer
from synthgest.render.setting import Setting
from synthgest.scene.camera import Camera, looking
from synthgest.scene.light import Light, towards
from synthgest.scene.place import Backdrop

ONE = np.ones(3, np.float32)
CAMERA = Camera(
    width=96,
    height=96,
    yfov=1.0,
    position=np.array([0.0, 3.0, 4.0]),
    rotation=looking(np.array([0.0, -0.65, -1.0]), roll=0.0),
)
# Where half of the light comes from the sun, its shadow leaves 0.5 of a linear value: 0.73 of the sRGB value.
LEFT = 0.5 ** (1 / 2.2)


def board(height, parts=12):
    """A level board of half a metre a side, ``height`` above the floor, over the origin."""
    steps = np.linspace(-0.25, 0.25, parts + 1, dtype=np.float32)
    z, x = (side.ravel() for side in np.meshgrid(steps, steps, indexing="ij"))
    vertices = np.stack([x, np.full_like(x, height), z], axis=1)[None]
    normals = np.zeros_like(vertices)
    normals[..., 1] = 1
    number = np.arange((parts + 1) ** 2).reshape(parts + 1, -1)
    a, b, c, d = (part.ravel() for part in (number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]))
    faces = np.concatenate([np.stack([a, c, b], axis=1), np.stack([a, d, c], axis=1)]).astype(np.int32)
    colour = np.full((len(x), 3), 0.5, np.float32)
    return MovingMesh(vertices=vertices, normals=normals, faces=faces, surface=plain(colour, vertices[0]))


def light(azimuth, elevation, spread=0.005):
    """A floor gets as much from the sun as from the sky."""
    direction = towards(azimuth, elevation)
    return Light(direction=direction, colour=ONE / direction[1], sky=ONE, ground=ONE * 0.2, spread=spread)


@pytest.fixture(scope="module")
def renderer():
    with Renderer(96, 96) as opened:
        yield opened


def brightness(renderer, mesh, lamp, *, floor=1.0, camera=CAMERA):
    white = Backdrop(images=np.ones((1, 96, 96, 3), np.float32), floor=np.full((96, 96), floor, np.float32))
    (frame,) = renderer.draw(mesh, [camera], Setting(light=lamp, backdrop=white, seen=camera))
    touched = cv2.dilate(frame.mask.astype(np.uint8), np.ones((3, 3))) == 1
    return np.where(touched, np.nan, frame.picture[..., 0])


def at(picture, point):
    column, row = CAMERA.project(np.array(point)).astype(int)
    return picture[row, column]


@pytest.mark.parametrize(("azimuth", "x", "z"), [(np.pi / 2, -1, 0), (-np.pi / 2, 1, 0), (0.0, 0, -1), (np.pi, 0, 1)])
def test_the_shadow_of_a_board_a_metre_up_lies_a_metre_away_from_a_light_at_45_degrees(renderer, azimuth, x, z):
    floor = brightness(renderer, board(1.0), light(azimuth, np.pi / 4))
    assert at(floor, (x, 0.0, z)) == pytest.approx(LEFT, abs=0.05)
    assert at(floor, (-x, 0.0, -z)) > 0.97
    assert at(floor, (0.0, 0.0, 0.0)) > 0.93


def test_a_shadow_has_the_area_of_the_board(renderer):
    floor = brightness(renderer, board(1.0), light(np.pi / 2, np.pi / 4))
    across = [1 - at(floor, (x, 0.0, 0.0)) for x in np.linspace(-1.6, -0.4, 121)]
    # of 1.2 m along the line, sampled at every centimetre, 0.5 m are shadow
    assert sum(across) / 100 / (1 - LEFT) == pytest.approx(0.5, abs=0.07)


def test_a_wider_light_gives_a_softer_edge(renderer):
    def edge(spread):
        floor = brightness(renderer, board(1.0), light(np.pi / 2, np.pi / 4, spread))
        return np.nanmax(np.abs(np.diff(floor, axis=1)))

    assert edge(0.2) < 0.6 * edge(0.005)


def test_a_shadow_falls_on_the_floor_only(renderer):
    picture = brightness(renderer, board(1.0), light(np.pi / 2, np.pi / 4), floor=0.0)
    assert np.nanmin(picture) > 0.999


def test_no_shadow_falls_above_the_horizon(renderer):
    level = Camera(
        width=96,
        height=96,
        yfov=1.0,
        position=np.array([0.0, 1.0, 4.0]),
        rotation=looking(np.array([0.0, 0, -1]), roll=0),
    )
    picture = brightness(renderer, board(0.3), light(0.5, 0.8), camera=level)
    assert np.nanmin(picture[:48]) > 0.999
    assert np.nanmin(picture[48:]) < 0.85


def test_what_touches_the_floor_darkens_it_and_what_is_high_does_not(renderer):
    shaded = light(0.0, 0.8)
    shaded = Light(direction=shaded.direction, colour=ONE * 0, sky=ONE, ground=ONE * 0.2, spread=0.005)
    low, high = (1 - np.nanmin(brightness(renderer, board(y), shaded)) for y in (0.02, 1.19))
    assert low > 5 * high
