"""A real clip as a value, and the entry that a reader finds for it before classes have numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from synthgest.data.labelled import shown_frames
from synthgest.data.real.media import Media
from synthgest.errors import CorruptClip, FrameError
from synthgest.frames import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a reader finds: where a clip lies, and what the source says of it.

    id: unique in the source, such as the path below its folder. name: of the class, in the source's own words. split: that
    the source puts it in, or empty. groups: what it shares with others, by grouping.
    """

    id: str
    name: str
    media: Media
    split: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RealClip:
    """A clip that was filmed. label: the number of its class. split: that its source puts it in, or empty."""

    id: str
    gesture: str
    label: int
    media: Media
    split: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Frames. CorruptClip if the file cannot be read."""
        try:
            return self.media.length
        except FrameError as error:
            raise CorruptClip(self.id, str(error)) from error

    @property
    def content(self) -> str:
        """SHA-256 of the files."""
        return self.media.content

    @property
    def shown(self) -> tuple[int, int]:
        """Its middle: nobody wrote down when the gesture begins."""
        return shown_frames((), 1.0, self.length)

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Some frames (N, H, W, 3) uint8 RGB, by their numbers from 0. CorruptClip if they cannot be read."""
        try:
            return self.media.frames_at(numbers)
        except FrameError as error:
            raise CorruptClip(self.id, str(error)) from error

    def truth(self) -> Mapping[str, NDArray[Any]]:
        """Nothing: nobody measured it."""
        return {}
