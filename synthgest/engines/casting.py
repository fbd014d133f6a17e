"""Casting: who a shot shows and where, as the factorial of prompts has it; or left to chance, anew in every clip."""

import zlib
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from synthgest.body import Person, sample_person
from synthgest.body.people import PeopleSettings
from synthgest.prompting.characters import Character
from synthgest.prompting.enrichment import Enrichment
from synthgest.prompting.environments import HOURS
from synthgest.prompting.kinds import kind_of
from synthgest.prompting.role import Role
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.scene.daylight import Hours
from synthgest.scene.places import KINDS
from synthgest.types import Shot

_BMI = {"slim": (0.0, 20.5), "average": (20.5, 25.5), "athletic": (20.5, 27.0), "heavy": (26.5, 99.0)}  # kg/m^2
_TRIES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast(Role):
    """The role that a drawn shot has in the factorial; what a mode is without is left to chance.

    All shots of one character show the same person, and all of one environment the same place. seed: of both. kind: of
    action, which decides who its people are. people: characters of a class.
    """

    seed: int
    kind: str
    people: int

    @property
    def turn(self) -> int:
        """Rises by one from pair to pair, and when a pair comes again: so it meets every captured motion before any twice."""
        here, who = self.pair
        return here * max(1, self.people) + who + self.cycle

    def person(self) -> Person | None:
        """The character as a body: of that age, sex, skin tone, dress and, as near as there is one, build."""
        return None if self.character is None else _person(self.character, self.seed, self.kind, self.pair[1])

    def place_kind(self) -> str | None:
        """The kind of drawn place that the environment stands for, if there is one."""
        place = self.environment.place if self.environment else ""
        return place if place in KINDS else None

    def hours(self, otherwise: Hours) -> Hours:
        """The environment's hour; the part of backlit clips is left as it is."""
        if self.environment is None or self.environment.hour not in HOURS:
            return otherwise
        return replace(otherwise, **{hour: float(hour == self.environment.hour) for hour in HOURS})

    def place_stream(self) -> np.random.Generator | None:
        """The stream of chance from which the environment's place is drawn; None where it is left to the shot."""
        return None if self.environment is None else _stream(self.seed, self.environment.text, "place", self.pair[0])


def cast(shot: Shot, settings: EnrichmentSettings) -> Cast | None:
    """A shot's role; None where neither environments nor characters are asked for."""
    if not settings.spread:
        return None
    role = Enrichment(settings=settings).role(shot.gesture, shot.index)
    return Cast(
        environment=role.environment,
        character=role.character,
        pair=role.pair,
        cycle=role.cycle,
        seed=settings.seed,
        kind=kind_of(shot.gesture),
        people=settings.people,
    )


@lru_cache(maxsize=1024)
def _person(who: Character, seed: int, kind: str, number: int) -> Person:
    """Of several people who suit a character, the first whose build does; the same one in every clip."""
    settings = PeopleSettings(
        sexes={who.sex: 1},
        age_groups={who.group: 1},
        skin_tones=tuple(float(tone == int(who.skin_tone)) for tone in range(1, 11)),
        outfits={who.outfit: 1},
    )
    rng = _stream(seed, kind, "person", number)
    low, high = _BMI[who.build]
    drawn = [sample_person(rng, settings=settings) for _ in range(_TRIES)]
    return min(drawn, key=lambda person: max(low - person.bmi, person.bmi - high, 0.0))


def _stream(seed: int, *words: object) -> np.random.Generator:
    return np.random.default_rng([seed, *(zlib.crc32(str(word).encode()) for word in words)])
