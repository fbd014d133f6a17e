"""Arrays kept on disk, as decoded frames are: found by what they were made from, the least lately used dropped first."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from synthgest.data.labelled import LabelledClip
from synthgest.data.storage import make_folder, write_whole
from synthgest.errors import SpecError
from synthgest.frames import Frames

_GIGABYTE = 10**9
_SPARE = 0.05  # of a full cache, dropped with what is in the way, so that not every clip has to make room for itself
_WRITERS = 8  # processes that may fill the same room at once
_SHORT = 64  # frames; a clip of no more is decoded whole
_LARGEST = 5 * 10**8  # bytes of one that is; of longer films only what is asked for, each time


@dataclass(slots=True)
class _Room:
    """left: bytes that this process may still write before it looks again at how large the folder is."""

    left: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayCache:
    """A folder of named arrays, for what is made once and read often.

    folder: anywhere, several processes may share it, and it may be removed at any time. gigabytes: it grows no larger.
    """

    folder: Path
    gigabytes: float = 20.0
    _room: _Room = field(default_factory=_Room, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _require_size(self.gigabytes)

    def arrays(self, key: str, make: Callable[[], Mapping[str, NDArray[Any]]]) -> Mapping[str, NDArray[Any]]:
        """What ``make`` gave for the key, plain letters and digits, when it was first asked for; or what it gives now."""
        path = self.folder / key[:2] / f"{key}.npz"
        with contextlib.suppress(
            OSError, EOFError, ValueError, BadZipFile
        ):  # not there, dropped meanwhile, or not whole
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files}
            path.touch()
            return found
        made = make()
        size = sum(rows.nbytes for rows in made.values())
        _keep(self, path, size, lambda part: _save_all(part, made))
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCache:
    """A folder of decoded clips, for loaders that read the same clips epoch after epoch.

    folder: anywhere, several data sets and processes may share it, and it may be removed at any time. gigabytes: it grows no
    larger. Worth it on a fast disk with room: decoded frames are some hundred times the size of the video.
    """

    folder: Path
    gigabytes: float = 20.0
    _room: _Room = field(default_factory=_Room, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _require_size(self.gigabytes)

    def frames_at(self, clip: LabelledClip, numbers: Sequence[int]) -> Frames:
        """What ``clip.frames_at(numbers)`` gives: read from the cache, or decoded whole and kept for the next time."""
        path = self.folder / clip.content[:2] / f"{clip.content}.npy"
        with contextlib.suppress(
            OSError, EOFError, ValueError, IndexError
        ):  # not there, dropped meanwhile, or not whole
            frames: Frames = np.load(path, mmap_mode="r", allow_pickle=False)
            path.touch()
            return np.ascontiguousarray(frames[list(numbers)])
        if clip.length > _SHORT and clip.frames_at([0]).nbytes * clip.length > min(
            self.gigabytes * _GIGABYTE, _LARGEST
        ):
            return clip.frames_at(numbers)
        frames = clip.frames_at(range(clip.length))
        _keep(self, path, frames.nbytes, lambda part: _save(part, frames))
        return frames[list(numbers)]


def _require_size(gigabytes: float) -> None:
    if not gigabytes > 0:
        raise SpecError(f"gigabytes is {gigabytes}; expected more than 0")


def _keep(cache: ArrayCache | FrameCache, path: Path, size: int, write: Callable[[Path], None]) -> None:
    most, room = cache.gigabytes * _GIGABYTE, cache._room
    if size > most:
        return
    make_folder(path.parent)
    if size > room.left:  # a look at every file for every file would take hours
        room.left = size + _shrink(cache.folder, most - size) / _WRITERS
    room.left -= size
    write_whole(path, write, flush=False)


def _shrink(folder: Path, most: float) -> float:
    """Drop what was used longest ago if all is larger than ``most`` bytes, and a little more; returns how many then are free."""
    found = []
    for path in folder.glob("??/*"):
        with contextlib.suppress(OSError):  # dropped by another process
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size, path))
    size = sum(each for _, each, _ in found)
    if size > most:
        for _, each, path in sorted(found):
            if size <= most * (1 - _SPARE):
                break
            path.unlink(missing_ok=True)
            size -= each
    return max(0.0, most - size)


def _save_all(part: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _save(part: Path, frames: Frames) -> None:
    with part.open("wb") as file:
        np.save(file, frames, allow_pickle=False)
