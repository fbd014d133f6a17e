"""Beards: stubble painted on, longer hair raised from the skin, thinning towards an uneven edge."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body.mesh import Mesh, cut, join
from synthgest.body.model import Body
from synthgest.body.person import Person
from synthgest.body.waves import waves

_THICK = {"stubble": 0.0, "moustache": 0.0035, "goatee": 0.004, "short": 0.0022, "full": 0.009}
"""Kind -> how far the hair stands off the skin, metres."""

# Upper edge of a beard from the middle of the lip to the ear: half the distance from the middle, height above the mouth.
_CHEEK = ((0.0, 0.007, 0.018, 0.034, 0.048, 0.066, 0.08), (0.019, 0.0215, 0.0205, 0.013, 0.021, 0.043, 0.06))
_EDGE = 0.009  # metres over which a beard thins out


def bearded(skin: Mesh, body: Body, person: Person, lips: NDArray[np.floating], rng: np.random.Generator) -> Mesh:
    """The skin with the person's beard; its first extra value is the mask of the ears. lips: (V,) 1 on the lips."""
    if person.beard == "none":
        return skin
    depth = _inside(skin, body, person.beard, lips) + 0.0022 * waves(skin.place, rng, 330.0)
    depth = np.maximum(depth, -0.05).astype(np.float32)
    carrier = _with(skin, depth)
    hairy, bald = cut(carrier, depth)
    return join([_grown(hairy, person, rng), _without(bald)])


def _inside(skin: Mesh, body: Body, kind: str, lips: NDArray[np.floating]) -> NDArray[np.floating]:
    """(V,) about how many metres within the beard."""
    nose, ear = body.mean_point("face_nose"), body.mean_point("face_left_ear")
    x, y, z = np.abs(skin.place[:, 0]), skin.place[:, 1] - nose[1] + 0.040, skin.place[:, 2]
    top = np.interp(x, *_CHEEK) - y
    mouth = np.minimum(0.006 * (0.5 - lips), np.hypot(x / 2.2, y - 0.0) - 0.003)
    upper = np.minimum(np.minimum(top, mouth), y + 0.012 - 8.0 * np.clip(x - 0.026, 0, 1))
    if kind == "moustache":
        return np.asarray(np.minimum(upper, np.minimum(y - 0.001, 0.034 - x)))
    off_the_ear = 0.008 * (0.3 - skin.extra[:, 0])
    front = np.minimum(np.minimum(top, mouth), np.minimum(z - ear[2] - 0.004, off_the_ear))
    if kind == "goatee":
        chin = np.minimum(0.030 - 0.25 * np.clip(-y - 0.03, 0, 1) - x, y + 0.072)
        return np.asarray(np.minimum(front, chin))
    # Under the jaw the beard ends on the throat.
    return np.asarray(np.minimum(front, y + 0.077 - 0.25 * np.clip(x - 0.03, 0, 1)))


def _grown(hairy: Mesh, person: Person, rng: np.random.Generator) -> Mesh:
    """The haired part: coloured through from the skin's colour at its edge, raised where the hair is long."""
    full = np.clip(hairy.extra[:, -1] / _EDGE, 0, 1)
    hairy = _without(hairy)
    hair, tone = np.array(person.hair), hairy.colour
    hair = hair * (0.75 if hair.mean() > 0.3 else 0.95)
    if person.beard == "stubble":
        # Cut hair shows through the skin, greyer than it is.
        share = 0.42 * (full * (2 - full))[:, None]
        shown = tone * (1 - share) + (0.75 * hair + 0.25 * tone * 0.55) * share
        return hairy.painted(shown).patterned("skin", hairy.uv, shown * 0.62 + hair * 0.2)
    share = (0.35 + 0.65 * np.clip(full * 1.5, 0, 1))[:, None]
    thick = _THICK[person.beard] * full**0.7 * (1 + 0.35 * waves(hairy.place, rng, 500.0))
    down = np.array([0.0, -0.45, 0.0])
    raised = hairy.moved(hairy.position + thick[:, None] * (hairy.normal + down * (hairy.place[:, 1:2] < 0.69)))
    x, y, z = hairy.place.T
    uv = np.column_stack([(x + 0.6 * np.sign(x) * z) * 900, y * 260])
    colour = tone * (1 - share) + hair * share
    accent = colour * 0.55 + (0.5 * hair + 0.25) * 0.12 + 0.2 * tone * (1 - 0.7 * share)
    return raised.painted(colour).patterned("strands", uv, np.clip(accent, 0, 1)).finished(gloss=0.12, wrinkles=0.0)


def _with(mesh: Mesh, column: NDArray[np.floating]) -> Mesh:
    return replace(mesh, extra=np.column_stack([mesh.extra, column]).astype(np.float32))


def _without(mesh: Mesh) -> Mesh:
    return replace(mesh, extra=mesh.extra[:, :-1])
