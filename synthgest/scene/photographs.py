"""One's own backgrounds: a folder of photographs, panoramas and videos, each of them a place to stand in."""

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np

from synthgest.errors import ShotFailed, SpecError
from synthgest.scene.camera import Camera
from synthgest.scene.headers import picture_size
from synthgest.scene.panorama import Panorama, measure, unevenness
from synthgest.scene.picture import Footage, Photograph, picture_light, read_frames, reduced, sample_view
from synthgest.scene.place import Place
from synthgest.scene.places import kinds_named
from synthgest.scene.surveyed import FILE, Surveyed, kinds_of, read_survey, survey_text

_PHOTOGRAPHS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
_PANORAMAS = (".hdr", ".exr")
_VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi")
_MEGAPIXELS = 100
_YAWS = 8  # ways to turn a panorama, of which the one with the evenest ground is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Backgrounds:
    """The usable files of a folder. files: relative paths, sorted. skipped: how many files were left out, by reason.

    survey: what is known of some of them. kinds: of place that each shows, where that is known.
    """

    folder: Path
    files: tuple[str, ...]
    sizes: tuple[int, ...]
    skipped: Mapping[str, int]
    survey: Mapping[str, Surveyed] = field(default_factory=dict)
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number of usable files."""
        return len(self.files)

    def fingerprint(self) -> str:
        """SHA-256 over the sorted relative names and sizes in bytes, 64 hexadecimal digits."""
        lines = "".join(f"{name}\0{size}\n" for name, size in zip(self.files, self.sizes, strict=True))
        lines += survey_text(self.survey) if self.survey else ""
        return hashlib.sha256(lines.encode("utf-8")).hexdigest()

    def sample(
        self,
        rng: np.random.Generator,
        camera: Camera | None = None,
        *,
        environments: Sequence[str] = (),
        astray: float = 0.0,
    ) -> Place:
        """A random file as a place; a file that does not open, or no longer, raises ShotFailed("background").

        camera: of the clip; with it, a panorama is turned so that the person at the origin stands on open ground, and so is a
        photograph laid whose ground is known. environments: of the gesture; where some of the files are of such a kind, one
        of them is taken, but for the part ``astray`` of clips.
        """
        files = self._fitting(environments, rng, astray)
        name = files[rng.integers(len(files))]
        path = self.folder / name
        suffix = path.suffix.lower()
        if suffix in _VIDEOS:
            return _footage(path, name, rng)
        picture = _read(path)
        if picture is None:
            raise ShotFailed("background", f"the background {path} no longer opens as a picture; remove or replace it")
        if suffix in _PANORAMAS:
            return _panorama(picture, name, rng, camera)
        return _photograph(picture, name, rng, self.survey.get(name), camera)

    def _fitting(self, environments: Sequence[str], rng: np.random.Generator, astray: float) -> tuple[str, ...]:
        """The files of a kind that the environments name; all where none is, or this clip goes astray."""
        if not self.kinds or rng.random() < astray:
            return self.files
        wanted = set(kinds_named(environments, strict=False))
        return tuple(name for name in self.files if wanted & self.kinds.get(name, frozenset())) or self.files


def open_backgrounds(folder: Path) -> Backgrounds:
    """The usable files below a folder, sorted by name; links to folders are not followed.

    Only headers are read: a picture is decoded when it is used. SpecError where the folder is missing or holds nothing
    usable; the message counts what was left out, and why.
    """
    if not folder.is_dir():
        raise SpecError(f"the folder of backgrounds {folder} does not exist; give a folder of pictures or videos")
    files: list[tuple[str, int]] = []
    skipped: Counter[str] = Counter()
    for directory, _, names in os.walk(folder, followlinks=False):
        for name in names:
            path = Path(directory) / name
            if path == folder / FILE:
                continue
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
    survey = read_survey(folder)
    shown = {name: frozenset(kinds_of(name, survey)) for name, _ in files}
    return Backgrounds(
        folder=folder,
        files=tuple(name for name, _ in files),
        sizes=tuple(size for _, size in files),
        skipped=dict(sorted(skipped.items())),
        survey=survey,
        kinds={name: own for name, own in shown.items() if own},
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
    if not cv2.haveImageReader(str(path)):
        return "OpenEXR, which this OpenCV does not read (convert to .hdr)" if suffix == ".exr" else "unreadable"
    if suffix in _PANORAMAS:
        return ""
    dimensions = picture_size(path)
    if dimensions is None:
        return "unreadable"
    return f"over {_MEGAPIXELS} megapixels" if dimensions[0] * dimensions[1] > _MEGAPIXELS * 1_000_000 else ""


def _unusable_video(path: Path) -> str:
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            context = container.streams.video[0].codec_context
            if context.width * context.height > _MEGAPIXELS * 1_000_000:
                return f"over {_MEGAPIXELS} megapixels"
    except (av.FFmpegError, OSError, IndexError):
        return "unreadable"
    return ""


def read_still(path: Path) -> np.ndarray | None:
    """A flat picture (h, w, 3) uint8 RGB; None for a panorama, a video, and what does not open."""
    return _read(path) if path.suffix.lower() in _PHOTOGRAPHS else None


def _read(path: Path) -> np.ndarray | None:
    """A picture (h, w, 3) RGB, uint8 sRGB or for panoramas float32 linear, or None."""
    try:
        data = np.fromfile(path, np.uint8)
        if path.suffix.lower() in _PANORAMAS:
            picture = cv2.imdecode(data, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
        else:
            picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except (cv2.error, OSError):
        return None
    if picture is None or picture.ndim != 3:
        return None
    return np.ascontiguousarray(reduced(picture)[..., ::-1])


def _photograph(
    picture: np.ndarray, name: str, rng: np.random.Generator, told: Surveyed | None, camera: Camera | None
) -> Photograph:
    values = picture.astype(np.float32) / np.float32(255)
    view, known = sample_view(values, rng, told, camera)
    return Photograph(
        name=name, tags=("photograph", known), picture=values, view=view, light=picture_light(values, rng)
    )


def _footage(path: Path, name: str, rng: np.random.Generator) -> Footage:
    start = rng.random()
    first = read_frames(path, start, 1, 25.0)[0].astype(np.float32) / np.float32(255)
    view, known = sample_view(first, rng)
    return Footage(name=name, tags=("video", known), path=path, start=start, view=view, light=picture_light(first, rng))


def _panorama(picture: np.ndarray, name: str, rng: np.random.Generator, camera: Camera | None) -> Panorama:
    values = np.nan_to_num(picture.astype(np.float32), nan=0.0, posinf=1e5, neginf=0.0)
    yaws = [float(rng.uniform(-np.pi, np.pi)) for _ in range(_YAWS)]
    yaw = yaws[0] if camera is None else min(yaws, key=lambda each: unevenness(values, each, camera))
    light, exposure = measure(values, yaw)
    return Panorama(name=name, tags=("panorama",), picture=values, yaw=yaw, light=light, exposure=exposure)
