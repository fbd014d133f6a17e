"""What is worn over a top: jackets, blazers, coats, field jackets and high-visibility vests."""

import numpy as np

from synthgest.body.garments import Outer, Top
from synthgest.body.grids import discs
from synthgest.body.mesh import Floats, Mesh, cut, join, rim, within
from synthgest.body.palette import FLUORESCENT, TAPE
from synthgest.body.tailoring import ARM, Marks, creased, neckline, offset, patch, top_limits
from synthgest.body.tops import collar, top_shell
from synthgest.body.weaving import PERIODS, woven

_EXTRA = 0.017
"""Metres that an outer garment lies further out than a top."""

COAT_LENGTH = 1.05
"""Where a coat ends, as of a bottom's length: a little below the knee."""


def outer_garment(cloth: Mesh, outer: Outer, top: Top, at: Marks) -> Mesh:
    """A jacket, coat or vest cut from the cloth's shell, looser than the top."""
    if outer.kind == "vest":
        return _vest(cloth, outer, top, at)
    wide = _cut_of(outer, top)
    shell = top_shell(cloth, wide, _EXTRA, at)
    x, y, z = shell.place.T
    hem = {"zip jacket": at.hip + 0.02, "coat": at.waist - 0.035}.get(outer.kind, at.hip - 0.06)
    sides = top_limits(shell, wide, hem, at)[:2]
    neck = [neckline(shell, "crew" if outer.kind == "zip jacket" else "collar", at)]
    garment = rim(within(shell, [*sides, *neck, _opening(outer.kind, x, y, z, at)]), 0.010).painted(outer.colour)
    period = PERIODS.get(outer.pattern, 0.05)
    parts = [*_details(garment, outer, hem, at)]
    if outer.kind in ("coat", "field jacket", "jacket"):
        parts.append(collar(cloth, wide, 0.012, at))
    if outer.kind == "blazer":
        parts.append(_lapels(shell, outer, at))
    gloss = {"zip jacket": 0.35, "coat": 0.04, "field jacket": 0.05}.get(outer.kind, 0.06)
    stiff = 0.45 if outer.kind in ("blazer", "coat") else 1.0
    whole = join([woven(part, outer.pattern, period, outer.accent, at) for part in parts])
    return whole.finished(gloss=gloss, wrinkles=stiff * creased(whole, 0.5, at))


def _cut_of(outer: Outer, top: Top) -> Top:
    """The outer garment as a top of its own: wider, with long sleeves."""
    return Top(
        kind="shirt",
        sleeve=1.93,
        neckline="collar",
        looseness=min(1.0, top.looseness + 0.25),
        tucked=False,
        colour=outer.colour,
        pattern="plain",
        accent=outer.accent,
        period=0.05,
        tie=None,
    )


def _opening(kind: str, x: Floats, y: Floats, z: Floats, at: Marks) -> Floats:
    """Positive on the cloth, negative where the front is open."""
    behind = at.neck[2] + 0.01 - z
    if kind in ("zip jacket", "field jacket"):
        return np.ones_like(x)
    if kind == "jacket":
        gap = 0.04 + 0.10 * np.clip(y - at.waist, 0, 0.5)
    else:
        # A blazer and a coat are buttoned below the chest and part above it; a blazer parts again at its hem.
        deep = at.waist + (0.02 if kind == "blazer" else 0.16)
        gap = 0.30 * np.clip(y - deep, -0.01, 0.5) + (kind == "blazer") * 0.35 * np.clip(at.hip + 0.04 - y, 0, 0.5)
    limit: Floats = np.maximum(np.abs(x) - gap, behind).astype(np.float32)
    return limit


