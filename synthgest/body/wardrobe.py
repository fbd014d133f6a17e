"""Clothes: garments cut from MakeHuman's "tights", a shell a few millimetres off the body, along clean lines."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from synthgest.body.mesh import Floats, Mesh, bands, cut, join, rim, within
from synthgest.body.palette import Colour
from synthgest.body.person import Bottom, Person, Shoes, Top
from synthgest.body.tailoring import (
    ARM,
    Marks,
    bottom_limits,
    clearance,
    hem_height,
    neckline,
    offset,
    shoe_limits,
    smoothstep,
    top_limits,
)

"""Metres that one unit of the limb coordinates stands for."""


def top_garment(cloth: Mesh, person: Person, at: Marks) -> Mesh:
    """A shirt, sweater or bodice, with its pattern."""
    top = person.top
    garment = within(_top_shell(cloth, top, 0.004, at), top_limits(cloth, top, hem_height(person, at), at))
    panels = _panels(rim(garment, 0.007), top, at)
    if top.neckline == "collar":
        panels.append(_collar(cloth, top, at))
    return join(panels)


def _top_shell(cloth: Mesh, top: Top, extra: float, at: Marks) -> Mesh:
    """Cloth rests on the shoulders and hangs freer the lower it is; sleeves widen towards their ends."""
    drop = smoothstep(at.shoulder[1] - 0.02, at.hip, cloth.place[:, 1])
    freedom = (0.004 + 0.022 * top.looseness) * (1 - drop)
    if top.tucked:
        freedom = freedom * smoothstep(at.waist, at.waist + 0.06, cloth.place[:, 1])
    trunk = extra + (0.001 if top.tucked else 0.006) + freedom
    sleeve = extra + 0.003 + (0.002 + 0.020 * top.looseness) * smoothstep(0.0, 0.6, cloth.arm)
    # Long sleeves close at the cuff.
    sleeve = sleeve - 0.6 * (sleeve - extra - 0.003) * smoothstep(1.6, 1.9, cloth.arm)
    share = smoothstep(-0.3, 0.1, cloth.arm)
    return offset(cloth, trunk * (1 - share) + sleeve * share)


def _panels(garment: Mesh, top: Top, at: Marks) -> list[Mesh]:
    if top.pattern == "stripes":
        return _stripes(garment, top)
    if top.pattern == "yoke":
        value = np.where(garment.arm > -0.1, 0.1, garment.place[:, 1] - (at.shoulder[1] - 0.07))
    elif top.pattern == "sleeves":
        value = garment.arm - 0.04
    else:
        return [garment.painted(top.colour)]
    accent, rest = cut(garment, value)
    return [accent.painted(top.accent), rest.painted(top.colour)]


def _stripes(garment: Mesh, top: Top) -> list[Mesh]:
    """Rings on the trunk and on the sleeves, each running around its own axis and meeting at the armhole, as sewn ones do."""
    sleeves, trunk = cut(garment, garment.arm - 0.04)
    panels: list[Mesh] = []
    for part, along in ((trunk, trunk.place[:, 1]), (sleeves, sleeves.arm * ARM)):
        if len(part.faces):
            width = 0.045 + 0.02 * top.looseness
            parts = bands(part, along, np.arange(along.min() + width, along.max(), width).tolist())
            panels += [band.painted((top.colour, top.accent)[number % 2]) for number, band in enumerate(parts)]
    return panels


def _collar(cloth: Mesh, top: Top, at: Marks) -> Mesh:
    """A turned-down collar: a band round the neck, standing off it."""
    x, y, z = cloth.place.T
    front = z - at.neck[2]
    line = at.neck[1] - 0.45 * front
    band = [y - (line - 0.012), line + 0.032 - y, np.maximum(np.abs(x) - 0.012, 0.0 - front)]
    stand = 0.010 + 0.010 * smoothstep(0.03, -0.01, y - line)
    return rim(within(offset(cloth, stand), band), 0.006).painted(np.clip(np.array(top.colour) * 1.06, 0, 1))


def jacket(cloth: Mesh, top: Top, colour: Colour, at: Marks) -> Mesh:
    """An open jacket over the top."""
    outer = replace(top, looseness=min(1.0, top.looseness + 0.25), sleeve=1.93, neckline="crew")
    x, y, z = cloth.place.T
    gap = 0.04 + 0.10 * np.clip(y - at.waist, 0, 0.5)
    opening = np.maximum(np.abs(x) - gap, at.neck[2] + 0.01 - z)
    limits = [*top_limits(cloth, outer, at.hip - 0.07, at)[:2], neckline(cloth, "collar", at), opening]
    return rim(within(_top_shell(cloth, outer, 0.016, at), limits), 0.010).painted(colour)


def legs(cloth: Mesh, bottom: Bottom, waistband: float, at: Marks) -> Mesh:
    """Trousers, shorts or leggings, the waistband so many metres off the body; under a skirt, what is worn there."""
    loose = bottom.looseness
    thigh = smoothstep(-0.3, 0.3, cloth.leg)
    straight = smoothstep(0.5, 1.9, cloth.leg)
    band = waistband * smoothstep(at.hip, at.waist - 0.04, cloth.place[:, 1])
    distance = (
        0.002 + band + 0.001 * thigh + loose * (0.008 * thigh + 0.026 * straight) + 0.004 * straight * (loose > 0)
    )
    garment = within(offset(cloth, distance), bottom_limits(cloth, bottom.length, at))
    return rim(garment, 0.006).painted(bottom.colour)


def skirt(mesh: Mesh, cloth: Mesh, person: Person, at: Marks) -> Mesh:
    """A skirt or a dress's lower part, kept outside of what is tucked into it."""
    length = person.bottom.length
    knots = (at.hip, at.knee, at.ankle)
    hem = float(np.interp(length, (0.0, 1.0, 2.0), knots))
    colour = person.top.colour if person.bottom.kind == "dress" else person.bottom.colour
    flare = 0.004 + 0.05 * person.bottom.looseness * smoothstep(at.waist, at.knee, mesh.place[:, 1])
    hanging = offset(mesh, flare)
    y = hanging.place[:, 1]
    clear, outward = clearance(hanging.position, cloth)
    lack = np.clip(0.010 - clear, 0, 0.04) * smoothstep(at.hip - 0.12, at.hip - 0.02, y)
    lack = lack + np.clip(0.010 - clear, -0.06, 0) * smoothstep(at.hip - 0.02, at.waist - 0.03, y)
    hanging = hanging.moved(hanging.position + lack[:, None] * outward)
    return rim(within(hanging, [hanging.place[:, 1] - hem]), 0.006).painted(colour)


