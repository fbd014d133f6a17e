"""Trousers, shorts and leggings: waistband, belt, fly, pockets and side stripes; and what is worn under a skirt."""

from dataclasses import replace

import numpy as np

from synthgest.body.garments import Bottom
from synthgest.body.grids import discs
from synthgest.body.mesh import Mesh, join, rim, within
from synthgest.body.tailoring import Marks, bottom_limits, creased, offset, patch, smoothstep
from synthgest.body.weaving import PERIODS, woven

SKIRTS = ("skirt", "dress")


def legs(cloth: Mesh, bottom: Bottom, tucked: bool, at: Marks, hidden: float) -> Mesh:
    """Trousers, shorts or leggings.

    tucked: whether a top's hem lies under the waistband, which then shows. hidden: how far down a skirt hides them, as of a
    length, or -1.
    """
    loose = bottom.looseness
    thigh = smoothstep(-0.3, 0.3, cloth.leg)
    straight = smoothstep(0.5, 1.9, cloth.leg)
    band = (0.006 if tucked else 0.0) * smoothstep(at.hip, at.waist - 0.04, cloth.place[:, 1])
    distance = (
        0.002 + band + 0.001 * thigh + loose * (0.008 * thigh + 0.026 * straight) + 0.004 * straight * (loose > 0)
    )
    if bottom.kind == "tracksuit":
        distance = distance - (0.004 + 0.026 * loose) * 0.9 * smoothstep(1.7, 1.9, cloth.leg)
    garment = within(offset(cloth, distance), [*bottom_limits(cloth, bottom.length, at), cloth.leg - hidden])
    garment = rim(garment, 0.006).painted(bottom.colour)
    parts = _sewn(garment, bottom, tucked, at)
    tight = 0.35 if bottom.kind == "leggings" else 1.0
    return join(
        [part.finished(gloss=gloss, wrinkles=tight * soft * creased(part, loose, at)) for part, gloss, soft in parts]
    )


def worn_on_legs(bottom: Bottom) -> Bottom:
    """The trousers, or what is worn under the skirt: leggings under every third, else shorts."""
    if bottom.kind not in SKIRTS:
        return bottom
    length = 0.55 if sum(bottom.under) < 0.3 else 2.0
    return replace(
        bottom, kind="leggings", looseness=0.0, colour=bottom.under, length=length, pattern="plain", belt=None
    )


def _sewn(garment: Mesh, bottom: Bottom, tucked: bool, at: Marks) -> list[tuple[Mesh, float, float]]:
    """Panels of the garment with the gloss of each, and how much of the cloth's wrinkles it has."""
    period = PERIODS.get(bottom.pattern, 0.05)
    gloss = {"leggings": 0.12, "tracksuit": 0.15}.get(bottom.kind, 0.03)
    panels: list[tuple[Mesh, float, float]] = []
    x, y, z = garment.place.T
    if bottom.belt is not None and tucked:
        belt = patch(garment, [y - (at.waist - 0.042), (at.waist - 0.008) - y], 0.003)
        panels.append((rim(belt, 0.003).painted(bottom.belt), 0.45, 0.0))
        panels.append((_buckle(garment, at), 0.8, 0.0))
    if bottom.kind == "tracksuit":
        panels.append((_side(garment, 0.016, at).painted(bottom.accent), gloss, 1.0))
    pockets = _pockets(garment, bottom.kind, at)
    panels += [(woven(pocket, bottom.pattern, period, bottom.accent, at), gloss, 0.5) for pocket in pockets]
    if bottom.kind in ("jeans", "chinos", "work trousers", "shorts"):
        fly = patch(garment, [x + 0.004, 0.028 - x, y - (at.hip - 0.03), z - at.neck[2]])
        panels.append((woven(fly.shaded(0.95), bottom.pattern, period, bottom.accent, at), gloss, 0.7))
    panels.append((woven(garment, bottom.pattern, period, bottom.accent, at), gloss, 1.0))
    return [panel for panel in panels if len(panel[0].faces)]


def _buckle(garment: Mesh, at: Marks) -> Mesh:
    front = garment.place[(np.abs(garment.place[:, 0]) < 0.03) & (garment.place[:, 2] > at.neck[2])]
    order = np.argsort(front[:, 1])
    depth = float(np.interp(at.waist - 0.025, front[order, 1], front[order, 2]))
    return discs(garment, [(0.0, at.waist - 0.025, depth)], 0.019, 0.007).painted((0.62, 0.6, 0.55))


def _side(garment: Mesh, half: float, at: Marks) -> Mesh:
    """A stripe down the outside of both legs, ``half`` metres to each side of the seam."""
    x, y, z = garment.place.T
    seam = np.interp(-y, [-joint[1] for joint in at.leg_chain], [joint[2] for joint in at.leg_chain])
    middle = np.interp(-y, [-joint[1] for joint in at.leg_chain], [joint[0] for joint in at.leg_chain])
    return patch(garment, [half - (z - seam), half + (z - seam), np.abs(x) - middle - 0.01])


def _pockets(garment: Mesh, kind: str, at: Marks) -> list[Mesh]:
    """Patch pockets behind, or on the thighs of work trousers."""
    x, y, z = garment.place.T
    behind = at.hip_depth - z
    patches = []
    if kind == "jeans":
        square = [np.abs(x) - 0.035, 0.15 - np.abs(x), at.hip + 0.075 - y, y - (at.hip - 0.065), behind]
        patches.append(within(offset(garment, 0.003), square))
    if kind == "work trousers":
        front = z + 0.05
        outside = np.abs(x) - np.interp(-y, [-joint[1] for joint in at.leg_chain], [j[0] for j in at.leg_chain]) - 0.015
        box = [0.09 - z, front, outside, 0.62 - garment.leg, garment.leg - 0.22]
        for limits in (box, [*box, 0.36 - garment.leg]):
            patches.append(within(offset(garment, 0.006 * (1 + len(patches))), limits))
        patches = [rim(patch, 0.008) for patch in patches]
    return [patch.shaded(0.9) for patch in patches if len(patch.faces)]
