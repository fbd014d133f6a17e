"""Train the encoder that ships, ``synthgest-encoder-small``, from nothing; what was done before goes on where it was interrupted.

python scripts/pretrain_small.py FOLDER [--first 1]

FOLDER keeps for each round its clips and its run with the log. A round begins with the model in assets/models, as the round before
has left it, the first one from nothing; it learns from clips of its own, and replaces that model.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from model_clips import Pool

from synthgest.content import content
from synthgest.data.cache import FrameCache
from synthgest.data.storage import write_bytes, write_whole
from synthgest.encoders.small import SHIPPED
from synthgest.training.recogniser import Recogniser
from synthgest.training.run import Progress, train
from synthgest.training.settings import TrainSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Clips, and steps of learning from them. lr: highest learning rate."""

    clips: int
    fps: int
    frames: tuple[int, int]
    steps: int
    lr: float
    seed: int

    def pool(self, folder: Path) -> Pool:
        """Its clips."""
        return Pool(folder=folder, clips=self.clips, fps=self.fps, frames=self.frames, seed=self.seed)


ROUNDS = (
    Round(clips=30, fps=8, frames=(12, 24), steps=1600, lr=2e-3, seed=301),
    Round(clips=18, fps=6, frames=(8, 16), steps=1200, lr=1.2e-3, seed=311),
)


def main() -> None:
    """Draw, train, and keep the weights, round by round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--first", type=int, default=1, help="round to begin with, for which the one before has shipped"
    )
    asked = parser.parse_args()
    for number in range(asked.first, len(ROUNDS) + 1):
        print(f"round {number} of {len(ROUNDS)}", flush=True)
        keep(learn(asked.folder / f"round-{number}", number), ROUNDS[:number], content("assets") / "models" / SHIPPED)


def learn(folder: Path, number: int) -> Recogniser:
    """One round."""
    own = ROUNDS[number - 1]
    pool = own.pool(folder)
    settings = TrainSettings(
        encoder_settings={"pretrained": number > 1}, steps=own.steps, lr=own.lr, stills=0.6, ema=0.995, validation=0.03
    )
    cache = FrameCache(folder=folder / "frames")
    return train(pool.signs(), folder / "encoder-run", settings, negatives=[pool.none()], cache=cache, progress=tell)


def keep(made: Recogniser, rounds: Sequence[Round], folder: Path) -> None:
    """Write the encoder's weights, in half precision where they are matrices, and how they came about."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: halved(value).cpu().contiguous() for name, value in made.module.state_dict().items()}
    write_whole(folder / "encoder.safetensors", lambda part: safetensors.torch.save_file(tensors, str(part)))
    about: dict[str, Any] = asdict(made.about)
    about["classes"] = list(made.classes)
    about["rounds"] = [asdict(each) for each in rounds]
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
