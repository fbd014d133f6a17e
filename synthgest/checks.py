"""Frame checks: a clip that is black, flat, frozen, torn by a flash, or without its hands is refused with a reason."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import ShotFailed
from synthgest.frames import Frames
from synthgest.gestures import Gesture
from synthgest.types import Rendered

_BLACK = 14  # brightest 0.5 % of a frame's pixels, of 255: darker than any exposed picture, noise included
_DARK = 0.25  # share of black frames that is no longer a blink
_FLAT = 2.5  # standard deviation over the picture, of 255
_STILL = 1.6  # largest change of a block's mean over the clip, of 255: above sensor noise, below a moving finger
_BLOCK = 8
_FLASH = 24.0  # mean jump into and out of a single frame, of 255
_HANDS = 0.6  # share of the frames of the middle of the clip in which a needed hand must be in the picture
_FIGURE = 0.5  # share of body joints that must be in the picture, over the clip

_WRISTS = {"left": (20,), "right": (21,), "both": (20, 21)}


def check(rendered: Rendered, frames: Frames, gesture: Gesture) -> None:
    """Raise ShotFailed with a reason code if the clip is spoilt.

    Reasons: ``black``, ``flat``, ``frozen``, ``flash``, and, where joints are known, ``figure`` and ``hand`` (out of the
    picture).
    """
    check_pixels(frames)
    if "joints_2d" in rendered.truth:
        _check_figure(rendered.truth, frames.shape[2], frames.shape[1], gesture)


def check_pixels(frames: Frames) -> None:
    """Raise ShotFailed (``black``, ``flat``, ``frozen``, ``flash``) if frames (T, H, W, 3) uint8 RGB show that they are spoilt."""
    blocks = _block_means(frames)
    _check_exposure(frames, blocks)
    _check_change(blocks)


def _block_means(frames: Frames) -> NDArray[np.float32]:
    """Means of the green channel over small blocks, (T, h, w): cheap, and hardly touched by noise."""
    count, height, width, _ = frames.shape
    size = max(2, min(_BLOCK, height // 4, width // 4))
    rows, columns = height // size, width // size
    green = frames[:, : rows * size, : columns * size, 1].reshape(count, rows, size, columns, size)
    means: NDArray[np.float32] = green.mean(axis=(2, 4), dtype=np.float32)
    return means


def _check_exposure(frames: Frames, blocks: NDArray[np.float32]) -> None:
    bright = np.percentile(frames[:, ::2, ::2].max(axis=-1).reshape(len(frames), -1), 99.5, axis=1)
    dark = float((bright < _BLACK).mean())
    if dark > _DARK:
        raise ShotFailed("black", f"{dark:.0%} of the frames are black (no pixels brighter than {_BLACK} of 255)")
    spread = float(blocks.reshape(len(blocks), -1).std(axis=1).max())
    if spread < _FLAT:
        raise ShotFailed("flat", f"every frame is one colour (standard deviation {spread:.1f} of 255)")


def _check_change(blocks: NDArray[np.float32]) -> None:
    moved = float(np.abs(blocks - np.median(blocks, axis=0)).max())
    if moved < _STILL:
        raise ShotFailed("frozen", f"nothing moves: no part of the picture changes by more than {moved:.1f} of 255")
    if len(blocks) > 3:
        flash = _flashes(blocks)
        if flash.any():
            raise ShotFailed("flash", f"frame {int(flash.argmax())} differs from the frames around it")


def _flashes(blocks: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Frames that jump away from both neighbours, which agree; the first and last from the two that follow or precede."""
    step = np.abs(np.diff(blocks, axis=0)).mean(axis=(1, 2))
    across = np.abs(blocks[2:] - blocks[:-2]).mean(axis=(1, 2))
    alone = np.minimum(step[:-1], step[1:])
    inner = (alone > _FLASH) & (across < alone / 2)
    first = step[0] > _FLASH and step[1] < step[0] / 4
    last = step[-1] > _FLASH and step[-2] < step[-1] / 4
    return np.array([first, *inner, last])


def _check_figure(truth: Mapping[str, NDArray[Any]], width: int, height: int, gesture: Gesture) -> None:
    joints = truth["joints_2d"]
    inside: NDArray[np.bool_] = np.all((joints >= 0) & (joints < (width, height)), axis=-1)
    share = float(inside[:, :22].mean())
    if share < _FIGURE:
        raise ShotFailed("figure", f"{share:.0%} of the body is in the picture; at least {_FIGURE:.0%} is needed")
    middle = inside[len(inside) // 4 : max(len(inside) * 3 // 4, 1)]
    wrists = _WRISTS.get(gesture.hands) or (_busier(joints),)
    seen = [float(middle[:, wrist].mean()) for wrist in wrists]
    if min(seen) < _HANDS:
        raise ShotFailed("hand", f"the hand that matters is in the picture in {min(seen):.0%} of the frames")


def _busier(joints: NDArray[Any]) -> int:
    """The wrist that travels farther: the hand that shows a gesture of either hand."""
    travelled = np.abs(np.diff(joints[:, _WRISTS["both"]], axis=0)).sum(axis=(0, 2))
    return _WRISTS["both"][int(travelled.argmax())]
