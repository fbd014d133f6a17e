"""What a real clip is stored as: a video file, a folder of frames, a picture, or bytes in a table."""

import functools
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.data.publish import file_digest
from synthgest.data.video import count_frames, read_frames
from synthgest.errors import FrameError
from synthgest.frames import Frames

VIDEOS = frozenset({".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv"})
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
"""Suffixes, in small letters."""

_LOST = 2  # frames that a container may promise in vain: old AVI files count one that is not there


class Media(Protocol):
    """The frames of one clip, wherever they lie. FrameError where they cannot be read."""

    @property
    def length(self) -> int:
        """Number of frames."""
        ...

    @property
    def content(self) -> str:
        """SHA-256 of the files."""
        ...

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Frames (N, H, W, 3) uint8 RGB by their numbers from 0."""
        ...


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A video file, its frames counted by its packets: what its header says is not to be trusted."""

    path: Path

    @property
    def length(self) -> int:
        """Number of frames."""
        return _counted(self.path)

    @property
    def content(self) -> str:
        """SHA-256 of the file."""
        return _hashed(self.path)

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Frames by number; the last that there is stands in for one or two that only the container counts."""
        return read_frames(self.path, numbers, lost=_LOST)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Picture files that are a clip together, in their order; one picture is a clip of one frame."""

    paths: tuple[Path, ...]

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self.paths)

    @property
    def content(self) -> str:
        """SHA-256 over those of the files."""
        return hashlib.sha256("".join(map(file_digest, self.paths)).encode()).hexdigest()

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Frames by number, turned as the camera was held; FrameError if they differ in size."""
        frames = {number: _decoded(_bytes(self.paths[number]), str(self.paths[number])) for number in set(numbers)}
        sizes = {frame.shape for frame in frames.values()}
        if len(sizes) > 1:
            raise FrameError(f"{self.paths[0].parent} holds frames of several sizes: {sorted(sizes)}")
        return np.stack([frames[number] for number in numbers])


@dataclass(frozen=True, slots=True)
class Encoded:
    """A video or a picture as bytes in memory, such as a table holds it. name: for messages."""

    data: bytes
    picture: bool
    name: str

    @property
    def length(self) -> int:
        """Number of frames."""
        return 1 if self.picture else count_frames(io.BytesIO(self.data), self.name)

    @property
    def content(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Frames by number."""
        if self.picture:
            return np.stack([_decoded(self.data, self.name)] * len(numbers))
        return read_frames(io.BytesIO(self.data), numbers, name=self.name, lost=_LOST)


def _counted(path: Path) -> int:
    return _count(path, *_state(path))


def _hashed(path: Path) -> str:
    return _hash(path, *_state(path))


def _state(path: Path) -> tuple[int, int]:
    """When a file changed last, and its size: what is known of it is so while these are."""
    try:
        state = path.stat()
    except OSError as error:
        raise FrameError(f"cannot read {path}: {error.strerror}") from error
    return state.st_mtime_ns, state.st_size


@functools.lru_cache(maxsize=1 << 20)
def _count(path: Path, _changed: int, _size: int) -> int:
    return count_frames(path)


@functools.lru_cache(maxsize=1 << 20)
def _hash(path: Path, _changed: int, _size: int) -> str:
    return file_digest(path)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FrameError(f"cannot read {path}: {error.strerror}") from error


def _decoded(data: bytes, name: str) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if data else None
    if picture is None:
        raise FrameError(f"{name} is no picture that can be decoded")
    return np.asarray(picture, np.uint8)
