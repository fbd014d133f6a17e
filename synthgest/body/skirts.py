"""Skirts: a grid of cloth hung round hips and legs, straight or wide, smooth or pleated, also a dress's or a coat's lower part."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body.grids import sheet
from synthgest.body.mesh import Floats, Mesh
from synthgest.body.palette import Colour
from synthgest.body.rig import BONES
from synthgest.body.tailoring import Marks, smoothstep

ROWS, COLUMNS = 14, 60
"""Of the grid; one more column lies on the first, where the pattern meets itself behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkirtCut:
    """How a skirt is cut.

    length: where it ends, 0 at the hip, 1 at the knee, 2 at the ankle. looseness, pleats: 0 to 1. colour, pattern,
    accent, period: of its cloth. extra: metres further out, over another garment.
    """

    length: float
    looseness: float
    pleats: float
    colour: Colour
    pattern: str
    accent: Colour
    period: float
    extra: float = 0.0


def skirt(cloth: Mesh, cut: SkirtCut, at: Marks) -> Mesh:
    """The skirt at rest, (ROWS * (COLUMNS + 1)) vertices row by row from the waist down, columns from the back by the right."""
    hem = float(np.interp(cut.length, (0.0, 1.0, 2.0), (at.hip, at.knee, at.ankle)))
    levels = at.waist + 0.012 - (at.waist + 0.012 - hem) * np.linspace(0, 1, ROWS)
    turn = np.linspace(-np.pi, np.pi, COLUMNS + 1)
    points = np.empty((ROWS, COLUMNS + 1, 3))
    before: NDArray[np.floating] = np.zeros(COLUMNS + 1)
    for row, level in enumerate(levels):
        radius, centre = _hull(cloth, level, turn)
        below = max(at.hip + 0.04 - level, 0.0)
        # Below the hips cloth hangs straight down: it follows the body inwards only where it is cut narrow.
        hung = radius if level > at.hip else np.maximum(radius, before * (0.985 if cut.looseness < 0.25 else 1.0))
        before = hung
        flare = 0.010 + cut.extra + 0.30 * cut.looseness**1.5 * below
        folds = cut.pleats * min(0.05 * below, 0.016) * np.sin(_folds(cut) * turn)
        points[row] = centre + (hung + flare + folds)[:, None] * _around(turn)
    points[:, -1] = points[:, 0]
    mesh = sheet(points, np.zeros(len(BONES), np.float32))
    uv = np.stack(np.broadcast_arrays(turn * 0.16, (levels - at.hip)[:, None]), axis=-1).reshape(-1, 2)
    mesh = replace(mesh, weights=_weights(mesh.position[:, 0], np.repeat(levels, COLUMNS + 1), at))
    mesh = mesh.painted(cut.colour).patterned(cut.pattern, uv / cut.period, cut.accent)
    return mesh.finished(gloss=0.05, wrinkles=0.22 + 0.25 * cut.looseness)


def _folds(cut: SkirtCut) -> int:
    """How many folds run round: one to four columns or more, or they would be ragged."""
    return 10 + int(5 * cut.looseness)


def _around(turn: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.stack([np.sin(turn), 0 * turn, np.cos(turn)], axis=-1)


def _hull(cloth: Mesh, level: float, turn: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Radius (C,) of the convex hull of trunk or legs at a height of the mean person, and its centre (3,), metres."""
    near = (np.abs(cloth.place[:, 1] - level) < 0.035) & (cloth.arm < -0.2)
    ring = cloth.position[near]
    height = float((ring[:, 1] - cloth.place[near, 1]).mean()) + level
    centre = np.array([0.0, height, (ring[:, 2].min() + ring[:, 2].max()) / 2])
    towards = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    support = ((ring - centre) @ _around(towards).T).max(axis=0)
    apart = np.cos(turn[:, None] - towards)
    radius = np.where(apart > 0.1, support / np.maximum(apart, 0.1), np.inf).min(axis=1)
    return radius, centre


def _weights(x: Floats, y: NDArray[np.floating], at: Marks) -> Floats:
    """(V, bones): the pelvis at the waist, the legs below, each half as one comes to the middle."""
    leg = smoothstep(at.hip + 0.10, at.hip - 0.08, y)
    shin = 0.6 * smoothstep(at.knee + 0.10, at.knee - 0.25, y)
    left = smoothstep(-0.09, 0.09, x)
    weights = np.zeros((len(x), len(BONES)), np.float32)
    weights[:, BONES.index("pelvis")] = 1 - leg
    for side, share in (("left", left), ("right", 1 - left)):
        weights[:, BONES.index(f"{side}_hip")] = leg * share * (1 - shin)
        weights[:, BONES.index(f"{side}_knee")] = leg * share * shin
    return weights


def leg_radii(cloth: Mesh, scale: float, at: Marks) -> tuple[float, float, float]:
    """Radii at hip, knee and ankle of the cones that keep a skirt clear of the left leg, metres."""
    knee, ankle = (float(_off_the_bone(cloth, level, at).max()) for level in (1.0, 1.8))
    # Thighs bulge: the cone is as wide as its widest place asks for.
    thigh = [(float(_off_the_bone(cloth, level, at).max()) - level * knee) / (1 - level) for level in (0.3, 0.45, 0.6)]
    hip, knee, ankle = (scale * radius + 0.014 for radius in (max(thigh), knee, ankle))
    return hip, knee, ankle


def _off_the_bone(cloth: Mesh, level: float, at: Marks) -> NDArray[np.floating]:
    """(N,) distances of the left leg's cloth from its bone at a level, metres; behind, cloth may lie on the leg."""
    near = (cloth.place[:, 0] > 0) & (np.abs(cloth.leg - level) < 0.08)
    shift = (cloth.position[near] - cloth.place[near]).mean(axis=0)
    bone = [np.interp(level, (0, 1, 2), [joint[axis] for joint in at.leg_chain]) for axis in range(3)]
    off = (cloth.position[near] - shift - bone)[:, [0, 2]]
    distance: NDArray[np.floating] = np.linalg.norm(off[off[:, 1] > -0.01], axis=1)
    return distance
