"""Skin, face and eyes: colours laid on the body's own mesh, brows and irises cut along clean lines."""

import numpy as np
from numpy.typing import NDArray

from synthgest.body.mesh import Floats, Mesh, cut, join, keep
from synthgest.body.model import Body
from synthgest.body.person import Person

_BEARDS = {"none": 0.0, "stubble": 0.35, "moustache": 0.6, "full": 0.85}


def skin(mesh: Mesh, body: Body, person: Person, index: NDArray[np.intp]) -> Mesh:
    """The body's mesh painted; ``index`` (V,) says which of the body's vertices each one is."""
    masks = {name: values[index] for name, values in body.masks.items()}
    tone = np.array(person.skin)
    light = float(tone.mean())
    colour = np.tile(tone, (len(index), 1))
    # Blood shows through: more on cheeks, nose and ears, and more in light skin.
    nose = body.mean_point("face_nose")
    glow = np.exp(
        -(((np.abs(mesh.place[:, 0]) - 0.035) / 0.022) ** 2 + ((mesh.place[:, 1] - nose[1] + 0.004) / 0.02) ** 2)
    )
    warmth = (0.5 * glow + 0.35 * masks["ears"] + 0.15 * masks["face"]) * (mesh.place[:, 2] > nose[2] - 0.2)
    colour = colour * (1 - warmth[:, None] * np.array([0.0, 0.16, 0.17]) * (0.4 + 0.6 * light))
    palm = _palm(mesh)
    pale = tone * 0.45 + np.array([0.80, 0.62, 0.52]) * 0.55
    colour = _mixed(colour, pale, palm * (0.75 if person.skin_tone > 5 else 0.25))
    lips = tone * np.array([0.86, 0.60, 0.60]) + np.array([0.05, 0.01, 0.01])
    colour = _mixed(colour, lips, masks["lips"] * 0.9)
    colour = _mixed(colour, tone * 0.5 + np.array([0.46, 0.36, 0.34]), masks["fingernails"] * 0.6)
    colour = _mixed(colour, tone * 0.82, masks["eyelids"] * 0.6)
    colour = _mixed(colour, np.array(person.hair), beard(mesh, body, person.beard, masks["lips"]))
    brow, rest = cut(mesh.painted(np.clip(colour, 0, 1)), _brow(mesh, body))
    dark = 0.75 * np.array(person.hair) + 0.25 * tone * 0.4
    return join([brow.painted(0.25 * tone + 0.75 * np.minimum(dark, tone * 0.8)), rest])


def beard(mesh: Mesh, body: Body, kind: str, lips: Floats) -> Floats:
    """(V,) how much beard covers the skin."""
    x, y, z = mesh.place.T
    nose, eye = body.mean_point("face_nose"), body.mean_point("face_left_eye")
    mouth_corner = np.hypot(x / 0.032, (y - nose[1] + 0.026) / 0.012) < 1
    if kind == "moustache":
        area = mouth_corner.astype(np.float32)
    else:
        jaw = _step(nose[1] - 0.016, nose[1] - 0.034, y + 0.35 * np.clip(np.abs(x) - 0.045, 0, None))
        area = np.maximum(jaw, mouth_corner * 1.0) * _step(nose[1] - 0.125, nose[1] - 0.10, y)
        area = area * _step(eye[2] - 0.095, eye[2] - 0.075, z)
    share: Floats = (_BEARDS[kind] * area * (1 - lips) * (z > eye[2] - 0.12)).astype(np.float32)
    return share


def eyes(mesh: Mesh, person: Person) -> Mesh:
    """Eyeballs with iris and pupil."""
    parts = []
    for side in (1, -1):
        ball = keep(mesh, side * mesh.place[:, 0])
        centre = (ball.position.min(axis=0) + ball.position.max(axis=0)) / 2
        direction = ball.position - centre
        angle = np.degrees(np.arccos(np.clip(direction[:, 2] / np.linalg.norm(direction, axis=1), -1, 1)))
        iris, white = cut(ball, 33.0 - angle)
        direction = iris.position - centre
        angle = np.degrees(np.arccos(np.clip(direction[:, 2] / np.linalg.norm(direction, axis=1), -1, 1)))
        pupil, ring = cut(iris, 14.0 - angle)
        parts += [white.painted((0.86, 0.84, 0.82)), ring.painted(person.eyes), pupil.painted((0.02, 0.02, 0.02))]
    return join([part for part in parts if len(part.faces)])


def lashes(mesh: Mesh, person: Person) -> Mesh:
    """Eyelashes, darker than the hair."""
    return mesh.painted(np.array(person.hair) * 0.35)


def _brow(mesh: Mesh, body: Body) -> Floats:
    """Metres within the brows."""
    eye = body.mean_point("face_left_eye")
    along = np.abs(mesh.place[:, 0]) - eye[0]
    middle = eye[1] + 0.0215 - 5.0 * (along - 0.006) ** 2
    half = 0.0036 - 0.06 * np.clip(along, 0, None)
    band = half - np.abs(mesh.place[:, 1] - middle)
    inside: Floats = np.minimum(
        np.minimum(band, np.minimum(along + 0.017, 0.027 - along)), mesh.place[:, 2] - eye[2] + 0.01
    )
    return inside


def _palm(mesh: Mesh) -> Floats:
    """(V,) 1 on the palms: hand skin whose normal faces the body at rest."""
    inward = -np.sign(mesh.place[:, 0]) * mesh.normal[:, 0] - 0.5 * mesh.normal[:, 1]
    return _step(1.93, 2.05, mesh.arm) * _step(0.1, 0.5, inward)


def _step(low: float, high: float, value: NDArray[np.floating]) -> Floats:
    share = np.clip((value - low) / (high - low), 0, 1)
    step: Floats = (share * share * (3 - 2 * share)).astype(np.float32)
    return step


def _mixed(
    colour: NDArray[np.floating], other: NDArray[np.floating], share: NDArray[np.floating]
) -> NDArray[np.floating]:
    return colour * (1 - share[:, None]) + other * share[:, None]
