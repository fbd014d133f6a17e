"""Dressing: cloth covers people, patterns sit on it, hats and glasses sit on heads."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from synthgest.body import Figure, Person, dress, load_body, sample_person
from synthgest.body.model import POINTS
from synthgest.body.surface import PATTERNS
from synthgest.motion.skeleton import JOINT_INDEX

SKIN = PATTERNS.index("skin")


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return [sample_person(np.random.default_rng(seed), work=0.2) for seed in range(600)]


def first(people: list[Person], wanted: Callable[[Person], bool]) -> Person:
    """The first of the people for whom it holds."""
    return next(person for person in people if wanted(person))


def parts_in(figure: Figure, colour: tuple[float, float, float]) -> np.ndarray:
    """(N, 3) the vertices painted in exactly this colour."""
    same = np.abs(figure.surface.colour - np.array(colour)).max(axis=1) < 1e-4
    vertices: np.ndarray = figure.vertices[same]
    return vertices


def outermost(figure: Figure, low: float, high: float, half_width: float) -> np.ndarray:
    """(N,) the outermost vertices of the trunk in 36 directions and slices of 4 cm between two heights, metres."""
    place = figure.vertices
    chosen = np.flatnonzero((place[:, 1] > low) & (place[:, 1] < high) & (np.abs(place[:, 0]) < half_width))
    x, y, z = place[chosen].T
    z = z - z.mean()
    cell = np.round(np.arctan2(x, z) / (np.pi / 18)).astype(int) * 1000 + np.floor(y / 0.04).astype(int)
    order = np.lexsort((np.hypot(x, z), cell))
    last = np.flatnonzero(np.diff(cell[order], append=10**9))
    return chosen[order[last]]


def test_nobody_is_undressed(people: list[Person]) -> None:
    for person in people[:45]:
        figure = dress(load_body(), person)
        pattern = figure.surface.finish[:, 0]
        hip, spine = figure.points[JOINT_INDEX["left_hip"]], figure.points[JOINT_INDEX["spine2"]]
        seen = outermost(figure, hip[1] - 0.12, spine[1], hip[0] + 0.05)
        assert len(seen) > 60
        assert not (pattern[seen] == SKIN).any(), f"skin shows at the hips of {person}"
        low = figure.vertices[:, 1] < figure.vertices[:, 1].min() + 0.03
        assert not (pattern[low] == SKIN).any(), f"{person} is barefoot"


def test_the_same_person_is_dressed_in_the_same_bytes(people: list[Person]) -> None:
    one, two = (dress(load_body(), people[5]) for _ in range(2))
    assert one.vertices.tobytes() == two.vertices.tobytes()
    assert one.surface.uv.tobytes() == two.surface.uv.tobytes()


def test_no_triangle_of_a_patterned_cloth_reaches_across_the_patterns_seam(people: list[Person]) -> None:
    for kind in ("stripes", "checks", "knit"):
        person = first(people, lambda p, kind=kind: p.top.pattern == kind and p.outer is None)  # type: ignore[misc]
        figure = dress(load_body(), person)
        used = figure.surface.finish[figure.faces[:, 0], 0] == PATTERNS.index(kind)
        uv = figure.surface.uv[figure.faces[used]]
        # Cloth's triangles are at most 8 cm long; the seam is half a turn of the trunk, 50 cm, away.
        reach = (uv.max(axis=1) - uv.min(axis=1)) * person.top.period
        assert used.sum() > 500
        assert np.quantile(reach, 0.99) < 0.08
        assert reach.max() < 0.16


def test_every_triangle_has_one_pattern(people: list[Person]) -> None:
    for person in people[:25]:
        figure = dress(load_body(), person)
        pattern = figure.surface.finish[figure.faces, 0]
        assert (pattern == pattern[:, :1]).all()


def test_stripes_run_level_round_the_trunk(people: list[Person]) -> None:
    person = first(people, lambda p: p.top.pattern == "stripes" and p.outer is None)
    figure = dress(load_body(), person)
    belly = figure.points[JOINT_INDEX["spine1"]]
    place, uv = figure.vertices, figure.surface.uv
    near = (np.abs(place[:, 1] - belly[1]) < 0.02) & (np.abs(place[:, 0]) < 0.2)
    near &= figure.surface.finish[:, 0] == PATTERNS.index("stripes")
    slope, offset = np.polyfit(place[near, 1], uv[near, 1] * person.top.period, 1)
    off = uv[near, 1] * person.top.period - (slope * place[near, 1] + offset)
    assert slope == pytest.approx(1.0, abs=0.3)
    assert np.abs(off).max() < 0.02


def test_a_long_sleeve_ends_at_the_wrist_and_a_short_one_above_the_elbow(people: list[Person]) -> None:
    # Along the arm of the T-shirt's wearer from shoulder (0) over elbow to wrist (1).
    for low, high, wanted in ((0.0, 0.9, (0.2, 0.55)), (1.86, 2.0, (0.85, 1.08))):
        person = first(
            people,
            lambda p, low=low, high=high: (  # type: ignore[misc]
                p.outer is None and p.top.pattern == "plain" and p.top.kind != "tank top" and low < p.top.sleeve < high
                and p.top.sleeve > 0.4 and p.bottom.kind in ("jeans", "chinos")
            ),
        )  # fmt: skip
        figure = dress(load_body(), person)
        shoulder, wrist = (figure.points[JOINT_INDEX[f"left_{name}"]] for name in ("shoulder", "wrist"))
        cloth = parts_in(figure, person.top.colour)
        along = (cloth - shoulder) @ (wrist - shoulder) / ((wrist - shoulder) @ (wrist - shoulder))
        off = np.linalg.norm(cloth - shoulder - along[:, None] * (wrist - shoulder), axis=1)
        assert wanted[0] < along[(cloth[:, 0] > shoulder[0]) & (off < 0.14)].max() < wanted[1]


@pytest.mark.parametrize("kind", ["cap", "beanie", "hard hat", "helmet"])
def test_hats_sit_on_the_head_above_the_eyes_and_no_hair_pokes_through(people: list[Person], kind: str) -> None:
    person = first(people, lambda p: p.hat is not None and p.hat.kind == kind)
    assert person.hat is not None
    figure = dress(load_body(), person)
    eye = figure.points[POINTS.index("face_left_eye")]
    bare = dress(load_body(), dataclasses.replace(person, hat=None, hair_style="shaved"))
    crown = bare.vertices[:, 1].max()
    assert crown + 0.005 < figure.vertices[:, 1].max() < crown + 0.075
    top = figure.vertices[figure.vertices[:, 1] > crown - 0.01]
    hair = figure.vertices[figure.surface.finish[:, 0] == PATTERNS.index("strands")]
    assert len(top) > 20
    assert len(hair) == 0 or hair[:, 1].max() < crown - 0.02
    in_front = np.abs(figure.vertices[:, 0]) < 0.02
    hat = in_front & (figure.vertices[:, 2] > eye[2] - 0.02) & (figure.vertices[:, 1] > eye[1] + 0.045)
    assert hat.any()


def test_glasses_lie_before_the_eyes_and_reach_the_ears(people: list[Person]) -> None:
    person = first(people, lambda p: p.glasses is not None and p.glasses.kind == "glasses" and p.hat is None)
    assert person.glasses is not None
    frame = parts_in(dress(load_body(), person), person.glasses.colour)
    figure = dress(load_body(), person)
    eye, ear = (figure.points[POINTS.index(f"face_left_{name}")] for name in ("eye", "ear"))
    assert 0.01 < frame[:, 2].max() - eye[2] < 0.04
    assert abs(frame[:, 2].min() - ear[2]) < 0.05
    # Frames are 125 to 150 mm wide.
    assert 0.10 < np.ptp(frame[:, 0]) < 0.18


def test_a_vest_has_tape_in_front_and_behind(people: list[Person]) -> None:
    person = first(people, lambda p: p.outer is not None and p.outer.kind == "vest")
    figure = dress(load_body(), person)
    tape = figure.vertices[figure.surface.finish[:, 0] == PATTERNS.index("reflective")]
    middle = figure.points[JOINT_INDEX["spine2"]]
    assert (tape[:, 2] > middle[2] + 0.05).sum() > 20
    assert (tape[:, 2] < middle[2] - 0.05).sum() > 20
    assert tape[:, 1].min() > figure.points[JOINT_INDEX["left_hip"], 1] - 0.05
