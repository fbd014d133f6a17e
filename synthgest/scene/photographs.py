"""One's own backgrounds: a folder of photographs, panoramas and videos, each of them a place to stand in."""

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from synthgest.errors import ShotFailed, SpecError
from synthgest.scene.panorama import Panorama, measure
from synthgest.scene.picture import Footage, Photograph, picture_light, read_frames, reduced, sample_view
from synthgest.scene.place import Place

_PHOTOGRAPHS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
_PANORAMAS = (".hdr", ".exr")
_VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi")
_MEGAPIXELS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Backgrounds:
    """The usable files of a folder. files: relative paths, sorted. skipped: how many files were left out, by reason."""

    folder: Path
    files: tuple[str, ...]
    sizes: tuple[int, ...]
    skipped: Mapping[str, int]

    def __len__(self) -> int:
        """Number of usable files."""
        return len(self.files)

    def fingerprint(self) -> str:
        """SHA-256 over the sorted relative names and sizes in bytes, 64 hexadecimal digits."""
        lines = "".join(f"{name}\0{size}\n" for name, size in zip(self.files, self.sizes, strict=True))
        return hashlib.sha256(lines.encode("utf-8")).hexdigest()

    def sample(self, rng: np.random.Generator) -> Place:
        """A random file as a place; a file that no longer opens raises ShotFailed("background")."""
        name = self.files[rng.integers(len(self.files))]
        path = self.folder / name
        suffix = path.suffix.lower()
        if suffix in _VIDEOS:
            return _footage(path, name, rng)
        picture = _read(path)
        if picture is None:
            raise ShotFailed("background", f"the background {path} no longer opens as a picture; remove or replace it")
        return _panorama(picture, name, rng) if suffix in _PANORAMAS else _photograph(picture, name, rng)


def open_backgrounds(folder: Path) -> Backgrounds:
    """The usable files below a folder, sorted by name; links to folders are not followed.

    SpecError where the folder is missing or holds nothing usable; the message counts what was left out, and why.
    """
    if not folder.is_dir():
        raise SpecError(f"the folder of backgrounds {folder} does not exist; give a folder of pictures or videos")
    files: list[tuple[str, int]] = []
    skipped: Counter[str] = Counter()
    for directory, _, names in os.walk(folder, followlinks=False):
        for name in names:
            path = Path(directory) / name
            reason = _unusable(path)
            if reason:
                skipped[reason] += 1
            else:
                files.append((path.relative_to(folder).as_posix(), path.stat().st_size))
    if not files:
        left = "; ".join(f"{count} {reason}" for reason, count in sorted(skipped.items())) or "it is empty"
        kinds = " ".join(_PHOTOGRAPHS + _PANORAMAS + _VIDEOS)
        raise SpecError(f"no usable background in {folder} ({left}); expected files that end in {kinds}")
    files.sort()
    return Backgrounds(
        folder=folder,
        files=tuple(name for name, _ in files),
        sizes=tuple(size for _, size in files),
        skipped=dict(sorted(skipped.items())),
    )


def _unusable(path: Path) -> str:
    """Why a file is left out, or an empty string."""
    suffix = path.suffix.lower()
    if suffix not in _PHOTOGRAPHS + _PANORAMAS + _VIDEOS:
        return "not a picture or video"
    try:
        size = path.stat().st_size
    except OSError:
        return "unreadable"
    if size == 0:
        return "empty"
    if suffix in _VIDEOS:
        return _unusable_video(path)
    if suffix not in _PANORAMAS and _pixels(path) > _MEGAPIXELS * 1_000_000:
        return f"over {_MEGAPIXELS} megapixels"
    if _read(path, quick=True) is None:
        return "OpenEXR, which this OpenCV does not read (convert to .hdr)" if suffix == ".exr" else "unreadable"
    return ""


def _unusable_video(path: Path) -> str:
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            if stream.codec_context.width * stream.codec_context.height > _MEGAPIXELS * 1_000_000:
                return f"over {_MEGAPIXELS} megapixels"
            next(container.decode(stream))
    except (av.FFmpegError, OSError, IndexError, StopIteration):
        return "unreadable"
    return ""


def _pixels(path: Path) -> int:
    """Number of pixels that a picture's header announces, without decoding it; 0 where the header is not understood."""
    try:
        with av.open(str(path)) as container:
            context = container.streams.video[0].codec_context
            return int(context.width * context.height)
    except (av.FFmpegError, OSError, IndexError):
        return 0


def _read(path: Path, *, quick: bool = False) -> np.ndarray | None:
    """A picture (h, w, 3) RGB, uint8 sRGB or for panoramas float32 linear, or None; ``quick`` decodes JPEG at an eighth."""
    try:
        data = np.fromfile(path, np.uint8)
        if path.suffix.lower() in _PANORAMAS:
            picture = cv2.imdecode(data, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
        else:
            picture = cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_8 if quick else cv2.IMREAD_COLOR)
    except (cv2.error, OSError):
        return None
    if picture is None or picture.ndim != 3:
        return None
    return np.ascontiguousarray(reduced(picture)[..., ::-1])


def _photograph(picture: np.ndarray, name: str, rng: np.random.Generator) -> Photograph:
    values = picture.astype(np.float32) / np.float32(255)
    return Photograph(
        name=name, tags=("photograph",), picture=values, view=sample_view(rng), light=picture_light(values, rng)
    )


def _footage(path: Path, name: str, rng: np.random.Generator) -> Footage:
    start = rng.random()
    first = read_frames(path, start, 1, 25.0)[0].astype(np.float32) / np.float32(255)
    return Footage(
        name=name, tags=("video",), path=path, start=start, view=sample_view(rng), light=picture_light(first, rng)
    )


def _panorama(picture: np.ndarray, name: str, rng: np.random.Generator) -> Panorama:
    values = np.nan_to_num(picture.astype(np.float32), nan=0.0, posinf=1e5, neginf=0.0)
    yaw = rng.uniform(-np.pi, np.pi)
    light, exposure = measure(values, yaw)
    return Panorama(name=name, tags=("panorama",), picture=values, yaw=yaw, light=light, exposure=exposure)
