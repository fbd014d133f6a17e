"""Ground truth of a drawn clip: what the joints, the camera and the renderer know, as the arrays of ``TRUTH``."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.body import PosedFigure
from synthgest.motion.sequence import Motion
from synthgest.render.rasteriser import Drawn
from synthgest.scene.camera import Camera

_INSIDE = 0.2  # metres: a joint lies so far below the surface that shows it, at most (the hip does)


def ground_truth(
    posed: PosedFigure, motion: Motion, camera: Camera, drawn: Drawn, *, depth: bool
) -> dict[str, NDArray[Any]]:
    """The arrays that ``synthgest.types.TRUTH`` names; ``depth`` only where it is asked for, since it is large."""
    arrays: dict[str, NDArray[Any]] = {
        "joints_3d": posed.joints,
        "joints_2d": camera.project(posed.joints),
        "coco_keypoints": _coco(posed, camera, drawn),
        "fingertips_2d": camera.project(posed.fingertips),
        "camera_intrinsics": camera.intrinsics(),
        "camera_extrinsics": camera.extrinsics(),
        "smplx_pose": motion.full_pose,
        "smplx_transl": motion.transl,
        "mask": drawn.mask,
    }
    return arrays | ({"depth": drawn.depth} if depth else {})


def _coco(posed: PosedFigure, camera: Camera, drawn: Drawn) -> NDArray[np.float32]:
    """COCO keypoints (T, 17, 3): x, y and visibility; a keypoint is hidden where the body in front of it is near the lens."""
    pixels = camera.project(posed.coco)
    distance = camera.depths(posed.coco)
    column, row = np.floor(np.nan_to_num(pixels, nan=-1.0)).astype(int).transpose(2, 0, 1)
    inside = (column >= 0) & (column < camera.width) & (row >= 0) & (row < camera.height)
    frame = np.arange(len(pixels))[:, None]
    surface = drawn.depth[frame, np.where(inside, row, 0), np.where(inside, column, 0)].astype(np.float32)
    hidden = (surface > 0) & (surface < distance - _INSIDE)
    visibility = np.where(inside, np.where(hidden, 1, 2), 0)
    return np.concatenate([pixels, visibility[..., None]], axis=-1).astype(np.float32)
