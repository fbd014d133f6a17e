"""Hair styles as data: the shell on the scalp, which way the hair flows, and the locks that grow over it."""

from collections.abc import Mapping
from dataclasses import dataclass

from synthgest.body.locks import Growth


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """Ribbons on top of the shell.

    count: how many. length: shortest and longest, metres. how: see ``Growth``. where: all over, on the top, round the rim, or
    as a fringe over the forehead. ahead: how many of them may fall in front of the shoulders, 0 to 1.
    """

    count: int
    length: tuple[float, float]
    how: Growth
    where: str = "all"
    ahead: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """top, side: thickness of the shell, metres. lumps: its unevenness, metres, and lump: the size of one, metres.

    flow: away from the crown, from a parting, or back to a knot. tail: none, pony, braid or bun at that knot. short: how much
    shorter than hanging hair the strands of its pattern look; coiled hair has no strands at all, but dots.
    """

    top: float
    side: float
    lumps: float = 0.0015
    lump: float = 0.02
    flow: str = "crown"
    tail: str = "none"
    short: float = 1.0
    locks: tuple[Locks, ...] = ()


_TOUSLED = Growth(width=0.0105, steps=2, lift=0.14, weight=0.15, blunt=0.25)
_COMBED = Growth(width=0.012, steps=3, lift=0.08, weight=0.25, blunt=0.2)
_HANGING = Growth(width=0.033, steps=8, lift=0.0, weight=0.8, blunt=0.3)
_WAVY = Growth(width=0.031, steps=13, lift=0.04, weight=0.8, curl=0.0045, turns=2.2, blunt=0.2)
_FRINGE = Growth(width=0.016, steps=4, lift=0.12, weight=1.0, blunt=0.5)
_RINGLET = Growth(width=0.014, steps=6, lift=0.30, weight=0.45, curl=0.0055, turns=1.0, blunt=0.5)
_LOC = Growth(width=0.0120, steps=7, lift=0.10, weight=0.9, blunt=0.9)

STYLES: Mapping[str, Style | None] = {
    "shaved": None,
    "balding": Style(top=0.0025, side=0.005, lumps=0.0008, short=3.0),
    "cropped": Style(top=0.0055, side=0.0030, lumps=0.0006, short=5.0),
    "fade": Style(top=0.017, side=0.0015, lumps=0.0015, lump=0.009, short=9.0),
    "short": Style(top=0.012, side=0.005, locks=(Locks(count=240, length=(0.018, 0.038), how=_TOUSLED),)),
    "side": Style(top=0.015, side=0.006, flow="parting", locks=(Locks(count=210, length=(0.030, 0.055), how=_COMBED),)),
    "fringe": Style(
        top=0.013,
        side=0.008,
        locks=(
            Locks(count=220, length=(0.02, 0.04), how=_TOUSLED),
            Locks(count=60, length=(0.050, 0.068), how=_FRINGE, where="fringe"),
        ),
    ),
    "afro": Style(top=0.055, side=0.042, lumps=0.0040, lump=0.011, short=9.0),
    "curly": Style(
        top=0.026,
        side=0.018,
        lumps=0.004,
        lump=0.014,
        short=6.0,
        locks=(Locks(count=200, length=(0.03, 0.055), how=_RINGLET),),
    ),
    "bob": Style(
        top=0.013, side=0.011, flow="parting", locks=(Locks(count=120, length=(0.15, 0.19), how=_HANGING, ahead=1.0),)
    ),
    "long": Style(
        top=0.012, side=0.010, flow="parting", locks=(Locks(count=125, length=(0.30, 0.46), how=_HANGING, ahead=0.3),)
    ),
    "wavy": Style(
        top=0.015, side=0.013, flow="parting", locks=(Locks(count=120, length=(0.26, 0.42), how=_WAVY, ahead=0.6),)
    ),
    "locs": Style(
        top=0.010,
        side=0.009,
        lumps=0.003,
        lump=0.012,
        flow="parting",
        locks=(Locks(count=110, length=(0.18, 0.32), how=_LOC, ahead=0.5),),
    ),
    "bun": Style(top=0.008, side=0.006, lumps=0.001, flow="knot", tail="bun"),
    "ponytail": Style(top=0.008, side=0.006, lumps=0.001, flow="knot", tail="pony"),
    "braid": Style(top=0.008, side=0.006, lumps=0.001, flow="knot", tail="braid"),
}
"""Style by name; None: no hair, only a painted scalp."""

SHORT: tuple[str, ...] = ("shaved", "balding", "cropped", "fade", "short", "side")
"""Styles that a hat goes over without more ado."""
