"""A person drawn at random: shape, skin, hair and clothes as plain values that can be kept in a clip's record."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthgest.body.garments import Bottom, Glasses, Hat, Outer, Shoes, Top
from synthgest.body.looks import sample_look
from synthgest.body.model import Body, load_body
from synthgest.body.outfits import sample_outfit
from synthgest.body.palette import SKIN, Colour, drawn, varied
from synthgest.body.people import PeopleSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person, in plain values (``msgspec.to_builtins`` or ``dataclasses.asdict`` gives JSON).

    sex: female or male. age_group: teenager, adult or elder. height_m: metres, barefoot. bmi: kg/m^2. rows, mix, scale: the
    two sampled people that the shape lies between, how far towards the second, and the size. skin_tone: Monk scale, 1 to 10.
    skin: the colour itself. hair_style: one of ``hairstyles.STYLES``. beard: none, stubble, moustache, goatee, short or full.
    outfit: the style of the clothes, casual, formal, sport, uniform or hi-vis. top, outer, bottom, shoes, hat, glasses: see
    ``garments``. detail: seed of the fine variation of hair and cloth.
    """

    sex: str
    age_group: str
    height_m: float
    bmi: float
    rows: tuple[int, int]
    mix: float
    scale: float
    skin_tone: int
    skin: Colour
    hair_style: str
    hair: Colour
    eyes: Colour
    beard: str
    outfit: str
    top: Top
    outer: Outer | None
    bottom: Bottom
    shoes: Shoes
    hat: Hat | None
    glasses: Glasses | None
    detail: int


def sample_person(rng: np.random.Generator, *, settings: PeopleSettings | None = None, work: float = 0.0) -> Person:
    """A person drawn at random; all sexes, ages from about 13, builds and skin tones; always dressed and shod.

    settings: how often each group is drawn, by default as ``PeopleSettings`` says. work: share of people who are dressed
    for work, 0 to 1.
    """
    shares = settings if settings is not None else PeopleSettings()
    body = load_body()
    sex = _one_of(shares.sexes, rng)
    age_group = _one_of(shares.age_groups, rng)
    tone = int(rng.choice(10, p=np.array(shares.skin_tones) / sum(shares.skin_tones))) + 1
    style = _one_of(shares.at_work if rng.random() < work else shares.outfits, rng)
    rows = _rows(body, sex, age_group, tone, rng)
    mix = round(float(rng.uniform(0.0, 0.5)), 4)
    scale = round(float(rng.uniform(0.975, 1.025)), 4)
    share = np.array([1 - mix, mix])
    outfit = sample_outfit(style, sex, shares.eyewear, rng)
    look = sample_look(sex, age_group, tone, rng, hat=outfit.hat is not None)
    return Person(
        sex=sex,
        age_group=age_group,
        height_m=round(float(body.labels["metres"][list(rows)].astype(float) @ share) * scale, 4),
        bmi=round(float(body.labels["bmi"][list(rows)].astype(float) @ share) * scale, 2),
        rows=rows,
        mix=mix,
        scale=scale,
        skin_tone=tone,
        skin=varied(SKIN[tone - 1], rng, light=0.03, tint=0.007 * SKIN[tone - 1][0]),
        hair_style=look.hair_style,
        hair=look.hair,
        eyes=look.eyes,
        beard=look.beard,
        outfit=style,
        top=outfit.top,
        outer=outfit.outer,
        bottom=outfit.bottom,
        shoes=outfit.shoes,
        hat=outfit.hat,
        glasses=outfit.glasses,
        detail=int(rng.integers(0, 2**31)),
    )


def groups(person: Person) -> Mapping[str, str]:
    """The group that a person belongs to in every respect that ``people.intended_shares`` counts."""
    return {
        "sex": person.sex,
        "age group": person.age_group,
        "skin tone": str(person.skin_tone),
        "outfit": person.outfit,
        "top": person.top.kind,
        "outer": person.outer.kind if person.outer else "none",
        "bottom": person.bottom.kind,
        "shoes": person.shoes.kind,
        "hat": person.hat.kind if person.hat else "none",
        "eyewear": person.glasses.kind if person.glasses else "none",
    }


def _one_of(table: Mapping[str, float], rng: np.random.Generator) -> str:
    return drawn(list(table), list(table.values()), rng)


def _rows(body: Body, sex: str, age_group: str, tone: int, rng: np.random.Generator) -> tuple[int, int]:
    """Two sampled people of the sex and age; features and skin tone go together loosely, as they do in the world."""
    labels = body.labels
    african, asian, caucasian = (labels[name].astype(float) for name in ("african", "asian", "caucasian"))
    usual = 8.5 * african + 4.2 * asian + 2.8 * caucasian
    weight = np.exp(-(((usual - tone) / 2.2) ** 2)) + 0.02
    weight = weight * (labels["sex"] == sex) * (labels["age_group"] == age_group)
    first, second = rng.choice(len(weight), size=2, replace=False, p=weight / weight.sum())
    return int(first), int(second)
