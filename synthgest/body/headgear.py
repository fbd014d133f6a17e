"""Hats: caps, beanies, hard hats and helmets, as domes fitted to the head; and headscarves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synthgest.body.garments import Hat
from synthgest.body.grids import carried_by, sheet
from synthgest.body.mesh import Floats, Mesh, adjacency, join, rim, within
from synthgest.body.model import POINTS, Body
from synthgest.body.tailoring import Marks, offset, smoothstep
from synthgest.body.weaving import PERIODS

_ROWS, _COLUMNS = 10, 44


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """front, side, back: height of the edge above the eyes, metres. lift: distance from the head; crown: more on top."""

    front: float
    side: float
    back: float
    lift: float
    crown: float
    gloss: float


_FORMS = {
    "cap": _Form(front=0.052, side=0.036, back=0.018, lift=0.013, crown=0.006, gloss=0.05),
    "beanie": _Form(front=0.046, side=0.006, back=-0.012, lift=0.013, crown=0.016, gloss=0.0),
    "hard hat": _Form(front=0.056, side=0.040, back=0.022, lift=0.024, crown=0.016, gloss=0.6),
    "helmet": _Form(front=0.040, side=0.004, back=-0.025, lift=0.032, crown=0.012, gloss=0.10),
}

EDGES: dict[str, float] = {kind: form.side + 0.004 for kind, form in _FORMS.items()}
"""How far above the eyes each hat begins at the sides, metres, on the mean person."""


def headgear(hat: Hat, head: Mesh, points: Floats, body: Body) -> Mesh:
    """A hat on a head. head: the body's own mesh with its ears' mask as its one extra value. points: as of ``Body.shape``."""
    form = _FORMS[hat.kind]
    eye = points[POINTS.index("face_left_eye")]
    above = (head.place[:, 1] > body.mean_point("face_left_eye")[1] - 0.05) & (head.extra[:, 0] < 0.05)
    skull = head.position[above]
    centre = np.array([0.0, eye[1] + 0.025, (skull[:, 2].min() + skull[:, 2].max()) / 2 - 0.005])
    dome = _dome(form, skull - centre, float(eye[1] - centre[1])) + centre
    parts = [rim(_painted(dome, hat), 0.004)]
    if hat.kind == "cap":
        parts += [_peak(dome, hat, 0.075, 62.0, 0.022), _button(dome, hat)]
    if hat.kind == "hard hat":
        parts += [_brim(dome, hat), _ridge(dome, hat)]
    if hat.kind == "beanie":
        cuff = dome[-4:] + 0.006 * _outwards(dome[-4:] - centre)
        parts.append(rim(_painted(cuff, hat).shaded(0.92), 0.010))
    whole = join(parts)
    return whole.finished(gloss=form.gloss, wrinkles=0.12 if form.gloss < 0.1 and hat.kind != "helmet" else 0.0)


def _dome(form: _Form, skull: Floats, eye: float) -> NDArray[np.floating]:
    """(R, C, 3) from the crown down to the edge, columns from the back by the right, about the head's centre."""
    turn = np.linspace(-np.pi, np.pi, _COLUMNS + 1)
    ahead = np.cos(turn)
    edge = form.side + np.where(ahead > 0, (form.front - form.side) * ahead**2, (form.back - form.side) * ahead**2)
    lowest = np.arctan2(eye + edge, 0.095)
    down = np.linspace(0.02, 1, _ROWS)[:, None]
    rise = np.pi / 2 + down * (lowest - np.pi / 2)
    level = np.cos(rise)
    way = np.stack([level * np.sin(turn), np.sin(rise), level * ahead], axis=-1)
    far = np.linalg.norm(skull, axis=1)
    apart, near = cKDTree(skull / far[:, None]).query(way.reshape(-1, 3), k=12)
    share = np.exp(-((apart / 0.12) ** 2)) + 1e-6
    radius = ((share * far[near]).sum(axis=1) / share.sum(axis=1)).reshape(way.shape[:2])
    for _ in range(3):
        radius[:, :-1] = (np.roll(radius[:, :-1], 1, axis=1) + radius[:, :-1] + np.roll(radius[:, :-1], -1, axis=1)) / 3
        radius[:, -1] = radius[:, 0]
    dome: NDArray[np.floating] = (radius + form.lift + form.crown * np.sin(rise) ** 2)[..., None] * way
    return dome


def _painted(points: NDArray[np.floating], hat: Hat) -> Mesh:
    mesh = sheet(points, carried_by("head")).painted(hat.colour)
    rows, columns = points.shape[:2]
    turn = np.linspace(-np.pi, np.pi, columns)
    period = PERIODS.get(hat.pattern, 0.04)
    uv = np.stack(np.broadcast_arrays(turn * 0.1, (np.arange(rows) * 0.016)[:, None]), axis=-1).reshape(-1, 2)
    return mesh.patterned(hat.pattern, uv / period, hat.accent)


def _outwards(off: NDArray[np.floating]) -> NDArray[np.floating]:
    level = off * np.array([1.0, 0.0, 1.0])
    unit: NDArray[np.floating] = level / np.maximum(np.linalg.norm(level, axis=-1, keepdims=True), 1e-9)
    return unit


