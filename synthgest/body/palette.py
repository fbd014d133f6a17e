"""Colours of people and cloth: skin after the Monk scale, hair, eyes and what clothes are really dyed in (sRGB)."""

from collections.abc import Sequence

import numpy as np

Colour = tuple[float, float, float]


def colour(code: str) -> Colour:
    """``"#rrggbb"`` as three numbers in [0, 1]."""
    red, green, blue = (int(code[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return red, green, blue


def varied(base: Colour, rng: np.random.Generator, *, light: float, tint: float) -> Colour:
    """The colour a little lighter or darker (standard deviation ``light``, relative) and tinted (``tint``, absolute)."""
    values = np.array(base) * np.exp(rng.normal(0.0, light)) + rng.normal(0.0, tint, 3)
    red, green, blue = (round(float(value), 4) for value in np.clip(values, 0.01, 0.97))
    return red, green, blue


def drawn(names: Sequence[str], weights: Sequence[float], rng: np.random.Generator) -> str:
    """One of the names, each as likely as its weight."""
    share = np.array(weights, float)
    return str(names[int(rng.choice(len(names), p=share / share.sum()))])


SKIN: tuple[Colour, ...] = (
    (0.90, 0.77, 0.70),
    (0.89, 0.75, 0.66),
    (0.87, 0.72, 0.60),
    (0.82, 0.66, 0.51),
    (0.75, 0.58, 0.42),
    (0.61, 0.44, 0.31),
    (0.49, 0.335, 0.235),
    (0.38, 0.255, 0.18),
    colour("#3a312a"),
    colour("#292420"),
)
"""Tones 1 to 10 of the Monk Skin Tone scale (E. Monk, 2022) as albedo: its swatches show lit skin, hence the narrower range;
tones 9 and 10 are its own."""

HAIR: dict[str, Colour] = {
    "black": colour("#16120f"),
    "dark brown": colour("#2b1d14"),
    "brown": colour("#4a3222"),
    "light brown": colour("#6f5136"),
    "dark blond": colour("#8a6d45"),
    "blond": colour("#b08d57"),
    "auburn": colour("#54271a"),
    "red": colour("#7a3a1e"),
    "iron grey": colour("#4b4947"),
    "grey": colour("#85817c"),
    "white": colour("#c9c5bf"),
    "dyed": colour("#5b2433"),
    "dyed copper": colour("#8f4522"),
    "dyed ash": colour("#a39a8c"),
}

EYES: dict[str, Colour] = {
    "dark brown": colour("#2a1a10"),
    "brown": colour("#4d3019"),
    "hazel": colour("#6b5228"),
    "green": colour("#5d6b43"),
    "blue": colour("#5f7f9c"),
    "grey": colour("#77828a"),
}

CLOTH: dict[str, tuple[Colour, float]] = {
    "black": (colour("#1c1c1f"), 3.0),
    "charcoal": (colour("#3a3c41"), 2.0),
    "grey": (colour("#75777b"), 2.0),
    "light grey": (colour("#b4b5b5"), 1.5),
    "white": (colour("#e6e4df"), 2.5),
    "cream": (colour("#dccfb5"), 1.2),
    "navy": (colour("#1f2a44"), 3.0),
    "blue": (colour("#34568b"), 1.8),
    "light blue": (colour("#9db5cf"), 1.5),
    "teal": (colour("#2c6468"), 0.8),
    "burgundy": (colour("#5c1f2b"), 1.0),
    "red": (colour("#a12a2c"), 1.0),
    "rust": (colour("#95502f"), 0.7),
    "mustard": (colour("#b88a33"), 0.7),
    "olive": (colour("#55573a"), 1.1),
    "forest": (colour("#24432f"), 0.9),
    "sage": (colour("#94a187"), 0.7),
    "beige": (colour("#b7a283"), 1.2),
    "brown": (colour("#5b4433"), 1.0),
    "pink": (colour("#c89a9c"), 0.8),
    "lilac": (colour("#9c8fb0"), 0.6),
    "purple": (colour("#4d3a62"), 0.6),
}
"""Cloth: colour, and how often it is worn."""

TROUSERS: dict[str, tuple[Colour, float]] = {
    "denim": (colour("#3b4d68"), 3.0),
    "dark denim": (colour("#232d40"), 2.5),
    "light denim": (colour("#7f95ad"), 1.2),
    "black": (colour("#1d1d1f"), 3.0),
    "charcoal": (colour("#3d3f43"), 1.6),
    "grey": (colour("#77797b"), 1.2),
    "khaki": (colour("#a08c68"), 1.4),
    "beige": (colour("#bfae90"), 0.8),
    "olive": (colour("#50523a"), 1.0),
    "navy": (colour("#22293d"), 1.6),
    "brown": (colour("#54402f"), 0.8),
    "white": (colour("#d9d6cf"), 0.5),
    "burgundy": (colour("#4f2129"), 0.4),
}
"""Trousers, shorts and skirts likewise."""

SHOES: dict[str, tuple[Colour, float]] = {
    "black": (colour("#1a1a1b"), 3.0),
    "white": (colour("#d8d6d1"), 2.0),
    "brown": (colour("#523725"), 1.6),
    "tan": (colour("#8b6845"), 0.8),
    "grey": (colour("#66686b"), 1.2),
    "navy": (colour("#252d42"), 0.8),
    "red": (colour("#8a2a2b"), 0.4),
}

SOLES: tuple[Colour, ...] = (colour("#d5d2ca"), colour("#1b1a19"), colour("#8d7a5f"))


def dyed(palette: dict[str, tuple[Colour, float]], rng: np.random.Generator) -> Colour:
    """A colour drawn from a palette of cloth, a little off, as two dye lots are."""
    name = drawn(list(palette), [weight for _, weight in palette.values()], rng)
    return varied(palette[name][0], rng, light=0.12, tint=0.012)


SHIRTS: dict[str, tuple[Colour, float]] = {
    "white": (colour("#e4e4e2"), 4.0),
    "light blue": (colour("#a9bfd8"), 3.0),
    "pale pink": (colour("#d9bcbc"), 0.8),
    "cream": (colour("#dfd5bd"), 1.0),
    "grey": (colour("#9a9da2"), 0.8),
    "navy": (colour("#222d48"), 1.0),
    "black": (colour("#1e1e20"), 1.0),
}
"""Shirts worn to an office."""

SUITS: dict[str, tuple[Colour, float]] = {
    "navy": (colour("#20283c"), 3.0),
    "charcoal": (colour("#34363b"), 3.0),
    "black": (colour("#1b1b1d"), 2.5),
    "grey": (colour("#6a6c70"), 1.5),
    "brown": (colour("#4b3a2d"), 0.8),
    "beige": (colour("#a99775"), 0.8),
}

BRIGHT: dict[str, tuple[Colour, float]] = {
    "black": (colour("#1a1a1c"), 2.0),
    "red": (colour("#b02a2f"), 1.2),
    "royal": (colour("#2446a0"), 1.4),
    "green": (colour("#2c7a48"), 0.9),
    "orange": (colour("#d0702a"), 0.7),
    "white": (colour("#e2e2de"), 1.6),
    "turquoise": (colour("#2f8f97"), 0.7),
    "magenta": (colour("#a8326e"), 0.6),
    "navy": (colour("#1e2947"), 1.4),
    "grey": (colour("#707277"), 1.0),
}
"""Sportswear."""

FLUORESCENT: tuple[Colour, ...] = (colour("#d3ee1e"), colour("#ff6a13"))
"""Yellow and orange of high-visibility clothes (EN ISO 20471 allows these and red), as bright as sRGB has them."""

TAPE: Colour = colour("#c3c7c6")
"""Reflective tape by diffuse light."""

UNIFORMS: tuple[tuple[str, Colour, Colour], ...] = (
    ("camouflage", colour("#6f7149"), colour("#4a3d2b")),
    ("camouflage", colour("#a8946b"), colour("#75623f")),
    ("camouflage", colour("#7d8577"), colour("#4c554d")),
    ("plain", colour("#4c5038"), colour("#33351f")),
    ("plain", colour("#9b8a63"), colour("#6b5c3d")),
    ("plain", colour("#252d40"), colour("#151a26")),
)
"""Cloth of uniforms: pattern, colour, second colour."""

HELMETS: tuple[Colour, ...] = (
    colour("#e8e6dd"),
    colour("#f0b91a"),
    colour("#e0641b"),
    colour("#2b5aa3"),
    colour("#b8312f"),
)
"""Hard hats."""


def faded(dye: Colour) -> Colour:
    """What is left of an indigo or black dye where denim is worn: halfway to a greyish white."""
    red, green, blue = (round(0.5 * part + 0.5 * pale, 4) for part, pale in zip(dye, (0.66, 0.70, 0.74), strict=True))
    return red, green, blue
