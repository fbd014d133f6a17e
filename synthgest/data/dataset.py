"""A data set on disk as a value: its classes, and clips whose frames and ground truth are read on request."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from synthgest.data.labelled import shown_frames
from synthgest.data.manifest import ClassEntry, Manifest, manifest_path, read_manifest
from synthgest.data.publish import file_digest
from synthgest.data.records import Failure, Record, clip_path, provenance_groups, read_record, record_ids
from synthgest.data.video import read_frames, read_video, tsn_indices
from synthgest.errors import CorruptClip, DatasetError, FrameError, SpecError
from synthgest.frames import Frames
from synthgest.labels import WEIGHT, LabelMode, Normalisation, Uncertainty, smoothed

if TYPE_CHECKING:
    from synthgest.data.torch_view import ClipDataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A published clip. record: all that is known of it. label: the stable id of its class. folder: of its data set."""

    record: Record
    label: int
    folder: Path

    @property
    def id(self) -> str:
        """20 hexadecimal digits over all that the clip depends on."""
        return self.record.id

    @property
    def gesture(self) -> str:
        """Full name of the class."""
        return self.record.gesture

    @property
    def length(self) -> int:
        """Frames."""
        return self.record.frames

    @property
    def content(self) -> str:
        """SHA-256 of the video file."""
        return self.record.sha256

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """What the record says that other clips may share; a performance of keyframes is shared with none."""
        return provenance_groups(self.record)

    @property
    def shown(self) -> tuple[int, int]:
        """The first and the last frame between which the gesture is shown."""
        return shown_frames(self.record.provenance.get("keyframes") or (), self.record.fps, self.length)

    @property
    def path(self) -> Path:
        """The video file."""
        return clip_path(self.folder, self.record.id, ".mp4")

    def frames(self) -> Frames:
        """All frames, (T, H, W, 3) uint8 RGB. CorruptClip if there are fewer than were published."""
        try:
            frames, _ = read_video(self.path)
        except FrameError as error:
            raise CorruptClip(self.record.id, str(error)) from error
        expected = (self.record.frames, self.record.height, self.record.width, 3)
        if frames.shape != expected:
            raise CorruptClip(self.record.id, f"{self.path} holds frames {frames.shape}; its record says {expected}")
        return frames

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Some frames (N, H, W, 3) uint8 RGB, by their numbers from 0. CorruptClip if the video ends before them."""
        try:
            return read_frames(self.path, numbers)
        except FrameError as error:
            raise CorruptClip(self.record.id, str(error)) from error

    def sampled(self, count: int) -> Frames:
        """``count`` frames, the centre of each of as many equal parts (TSN)."""
        return self.frames_at(tsn_indices(self.record.frames, count))

    def truth(self) -> dict[str, NDArray[Any]]:
        """Ground truth arrays, named as in ``synthgest.types.TRUTH``; empty where the engine knew none."""
        if not self.record.truth_sha256:
            return {}
        path = clip_path(self.folder, self.record.id, ".npz")
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as error:
            raise CorruptClip(self.record.id, f"cannot read {path}: {error}") from error

    def verify(self) -> None:
        """Compare both files with the hashes in the record; CorruptClip if they differ.

        Only a stored hash finds flipped bytes: such a video decodes without an error.
        """
        expected = {".mp4": self.record.sha256, ".npz": self.record.truth_sha256}
        for suffix, digest in expected.items():
            path = clip_path(self.folder, self.record.id, suffix)
            if not digest:
                continue
            if not path.exists():
                raise CorruptClip(self.record.id, f"{path} is missing")
            if file_digest(path) != digest:
                raise CorruptClip(self.record.id, f"{path} is not the file that was published (SHA-256 differs)")


class Dataset:
    """A folder that ``synthgest generate`` wrote: ``for clip in Dataset("out"): clip.frames()``."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        manifest = read_manifest(self.folder)
        if manifest is None:
            raise DatasetError(f"{self.folder} is not a data set: it holds no {manifest_path(self.folder).name}")
        self.manifest: Manifest = manifest

    @property
    def classes(self) -> tuple[str, ...]:
        """Full names; the position is the label."""
        return tuple(entry.name for entry in self.manifest.classes)

    @property
    def class_entries(self) -> tuple[ClassEntry, ...]:
        """All that is known of the classes, in the order of their labels."""
        return self.manifest.classes

    @cached_property
    def clips(self) -> tuple[Clip, ...]:
        """All published clips, ordered by label, recipe, index and id."""
        labels = {name: label for label, name in enumerate(self.classes)}
        records = [read_record(clip_path(self.folder, clip_id, ".json"), Record) for clip_id in record_ids(self.folder)]
        if strangers := [record for record in records if record.gesture not in labels]:
            lost = strangers[0]
            raise CorruptClip(
                lost.id, f"clip {lost.id} is of {lost.gesture!r}, a class that {self.folder} does not have"
            )
        records.sort(key=lambda record: (labels[record.gesture], record.recipe, record.index, record.id))
        return tuple(Clip(record=record, label=labels[record.gesture], folder=self.folder) for record in records)

    def only(self, ids: Iterable[str]) -> "Dataset":
        """The same data set with some of its clips, such as a selection's; SpecError for an id that it does not have."""
        wanted = set(ids)
        if strangers := wanted - {clip.record.id for clip in self.clips}:
            raise SpecError(f"{self.folder} has no clip {min(strangers)!r}; the selection is of another data set")
        part = Dataset(self.folder)
        part.clips = tuple(clip for clip in self.clips if clip.record.id in wanted)
        return part

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Shots that could not be made, each with its reasons."""
        paths = sorted((self.folder / "failures").glob("*.json"))
        return tuple(read_record(path, Failure) for path in paths)

    def torch(
        self,
        *,
        labels: LabelMode = "none",
        scores: str = "",
        normalize: Normalisation = "logk",
        weight: float = WEIGHT,
        uncertainty: Uncertainty = "entropy",
        **view: Any,
    ) -> "ClipDataset":
        """The clips as a map-style ``torch.utils.data.Dataset`` of (video, label), for anybody's training loop.

        labels: a mode of ``synthgest.labels``; all but ``none`` are made of scores (``synthgest score``), of which ``scores``
        names the scorer where there are several; the other words are those of ``soft_labels``. view: see ``ViewSettings``
        (frames, sampling, transform, flip, on_corrupt, details, seed). SpecError if a clip has no score.
        """
        from synthgest.data.torch_view import ClipDataset, ViewSettings

        rows, weights = self.targets(labels, scores=scores, normalize=normalize, weight=weight, uncertainty=uncertainty)
        return ClipDataset(self.clips, self.manifest.classes, rows, weights, ViewSettings(**view))

    def targets(
        self,
        labels: LabelMode = "none",
        *,
        scores: str = "",
        normalize: Normalisation = "logk",
        weight: float = WEIGHT,
        uncertainty: Uncertainty = "entropy",
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Label rows (N, K) that sum to 1, and weights (N,), of all clips; the words are those of ``torch``."""
        if labels == "none":
            found = np.array([clip.label for clip in self], np.intp)
            return smoothed(found, np.zeros(len(self)), len(self.classes)), np.ones(len(self))
        from synthgest.scoring.store import read_scores

        read = read_scores(self, scores)
        if len(read) < len(self):
            raise SpecError(f"{len(self) - len(read)} of {len(self)} clips have no score; run `synthgest score` again")
        rows = read.soft_labels(labels, normalize=normalize, weight=weight, uncertainty=uncertainty)
        return rows, read.sample_weights(labels, normalize=normalize, uncertainty=uncertainty)

    @property
    def described(self) -> dict[str, Any]:
        """Plain values that say what it is, wherever it lies: its name, and what made it."""
        made = [{"recipe": run.recipe, "config": run.config, "seed": run.seed} for run in self.manifest.runs]
        return {"name": self.folder.name, "clips": len(self), "made": made}

    def __len__(self) -> int:
        """Number of published clips."""
        return len(self.clips)

    def __iter__(self) -> Iterator[Clip]:
        """All clips, in order."""
        return iter(self.clips)

    def __getitem__(self, index: int) -> Clip:
        """The clip at a position."""
        return self.clips[index]

    def __repr__(self) -> str:
        """Folder, number of classes and clips."""
        return f"Dataset({str(self.folder)!r}: {len(self)} clips of {len(self.classes)} gestures)"
