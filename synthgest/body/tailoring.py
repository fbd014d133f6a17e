"""Where cloth lies and ends: the shell that garments are cut from, and their hems as fields that are positive within."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body.garments import Shoes, Top
from synthgest.body.mesh import Floats, Mesh, adjacency, keep_faces, within
from synthgest.body.model import Body

ARM, LEG = 0.28, 0.43
"""Metres that one unit of the limb coordinates stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Heights and places on the mean person, metres, by which garments are cut.

    arm_chain: left shoulder, elbow and wrist; leg_chain: left hip, knee and ankle, each (3,).
    """

    hip: float
    hip_depth: float
    knee: float
    ankle: float
    ground: float
    waist: float
    neck: Floats
    shoulder: Floats
    arm_chain: tuple[Floats, Floats, Floats]
    leg_chain: tuple[Floats, Floats, Floats]


def marks(body: Body) -> Marks:
    """The marks of the shipped body."""
    hip, knee, ankle = (float(body.mean_point(f"left_{joint}")[1]) for joint in ("hip", "knee", "ankle"))
    return Marks(
        hip=hip,
        hip_depth=float(body.mean_point("left_hip")[2]),
        knee=knee,
        ankle=ankle,
        ground=float(body.template[:, 1].min()),
        waist=hip + 0.13,
        neck=body.mean_point("neck"),
        shoulder=body.mean_point("left_shoulder"),
        arm_chain=(body.mean_point("left_shoulder"), body.mean_point("left_elbow"), body.mean_point("left_wrist")),
        leg_chain=(body.mean_point("left_hip"), body.mean_point("left_knee"), body.mean_point("left_ankle")),
    )


def smoothstep(low: float, high: float, value: NDArray[np.floating]) -> Floats:
    """0 below low, 1 above high, smooth between."""
    share = np.clip((value - low) / (high - low), 0, 1)
    step: Floats = (share * share * (3 - 2 * share)).astype(np.float32)
    return step


def shell(mesh: Mesh, at: Marks) -> Mesh:
    """The tights without the body's finer forms: cloth spans hollows."""
    mean = adjacency(mesh.faces, len(mesh.position))
    place = mesh.place
    # Open edges and feet keep their form; the lap is smoothed most.
    free = smoothstep(at.ankle + 0.03, at.ankle + 0.10, place[:, 1]) * (mesh.arm < 1.9) * (place[:, 1] < at.neck[1])
    lap = free * smoothstep(at.waist, at.hip, place[:, 1]) * (1 - smoothstep(0.2, 0.45, mesh.leg))
    # Places and limb coordinates are smoothed alike, so that hems and stripes follow the cloth and not the hollows.
    both = np.concatenate([mesh.position, mesh.place, mesh.arm[:, None], mesh.leg[:, None]], axis=1)
    for step in range(16):
        rate = (0.5 * free if step < 4 else 0.7 * lap)[:, None]
        both = both + rate * (mean @ both - both)
    # Cloth spans hollows but does not sink into what stands out, except between the legs.
    sunk = np.maximum(-np.einsum("ij,ij->i", both[:, :3] - mesh.position, mesh.normal) - 0.001, 0)
    sunk = sunk * (1 - lap * smoothstep(0.09, 0.04, np.abs(place[:, 0])))
    both[:, :3] += sunk[:, None] * mesh.normal
    for _ in range(3):
        both = both + 0.5 * lap[:, None] * (mean @ both - both)
    # Cloth is stiffer than skin: it follows the joints more gradually, or necklines turn wavy over raised arms.
    weights = mesh.weights
    for _ in range(5):
        weights = weights + (0.5 * free)[:, None] * (mean @ weights - weights)
    return replace(mesh, place=both[:, 3:6], arm=both[:, 6], leg=both[:, 7], weights=weights).moved(both[:, :3])


def offset(mesh: Mesh, distance: NDArray[np.floating] | float) -> Mesh:
    """The mesh moved outwards by a distance in metres, (V,) or the same everywhere."""
    return mesh.moved(mesh.position + mesh.normal * np.broadcast_to(distance, len(mesh.position))[:, None])


