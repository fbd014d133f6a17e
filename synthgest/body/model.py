"""The shape model: what ``assets/body/body.npz`` holds, and a person's body at rest drawn from it."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.body.mesh import vertex_normals
from synthgest.body.rig import BONES
from synthgest.content import content
from synthgest.errors import SynthgestError
from synthgest.motion.skeleton import FINGERTIPS, SMPLX_JOINTS

Floats = NDArray[np.float32]

FACE_POINTS: tuple[str, ...] = ("face_nose", "face_left_eye", "face_right_eye", "face_left_ear", "face_right_ear")
POINTS: tuple[str, ...] = (*SMPLX_JOINTS, *FINGERTIPS, *FACE_POINTS)
"""Names of the 70 points that move with a person's shape: joints, fingertips, five points of the face."""

EXPRESSIONS: tuple[str, ...] = (
    "jaw_open",
    "smile",
    "frown",
    "press",
    "pucker",
    "part",
    "stretch",
    "upper_lip_up",
    "lower_lip_down",
    "brows_up",
    "brows_inner_up",
    "brows_down",
    "blink",
    "wide",
    "squint",
    "sneer",
)
"""What a face can do; each is a displacement of its vertices, and they add up."""

PARTS: tuple[str, ...] = ("body", "eyes", "lashes", "tights", "skirt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A linear model of people at rest, metres, Y up, facing +Z, and what is needed to skin and dress them.

    mean: (V + 70, 3) vertices, then the points of ``POINTS``. basis: (K, V + 70, 3) one standard deviation each.
    people: (N, K) coefficients of the sampled people. labels: of each of them: sex, age_group, metres, bmi, african ...
    weights: (V, bones) skinning weights, bones in the order of ``BONES``. faces: part -> (F, 3) vertex indices.
    arm, leg: (V,) coordinate along the limb: 0 shoulder or hip, 1 elbow or knee, 2 wrist or ankle, -0.5 on the trunk.
    masks: lips, face, ears, eyelids, fingernails -> (V,) in [0, 1]. expressions: (V, E, 3) metres, in the order of
    ``EXPRESSIONS``: how far each moves the mean person's face. expression_turns: (V, E, 3) what each adds to its normals.
    """

    mean: Floats
    basis: Floats
    people: Floats
    labels: Mapping[str, NDArray[np.generic]]
    weights: Floats
    faces: Mapping[str, NDArray[np.int32]]
    arm: Floats
    leg: Floats
    masks: Mapping[str, Floats]
    expressions: Floats
    expression_turns: Floats

    @property
    def template(self) -> Floats:
        """(V, 3) vertices of the mean person at rest."""
        return self.mean[: len(self.weights)]

    def mean_point(self, name: str) -> Floats:
        """(3,) a point of the mean person at rest."""
        place: Floats = self.mean[len(self.weights) + POINTS.index(name)]
        return place

    def shape(self, coefficients: NDArray[np.floating]) -> tuple[Floats, Floats]:
        """Vertices (V, 3) and points (70, 3) at rest, metres, of the person with these (K,) coefficients."""
        place: Floats = self.mean + np.tensordot(coefficients.astype(np.float32), self.basis, axes=1)
        return place[: len(self.weights)], place[len(self.weights) :]


@functools.cache
def load_body() -> Body:
    """The shipped body; read once per process."""
    path = content("assets") / "body" / "body.npz"
    if not path.is_file():
        raise SynthgestError(f"the shipped body is missing: no {path}; reinstall synthgest or run scripts/bake_body.py")
    with np.load(path, allow_pickle=False) as file:
        data = {name: file[name] for name in file.files}
    count = len(data["weight"])
    order = [list(data["points"]).index(name) for name in POINTS]
    rows = np.r_[np.arange(count), count + np.array(order)]
    faces = {part: data[f"faces_{part}"].astype(np.int32) for part in PARTS}
    moves = _dense_expressions(count, data)
    label_names = [name for name in data if name.startswith("people_")]
    return Body(
        mean=data["mean"][rows],
        basis=data["basis"][:, rows].astype(np.float32),
        people=data["people"],
        labels={name.removeprefix("people_"): data[name] for name in label_names},
        weights=_dense_weights(data["bones"], data["weight_bone"], data["weight"]),
        faces=faces,
        arm=data["field_arm"],
        leg=data["field_leg"],
        masks={
            name.removeprefix("mask_"): data[name].astype(np.float32) / 255 for name in data if name.startswith("mask_")
        },
        expressions=moves,
        expression_turns=_turns(data["mean"][:count], np.concatenate([faces["body"], faces["lashes"]]), moves),
    )


def _dense_expressions(count: int, data: Mapping[str, NDArray[np.generic]]) -> Floats:
    rows = [list(data["expressions"]).index(name) for name in EXPRESSIONS]
    moves = np.zeros((count, len(EXPRESSIONS), 3), np.float32)
    moves[data["expression_vertex"].astype(np.intp)] = data["expression_move"][rows].astype(np.float32).swapaxes(0, 1)
    return moves


def _dense_weights(names: NDArray[np.str_], bone: NDArray[np.uint8], weight: NDArray[np.uint16]) -> Floats:
    column = np.array([BONES.index(name) for name in names])
    weights = np.zeros((len(bone), len(BONES)), np.float32)
    np.put_along_axis(weights, column[bone], weight.astype(np.float32), axis=1)
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _turns(template: Floats, faces: NDArray[np.int32], moves: Floats) -> Floats:
    """(V, E, 3) how each expression changes the normals of the mean person's face."""
    moved = np.abs(moves).max(axis=(1, 2)) > 0
    near = faces[moved[faces].any(axis=1)]
    still = vertex_normals(template, near)
    turns = np.zeros_like(moves)
    for number in range(moves.shape[1]):
        turns[:, number] = vertex_normals(template + moves[:, number], near) - still
    return turns
