"""A tiny CLIP with seeded random weights in open_clip's own format, for tests of scorers."""

import json
from pathlib import Path

import torch
from open_clip.model import CLIP
from safetensors.torch import save_file

TINY = {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8}
BASE = {"image_size": 224, "layers": 12, "width": 768, "head_width": 64, "patch_size": 32}
"""The picture half of ViT-B/32, as ``vision``, for benches."""


def build_clip(folder: Path, **vision: int) -> Path:
    """Write ``open_clip_config.json`` and ``open_clip_model.safetensors``."""
    model_cfg = {
        "embed_dim": 32,
        "vision_cfg": TINY | vision,
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
    }
    preprocess = {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = CLIP(**model_cfg)  # type: ignore[arg-type]
    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_cfg": model_cfg, "preprocess_cfg": preprocess}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    return folder
