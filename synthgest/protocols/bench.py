"""Where trials are carried out: what several of them need is trained once and kept, and features are computed once."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthgest.data.cache import FrameCache
from synthgest.data.device import best_device
from synthgest.data.labelled import LabelledClip, LabelledSet
from synthgest.data.storage import locked, make_folder
from synthgest.encoders import load_encoder
from synthgest.encoders.encoder import Encoder
from synthgest.evaluation.extraction import features, snippet_features
from synthgest.labels import LabelMode
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Answers, Outcome, Trial, answers, digest
from synthgest.training.recogniser import Recogniser, load_recogniser, read_about
from synthgest.training.run import Progress, train
from synthgest.training.settings import TrainSettings

Tell = Callable[[str, int, int], None]
"""Told a task's name, how much more of it is done, and of how much."""

Floats = NDArray[np.float32]


class Bench:
    """The folder of an experiment as its trials use it. keep: trials' own weights too, which are removed once they were asked."""

    def __init__(self, home: Path, terms: Terms, *, cache: Path | None = None, keep: bool = False, tell: Tell) -> None:
        self.terms = terms
        self.tell = tell
        self._home, self._keep = home, keep
        self._features = cache or home / "features"
        self._began, self._steps, self._learned = time.monotonic(), 0, 0

    def begin(self) -> None:
        """Costs are counted from here."""
        self._began, self._steps, self._learned = time.monotonic(), 0, 0

    def outcome(self, trial: Trial, *found: Answers, **figures: object) -> Outcome:
        """What a trial found, with what it cost since ``begin``; its weights are removed."""
        self.forget(trial)
        return Outcome(
            trial=trial,
            answers=found,
            figures=figures,
            seconds=round(time.monotonic() - self._began, 1),
            steps=self._steps,
            clips=self._learned,
        )

    def folder(self, *parts: str) -> Path:
        """A folder of the experiment that is kept, made where it is not there; parts are ours, never a class's name."""
        path = self._home.joinpath(*parts)
        make_folder(path)
        return path

    def forget(self, trial: Trial) -> None:
        """Remove what a trial trained for itself, unless all is kept."""
        if not self._keep:
            shutil.rmtree(self._home / "runs" / trial.id, ignore_errors=True)

    def pretrained(self, dataset: LabelledSet, settings: TrainSettings) -> Path:
        """The run that learned a data set by these settings: trained by the trial that needs it first, and kept for the others."""
        labels = self.terms.labels_of(dataset)
        key = digest([content(dataset), asdict(settings), labels, self.terms.scores])
        folder = self._home / "pretrained" / key
        make_folder(folder.parent)
        with locked(folder.parent / f".lock-{key}"):
            self._train(f"pretraining {key[:6]}", dataset, folder, settings, labels=labels)
        return folder

    def trained(
        self,
        trial: Trial,
        dataset: LabelledSet,
        settings: TrainSettings,
        *,
        start: Path | None = None,
        keep_head: bool = False,
        real: LabelledSet | None = None,
        labels: LabelMode | None = None,
    ) -> Recogniser:
        """What a trial trains for itself.

        keep_head: whether the head of ``start`` goes on too. labels: how they are smoothed, where the terms do not say it.
        """
        folder, mode = self._home / "runs" / trial.id, labels or self.terms.labels_of(dataset)
        return self._train(
            trial.name, dataset, folder, settings, start=start, keep_head=keep_head, real=real, labels=mode
        )

    def asked(self, test: str, recogniser: Recogniser, clips: Sequence[LabelledClip]) -> Answers:
        """What a recogniser says of the clips of a test."""
        found = recogniser.probabilities(clips, progress=lambda count: self.tell(f"asking {test}", count, len(clips)))
        return answers(test, clips, found, recogniser.classes)

    def asked_of(self, run: Path, test: str, clips: Sequence[LabelledClip]) -> Answers:
        """What a finished run says of the clips of a test."""
        return self.asked(test, load_recogniser(run), clips)

    def encoder(self, start: Path | None, settings: TrainSettings) -> Encoder:
        """The encoder of a run, or as it begins."""
        return load_recogniser(start).encoder if start else load_encoder(settings.encoder, settings.encoder_settings)

    def seen(self, encoder: Encoder, clips: Sequence[LabelledClip]) -> Floats:
        """Features (N, D), kept by weights and content."""
        name = f"features of {len(clips)} clips"
        found, _ = features(
            encoder,
            clips,
            cache=self._features,
            device=best_device(),
            progress=lambda count: self.tell(name, count, len(clips)),
        )
        return found

    def seen_in_parts(
        self, encoder: Encoder, clips: Sequence[LabelledClip], cut: Callable[[int], Sequence[tuple[int, int]]]
    ) -> list[Floats]:
        """Features (S, D) of the parts of each clip; cut: from a number of frames to their first and last frames."""
        found, mark, device = [], encoder.mark, best_device()
        for clip in clips:
            spans = cut(clip.length)
            found.append(snippet_features(encoder, mark, clip, spans, cache=self._features / "parts", device=device))
            self.tell(f"parts by {mark.encoder}", 1, len(clips))
        return found

    def _train(
        self,
        name: str,
        dataset: LabelledSet,
        folder: Path,
        settings: TrainSettings,
        *,
        start: Path | None = None,
        keep_head: bool = False,
        real: LabelledSet | None = None,
        labels: LabelMode,
    ) -> Recogniser:
        done: dict[str, int] = {}

        def told(progress: Progress) -> None:
            self.tell(f"{name}: {progress.stage}", progress.step - done.get(progress.stage, 0), progress.steps)
            done[progress.stage] = progress.step

        made = train(
            dataset,
            folder,
            settings,
            labels=labels,
            scores=self.terms.scores if labels != "none" else "",
            start=start,
            keep_head=keep_head,
            real=real,
            cache=FrameCache(folder=self._home / "frames"),
            progress=told,
        )
        self._steps += sum(done.values())
        self._learned += sum(read_about(folder).data["trained_on"].values()) if done else 0
        return made


def content(dataset: LabelledSet) -> str:
    """16 hexadecimal digits over the clips of a data set, what they show, their labels and classes."""
    clips = [[clip.id, clip.content, clip.label] for clip in dataset.clips]
    return digest([clips, [asdict(entry) for entry in dataset.class_entries]])


def fine_tuning(settings: TrainSettings) -> TrainSettings:
    """Settings for real clips after synthetic ones: fewer steps, and smaller ones."""
    return replace(
        settings, steps=max(1, round(settings.steps * settings.real_steps)), lr=settings.lr * settings.real_lr
    )
