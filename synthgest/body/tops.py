"""Tops: t-shirts, shirts, polos, sweaters, hoodies, blouses and jerseys, with their necks, plackets, pockets and ties."""

import numpy as np

from synthgest.body.garments import Top
from synthgest.body.grids import discs
from synthgest.body.mesh import Floats, Mesh, cut, join, rim, within
from synthgest.body.tailoring import ARM, Marks, creased, hem_height, neckline, offset, patch, smoothstep, top_limits
from synthgest.body.weaving import woven

_RIBBED = {"t-shirt": (0.014, 0.0, 0.0), "sweater": (0.022, 0.05, 0.05), "hoodie": (0.02, 0.055, 0.055)}
"""Widths of the ribs at neck, cuffs and hem, metres; other tops have a narrow one at the neck."""


def top_garment(cloth: Mesh, top: Top, skirted: bool, at: Marks) -> Mesh:
    """A top cut from the cloth's shell, with its pattern and trimmings; skirted: whether it ends in a skirt."""
    hem = hem_height(top, skirted, at)
    garment = rim(within(top_shell(cloth, top, 0.004, at), top_limits(cloth, top, hem, at)), 0.007)
    garment = garment.painted(top.colour)
    trim, rest = _trimmed(garment, top, hem, at)
    parts = [trim.shaded(0.88), *_panels(rest, top, at)]
    if top.neckline == "collar":
        fall = collar(cloth, top, 0.0, at)
        parts += [_strip(garment, top, hem, at), fall if top.kind == "polo" else _panels(fall, top, at)[-1]]
        parts.append(_buttons(garment, top, hem, at))
    if top.kind == "hoodie":
        parts += [_hood(cloth, top, at), _pouch(garment, hem, at)]
    if top.tie is not None:
        parts.append(_tie(top_shell(cloth, top, 0.009, at), at).painted(top.tie).finished(gloss=0.3, wrinkles=0.1))
    whole = join(parts)
    # A tie is silk and buttons are hard: only cloth is creased.
    gloss = {"jersey": 0.22, "blouse": 0.10}.get(top.kind, 0.03)
    plain = whole.finish[:, 1] == 0
    wrinkles = creased(whole, top.looseness, at) * (0.6 if top.kind in ("sweater", "hoodie") else 1.0)
    return whole.finished(
        gloss=np.where(plain, gloss, whole.finish[:, 1]), wrinkles=np.where(plain, wrinkles, whole.finish[:, 2])
    )


def top_shell(cloth: Mesh, top: Top, extra: float, at: Marks) -> Mesh:
    """Cloth rests on the shoulders and hangs freer the lower it is; sleeves widen towards their ends."""
    drop = smoothstep(at.shoulder[1] - 0.02, at.hip, cloth.place[:, 1])
    freedom = (0.004 + 0.022 * top.looseness) * drop
    if top.tucked:
        freedom = freedom * smoothstep(at.waist, at.waist + 0.06, cloth.place[:, 1])
    trunk = extra + (0.001 if top.tucked else 0.003) + freedom
    sleeve = extra + 0.003 + (0.001 + 0.018 * top.looseness) * smoothstep(0.1, 0.8, cloth.arm)
    # Long sleeves close at the cuff.
    sleeve = sleeve - 0.6 * (sleeve - extra - 0.003) * smoothstep(1.6, 1.9, cloth.arm)
    share = smoothstep(-0.3, 0.1, cloth.arm)
    return offset(cloth, trunk * (1 - share) + sleeve * share)


def _trimmed(garment: Mesh, top: Top, hem: float, at: Marks) -> tuple[Mesh, Mesh]:
    """The ribs at the edges, and the rest."""
    neck, cuff, waist = _RIBBED.get(top.kind, (0.0 if top.neckline == "collar" else 0.010, 0.0, 0.0))
    # A rib's width away from the edge, or a metre where there is no rib.
    edges = [neckline(garment, top.neckline, at) - neck if neck and top.neckline != "turtleneck" else np.ones(1)]
    edges.append((top.sleeve - garment.arm) * ARM - cuff if cuff else np.ones(1))
    edges.append(np.where(garment.arm > -0.2, 1.0, garment.place[:, 1] - hem - waist) if waist else np.ones(1))
    inner = np.min(np.stack(np.broadcast_arrays(*edges, garment.arm))[:-1], axis=0)
    rest, trim = cut(garment, inner)
    return trim, rest


def _panels(garment: Mesh, top: Top, at: Marks) -> list[Mesh]:
    if top.pattern == "yoke":
        value = np.where(garment.arm > -0.1, 0.1, garment.place[:, 1] - (at.shoulder[1] - 0.07))
    elif top.pattern == "sleeves":
        value = garment.arm - 0.04
    else:
        return [woven(garment, top.pattern, top.period, top.accent, at)]
    accent, rest = cut(garment, value)
    return [accent.painted(top.accent), rest]


