"""The estimator ``small``: the pose network of the encoder that ships, which learned from drawn clips where joints are."""

import numpy as np
import torch

from synthgest.encoders.pose_network import JOINTS
from synthgest.encoders.small import SmallEncoder
from synthgest.encoders.tracking import track
from synthgest.errors import SpecError
from synthgest.frames import Frames
from synthgest.motion.keypoint_layouts import Named
from synthgest.training.recogniser import open_encoder

_UNSEEN = 0.2  # how sure a joint is that is not worth a word


class SmallEstimator:
    """16 joints of SMPL-X. model: nothing, or a training run of the encoder ``small``, whose network sees the joints then."""

    def __init__(self, model: str) -> None:
        encoder = open_encoder(model or "small", {})
        if not isinstance(encoder, SmallEncoder) or not encoder.module.posed:
            raise SpecError(f"the model {model!r} never learned where joints are; give a run of the encoder 'small'")
        self._encoder = encoder
        self._encoder.module.eval()

    @property
    def mark(self) -> str:
        """Name and weights."""
        return f"small {self._encoder.mark.weights}"

    def estimate(self, frames: Frames, fps: float) -> Named:
        """The joints of whoever is surest, followed through all frames."""
        height, width = frames.shape[1:3]
        squares = self._encoder.prepare(frames)
        side = squares.shape[-1]
        found = track(self._encoder.module.poses, squares, fps)
        scale = side / max(height, width)
        edge = torch.tensor([side - width * scale, side - height * scale]) / 2
        places = ((found.places - edge) / scale).double().numpy()
        sure = found.sure.double().numpy()
        seen = np.where(sure >= _UNSEEN, sure, 0.0)
        values = np.concatenate([places, seen[..., None]], axis=2)
        return dict(zip(JOINTS, values.transpose(1, 0, 2), strict=True))
