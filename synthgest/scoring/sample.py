"""A sample: the frames at which a scorer looks, of one clip or of several, read only when they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.data.labelled import LabelledClip
from synthgest.data.video import tsn_indices

Picture = NDArray[np.uint8]
"""A frame, (H, W, 3) RGB."""


@dataclass(frozen=True, slots=True)
class Part:
    """Frames of one clip, by their numbers, which may come in any order and more than once. black: they show nothing."""

    clip: LabelledClip
    numbers: tuple[int, ...]
    black: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """Parts that follow one another."""

    parts: tuple[Part, ...]

    @property
    def key(self) -> tuple[tuple[str, tuple[int, ...], bool], ...]:
        """The same for samples that show the same."""
        return tuple((part.clip.id, part.numbers, part.black) for part in self.parts)

    @property
    def clips(self) -> tuple[LabelledClip, ...]:
        """What it shows."""
        return tuple(part.clip for part in self.parts)

    def frames(self) -> list[Picture]:
        """The frames (H, W, 3) uint8 RGB, which may differ in size between parts. CorruptClip if they cannot be read."""
        return [frame for part in self.parts for frame in _pictures(part)]

    def truth(self, name: str) -> NDArray[np.float32] | None:
        """Ground truth (T, ...) of the frames, NaN where they are black; None if a clip has no truth of that name."""
        rows = []
        for part in self.parts:
            known = part.clip.truth().get(name)
            if known is None:
                return None
            chosen = known[list(part.numbers)].astype(np.float32)
            rows.append(np.full_like(chosen, np.nan) if part.black else chosen)
        return np.concatenate(rows)


def sample(clip: LabelledClip, count: int) -> Sample:
    """``count`` frames of a clip, the centres of as many equal parts (TSN)."""
    return Sample((Part(clip, tuple(tsn_indices(clip.length, count))),))


def _pictures(part: Part) -> Iterator[Picture]:
    frames = part.clip.frames_at(part.numbers)
    return iter(np.zeros_like(frames) if part.black else frames)
