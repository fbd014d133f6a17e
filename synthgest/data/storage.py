"""Files that appear whole or not at all: written under a temporary name, checked, flushed, then renamed."""

import contextlib
import errno
import hashlib
import logging
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from synthgest.errors import StorageError

try:
    import fcntl
except ImportError:  # Windows: the lock only saves double work, nothing rests on it
    fcntl = None  # type: ignore[assignment]

logger = logging.getLogger(__name__)

_PART = re.compile(r"^\.part-([A-Za-z0-9]+)-(\d+)-")
_FOREIGN_PART_SECONDS = 24 * 3600.0
_FATAL = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ESTALE, errno.EIO),
    *(errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EFBIG),
}


def _machine() -> str:
    """A name for where process numbers mean what they mean here: this host, this boot, this container."""
    marks = [socket.gethostname()]
    for path in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        with contextlib.suppress(OSError):
            marks.append(str(Path(path).readlink()) if Path(path).is_symlink() else Path(path).read_text())
    return hashlib.sha256("\0".join(marks).encode()).hexdigest()[:12]


_HOST = _machine()


def write_whole(
    path: Path, write: Callable[[Path], None], check: Callable[[Path], None] | None = None, *, flush: bool = True
) -> None:
    """Make ``path`` by ``write``, which gets a temporary path in the same folder.

    ``check`` reads the closed file back and raises if it is not what was meant. Readers see the old file or the new one,
    never a part. flush: wait until the disk has it; what can be made again need not outlive a power cut. A full, read-only or
    vanished disk raises StorageError.
    """
    part = part_beside(path)
    try:
        _make_last_folder(path.parent)
        write(part)
        if check is not None:
            check(part)
        if flush:
            _flush(part)
        part.replace(path)
        if flush:
            _flush(path.parent)
    except OSError as error:
        _remove(part)
        raise_storage(error, path)
    except BaseException:
        _remove(part)
        raise


def part_beside(path: Path) -> Path:
    """A temporary name beside ``path``, by which ``sweep`` knows whose it was."""
    return path.parent / f".part-{_HOST}-{os.getpid()}-{secrets.token_hex(4)}-{path.name}"


def sweep_beside(path: Path) -> None:
    """Remove what dead processes left of ``path``: files and folders under temporary names."""
    for part in path.parent.glob(".part-*"):
        match = _PART.match(part.name)
        if match and part.name.endswith(f"-{path.name}") and not _in_use(part, match[1], int(match[2])):
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            else:
                _remove(part)


def write_bytes(path: Path, content: bytes) -> None:
    """Make ``path`` hold ``content``, whole or not at all."""
    write_whole(path, lambda part: _write_all(part, content))


def raise_storage(error: OSError, path: Path) -> NoReturn:
    """Turn an error of the disk into a StorageError that says what to do; any other error goes on unchanged."""
    if error.errno not in _FATAL:
        raise error
    advice = {
        errno.ENOSPC: "free some space and give the same command again: it goes on where it stopped",
        errno.EDQUOT: "your quota is used up: free some space and give the same command again",
        errno.ENOENT: "the folder was removed or is not mounted",
        errno.EEXIST: "a file is in the way: choose another folder",
        errno.ENOTDIR: "a file is in the way: choose another folder",
    }.get(error.errno, "check that the folder can be written")
    said = error.strerror or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        said += _room(path.parent)
    raise StorageError(f"cannot write {path}: {said}; {advice}") from error


def _room(folder: Path) -> str:
    with contextlib.suppress(OSError):
        return f" ({shutil.disk_usage(folder).free:,} bytes are free; --dry-run says what a run needs)"
    return ""


def sweep(folder: Path) -> int:
    """Remove the temporary files that dead processes left under ``folder``; returns how many.

    A file of a process that still runs on this machine, or a young one from another machine, is left alone.
    """
    swept = 0
    for part in folder.rglob(".part-*"):
        match = _PART.match(part.name)
        if match and not _in_use(part, match[1], int(match[2])):
            _remove(part)
            swept += 1
    return swept


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on ``path``, waiting for it. It only saves double work: no correctness rests on it."""
    try:
        handle = path.open("a")
    except OSError as error:
        raise_storage(error, path)
    with handle:
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
            except OSError as error:
                logger.warning("%s cannot be locked (%s): do not run two commands in one folder", path, error)
        yield


@contextlib.contextmanager
def tried(path: Path) -> Iterator[bool]:
    """Whether the exclusive lock on ``path`` was free; then it is held meanwhile. Where nothing can be locked it always is."""
    try:
        handle = path.open("a")
    except OSError as error:
        raise_storage(error, path)
    with handle:
        free = True
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                free = False
            except OSError as error:
                logger.warning("%s cannot be locked (%s): do not run two commands in one folder", path, error)
        yield free


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock on ``path`` now."""
    if fcntl is None or not path.exists():
        return False
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
    return False


def make_folder(path: Path) -> None:
    """Make a folder with all above it; StorageError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise_storage(error, path)


def _in_use(part: Path, host: str, process: int) -> bool:
    if host != _HOST:
        with contextlib.suppress(OSError):
            return time.time() - part.stat().st_mtime < _FOREIGN_PART_SECONDS
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(process)


def _is_zombie(process: int) -> bool:
    """Whether a process has ended and only waits to be reaped, as orphans do for ever in a container without an init."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state == "Z"


def _make_last_folder(path: Path) -> None:
    """Make the last part of a path and no more: a data set that was removed meanwhile is an error."""
    if not path.is_dir():
        path.mkdir(exist_ok=True)
        _flush(path.parent)


def _write_all(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
