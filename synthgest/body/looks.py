"""Looks: hair, beard and eyes drawn at random as they go with sex, age and skin tone, loosely, as in the world."""

from dataclasses import dataclass

import numpy as np

from synthgest.body.palette import EYES, HAIR, Colour, drawn, varied


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """hair_style: of ``hairstyles.STYLES``. hair, eyes: colours. beard: none, stubble, moustache, goatee, short or full."""

    hair_style: str
    hair: Colour
    eyes: Colour
    beard: str


_STYLES = {
    "male": {
        "shaved": 0.8, "cropped": 2.2, "fade": 1.4, "short": 4.5, "side": 3.0, "fringe": 1.0, "curly": 0.8, "wavy": 0.25,
        "long": 0.25, "ponytail": 0.25,
    },
    "female": {
        "cropped": 0.4, "short": 0.9, "side": 0.5, "fringe": 0.7, "curly": 1.0, "bob": 2.6, "long": 2.6, "wavy": 2.2,
        "bun": 1.8, "ponytail": 2.2, "braid": 1.0,
    },
}  # fmt: skip
_COILED = {
    "male": {"shaved": 1.2, "cropped": 2.5, "fade": 3.0, "afro": 1.2, "curly": 1.0, "locs": 1.0},
    "female": {"cropped": 0.8, "afro": 2.0, "curly": 1.8, "locs": 1.6, "bun": 1.5, "ponytail": 0.8, "braid": 1.6, "long": 0.6},
}  # fmt: skip
_UNDER_A_HAT = ("shaved", "balding", "cropped", "fade", "short", "side", "bob", "long", "wavy", "locs")
_BALD = {"elder": 0.35, "adult": 0.06, "teenager": 0.0}
_BEARDS = {"none": 5.0, "stubble": 2.3, "moustache": 0.5, "goatee": 0.6, "short": 1.3, "full": 0.9}


def sample_look(sex: str, age_group: str, tone: int, rng: np.random.Generator, *, hat: bool) -> Look:
    """Hair, beard and eyes of somebody of this sex, age group and Monk tone; hat: whether one is worn, which flat hair suits."""
    return Look(
        hair_style=_hair_style(sex, age_group, tone, rng, hat=hat),
        hair=varied(HAIR[_hair_name(tone, age_group, rng)], rng, light=0.15, tint=0.006),
        eyes=varied(EYES[_eye_name(tone, rng)], rng, light=0.1, tint=0.01),
        beard=_beard(sex, age_group, rng),
    )


def _hair_style(sex: str, age_group: str, tone: int, rng: np.random.Generator, *, hat: bool) -> str:
    if sex == "male" and rng.random() < _BALD[age_group]:
        return "balding"
    coiled = rng.random() < np.clip((tone - 5) / 4, 0.04, 0.85)
    styles = (_COILED if coiled else _STYLES)[sex]
    if age_group == "elder" and sex == "female":
        styles = {
            name: weight * (0.3 if name in ("long", "braid", "ponytail") else 1.0) for name, weight in styles.items()
        }
    if hat:
        styles = {name: weight for name, weight in styles.items() if name in _UNDER_A_HAT}
    return drawn(list(styles), list(styles.values()), rng)


def _hair_name(tone: int, age_group: str, rng: np.random.Generator) -> str:
    if age_group == "elder":
        return drawn(("iron grey", "grey", "white", "black", "brown"), (2.5, 4, 3, 1, 1), rng)
    if rng.random() < 0.04:
        return drawn(("dyed", "dyed copper", "dyed ash"), (1, 1, 1), rng)
    if tone <= 4:
        names = ("black", "dark brown", "brown", "light brown", "dark blond", "blond", "auburn", "red", "grey")
        return drawn(names, (2, 3, 3, 2, 1.2, 1.4, 0.6, 0.6, 0.3 * (age_group == "adult")), rng)
    return drawn(("black", "dark brown", "brown", "iron grey"), (6, 3, 0.6, 0.4 * (age_group == "adult")), rng)


def _eye_name(tone: int, rng: np.random.Generator) -> str:
    weights = (1, 2, 1.5, 1.2, 2, 1) if tone <= 4 else (5, 3, 0.3, 0.05, 0.05, 0.05)
    return drawn(list(EYES), weights, rng)


def _beard(sex: str, age_group: str, rng: np.random.Generator) -> str:
    if sex == "female" or age_group == "teenager":
        return "none"
    return drawn(list(_BEARDS), list(_BEARDS.values()), rng)
