"""The seam of labelled clips: what training, scoring and evaluation ask of a clip, be it generated or filmed."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from synthgest.data.manifest import ClassEntry
from synthgest.frames import Frames
from synthgest.labels import LabelMode


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
    def groups(self) -> Mapping[str, str]:
        """What it may have in common with other clips, by grouping (``synthgest.data.splits.GROUPINGS``)."""
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
