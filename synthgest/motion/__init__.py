"""Motion: gestures performed as SMPL-X poses, from keyframes or from captures; files of motion read and written.

The imports stand inside the functions because numerical ones (scipy) take longer than the command line's help may.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from synthgest.gestures import Gesture
    from synthgest.motion.build import Build
    from synthgest.motion.capture_variation import CaptureSettings
    from synthgest.motion.performance import Performance
    from synthgest.motion.reading import Reading
    from synthgest.motion.sequence import Motion

__all__ = ["perform", "read_motion", "write_motion"]


def perform(
    gesture: "Gesture",
    rng: "np.random.Generator",
    *,
    fps: float,
    frames: "tuple[int, int] | None",
    build: "Build | None" = None,
    turn: int | None = None,
    captures: "CaptureSettings | None" = None,
) -> "Performance":
    """One seeded performance of a gesture: the motion, when in it the gesture is shown, and its keyframes' moments.

    fps: frames per second. frames: fewest and most frames; None is at least 1.6 seconds (48 frames at 30 fps), with no
    upper bound. A keyframed gesture is repeated and rested to fit, a capture is cut to its most active part; neither is
    played slower or faster than the gesture's tempo allows. build: measures of the body that is to touch itself where the
    gesture says so; None is the nominal adult. turn: which motion of a captured gesture, counted round; None is any.
    captures: how far a performance may be from the captured one; None plays it as it was captured. The same arguments and
    state of ``rng`` give the same motion.
    Raises MotionError for a motion that cannot be read or played.
    """
    from synthgest.motion import capture, performance
    from synthgest.motion.build import NOMINAL
    from synthgest.motion.capture_variation import AS_CAPTURED

    span = frames if frames is not None else (max(2, round(performance.SHORTEST_SECONDS * fps)), 2**31)
    if gesture.motions:
        return capture.play(gesture, rng, fps=fps, frames=span, turn=turn, settings=captures or AS_CAPTURED)
    return performance.play(gesture, rng, fps=fps, frames=span, build=NOMINAL if build is None else build)


def read_motion(path: Path, reading: "Reading | None" = None) -> "Motion":
    """The motion in a file of any installed format. reading: what the file does not say of itself. Raises MotionError."""
    from synthgest.motion.files import read
    from synthgest.motion.reading import Reading

    return read(path, reading or Reading())


def write_motion(path: Path, motion: "Motion") -> None:
    """Write a motion as our own ``.npz``: the arrays of ``Motion``, with fps, fingers and source; no pickled objects."""
    from synthgest.motion.files import write

    write(path, motion)