def leg_radii(cloth: Mesh, scale: float) -> tuple[float, float, float]:
    """Radii at hip, knee and ankle of the cones that keep a skirt clear of the left leg, metres."""
    left = cloth.place[:, 0] > 0
    radii = []
    for level in (0.3, 1.0, 1.8):
        ring = cloth.position[left & (np.abs(cloth.leg - level) < 0.08)]
        centre = (ring.min(axis=0) + ring.max(axis=0)) / 2
        radii.append(scale * float(np.linalg.norm((ring - centre)[:, [0, 2]], axis=1).max()) + 0.008)
    return radii[0] * 1.05, radii[1], radii[2]


def skirt_weights(place: Floats, bones: Sequence[str], at: Marks) -> Floats:
    """(V, bones): the pelvis at the waist, the legs below, each half as one comes to the middle."""
    x, y, _ = place.T
    leg = smoothstep(at.hip + 0.10, at.hip - 0.08, y)
    shin = 0.6 * smoothstep(at.knee + 0.10, at.knee - 0.25, y)
    left = smoothstep(-0.06, 0.06, x)
    weights = np.zeros((len(place), len(bones)), np.float32)
    weights[:, bones.index("pelvis")] = 1 - leg
    for side, share in (("left", left), ("right", 1 - left)):
        weights[:, bones.index(f"{side}_hip")] = leg * share * (1 - shin)
        weights[:, bones.index(f"{side}_knee")] = leg * share * shin
    return weights


def shoes(cloth: Mesh, kind: Shoes, at: Marks) -> Mesh:
    """Shoes or boots with a flat sole."""
    y = cloth.place[:, 1]
    thick = within(
        offset(cloth, 0.004 + 0.004 * smoothstep(at.ground + 0.05, at.ground, y)), shoe_limits(cloth, kind, at)
    )
    ground = thick.position[:, 1].min() - 0.006
    low = smoothstep(at.ground + 0.022, at.ground + 0.006, thick.place[:, 1])
    position = thick.position.copy()
    position[:, 1] += low * (ground - position[:, 1])
    shod = rim(thick.moved(position), 0.005)
    upper, sole = cut(shod, shod.position[:, 1] - (ground + 0.02))
    return join([upper.painted(kind.colour), sole.painted(kind.sole)])
