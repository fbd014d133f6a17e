"""The estimator ``vitpose``: ViTPose through transformers, on the box in which the estimator ``small`` sees the person.

Xu et al. 2022; weights are the user's, or the hub's: 17 keypoints of COCO, or 133 of COCO-WholeBody.
"""

from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from synthgest.data.device import best_device
from synthgest.encoders.transformers_library import kind_of, load_model
from synthgest.encoders.weights import find_folder
from synthgest.errors import ModelError
from synthgest.extraction.small import SmallEstimator
from synthgest.frames import Frames
from synthgest.hub import folder_digest
from synthgest.motion.keypoint_layouts import Named, coco

Array = NDArray[np.float64]

_ROOM = 0.2  # of the joints' extent: the head's top and the hands lie beyond them
_BATCH = 16
_COCO = (17, 133)
_EXPERT = 0  # of the models that learned from several data sets (ViTPose++): COCO's


class VitPoseEstimator:
    """COCO's keypoints. model: a folder in transformers' format, or OWNER/NAME on the hub."""

    def __init__(self, model: str) -> None:
        folder = find_folder(model, "vitpose")
        kind_of(folder, ("vitpose",), "vitpose")
        self._model = load_model(folder, "VitPoseForPoseEstimation")
        self._model.to(best_device()).eval()
        try:
            self._processor: Any = transformers.VitPoseImageProcessor.from_pretrained(folder, local_files_only=True)
        except Exception as error:  # a missing or a broken file: transformers raises what it meets
            raise ModelError(f"{folder} holds no preprocessing that can be read: {error}") from error
        if self._model.config.num_labels not in _COCO:
            raise ModelError(f"{folder} sees {self._model.config.num_labels} keypoints; expected COCO's 17 or 133")
        self._digest = folder_digest(folder)
        self._finder = SmallEstimator("")

    @property
    def mark(self) -> str:
        """Name and weights, and those of what finds the person."""
        return f"vitpose {self._digest} in boxes by {self._finder.mark}"

    def estimate(self, frames: Frames, fps: float) -> Named:
        """The keypoints of whoever the estimator ``small`` follows."""
        boxes = _boxes(self._finder.estimate(frames, fps))
        found = [
            self._seen(frames[start : start + _BATCH], boxes[start : start + _BATCH])
            for start in range(0, len(frames), _BATCH)
        ]
        points = np.concatenate(found)
        return coco(points)

    def _seen(self, frames: Frames, boxes: Array) -> Array:
        """(N, K, 3) x, y and certainty."""
        each = [[box.tolist()] for box in boxes]
        prepared = self._processor(list(frames), boxes=each, return_tensors="pt").to(self._model.device)
        if getattr(self._model.config.backbone_config, "num_experts", 1) > 1:
            prepared["dataset_index"] = torch.full((len(frames),), _EXPERT, device=self._model.device)
        with torch.inference_mode():
            heard = self._model(**prepared)
        people = self._processor.post_process_pose_estimation(heard, boxes=each)
        values = [np.column_stack([person[0]["keypoints"], person[0]["scores"]]) for person in people]
        return np.stack(values).astype(np.float64)


def _boxes(joints: Named) -> Array:
    """(T, 4) left, top, width and height around all joints, with room."""
    every = np.stack(list(joints.values()), axis=1)[..., :2]
    low, high = every.min(axis=1), every.max(axis=1)
    room = _ROOM * (high - low).max(axis=1, keepdims=True)
    return np.concatenate([low - room, high - low + 2 * room], axis=1)
