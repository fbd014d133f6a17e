"""A person drawn at random: shape, skin, hair and clothes as plain values that can be kept in a clip's record."""

from dataclasses import dataclass

import numpy as np

from synthgest.body.model import Body, load_body
from synthgest.body.palette import CLOTH, EYES, HAIR, SHOES, SKIN, SOLES, TROUSERS, Colour, drawn, dyed, varied


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """What is worn above the waist.

    sleeve: where it ends, 0 at the shoulder, 1 at the elbow, 2 at the wrist. neckline: crew, v, scoop, collar or turtleneck.
    looseness: 0 tight to 1 wide. tucked: whether the hem is under the waistband. pattern: plain, stripes, yoke or sleeves.
    accent: the pattern's second colour. jacket: colour of an open jacket on top, or None.
    """

    sleeve: float
    neckline: str
    looseness: float
    tucked: bool
    colour: Colour
    pattern: str
    accent: Colour
    jacket: Colour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottom:
    """What is worn below the waist.

    kind: trousers, shorts, leggings, skirt or dress (a skirt of the top's cloth). length: where it ends, 0 at the hip, 1 at
    the knee, 2 at the ankle. looseness: 0 tight to 1 wide. under: colour of what is worn under a skirt.
    """

    kind: str
    length: float
    looseness: float
    colour: Colour
    under: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoes:
    """kind: shoes or boots. colour: of the upper. sole: colour of the sole."""

    kind: str
    colour: Colour
    sole: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person, in plain values (``msgspec.to_builtins`` or ``dataclasses.asdict`` gives JSON).

    sex: female or male. age_group: teenager, adult or elder. height_m: metres, barefoot. bmi: kg/m^2. rows, mix, scale: the
    two sampled people that the shape lies between, how far towards the second, and the size. skin_tone: Monk scale, 1 to 10.
    skin: the colour itself. hair_style: shaved, cropped, short, side, curly, bob, long, bun or ponytail.
    beard: none, stubble, moustache or full. detail: seed of the fine variation of hair and cloth.
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
    top: Top
    bottom: Bottom
    shoes: Shoes
    detail: int


_AGE_SHARES = {"teenager": 0.15, "adult": 0.67, "elder": 0.18}
_STYLES = {
    "male": {"shaved": 1, "cropped": 3, "short": 5, "side": 3, "curly": 1.5, "long": 0.4},
    "female": {"cropped": 0.4, "short": 1.2, "curly": 1.2, "bob": 3, "long": 4, "bun": 2, "ponytail": 2.5},
}


def sample_person(rng: np.random.Generator) -> Person:
    """A person drawn at random; all sexes, ages from about 13, builds and skin tones; always dressed and shod."""
    body = load_body()
    sex = drawn(("female", "male"), (1, 1), rng)
    age_group = drawn(list(_AGE_SHARES), list(_AGE_SHARES.values()), rng)
    tone = int(rng.integers(1, 11))
    rows = _rows(body, sex, age_group, tone, rng)
    mix = round(float(rng.uniform(0.0, 0.5)), 4)
    scale = round(float(rng.uniform(0.975, 1.025)), 4)
    share = np.array([1 - mix, mix])
    style = drawn(list(_STYLES[sex]), list(_STYLES[sex].values()), rng)
    bottom = _bottom(sex, age_group, rng)
    return Person(
        sex=sex,
        age_group=age_group,
        height_m=round(float(body.labels["metres"][list(rows)].astype(float) @ share) * scale, 4),
        bmi=round(float(body.labels["bmi"][list(rows)].astype(float) @ share) * scale, 2),
        rows=rows,
        mix=mix,
        scale=scale,
        skin_tone=tone,
        skin=varied(SKIN[tone - 1], rng, light=0.03, tint=0.006),
        hair_style=style,
        hair=varied(HAIR[_hair_name(tone, age_group, rng)], rng, light=0.15, tint=0.006),
        eyes=varied(EYES[_eye_name(tone, rng)], rng, light=0.1, tint=0.01),
        beard=_beard(sex, age_group, rng),
        top=_top(sex, bottom.kind, rng),
        bottom=bottom,
        shoes=Shoes(
            kind=drawn(("shoes", "boots"), (4, 1), rng),
            colour=dyed(SHOES, rng),
            sole=SOLES[int(rng.choice(3, p=[0.45, 0.4, 0.15]))],
        ),
        detail=int(rng.integers(0, 2**31)),
    )


