"""A flat photograph or a video as a place: laid behind the person so that its horizon is the camera's horizon."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np

from synthgest.errors import ShotFailed
from synthgest.frames import upright
from synthgest.scene.camera import Camera
from synthgest.scene.horizon import find_horizon
from synthgest.scene.light import FloatArray, Light, towards
from synthgest.scene.place import Backdrop
from synthgest.scene.surveyed import Surveyed
from synthgest.scene.tone import srgb_to_linear

_MOST_FRAMES = 600
"""Longer videos are decoded no further; a clip that wants more turns back."""
_LONGEST = 2048
_VIEWS = 12  # that are tried until the person stands on the ground


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a flat picture is laid behind the person.

    horizon: its horizon, estimated or assumed, as part of its height from the top.
    zoom: 1 shows as much of it as fits, less shows a smaller part. shift: -1 to 1, which part from left to right.
    """

    horizon: float
    zoom: float
    shift: float

    def places(self, camera: Camera, width: int, height: int) -> tuple[FloatArray, FloatArray]:
        """Column and row in a picture of ``width`` x ``height`` for each pixel of the camera, (H, W) float32 each.

        The picture is taken for one by a level pinhole camera, so that pitch and roll of the clip's camera act on it as
        on a real scene.
        """
        rays = camera.rays()
        ahead = np.array([-camera.rotation[0, 2], 0.0, -camera.rotation[2, 2]])
        ahead /= np.linalg.norm(ahead)
        right = np.array([-ahead[2], 0.0, ahead[0]])
        depth = np.maximum(rays @ ahead, 0.05)
        u, v = (rays @ right) / depth, rays[..., 1] / depth
        above, below = self.horizon * height, (1 - self.horizon) * height
        reach = (above / max(float(v.max()), 1e-6), below / max(float(-v.min()), 1e-6), width / float(np.ptp(u)))
        focal = max(min(value for value in reach if value > 0) * self.zoom, 0.2 * height)
        room = max(width / 2 - focal * float(np.abs(u).max()), 0)
        columns = width / 2 + self.shift * room + focal * u - 0.5
        rows = above - focal * v - 0.5
        return columns.astype(np.float32), rows.astype(np.float32)

    def off_ground(self, ground: Sequence[float], camera: Camera, size: tuple[int, int]) -> float:
        """By how much, as part of a picture's height, the ground begins below the feet of who stands at the origin; 0 on it.

        ground: as in ``Ground``. size: (h, w) of the picture.
        """
        feet = camera.project(np.zeros(3))
        if not np.isfinite(feet).all():
            return 1.0
        column, row = (
            int(np.clip(value, 0, most - 1)) for value, most in zip(feet, (camera.width, camera.height), strict=True)
        )
        columns, rows = self.places(camera, size[1], size[0])
        part = (columns[row, column] + 0.5) / size[1]
        begins = ground[int(np.clip(part * len(ground), 0, len(ground) - 1))]
        return max(0.0, begins - float(rows[row, column] + 0.5) / size[0])

    def floor(self, camera: Camera) -> FloatArray:
        """Where the picture shows ground, (H, W) float32: below the camera's horizon, fading in over a few degrees."""
        return np.clip(-camera.rays()[..., 1] * 12, 0, 1).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """A still. picture: (h, w, 3) float32, sRGB in [0, 1]."""

    name: str
    tags: tuple[str, ...]
    picture: FloatArray
    view: View
    light: Light

    def draw(self, camera: Camera, *, frames: int, fps: float) -> Backdrop:
        """The photograph behind the person, the same in all frames."""
        columns, rows = self.view.places(camera, self.picture.shape[1], self.picture.shape[0])
        seen = _laid(self.picture, columns, rows)
        return Backdrop(images=seen[None], floor=self.view.floor(camera))


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A video. path: the file. start: where the clip begins, as part of the video's length."""

    name: str
    tags: tuple[str, ...]
    path: Path
    start: float
    view: View
    light: Light

    def draw(self, camera: Camera, *, frames: int, fps: float) -> Backdrop:
        """Consecutive pictures at the clip's frame rate; a video that is too short runs back and forth."""
        pictures = read_frames(self.path, self.start, min(frames, _MOST_FRAMES), fps)
        height, width = pictures[0].shape[:2]
        columns, rows = self.view.places(camera, width, height)
        turn = list(range(len(pictures))) + list(range(len(pictures) - 2, 0, -1))
        laid = [_laid(picture.astype(np.float32) / np.float32(255), columns, rows) for picture in pictures]
        images = np.stack([laid[turn[frame % len(turn)]] for frame in range(frames)])
        return Backdrop(images=images, floor=self.view.floor(camera))