def _details(garment: Mesh, outer: Outer, hem: float, at: Marks) -> list[Mesh]:
    """Zip, buttons, ribs and pockets."""
    x, y, z = garment.place.T
    front = z - at.neck[2] - 0.01
    if outer.kind == "zip jacket":
        edge = np.minimum((1.93 - garment.arm) * ARM - 0.04, np.where(garment.arm > -0.2, 1.0, y - hem - 0.05))
        plain, ribs = cut(garment, edge)
        zip_ = patch(garment, [0.007 - np.abs(x), front]).painted(outer.accent)
        return [ribs.shaded(0.75), zip_, plain]
    pockets = [garment]
    if outer.kind == "field jacket":
        level = at.neck[1] - 0.17
        chest = [np.abs(x) - 0.04, 0.135 - np.abs(x), level - y, y - level + 0.13, front]
        pockets.append(patch(garment, [0.02 - np.abs(x), front]).shaded(0.9))
        pockets.append(rim(patch(garment, chest, 0.005), 0.004).shaded(0.92))
    if outer.kind in ("blazer", "coat"):
        top = at.waist + (0.0 if outer.kind == "blazer" else 0.14)
        lowest = at.waist - (0.07 if outer.kind == "blazer" else 0.08)
        heights = np.arange(top, lowest, -0.075)
        middle = garment.place[(np.abs(x) < 0.03) & (front > 0)]
        order = np.argsort(middle[:, 1])
        depth = np.interp(heights, middle[order, 1], middle[order, 2])
        spots = [(0.012, float(height), float(far)) for height, far in zip(heights, depth, strict=True)]
        pockets.append(discs(garment, spots, 0.012, 0.006).painted(np.array(outer.colour) * 0.55))
    return pockets


def _lapels(shell: Mesh, outer: Outer, at: Marks) -> Mesh:
    """The turned-back edges of a blazer: a strip beside its opening that widens towards a notch on the chest."""
    x, y, z = shell.place.T
    deep = at.waist + 0.02
    gap = 0.30 * np.clip(y - deep, -0.01, 0.5)
    width = np.minimum(0.35 * np.clip(y - deep, 0, 0.5), 0.075 + 0.5 * np.clip(at.neck[1] - 0.07 - y, -0.12, 0))
    limits = [np.abs(x) - gap + 0.001, gap + width - np.abs(x), y - deep, z - at.neck[2] - 0.005]
    limits.append(neckline(shell, "collar", at))
    return rim(within(offset(shell, 0.009), limits), 0.008).painted(np.array(outer.colour) * 0.8)


def _vest(cloth: Mesh, outer: Outer, top: Top, at: Marks) -> Mesh:
    """Without sleeves, with two bands of tape around it and one over each shoulder."""
    wide = _cut_of(outer, top)
    shell = top_shell(cloth, wide, 0.014, at)
    x, y, z = shell.place.T
    opening = np.maximum(np.abs(x) - 0.006, at.neck[2] - z)
    limits = [-0.02 - shell.arm, np.where(shell.arm > -0.2, 1.0, y - at.hip + 0.02), neckline(shell, "v", at), opening]
    vest = rim(within(shell, limits), 0.008).painted(outer.colour)
    x, y, _ = vest.place.T
    tape = [patch(vest, [y - low, low + 0.055 - y], 0.0016) for low in (at.hip + 0.05, at.waist + 0.06)]
    tape.append(patch(vest, [np.abs(x) - 0.085, 0.14 - np.abs(x), y - (at.waist + 0.115)], 0.0016))
    trim, rest = _trim(vest, at)
    other = FLUORESCENT[1] if outer.colour == FLUORESCENT[0] else FLUORESCENT[0]
    shining = join(tape).painted(TAPE).patterned("reflective", np.zeros((len(join(tape).position), 2)), TAPE)
    cloth_ = join([rest, trim.painted(np.array(other) * 0.9 if top.looseness > 0.2 else np.array(outer.colour) * 0.8)])
    return join(
        [
            shining.finished(gloss=0.5, wrinkles=0.08),
            cloth_.finished(gloss=0.15, wrinkles=0.5 * creased(cloth_, 0.6, at)),
        ]
    )


def _trim(vest: Mesh, at: Marks) -> tuple[Mesh, Mesh]:
    """The binding at neck, front and armholes."""
    x, _, z = vest.place.T
    edge = np.minimum(neckline(vest, "v", at) - 0.012, np.maximum(np.abs(x) - 0.018, at.neck[2] - z))
    rest, trim = cut(vest, np.minimum(edge, -0.055 - vest.arm))
    return trim, rest
