"""Skin: its colour from place to place, freckles and moles, how it shines, and the hair that is cut from it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body.beards import bearded
from synthgest.body.brows import brows
from synthgest.body.features import moves_of
from synthgest.body.mesh import Floats, Mesh, cut, join
from synthgest.body.model import Body
from synthgest.body.person import Person
from synthgest.motion.skeleton import FINGERTIPS

_FACE_DETAIL = 1  # the stream of chance of skin and face, so that hair and cloth keep theirs


def skin(mesh: Mesh, body: Body, person: Person, index: NDArray[np.intp]) -> Mesh:
    """The body's mesh painted; ``index`` (V,) says which of the body's vertices each one is.

    ``extra`` of the result: the mask of the ears, then ``features.MOVES`` columns of what a face moves.
    """
    rng = np.random.default_rng([person.detail, _FACE_DETAIL])
    masks = {name: values[index] for name, values in body.masks.items()}
    colour = _coloured(mesh, body, person, masks)
    freckled = person.skin_tone <= 4 and rng.random() < 0.22
    painted = mesh.painted(colour).patterned("skin", _pores(mesh.place), _speckles(mesh, body, colour, freckled))
    painted = painted.finished(gloss=_gloss(mesh, body, person, masks), wrinkles=_wrinkles(mesh, body, person))
    painted = replace(painted, extra=np.column_stack([masks["ears"], moves_of(body, index), masks["lips"]]))
    lips = painted.extra[:, -1]
    painted = bearded(replace(painted, extra=painted.extra[:, :-1]), body, person, lips, rng)
    return _with_moles(brows(painted, body, person, rng), body, rng)


def _coloured(mesh: Mesh, body: Body, person: Person, masks: dict[str, Floats]) -> Floats:
    """(V, 3) the skin's tone with what makes it living: blood, shade, palms, lips, nails."""
    tone = np.array(person.skin)
    light = float(tone.mean())
    x, y, z = np.abs(mesh.place[:, 0]), mesh.place[:, 1], mesh.place[:, 2]
    nose, eye = body.mean_point("face_nose"), body.mean_point("face_left_eye")
    ahead = _step(nose[2] - 0.09, nose[2] - 0.05, z)
    cheek = np.exp(-(((x - 0.041) / 0.019) ** 2) - ((y - nose[1] + 0.002) / 0.017) ** 2)
    tip = np.exp(-((x / 0.014) ** 2) - ((y - nose[1] + 0.002) / 0.013) ** 2)
    chin = np.exp(-((x / 0.02) ** 2) - ((y - nose[1] + 0.075) / 0.014) ** 2)
    blood = (0.75 * cheek + 0.65 * tip + 0.3 * chin) * ahead + 0.5 * masks["ears"] + 0.6 * _joints(mesh, body)
    # Blood shows less through dark skin, and makes it darker as much as redder.
    shift = np.array([0.02, 0.16, 0.15]) if light > 0.42 else np.array([0.07, 0.15, 0.13])
    colour = tone * (1 - (blood * (0.75 if person.age_group == "elder" else 0.9))[:, None] * shift)
    under = np.exp(-(((x - eye[0]) / 0.014) ** 2) - ((y - eye[1] + 0.017) / 0.006) ** 2) * ahead
    socket = np.exp(-(((x - eye[0] + 0.003) / 0.017) ** 2) - ((y - eye[1] - 0.004) / 0.009) ** 2) * ahead
    tired = 0.5 if person.age_group == "elder" else 0.3
    colour = colour * (1 - (tired * under + 0.45 * socket)[:, None] * np.array([0.14, 0.19, 0.16]))
    pale = tone * 0.45 + np.array([0.80, 0.62, 0.52]) * 0.55
    colour = _mixed(colour, pale, _palm(mesh) * (0.15 if light > 0.55 else 0.7))
    colour = _mixed(colour, _lip_colour(tone, light), masks["lips"] * (0.6 if person.sex == "male" else 0.8))
    # The swatches of the darkest tones are nearly grey; skin never is.
    colour = colour * (1 + np.clip((0.3 - light) / 0.1, 0, 1) * np.array([0.12, 0.0, -0.09]))
    return np.asarray(np.clip(_nails(colour, mesh, body, masks["fingernails"], tone), 0, 1), np.float32)


def _lip_colour(tone: NDArray[np.floating], light: float) -> NDArray[np.floating]:
    """Rose on light skin, brown-rose on dark."""
    rose = tone * np.array([0.84, 0.62, 0.62]) + np.array([0.03, 0.0, 0.01])
    brown = tone * np.array([0.98, 0.74, 0.76]) + np.array([0.035, 0.008, 0.012])
    share = np.clip((light - 0.25) / 0.3, 0, 1)
    return np.asarray(rose * share + brown * (1 - share))


