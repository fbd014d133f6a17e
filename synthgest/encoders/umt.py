"""The encoder ``umt``: the video transformer of Unmasked Teacher, whose weights transformers' VideoMAE holds by other names."""

import re
from collections.abc import Mapping
from math import isqrt
from typing import Any

import torch

from synthgest.encoders.built import Identity, VideoEncoder
from synthgest.encoders.features import Clips
from synthgest.encoders.pixels import Pixels
from synthgest.encoders.video_transformers import VideoSettings
from synthgest.encoders.weights import Weights, fill, find_file, name_of, read_weights
from synthgest.errors import MissingDependency, ModelError, SpecError
from synthgest.tables import to_value

try:
    from transformers import VideoMAEConfig, VideoMAEModel
except ImportError as error:
    raise MissingDependency(f"encoders need {error.name}: pip install 'synthgest[train]'") from error

_FRAMES, _GRID = 8, 14  # of the sine table that all its models are made with: frames, patches across
_HEAD = 64  # width of an attention head
_EPSILON = 1e-6  # of its layer norms
_PATCHES = "patch_embed.proj.weight"
_NAMES = {
    r"patch_embed\.proj\.": "embeddings.patch_embeddings.projection.",
    r"blocks\.(\d+)\.norm1\.": r"encoder.layer.\1.layernorm_before.",
    r"blocks\.(\d+)\.norm2\.": r"encoder.layer.\1.layernorm_after.",
    r"blocks\.(\d+)\.attn\.q_bias": r"encoder.layer.\1.attention.attention.query.bias",
    r"blocks\.(\d+)\.attn\.v_bias": r"encoder.layer.\1.attention.attention.value.bias",
    r"blocks\.(\d+)\.attn\.proj\.": r"encoder.layer.\1.attention.output.dense.",
    r"blocks\.(\d+)\.mlp\.fc1\.": r"encoder.layer.\1.intermediate.dense.",
    r"blocks\.(\d+)\.mlp\.fc2\.": r"encoder.layer.\1.output.dense.",
    r"norm\.": "layernorm.",
}


class PooledTokens(torch.nn.Module):
    """The mean of a VideoMAE's tokens, then a norm if the model was tuned to classes: its head saw just that."""

    def __init__(self, tokens: torch.nn.Module, norm: torch.nn.Module) -> None:
        super().__init__()
        self.tokens = tokens
        self.norm = norm

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """Clips (B, T, 3, H, W) float to features (B, D)."""
        feature: torch.Tensor = self.norm(self.tokens(clips).last_hidden_state.mean(dim=1))
        return feature


def umt(settings: Mapping[str, Any]) -> VideoEncoder:
    """UMT, pretrained (norm, then mean) or tuned to classes (mean, then norm). model: its weights as safetensors.

    SpecError for a wrong setting, ModelError for weights that are not here.
    """
    chosen = to_value(settings, VideoSettings, where="the encoder 'umt'")
    path = find_file(chosen.model, "umt")
    weights = _own(read_weights(path), path.name)
    width, _, _, patch, _ = weights[_PATCHES].shape
    frames, grid = _table(weights.get("pos_embed"), chosen.frames)
    with torch.random.fork_rng(devices=[]):  # what is drawn is overwritten
        tokens = VideoMAEModel(_config(weights, frames, grid))
    model = PooledTokens(tokens, torch.nn.Identity())
    if "fc_norm.weight" in weights:
        model.norm = torch.nn.LayerNorm(width, eps=_EPSILON)
    fill(model, _renamed(weights), path)
    if "pos_embed" in weights:  # learnt from the table on, where there are more frames or patches
        tokens.embeddings.position_embeddings = torch.nn.Parameter(weights["pos_embed"])
    edge = grid * patch
    pixels = Pixels(resize=edge, crop=(edge, edge))
    identity = Identity(
        encoder="umt", model=name_of(chosen.model), frames=frames, fixed=True, dimension=width, ordered=True
    )
    return VideoEncoder(identity, Clips(model, _called, pixels), pixels)


def _called(model: Any, clips: torch.Tensor) -> torch.Tensor:
    feature: torch.Tensor = model(clips)
    return feature


def _own(weights: Weights, name: str) -> Weights:
    """The encoder's weights alone: what lies beside it in a pretraining's file has another prefix, or none."""
    found = [key for key in weights if key.endswith(_PATCHES)]
    if len(found) != 1 or weights[found[0]].ndim != 5:
        raise ModelError(f"{name} holds no video transformer of UMT: expected one {_PATCHES} of 5 axes")
    prefix = found[0].removesuffix(_PATCHES)
    parts = ("patch_embed.", "blocks.", "norm.", "fc_norm.", "pos_embed")
    own = {key.removeprefix(prefix): value for key, value in weights.items() if key.startswith(prefix)}
    return {key: value for key, value in own.items() if key.startswith(parts)}


def _table(learnt: torch.Tensor | None, asked: int) -> tuple[int, int]:
    """(frames, patches across) of the positions: of the sine table, or of learnt ones, by their number."""
    count = _FRAMES * _GRID**2 if learnt is None else learnt.shape[1]
    for frames in [asked] if asked else [_FRAMES, count // _GRID**2]:
        grid = isqrt(count // frames) if frames > 0 else 0
        if frames * grid**2 == count:
            return frames, grid
    raise SpecError(
        f"the encoder 'umt': frames is {asked}; this model's {count} positions are for another number of them"
    )


def _config(weights: Weights, frames: int, grid: int) -> VideoMAEConfig:
    width, _, tubelet, patch, _ = weights[_PATCHES].shape
    return VideoMAEConfig(
        image_size=grid * patch,
        patch_size=patch,
        num_frames=frames,
        tubelet_size=tubelet,
        hidden_size=width,
        num_hidden_layers=len({key.split(".")[1] for key in weights if key.startswith("blocks.")}),
        num_attention_heads=width // _HEAD,
        intermediate_size=weights["blocks.0.mlp.fc1.bias"].shape[0],
        layer_norm_eps=_EPSILON,
        use_mean_pooling="fc_norm.weight" in weights,
    )


def _renamed(weights: Weights) -> Weights:
    """By VideoMAE's names; its queries, keys and values are three matrices where UMT's are one."""
    found: Weights = {}
    for key, value in weights.items():
        if key.startswith("fc_norm."):
            found[key.removeprefix("fc_")] = value
        elif match := re.fullmatch(r"blocks\.(\d+)\.attn\.qkv\.weight", key):
            for part, matrix in zip(("query", "key", "value"), value.chunk(3), strict=True):
                found[f"tokens.encoder.layer.{match[1]}.attention.attention.{part}.weight"] = matrix
        elif key != "pos_embed":
            found[f"tokens.{_by_rule(key)}"] = value
    return found


def _by_rule(key: str) -> str:
    """A weight's name by the first rule that fits; one that fits none keeps its name, and is refused when it is loaded."""
    for rule, name in _NAMES.items():
        if re.match(rule, key):
            return re.sub(f"^{rule}", name, key)
    return key
