"""The picture models of transformers, frame by frame: SigLIP with its words, and DINOv3."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from synthgest.encoders.built import Identity, VideoEncoder, VideoTextEncoder, Words, device_of
from synthgest.encoders.features import Feature, FrameWise, pool_of
from synthgest.encoders.frame_settings import FRAMES, FrameSettings
from synthgest.encoders.pixels import Pixels
from synthgest.encoders.transformers_library import kind_of, load_model, load_pixels, load_tokenizer, require_size
from synthgest.encoders.weights import find_folder, name_of
from synthgest.tables import to_value

_DINO = {"dinov3_vit": "DINOv3ViTModel", "dinov3_convnext": "DINOv3ConvNextModel"}


def siglip(settings: Mapping[str, Any]) -> VideoTextEncoder:
    """SigLIP, and SigLIP 2 of one resolution, whose configuration says SigLIP too. SpecError, ModelError.

    The bias of its sigmoid is left out: no softmax depends on it.
    """
    chosen, folder = _found(settings, "siglip")
    kind_of(folder, ("siglip",), "siglip")
    model = load_model(folder, "SiglipModel")
    vision = model.config.vision_config
    pixels = load_pixels(folder, "SiglipImageProcessor", vision.image_size)
    require_size(pixels, vision.image_size, folder)
    module, identity = _framed(model, _joint, pixels, vision.hidden_size, chosen, "siglip")
    tokenizer = load_tokenizer(folder)
    longest = model.config.text_config.max_position_embeddings

    def embed(texts: Sequence[str]) -> torch.Tensor:
        padding: dict[str, Any] = {
            "padding": "max_length",
            "truncation": True,
            "max_length": longest,
        }  # as it was trained
        tokens = tokenizer(texts, return_tensors="pt", **padding).input_ids
        feature: torch.Tensor = model.get_text_features(tokens.to(device_of(model))).pooler_output
        return feature

    return VideoTextEncoder(identity, module, pixels, Words(embed=embed, scale=lambda: model.logit_scale.exp()))


def dinov3(settings: Mapping[str, Any]) -> VideoEncoder:
    """DINOv3, as a ViT (its class token) or a ConvNeXt (the mean of its last map). SpecError, ModelError."""
    chosen, folder = _found(settings, "dinov3")
    kind = kind_of(folder, tuple(_DINO), "dinov3")
    model = load_model(folder, _DINO[kind])
    pixels = load_pixels(folder, "DINOv3ViTImageProcessor", model.config.image_size)
    dimension = model.config.hidden_size if kind == "dinov3_vit" else model.config.hidden_sizes[-1]
    module, identity = _framed(model, _token, pixels, dimension, chosen, "dinov3")
    return VideoEncoder(identity, module, pixels)


def _found(settings: Mapping[str, Any], encoder: str) -> tuple[FrameSettings, Path]:
    chosen = to_value(settings, FrameSettings, where=f"the encoder {encoder!r}")
    return chosen, find_folder(chosen.model, encoder)


def _framed(
    model: torch.nn.Module, feature: Feature, pixels: Pixels, dimension: int, chosen: FrameSettings, encoder: str
) -> tuple[FrameWise, Identity]:
    module = FrameWise(model, feature, pixels, pool_of(chosen.pooling, dimension, chosen.seed))
    identity = Identity(
        encoder=encoder,
        model=name_of(chosen.model),
        frames=chosen.frames or FRAMES,
        fixed=False,
        dimension=dimension,
        ordered=False,
    )
    return module, identity


def _joint(model: Any, frames: torch.Tensor) -> torch.Tensor:
    feature: torch.Tensor = model.get_image_features(frames).pooler_output
    return feature


def _token(model: Any, frames: torch.Tensor) -> torch.Tensor:
    feature: torch.Tensor = model(frames).pooler_output
    return feature
