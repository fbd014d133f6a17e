"""A dressed person ready to be posed, and the same person posed at every frame of a clip."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.body.surface import Surface
from synthgest.motion.skeleton import JOINT_INDEX

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skirt:
    """Which vertices of a figure are skirt; they are kept clear of the legs.

    start, stop: range of vertex indices. radii: of the leg at hip, knee and ankle, metres, with room for cloth.
    """

    start: int
    stop: int
    radii: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A dressed person at rest.

    vertices: (V, 3) float32, metres, Y up. faces: (F, 3) int32, counter-clockwise seen from outside. surface: the look of
    the vertices. weights: (V, bones) float32, bones in the order of ``rig.BONES``. points: (70, 3)
    float32 joints, fingertips and face at rest, in the order of ``model.POINTS``. smooth: (V,) int32, vertices of equal
    number share a normal. skirt: None without one.
    """

    vertices: Floats
    faces: NDArray[np.int32]
    surface: Surface
    weights: Floats
    points: Floats
    smooth: NDArray[np.int32]
    skirt: Skirt | None

    @property
    def leg_length(self) -> float:
        """Hip to knee to ankle at rest, metres, the mean of both sides; a motion's path is scaled by it."""
        legs = [
            self.points[[JOINT_INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")]]
            for side in ("left", "right")
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
