"""What a run learns from, and in what order: data sets become lessons, lessons become stages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthgest.data.labelled import LabelledClip, LabelledSet
from synthgest.data.splits import split
from synthgest.errors import SpecError
from synthgest.labels import LabelMode
from synthgest.training.settings import TrainSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Clips to learn from, with label rows (N, K) that sum to 1 and weights (N,)."""

    clips: tuple[LabelledClip, ...]
    labels: NDArray[np.float64]
    weights: NDArray[np.float64]

    def __add__(self, other: "Lesson") -> "Lesson":
        """Both, one after the other."""
        return Lesson(
            clips=self.clips + other.clips,
            labels=np.concatenate([self.labels, other.labels]),
            weights=np.concatenate([self.weights, other.weights]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Steps of one kind. lessons: with their shares of every turn. lr: the highest learning rate."""

    name: str
    lessons: tuple[Lesson, ...]
    shares: tuple[float, ...]
    steps: int
    lr: float

    @property
    def clips(self) -> tuple[LabelledClip, ...]:
        """All that are learned from."""
        return tuple(clip for lesson in self.lessons for clip in lesson.clips)

    @property
    def digest(self) -> str:
        """16 hexadecimal digits over the clips, their labels and weights."""
        lines = "\n".join(f"{clip.id} {clip.label}" for clip in self.clips)
        digest = hashlib.sha256(lines.encode())
        for lesson in self.lessons:
            digest.update(lesson.labels.tobytes() + lesson.weights.tobytes())
        return digest.hexdigest()[:16]


def draw_up(
    dataset: LabelledSet,
    negatives: Sequence[LabelledSet],
    settings: TrainSettings,
    labels: LabelMode,
    scores: str,
) -> tuple[list[Lesson], tuple[LabelledClip, ...]]:
    """Clips of the classes and, if there are any, those of none; and the clips that are kept aside to watch.

    Of negatives the label is the last column.
    """
    clips = dataset.clips
    if not clips:
        raise SpecError(f"{dataset!r} has no clips to learn from")
    taught = {entry.name for entry in dataset.class_entries}
    both = sorted(taught.intersection(entry.name for others in negatives for entry in others.class_entries))
    if both:
        raise SpecError(f"{', '.join(both)} shall be learned and rejected; leave it out of one of the two")
    rows, weights = dataset.targets(labels, scores=scores)
    rows = _widened(rows, rows.shape[1] + bool(negatives))
    aside: set[str] = set()
    if settings.validation:
        shares = {"train": 1 - settings.validation, "validation": settings.validation}
        apart = split(clips, fractions=shares, group_by=settings.group_by, seed=settings.seed)
        aside = {clip.id for clip in apart["validation"]}
        missing = {clip.label for clip in clips} - {clip.label for clip in apart["train"]}
        if missing:
            names = ", ".join(sorted({clip.gesture for clip in clips if clip.label in missing}))
            raise SpecError(
                f"all clips of {names} share their {' or '.join(settings.group_by)}, so that none can be kept aside without all; "
                "set validation = 0, or group_by to something else"
            )
    kept = np.array([clip.id not in aside for clip in clips])
    lesson = Lesson(
        clips=tuple(clip for clip in clips if clip.id not in aside), labels=rows[kept], weights=weights[kept]
    )
    return [lesson, *_of_none(negatives, rows.shape[1])], tuple(clip for clip in clips if clip.id in aside)


def _of_none(negatives: Sequence[LabelledSet], columns: int) -> list[Lesson]:
    clips = tuple(clip for others in negatives for clip in others.clips)
    if not clips:
        return []
    return [Lesson(clips=clips, labels=np.eye(columns)[[-1] * len(clips)], weights=np.ones(len(clips)))]


def stages(synthetic: Sequence[Lesson], real: LabelledSet | None, settings: TrainSettings) -> list[Stage]:
    """The synthetic clips; then, or among them, all that were filmed, which are too few to keep any aside."""
    shares = (1.0,) if len(synthetic) == 1 else (1 - settings.negative_share, settings.negative_share)
    first = Stage(name="synthetic", lessons=tuple(synthetic), shares=shares, steps=settings.steps, lr=settings.lr)
    if real is None:
        return [first]
    rows, weights = real.targets()
    filmed = Lesson(clips=tuple(real.clips), labels=_widened(rows, synthetic[0].labels.shape[1]), weights=weights)
    if settings.real == "mixed":
        drawn = [share * (1 - settings.real_share) for share in shares]
        return [replace(first, name="mixed", lessons=(*first.lessons, filmed), shares=(*drawn, settings.real_share))]
    steps, lr = max(1, round(settings.steps * settings.real_steps)), settings.lr * settings.real_lr
    return [first, Stage(name="real", lessons=(filmed,), shares=(1.0,), steps=steps, lr=lr)]


def _widened(rows: NDArray[np.float64], columns: int) -> NDArray[np.float64]:
    return np.hstack([rows, np.zeros((len(rows), columns - rows.shape[1]))])
