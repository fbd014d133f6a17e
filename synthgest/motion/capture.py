"""A captured gesture performed: one of its motion files, at a seeded tempo and side, cut to the frames asked for."""

import functools
import hashlib

import numpy as np

from synthgest.errors import MotionError
from synthgest.gestures import Gesture, MotionFile
from synthgest.motion.files import read
from synthgest.motion.kinematics import forward
from synthgest.motion.mirror import mirrored
from synthgest.motion.resample import sampled
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX

_ENDS = [JOINT_INDEX[name] for name in ("left_wrist", "right_wrist", "left_ankle", "right_ankle", "head")]


def play(
    gesture: Gesture, rng: np.random.Generator, *, fps: float, frames: tuple[int, int], turn: int | None = None
) -> Motion:
    """A seeded performance of a captured gesture, between ``frames[0]`` and ``frames[1]`` frames long.

    turn: which of its motions, counted round; None leaves it to chance.
    A capture that is too long is cut to its most active part; one that is too short stands still before and after.
    Raises MotionError for a gesture of the fingers whose capture has none.
    """
    count = len(gesture.motions)
    chosen = gesture.motions[int(rng.integers(count)) if turn is None else turn % count]
    motion = _load(chosen)
    if gesture.fingers and not motion.fingers:
        raise MotionError(
            f"{gesture.name} is a gesture of the fingers, and the capture {chosen.path.name} has none; "
            "give a motion with fingers or set fingers = false"
        )
    tempo = float(rng.uniform(*gesture.tempo))
    flip = bool(rng.integers(2)) and gesture.mirror == "same" and gesture.hands in ("either", "both")
    rests = float(rng.uniform(0.3, 0.7))
    lasts = (len(motion) - 1) / motion.fps / tempo
    length = int(np.clip(round(lasts * fps) + 1, *frames))
    spare = (length - 1) / fps - lasts
    # Captured seconds at which the clip begins; negative where the performer waits before the captured part.
    start = -rests * spare * tempo if spare >= 0 else _most_active(motion, (length - 1) / fps * tempo)
    played = sampled(motion, start + np.arange(length) / fps * tempo, fps=fps)
    return mirrored(played) if flip else played


def _most_active(motion: Motion, seconds: float) -> float:
    """Start, in seconds, of the window of this length in which hands, feet and head move most."""
    joints, _ = forward(motion.full_pose, np.zeros((len(motion), 3)))
    steps = np.linalg.norm(np.diff(joints[:, _ENDS], axis=0), axis=2).sum(axis=1)
    width = max(1, min(len(steps), round(seconds * motion.fps)))
    total = np.concatenate([[0.0], np.cumsum(steps)])
    return float(np.argmax(total[width:] - total[:-width])) / motion.fps


@functools.lru_cache(maxsize=16)
def _load(file: MotionFile) -> Motion:
    """The motion of a file whose bytes are still those of the specification."""
    try:
        with file.path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise MotionError(f"cannot read {file.path}: {error.strerror}") from error
    if found != file.sha256:
        raise MotionError(f"{file.path} has changed since the run was planned; start the run anew")
    return read(file.path, file.reading)
