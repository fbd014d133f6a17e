"""Clips made small enough to play inside a page: a few seconds at a few frames a second, and strips of frames."""

import io
from collections.abc import Iterable
from typing import Any

import av
import cv2
import numpy as np

from synthgest.data.labelled import LabelledClip
from synthgest.data.video import tsn_indices
from synthgest.errors import CorruptClip
from synthgest.frames import Frames
from synthgest.report.section import Film, Sheet

_SIDE = 152  # pixels of a film's height
_BAND = 44  # below the picture
_TILE = 84  # of a strip's
_FRAMES = 30  # of a film: three seconds
_RATE = 10
_OPTIONS = {"preset": "veryfast", "crf": "31", "threads": "1", "bf": "0", "x264-params": "mbtree=0"}
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 68]


def film(clip: LabelledClip, title: str, note: str = "") -> Film | None:
    """A clip as a film of three seconds at most; None if it cannot be read."""
    try:
        frames = clip.frames_at(_numbers(clip))
    except CorruptClip:
        return None
    small = np.stack([_scaled(frame, _SIDE, even=True) for frame in frames])
    small = np.pad(small, ((0, 0), (0, _BAND), (0, 0), (0, 0)))  # where the player's buttons lie
    first, last = (end * (len(small) - 1) // max(clip.length - 1, 1) for end in clip.shown)
    return Film(
        video=_encoded(small), poster=_jpeg(small[min((first + last) // 2, len(small) - 1)]), title=title, note=note
    )


def films(chosen: Iterable[tuple[LabelledClip, str, str]]) -> list[Film]:
    """Those of clips, titles and notes that can be read."""
    made = (film(clip, title, note) for clip, title, note in chosen)
    return [each for each in made if each is not None]


def sheet(clips: Iterable[LabelledClip], title: str, note: str = "", *, frames: int = 4) -> Sheet:
    """Strips of frames of some clips, beside one another."""
    tiles = [tile for clip in clips for tile in _strip(clip, frames)]
    picture = np.concatenate(tiles, axis=1) if tiles else np.full((_TILE, _TILE, 3), 128, np.uint8)
    return Sheet(picture=_jpeg(picture), title=title, note=note)


def _strip(clip: LabelledClip, count: int) -> list[Frames]:
    try:
        frames = clip.frames_at(tsn_indices(clip.length, count))
    except CorruptClip:
        return []
    gap = np.full((_TILE, 3, 3), 128, np.uint8)
    return [*(_scaled(frame, _TILE) for frame in frames), gap]


def _numbers(clip: LabelledClip) -> list[int]:
    """Frames that show the clip at its own speed, as nearly as whole steps allow; of a long clip its beginning."""
    rate = float(getattr(getattr(clip, "record", None), "fps", 0.0)) or 30.0
    step = max(1, round(rate / _RATE))
    return list(range(0, clip.length, step))[:_FRAMES]


def _scaled(frame: Frames, height: int, *, even: bool = False) -> Frames:
    width = max(2, round(frame.shape[1] * height / frame.shape[0]))
    width = min(width + (width % 2 if even else 0), 4 * height)
    return np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _encoded(frames: Frames) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=_RATE, options=_OPTIONS)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def _jpeg(picture: Frames) -> bytes:
    _, encoded = cv2.imencode(".jpg", picture[..., ::-1], _JPEG)
    return encoded.tobytes()
