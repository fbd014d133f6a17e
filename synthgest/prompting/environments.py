"""Environments: the places and the light of prompts, such as fit the gesture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from synthgest.errors import SpecError
from synthgest.prompting.banks import load_table
from synthgest.prompting.similarity import near_duplicate
from synthgest.tables import to_value

HOURS: tuple[str, ...] = ("day", "overcast", "golden", "dusk", "night")
_OFTEN = ("day", "overcast", "golden", "day", "overcast", "night", "day", "dusk")  # hours of the environments, in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """A place in words, each with its preposition. light: the table of prompts/light.toml that its light is from."""

    words: tuple[str, ...]
    light: Literal["outside", "wild", "inside", "enclosed"] = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where a gesture is performed, in words. text: with preposition and light. short: the place alone.

    place: its name among the drawn places; hour: of ``HOURS``; both empty where a language model or the user wrote the text.
    """

    text: str
    short: str
    place: str = ""
    hour: str = ""

    @property
    def levels(self) -> dict[str, str]:
        """The levels by respect; empty where they are not known."""
        return {"place": self.place, "light": self.hour} if self.place else {}


@cache
def place_words() -> dict[str, PlaceWords]:
    """The words for every place, by the place's name with spaces."""
    tables = load_table("places")
    return {
        name.replace("-", " "): to_value(table, PlaceWords, where=f"prompts/places.toml, {name}")
        for name, table in tables.items()
    }


@cache
def light_words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The words for light, by table and hour."""
    return {side: {hour: tuple(words) for hour, words in hours.items()} for side, hours in load_table("light").items()}


def sample_environments(
    named: Sequence[str], otherwise: Sequence[str], count: int, rng: np.random.Generator
) -> tuple[Environment, ...]:
    """``count`` different environments: of the places that a gesture names ("an office") first, then of its kind's.

    A place comes a second time, in other words and at another hour, only after all have come once. A named place that
    prompts/places.toml does not hold is taken as it is written.
    """
    wanted = [_bare(name) for name in named]
    own = [str(name) for name in rng.permutation(sorted(set(wanted)))]
    more = [str(name) for name in rng.permutation(sorted(set(otherwise) - set(own)))]
    enough = own if len(own) >= count else own + more
    start = int(rng.integers(len(_OFTEN)))
    found: list[Environment] = []
    for number in range(20 * count):
        name = enough[number % len(enough)]
        words = _words(name, number // len(enough), rng)
        here = _environment(name, words, _OFTEN[(start + len(found)) % len(_OFTEN)], rng)
        if near_duplicate(here.text, [other.text for other in found]) is None:
            found.append(here)
        if len(found) == count:
            return tuple(found)
    raise SpecError(f"prompts/places.toml has too few words for {count} different environments; ask for fewer")


def _words(name: str, turn: int, rng: np.random.Generator) -> PlaceWords:
    known = place_words().get(name)
    if known is None:
        return PlaceWords(words=(f"in the setting of {_article(name)}",))
    ways = known.words
    return PlaceWords(words=(ways[(turn + int(rng.integers(len(ways)))) % len(ways)],), light=known.light)


def _environment(name: str, place: PlaceWords, hour: str, rng: np.random.Generator) -> Environment:
    ways = light_words()[place.light][hour]
    (where,) = place.words
    return Environment(
        text=f"{where}, {ways[int(rng.integers(len(ways)))]},",
        short=where,
        place=name,
        hour=hour,
    )


def _bare(environment: str) -> str:
    first, _, rest = environment.strip().lower().partition(" ")
    return rest if first in ("a", "an", "the") and rest else environment.strip().lower()


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"
