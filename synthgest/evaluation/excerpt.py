"""Excerpts: some frames of a clip as a clip of their own, such as a single picture."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from synthgest.data.labelled import LabelledClip
from synthgest.errors import SpecError
from synthgest.frames import Frames


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The frames ``first`` to ``last`` of a clip, from 0, both within."""

    clip: LabelledClip
    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last < self.clip.length:
            raise SpecError(
                f"frames {self.first} to {self.last} of {self.clip.id} are asked for, which has {self.clip.length}"
            )

    @classmethod
    def still(cls, clip: LabelledClip) -> "Excerpt":
        """The picture in the middle of what is shown."""
        middle = sum(clip.shown) // 2
        return cls(clip, middle, middle)

    @property
    def id(self) -> str:
        """Of the clip and the frames."""
        return f"{self.clip.id} {self.first}-{self.last}"

    @property
    def gesture(self) -> str:
        """Of the clip."""
        return self.clip.gesture

    @property
    def label(self) -> int:
        """Of the clip."""
        return self.clip.label

    @property
    def length(self) -> int:
        """Frames."""
        return self.last - self.first + 1

    @property
    def content(self) -> str:
        """Of what it shows."""
        return hashlib.sha256(f"{self.clip.content} {self.first}-{self.last}".encode()).hexdigest()

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Of the clip."""
        return self.clip.groups

    @property
    def shown(self) -> tuple[int, int]:
        """All of it."""
        return 0, self.length - 1

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Frames (N, H, W, 3) uint8 RGB, by their numbers from 0 in the excerpt."""
        return self.clip.frames_at([self.first + number for number in numbers])

    def truth(self) -> Mapping[str, NDArray[Any]]:
        """That of its frames."""
        return {name: rows[self.first : self.last + 1] for name, rows in self.clip.truth().items()}
