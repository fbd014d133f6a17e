"""A person with the body of SMPL-X, in clothes that are painted on: regions by the bones that move them, or a user's texture."""

import dataclasses
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.body.figure import PosedFigure, leg_length
from synthgest.body.normals import surface_normals
from synthgest.body.person import Person
from synthgest.body.rig import BONES
from synthgest.body.smplx_model import SHAPES, SmplxModel
from synthgest.body.smplx_texture import Textures
from synthgest.body.surface import PATTERNS, Surface, plain
from synthgest.errors import SpecError
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import COCO_KEYPOINTS, JOINT_INDEX

Floats = NDArray[np.float32]

_EVERY = 25
_SOLES = 0.03  # metres
_SPREAD = 0.8  # standard deviation of a coefficient of shape: people farther out look drawn
_HAIRLINE, _SHAFT = 0.02, 0.03  # metres above the eyes, and above the ankle
_OPEN = 0.05  # metres to each side: how far what is worn over the top is open in front
_COCO = [JOINT_INDEX[name] for name in COCO_KEYPOINTS[5:]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmplxFigure:
    """A dressed person at rest, in the T-pose.

    model: that shapes and poses it. betas: (10,) its shape. vertices: (V, 3) metres. surface: their look. weights: (V, bones),
    bones as in ``rig.BONES``. points: (70, 3) as of ``Figure``. chosen: numbers of the vertices that are wanted of the model's.
    """

    model: SmplxModel
    betas: Floats
    vertices: Floats
    surface: Surface
    weights: Floats
    points: Floats
    chosen: NDArray[np.intp]

    def outline(self) -> "SmplxFigure":
        """The figure as a few hundred points without faces."""
        low = self.vertices[:, 1] < self.vertices[:, 1].min() + _SOLES
        some = np.flatnonzero(low | (np.arange(len(self.vertices)) % _EVERY == 0))
        look = {field.name: getattr(self.surface, field.name)[some] for field in dataclasses.fields(Surface)}
        return dataclasses.replace(
            self,
            vertices=self.vertices[some],
            surface=Surface(**look),
            weights=self.weights[some],
            chosen=self.chosen[some],
        )

    @property
    def leg_length(self) -> float:
        """Hip to knee to ankle, metres, the mean of both sides."""
        return leg_length(self.points)

    def posed(self, motion: Motion, frames: NDArray[np.intp]) -> PosedFigure:
        """The figure at some frames of a motion; of a face what the motion says, the jaw at least."""
        each = [self.model.posed(self.betas, motion, int(frame)) for frame in frames]
        vertices, joints, tips, landmarks = (np.stack(values) for values in zip(*each, strict=True))
        whole = len(self.chosen) == vertices.shape[1]
        faces = self.model.faces if whole else self.model.faces[:0]
        vertices = vertices[:, self.chosen]
        normals = surface_normals(vertices, faces, np.arange(vertices.shape[1], dtype=np.int32))
        return PosedFigure(
            vertices=vertices,
            normals=normals,
            faces=faces,
            surface=self.surface,
            joints=joints,
            coco=np.concatenate([landmarks, joints[:, _COCO]], axis=1),
            fingertips=tips,
        )


def dressed(model: SmplxModel, person: Person, textures: Textures | None = None) -> SmplxFigure:
    """A person's figure: a shape of its own, in the colours of the person's clothes, skin and hair, or of a texture.

    SpecError for a texture where the model's file does not say where in it a vertex lies.
    """
    rng = np.random.default_rng([person.detail, zlib.crc32(b"smplx")])
    betas = (rng.normal(size=SHAPES).clip(-2, 2) * _SPREAD).astype(np.float32)
    rest = Motion.from_full_pose(np.zeros((1, 55, 3)), np.zeros((1, 3)), fps=1.0, fingers=True, source="rest")
    vertices, joints, tips, landmarks = model.posed(betas, rest, 0)
    weights = np.zeros((len(vertices), len(BONES)), np.float32)
    weights[:, :55] = model.weights
    if textures is None:
        surface = _worn(person, vertices, model.weights.argmax(axis=1), joints, landmarks)
    elif len(model.uv):
        surface = plain(textures.colours(rng, model.uv), vertices.copy())
    else:
        raise SpecError(
            "textures need a model's file with the arrays vt and ft, and this one has none; leave body_textures out"
        )
    return SmplxFigure(
        model=model,
        betas=betas,
        vertices=vertices,
        surface=surface,
        weights=weights,
        points=np.concatenate([joints, tips, landmarks]),
        chosen=np.arange(len(vertices)),
    )


def _worn(person: Person, vertices: Floats, bones: NDArray[np.intp], joints: Floats, landmarks: Floats) -> Surface:
    """The look of the vertices: skin and hair, and what is worn where."""

    def at(*names: str) -> NDArray[np.bool_]:
        spelt = {f"{side}{name}" for name in names for side in ("", "left_", "right_")}
        return np.isin(bones, [JOINT_INDEX[name] for name in spelt & set(JOINT_INDEX)])

    aside, height = np.abs(vertices[:, 0]), vertices[:, 1]
    arm = np.abs([joints[JOINT_INDEX[f"left_{name}"], 0] for name in ("shoulder", "elbow", "wrist")])
    leg = [joints[JOINT_INDEX[f"left_{name}"], 1] for name in ("hip", "knee", "ankle")]
    sleeve, hem = np.interp(person.top.sleeve, [0, 1, 2], arm), np.interp(person.bottom.length, [0, 1, 2], leg)
    waist = (joints[JOINT_INDEX["pelvis"], 1] + joints[JOINT_INDEX["spine1"], 1]) / 2
    trunk = at("pelvis", "spine1", "spine2", "spine3", "collar")
    above = (trunk & (height >= waist)) | (at("shoulder", "elbow") & (aside < sleeve))
    below = (trunk & (height < waist)) | (at("hip", "knee", "ankle") & (height > hem))
    feet = at("foot") | (at("ankle") & (height < leg[2] + _SHAFT))
    worn = [
        (at("head") & (height > landmarks[1, 1] + _HAIRLINE), person.hair, "strands", 0.0),
        (above, person.top.colour, "knit", 0.4),
        (below, person.bottom.colour, "plain", 0.3),
        (feet, person.shoes.colour, "plain", 0.0),
    ]
    if person.outer is not None:
        behind = vertices[:, 2] < joints[JOINT_INDEX["spine3"], 2]
        worn.insert(2, (above & ((aside > _OPEN) | behind), person.outer.colour, "plain", 0.3))
    colour = np.tile(np.array(person.skin, np.float32), (len(vertices), 1))
    finish = np.zeros((len(vertices), 3), np.float32)
    finish[:, 0] = PATTERNS.index("skin")
    for part, own, pattern, wrinkles in worn:
        colour[part], finish[part, 0], finish[part, 2] = own, PATTERNS.index(pattern), wrinkles
    return dataclasses.replace(plain(colour, vertices.copy()), finish=finish)
