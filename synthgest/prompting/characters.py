"""Characters: the people of prompts, balanced over age, sex, skin tone, build and dress."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from synthgest.errors import SpecError
from synthgest.prompting.balance import balanced_rows
from synthgest.prompting.banks import load_table
from synthgest.prompting.kinds import Kind
from synthgest.prompting.similarity import near_duplicate
from synthgest.tables import to_value

SEXES: tuple[str, ...] = ("female", "male")

_TRIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """An age in words, for each sex. group: teenager, adult or elder, as drawn people have it."""

    group: str
    female: tuple[str, ...]
    male: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterBank:
    """The content of ``prompts/characters.toml``: words for every level of every respect."""

    ages: Mapping[str, Age]
    skin_tones: Mapping[str, tuple[str, ...]]
    builds: Mapping[str, tuple[str, ...]]
    hair: Mapping[str, tuple[str, ...]]
    outfits: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """A person in words. text: in full, beginning with an article. short: what is kept where tokens are few.

    age, sex, skin_tone (Monk scale), build, outfit: the levels that the words stand for, empty where a language model or
    the user wrote the text. group: the drawn people's age group.
    """

    text: str
    short: str
    age: str = ""
    group: str = ""
    sex: str = ""
    skin_tone: str = ""
    build: str = ""
    outfit: str = ""

    @property
    def levels(self) -> dict[str, str]:
        """The levels by respect; empty where they are not known."""
        named = {"age": self.age, "sex": self.sex, "skin tone": self.skin_tone, "build": self.build}
        return named | {"outfit": self.outfit} if self.sex else {}


@cache
def character_bank() -> CharacterBank:
    """The shipped words."""
    return to_value(load_table("characters"), CharacterBank, where="prompts/characters.toml")


def sample_characters(
    kind: Kind, sexes: tuple[str, ...], count: int, rng: np.random.Generator
) -> tuple[Character, ...]:
    """``count`` different people who suit a kind of action; who they are depends on the kind, the sexes and ``rng`` alone.

    Gestures of one kind share their people, so that who performs does not give the class away.
    """
    bank = character_bank()
    levels = {
        "age": kind.ages,
        "sex": sexes,
        "skin_tone": tuple(bank.skin_tones),
        "build": tuple(bank.builds),
        "outfit": kind.outfits,
    }
    found: list[Character] = []
    said: Counter[str] = Counter()
    for row in balanced_rows(levels, count, rng):
        described = (_described(bank, row, said, rng) for _ in range(_TRIES))
        texts = [each.text for each in found]
        fresh = next((each for each in described if near_duplicate(each.text, texts) is None), None)
        if fresh is None:
            raise SpecError(
                f"prompts/characters.toml has too few words for {count} different characters; ask for fewer"
            )
        found.append(fresh)
    return tuple(found)


def _described(bank: CharacterBank, row: Mapping[str, str], said: Counter[str], rng: np.random.Generator) -> Character:
    age = bank.ages[row["age"]]
    who = _drawn(age.female if row["sex"] == "female" else age.male, said, rng)
    skin, build = _drawn(bank.skin_tones[row["skin_tone"]], said, rng), _drawn(bank.builds[row["build"]], said, rng)
    hair, clothes = _drawn(bank.hair[row["age"]], said, rng), _drawn(bank.outfits[row["outfit"]], said, rng)
    return Character(
        text=f"{who} with {skin}, {build} and {hair}, wearing {clothes},",
        short=f"{who} with {skin} wearing {clothes}",
        group=age.group,
        **row,
    )


def _drawn(words: tuple[str, ...], said: Counter[str], rng: np.random.Generator) -> str:
    """One of the words that were said least often so far."""
    fewest = min(said[word] for word in words)
    freshest = [word for word in words if said[word] == fewest]
    chosen = freshest[int(rng.integers(len(freshest)))]
    said[chosen] += 1
    return chosen