def _laid(picture: FloatArray, columns: FloatArray, rows: FloatArray) -> FloatArray:
    """The picture resampled at columns and rows; reduced first where it is much finer, mirrored beyond its border."""
    pitch = max(float(np.abs(np.diff(columns[len(columns) // 2])).mean()), 1e-3)
    if pitch > 1.5:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 * pitch), np.float32)
    seen = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.clip(seen, 0, 1).astype(np.float32)


def read_frames(path: Path, start: float, count: int, fps: float) -> list[np.ndarray]:
    """Up to ``count`` pictures (h, w, 3) uint8 RGB of a video, ``1 / fps`` seconds apart, from ``start`` of its length.

    Each is the picture that the video shows at that moment, repeated where the video has fewer a second. Raises
    ShotFailed("background") where nothing can be decoded.
    """
    pictures: list[np.ndarray] = []
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            origin = float((container.start_time or 0) / 1_000_000)
            length = float((container.duration or 0) / 1_000_000) - max(origin, 0.0)
            begin = start * max(length - count / fps, 0.0)
            early = 0.5 / float(stream.average_rate or 25)
            if begin > 0:
                container.seek(int((origin + begin) * 1_000_000))
            shown: av.VideoFrame | None = None
            for frame in container.decode(stream):
                moment = float(frame.time or 0.0) - origin - early
                while shown is not None and len(pictures) < count and begin + len(pictures) / fps < moment:
                    pictures.append(reduced(upright(shown)))
                shown = frame
                if len(pictures) >= count:
                    break
            if shown is not None and len(pictures) < count:
                pictures.append(reduced(upright(shown)))
    except (av.FFmpegError, OSError, IndexError) as error:
        if not pictures:
            raise ShotFailed(
                "background", f"the background video {path} does not decode ({error}); remove it"
            ) from error
    if not pictures:
        raise ShotFailed("background", f"the background video {path} holds no pictures after {start:.0%}; remove it")
    return pictures


def reduced(picture: np.ndarray) -> np.ndarray:
    """The picture (h, w, ...) with its longer side at most 2,048 pixels: more is never seen at a clip's size."""
    factor = _LONGEST / max(picture.shape[:2])
    if factor >= 1:
        return picture
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def sample_view(
    picture: FloatArray, rng: np.random.Generator, known: Surveyed | None = None, camera: Camera | None = None
) -> tuple[View, str]:
    """A view of a picture (h, w, 3), sRGB in [0, 1], and what is known of its horizon, as a tag.

    ``horizon measured`` where it was surveyed, ``horizon estimated`` where the picture's lines tell it, else ``horizon assumed``
    at 45 to 55 per cent of its height. Where the ground was surveyed, of several views one in which the person at the origin
    stands on it.
    """
    known = known or Surveyed()
    assumed, found = rng.uniform(0.45, 0.55), known.horizon or find_horizon(picture)
    view = View(horizon=found or assumed, zoom=rng.uniform(0.8, 1.0), shift=rng.uniform(-1, 1))
    if known.ground and camera is not None:
        others = [replace(view, zoom=rng.uniform(0.6, 1.0), shift=rng.uniform(-1, 1)) for _ in range(_VIEWS)]
        view = min((view, *others), key=lambda each: each.off_ground(known.ground, camera, picture.shape[:2]))
    tag = "horizon measured" if known.horizon else "horizon estimated" if found else "horizon assumed"
    return view, tag


def picture_light(picture: FloatArray, rng: np.random.Generator) -> Light:
    """A guess at the light of a flat picture (h, w, 3), sRGB in [0, 1].

    The mean of the upper half tints the sky, that of the lower half the ground, the mean brightness sets the strength;
    the sun is put on the brighter side, since nothing in one picture says how high it stands.
    """
    small = np.asarray(cv2.resize(picture, (32, 32), interpolation=cv2.INTER_AREA), np.float32)
    linear = srgb_to_linear(small)
    upper, lower = linear[:16].mean(axis=(0, 1)), linear[16:].mean(axis=(0, 1))
    mean = float(linear.mean())
    strength = float(np.clip(0.55 + 1.6 * mean, 0.6, 1.2))
    sides = linear.mean(axis=(0, 2))
    lean = float((sides[16:].mean() - sides[:16].mean()) / max(mean, 1e-3))
    azimuth = float(np.clip(1.2 * lean + rng.normal(0, 0.5), -1.5, 1.5))
    share = rng.uniform(0.3, 0.6)
    sky, ground = (0.5 + 0.5 * tint / max(float(tint.mean()), 1e-3) for tint in (upper, lower))
    return Light(
        direction=towards(azimuth, np.radians(rng.uniform(35, 65))),
        colour=np.full(3, strength * share * 1.4, np.float32),
        sky=np.asarray(sky * strength * (1 - share), np.float32),
        ground=np.asarray(ground * strength * (1 - share) * 0.6, np.float32),
        spread=rng.uniform(0.03, 0.25),
    )
