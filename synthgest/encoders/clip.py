"""The encoder ``clip``: any model of open_clip, frame by frame, and its words."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthgest.encoders.built import Identity, VideoTextEncoder, Words, device_of
from synthgest.encoders.features import FrameWise, pool_of
from synthgest.encoders.frame_settings import FRAMES, FrameSettings
from synthgest.encoders.pixels import Pixels, Size
from synthgest.encoders.weights import name_of, read_config
from synthgest.errors import MissingDependency, ModelError
from synthgest.hub import HUB_NAME
from synthgest.scoring.open_clip_model import SHIPPED, find_model, safe_weights
from synthgest.tables import to_value

try:
    import open_clip
    import torch
except ImportError as error:
    raise MissingDependency(f"the encoder 'clip' needs {error.name}: pip install 'synthgest[train,score]'") from error

_LOCAL, _HUB = "local-dir:", "hf-hub:"


def clip(settings: Mapping[str, Any]) -> VideoTextEncoder:
    """A CLIP. model: a folder, OWNER/NAME, or NAME:TAG of open_clip's list, as the scorer ``clip`` takes it.

    By default it is the small one that ships. SpecError for a wrong setting, ModelError for weights that are not here.
    """
    chosen = to_value(settings, FrameSettings, where="the encoder 'clip'")
    on_hub = HUB_NAME.fullmatch(chosen.model) is not None and not Path(chosen.model).expanduser().is_dir()
    folder = find_model(f"{_HUB}{chosen.model}" if on_hub else chosen.model)
    model, tokenizer = _load(folder)
    pixels = _pixels(model.visual.preprocess_cfg)
    dimension = int(read_config(folder, "open_clip_config.json")["model_cfg"]["embed_dim"])
    module = FrameWise(model, _pictures, pixels, pool_of(chosen.pooling, dimension, chosen.seed))
    identity = Identity(
        encoder="clip",
        model=name_of(chosen.model.removeprefix(_LOCAL).removeprefix(_HUB) or SHIPPED),
        frames=chosen.frames or FRAMES,
        fixed=False,
        dimension=dimension,
        ordered=False,
    )

    def embed(texts: Sequence[str]) -> torch.Tensor:
        feature: torch.Tensor = model.encode_text(tokenizer(texts).to(device_of(model)))
        return feature

    words = Words(embed=embed, scale=lambda: model.logit_scale.exp())
    return VideoTextEncoder(identity, module, pixels, words)


def _load(folder: Path) -> tuple[Any, Any]:
    """The model and its tokenizer."""
    safe_weights(folder)
    try:
        with torch.random.fork_rng(devices=[]):  # what is drawn is overwritten
            model = open_clip.create_model(f"{_LOCAL}{folder}")
        return model, open_clip.get_tokenizer(f"{_LOCAL}{folder}")
    except Exception as error:  # broken files, foreign configurations: open_clip raises what it meets
        raise ModelError(f"{folder} cannot be loaded by open_clip: {error}") from error


def _pictures(model: Any, frames: torch.Tensor) -> torch.Tensor:
    feature: torch.Tensor = model.encode_image(frames)
    return feature


def _pixels(given: Mapping[str, Any]) -> Pixels:
    """open_clip's preprocessing, of which the longest edge with a border is not known here."""
    edges = given["size"]
    size: Size = (edges, edges) if isinstance(edges, int) else (int(edges[0]), int(edges[1]))
    mode = given["resize_mode"]
    if mode not in ("shortest", "squash") or (mode == "shortest" and size[0] != size[1]):
        raise ModelError(f"the model resizes by {mode!r} to {size}; expected 'squash', or 'shortest' to a square")
    red, green, blue = given["mean"]
    deviations = given["std"]
    return Pixels(
        resize=size[0] if mode == "shortest" else size,
        crop=size if mode == "shortest" else None,
        resample=given["interpolation"],
        mean=(red, green, blue),
        std=(deviations[0], deviations[1], deviations[2]),
    )
