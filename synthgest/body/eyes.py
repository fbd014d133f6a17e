"""Eyes: balls with iris and pupil cut along circles, wet enough to catch the light, and lashes."""

import numpy as np
from numpy.typing import NDArray

from synthgest.body.mesh import Floats, Mesh, cut, join, keep
from synthgest.body.person import Person

_IRIS, _RING, _PUPIL = 29.5, 25.0, 11.5
"""Degrees from the eye's axis: an iris of 11.8 mm on a ball of 24 mm, scaled to MakeHuman's larger one."""


def eyes(mesh: Mesh, person: Person) -> Mesh:
    """Eyeballs: a white that is not white, the iris with its darker border, the pupil."""
    iris = np.array(person.eyes)
    parts = []
    for side in (1, -1):
        ball = keep(mesh, side * mesh.place[:, 0])
        centre = (ball.position.min(axis=0) + ball.position.max(axis=0)) / 2
        inner, white = cut(ball, _IRIS - _degrees(ball, centre))
        disc, ring = cut(inner, _RING - _degrees(inner, centre))
        pupil, disc = cut(disc, _PUPIL - _degrees(disc, centre))
        white = white.painted(_white(white, centre))
        parts += [white, ring.painted(iris * 0.45), disc.painted(iris), pupil.painted((0.015, 0.013, 0.012))]
    whole = join([part for part in parts if len(part.faces)])
    return whole.finished(gloss=1.0, wrinkles=0.0)


def lashes(mesh: Mesh, person: Person) -> Mesh:
    """Lashes, darker than the hair; a man's are shorter to the eye."""
    length = 0.0032 if person.sex == "male" else 0.0050
    parts = []
    for side in (1, -1):
        half = keep(mesh, side * mesh.place[:, 0])
        # The strips stand on the lids: what is near the lid's edge is near the ball.
        middle = half.place.mean(axis=0) - np.array([0, 0, 0.0155], np.float32)
        away = np.linalg.norm(half.place - middle, axis=1)
        parts.append(keep(half, np.quantile(away, 0.1) + length - away))
    dark = np.minimum(np.array(person.hair) * 0.35, 0.16)
    if person.sex == "male":
        dark = 0.6 * dark + 0.4 * np.array(person.skin) * 0.45
    return join(parts).painted(dark)


def _white(mesh: Mesh, centre: NDArray[np.floating]) -> Floats:
    """(V, 3) the white of the eye, in the lids' shade above and redder towards the corners."""
    off = mesh.position - centre
    radius = np.linalg.norm(off, axis=1)
    up, across = off[:, 1] / radius, np.abs(off[:, 0]) / radius
    shade = 1 - 0.22 * np.clip(up / 0.35, 0, 1) - 0.12 * np.clip((across - 0.35) / 0.5, 0, 1)
    red = 0.10 * np.clip((across - 0.45) / 0.4, 0, 1)
    white = np.array([0.80, 0.78, 0.755]) * shade[:, None]
    white[:, 1:] *= (1 - red)[:, None]
    return np.asarray(white, np.float32)


def _degrees(ball: Mesh, centre: NDArray[np.floating]) -> NDArray[np.floating]:
    """(V,) angle from the eye's axis."""
    direction = ball.position - centre
    cosine = direction[:, 2] / np.linalg.norm(direction, axis=1)
    angle: NDArray[np.floating] = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return angle
