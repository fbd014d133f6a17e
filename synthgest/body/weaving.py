"""Where a pattern runs on cloth: metres around and along the trunk, the sleeves and the legs, with seams where it meets itself."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body.mesh import Floats, Mesh, cut, join, keep
from synthgest.body.palette import Colour
from synthgest.body.tailoring import ARM, LEG, Marks

PERIODS = {"camouflage": 0.25, "denim": 0.004, "knit": 0.012}
"""Metres; other patterns come in any size."""

_TRUNK, _SLEEVE, _LEG = 0.16, 0.055, 0.075
"""Radii that angles are turned into metres by."""


def woven(garment: Mesh, pattern: str, period: float, accent: Colour, at: Marks) -> Mesh:
    """A garment with a pattern of ``PATTERNS``, ``period`` metres long, laid out along its parts."""
    if pattern == "plain" or not len(garment.faces):
        return garment
    laid = laid_out(garment, at)
    return laid.patterned(pattern, laid.uv / np.float32(period), accent)


def laid_out(garment: Mesh, at: Marks) -> Mesh:
    """The garment cut along its seams, uv in metres: u around from the front or outside, v along; seams behind or beneath."""
    parts = []
    upper, legs = cut(garment, _above_legs(garment, at))
    if len(legs.faces):
        parts += [_leg(keep(legs, side * legs.place[:, 0]), side, at) for side in (1, -1)]
    if len(upper.faces):
        sleeves, trunk = cut(upper, upper.arm - 0.04)
        parts += [_trunk(keep(trunk, side * trunk.place[:, 0]), side, at) for side in (1, -1)]
        parts += [
            _sleeve(keep(sleeves, side * sleeves.place[:, 0]), side, at) for side in (1, -1) if len(sleeves.faces)
        ]
    return join([part for part in parts if len(part.faces)])


def _above_legs(mesh: Mesh, at: Marks) -> Floats:
    value: Floats = np.where(mesh.arm > -0.2, 1.0, mesh.place[:, 1] - (at.hip - 0.06)).astype(np.float32)
    return value


def _trunk(half: Mesh, side: int, at: Marks) -> Mesh:
    angle = np.arctan2(np.abs(half.place[:, 0]), half.place[:, 2] - 0.02)
    return replace(half, uv=_pair(side * angle * _TRUNK, half.place[:, 1] - at.hip))


def _sleeve(arm: Mesh, side: int, at: Marks) -> Mesh:
    centre = np.stack(
        [np.interp(arm.arm, (0, 1, 2), [joint[axis] for joint in at.arm_chain]) for axis in range(3)], axis=1
    )
    centre[:, 0] *= side
    along = at.arm_chain[2] - at.arm_chain[0]
    along = along * np.array([side, 1, 1]) / np.linalg.norm(along)
    front = np.array([0.0, 0.0, 1.0]) - along[2] * along
    front /= np.linalg.norm(front)
    over = side * np.cross(front, along)
    return _around(arm, arm.place - centre, over, front, _SLEEVE, -arm.arm * ARM)


def _leg(leg: Mesh, side: int, at: Marks) -> Mesh:
    centre = np.stack(
        [np.interp(leg.leg, (0, 1, 2), [joint[axis] for joint in at.leg_chain]) for axis in range(3)], axis=1
    )
    centre[:, 0] *= side
    outwards, front = np.array([float(side), 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    return _around(leg, leg.place - centre, outwards, front, _LEG, -leg.leg * LEG)


def _around(
    mesh: Mesh,
    off: NDArray[np.floating],
    start: NDArray[np.float64],
    front: NDArray[np.float64],
    radius: float,
    along: NDArray[np.floating],
) -> Mesh:
    """The tube cut into its front and its back half, u counted from ``start`` on."""
    carrier = replace(mesh, extra=np.stack([off @ start, off @ front, along], axis=1).astype(np.float32))
    halves = []
    for sign in (1, -1):
        half = keep(carrier, sign * carrier.extra[:, 1])
        angle = sign * np.arctan2(np.abs(half.extra[:, 1]), half.extra[:, 0])
        halves.append(replace(half, uv=_pair(angle * radius, half.extra[:, 2]), extra=half.extra[:, :0]))
    return join([half for half in halves if len(half.faces)] or [replace(carrier, extra=carrier.extra[:, :0])])


def _pair(u: NDArray[np.floating], v: NDArray[np.floating]) -> Floats:
    return np.stack([u, v], axis=1).astype(np.float32)
