"""Posing a dressed person through a whole motion: forward kinematics and linear blend skinning, all frames at once."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial.transform import Rotation

from synthgest.body.figure import Figure, PosedFigure, Skirt
from synthgest.body.rig import BONE_JOINT, bone_rotations, joint_places, world_rotations
from synthgest.body.tpose import t_pose
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import COCO_KEYPOINTS, FINGERTIPS, JOINT_INDEX

Floats = NDArray[np.float32]

_TIPS = slice(55, 65)
_FACE = slice(65, 70)
_TIP_BONE = np.array([JOINT_INDEX[name.replace("_tip", "3")] for name in FINGERTIPS])
_COCO_JOINT = np.array([JOINT_INDEX[name] for name in COCO_KEYPOINTS[5:]])


def pose(figure: Figure, motion: Motion) -> PosedFigure:
    """The figure at every frame of the motion.

    ``transl`` moves the pelvis from its rest place, so that a standing person's feet are near y = -0.9; see ``stand``.
    Zero rotations give SMPL-X's T-pose with flat hands, palms down.
    """
    points = figure.points.astype(np.float64)
    turns, joints = t_pose(points[:55], points[_TIPS])
    local = Rotation.from_rotvec(motion.full_pose.reshape(-1, 3).astype(np.float64)).as_matrix().reshape(-1, 55, 3, 3)
    world = world_rotations(local)
    places = joint_places(world, joints, motion.transl.astype(np.float64))
    rotations = bone_rotations(local, world, turns)
    shifts = places[:, BONE_JOINT] - np.einsum("tbij,bj->tbi", rotations, points[BONE_JOINT])
    vertices = _skin(figure, rotations, shifts)
    if figure.skirt is not None:
        _clear_of_legs(vertices[:, figure.skirt.start : figure.skirt.stop], places.astype(np.float32), figure.skirt)
    tips = _carried(points[_TIPS], _TIP_BONE, rotations, shifts)
    face = _carried(points[_FACE], np.full(5, JOINT_INDEX["head"]), rotations, shifts)
    return PosedFigure(
        vertices=vertices,
        normals=_normals(vertices, figure),
        faces=figure.faces,
        surface=figure.surface,
        joints=places.astype(np.float32),
        coco=np.concatenate([face, places[:, _COCO_JOINT]], axis=1).astype(np.float32),
        fingertips=tips.astype(np.float32),
    )


def stand(posed: PosedFigure) -> PosedFigure:
    """The same clip shifted so that the lowest point of all frames lies on the ground, y = 0."""
    rise = np.array([0.0, -posed.vertices[..., 1].min(), 0.0], np.float32)
    return replace(
        posed,
        vertices=posed.vertices + rise,
        joints=posed.joints + rise,
        coco=posed.coco + rise,
        fingertips=posed.fingertips + rise,
    )


def _carried(
    points: NDArray[np.float64], bone: NDArray[np.intp], rotations: NDArray[np.float64], shifts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Points (N, 3) at rest that ride on one bone each, at every frame: (T, N, 3)."""
    moved: NDArray[np.float64] = np.einsum("tnij,nj->tni", rotations[:, bone], points) + shifts[:, bone]
    return moved


def _skin(figure: Figure, rotations: NDArray[np.float64], shifts: NDArray[np.float64]) -> Floats:
    """Linear blend skinning of all frames as one matrix product: (T, V, 3)."""
    frames, bones = rotations.shape[:2]
    homogeneous = np.concatenate([figure.vertices, np.ones((len(figure.vertices), 1), np.float32)], axis=1)
    weighted = (figure.weights[:, :, None] * homogeneous[:, None, :]).reshape(len(homogeneous), bones * 4)
    motion = np.concatenate([rotations, shifts[..., None]], axis=-1).astype(np.float32)
    by_frame = motion.transpose(1, 3, 0, 2).reshape(bones * 4, frames * 3)
    posed: Floats = np.ascontiguousarray((weighted @ by_frame).reshape(-1, frames, 3).transpose(1, 0, 2))
    return posed


def _clear_of_legs(cloth: Floats, places: Floats, skirt: Skirt) -> None:
    """Move the skirt's vertices (T, N, 3), in place, out of the cones around thighs and shins."""
    for side in ("left", "right"):
        chain = [places[:, JOINT_INDEX[f"{side}_{joint}"], None] for joint in ("hip", "knee", "ankle")]
        for segment in (0, 1):
            start, axis = chain[segment], chain[segment + 1] - chain[segment]
            along = np.clip(((cloth - start) * axis).sum(-1) / (axis * axis).sum(-1), 0, 1)[..., None]
            away = cloth - (start + along * axis)
            distance = np.linalg.norm(away, axis=-1, keepdims=True)
            radius = skirt.radii[segment] * (1 - along) + skirt.radii[segment + 1] * along
            # Around the hip joint itself the cloth is the waistband's affair.
            free = 1.0 if segment else np.clip((along - 0.05) / 0.15, 0, 1)
            cloth += free * np.maximum(radius - distance, 0) * away / np.maximum(distance, 1e-6)


def _normals(vertices: Floats, figure: Figure) -> Floats:
    """Unit normals (T, V, 3): the mean of the adjoining faces' weighted by area, across seams between panels too."""
    groups = int(figure.smooth.max()) + 1
    corner = figure.smooth[figure.faces].ravel()
    face = np.repeat(np.arange(len(figure.faces)), 3)
    gather = sparse.csr_matrix((np.ones(len(corner), np.float32), (corner, face)), shape=(groups, len(figure.faces)))
    normals = np.empty_like(vertices)
    for frame, place in enumerate(vertices):
        a, b, c = (place[figure.faces[:, k]] for k in range(3))
        total = gather @ np.cross(b - a, c - a)
        total /= np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
        normals[frame] = total[figure.smooth]
    return normals
