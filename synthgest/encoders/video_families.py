"""What differs between transformers' video models: their classes, where their features come from, what their keys are called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One of transformers' video models.

    kinds: its ``model_type`` to its class. headed: its class that ends in a classifier, whose input is then the feature.
    feature: of the model without one and clips (B, T, 3, H, W), to (B, D). processor: its class of preprocessing. frames, edge:
    the keys of its configuration that hold how many frames it looks at, and of what height and width in pixels. stride: it takes
    other numbers of frames too, of which this is a divisor; 0 if it does not. spare: parts of which no feature is made. offset: of
    its preprocessing, as of_processor says.
    """

    kinds: Mapping[str, str]
    feature: Callable[[Any, torch.Tensor], torch.Tensor]
    processor: str
    headed: str = ""
    frames: str = "num_frames"
    edge: str = "image_size"
    stride: str = ""
    spare: tuple[str, ...] = ()
    offset: float = 0.0


def _mean_token(model: Any, clips: torch.Tensor) -> torch.Tensor:
    tokens: torch.Tensor = model(clips).last_hidden_state
    return tokens.mean(dim=1)


def _first_token(model: Any, clips: torch.Tensor) -> torch.Tensor:
    tokens: torch.Tensor = model(clips).last_hidden_state
    return tokens[:, 0]


def _encoded(model: Any, clips: torch.Tensor) -> torch.Tensor:
    tokens: torch.Tensor = model.get_vision_features(clips)  # what the encoder sees, before the predictor
    return tokens.mean(dim=1)


def _pooled(model: Any, clips: torch.Tensor) -> torch.Tensor:
    found = model(clips)
    pooled: torch.Tensor = found.pooler_output if "pooler_output" in found else found.last_hidden_state.mean(dim=1)
    return pooled


def _joint(model: Any, clips: torch.Tensor) -> torch.Tensor:
    feature: torch.Tensor = model.get_video_features(clips).pooler_output
    return feature


def before_head(model: Any, clips: torch.Tensor) -> torch.Tensor:
    """The feature (B, D) of a model whose classifier is the identity."""
    feature: torch.Tensor = model(clips).logits
    return feature


FAMILIES = {
    "videomae": Family(
        kinds={"videomae": "VideoMAEModel"},
        headed="VideoMAEForVideoClassification",
        feature=_mean_token,
        processor="VideoMAEVideoProcessor",
    ),
    "timesformer": Family(
        kinds={"timesformer": "TimesformerModel"},
        headed="TimesformerForVideoClassification",
        feature=_first_token,
        processor="TimesformerVideoProcessor",
    ),
    "vivit": Family(
        kinds={"vivit": "VivitModel"},
        headed="VivitForVideoClassification",
        feature=_first_token,
        processor="VivitVideoProcessor",
        spare=("pooler",),
        offset=1.0,
    ),
    "vjepa2": Family(
        kinds={"vjepa2": "VJEPA2Model"},
        headed="VJEPA2ForVideoClassification",
        feature=_encoded,
        processor="VJEPA2VideoProcessor",
        frames="frames_per_clip",
        edge="crop_size",
        stride="tubelet_size",
        spare=("predictor", "vjepa2.predictor"),
    ),
    "videoprism": Family(
        kinds={"videoprism_vision_model": "VideoPrismVisionModel", "videoprism": "VideoPrismClipModel"},
        headed="VideoPrismForVideoClassification",
        feature=_pooled,
        processor="LlavaOnevisionVideoProcessor",
    ),
    "xclip": Family(
        kinds={"xclip": "XCLIPModel"},
        feature=_joint,
        processor="VideoMAEImageProcessor",
    ),
}