def _rows(body: Body, sex: str, age_group: str, tone: int, rng: np.random.Generator) -> tuple[int, int]:
    """Two sampled people of the sex and age; features and skin tone go together loosely, as they do in the world."""
    labels = body.labels
    african, asian, caucasian = (labels[name].astype(float) for name in ("african", "asian", "caucasian"))
    usual = 8.5 * african + 4.2 * asian + 2.8 * caucasian
    weight = np.exp(-(((usual - tone) / 2.2) ** 2)) + 0.02
    weight = weight * (labels["sex"] == sex) * (labels["age_group"] == age_group)
    first, second = rng.choice(len(weight), size=2, replace=False, p=weight / weight.sum())
    return int(first), int(second)


def _hair_name(tone: int, age_group: str, rng: np.random.Generator) -> str:
    if age_group == "elder":
        return drawn(("grey", "white", "black", "brown"), (5, 3, 1, 1), rng)
    if rng.random() < 0.03:
        return "dyed"
    if tone <= 4:
        return drawn(list(HAIR)[:7], (2, 3, 3, 2, 2, 0.8, 0.3), rng)
    return drawn(("black", "dark brown", "brown", "grey"), (6, 3, 0.6, 0.4), rng)


def _eye_name(tone: int, rng: np.random.Generator) -> str:
    weights = (1, 2, 1.5, 1.2, 2, 1) if tone <= 4 else (5, 3, 0.3, 0.05, 0.05, 0.05)
    return drawn(list(EYES), weights, rng)


def _beard(sex: str, age_group: str, rng: np.random.Generator) -> str:
    if sex == "female" or age_group == "teenager":
        return "none"
    return drawn(("none", "stubble", "moustache", "full"), (5, 2.5, 0.7, 2), rng)


def _top(sex: str, bottom: str, rng: np.random.Generator) -> Top:
    neckline = drawn(
        ("crew", "v", "scoop", "collar", "turtleneck"), (4, 1.5, 0.5 if sex == "male" else 1.5, 2, 0.7), rng
    )
    sleeve = drawn(("none", "short", "elbow", "long"), (0.4 if sex == "male" else 1.2, 3.5, 0.7, 4.5), rng)
    if neckline == "turtleneck":
        sleeve = "long"
    ends = {"none": (0.02, 0.06), "short": (0.55, 0.85), "elbow": (0.95, 1.35), "long": (1.86, 1.95)}[sleeve]
    jacket = sleeve != "none" and bottom != "dress" and rng.random() < 0.16
    pattern = "plain" if jacket else drawn(("plain", "stripes", "yoke", "sleeves"), (6, 1.4, 0.6, 0.7), rng)
    return Top(
        sleeve=round(float(rng.uniform(*ends)), 3),
        neckline=neckline,
        looseness=round(float(rng.beta(1.6, 2.0)), 3),
        tucked=bottom in ("dress", "skirt") or (jacket is False and rng.random() < 0.2),
        colour=dyed(CLOTH, rng),
        pattern=pattern,
        accent=dyed(CLOTH, rng),
        jacket=dyed(CLOTH, rng) if jacket else None,
    )


def _bottom(sex: str, age_group: str, rng: np.random.Generator) -> Bottom:
    weights = (6, 1.2, 0, 0, 0) if sex == "male" else (4.5, 0.7, 1.2, 1.6, 1.2)
    if age_group == "elder":
        weights = tuple(np.array(weights) * (1, 0.3, 0.3, 1.2, 1.0))
    kind = drawn(("trousers", "shorts", "leggings", "skirt", "dress"), weights, rng)
    ends = {
        "trousers": (1.96, 2.04),
        "shorts": (0.5, 0.95),
        "leggings": (1.85, 2.02),
        "skirt": (0.65, 1.5),
        "dress": (0.7, 1.5),
    }
    return Bottom(
        kind=kind,
        length=round(float(rng.uniform(*ends[kind])), 3),
        looseness=0.0 if kind == "leggings" else round(float(rng.beta(1.6, 1.8)), 3),
        colour=dyed(TROUSERS, rng),
        under=dyed(TROUSERS, rng) if rng.random() < 0.35 else (0.09, 0.09, 0.1),
    )
