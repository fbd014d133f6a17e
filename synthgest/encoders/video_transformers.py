"""The video models of transformers: VideoMAE, TimeSformer, ViViT, V-JEPA 2, VideoPrism and X-CLIP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from synthgest.encoders.built import Identity, VideoEncoder, VideoTextEncoder, Words, device_of
from synthgest.encoders.features import Clips
from synthgest.encoders.pixels import Pixels
from synthgest.encoders.transformers_library import kind_of, load_model, load_pixels, load_tokenizer, require_size
from synthgest.encoders.video_families import FAMILIES, Family, before_head
from synthgest.encoders.weights import find_folder, name_of, read_config
from synthgest.errors import SpecError
from synthgest.tables import to_value


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSettings:
    """Settings of a video model.

    model: a folder, or OWNER/NAME on the hub. frames: looked at of each clip; 0 for as many as the model was made for, and only
    ``vjepa2`` takes others.
    """

    model: str = ""
    frames: int = 0


def build(encoder: str, settings: Mapping[str, Any]) -> VideoEncoder | VideoTextEncoder:
    """The encoder of that name in FAMILIES. SpecError for a wrong setting, ModelError for weights that are not here."""
    chosen = to_value(settings, VideoSettings, where=f"the encoder {encoder!r}")
    family = FAMILIES[encoder]
    folder = find_folder(chosen.model, encoder)
    kind = kind_of(folder, tuple(family.kinds), encoder)
    headed = family.headed in read_config(folder).get("architectures", [])
    model = load_model(folder, family.headed if headed else family.kinds[kind], family.spare)
    _trim(model, (*family.spare, "classifier"))
    vision = model.config.vision_config if kind in ("videoprism", "xclip") else model.config
    pixels = _pixels(folder, family, kind, getattr(vision, family.edge))
    seen = model.video_model if kind == "videoprism" else model
    module = Clips(seen, before_head if headed else family.feature, pixels)
    identity = Identity(
        encoder=encoder,
        model=name_of(chosen.model),
        frames=_frames(chosen.frames, vision, family, encoder),
        fixed=True,
        dimension=model.config.projection_dim if kind == "xclip" else vision.hidden_size,
        ordered=True,
    )
    if kind == "xclip":
        return VideoTextEncoder(identity, module, pixels, _words(model, folder))
    return VideoEncoder(identity, module, pixels)


videomae = partial(build, "videomae")
timesformer = partial(build, "timesformer")
vivit = partial(build, "vivit")
vjepa2 = partial(build, "vjepa2")
videoprism = partial(build, "videoprism")
xclip = partial(build, "xclip")


def _trim(model: torch.nn.Module, parts: Sequence[str]) -> None:
    """Replace parts of which no feature is made: they would be hashed, moved and trained for nothing."""
    present = dict(model.named_modules())
    for part in parts:
        if part in present:
            owner, _, name = part.rpartition(".")
            setattr(present[owner], name, torch.nn.Identity())


def _pixels(folder: Path, family: Family, kind: str, edge: Any) -> Pixels:
    found = load_pixels(folder, family.processor, edge, offset=family.offset)
    if kind.startswith("videoprism"):  # whatever its file says: black is 0, white is 1, and nothing is cut off
        height, width = edge if isinstance(edge, (list, tuple)) else (edge, edge)
        return replace(found, resize=(height, width), crop=None, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    require_size(found, edge, folder)
    return found


def _frames(given: int, vision: Any, family: Family, encoder: str) -> int:
    """How many frames are looked at: those asked for, if the model takes them."""
    own = int(getattr(vision, family.frames))
    stride = int(getattr(vision, family.stride)) if family.stride else 0
    if given in (0, own) or (stride and given > 0 and given % stride == 0):
        return given or own
    others = f", or a multiple of {stride}" if stride else ""
    raise SpecError(f"the encoder {encoder!r}: frames is {given}; this model takes {own}{others}")


def _words(model: Any, folder: Path) -> Words:
    """X-CLIP's words as they are before it adapts them to a clip, which would make them differ from clip to clip."""
    tokenizer = load_tokenizer(folder)
    longest = model.config.text_config.max_position_embeddings

    def embed(texts: Sequence[str]) -> torch.Tensor:
        tokens = tokenizer(texts, padding=True, truncation=True, max_length=longest, return_tensors="pt")
        tokens = tokens.to(device_of(model))
        feature: torch.Tensor = model.get_text_features(tokens.input_ids, tokens.attention_mask).pooler_output
        return feature

    return Words(embed=embed, scale=lambda: model.logit_scale.exp())
