"""A dressed person ready to be posed, and the same person posed at every frame of a clip."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.body.features import Features
from synthgest.body.surface import Surface
from synthgest.motion.skeleton import JOINT_INDEX

Floats = NDArray[np.float32]

_EVERY = 40
_SOLES = 0.03
"""Height of what counts as soles, metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skirt:
    """Which vertices of a figure are skirt; they hang from the waist and keep clear of the legs.

    start, stop: range of vertex indices, a grid of ``rows`` by ``columns`` of which the last column lies on the first. radii:
    of the leg at hip, knee and ankle, metres, with room for cloth. hip_drop: from the waist down to the hips, metres.
    """

    start: int
    stop: int
    rows: int
    columns: int
    radii: tuple[float, float, float]
    hip_drop: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A dressed person at rest.

    vertices: (V, 3) float32, metres, Y up. normals: (V, 3) float32, unit. faces: (F, 3) int32, counter-clockwise seen from
    outside. surface: the look of the vertices. weights: (V, bones) float32, bones in the order of ``rig.BONES``. points:
    (70, 3) float32 joints, fingertips and face at rest, in the order of ``model.POINTS``. smooth: (V,) int32, vertices of
    equal number share a normal. skirt: None without one. features: how a face moves them.
    """

    vertices: Floats
    normals: Floats
    faces: NDArray[np.int32]
    surface: Surface
    weights: Floats
    points: Floats
    smooth: NDArray[np.int32]
    skirt: Skirt | None
    features: Features

    def outline(self) -> "Figure":
        """The figure as a few hundred points without faces: enough to frame it and to stand it on the floor."""
        low = self.vertices[:, 1] < self.vertices[:, 1].min() + _SOLES
        chosen = np.flatnonzero(low | (np.arange(len(self.vertices)) % _EVERY == 0))
        surface = Surface(
            **{field.name: getattr(self.surface, field.name)[chosen] for field in dataclasses.fields(Surface)}
        )
        return dataclasses.replace(
            self,
            vertices=self.vertices[chosen],
            normals=self.normals[chosen],
            faces=self.faces[:0],
            surface=surface,
            weights=self.weights[chosen],
            smooth=np.arange(len(chosen), dtype=np.int32),
            skirt=None,
            features=self.features.none(),
        )

    @property
    def leg_length(self) -> float:
        """Hip to knee to ankle at rest, metres, the mean of both sides; a motion's path is scaled by it."""
        return leg_length(self.points)


def leg_length(points: Floats) -> float:
    """Hip to knee to ankle, metres, the mean of both sides, of joints at rest that come first among points (N, 3)."""
    legs = [
        points[[JOINT_INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")]] for side in ("left", "right")
    ]
    return float(np.mean([np.linalg.norm(np.diff(leg, axis=0), axis=1).sum() for leg in legs]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PosedFigure:
    """A dressed person at every frame, in the world: metres, Y up.

    vertices, normals: (T, V, 3) float32. faces: (F, 3) int32. surface: the look of the V vertices.
    joints: (T, 55, 3) float32, order of ``SMPLX_JOINTS``. coco: (T, 17, 3) float32, order of ``COCO_KEYPOINTS``.
    fingertips: (T, 10, 3) float32, order of ``FINGERTIPS``.
    """

    vertices: Floats
    normals: Floats
    faces: NDArray[np.int32]
    surface: Surface
    joints: Floats
    coco: Floats
    fingertips: Floats