def patch(mesh: Mesh, limits: Sequence[NDArray[np.floating]], lift: float = 0.0008) -> Mesh:
    """A part of the cloth laid on it, where every limit (V,) is above zero; lift: metres off it.

    The cloth beneath stays whole: where lines cross that cut only one of two neighbours, pinholes would open between them.
    """
    return within(offset(mesh, lift), limits)


def neckline(mesh: Mesh, kind: str, at: Marks) -> Floats:
    """Metres below the neckline: positive on the cloth."""
    x, y, z = mesh.place.T
    front = z - at.neck[2]
    rise = {"crew": 0.008, "v": 0.002, "scoop": -0.01, "collar": 0.012, "turtleneck": 0.075}[kind]
    base = at.neck[1] + rise - 0.45 * front - y
    if kind in ("crew", "turtleneck"):
        return np.asarray(base, np.float32)
    depth, slope = {"v": (0.105, 1.15), "scoop": (0.085, 0.0), "collar": (0.07, 2.6)}[kind]
    bend = 9.0 * x * x if kind == "scoop" else slope * np.abs(x)
    bottom = at.neck[1] - 0.03 - depth + bend
    opening = np.maximum(bottom - y, 0.01 - front)
    line: Floats = np.minimum(base, opening)
    return line


def top_limits(mesh: Mesh, top: Top, hem: float, at: Marks) -> list[Floats]:
    """Metres within sleeve ends, hem and neckline."""
    height = np.where(mesh.arm > -0.2, 1.0, mesh.place[:, 1] - hem)
    return [(top.sleeve - mesh.arm) * ARM, height, neckline(mesh, top.neckline, at)]


def bottom_limits(mesh: Mesh, length: float, at: Marks) -> list[Floats]:
    """Metres within the waistband and the ends of the legs."""
    return [np.where(mesh.arm > -0.2, -1.0, at.waist - mesh.place[:, 1]), (length - mesh.leg) * LEG]


def shoe_limits(mesh: Mesh, shoes: Shoes, at: Marks) -> list[Floats]:
    """Metres below the shoe's opening, which dips towards the instep."""
    above = {"sneakers": 0.012, "boots": 0.12, "loafers": 0.002}[shoes.kind]
    dip = {"sneakers": 0.15, "boots": 0.0, "loafers": 0.32}[shoes.kind]
    forward = np.clip(mesh.place[:, 2] - at.leg_chain[2][2], 0, 0.1)
    return [at.ankle + above - dip * forward - mesh.place[:, 1]]


def hem_height(top: Top, skirted: bool, at: Marks) -> float:
    """Where the top ends, on the mean person: in the waistband, just under a skirt's, or below it."""
    if skirted and top.tucked:
        return at.waist - 0.018
    if top.tucked:
        return at.waist - 0.05
    if top.kind in ("sweater", "hoodie"):
        return at.hip + 0.02 - 0.02 * top.looseness
    return at.hip + 0.03 - 0.05 * top.looseness


def creased(mesh: Mesh, loose: float, at: Marks) -> Floats:
    """(V,) depth of wrinkles, 0 to 1: most at elbows, armpits, waist, lap and knees, and in loose cloth."""
    y = mesh.place[:, 1]
    trunk = np.exp(-(((y - at.waist) / 0.10) ** 2)) * (mesh.arm < -0.1)
    bends = [np.exp(-(((mesh.arm - bend) / width) ** 2)) for bend, width in ((0.0, 0.25), (1.0, 0.3), (1.9, 0.2))]
    bends += [np.exp(-(((mesh.leg - bend) / width) ** 2)) for bend, width in ((0.0, 0.2), (1.0, 0.25), (1.95, 0.25))]
    most: Floats = np.max([trunk, *bends], axis=0)
    depth: Floats = np.clip(0.14 + 0.22 * loose + (0.28 + 0.3 * loose) * most, 0, 1).astype(np.float32)
    return depth


def uncovered(skin: Mesh, limits: Sequence[Sequence[NDArray[np.floating]]]) -> Mesh:
    """The skin without the faces that lie well under a garment; each garment is a list of limits as above."""
    hidden = np.zeros(len(skin.position), bool)
    for garment in limits:
        hidden |= np.stack(garment).min(axis=0) > 0.025
    return keep_faces(skin, np.logical_not(hidden[skin.faces].all(axis=1)))
