"""What a person's surface looks like, a vertex at a time: colour, pattern and where in it, gloss and wrinkles."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PATTERNS: tuple[str, ...] = (
    "plain",
    "stripes",
    "checks",
    "dots",
    "camouflage",
    "denim",
    "knit",
    "strands",
    "skin",
    "reflective",
)
"""What a renderer draws between colour and accent, from the place (u, v) in the pattern.

plain: the colour. stripes: rings, the accent where v's fraction is below one half. checks: a woven tartan of both. dots: round,
one a period. camouflage: patches of both and of their darker mixtures. denim: fine diagonal threads. knit: fine ribs along v.
strands: hair that runs along v, lighter and darker by u. skin: mottled a little. reflective: tape that shines back at the lens.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """The look of V vertices; everything is linear between the corners of a triangle, which share one pattern.

    colour, accent: (V, 3) float32, sRGB albedo in [0, 1]; the accent is the pattern's second colour. uv: (V, 2) float32, place
    in the pattern, in periods. place: (V, 3) float32, where the vertex lies at rest, metres: wrinkles, mottling and patches
    are looked up there, so that they stay on the cloth. finish: (V, 3) float32: number of the pattern in ``PATTERNS``, gloss
    (0 matt to 1 wet) and depth of wrinkles (0 smooth to 1 crumpled).
    """

    colour: Floats
    accent: Floats
    uv: Floats
    place: Floats
    finish: Floats

    @classmethod
    def joined(cls, surfaces: Sequence["Surface"]) -> "Surface":
        """Several as one, their vertices one after the other."""
        parts = {field.name: [getattr(each, field.name) for each in surfaces] for field in fields(cls)}
        return cls(**{name: np.concatenate(arrays) for name, arrays in parts.items()})


def plain(colour: Floats, place: Floats) -> Surface:
    """A matt surface (V, 3) in one colour a vertex, without a pattern."""
    count = len(colour)
    return Surface(
        colour=colour,
        accent=colour.copy(),
        uv=np.zeros((count, 2), np.float32),
        place=place,
        finish=np.zeros((count, 3), np.float32),
    )
