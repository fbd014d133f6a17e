"""Building: the measures of a dressed person that a motion needs, so that hands rest on this body and not inside it."""

import numpy as np
from numpy.typing import NDArray

from synthgest.body.figure import Figure
from synthgest.body.rig import BONES
from synthgest.body.smplx_figure import SmplxFigure
from synthgest.body.tpose import t_pose
from synthgest.motion.build import Build, inside
from synthgest.motion.landmarks import LANDMARKS, Landmark

_CORE = ("pelvis", "spine1", "spine2", "spine3", "neck", "head", "jaw", "left_collar", "left_hip", "left_shoulder_half")
_AROUND = 0.03
"""Metres beside the line from within along which a landmark's surface is looked for."""


def build_of(figure: Figure | SmplxFigure) -> Build:
    """The joints of a dressed person in the T-pose, and the landmarks on what the person wears."""
    points = figure.points.astype(np.float64)
    _, joints = t_pose(points[:55], points[55:65])
    core = figure.weights[:, [BONES.index(name) for name in _CORE]].sum(axis=1) > 0.5
    surface = figure.vertices[core & (figure.vertices[:, 0] > -_AROUND)].astype(np.float64)
    return Build(joints=joints, landmarks={name: _met(place, joints, surface) for name, place in LANDMARKS.items()})


def _met(landmark: Landmark, joints: NDArray[np.float64], surface: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3,) where the line outward from inside the body leaves its surface (N, 3)."""
    start, facing = inside(landmark, joints), np.array(landmark.facing)
    along = (surface - start) @ facing
    beside = np.linalg.norm(surface - start - along[:, None] * facing, axis=1)
    near = along[beside < _AROUND]
    depth = float(near.max()) if near.size and near.max() > 0 else landmark.depth
    met: NDArray[np.float64] = start + facing * depth
    return met
