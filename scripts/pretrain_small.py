"""Train the encoder that ships, ``synthgest-encoder-small``, from nothing; what was done before goes on where it was interrupted.

python scripts/pretrain_small.py FOLDER [--clips 45] [--steps 2400]

FOLDER keeps the clips, the run with its log, and then the model, which is copied to assets/models.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import model_clips
import safetensors.torch
import torch

from synthgest.content import content
from synthgest.data.cache import FrameCache
from synthgest.data.storage import write_bytes, write_whole
from synthgest.encoders.small import SHIPPED
from synthgest.training.recogniser import Recogniser
from synthgest.training.run import Progress, train
from synthgest.training.settings import TrainSettings


def main() -> None:
    """Draw, train, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--clips", type=int, default=45, help="of each gesture; of people who do something else twice as many"
    )
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    settings = TrainSettings(
        encoder_settings={"pretrained": False},
        steps=asked.steps,
        stills=0.6,
        validation=0.03,
        seed=asked.seed,
    )
    made = train(
        model_clips.signs(asked.folder, asked.clips),
        asked.folder / "encoder-run",
        settings,
        negatives=[model_clips.none(asked.folder, 2 * asked.clips)],
        cache=FrameCache(folder=asked.folder / "frames"),
        progress=tell,
    )
    keep(made, content("assets") / "models" / SHIPPED)


def keep(made: Recogniser, folder: Path) -> None:
    """Write the encoder's weights, in half precision where they are matrices, and how they came about."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: halved(value).cpu().contiguous() for name, value in made.module.state_dict().items()}
    write_whole(folder / "encoder.safetensors", lambda part: safetensors.torch.save_file(tensors, str(part)))
    about: dict[str, Any] = asdict(made.about)
    about["classes"] = list(made.classes)
    write_bytes(folder / "training.json", json.dumps(about, indent=1).encode() + b"\n")


def halved(value: torch.Tensor) -> torch.Tensor:
    """What is averaged while training keeps its range."""
    return value.half() if value.is_floating_point() and value.dim() > 1 else value


def tell(progress: Progress) -> None:
    """Print where the training is."""
    words = ", ".join(f"{name} {value:.3f}" for name, value in progress.losses.items())
    print(f"step {progress.step} of {progress.steps}: {words}", flush=True)


if __name__ == "__main__":
    main()
