"""Posing a dressed person through a whole motion: forward kinematics and linear blend skinning, all frames at once."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.body.draping import drape
from synthgest.body.face import Face, still
from synthgest.body.features import expressed
from synthgest.body.figure import Figure, PosedFigure
from synthgest.body.normals import surface_normals
from synthgest.body.rig import BONE_JOINT, bone_rotations, joint_places, world_rotations
from synthgest.body.skinning import skinned, unit
from synthgest.body.smplx_figure import SmplxFigure
from synthgest.body.tpose import t_pose
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import COCO_KEYPOINTS, FINGERTIPS, JOINT_INDEX

Floats = NDArray[np.float32]

_TIPS = slice(55, 65)
_FACE = slice(65, 70)
_TIP_BONE = np.array([JOINT_INDEX[name.replace("_tip", "3")] for name in FINGERTIPS])
_COCO_JOINT = np.array([JOINT_INDEX[name] for name in COCO_KEYPOINTS[5:]])


def pose(
    figure: Figure | SmplxFigure, motion: Motion, face: Face | None = None, *, frames: NDArray[np.intp] | None = None
) -> PosedFigure:
    """The figure at every frame of the motion, with the face at work (None: it rests) and the jaw as the motion has it.

    frames: (N,) numbers of the frames that are wanted, if not all; each is the same to the last bit as in the whole.
    ``transl`` moves the pelvis from its rest place, so that a standing person's feet are near y = -0.9; see ``stand``.
    Zero rotations give SMPL-X's T-pose with flat hands, palms down.
    """
    chosen = np.arange(len(motion)) if frames is None else frames
    if isinstance(figure, SmplxFigure):
        return figure.posed(motion, chosen)
    points = figure.points.astype(np.float64)
    turns, joints = t_pose(points[:55], points[_TIPS])
    local = Rotation.from_rotvec(motion.full_pose.reshape(-1, 3).astype(np.float64)).as_matrix().reshape(-1, 55, 3, 3)
    world = world_rotations(local)
    places = joint_places(world, joints, motion.transl.astype(np.float64))
    rotations = bone_rotations(local, world, turns)
    shifts = places[:, BONE_JOINT] - np.einsum("tbij,bj->tbi", rotations, points[BONE_JOINT])
    places, rotations, shifts = places[chosen], rotations[chosen], shifts[chosen]
    shapes, jaw = (still(len(motion)) if face is None else face).shapes[chosen], motion.jaw_pose[chosen, 0]
    vertices, normals = skinned(figure.vertices, figure.normals, figure.weights, rotations, shifts)
    _move_face(vertices, normals, figure, shapes, jaw, rotations[:, JOINT_INDEX["head"]])
    if figure.skirt is not None:
        worn = slice(figure.skirt.start, figure.skirt.stop)
        drape(vertices[:, worn], places.astype(np.float32), figure.vertices[worn], figure.points[:55], figure.skirt)
        cloth = figure.faces[(figure.faces < figure.skirt.stop).all(axis=1)]
        normals[:, worn] = surface_normals(np.ascontiguousarray(vertices[:, worn]), cloth, figure.smooth[worn])
    tips = _carried(points[_TIPS], _TIP_BONE, rotations, shifts)
    landmarks = _carried(points[_FACE], np.full(5, JOINT_INDEX["head"]), rotations, shifts)
    return PosedFigure(
        vertices=vertices,
        normals=normals,
        faces=figure.faces,
        surface=figure.surface,
        joints=places.astype(np.float32),
        coco=np.concatenate([landmarks, places[:, _COCO_JOINT]], axis=1).astype(np.float32),
        fingertips=tips.astype(np.float32),
    )


def stand(posed: PosedFigure) -> PosedFigure:
    """The same clip shifted so that the lowest point of all frames lies on the ground, y = 0."""
    return raised(posed, -float(posed.vertices[..., 1].min()))


def raised(posed: PosedFigure, rise: float) -> PosedFigure:
    """The same person so many metres higher."""
    up = np.array([0.0, rise, 0.0], np.float32)
    return replace(
        posed,
        vertices=posed.vertices + up,
        joints=posed.joints + up,
        coco=posed.coco + up,
        fingertips=posed.fingertips + up,
    )


def _carried(
    points: NDArray[np.float64], bone: NDArray[np.intp], rotations: NDArray[np.float64], shifts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Points (N, 3) at rest that ride on one bone each, at every frame: (T, N, 3)."""
    moved: NDArray[np.float64] = np.einsum("tnij,nj->tni", rotations[:, bone], points) + shifts[:, bone]
    return moved


def _move_face(
    vertices: Floats, normals: Floats, figure: Figure, shapes: Floats, jaw: Floats, head: NDArray[np.float64]
) -> None:
    """Move the face's vertices and normals (T, V, 3), in place: what it does at rest, turned with the head (T, 3, 3)."""
    index = figure.features.index
    moves, turns = expressed(figure.features, figure.vertices[index], shapes, jaw)
    turned = head.astype(np.float32).transpose(0, 2, 1)
    vertices[:, index] += moves @ turned
    normals[:, index] = unit(normals[:, index] + turns @ turned)
