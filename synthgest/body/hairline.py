"""The hairline: where hair grows on a head, and the scalp painted under it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body.mesh import Floats, Mesh
from synthgest.body.model import Body
from synthgest.body.person import Person
from synthgest.body.waves import waves


def hairline(place: Floats, ears: Floats, body: Body, person: Person) -> Floats:
    """(V,) metres within the hair-bearing skin of the mean person."""
    eye = body.mean_point("face_left_eye")
    x, y, z = np.abs(place[:, 0]), place[:, 1], place[:, 2]
    back = np.clip((eye[2] + 0.01 - z) / 0.17, 0, 1)
    edge = eye[1] + 0.066 - 0.165 * back**1.25 - 0.25 * np.clip(x - 0.04, 0, 1)
    edge = edge + _receding(x, z, eye, person)
    # In front of the ear the hair ends at a short side-burn, behind it goes down to the nape.
    line: Floats = (
        np.minimum(y - edge, 0.02 + 0.4 * (y - eye[1] + 0.005) + 4.0 * np.clip(back - 0.42, 0, 1)) - 0.03 * ears
    ).astype(np.float32)
    return line


def _receding(x: NDArray[np.floating], z: NDArray[np.floating], eye: Floats, person: Person) -> NDArray[np.floating]:
    """(V,) metres that the hairline lies higher: a little at the temples of men, much on balding ones."""
    temple = np.exp(-(((x - 0.042) / 0.02) ** 2)) * (z > eye[2] - 0.08)
    if person.hair_style == "balding":
        return np.asarray(0.13 * np.clip((z - eye[2] + 0.19) / 0.06, 0, 1) * np.clip((0.066 - x) / 0.014, 0, 1))
    depth = {"female": 0.002, "male": 0.010}[person.sex] * (1.6 if person.age_group == "elder" else 1.0)
    return np.asarray(depth * temple)


def painted_scalp(skin: Mesh, line: Floats, person: Person, rng: np.random.Generator) -> Mesh:
    """The skin with the scalp under the hair in the hair's colour, thinning out over a centimetre at the hairline."""
    share = np.clip((line + 0.0025 * waves(skin.place, rng, 400.0)) / 0.010 + 0.25, 0, 1)
    share = share * {"shaved": 0.5, "balding": 0.75}.get(person.hair_style, 0.96)
    scalp = np.array(person.hair) * 0.8 + 0.06 * np.array(person.skin)
    colour = skin.colour * (1 - share[:, None]) + scalp * share[:, None]
    gloss = skin.finish[:, 1] * (1 - 0.6 * share)
    accent = skin.accent * (1 - share[:, None]) + colour * 0.8 * share[:, None]
    return replace(
        skin.painted(colour).finished(gloss=gloss, wrinkles=skin.finish[:, 2] * (1 - share)),
        accent=accent.astype(np.float32),
    )
