"""Measures of one clip by its pixels, and its truth where it is known: motion, sharpness, flicker, standstill, loops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.frames import Frames
from synthgest.motion.skeleton import JOINT_INDEX

Floats = NDArray[np.float32]

_SIDE = 32  # pixels of the thumbnails on which change is measured: large enough for a hand, too small for noise
_LOOP = 4  # frames: the shortest period that counts as a loop
_HAND = 1.4  # side of the square around a hand, as a factor of what wrist and fingertips span
_SHARP_AT = 64  # pixels to which the square around a hand is scaled, so that sharpness does not grow with size


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is measured of one clip.

    motion: mean change from frame to frame of the part of the picture that changes most, of 255. still: longest run of
    frames in which nothing changes, as a share of the clip. flicker: mean jump of the whole picture's brightness that the next
    frame takes back, of 255. loop: how alike the clip is to itself one period later, against how much it changes at all: 0
    is an exact loop, 1 is none. sharpness: of the hand that moves most where truth tells where it is, else of the picture;
    logarithm of the Laplacian's variance.
    """

    motion: float
    still: float
    flicker: float
    loop: float
    sharpness: float


def measure(frames: Frames, truth: Mapping[str, NDArray[Any]]) -> Measures:
    """Measure a clip (T, H, W, 3) uint8 RGB of at least two frames; truth as in ``Clip.truth``, or empty."""
    small = thumbnails(frames)
    steps = np.abs(np.diff(small, axis=0))
    change = np.percentile(steps.reshape(len(steps), -1), 98, axis=1)
    return Measures(
        motion=float(change.mean()),
        still=_longest_run(change < 0.5) / len(change),
        flicker=_flicker(small.mean(axis=(1, 2))),
        loop=_loop(small),
        sharpness=_sharpness(frames, truth),
    )


def thumbnails(frames: Sequence[NDArray[np.uint8]] | Frames, side: int = _SIDE) -> Floats:
    """(T, side, side) float32: each frame in grey and small, 0 to 255."""
    grey = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32) for frame in frames)
    return np.stack([cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in grey])


def _longest_run(flags: NDArray[np.bool_]) -> int:
    padded = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    starts, ends = np.flatnonzero(padded == 1), np.flatnonzero(padded == -1)
    return int((ends - starts).max(initial=0))


def _flicker(brightness: Floats) -> float:
    """A light that is switched on changes brightness once; a flicker takes every change back."""
    steps = np.diff(brightness)
    back = np.minimum(np.abs(steps[1:]), np.abs(steps[:-1])) * (steps[1:] * steps[:-1] < 0)
    return float(back.mean()) if len(back) else 0.0


def _loop(small: Floats) -> float:
    flat = small.reshape(len(small), -1)
    usual = float(np.abs(flat - np.median(flat, axis=0)).mean())
    periods = range(_LOOP, len(flat) // 2 + 1)
    apart = [float(np.abs(flat[period:] - flat[:-period]).mean()) for period in periods]
    return min(1.0, min(apart, default=usual) / usual) if usual > 0 else 0.0


def _sharpness(frames: Frames, truth: Mapping[str, NDArray[Any]]) -> float:
    middle = frames[len(frames) // 4 : max(len(frames) * 3 // 4, len(frames) // 4 + 1)]
    crops = list(middle)
    if "joints_2d" in truth and "fingertips_2d" in truth:
        start = len(frames) // 4
        hands = (_hand(frame, truth, start + number) for number, frame in enumerate(middle))
        crops = [hand for hand in hands if hand is not None] or crops
    values = []
    for crop in crops:
        grey = cv2.resize(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), (_SHARP_AT, _SHARP_AT), interpolation=cv2.INTER_AREA)
        values.append(float(cv2.Laplacian(grey, cv2.CV_32F).var()))
    return float(np.log1p(np.median(values)))


def _hand(frame: NDArray[np.uint8], truth: Mapping[str, NDArray[Any]], number: int) -> NDArray[np.uint8] | None:
    """The square around the hand that travels most through the clip; None where it is out of the picture."""
    wrists = truth["joints_2d"][:, [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]]
    side = int(np.abs(np.diff(wrists, axis=0)).sum(axis=(0, 2)).argmax())
    points = np.vstack([wrists[number, side], truth["fingertips_2d"][number, 5 * side : 5 * side + 5]])
    centre = points.mean(axis=0)
    half = max(float(np.ptp(points, axis=0).max()) * _HAND / 2, 4.0)
    height, width = frame.shape[:2]
    if not (0 <= centre[0] < width and 0 <= centre[1] < height):
        return None
    left, top = (max(0, int(value - half)) for value in centre)
    right, bottom = min(width, int(centre[0] + half) + 1), min(height, int(centre[1] + half) + 1)
    return frame[top:bottom, left:right]
