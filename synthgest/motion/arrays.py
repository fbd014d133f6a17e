"""Arrays in files of other people, read without ever running or building what they name: npz, npy and torch's pt."""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MissingDependency, MotionError

NEVER = (
    "these are never loaded, for loading them can run code. Where you trust who made them, load them yourself and save what they "
    "hold by numpy.savez: arrays of numbers, and words as arrays of text"
)
"""What to do about pickles."""

LARGEST = 256 * 2**20
"""Bytes that the arrays of a file may unpack to; some 100,000 frames."""


class Stored:
    """The arrays of an ``.npz`` by name; each is unpacked when it is asked for, so that one of Python objects does no harm."""

    def __init__(self, path: Path, *, largest: int = LARGEST) -> None:
        self.path = path
        with _refused(path):
            with zipfile.ZipFile(path) as archive:
                sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            self.names = frozenset(name.removesuffix(".npy") for name in sizes)
            require_size(path, sum(sizes.values()), largest)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """One array. MotionError where there is none of that name, or where it holds Python objects."""
        if name not in self.names:
            raise MotionError(f"{self.path} has no {name!r}; it has {', '.join(sorted(self.names))[:400]}")
        with _refused(self.path), np.load(self.path, allow_pickle=False) as arrays:
            found: NDArray[Any] = arrays[name]
            return found


def read_npy(path: Path) -> NDArray[Any]:
    """The array of an ``.npy``. MotionError."""
    with _refused(path):
        require_size(path, path.stat().st_size)
        found = np.load(path, allow_pickle=False)
    if not isinstance(found, np.ndarray):
        raise MotionError(f"{path} holds several arrays; expected one, as numpy.save writes it")
    return found


def read_pt(path: Path) -> Mapping[str, Any]:
    """The dictionary that torch saved, of tensors, numbers and more dictionaries; with code in it, it is refused. MotionError."""
    try:
        import torch
    except ImportError as error:
        raise MissingDependency("motions saved by torch need it: pip install 'synthgest[train]'") from error
    with _refused(path):
        require_size(path, _unpacked(path))
        try:
            found = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # pickle's own errors are of many kinds
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise MotionError(f"{path} holds code or is damaged, and is not loaded: {reason}") from error
    if not isinstance(found, Mapping):
        raise MotionError(f"{path} holds {type(found).__name__}; expected a dictionary of tensors")
    return found


def _unpacked(path: Path) -> int:
    """Bytes that a file of torch's unpacks to: an archive since torch 1.6, and before that as it is."""
    if not zipfile.is_zipfile(path):
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def require_size(path: Path, size: int, largest: int = LARGEST) -> None:
    """MotionError for what would unpack to more than the limit."""
    if size > largest:
        raise MotionError(f"{path} unpacks to {size:,} bytes; files up to {largest:,} are read")


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """What reading raises becomes MotionError."""
    try:
        yield
    except MotionError:
        raise
    except OSError as error:
        raise MotionError(f"cannot read {path}: {error.strerror or error}") from error
    except MemoryError as error:  # a header may promise what no machine holds
        raise MotionError(f"{path} promises more than there is memory for: {error}") from error
    except (
        ValueError,
        KeyError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        if "allow_pickle" in str(error):
            raise MotionError(f"{path} holds Python objects; {NEVER}") from error
        raise MotionError(f"{path} is damaged: {error}") from error
