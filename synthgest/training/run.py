"""A training run from data sets to a recogniser: stages of lessons, and a killed run goes on where it was."""

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter

from synthgest.data.cache import FrameCache
from synthgest.data.dataset import Dataset
from synthgest.data.device import best_device
from synthgest.data.labelled import LabelledClip
from synthgest.data.manifest import ClassEntry
from synthgest.data.mixing import RatioSampler
from synthgest.data.real.dataset import RealDataset
from synthgest.data.splits import split
from synthgest.data.storage import make_folder, write_bytes
from synthgest.encoders import load_encoder
from synthgest.encoders.encoder import Encoder
from synthgest.encoders.learning import Taught
from synthgest.errors import ConfigChanged, SpecError
from synthgest.labels import LabelMode
from synthgest.statistics import proportion
from synthgest.training.checkpoint import load_checkpoint, read_checkpoint, save_checkpoint
from synthgest.training.head import build_head
from synthgest.training.items import Batches, Lesson, TrainingItems
from synthgest.training.learner import Learner
from synthgest.training.recogniser import NONE, About, Recogniser, is_finished, load_recogniser
from synthgest.training.settings import TrainSettings

_SAVED = 120.0  # seconds between checkpoints
_TOLD = 20  # steps between lines of the log
_CHECKPOINT, _PLAN = "checkpoint.safetensors", "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run is. losses: means of the last steps, by name."""

    stage: str
    step: int
    steps: int
    losses: dict[str, float]


