"""How near what a picture shows is, by a depth model of transformers: Depth Anything, DPT, ZoeDepth, Depth Pro and their like."""

from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from synthgest.data.device import best_device
from synthgest.encoders.transformers_library import load_model
from synthgest.encoders.weights import find_folder
from synthgest.errors import ModelError

_METRIC = ("zoedepth", "glpn", "prompt_depth_anything")


class DepthModel:
    """model: a folder in transformers' format, or OWNER/NAME on the hub. metric: whether it says metres."""

    def __init__(self, model: str) -> None:
        folder = find_folder(model, "depth")
        self._model = load_model(folder, "AutoModelForDepthEstimation")
        self._model.to(best_device()).eval()
        config = self._model.config
        self.metric: bool = (
            config.model_type in _METRIC or getattr(config, "depth_estimation_type", "relative") == "metric"
        )
        try:
            chosen: Any = transformers.AutoImageProcessor
            self._processor = chosen.from_pretrained(folder, local_files_only=True)
        except Exception as error:  # a missing or a broken file: transformers raises what it meets
            raise ModelError(f"{folder} holds no preprocessing that can be read: {error}") from error

    def nearness(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(h, w) of the model's own size, of a picture (H, W, 3) uint8 RGB: one by metres, or what rises and falls with it."""
        plain = (
            {"do_pad": False} if hasattr(self._processor, "do_pad") else {}
        )  # a border would have a depth of its own
        prepared = self._processor(picture, return_tensors="pt", **plain).to(self._model.device)
        with torch.inference_mode():
            depth: NDArray[np.float32] = self._model(**prepared).predicted_depth[0].float().cpu().numpy()
        return np.asarray(1 / np.maximum(depth, 1e-3), np.float32) if self.metric else depth
