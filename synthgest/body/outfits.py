"""Outfits drawn at random: which garments go together, and in which colours."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from synthgest.body.garments import Bottom, Glasses, Hat, Outer, Outfit, Shoes, Top
from synthgest.body.palette import (
    BRIGHT,
    CLOTH,
    FLUORESCENT,
    HELMETS,
    SHIRTS,
    SHOES,
    SOLES,
    SUITS,
    TAPE,
    TROUSERS,
    UNIFORMS,
    Colour,
    drawn,
    dyed,
    faded,
    varied,
)
from synthgest.body.wardrobe import CUTS, LENGTHS, NONE, SLEEVES, WORN_PATTERNS, Weights, worn

_DARK: Colour = (0.09, 0.09, 0.10)


def sample_outfit(style: str, sex: str, glasses: Weights, rng: np.random.Generator) -> Outfit:
    """An outfit in a style; ``glasses``: how often none, glasses and sunglasses are worn."""
    weights = worn(style, sex)
    kinds = {place: drawn(list(table), list(table.values()), rng) for place, table in weights.items()}
    if style == "sport" and kinds["top"] == "hoodie":
        kinds["outer"] = NONE
    if kinds["bottom"] == "dress" and kinds["top"] in ("shirt", "polo", "hoodie", "tank top"):
        kinds["top"] = "blouse"
    if kinds["outer"] == "coat" and kinds["bottom"] == "shorts":
        kinds["bottom"] = "jeans"
    if kinds["hat"] == "headscarf":
        kinds = _covering(kinds)
    cloth = UNIFORMS[int(rng.integers(len(UNIFORMS)))]
    suit = dyed(SUITS, rng)
    outer = _outer(kinds["outer"], style, cloth, suit, rng)
    bottom = _bottom(kinds["bottom"], style, cloth, suit, rng)
    top = _top(kinds["top"], style, bottom.kind, outer, rng)
    if kinds["hat"] == "headscarf":
        bottom = replace(bottom, length=max(bottom.length, 1.7))
        top = replace(top, sleeve=max(top.sleeve, 1.9), neckline="crew" if top.neckline == "scoop" else top.neckline)
    return Outfit(
        style=style,
        top=top,
        outer=outer,
        bottom=bottom,
        shoes=_shoes(kinds["shoes"], style, rng),
        hat=_hat(kinds["hat"], style, cloth, rng),
        glasses=_glasses(glasses, rng),
    )


def _covering(kinds: Mapping[str, str]) -> dict[str, str]:
    """The same kinds of garment, but for those that go with no headscarf."""
    instead = {"shorts": "chinos", "tank top": "t-shirt"}
    return {place: instead.get(kind, kind) for place, kind in kinds.items()}


def _top(kind: str, style: str, bottom: str, outer: Outer | None, rng: np.random.Generator) -> Top:
    cuts = CUTS[kind]
    sleeve = drawn(list(cuts["sleeve"]), list(cuts["sleeve"].values()), rng)
    neckline = drawn(list(cuts["neckline"]), list(cuts["neckline"].values()), rng)
    table, periods = WORN_PATTERNS[kind]
    pattern = drawn(list(table), list(table.values()), rng)
    if bottom == "dress" and pattern in ("yoke", "sleeves"):
        pattern = "plain"
    palette = {"formal": SHIRTS, "sport": BRIGHT}.get(style, CLOTH)
    tie = style == "formal" and kind == "shirt" and rng.random() < 0.45
    tucked = bottom in ("dress", "skirt") or style == "formal" or rng.random() < _tucking(kind, bottom)
    return Top(
        kind=kind,
        sleeve=round(float(rng.uniform(*SLEEVES["long" if tie else sleeve])), 3),
        neckline=neckline,
        # Under a jacket there is little room.
        looseness=round(float(rng.beta(1.6, 2.0)) * (1.0 if outer is None else 0.35), 3),
        tucked=bool(tucked),
        colour=dyed(palette, rng),
        pattern=pattern,
        accent=dyed(palette, rng),
        period=round(float(periods.get(pattern, 0.05) * rng.uniform(0.7, 1.4)), 4),
        tie=dyed(CLOTH, rng) if tie else None,
    )


def _tucking(kind: str, bottom: str) -> float:
    """How likely a top is worn under the waistband."""
    if kind == "hoodie" or bottom in ("leggings", "tracksuit"):
        return 0.0
    return {"shirt": 0.45, "polo": 0.4, "blouse": 0.4, "sweater": 0.05}.get(kind, 0.15)


def _outer(
    kind: str, style: str, cloth: tuple[str, Colour, Colour], suit: Colour, rng: np.random.Generator
) -> Outer | None:
    if kind == NONE:
        return None
    if kind == "field jacket":
        pattern, colour, accent = cloth
        return Outer(kind=kind, colour=varied(colour, rng, light=0.06, tint=0.006), pattern=pattern, accent=accent)
    if kind == "vest":
        return Outer(kind=kind, colour=FLUORESCENT[int(rng.random() < 0.4)], pattern="plain", accent=TAPE)
    colour = suit if kind == "blazer" else dyed(BRIGHT if style == "sport" else CLOTH, rng)
    pattern = "denim" if kind == "jacket" and rng.random() < 0.25 else "plain"
    if pattern == "denim":
        colour = varied(TROUSERS["denim"][0], rng, light=0.2, tint=0.01)
    accent = faded(colour) if pattern == "denim" else dyed(BRIGHT, rng)
    return Outer(kind=kind, colour=colour, pattern=pattern, accent=accent)


def _bottom(kind: str, style: str, cloth: tuple[str, Colour, Colour], suit: Colour, rng: np.random.Generator) -> Bottom:
    colour, accent, pattern = dyed(TROUSERS, rng), dyed(BRIGHT, rng), "plain"
    if kind == "jeans":
        dye = drawn(("denim", "dark denim", "light denim", "black"), (4, 3, 1.5, 1.5), rng)
        colour, pattern = varied(TROUSERS[dye][0], rng, light=0.12, tint=0.01), "denim"
        accent = faded(colour)
    elif style == "uniform":
        pattern, colour, accent = cloth
    elif style == "formal" and kind in ("chinos", "skirt"):
        colour = suit
    elif style == "hi-vis":
        colour = dyed(SUITS, rng) if rng.random() < 0.6 else FLUORESCENT[int(rng.random() < 0.6)]
    elif style == "sport":
        colour = dyed(BRIGHT, rng)
    elif kind == "skirt":
        pattern = drawn(("plain", "checks", "dots"), (6, 1.5, 0.7), rng)
    belted = kind in ("jeans", "chinos") and rng.random() < 0.6
    loose = {"leggings": 0.0, "jeans": 0.6, "work trousers": 0.8}.get(kind, 1.0) * float(rng.beta(1.6, 1.8))
    return Bottom(
        kind=kind,
        length=round(float(rng.uniform(*LENGTHS[kind])), 3),
        looseness=round(loose, 3),
        pleats=round(float(rng.uniform(0.3, 1.0)), 3) if loose > 0.45 and kind in ("skirt", "dress") else 0.0,
        colour=colour,
        pattern=pattern,
        accent=accent,
        belt=((0.10, 0.075, 0.06) if rng.random() < 0.6 else (0.30, 0.19, 0.11)) if belted else None,
        under=dyed(TROUSERS, rng) if rng.random() < 0.35 else _DARK,
    )


def _shoes(kind: str, style: str, rng: np.random.Generator) -> Shoes:
    dark = style in ("formal", "uniform", "hi-vis")
    colour = varied((0.10, 0.085, 0.08), rng, light=0.2, tint=0.01) if dark else dyed(SHOES, rng)
    return Shoes(
        kind=kind,
        colour=colour,
        accent=dyed(SHOES, rng),
        sole=SOLES[1] if dark and kind != "sneakers" else SOLES[int(rng.choice(3, p=[0.6, 0.25, 0.15]))],
        socks=_DARK if dark else _sock(rng),
    )


def _sock(rng: np.random.Generator) -> Colour:
    """White, black or coloured socks."""
    share = rng.random()
    if share < 0.4:
        return (0.86, 0.85, 0.83)
    return _DARK if share < 0.75 else dyed(CLOTH, rng)


def _hat(kind: str, style: str, cloth: tuple[str, Colour, Colour], rng: np.random.Generator) -> Hat | None:
    colour, accent = dyed(CLOTH, rng), dyed(BRIGHT, rng)
    if kind == NONE:
        return None
    if style == "uniform":
        pattern, colour, accent = cloth
        return Hat(kind=kind, colour=colour, pattern=pattern, accent=accent)
    if kind == "hard hat":
        return Hat(kind=kind, colour=HELMETS[int(rng.integers(len(HELMETS)))], pattern="plain", accent=_DARK)
    return Hat(kind=kind, colour=colour, pattern="knit" if kind == "beanie" else "plain", accent=accent)


def _glasses(weights: Weights, rng: np.random.Generator) -> Glasses | None:
    kind = drawn(list(weights), list(weights.values()), rng)
    frame = drawn(("dark", "brown", "metal", "coloured"), (5, 2, 2, 1), rng)
    colours = {"dark": _DARK, "brown": (0.24, 0.14, 0.08), "metal": (0.55, 0.55, 0.56), "coloured": dyed(BRIGHT, rng)}
    rim = round(float(rng.uniform(0.2, 1.0)), 3)
    return None if kind == NONE else Glasses(kind=kind, round=rim, colour=colours[frame])
