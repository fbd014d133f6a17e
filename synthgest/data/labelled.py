"""The seam of labelled clips: what training, scoring and evaluation ask of a clip, be it generated or filmed."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from synthgest.frames import Frames


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