def _front(mesh: Mesh, at: Marks) -> Floats:
    """Metres in front of the arms' plane."""
    ahead: Floats = mesh.place[:, 2] - at.neck[2]
    return ahead


def _placket(top: Top, hem: float, at: Marks) -> float:
    """Where the row of buttons ends: at the hem of a shirt, on the chest of a polo."""
    return at.neck[1] - 0.21 if top.kind == "polo" else hem


def _strip(garment: Mesh, top: Top, hem: float, at: Marks) -> Mesh:
    """The doubled cloth under the buttons."""
    x, y, _ = garment.place.T
    trunk = 0.1 - np.abs(garment.arm + 0.5)
    limits = [0.015 - np.abs(x), y - _placket(top, hem, at), _front(garment, at), trunk]
    return _panels(patch(garment, limits).shaded(0.9), top, at)[-1]


def _buttons(garment: Mesh, top: Top, hem: float, at: Marks) -> Mesh:
    front = garment.place[(np.abs(garment.place[:, 0]) < 0.02) & (_front(garment, at) > 0)]
    order = np.argsort(front[:, 1])
    heights = np.arange(at.neck[1] - 0.115, max(_placket(top, hem, at), at.waist - 0.03) + 0.02, -0.085)
    depth = np.interp(heights, front[order, 1], front[order, 2])
    spots = [(0.0, float(y), float(z)) for y, z in zip(heights, depth, strict=True)]
    pale = sum(top.colour) > 1.6
    buttons = discs(garment, spots, 0.0065, 0.003)
    return buttons.painted((0.55, 0.53, 0.5) if pale else (0.8, 0.79, 0.76)).finished(gloss=0.4, wrinkles=0.0)


def collar(cloth: Mesh, top: Top, extra: float, at: Marks) -> Mesh:
    """A turned-down collar with points: a band round the neck, standing off it."""
    x, y, z = cloth.place.T
    front = z - at.neck[2]
    line = at.neck[1] - 0.45 * front
    # The fall reaches lowest at its two points, a hand's breadth apart on the collar bones.
    points = 0.035 * np.clip(1 - np.abs(np.abs(x) - 0.05) / 0.04, 0, 1) * (front > 0.02)
    band = [y - (line - 0.012 - points), line + 0.032 - y, np.maximum(np.abs(x) - 0.012, 0.0 - front)]
    stand = extra + 0.010 + 0.012 * smoothstep(0.03, -0.01, y - line)
    return rim(within(offset(cloth, stand), band), 0.006).painted(np.clip(np.array(top.colour) * 1.05, 0, 1))


def _hood(cloth: Mesh, top: Top, at: Marks) -> Mesh:
    """A hood that lies on the shoulders and the back, thickest behind."""
    below = at.neck[1] - 0.35 * _front(cloth, at) - cloth.place[:, 1]
    behind = smoothstep(0.06, -0.08, _front(cloth, at))
    within_hood = np.minimum(below + 0.045, 0.03 + 0.13 * behind - below)
    within_hood = np.minimum(within_hood, 0.155 - np.abs(cloth.place[:, 0]))
    opening = np.maximum(np.abs(cloth.place[:, 0]) - 0.035, -_front(cloth, at))
    bulge = np.sqrt(np.clip(within_hood / 0.06, 0, 1)) * (0.014 + 0.026 * behind)
    shell = offset(cloth, 0.010 + 0.01 * top.looseness + bulge)
    return rim(within(shell, [within_hood, opening]), 0.008).painted(np.array(top.colour) * 0.96)


def _pouch(garment: Mesh, hem: float, at: Marks) -> Mesh:
    """The pocket for both hands on a hoodie's front."""
    x, y, _ = garment.place.T
    slant = 0.155 - np.abs(x) - 0.45 * np.clip(y - hem - 0.10, 0, 1)
    limits = [slant, y - hem - 0.06, hem + 0.21 - y, _front(garment, at) - 0.02]
    return rim(within(offset(garment, 0.005), limits), 0.004).shaded(0.93)


def _tie(shell: Mesh, at: Marks) -> Mesh:
    x, y, _ = shell.place.T
    drop = at.neck[1] - 0.045 - y
    half = 0.013 + 0.065 * np.clip(drop - 0.04, 0, 0.45) + 0.12 * np.clip(0.03 - drop, 0, 0.03)
    limits = [half - np.abs(x), drop, y - (at.waist - 0.03) - 0.8 * np.abs(x), _front(shell, at)]
    return rim(within(shell, limits), 0.004)
