"""Class folders: ``wave/a.mp4``, ``wave/a/0001.jpg`` (a folder of frames) or ``wave/a.jpg`` (a clip of one frame)."""

from collections.abc import Iterator
from pathlib import Path

from synthgest.data.real.clip import Entry
from synthgest.data.real.media import PICTURES, VIDEOS, Media, Pictures, VideoFile
from synthgest.errors import DatasetError

SPLITS = frozenset({"train", "training", "val", "valid", "validation", "test", "testing"})
"""Names of folders above class folders. A class may be called so too, unless all folders are."""


def class_folders(folder: Path) -> list[Entry]:
    """All clips below ``folder``, in the order of their paths. DatasetError where there are none."""
    found = []
    for split, base in _splits(folder):
        for home in _folders(base):
            for path, media in _clips(home):
                found.append(Entry(id=path.relative_to(folder).as_posix(), name=home.name, media=media, split=split))
    if not found:
        raise DatasetError(
            f"{folder} holds no clips: expected a folder for each class, with videos, pictures or folders of frames"
        )
    return found


def _splits(folder: Path) -> list[tuple[str, Path]]:
    inner = _folders(folder)
    if inner and all(path.name.casefold() in SPLITS for path in inner):
        return [(path.name, path) for path in inner]
    return [("", folder)]


def _clips(home: Path) -> Iterator[tuple[Path, Media]]:
    for path in sorted(home.iterdir()):
        suffix = path.suffix.casefold()
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if frames := frame_files(path):
                yield path, Pictures(frames)
        elif suffix in VIDEOS:
            yield path, VideoFile(path)
        elif suffix in PICTURES:
            yield path, Pictures((path,))


def frame_files(folder: Path) -> tuple[Path, ...]:
    """The pictures in a folder in the order of their numbers, whether or not these are padded with zeros."""
    pictures = [path for path in folder.iterdir() if path.suffix.casefold() in PICTURES and path.name[0] != "."]
    return tuple(
        sorted(pictures, key=lambda path: (len(path.stem), path.stem) if path.stem[-1:].isdigit() else (0, path.stem))
    )


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise DatasetError(f"cannot read {folder}: {error.strerror}; expected a folder of clips") from error
