"""Text-to-video on a GPU: CogVideoX-2B's real configuration with random weights. Clips an hour, peak memory, overhead.

Random weights cost what trained ones cost, and need no hub. Their pictures are noise; look at the figures alone.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import torch
from diffusion import measure, report

from synthgest.recipes import load_recipe
from synthgest.types import Recipe

TRANSFORMER: dict[str, Any] = {
    "num_attention_heads": 30,
    "attention_head_dim": 64,
    "in_channels": 16,
    "out_channels": 16,
    "time_embed_dim": 512,
    "text_embed_dim": 4096,
    "num_layers": 30,
    "sample_width": 90,
    "sample_height": 60,
    "sample_frames": 49,
    "patch_size": 2,
    "max_text_seq_length": 226,
    "use_rotary_positional_embeddings": False,
}
VAE: dict[str, Any] = {"block_out_channels": (128, 256, 256, 512), "latent_channels": 16, "layers_per_block": 3}
TEXT_ENCODER: dict[str, Any] = {
    "vocab_size": 32128,
    "d_model": 4096,
    "d_kv": 64,
    "d_ff": 10240,
    "num_layers": 24,
    "num_heads": 64,
    "feed_forward_proj": "gated-gelu",
}


def build_cogvideox_2b(folder: Path) -> Path:
    """CogVideoX-2B as it is configured (transformer 1.7 B, T5-XXL encoder 4.8 B), with random weights in bfloat16."""
    import tiny_pipelines
    from diffusers import (
        AutoencoderKLCogVideoX,
        CogVideoXDDIMScheduler,
        CogVideoXPipeline,
        CogVideoXTransformer3DModel,
    )
    from transformers import T5Config, T5EncoderModel

    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
            pipeline = CogVideoXPipeline(
                tokenizer=tiny_pipelines.t5_tokenizer(),
                text_encoder=T5EncoderModel(T5Config(**TEXT_ENCODER)),
                vae=AutoencoderKLCogVideoX(**VAE),
                transformer=CogVideoXTransformer3DModel(**TRANSFORMER),
                scheduler=CogVideoXDDIMScheduler(
                    prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True
                ),
            )
    finally:
        torch.set_default_dtype(usual)
    pipeline.save_pretrained(folder)
    return folder


def tiny(folder: Path) -> Recipe:
    """The same with a model that a CPU runs in a moment, to try this script out."""
    import tiny_pipelines

    model = tiny_pipelines.build_cogvideox(folder)
    sizes = {"width": 64, "height": 64, "frames": 9, "fps": 8.0, "steps": 2, "guidance": 6.0, "max_tokens": 226}
    return Recipe(name="tiny", engine="text-to-video", settings={"model": str(model), **sizes})


def real(folder: Path) -> Recipe:
    """The shipped recipe, its model exchanged for the one of random weights, in a dtype that those do not overflow."""
    changes = {"model": str(build_cogvideox_2b(folder)), "dtype": "bfloat16"}
    return load_recipe("cogvideox-2b", changes)


def main() -> None:
    """Build, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a tiny model, also without a GPU")
    parser.add_argument("--clips", type=int, default=3, help="clips of each way")
    given = parser.parse_args()
    if not given.tiny and not torch.cuda.is_available():
        raise SystemExit("no GPU is visible; --tiny tries the script out without one")
    with tempfile.TemporaryDirectory() as folder:
        recipe = (tiny if given.tiny else real)(Path(folder) / "model")
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        measured = measure(recipe, rounds=given.clips, least=0.0)
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    report(measured, f"{recipe.name} with random weights on {name}")
    print(f"  {3600 / measured.ours:.1f} clips an hour")
    if torch.cuda.is_available():
        # two pipelines are loaded, the bare one and ours
        print(f"  peak memory, both pipelines together: {torch.cuda.max_memory_allocated() / 1e9:.1f} GB")


if __name__ == "__main__":
    main()
