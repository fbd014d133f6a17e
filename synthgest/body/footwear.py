"""Shoes: sneakers with laces and a pale sole, boots and loafers; and socks where legs are bare."""

import numpy as np

from synthgest.body.garments import Shoes
from synthgest.body.mesh import Mesh, cut, join, rim, within
from synthgest.body.tailoring import Marks, offset, patch, shoe_limits, smoothstep

_SOLES = {"sneakers": 0.024, "boots": 0.026, "loafers": 0.012}


def footwear(cloth: Mesh, shoes: Shoes, at: Marks) -> Mesh:
    """A pair of shoes with flat soles."""
    y = cloth.place[:, 1]
    round_toe = 0.004 + 0.004 * smoothstep(at.ground + 0.05, at.ground, y)
    bulk = 0.004 if shoes.kind == "boots" else 0.0
    thick = within(offset(cloth, round_toe + bulk), shoe_limits(cloth, shoes, at))
    ground = thick.position[:, 1].min() - 0.006
    low = smoothstep(at.ground + 0.022, at.ground + 0.006, thick.place[:, 1])
    position = thick.position.copy()
    position[:, 1] += low * (ground - position[:, 1])
    shod = rim(thick.moved(position), 0.005)
    upper, sole = cut(shod, shod.position[:, 1] - (ground + _SOLES[shoes.kind]))
    sole = offset(sole, 0.003 if shoes.kind != "loafers" else 0.001).painted(shoes.sole)
    gloss = {"sneakers": 0.10, "boots": 0.30, "loafers": 0.55}[shoes.kind]
    parts = [sole.finished(gloss=0.12, wrinkles=0.0), upper.painted(shoes.colour).finished(gloss=gloss, wrinkles=0.0)]
    if shoes.kind != "loafers":
        parts.append(_laces(upper, shoes, at))
    return join(parts)


def _laces(upper: Mesh, shoes: Shoes, at: Marks) -> Mesh:
    """The tongue, and rows of lace across the instep."""
    x, _, z = upper.place.T
    ankle = at.leg_chain[2]
    centre = ankle[0] + 0.03 * np.clip(z - ankle[2], 0, 0.2)
    limits = [
        0.022 - np.abs(np.abs(x) - centre),
        z - (ankle[2] + 0.045),
        ankle[2] + 0.115 - z,
        upper.normal[:, 1] - 0.1,
    ]
    tongue = within(offset(upper, 0.002), limits)
    ahead = tongue.place[:, 2] - ankle[2]
    rows = [patch(tongue, [ahead - start, start + 0.008 - ahead], 0.0015) for start in (0.055, 0.072, 0.089, 0.106)]
    return join([tongue.painted(np.array(shoes.colour) * 0.8), join(rows).painted(shoes.accent)])


def socks(cloth: Mesh, shoes: Shoes, height: float, at: Marks) -> Mesh:
    """Socks from inside the shoes up to ``height`` metres above the ankle."""
    y = cloth.place[:, 1]
    inner = within(offset(cloth, 0.0025), [at.ankle + height - y, y - (at.ankle - 0.05)])
    return rim(inner, 0.003).painted(shoes.socks).finished(gloss=0.02, wrinkles=0.35)
