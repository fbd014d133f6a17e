"""Skin, brows, beards and eyes: colours that a person could have, and lines that are clean."""

import dataclasses

import numpy as np
import pytest

from synthgest.body import Figure, Person, dress, load_body, sample_person
from synthgest.body.palette import SKIN
from synthgest.body.surface import PATTERNS
from synthgest.motion.skeleton import FINGERTIPS, JOINT_INDEX


def dressed(seed: int = 3, **changes: object) -> tuple[Person, Figure]:
    person = dataclasses.replace(
        sample_person(np.random.default_rng(seed)), **{"hat": None, "glasses": None, "beard": "none", **changes}
    )
    return person, dress(load_body(), person)


def skin_of(figure: Figure) -> np.ndarray:
    return figure.surface.finish[:, 0] == PATTERNS.index("skin")


def test_the_darkest_tones_are_those_of_the_monk_scale() -> None:
    # #3a312a and #292420, skintone.google
    np.testing.assert_allclose(np.array(SKIN[8]) * 255, (0x3A, 0x31, 0x2A), atol=0.01)
    np.testing.assert_allclose(np.array(SKIN[9]) * 255, (0x29, 0x24, 0x20), atol=0.01)


@pytest.mark.parametrize("tone", range(1, 11))
def test_skin_is_warm_at_every_tone_and_near_its_own(tone: int) -> None:
    _, figure = dressed(skin_tone=tone, skin=SKIN[tone - 1], hair_style="shaved")
    colour = figure.surface.colour[skin_of(figure)]
    red, green, blue = np.median(colour, axis=0)
    assert red >= green >= blue
    assert np.abs(np.median(colour, axis=0) - SKIN[tone - 1]).max() < 0.08


def test_dark_skin_shines_more_than_light_skin() -> None:
    gloss = [np.median(f.surface.finish[skin_of(f), 1]) for f in (dressed(skin_tone=t)[1] for t in (1, 10))]
    assert gloss[1] > gloss[0] + 0.05


def test_palms_of_dark_hands_are_paler_than_their_backs() -> None:
    _, figure = dressed(skin_tone=9, skin=SKIN[8])
    wrist, middle = (figure.points[JOINT_INDEX[f"left_{name}"]] for name in ("wrist", "middle1"))
    hand = np.linalg.norm(figure.vertices - (wrist + middle) / 2, axis=1) < 0.05
    inward = figure.normals[:, 0]
    palm, back = (figure.surface.colour[hand & skin_of(figure) & side].mean() for side in (inward < -0.5, inward > 0.5))
    assert palm > back + 0.1


def test_nails_are_paler_than_the_fingers() -> None:
    person, figure = dressed(skin_tone=6, skin=SKIN[5])
    tips = figure.points[55 : 55 + len(FINGERTIPS)]
    near = np.linalg.norm(figure.vertices[:, None] - tips, axis=2).min(axis=1) < 0.012
    assert (figure.surface.colour[near].mean(axis=1) > np.mean(person.skin) + 0.05).sum() > 60


@pytest.mark.parametrize("kind", ["moustache", "goatee", "short", "full"])
def test_a_beard_grows_round_the_mouth_and_nowhere_else(kind: str) -> None:
    _, figure = dressed(sex="male", beard=kind, hair_style="shaved", hair=(0.05, 0.04, 0.03), skin_tone=2, skin=SKIN[1])
    strands = figure.surface.finish[:, 0] == PATTERNS.index("strands")
    nose = figure.points[65]
    low = strands & (figure.vertices[:, 1] < nose[1])
    assert low.sum() > 60
    below = nose[1] - figure.vertices[low, 1]
    assert below.max() < (0.05 if kind == "moustache" else 0.16)
    assert (below < 0.012).mean() < 0.35


def test_stubble_darkens_the_jaw_without_hair_that_stands_off() -> None:
    changes = {"sex": "male", "hair_style": "shaved", "hair": (0.05, 0.04, 0.03), "skin": SKIN[1], "skin_tone": 2}
    shaven, stubbly = (dressed(beard=beard, **changes)[1] for beard in ("none", "stubble"))
    nose = shaven.points[65]

    def chin(figure: Figure) -> float:
        around = np.linalg.norm(figure.vertices - (nose - np.array([0, 0.085, 0.025])), axis=1) < 0.02
        return float(figure.surface.colour[around & skin_of(figure)].mean())

    assert chin(stubbly) < chin(shaven) - 0.05


def test_both_brows_are_above_the_eyes_and_darker_than_the_skin() -> None:
    person, figure = dressed(hair=(0.07, 0.05, 0.04), hair_style="shaved", skin_tone=2, skin=SKIN[1])
    strands = figure.surface.finish[:, 0] == PATTERNS.index("strands")
    for eye in figure.points[66:68]:
        off = figure.vertices[strands] - eye
        over = (np.abs(off[:, 0]) < 0.03) & (off[:, 1] > 0.008) & (off[:, 1] < 0.035)
        assert over.sum() > 30
        assert figure.surface.colour[strands][over].mean() < np.mean(person.skin) - 0.15


def test_the_white_of_the_eye_is_not_white_and_the_pupil_is_dark() -> None:
    _, figure = dressed()
    ball = (figure.surface.finish[:, 1] == 1.0) & (figure.surface.finish[:, 0] == PATTERNS.index("plain"))
    brightness = figure.surface.colour[ball].max(axis=1)
    assert 0.6 < brightness.max() < 0.85
    assert brightness.min() < 0.05


def test_elders_have_wrinkled_faces_and_others_smooth_ones() -> None:
    depth = {age: dressed(age_group=age)[1] for age in ("adult", "elder")}
    deepest = {age: f.surface.finish[skin_of(f), 2].max() for age, f in depth.items()}
    assert deepest["adult"] == 0
    assert deepest["elder"] > 0.1
