"""The encoder ``viclip``: InternVideo's CLIP of videos, whose transformer sees all patches of all frames at once."""

from collections.abc import Mapping, Sequence
from math import isqrt
from typing import Any

from synthgest.encoders.built import Identity, VideoTextEncoder, Words, device_of
from synthgest.encoders.features import Clips
from synthgest.encoders.pixels import Pixels
from synthgest.encoders.video_transformers import VideoSettings
from synthgest.encoders.weights import Weights, fill, find_file, name_of, read_weights
from synthgest.errors import MissingDependency, ModelError, SpecError
from synthgest.tables import to_value

try:
    import torch
    from open_clip.tokenizer import SimpleTokenizer
    from open_clip.transformer import QuickGELU, TextTransformer, Transformer
except ImportError as error:
    raise MissingDependency(f"the encoder 'viclip' needs {error.name}: pip install 'synthgest[train,score]'") from error

_HEAD = 64  # width of an attention head
_COLDEST = 0.01  # its temperature never went below


class ViClipVision(torch.nn.Module):
    """Patches of all frames with their places in the picture and in time, one class token before them (InternVid, sec. 4)."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        width, colours, depth, height, across = weights["conv1.weight"].shape
        kernel = (depth, height, across)
        self.conv1 = torch.nn.Conv3d(colours, width, kernel, kernel, bias=False)
        self.class_embedding = torch.nn.Parameter(torch.empty(width))
        self.positional_embedding = torch.nn.Parameter(torch.empty_like(weights["positional_embedding"]))
        self.temporal_positional_embedding = torch.nn.Parameter(
            torch.empty_like(weights["temporal_positional_embedding"])
        )
        self.ln_pre = torch.nn.LayerNorm(width)
        self.transformer = Transformer(width, _depth(weights), width // _HEAD, act_layer=QuickGELU)
        self.ln_post = torch.nn.LayerNorm(width)
        self.proj = torch.nn.Parameter(torch.empty_like(weights["proj"]))

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """Clips (B, T, 3, H, W) float to features (B, D)."""
        patches = self.conv1(clips.transpose(1, 2)).flatten(3).permute(0, 3, 2, 1)  # (B, places, T, width)
        patches = patches + self.positional_embedding[1:, None] + self.temporal_positional_embedding
        first = (self.class_embedding + self.positional_embedding[0]).expand(len(clips), 1, -1)
        tokens = self.transformer(self.ln_pre(torch.cat([first, patches.flatten(1, 2)], dim=1)))
        feature: torch.Tensor = self.ln_post(tokens[:, 0]) @ self.proj
        return feature


class ViClip(torch.nn.Module):
    """Both halves and the temperature, by the names of InternVideo's own files. weights: for the sizes."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        text = _half(weights, "text_encoder.")
        context, width = text["positional_embedding"].shape
        self.vision_encoder = ViClipVision(_half(weights, "vision_encoder."))
        self.text_encoder = TextTransformer(
            context_length=context,
            vocab_size=len(text["token_embedding.weight"]),
            width=width,
            heads=width // _HEAD,
            layers=_depth(text),
            output_dim=text["text_projection"].shape[1],
            act_layer=QuickGELU,
        )
        self.temp = torch.nn.Parameter(torch.empty(()))

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """Clips (B, T, 3, H, W) float to features (B, D)."""
        feature: torch.Tensor = self.vision_encoder(clips)
        return feature


def viclip(settings: Mapping[str, Any]) -> VideoTextEncoder:
    """ViCLIP. model: its weights as safetensors. SpecError for a wrong setting, ModelError for weights that are not here."""
    chosen = to_value(settings, VideoSettings, where="the encoder 'viclip'")
    path = find_file(chosen.model, "viclip")
    weights = read_weights(path)
    try:
        with torch.random.fork_rng(devices=[]):  # what is drawn is overwritten
            model = ViClip(weights)
    except KeyError as error:
        raise ModelError(f"{path.name} holds no ViCLIP: it lacks {error}") from error
    fill(model, weights, path)
    vision = model.vision_encoder
    edge = isqrt(len(vision.positional_embedding) - 1) * vision.conv1.kernel_size[-1]
    frames = vision.temporal_positional_embedding.shape[1]
    if chosen.frames not in (0, frames):
        raise SpecError(f"the encoder 'viclip': frames is {chosen.frames}; this model takes {frames}")
    pixels = Pixels(resize=(edge, edge), crop=None)
    dimension = vision.proj.shape[1]
    identity = Identity(
        encoder="viclip", model=name_of(chosen.model), frames=frames, fixed=True, dimension=dimension, ordered=True
    )
    return VideoTextEncoder(identity, Clips(model, _called, pixels), pixels, _words(model))


def _words(model: ViClip) -> Words:
    tokenizer = SimpleTokenizer(context_length=model.text_encoder.context_length)

    def embed(texts: Sequence[str]) -> torch.Tensor:
        feature: torch.Tensor = model.text_encoder(tokenizer(texts).to(device_of(model)))
        return feature

    return Words(embed=embed, scale=lambda: 1 / model.temp.clamp(min=_COLDEST))


def _called(model: Any, clips: torch.Tensor) -> torch.Tensor:
    feature: torch.Tensor = model(clips)
    return feature


def _half(weights: Weights, prefix: str) -> Weights:
    return {key.removeprefix(prefix): value for key, value in weights.items() if key.startswith(prefix)}


def _depth(weights: Weights) -> int:
    return len({key.split(".")[2] for key in weights if key.startswith("transformer.resblocks.")})
