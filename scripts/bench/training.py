"""What a training step costs beside the plainest PyTorch loop over the same model and loader, side by side in one run."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from rows import Row, side_by_side
from torch.nn import functional as F
from torch.utils.data import DataLoader

import synthgest as sg
from synthgest.data.cache import FrameCache
from synthgest.data.mixing import RatioSampler
from synthgest.encoders import load_encoder
from synthgest.training.head import build_head
from synthgest.training.items import Batches, TrainingItems
from synthgest.training.learner import Learner
from synthgest.training.lessons import draw_up
from synthgest.training.settings import TrainSettings
from synthgest.training.team import Team

CLASSES = ("drone/left", "drone/right")
ROUNDS = 15


def batches(dataset: sg.Dataset, settings: TrainSettings, cache: FrameCache) -> Iterator[dict[str, torch.Tensor]]:
    """The loader of a run, endless."""
    (lesson,), _ = draw_up(dataset, [], settings, "none", "")
    encoder = load_encoder(settings.encoder, {})
    items = TrainingItems(lesson, dataset.class_entries, encoder, flip=0.5, seed=0, cache=cache)
    order = RatioSampler([range(len(lesson.clips))], [1.0])
    draws = Batches(order, steps=range(10_000), batch=settings.batch, frames=settings.frames, stills=0.0, seed=0)
    return iter(DataLoader(items, batch_sampler=draws, num_workers=0))


class Bare:
    """A step as a tutorial writes it: no mean of the weights, no limit to the gradients."""

    def __init__(self, settings: TrainSettings) -> None:
        self._encoder: Any = load_encoder(settings.encoder, {})
        self._head = build_head("linear", self._encoder, CLASSES)
        weights = [*self._encoder.module.parameters(), *self._head.parameters()]
        self._optimizer = torch.optim.AdamW(weights, lr=settings.lr, weight_decay=settings.weight_decay)
        self._encoder.module.train()

    def step(self, batch: dict[str, torch.Tensor]) -> None:
        """Learn from a batch."""
        features, losses = self._encoder.learn({key: batch[key] for key in batch if key not in ("label", "weight")})
        loss = sum(F.cross_entropy(self._head(view), batch["label"]) for view in features) + sum(losses.values())
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()


def main() -> None:
    """Measure on a few drawn clips, and tell."""
    settings = TrainSettings(batch=16, frames=4, validation=0.0)
    with tempfile.TemporaryDirectory() as folder:
        dataset = sg.generate(
            CLASSES, out=Path(folder) / "clips", clips=8, seed=0, settings={"fps": 6, "frames": [10, 16]}
        )
        cache = FrameCache(folder=Path(folder) / "frames")
        encoder = load_encoder(settings.encoder, {})
        head = build_head("linear", encoder, CLASSES)
        learner = Learner(encoder, head, settings, steps=10_000, lr=settings.lr, team=Team())
        plain = Bare(settings)
        ours, theirs = batches(dataset, settings, cache), batches(dataset, settings, cache)
        number = itertools.count()
        compared = {
            "ours": lambda: learner.step(next(number), next(ours)),
            "bare PyTorch": lambda: plain.step(next(theirs)),
        }
        taken = side_by_side(compared, rounds=ROUNDS)
    what = f"a training step, {settings.batch} clips x {settings.frames} frames"
    theirs = taken["bare PyTorch"]
    Row(what=what, against="the plainest PyTorch loop", ours=taken["ours"], theirs=theirs, each="step").tell()


if __name__ == "__main__":
    main()
