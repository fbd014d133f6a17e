"""Classes as clips: a sample is as alike to a class as to the class's nearest reference clips, none of them its own relatives."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.data.ahead import batches
from synthgest.data.dataset import Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.data.real.dataset import open_dataset
from synthgest.data.splits import RELATIVES, groups_of
from synthgest.errors import SpecError
from synthgest.scoring.sample import Sample, sample

Floats = NDArray[np.float32]

TEMPERATURE = 1 / 0.07
"""What similarities are multiplied by before the softmax: exp(similarity / 0.07), as KNN on frozen features votes."""

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """A sample that was read. feature: what was made of it, or None for a reference whose feature is known. sample: itself."""

    sample: Sample
    feature: Any


class References:
    """Reference clips of all classes, compared by features.

    prepare: reads a sample. embed: features (N, D) of N prepared ones. nearest: how many references of each class count.
    source: another data set, or empty: then the data set's own clips are each other's references.
    """

    def __init__(
        self,
        dataset: Dataset,
        source: str,
        *,
        frames: int,
        nearest: int,
        prepare: Callable[[Sample], Any],
        embed: Callable[[Sequence[Any]], Floats],
    ) -> None:
        if nearest < 1:
            raise SpecError(f"nearest is {nearest}; expected at least 1 reference clip")
        self._frames, self._nearest, self._prepare, self._embed = frames, nearest, prepare, embed
        self._clips = _reference_clips(dataset, source)
        self._labels = np.array([clip.label for clip in self._clips], np.intp)
        self._count = len(dataset.classes)
        least = 1 if source else 2  # one that is not the clip itself
        counts = np.bincount(self._labels, minlength=self._count)
        if (counts < least).any():
            name = dataset.classes[int(counts.argmin())]
            raise SpecError(
                f"{source or dataset.folder} has {counts.min()} clips of {name!r}; expected at least {least}"
            )
        self._members: dict[str, list[int]] = {}
        for number, clip in enumerate(self._clips):
            for group in _groups(clip):
                self._members.setdefault(group, []).append(number)
        self._features: Floats | None = None
        self._mean: Floats | None = None
        self._known: dict[Any, int] = {}

    @property
    def digest(self) -> str:
        """SHA-256 over labels and contents of all reference clips, and how many of them count."""
        lines = sorted(f"{clip.label} {clip.content}" for clip in self._clips)
        return hashlib.sha256("\n".join([str(self._nearest), *lines]).encode()).hexdigest()

    def prepare(self, wanted: Sample) -> Seen:
        """Read a sample, unless it is a reference that was read before."""
        known = self._features is not None and wanted.key in self._known
        return Seen(wanted, None if known else self._prepare(wanted))

    def cosines(self, seen: Sequence[Seen]) -> Floats:
        """(N, K): the mean cosine with the nearest references of each class; features are taken from the classes' common mean.

        A class of which no unrelated reference is left has -1.
        """
        features, mean = self._learnt()
        fresh = [each.feature for each in seen if each.feature is not None]
        made = iter(self._embed(fresh) if fresh else ())
        rows = np.stack(
            [
                features[self._known[each.sample.key]] if each.feature is None else _unit(next(made) - mean)
                for each in seen
            ]
        )
        similar = rows @ features.T
        for number, each in enumerate(seen):
            similar[number, self._related(each.sample.clips)] = -np.inf
        return np.stack([self._closest(similar[:, self._labels == label]) for label in range(self._count)], axis=1)

    def _closest(self, similar: Floats) -> Floats:
        top = np.sort(similar, axis=1)[:, -self._nearest :]
        there = np.isfinite(top)
        total = np.where(there, top, 0).sum(axis=1)
        return np.where(there.any(axis=1), total / np.maximum(there.sum(axis=1), 1), -1).astype(np.float32)

    def _related(self, clips: Iterable[LabelledClip]) -> list[int]:
        return [number for clip in clips for group in _groups(clip) for number in self._members.get(group, ())]

    def _learnt(self) -> tuple[Floats, Floats]:
        """Features of all references, read once, when the first sample is compared."""
        if self._features is None or self._mean is None:
            samples = [sample(clip, self._frames) for clip in self._clips]
            parts = [
                self._embed([ready for _, ready in batch]) for batch in batches(samples, self._prepare, size=_BATCH)
            ]
            raw = np.concatenate(parts).astype(np.float32)
            self._mean = np.mean([raw[self._labels == label].mean(axis=0) for label in range(self._count)], axis=0)
            self._known = {each.key: number for number, each in enumerate(samples)}
            self._features = _unit(raw - self._mean)
        return self._features, self._mean


def _reference_clips(dataset: Dataset, source: str) -> Sequence[LabelledClip]:
    if not source:
        return dataset.clips
    return open_dataset(Path(source).expanduser(), like=dataset, strangers="drop").clips


def _groups(clip: LabelledClip) -> frozenset[str]:
    return frozenset(f"{grouping} {name}" for grouping in RELATIVES for name in groups_of(clip, grouping))


def _unit(features: Floats) -> Floats:
    length = np.linalg.norm(features, axis=-1, keepdims=True)
    unit: Floats = (features / np.maximum(length, 1e-12)).astype(np.float32)
    return unit
