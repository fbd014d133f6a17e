"""A captured gesture performed: one of its motion files or what lies between two, varied, cut to the frames asked for."""

import functools

import numpy as np

from synthgest.errors import MotionError
from synthgest.gestures import Gesture
from synthgest.motion.capture_variation import AS_CAPTURED, CaptureSettings, rhythm, varied
from synthgest.motion.files import read
from synthgest.motion.kinematics import forward
from synthgest.motion.mirror import mirrored
from synthgest.motion.mixing import between
from synthgest.motion.performance import Performance
from synthgest.motion.resample import sampled
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX
from synthgest.motion.sources import MotionFile

_BETWEEN = (0.3, 0.7)  # how far a mixed performance is on the way to the other one
_ENDS = [JOINT_INDEX[name] for name in ("left_wrist", "right_wrist", "left_ankle", "right_ankle", "head")]


def play(
    gesture: Gesture,
    rng: np.random.Generator,
    *,
    fps: float,
    frames: tuple[int, int],
    turn: int | None = None,
    settings: CaptureSettings = AS_CAPTURED,
) -> Performance:
    """A seeded performance of a captured gesture, between ``frames[0]`` and ``frames[1]`` frames long.

    turn: which of its motions, counted round; None leaves it to chance. settings: how far it may be from the captured one.
    A capture that is too long is cut to its most active part; one that is too short stands still before and after.
    Raises MotionError for a gesture of the fingers whose capture has none.
    """
    count = len(gesture.motions)
    number = int(rng.integers(count)) if turn is None else turn % count
    tempo = float(rng.uniform(*gesture.tempo))
    flip = bool(rng.integers(2)) and gesture.mirror == "same" and gesture.hands in ("either", "both")
    rests = float(rng.uniform(0.3, 0.7))
    longest = (frames[1] - 1) / fps * tempo
    motion, sources, files = _chosen(gesture, number, longest, settings.mixed, rng)
    lasts = (len(motion) - 1) / motion.fps / tempo
    length = int(np.clip(round(lasts * fps) + 1, *frames))
    spare = (length - 1) / fps - lasts
    # Captured seconds at which the clip begins; negative where the performer waits before the captured part.
    start = -rests * spare * tempo if spare >= 0 else _most_active(motion, (length - 1) / fps * tempo)
    moments = rhythm(start + np.arange(length) / fps * tempo, settings.timing, rng)
    played = varied(sampled(motion, moments, fps=fps), settings, rng)
    played = mirrored(played) if flip else played
    return Performance(
        motion=played,
        shown=(0.0, (length - 1) / fps),
        flipped=flip,
        sources=sources,
        files=files,
        moments=tuple(moments.round(3).tolist()),
    )


def _chosen(
    gesture: Gesture, number: int, longest: float, mixed: float, rng: np.random.Generator
) -> tuple[Motion, tuple[str, ...], tuple[str, ...]]:
    """A motion, its sources and their files' SHA-256: the file with this number, or what lies between it and its partner.

    A motion has one partner, the one beside it in the list, so that clips of different pairs have nothing in common. longest:
    seconds that will be seen at most.
    """
    mix, share = bool(rng.random() < mixed), float(rng.uniform(*_BETWEEN))
    file = gesture.motions[number]
    motion = _motion(gesture, file)
    alone = (motion, (motion.source,), (file.sha256,))
    partner = number ^ 1
    if not mix or partner >= len(gesture.motions):
        return alone
    beside = gesture.motions[partner]
    other = _motion(gesture, beside)
    found = between(_active(motion, longest), _active(other, longest), share, mirror=gesture.mirror == "same")
    return alone if found is None else (found, (motion.source, other.source), (file.sha256, beside.sha256))


def _motion(gesture: Gesture, file: MotionFile) -> Motion:
    motion = _load(file)
    if gesture.fingers and not motion.fingers:
        raise MotionError(
            f"{gesture.name} is a gesture of the fingers, and the capture {file.path.name} has none; "
            "give a motion with fingers or set fingers = false"
        )
    return motion


def _active(motion: Motion, seconds: float) -> Motion:
    """The motion, or of a longer one its most active part."""
    length = round(seconds * motion.fps) + 1
    if length >= len(motion):
        return motion
    start = round(_most_active(motion, seconds) * motion.fps)
    return motion.at(np.arange(start, start + length))


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
    file.require_unchanged()
    return read(file.path, file.reading)
