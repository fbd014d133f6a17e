"""The seam of labelled clips: what training, scoring and evaluation ask of a clip, be it generated or filmed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from synthgest.data.manifest import ClassEntry
from synthgest.frames import Frames
from synthgest.labels import LabelMode

_MIDDLE = (0.3, 0.7)  # of a clip: where most gestures show, for people begin and end at rest


def shown_frames(keyframes: Sequence[tuple[str, float]], fps: float, length: int) -> tuple[int, int]:
    """The first and the last frame of what keyframes (phase, seconds) show: from the first stroke to the last stroke or hold.

    Without keyframes the middle of the clip.
    """
    moments = [seconds * fps for phase, seconds in keyframes if phase in ("stroke", "hold")]
    first, last = (moments[0], moments[-1]) if moments else (part * length for part in _MIDDLE)
    begun = min(math.ceil(first), length - 1)
    return begun, max(begun, min(math.floor(last), length - 1))


class LabelledClip(Protocol):
    """A clip with its class: ``Clip`` of a data set that synthgest made, ``RealClip`` of any other."""

    @property
    def id(self) -> str:
        """Unique in its data set."""
        ...

    @property
    def gesture(self) -> str:
        """Name of its class."""
        ...

    @property
    def label(self) -> int:
        """Number of its class."""
        ...

    @property
    def length(self) -> int:
        """Frames that it has."""
        ...

    @property
    def content(self) -> str:
        """SHA-256 of its files."""
        ...

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """What it may have in common with other clips, by grouping (``synthgest.data.splits.GROUPINGS``)."""
        ...

    @property
    def shown(self) -> tuple[int, int]:
        """The first and the last frame between which the gesture is shown, as far as that is known."""
        ...

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Some frames (N, H, W, 3) uint8 RGB, by their numbers from 0. CorruptClip if they cannot be read."""
        ...

    def truth(self) -> Mapping[str, NDArray[Any]]:
        """Ground truth, named as in ``synthgest.types.TRUTH``; empty where nothing is known."""
        ...


class LabelledSet(Protocol):
    """Clips of some classes: ``Dataset``, ``RealDataset``, or a plan of clips that are drawn when they are read."""

    @property
    def clips(self) -> Sequence[LabelledClip]:
        """All, in order."""
        ...

    @property
    def class_entries(self) -> tuple[ClassEntry, ...]:
        """The classes, in the order of their numbers."""
        ...

    @property
    def described(self) -> Mapping[str, Any]:
        """Plain values that say what it is, wherever it lies."""
        ...

    def targets(
        self, labels: LabelMode = "none", *, scores: str = ""
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Label rows (N, K) that sum to 1, and weights (N,)."""
        ...

    def __len__(self) -> int:
        """Clips."""
        ...
