"""Train ``synthgest-tiny-diffusion`` from nothing: CogVideoX in small; what was done before goes on where it was interrupted.

python scripts/tiny_diffusion FOLDER [--clips 200] [--out MODEL] [--device cpu]

FOLDER keeps the clips, the checkpoints and their curves. First the VAE learns to see clips, then text encoder and transformer learn
to make what it sees out of noise; then all of it replaces the model in assets/models, in the format of diffusers.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import clips
import denoising
import parts
import seeing
import torch
from course import Taught
from diffusers import CogVideoXPipeline

from synthgest.content import content
from synthgest.data.storage import write_bytes

NAME = "synthgest-tiny-diffusion"
SEED = 400


def main() -> None:
    """Draw, train, and keep the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=200, help="of each gesture")
    parser.add_argument("--out", type=Path, default=content("assets") / "models" / NAME, help="where the model is kept")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="bfloat16", help="of what is multiplied while it learns")
    asked = parser.parse_args()
    dtype = getattr(torch, asked.dtype)
    drawn = clips.Pool(folder=asked.folder, clips=asked.clips, seed=SEED).drawn()
    tokenizer = parts.tokenizer(clips.vocabulary())
    lessons = clips.lessons(drawn, count=lambda text: len(tokenizer(text, verbose=False).input_ids), limit=parts.TOKENS)
    torch.manual_seed(SEED)
    vae, transformer = parts.vae(), parts.transformer()
    reader, scheduler = parts.text_encoder(len(tokenizer)), parts.scheduler()
    for module in (vae, transformer, reader):
        module.to(asked.device)
    taught = {"seeing": seeing.learn_to_see(vae, lessons, asked.folder / "seeing.safetensors", dtype)}
    found = denoising.seen(vae.eval(), lessons)
    taught["denoising"] = denoising.learn_to_denoise(
        reader, transformer, scheduler, tokenizer, lessons, found.latents, asked.folder / "denoising.safetensors", dtype
    )
    vae.register_to_config(scaling_factor=found.scaling)
    pipeline = CogVideoXPipeline(
        tokenizer=tokenizer, text_encoder=reader, vae=vae, transformer=transformer, scheduler=scheduler
    )
    keep(pipeline, asked.out, about(len(lessons.videos), taught))


def about(videos: int, taught: Mapping[str, Taught]) -> dict[str, Any]:
    """How the model came about."""
    return {
        "gestures": clips.GESTURES,
        "clips": videos,
        "seed": SEED,
        "batches": {"seeing": seeing.BATCH, "denoising": denoising.BATCH},
        "courses": {name: {"seconds": round(course.seconds), "curve": course.curve} for name, course in taught.items()},
    }


def keep(pipeline: CogVideoXPipeline, folder: Path, told: Mapping[str, Any]) -> None:
    """Write the model as diffusers reads it, in half precision, and how it came about."""
    pipeline.to(torch.float16).save_pretrained(folder)
    write_bytes(folder / "training.json", json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main()
