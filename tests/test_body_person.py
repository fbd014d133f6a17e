"""People drawn at random: who they are, what they wear, and how often."""

import dataclasses
import itertools
import json
from collections import Counter

import msgspec
import numpy as np
import pytest

from synthgest.body import Person, sample_person
from synthgest.body.people import PeopleSettings, intended_shares
from synthgest.body.person import groups
from synthgest.errors import SpecError
from synthgest.tables import to_value


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return [sample_person(np.random.default_rng(seed)) for seed in range(1000)]


def test_everybody_is_1_40_to_2_10_metres_tall(people: list[Person]) -> None:
    assert all(1.40 <= person.height_m <= 2.10 for person in people)


def test_no_group_falls_under_half_of_its_intended_share(people: list[Person]) -> None:
    counts = Counter(itertools.chain.from_iterable(groups(person).items() for person in people))
    for respect, shares in intended_shares(PeopleSettings()).items():
        for group, share in shares.items():
            assert counts[respect, group] >= 0.5 * share * len(people), f"{respect} {group}"


def test_the_intended_shares_of_every_respect_add_up_to_one_whatever_the_work() -> None:
    for work in (0.0, 0.3, 1.0):
        for respect, shares in intended_shares(PeopleSettings(), work=work).items():
            assert sum(shares.values()) == pytest.approx(1.0), respect


def test_no_intended_share_is_so_small_that_chance_could_halve_it_among_a_thousand() -> None:
    smallest = min(share for shares in intended_shares(PeopleSettings()).values() for share in shares.values())
    # Binomial: at 2 % of 1,000 the half lies 2.3 standard deviations down.
    assert smallest > 0.02


def test_darker_tones_have_darker_skin(people: list[Person]) -> None:
    mean = [np.mean([sum(p.skin) for p in people if p.skin_tone == tone]) for tone in (1, 4, 7, 10)]
    assert mean == sorted(mean, reverse=True)


def test_at_work_people_wear_high_visibility_or_a_uniform() -> None:
    workers = [sample_person(np.random.default_rng(seed), work=1.0) for seed in range(60)]
    assert {person.outfit for person in workers} == {"hi-vis", "uniform"}
    for person in workers:
        assert person.outer is not None
        assert person.outer.kind == {"hi-vis": "vest", "uniform": "field jacket"}[person.outfit]


def test_a_uniform_is_of_one_cloth_from_hat_to_ankle() -> None:
    settings = PeopleSettings(outfits={"uniform": 1.0})
    for seed in range(40):
        person = sample_person(np.random.default_rng(seed), settings=settings)
        assert person.outer is not None
        assert person.bottom.pattern == person.outer.pattern
        assert person.hat is None or person.hat.pattern == person.outer.pattern


def test_settings_choose_who_is_drawn() -> None:
    settings = PeopleSettings(
        sexes={"male": 1.0},
        age_groups={"elder": 1.0},
        skin_tones=(0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
        eyewear={"glasses": 1},
    )
    for seed in range(20):
        person = sample_person(np.random.default_rng(seed), settings=settings)
        assert (person.sex, person.age_group, person.skin_tone) == ("male", "elder", 9)
        assert person.glasses is not None


def test_settings_are_read_from_a_recipes_table() -> None:
    settings = to_value({"outfits": {"sport": 1}, "skin_tones": [1] * 10}, PeopleSettings, where="recipe 'x', people")
    assert settings.outfits == {"sport": 1}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"outfits": {"casul": 1}}, "casual"),
        ({"sexes": {"female": -1}}, "0 or more"),
        ({"age_groups": {"adult": 0}}, "no weight is above 0"),
        ({"skin_tones": [1, 1]}, "expected 10"),
        ({"eyewear": {"monocle": 1}}, "eyewear"),
    ],
)
def test_settings_that_cannot_be_drawn_from_are_refused(table: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        to_value(table, PeopleSettings, where="people")


def test_the_same_seed_gives_the_same_person(people: list[Person]) -> None:
    assert sample_person(np.random.default_rng(7)) == people[7]


def test_a_person_is_plain_values_that_json_keeps(people: list[Person]) -> None:
    for person in people[:200]:
        kept = json.dumps(dataclasses.asdict(person))
        assert msgspec.convert(json.loads(kept), Person) == person
