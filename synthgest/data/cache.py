"""Decoded frames kept on disk: found by what a video holds, bounded in size, the least lately used dropped first."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synthgest.data.labelled import LabelledClip
from synthgest.data.storage import make_folder, write_whole
from synthgest.errors import SpecError
from synthgest.frames import Frames

_GIGABYTE = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCache:
    """A folder of decoded clips, for loaders that read the same clips epoch after epoch.

    folder: anywhere, several data sets and processes may share it, and it may be removed at any time. gigabytes: it grows no
    larger. Worth it on a fast disk with room: decoded frames are some hundred times the size of the video.
    """

    folder: Path
    gigabytes: float = 20.0

    def __post_init__(self) -> None:
        if not self.gigabytes > 0:
            raise SpecError(f"gigabytes is {self.gigabytes}; expected more than 0")

    def frames_at(self, clip: LabelledClip, numbers: Sequence[int]) -> Frames:
        """What ``clip.frames_at(numbers)`` gives: read from the cache, or decoded whole and kept for the next time."""
        path = self.folder / clip.content[:2] / f"{clip.content}.npy"
        with contextlib.suppress(
            OSError, EOFError, ValueError, IndexError
        ):  # not there, dropped meanwhile, or not whole
            frames: Frames = np.load(path, mmap_mode="r", allow_pickle=False)
            path.touch()
            return np.ascontiguousarray(frames[list(numbers)])
        frames = clip.frames_at(range(clip.length))
        self._keep(path, frames)
        return frames[list(numbers)]

    def _keep(self, path: Path, frames: Frames) -> None:
        most = self.gigabytes * _GIGABYTE
        if frames.nbytes > most:
            return
        make_folder(path.parent)
        self._shrink(most - frames.nbytes)
        write_whole(path, lambda part: _save(part, frames), flush=False)

    def _shrink(self, most: float) -> None:
        """Drop what was used longest ago until the rest is no larger than ``most`` bytes."""
        found = []
        for path in self.folder.glob("??/*.npy"):
            with contextlib.suppress(OSError):  # dropped by another process
                state = path.stat()
                found.append((state.st_mtime_ns, state.st_size, path))
        size = sum(each for _, each, _ in found)
        for _, each, path in sorted(found):
            if size <= most:
                return
            path.unlink(missing_ok=True)
            size -= each


def _save(part: Path, frames: Frames) -> None:
    with part.open("wb") as file:
        np.save(file, frames, allow_pickle=False)
