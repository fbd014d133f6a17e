"""The factorial in drawn clips: a character is one person everywhere, an environment one place; every pair once, then twice."""

from collections import Counter

import pytest

from synthgest.engines.casting import Cast, cast
from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.gestures import load_gestures
from synthgest.plan import plan
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.recipes import load_recipe
from synthgest.scene.daylight import Hours
from synthgest.types import Recipe, Shot

SPREAD = {"environments": 3, "characters": 4}


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return load_recipe("pose-transfer", {"width": 96, "height": 80, "frames": [48, 60], "enrichment": SPREAD})


@pytest.fixture(scope="module")
def shots(recipe: Recipe) -> tuple[Shot, ...]:
    return plan(load_gestures(["everyday/wave", "everyday/bow"]), recipe, clips=12, seed=3, fingerprint={})


def roles(shots: tuple[Shot, ...], **settings: object) -> list[Cast]:
    found = [cast(shot, EnrichmentSettings(**{**SPREAD, **settings})) for shot in shots]  # type: ignore[arg-type]
    return [role for role in found if role is not None]


def test_every_pair_is_cast_once(shots: tuple[Shot, ...]) -> None:
    for gesture in ("everyday/wave", "everyday/bow"):
        own = roles(tuple(shot for shot in shots if shot.gesture.name == gesture))
        assert len({role.pair for role in own}) == len(own) == 12


def test_a_character_is_one_person_in_every_clip_and_class(shots: tuple[Shot, ...]) -> None:
    people = {}
    for role in roles(shots):
        assert role.character is not None
        person = people.setdefault(role.pair[1], role.person())
        assert person == role.person()
        assert (person.sex, person.age_group, person.outfit) == (
            role.character.sex,
            role.character.group,
            role.character.outfit,
        )
        assert str(person.skin_tone) == role.character.skin_tone
    assert len({person.detail for person in people.values()}) == 4


def test_slim_people_are_slimmer_than_heavy_ones(shots: tuple[Shot, ...]) -> None:
    found = {role.character.build: role.person() for role in roles(shots, characters=16) if role.character}
    assert found["slim"] is not None
    assert found["heavy"] is not None
    assert found["slim"].bmi < 21
    assert found["heavy"].bmi > found["slim"].bmi + 3


def test_an_environment_is_one_place_at_one_hour(recipe: Recipe, shots: tuple[Shot, ...]) -> None:
    engine = PoseTransfer(recipe)
    staged = [engine.stage(shot) for shot in shots if shot.gesture.name == "everyday/wave"][:6]
    for each in staged:
        assert each.role is not None
        assert each.role.environment is not None
        assert each.place.tags[0] == each.role.environment.place
    assert Counter(each.role.pair[0] for each in staged if each.role) == {0: 2, 1: 2, 2: 2}
    assert Hours().backlight == staged[0].role.hours(Hours()).backlight  # type: ignore[union-attr]


def test_the_record_says_who_and_where(recipe: Recipe, shots: tuple[Shot, ...]) -> None:
    (rendered,) = PoseTransfer(recipe).generate(shots[:1])
    told = rendered.provenance
    assert set(told["levels"]) == {"age", "sex", "skin tone", "build", "outfit", "place", "light"}
    assert told["levels"]["sex"] == told["body"]["sex"]
    assert told["levels"]["place"] == told["place"][0]
    assert len(told["pair"]) == 2


def test_a_mode_leaves_the_other_half_to_chance(shots: tuple[Shot, ...]) -> None:
    only_people, only_places = roles(shots, mode="char")[0], roles(shots, mode="env")[0]
    assert only_people.environment is None
    assert only_people.place_stream() is only_people.place_kind() is None
    assert only_places.character is only_places.person() is None


def test_without_numbers_everybody_is_new(shots: tuple[Shot, ...]) -> None:
    assert roles(shots, environments=0, characters=0) == []
    assert cast(shots[0], EnrichmentSettings(mode="basic")) is None


def test_another_seed_casts_other_people(shots: tuple[Shot, ...]) -> None:
    assert roles(shots)[0].person() != roles(shots, seed=1)[0].person()
