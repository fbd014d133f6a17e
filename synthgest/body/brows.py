"""Brows: each an arch cut from the skin, of the person's own height, bend and thickness, in short hairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.body.mesh import Floats, Mesh, cut, join
from synthgest.body.model import Body
from synthgest.body.person import Person
from synthgest.body.subdivision import subdivided


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arch:
    """Metres on the mean person. start, end: from the middle of the face. rise: above the eye. thick: half of it, inside."""

    start: float
    end: float
    rise: float
    bend: float
    thick: float
    droop: float

    def along(self, place: Floats) -> NDArray[np.floating]:
        """(V,) 0 at the inner end, 1 at the outer."""
        share: NDArray[np.floating] = (np.abs(place[:, 0]) - self.start) / (self.end - self.start)
        return share

    def middle(self, place: Floats, eye: Floats) -> NDArray[np.floating]:
        """(V,) height of the brow's middle line."""
        t = np.clip(self.along(place), 0, 1)
        height: NDArray[np.floating] = (
            eye[1] + self.rise + self.bend * np.sin(np.pi * t**1.35 * 0.95) - self.droop * t**3
        )
        return height

    def inside(self, place: Floats, eye: Floats) -> NDArray[np.floating]:
        """(V,) metres within the brow."""
        s = self.along(place)
        t = np.clip(s, 0, 1)
        half = self.thick * np.clip(0.35 + 5 * t, 0, 1) * (1 - 0.9 * t**2.2)
        length = self.end - self.start
        ends = np.minimum(s, 1 - s) * length
        return np.asarray(np.minimum(half - np.abs(place[:, 1] - self.middle(place, eye)), ends))


def brows(skin: Mesh, body: Body, person: Person, rng: np.random.Generator) -> Mesh:
    """The skin with its brows drawn in."""
    eye = body.mean_point("face_left_eye")
    arch = _arch(person, rng)
    x, y, z = skin.place.T
    box = np.minimum(0.030 - np.abs(np.abs(x) - 0.0365), 0.020 - np.abs(y - eye[1] - 0.023))
    near, rest = cut(skin, np.minimum(box, z - eye[2] + 0.03))
    near = subdivided(near)
    # Cut along its middle line as well: the thin end of an arch lies between the mesh's rows.
    near = join(cut(near, near.place[:, 1] - arch.middle(near.place, eye)))
    brow, bald = cut(near, arch.inside(near.place, eye))
    return join([_haired(brow, arch, person), bald, rest])


def _arch(person: Person, rng: np.random.Generator) -> _Arch:
    male = person.sex == "male"
    return _Arch(
        start=rng.uniform(0.0105, 0.0135) - 0.0015 * male,
        end=rng.uniform(0.051, 0.056),
        rise=rng.uniform(0.0165, 0.0190) + 0.001 * (not male),
        bend=rng.uniform(0.001, 0.0035) + 0.0025 * (not male),
        thick=rng.uniform(0.0026, 0.0046) + 0.0012 * male,
        droop=rng.uniform(0.001, 0.004),
    )


def _haired(brow: Mesh, arch: _Arch, person: Person) -> Mesh:
    tone, hair = np.array(person.skin), np.array(person.hair)
    # Brows keep their colour when hair goes white, and are darker than fair hair.
    dark = hair * (0.55 if hair.mean() > 0.45 else 0.8)
    dark = np.minimum(0.85 * dark + 0.15 * tone * 0.5, tone * 0.72)
    thin = np.clip(arch.along(brow.place), 0, 1) ** 3 * 0.35
    thin = np.maximum(thin, 0.45 * np.clip(1 - arch.along(brow.place) / 0.12, 0, 1))[:, None]
    colour = dark * (1 - thin) + brow.colour * thin
    uv = np.column_stack([brow.place[:, 1] * 1500 + np.abs(brow.place[:, 0]) * 900, np.abs(brow.place[:, 0]) * 300])
    return (
        brow.painted(colour)
        .patterned("strands", uv, 0.45 * colour + 0.55 * brow.colour)
        .finished(gloss=0.15, wrinkles=0)
    )
