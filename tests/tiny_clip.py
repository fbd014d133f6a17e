"""A tiny CLIP with seeded random weights in open_clip's own format, for tests of scorers."""

import json
from pathlib import Path

import torch
from open_clip.model import CLIP
from safetensors.torch import save_file

CONFIG = {
    "model_cfg": {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]},
}


def build_clip(folder: Path) -> Path:
    """Write ``open_clip_config.json`` and ``open_clip_model.safetensors``."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = CLIP(**CONFIG["model_cfg"])  # type: ignore[arg-type]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps(CONFIG))
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    return folder
