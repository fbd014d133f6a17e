"""A training run from data sets to a recogniser: stages of lessons, and a killed run goes on where it was."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter

from synthgest.data.cache import FrameCache
from synthgest.data.labelled import LabelledClip, LabelledSet
from synthgest.data.manifest import ClassEntry
from synthgest.data.mixing import RatioSampler
from synthgest.data.storage import make_folder, write_bytes
from synthgest.encoders import load_encoder
from synthgest.encoders.encoder import Encoder
from synthgest.encoders.learning import Taught
from synthgest.errors import ConfigChanged, CorruptClip, DatasetError, SpecError
from synthgest.labels import LabelMode
from synthgest.statistics import proportion
from synthgest.training.checkpoint import load_checkpoint, read_checkpoint, save_checkpoint
from synthgest.training.generated import GeneratedClip
from synthgest.training.head import build_head
from synthgest.training.items import Batches, TrainingItems
from synthgest.training.learner import Learner
from synthgest.training.lessons import Stage, draw_up, stages
from synthgest.training.recogniser import (
    NONE,
    About,
    Recogniser,
    is_finished,
    load_recogniser,
    take_over,
    take_over_head,
)
from synthgest.training.settings import TrainSettings
from synthgest.training.team import Team

_SAVED = 120.0  # seconds between checkpoints
_LOOKED = 4  # frames of a clip in a step, where an encoder takes any number
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
    dataset: LabelledSet,
    out: str | Path,
    settings: TrainSettings,
    *,
    labels: LabelMode = "none",
    scores: str = "",
    negatives: Sequence[LabelledSet] = (),
    real: LabelledSet | None = None,
    start: str | Path | None = None,
    keep_head: bool = True,
    cache: FrameCache | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Recogniser:
    """Train an encoder and a head on the clips of a data set, and keep both in the folder ``out``.

    labels, scores: as in ``Dataset.torch``. negatives: clips that show none of the classes; with them the recogniser has the class
    ``none`` too. real: clips of the same classes that were filmed; see ``TrainSettings.real``. start: a finished run
    of the same encoder, whose weights are begun with; keep_head: and whose head too where it has the same classes. cache: of
    decoded frames; one in ``out`` by default. A run that was interrupted goes on by the same call. In processes that torchrun
    started, one for each device, all take part in every step. Raises ConfigChanged if ``out`` holds another run.
    """
    folder, team = Path(out), Team()
    classes = dataset.class_entries
    if len(classes) < 2 and not negatives:
        raise SpecError(
            f"{len(classes)} class is not enough to learn from; expected 2, or clips of none with negatives"
        )
    if settings.batch % team.size:
        raise SpecError(f"batch is {settings.batch}; expected a multiple of the {team.size} processes that train")
    synthetic, watched = draw_up(dataset, negatives, settings, labels, scores)
    course = stages(synthetic, real, settings)
    plan: dict[str, Any] = {"labels": labels, "clips": {stage.name: stage.digest for stage in course}}
    encoder = load_encoder(settings.encoder, settings.encoder_settings)
    plan["start"] = None if start is None else take_over(start, encoder)
    if settings.mix != "none" and isinstance(encoder, Taught):
        raise SpecError(
            f"mix is {settings.mix!r}, but {settings.encoder!r} learns where joints are; expected mix = none"
        )
    texts = [entry.phrase or entry.name for entry in classes] + [NONE] * bool(negatives)
    torch.manual_seed(settings.seed)
    head = build_head(settings.head, encoder, texts)
    if start is not None and keep_head:
        plan["start_head"] = take_over_head(start, head, settings.head, classes, rejects=bool(negatives))
    if team.leads:
        _require_plan(folder, {**asdict(settings), **plan})
    team.wait()
    if is_finished(folder):
        return load_recogniser(folder)
    desk = Desk(encoder, head, settings, classes, folder, cache, progress, team)
    seconds = desk.learn(course)
    about = About(
        settings=settings,
        classes=classes,
        rejects=bool(negatives),
        data={
            **plan,
            "trained_on": {stage.name: len(stage.clips) for stage in course},
            "from": {
                "classes": dataset.described,
                "none": [each.described for each in negatives],
                "real": None if real is None else real.described,
            },
        },
        versions={name: version(name) for name in ("synthgest", "torch", "torchvision", "numpy")},
        results={"seconds": round(seconds, 1)},
    )
    made = Recogniser(encoder, encoder.module, desk.head, about)
    if team.leads:
        if watched:
            lost: list[LabelledClip] = []
            found = made.probabilities(watched, corrupt=lambda clip, _: lost.append(clip)).argmax(axis=1)
            results = dict(about.results)
            if lost:
                results["unreadable"] = len(lost)
            if len(found):
                hits = int((found == [clip.label for clip in watched if clip not in lost]).sum())
                results["validation"] = asdict(proportion(hits, len(found)))
            made.about = dataclasses.replace(about, results=results)
        made.save(folder)
        (folder / _CHECKPOINT).unlink(missing_ok=True)
    team.wait()
    return made


class Desk:
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
        team: Team,
    ) -> None:
        self.encoder, self.head = encoder, head
        self._settings, self._classes, self._folder, self._progress = settings, classes, folder, progress
        self._cache, self._team = cache or FrameCache(folder=folder / "frames"), team
        self._seconds = 0.0
        self._frames = _frames(encoder, settings)

    def learn(self, course: Sequence[Stage]) -> float:
        """Take all steps that are left; returns the seconds that the run took, those before an interruption too."""
        checkpoint = self._folder / _CHECKPOINT
        begun = read_checkpoint(checkpoint) if checkpoint.exists() else {"stage": 0, "step": 0, "seconds": 0.0}
        self._seconds = float(begun["seconds"])
        for number, stage in enumerate(course):
            if number < begun["stage"]:
                continue
            learner = Learner(self.encoder, self.head, self._settings, steps=stage.steps, lr=stage.lr, team=self._team)
            done = 0
            if number == begun["stage"] and checkpoint.exists():
                load_checkpoint(checkpoint, learner.parts, learner.optimizer)
                done = int(begun["step"])
            self._team.wait()  # until all have read it
            self._take_steps(learner, stage, number, done)
            learner.settle()
        return self._seconds

    def _take_steps(self, learner: Learner, stage: Stage, number: int, done: int) -> None:
        loader = self._loader(stage, number, done)
        began, saved, before = time.monotonic(), time.monotonic(), self._seconds
        recent: list[dict[str, float]] = []
        with self._board(stage, done) as board:
            for step, batch in enumerate(_read(loader), start=done + 1):
                recent.append(learner.step(step - 1, batch))
                if step == stage.steps or step % _TOLD == 0:
                    losses = {name: float(np.mean([each[name] for each in recent])) for name in recent[0]}
                    for name, value in losses.items():
                        board.add_scalar(name, value, step)
                    recent.clear()
                    if self._progress is not None:
                        self._progress(Progress(stage=stage.name, step=step, steps=stage.steps, losses=losses))
                self._seconds = before + time.monotonic() - began
                if self._team.leads and (step == stage.steps or time.monotonic() - saved > _SAVED):
                    saved = time.monotonic()
                    state = {"stage": number, "step": step, "seconds": self._seconds}
                    save_checkpoint(self._folder / _CHECKPOINT, learner.parts, learner.optimizer, state)

    def _loader(self, stage: Stage, number: int, done: int) -> DataLoader[dict[str, torch.Tensor]]:
        settings, team = self._settings, self._team
        lesson = stage.lessons[0]
        for other in stage.lessons[1:]:
            lesson += other
        seed = settings.seed + number
        items = TrainingItems(lesson, self._classes, self.encoder, flip=settings.flip, seed=seed, cache=self._cache)
        draws = Batches(
            RatioSampler([range(len(each.clips)) for each in stage.lessons], stage.shares, seed=seed),
            steps=range(done, stage.steps),
            batch=settings.batch,
            frames=self._frames,
            stills=0.0 if self.encoder.fixed else settings.stills,
            seed=seed,
            part=(team.rank, team.size),
        )
        drawn = any(isinstance(clip, GeneratedClip) for clip in lesson.clips)
        how = "spawn" if drawn and settings.workers else None  # what OpenGL holds does not outlive a fork
        return DataLoader(items, batch_sampler=draws, num_workers=settings.workers, multiprocessing_context=how)

    def _board(self, stage: Stage, done: int) -> Any:
        """TensorBoard's writer; a process that does not lead writes into its own corner."""
        corner = stage.name if self._team.leads else f"{stage.name}-{self._team.rank}"
        return SummaryWriter(str(self._folder / "tensorboard" / corner), purge_step=done or None)


def _read(loader: DataLoader[dict[str, torch.Tensor]]) -> Iterator[dict[str, torch.Tensor]]:
    """Batches; what a worker says of a clip that cannot be read, without where in the code that was."""
    try:
        yield from loader
    except CorruptClip as error:
        reason = str(error).strip().splitlines()[-1].rpartition("CorruptClip: ")[2]
        raise DatasetError(f"a clip to learn from cannot be read: {reason}; leave it out, or make it anew") from error


def _frames(encoder: Encoder, settings: TrainSettings) -> int:
    """Of a clip in a step."""
    own = encoder.mark.frames
    if encoder.fixed and settings.frames not in (0, own):
        raise SpecError(f"frames is {settings.frames}, but the encoder {settings.encoder!r} looks at {own} of a clip")
    return settings.frames or (own if encoder.fixed else min(own, _LOOKED))


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