def _nails(
    colour: NDArray[np.floating], mesh: Mesh, body: Body, nails: Floats, tone: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Nails paler and pinker than the skin, their free edge nearly white."""
    rows = np.flatnonzero(nails > 0.05)
    tips = np.stack([body.mean_point(name) for name in FINGERTIPS])
    apart = np.linalg.norm(mesh.place[rows, None] - tips, axis=2)
    finger, distance = apart.argmin(axis=1), apart.min(axis=1)
    edge = np.zeros(len(rows))
    for number in range(len(tips)):
        own = finger == number
        if own.any():
            edge[own] = _step(0.0035, 0.0015, distance[own] - distance[own].min())
    plate = tone * 0.62 + np.array([0.90, 0.66, 0.62]) * 0.38
    free = tone * 0.5 + np.array([0.88, 0.84, 0.78]) * 0.5
    result = colour.copy()
    result[rows] = _mixed(colour[rows], np.where(edge[:, None] > 0.5, free, plate), 0.9 * nails[rows])
    return result


def _joints(mesh: Mesh, body: Body) -> NDArray[np.floating]:
    """(V,) 1 on knuckles and elbows, where skin is thicker and redder."""
    back = 1 - _palm(mesh)
    total = np.zeros(len(mesh.place))
    for side in ("left", "right"):
        knuckles = [
            f"{side}_{finger}{n}" for finger in ("index", "middle", "ring", "pinky", "thumb") for n in (1, 2, 3)
        ]
        for name, reach in (*((name, 0.007) for name in knuckles), (f"{side}_elbow", 0.035)):
            away = np.square(mesh.place - body.mean_point(name)).sum(axis=1)
            total = np.maximum(total, np.exp(-away / reach**2))
    joints: NDArray[np.floating] = total * back * (mesh.arm > 0.5)
    return joints


def _pores(place: Floats) -> NDArray[np.floating]:
    """(V, 2) about a period a pore of 4 mm: tells a renderer how large a pixel is on the skin."""
    return np.column_stack([place[:, 0] + place[:, 2], place[:, 1] + 0.3 * place[:, 2]]) * 250.0


def _speckles(mesh: Mesh, body: Body, colour: Floats, freckled: bool) -> NDArray[np.floating]:
    """(V, 3) the colour of speckles: next to nothing, or freckles on cheeks, nose and arms."""
    fine = colour * np.array([0.965, 0.94, 0.935])
    if not freckled:
        return np.asarray(fine)
    nose = body.mean_point("face_nose")
    face = np.exp(-((mesh.place[:, 0] / 0.06) ** 2) - ((mesh.place[:, 1] - nose[1] - 0.008) / 0.03) ** 2)
    share = np.maximum(face * (mesh.place[:, 2] > nose[2] - 0.09), 0.5 * (mesh.arm > 0.3))
    return _mixed(fine, colour * np.array([0.86, 0.74, 0.66]), share)


def _gloss(mesh: Mesh, body: Body, person: Person, masks: dict[str, Floats]) -> NDArray[np.floating]:
    """(V,) skin shines on nose, forehead and lips; dark skin shows its form by it."""
    x, y, z = np.abs(mesh.place[:, 0]), mesh.place[:, 1], mesh.place[:, 2]
    nose = body.mean_point("face_nose")
    ridge = np.exp(-((x / 0.012) ** 2)) * _step(nose[1] - 0.02, nose[1], y) * _step(nose[1] + 0.05, nose[1] + 0.03, y)
    brow = np.exp(-((x / 0.035) ** 2) - ((y - nose[1] - 0.075) / 0.02) ** 2)
    cheekbone = np.exp(-(((x - 0.05) / 0.014) ** 2) - ((y - nose[1] - 0.012) / 0.012) ** 2)
    ahead = _step(nose[2] - 0.09, nose[2] - 0.05, z)
    base = 0.24 + 0.013 * person.skin_tone - (0.06 if person.age_group == "elder" else 0.0)
    gloss = base + 0.12 * ahead * (ridge + 0.7 * brow + 0.7 * cheekbone)
    return np.asarray(np.clip(gloss + 0.22 * masks["lips"] + 0.2 * masks["fingernails"] - 0.08 * _palm(mesh), 0, 1))


def _wrinkles(mesh: Mesh, body: Body, person: Person) -> NDArray[np.floating]:
    """(V,) depth of folds: elders' faces, necks and hands are no longer smooth."""
    nose = body.mean_point("face_nose")
    seen = (mesh.place[:, 1] > nose[1] - 0.13) | (mesh.arm > 1.9)
    return np.asarray(seen * (0.16 if person.age_group == "elder" else 0.0))


def _with_moles(mesh: Mesh, body: Body, rng: np.random.Generator) -> Mesh:
    """None to three dark dots of 2 to 4 mm on face and neck."""
    nose = body.mean_point("face_nose")
    for _ in range(int(rng.choice(4, p=[0.6, 0.22, 0.12, 0.06]))):
        where = nose + np.array([rng.choice([-1, 1]) * rng.uniform(0.02, 0.06), rng.uniform(-0.09, 0.04), 0.0])
        radius = rng.uniform(0.0009, 0.0017)
        away = np.hypot(mesh.place[:, 0] - where[0], mesh.place[:, 1] - where[1])
        mole, rest = cut(mesh, np.where(mesh.place[:, 2] > nose[2] - 0.1, radius - away, -1.0))
        mesh = join([mole.painted(mole.colour * np.array([0.5, 0.4, 0.36])), rest]) if len(mole.faces) else mesh
    return mesh


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
