"""Films as motions: keypoints are estimated once and kept, with the motion that was made of them, in the user's cache."""

import dataclasses
import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from synthgest.content import cache_folder
from synthgest.data.storage import make_folder, write_whole
from synthgest.data.video import read_small
from synthgest.errors import FrameError, MotionError
from synthgest.extraction import load_estimator
from synthgest.extraction.estimator import KeypointEstimator
from synthgest.motion.arrays import Stored
from synthgest.motion.files import read_ours, write
from synthgest.motion.keypoint_fit import extracted
from synthgest.motion.keypoints import Keypoints
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.motion.sources import motion_digest

LONGEST_SIDE, FPS, SECONDS = 640, 30.0, 60.0
"""Of a film as it is read: pixels, and frames a second, at most; how long it may be."""
_METHOD = 1  # rises when the same film becomes another motion: also when keypoint_fit or hand_fit find another one


def read_video_motion(path: Path, reading: Reading) -> Motion:
    """The motion of whoever is surely seen in a film; made once, then read from the cache. MotionError."""
    kept = _kept(path, reading, "motion.npz")
    if not kept.exists():
        motion = extracted(video_keypoints(path, reading))
        make_folder(kept.parent)
        write_whole(kept, lambda part: write(part, motion))
    return dataclasses.replace(read_ours(kept, Reading()), source=f"video {path.name}")


def _depends(reading: Reading) -> str:
    return f"{_METHOD} {_mark(reading.estimator, reading.model)}"


read_video_motion.depends = _depends  # type: ignore[attr-defined]


def video_keypoints(path: Path, reading: Reading) -> Keypoints:
    """The keypoints that the reading's estimator sees in a film. MotionError where it cannot be decoded or shows nobody."""
    kept = _kept(path, reading, "keypoints.npz")
    if not kept.exists():
        keypoints = _estimated(path, reading)
        make_folder(kept.parent)
        arrays: dict[str, Any] = {
            "points": keypoints.points,
            "seen": keypoints.seen,
            "names": np.array(keypoints.names),
            "fps": np.float64(keypoints.fps),
            "height": np.float64(keypoints.height),
        }
        write_whole(kept, lambda part: _save(part, arrays))
    stored = Stored(kept)
    return Keypoints(
        points=np.asarray(stored["points"]),
        seen=np.asarray(stored["seen"]),
        names=tuple(str(name) for name in stored["names"]),
        fps=float(stored["fps"]),
        height=float(stored["height"]),
        source=path.name,
    )


def _save(path: Path, arrays: dict[str, Any]) -> None:
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def _estimated(path: Path, reading: Reading) -> Keypoints:
    try:
        frames, fps = read_small(
            path, longest=LONGEST_SIDE, fps=FPS, seconds=SECONDS, first=reading.first, rate=reading.fps
        )
    except FrameError as error:
        raise MotionError(str(error)) from error
    found = _estimator(reading.estimator, reading.model).estimate(frames, fps)
    whole = np.stack(list(found.values()), axis=1)
    if not (whole[..., 2] > 0).any():
        raise MotionError(f"{reading.estimator} sees nobody in {path}")
    return Keypoints(
        points=np.where(whole[..., 2:] > 0, whole[..., :2], 0.0),
        seen=whole[..., 2].clip(0, 1),
        names=tuple(found),
        fps=fps,
        height=float(frames.shape[1]),
        source=path.name,
    ).shown()


@functools.lru_cache(maxsize=2)
def _estimator(name: str, model: str) -> KeypointEstimator:
    return load_estimator(name, model)


@functools.lru_cache(maxsize=2)
def _mark(name: str, model: str) -> str:
    """A digest of the weights is not made anew for every film."""
    return _estimator(name, model).mark


def _kept(path: Path, reading: Reading, name: str) -> Path:
    """Where something that is made of a film is kept, by all that it depends on."""
    said = [motion_digest(path), _depends(reading), reading.first, reading.fps]
    key = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return cache_folder("motions") / key[:2] / f"{key}.{name}"