def train(
    dataset: Dataset | RealDataset,
    out: str | Path,
    settings: TrainSettings,
    *,
    labels: LabelMode = "none",
    scores: str = "",
    negatives: Dataset | RealDataset | None = None,
    real: RealDataset | None = None,
    cache: FrameCache | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Recogniser:
    """Train an encoder and a head on the clips of a data set, and keep both in the folder ``out``.

    labels, scores: as in ``Dataset.torch``. negatives: clips that show none of the classes; with them the recogniser has the class
    ``none`` too. real: clips of the same classes that were filmed; see ``TrainSettings.real``. cache: of decoded frames; one in
    ``out`` by default. A run that was interrupted goes on by the same call. Raises ConfigChanged if ``out`` holds another run.
    """
    folder = Path(out)
    classes = dataset.class_entries
    if len(classes) < 2 and negatives is None:
        raise SpecError(
            f"{len(classes)} class is not enough to learn from; expected 2, or clips of none with negatives"
        )
    synthetic, watched = _drawn_up(dataset, negatives, settings, labels, scores)
    filmed = None if real is None else _filmed(real, synthetic.labels.shape[1])
    stages = _stages(synthetic, filmed, settings)
    clips = {stage.name: _digest([clip for lesson in stage.lessons for clip in lesson.clips]) for stage in stages}
    plan = {"labels": labels, "clips": clips}
    encoder = load_encoder(settings.encoder, settings.encoder_settings)
    if settings.mix != "none" and isinstance(encoder, Taught):
        raise SpecError(
            f"mix is {settings.mix!r}, but {settings.encoder!r} learns where joints are; expected mix = none"
        )
    texts = [entry.phrase or entry.name for entry in classes] + [NONE] * (negatives is not None)
    torch.manual_seed(settings.seed)
    head = build_head(settings.head, encoder, texts)
    _require_plan(folder, {**asdict(settings), **plan})
    if is_finished(folder):
        return load_recogniser(folder)
    desk = _Desk(encoder, head, settings, classes, folder, cache, progress)
    seconds = desk.learn(stages)
    about = About(
        settings=settings,
        classes=classes,
        rejects=negatives is not None,
        data={**plan, "trained_on": {stage.name: sum(len(each.clips) for each in stage.lessons) for stage in stages}},
        versions={name: version(name) for name in ("synthgest", "torch", "torchvision", "numpy")},
        results={"seconds": round(seconds, 1)},
    )
    made = Recogniser(encoder, encoder.module, desk.head, about)
    if watched:
        found = made.probabilities(watched).argmax(axis=1)
        hits = int((found == [clip.label for clip in watched]).sum())
        results = {**about.results, "validation": asdict(proportion(hits, len(watched)))}
        made.about = dataclasses.replace(about, results=results)
    made.save(folder)
    (folder / _CHECKPOINT).unlink(missing_ok=True)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Steps of one kind. lessons: with their shares of every turn. lr: the highest learning rate."""

    name: str
    lessons: tuple[Lesson, ...]
    shares: tuple[float, ...]
    steps: int
    lr: float


def _stages(synthetic: Lesson, filmed: Lesson | None, settings: TrainSettings) -> list[Stage]:
    first = Stage(name="synthetic", lessons=(synthetic,), shares=(1.0,), steps=settings.steps, lr=settings.lr)
    if filmed is None:
        return [first]
    if settings.real == "mixed":
        shares = 1 - settings.real_share, settings.real_share
        return [dataclasses.replace(first, name="mixed", lessons=(synthetic, filmed), shares=shares)]
    steps, lr = max(1, round(settings.steps * settings.real_steps)), settings.lr * settings.real_lr
    return [first, Stage(name="real", lessons=(filmed,), shares=(1.0,), steps=steps, lr=lr)]


class _Desk:
    """Where the stages are worked through, one after the other, each from what the one before has kept."""

    def __init__(
        self,
        encoder: Encoder,
        head: nn.Module,
        settings: TrainSettings,
        classes: Sequence[ClassEntry],
        folder: Path,
        cache: FrameCache | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.encoder, self.head = encoder, head
        self._settings, self._classes, self._folder, self._progress = settings, classes, folder, progress
        self._cache = cache or FrameCache(folder=folder / "frames")
        self._seconds = 0.0

    def learn(self, stages: Sequence[Stage]) -> float:
        """Take all steps that are left; returns the seconds that the run took, those before an interruption too."""
        checkpoint = self._folder / _CHECKPOINT
        begun = read_checkpoint(checkpoint) if checkpoint.exists() else {"stage": 0, "step": 0, "seconds": 0.0}
        self._seconds = float(begun["seconds"])
        for number, stage in enumerate(stages):
            if number < begun["stage"]:
                continue
            learner = Learner(
                self.encoder, self.head, self._settings, steps=stage.steps, lr=stage.lr, device=best_device()
            )
            done = 0
            if number == begun["stage"] and checkpoint.exists():
                load_checkpoint(checkpoint, learner.parts, learner.optimizer)
                done = int(begun["step"])
            self._take_steps(learner, stage, number, done)
            learner.settle()
        return self._seconds

    def _take_steps(self, learner: Learner, stage: Stage, number: int, done: int) -> None:
        settings = self._settings
        lesson = stage.lessons[0]
        for other in stage.lessons[1:]:
            lesson += other
        items = TrainingItems(
            lesson, self._classes, self.encoder, flip=settings.flip, seed=settings.seed + number, cache=self._cache
        )
        draws = Batches(
            RatioSampler([range(len(each.clips)) for each in stage.lessons], stage.shares, seed=settings.seed + number),
            steps=range(done, stage.steps),
            batch=settings.batch,
            frames=settings.frames or self.encoder.mark.frames,
            stills=settings.stills,
            seed=settings.seed + number,
        )
        began, saved, before = time.monotonic(), time.monotonic(), self._seconds
        recent: list[dict[str, float]] = []
        with SummaryWriter(str(self._folder / "tensorboard" / stage.name), purge_step=done or None) as board:
            for step, batch in enumerate(
                DataLoader(items, batch_sampler=draws, num_workers=settings.workers), start=done + 1
            ):
                recent.append(learner.step(step - 1, batch))
                if step == stage.steps or step % _TOLD == 0:
                    losses = {name: float(np.mean([each[name] for each in recent])) for name in recent[0]}
                    for name, value in losses.items():
                        board.add_scalar(name, value, step)
                    recent.clear()
                    if self._progress is not None:
                        self._progress(Progress(stage=stage.name, step=step, steps=stage.steps, losses=losses))
                self._seconds = before + time.monotonic() - began
                if step == stage.steps or time.monotonic() - saved > _SAVED:
                    saved = time.monotonic()
                    state = {"stage": number, "step": step, "seconds": self._seconds}
                    save_checkpoint(self._folder / _CHECKPOINT, learner.parts, learner.optimizer, state)


def _drawn_up(
    dataset: Dataset | RealDataset,
    negatives: Dataset | RealDataset | None,
    settings: TrainSettings,
    labels: LabelMode,
    scores: str,
) -> tuple[Lesson, list[LabelledClip]]:
    """What is learned from, and the clips that are kept aside to watch."""
    clips: Sequence[Any] = dataset.clips
    if not clips:
        raise SpecError(f"{dataset!r} has no clips to learn from")
    rows, weights = dataset.targets(labels, scores=scores)
    rows = _widened(rows, rows.shape[1] + (negatives is not None))
    aside: set[str] = set()
    if settings.validation:
        shares = {"train": 1 - settings.validation, "validation": settings.validation}
        aside = {
            clip.id
            for clip in split(clips, fractions=shares, group_by=settings.group_by, seed=settings.seed)["validation"]
        }
    kept = np.array([clip.id not in aside for clip in clips])
    lesson = Lesson(
        clips=tuple(clip for clip in clips if clip.id not in aside), labels=rows[kept], weights=weights[kept]
    )
    if negatives is not None:
        others = np.zeros((len(negatives), rows.shape[1]))
        others[:, -1] = 1
        lesson += Lesson(clips=tuple(negatives.clips), labels=others, weights=np.ones(len(negatives)))
    return lesson, [clip for clip in clips if clip.id in aside]


def _filmed(real: RealDataset, columns: int) -> Lesson:
    """All clips that were filmed: they are too few to keep any aside."""
    rows, weights = real.targets()
    return Lesson(clips=real.clips, labels=_widened(rows, columns), weights=weights)


def _widened(rows: NDArray[np.float64], columns: int) -> NDArray[np.float64]:
    return np.hstack([rows, np.zeros((len(rows), columns - rows.shape[1]))])


def _require_plan(folder: Path, plan: dict[str, Any]) -> None:
    """Begin the folder, or go on with what was begun in the same way."""
    path = folder / _PLAN
    if not path.exists():
        make_folder(folder)
        write_bytes(path, json.dumps(plan, indent=1).encode())
        return
    known, wanted = json.loads(path.read_text(encoding="utf-8")), json.loads(json.dumps(plan))
    changed = tuple(
        f"{key}: {known.get(key)!r} in the folder, {value!r} asked for"
        for key, value in wanted.items()
        if known.get(key) != value
    )
    if changed:
        raise ConfigChanged(f"{folder} holds a run with other settings; choose another folder", changed)


def _digest(clips: Sequence[LabelledClip]) -> str:
    lines = "\n".join(f"{clip.id} {clip.label}" for clip in clips)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]