def _peak(dome: NDArray[np.floating], hat: Hat, length: float, half: float, droop: float) -> Mesh:
    """A peak in front, ``half`` degrees to each side, ``length`` metres long in the middle."""
    turn = np.linspace(-np.pi, np.pi, dome.shape[1])
    front = np.abs(np.degrees(turn)) < half
    root, angle = dome[-1, front], turn[front]
    reach = length * np.sqrt(np.clip(np.cos(angle * 90 / half), 0, 1))[:, None]
    out = np.linspace(0, 1, 5)[:, None, None]
    ahead = np.array([0.0, 0.0, 1.0]) * 0.75 + 0.25 * _outwards(root - dome.mean(axis=(0, 1)))
    arch = (
        droop
        * np.array([0.0, 1.0, 0.0])
        * (out**1.5 * np.cos(angle)[None, :, None] + 2.0 * np.sin(angle)[None, :, None] ** 2 * out)
    )
    points = root + 0.004 * np.array([0, 1, 0]) + out * reach * ahead - arch
    under = points - np.array([0, 0.004, 0])
    lower = sheet(under[::-1], carried_by("head")).painted(np.array(hat.colour) * 0.7)
    colour = hat.accent if hat.pattern == "plain" and sum(hat.accent) < 1.2 else hat.colour
    upper = _painted(points, hat)
    return join([upper.painted(colour) if hat.pattern == "plain" else upper, lower])


def _button(dome: NDArray[np.floating], hat: Hat) -> Mesh:
    top = dome[0].mean(axis=0) + np.array([0, 0.001, 0])
    turn = np.linspace(-np.pi, np.pi, 7)
    ring = top + 0.008 * np.stack([np.sin(turn), 0 * turn, np.cos(turn)], axis=-1)
    cap = np.stack([np.broadcast_to(top + np.array([0, 0.004, 0]), ring.shape), ring])
    return sheet(cap, carried_by("head")).painted(np.array(hat.colour) * 0.85)


def _brim(dome: NDArray[np.floating], hat: Hat) -> Mesh:
    """A narrow brim all round, wider in front."""
    edge = dome[-1]
    turn = np.linspace(-np.pi, np.pi, len(edge))
    wide = 0.010 + 0.038 * np.clip(np.cos(turn), 0, 1) ** 2
    out = edge + wide[:, None] * _outwards(edge - dome.mean(axis=(0, 1))) - 0.25 * wide[:, None] * np.array([0, 1, 0])
    below = out - np.array([0, 0.004, 0])
    return sheet(np.stack([edge, out, below, edge - np.array([0, 0.003, 0])]), carried_by("head")).painted(hat.colour)


def _ridge(dome: NDArray[np.floating], hat: Hat) -> Mesh:
    """The raised rib from front to back over the crown."""
    middle = dome.shape[1] // 2
    path = np.concatenate([dome[1:-2, middle][::-1], dome[1:-2, 0]])
    up = path - dome.mean(axis=(0, 1))
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    side = np.array([0.013, 0.0, 0.0])
    rows = [
        path + side - 0.004 * up,
        path + 0.6 * side + 0.006 * up,
        path - 0.6 * side + 0.006 * up,
        path - side - 0.004 * up,
    ]
    return sheet(np.stack(rows)[::-1], carried_by("head")).painted(hat.colour)


def in_headscarf(head: Mesh, body: Body) -> Floats:
    """(V,) metres within a headscarf: over hair, ears and neck, open round the face."""
    nose = body.mean_point("face_nose")
    x, y, z = head.place.T
    oval = (np.hypot(x / 0.064, (y - nose[1] - 0.004) / 0.088) - 1) * 0.066
    face = np.maximum(oval, body.mean_point("face_left_ear")[2] + 0.006 - z)
    limit: Floats = np.minimum(face, np.minimum(y - body.mean_point("neck")[1] + 0.06, 0.16 - np.abs(x))).astype(
        np.float32
    )
    return limit


def headscarf(hat: Hat, head: Mesh, cloth: Mesh, body: Body, at: Marks) -> Mesh:
    """A scarf wound round head and neck, its ends on the shoulders."""
    wound = within(head, [in_headscarf(head, body)])
    mean = adjacency(wound.faces, len(wound.position))
    low = smoothstep(at.neck[1] + 0.05, at.neck[1] - 0.03, wound.place[:, 1])
    edge = smoothstep(0.0, 0.012, in_headscarf(wound, body))
    both = np.concatenate([wound.position + wound.normal * (0.002 + 0.012 * edge)[:, None], wound.weights], axis=1)
    for _ in range(24):
        both = both + (0.6 * edge)[:, None] * (mean @ both - both)
    wound = Mesh(
        **{name: getattr(wound, name) for name in Mesh.__slots__ if name not in ("weights", "position", "normal")},
        position=wound.position,
        normal=wound.normal,
        weights=both[:, 3:].astype(np.float32),
    ).moved(both[:, :3])
    wound = offset(wound, 0.010 * edge + 0.012 * low)
    below = at.neck[1] - 0.35 * (cloth.place[:, 2] - at.neck[2]) - cloth.place[:, 1]
    round_neck = np.hypot(cloth.place[:, 0], 1.2 * (cloth.place[:, 2] - at.neck[2]))
    ends = [0.14 - below, below + 0.07, 0.17 - round_neck]
    shawl = rim(within(offset(cloth, 0.024 + 0.05 * np.clip(0.02 - below, 0, 0.1)), ends), 0.008)
    return join([wound, shawl]).painted(hat.colour).finished(gloss=0.06, wrinkles=0.5)
