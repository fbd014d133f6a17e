"""Ground truth of a drawn clip: what the joints, the camera and the renderer know, as the arrays of ``TRUTH``."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.body import PosedFigure
from synthgest.motion.sequence import Motion
from synthgest.scene.camera_work import CameraWork

_INSIDE = 0.2  # metres: a joint lies so far below the surface that shows it, at most (the hip does)


def ground_truth(
    posed: PosedFigure, motion: Motion, work: CameraWork, mask: NDArray[np.bool_], depth: NDArray[np.float32]
) -> dict[str, NDArray[Any]]:
    """The arrays that ``synthgest.types.TRUTH`` names, but for depth, of the frames that ``posed`` and ``work`` hold.

    mask: (T, H, W), pixels of the person. depth: (T, H, W) float32, metres, of all that is drawn into the place, 0 outside of it.
    """
    frames = len(mask)
    return {
        "joints_3d": posed.joints,
        "joints_2d": work.project(posed.joints),
        "coco_keypoints": _coco(posed, work, depth),
        "fingertips_2d": work.project(posed.fingertips),
        "camera_intrinsics": work.intrinsics(frames),
        "camera_extrinsics": work.extrinsics(frames),
        "smplx_pose": motion.full_pose,
        "smplx_transl": motion.transl,
        "mask": mask,
    }


def _coco(posed: PosedFigure, work: CameraWork, depth: NDArray[np.float32]) -> NDArray[np.float32]:
    """COCO keypoints (T, 17, 3): x, y and visibility; a keypoint is hidden where the body in front of it is near the lens."""
    pixels = work.project(posed.coco)
    distance = work.depths(posed.coco)
    height, width = depth.shape[1:]
    column, row = np.floor(np.nan_to_num(pixels, nan=-1.0)).astype(int).transpose(2, 0, 1)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    frame = np.arange(len(pixels))[:, None]
    surface = depth[frame, np.where(inside, row, 0), np.where(inside, column, 0)]
    hidden = (surface > 0) & (surface < distance - _INSIDE)
    visibility = np.where(inside, np.where(hidden, 1, 2), 0)
    return np.concatenate([pixels, visibility[..., None]], axis=-1).astype(np.float32)
