"""What a person wears, garment by garment, as plain values that can be kept in a clip's record."""

from dataclasses import dataclass

from synthgest.body.palette import Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """What is worn above the waist.

    kind: t-shirt, shirt, polo, sweater, hoodie, tank top, blouse or jersey. sleeve: where it ends, 0 at the shoulder, 1 at
    the elbow, 2 at the wrist. neckline: crew, v, scoop, collar or turtleneck. looseness: 0 tight to 1 wide. tucked: whether
    the hem is under the waistband. pattern: one of ``surface.PATTERNS``, yoke or sleeves (two colours). accent: the second
    colour. period: of the pattern, metres. tie: its colour, or None.
    """

    kind: str
    sleeve: float
    neckline: str
    looseness: float
    tucked: bool
    colour: Colour
    pattern: str
    accent: Colour
    period: float
    tie: Colour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """What is worn over the top.

    kind: jacket (open), zip jacket (closed), blazer, coat, field jacket (of a uniform) or vest (of high visibility, without
    sleeves). pattern: one of ``surface.PATTERNS``. accent: its second colour, lining or trim.
    """

    kind: str
    colour: Colour
    pattern: str
    accent: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottom:
    """What is worn below the waist.

    kind: jeans, chinos, tracksuit, work trousers, shorts, leggings, skirt or dress (a skirt of the top's cloth). length:
    where it ends, 0 at the hip, 1 at the knee, 2 at the ankle. looseness: 0 tight to 1 wide; of a skirt, straight to wide.
    pleats: depth of a skirt's folds, 0 to 1. pattern, accent: as of a top; the accent is also the side stripe. belt: its
    colour, or None. under: colour of what is worn under a skirt.
    """

    kind: str
    length: float
    looseness: float
    pleats: float
    colour: Colour
    pattern: str
    accent: Colour
    belt: Colour | None
    under: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoes:
    """kind: sneakers, boots or loafers. colour: of the upper. accent: of laces and trim. sole, socks: their colours."""

    kind: str
    colour: Colour
    accent: Colour
    sole: Colour
    socks: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Hat:
    """kind: cap, beanie, hard hat, helmet or headscarf. pattern: one of ``surface.PATTERNS``. accent: its second colour."""

    kind: str
    colour: Colour
    pattern: str
    accent: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Glasses:
    """kind: glasses or sunglasses. round: 0 angular to 1 round rims. colour: of the frame."""

    kind: str
    round: float
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """Everything that one person wears. style: casual, formal, sport, uniform or hi-vis."""

    style: str
    top: Top
    outer: Outer | None
    bottom: Bottom
    shoes: Shoes
    hat: Hat | None
    glasses: Glasses | None
