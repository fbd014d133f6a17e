"""Hair: every style on a head, out of the face, on the clothes and not in them, and none above a hat's edge."""

import dataclasses
from functools import cache

import numpy as np
import pytest

from synthgest.body import Figure, dress, load_body, pose, sample_person
from synthgest.body.face import still
from synthgest.body.hairstyles import STYLES
from synthgest.body.looks import sample_look
from synthgest.body.subdivision import subdivided
from synthgest.body.surface import PATTERNS
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX


@cache
def head(style: str, seed: int = 3) -> Figure:
    person = sample_person(np.random.default_rng(seed))
    plain = dataclasses.replace(person, hat=None, glasses=None, beard="none", hair_style=style, outer=None)
    return dress(load_body(), plain)


def hair_of(figure: Figure) -> np.ndarray:
    """Rows of hair: strands that move with no face (brows do)."""
    strands = figure.surface.finish[:, 0] == PATTERNS.index("strands")
    strands[figure.features.index] = False
    return np.flatnonzero(strands)


GROWN = [name for name, style in STYLES.items() if style is not None]


@pytest.mark.parametrize("style", GROWN)
def test_hair_keeps_out_of_the_face(style: str) -> None:
    figure = head(style)
    nose, left = figure.points[65:67]
    hair = figure.vertices[hair_of(figure)]
    face = (np.abs(hair[:, 0]) < 0.03) & (hair[:, 1] < left[1] - 0.005) & (hair[:, 1] > nose[1] - 0.06)
    assert len(hair) > 200
    assert (face & (hair[:, 2] > nose[2] - 0.05)).mean() < 0.01


@pytest.mark.parametrize(("style", "reach"), [("cropped", 0.12), ("bob", 0.24), ("long", 0.42)])
def test_long_hair_hangs_lower_than_short_hair(style: str, reach: float) -> None:
    figure = head(style)
    drop = figure.points[66, 1] - figure.vertices[hair_of(figure), 1].min()
    assert reach - 0.13 < drop < reach + 0.10


def test_an_afro_stands_further_off_the_head_than_a_crop() -> None:
    wide = {style: np.abs(head(style).vertices[hair_of(head(style)), 0]).max() for style in ("afro", "cropped")}
    assert wide["afro"] > wide["cropped"] + 0.03


def test_a_balding_head_is_bare_on_top_and_haired_at_the_sides() -> None:
    figure = head("balding")
    hair = figure.vertices[hair_of(figure)]
    top = figure.points[66, 1] + 0.07
    assert (hair[:, 1] < top + 0.03).mean() > 0.95
    assert np.abs(hair[:, 0]).max() > 0.06
    assert hair[np.abs(hair[:, 0]) < 0.04, 2].max() < figure.points[66, 2] - 0.09


def test_hair_under_a_hat_ends_at_its_edge() -> None:
    person = next(
        p
        for p in (sample_person(np.random.default_rng(seed)) for seed in range(400))
        if p.hat and p.hat.kind == "beanie"
    )
    worn = dress(load_body(), dataclasses.replace(person, hair_style="short"))
    bare = dress(load_body(), dataclasses.replace(person, hair_style="short", hat=None))
    assert worn.vertices[hair_of(worn), 1].max() < bare.vertices[hair_of(bare), 1].max() - 0.03


def test_long_hair_follows_the_back_when_somebody_bows() -> None:
    figure = head("long")
    full = np.zeros((1, 55, 3))
    full[0, JOINT_INDEX["spine1"]] = (0.8, 0, 0)
    bowed = pose(figure, Motion.from_full_pose(full, np.zeros((1, 3)), fps=30.0, fingers=True, source="test"))
    ends = hair_of(figure)
    ends = ends[figure.vertices[ends, 1] < figure.points[JOINT_INDEX["neck"], 1] - 0.12]
    chest = JOINT_INDEX["spine3"]
    before = np.linalg.norm(figure.vertices[ends] - figure.points[chest], axis=1)
    after = np.linalg.norm(bowed.vertices[0, ends] - bowed.joints[0, chest], axis=1)
    assert len(ends) > 50
    np.testing.assert_allclose(after, before, atol=0.02)


def test_hair_lies_on_the_clothes_and_not_in_them() -> None:
    figure = head("long")
    rows = hair_of(figure)
    low = rows[figure.vertices[rows, 1] < figure.points[JOINT_INDEX["neck"], 1] - 0.03]
    others = np.setdiff1d(np.arange(len(figure.vertices)), rows)
    cloth = others[figure.surface.finish[others, 0] != PATTERNS.index("skin")]
    apart = np.linalg.norm(figure.vertices[low, None] - figure.vertices[cloth], axis=2)
    nearest = cloth[apart.argmin(axis=1)]
    above = ((figure.vertices[low] - figure.vertices[nearest]) * figure.normals[nearest]).sum(axis=1)
    assert (above > -0.004).mean() > 0.85


def test_every_style_is_worn_by_somebody() -> None:
    rng = np.random.default_rng(0)
    ages, sexes = ("teenager", "adult", "elder"), ("female", "male")
    looks = [sample_look(sexes[k % 2], ages[k % 3], k % 10 + 1, rng, hat=False) for k in range(3000)]
    assert {look.hair_style for look in looks} == set(STYLES)
    assert {look.beard for look in looks} == {"none", "stubble", "moustache", "goatee", "short", "full"}


def test_women_and_teenagers_have_no_beards() -> None:
    rng = np.random.default_rng(1)
    assert {sample_look("female", "adult", 3, rng, hat=False).beard for _ in range(200)} == {"none"}
    assert {sample_look("male", "teenager", 3, rng, hat=False).beard for _ in range(200)} == {"none"}


def test_teenagers_do_not_go_grey() -> None:
    rng = np.random.default_rng(2)
    looks = [sample_look("female", "teenager", k % 10 + 1, rng, hat=False) for k in range(400)]
    grey = [look for look in looks if max(look.hair) - min(look.hair) < 0.02 and 0.2 < max(look.hair) < 0.6]
    assert len(grey) < 4


def test_the_same_person_has_the_same_hair_to_the_byte() -> None:
    person = dataclasses.replace(sample_person(np.random.default_rng(8)), hat=None, hair_style="wavy")
    one, two = (dress(load_body(), person) for _ in range(2))
    assert one.vertices.tobytes() == two.vertices.tobytes()
    assert one.surface.colour.tobytes() == two.surface.colour.tobytes()


def test_a_subdivided_triangle_has_six_corners_and_the_same_area() -> None:
    from synthgest.body.mesh import Mesh

    at = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    values = dict.fromkeys(("position", "normal", "colour", "accent", "finish", "place", "weights", "extra"), at)
    mesh = Mesh(faces=np.array([[0, 1, 2]], np.int32), uv=at[:, :2], arm=at[:, 0], leg=at[:, 0], **values)
    fine = subdivided(mesh)
    a, b, c = (fine.position[fine.faces[:, k]] for k in range(3))
    areas = np.cross(b - a, c - a)[:, 2] / 2
    assert len(fine.position) == 6
    np.testing.assert_allclose(areas, 0.125)


def test_hair_does_not_move_with_the_face() -> None:
    figure = head("short")
    assert not np.isin(hair_of(figure), figure.features.index).any()
    assert still(2).shapes.shape[0] == 2
