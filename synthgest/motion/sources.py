"""Where a captured motion lies: a file, or a folder of keypoints, known by its bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

from synthgest.errors import MotionError, SpecError
from synthgest.motion.reading import Reading

GROUP = "synthgest.motions"
"""The entry-point group in which a package names its readers."""

VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm")
"""Films, in which somebody is seen who moves."""

MOTION_SUFFIXES = (".amc", ".bvh", ".csv", ".json", ".npy", ".npz", ".pt", ".pth", *VIDEO_SUFFIXES)
"""Kinds of file that a motion may be in."""

OPENPOSE_FILES = "*_keypoints.json"
"""What a folder holds that OpenPose wrote: a file for each frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionFile:
    """A captured motion of a gesture.

    path: where it lies. sha256: of its bytes, 64 hexadecimal digits. reading: how it is read. depends: what else its motion depends
    on, such as the weights of what sees a film.
    """

    path: Path
    sha256: str
    reading: Reading = field(default_factory=Reading)
    depends: str = ""

    def require_unchanged(self) -> None:
        """MotionError unless its bytes, and all else, are still those of the specification."""
        if motion_digest(self.path) != self.sha256 or _depends(self.path, self.reading) != self.depends:
            raise MotionError(f"{self.path} has changed since the run was planned; start the run anew")


def motion_file(path: Path, reading: Reading) -> MotionFile:
    """The motion at a path. SpecError if it cannot be read."""
    try:
        return MotionFile(path=path, sha256=motion_digest(path), reading=reading, depends=_depends(path, reading))
    except MotionError as error:
        raise SpecError(str(error)) from error


def _depends(path: Path, reading: Reading) -> str:
    """What a film's motion depends on besides it: a reader of films says so by its attribute ``depends``."""
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        return ""
    readers = [entry.load() for entry in entry_points(group=GROUP, name=reading.format or "video")]
    told = getattr(readers[0], "depends", None) if readers else None
    return "" if told is None else str(told(reading))


def motions_among(paths: Sequence[Path]) -> list[Path]:
    """Those that are motions, in the order of their names."""
    return sorted(
        path for path in paths if (path.is_file() and path.suffix.lower() in MOTION_SUFFIXES) or is_openpose(path)
    )


def is_openpose(path: Path) -> bool:
    """Whether it is a folder that OpenPose wrote."""
    return path.is_dir() and next(path.glob(OPENPOSE_FILES), None) is not None


def motion_digest(path: Path) -> str:
    """SHA-256 of a file; of a folder, over the names and the digests of its frames."""
    try:
        if path.is_dir():
            frames = sorted(path.glob(OPENPOSE_FILES))
            said = "".join(f"{frame.name}\0{motion_digest(frame)}\n" for frame in frames)
            return hashlib.sha256(said.encode()).hexdigest()
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise MotionError(f"cannot read the motion file {path}: {error.strerror}") from error
