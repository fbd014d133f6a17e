"""Motion files: captures and parameters in many formats are read, our own ``.npz`` is written."""

import dataclasses
import functools
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import numpy as np

from synthgest.errors import MotionError, nearest
from synthgest.motion.arrays import NEVER, Stored
from synthgest.motion.asf_amc import read_amc
from synthgest.motion.bvh import Capture, read_bvh
from synthgest.motion.reading import Reading
from synthgest.motion.retarget import to_motion
from synthgest.motion.sequence import Motion
from synthgest.motion.settling import Y_UP
from synthgest.motion.sources import GROUP, VIDEO_SUFFIXES

Reader = Callable[[Path, Reading], Motion]
"""What an entry point names: the motion in a file, or MotionError."""

_USUAL = {".bvh": "bvh", ".amc": "amc", ".csv": "kinect", ".json": "mediapipe"}
"""Formats that a suffix tells."""

_STATED = (".npz", ".npy", ".pt", ".pth")
_PICKLES = (".pkl", ".pickle")

_ARRAYS = (
    "global_orient",
    "body_pose",
    "jaw_pose",
    "leye_pose",
    "reye_pose",
    "left_hand_pose",
    "right_hand_pose",
    "transl",
)
_PERFORMER = ("betas", "expression")
_SINGLE = {"schema": "iu", "fps": "f", "fingers": "b", "source": "U", "gender": "U", "up_axis": "U"}
_KEYS = (*_ARRAYS, *_PERFORMER, *_SINGLE)
_SCHEMA = 1


@functools.cache
def motion_entries() -> dict[str, EntryPoint]:
    """Installed readers by the name of their format."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def read(path: Path, reading: Reading = Reading()) -> Motion:  # noqa: B008  (it never changes)
    """The motion in a file of any format that is installed. Raises MotionError.

    Where the reading names no format, the suffix tells it, and for ``.npz`` the names of the arrays; other arrays look alike in
    several formats, and none is guessed.
    """
    entries = motion_entries()
    name = format_of(path, reading)
    if name not in entries:
        raise MotionError(f"no format of motions {name!r}; {nearest(name, entries)}")
    reader: Reader = entries[name].load()
    return reader(path, dataclasses.replace(reading, format=name))


def format_of(path: Path, reading: Reading) -> str:
    """The name of a file's format, as the reading, the suffix or its arrays tell it. MotionError where nothing does."""
    return reading.format or _usual(path) or _of_arrays(path)


def _usual(path: Path) -> str:
    """The format that a suffix tells, or that of a folder; else nothing."""
    if path.is_dir():
        return "keypoints-openpose"
    suffix = path.suffix.lower()
    return "video" if suffix in VIDEO_SUFFIXES else _USUAL.get(suffix, "")


def read_ours(path: Path, reading: Reading) -> Motion:
    """Our own ``.npz``, which says all."""
    motion = _read_npz(path)
    return motion.at(np.arange(reading.first, len(motion))) if reading.first else motion


def read_bvh_file(path: Path, reading: Reading) -> Motion:
    """A BVH capture; ``fps`` counts more than its frame time, which some files round."""
    return _captured(read_bvh(path), path, reading)


def read_amc_file(path: Path, reading: Reading) -> Motion:
    """An AMC capture beside its ASF skeleton; ``fps`` must be given (120 in the CMU library)."""
    if not reading.fps:
        raise MotionError(
            f"{path}: an AMC file does not say how many frames a second it has; give fps (CMU's have 120)"
        )
    return _captured(read_amc(path, fps=reading.fps), path, reading)


def _captured(capture: Capture, path: Path, reading: Reading) -> Motion:
    count = len(capture.places)
    if reading.first >= count:
        raise MotionError(f"{path} has {count} frames, of which the first {reading.first} shall be left out")
    turn = Y_UP if reading.up == "z" else np.eye(3)
    kept = dataclasses.replace(
        capture,
        places=capture.places[reading.first :] @ turn.T,
        turns=turn @ capture.turns[reading.first :],
        fps=reading.fps or capture.fps,
    )
    return to_motion(kept, path)


def _of_arrays(path: Path) -> str:
    """The format of an ``.npz``, which its names tell. MotionError for everything else."""
    suffix = path.suffix.lower()
    if suffix in _PICKLES:
        raise MotionError(f"{path} holds Python objects; {NEVER}")
    if suffix not in _STATED:
        known = sorted({*_USUAL, *_STATED})
        raise MotionError(f"{path} is not a known kind of motion file; {nearest(suffix, known)}")
    names = Stored(path).names if suffix == ".npz" else frozenset()
    if names >= {"global_orient", "fingers"} or (names and not names & {"poses", "root_orient", "body_pose"}):
        return "synthgest"
    if "poses" in names and any(rate in names for rate in ("mocap_framerate", "mocap_frame_rate")):
        return "amass"
    raise MotionError(f"{path} may be of several formats; give format, one of {', '.join(sorted(motion_entries()))}")


def write(path: Path, motion: Motion) -> None:
    """Write the motion as ``.npz``."""
    if path.suffix.lower() != ".npz":
        raise MotionError(f"motions are written as .npz, not as {path.suffix or 'a file without a suffix'}: {path}")
    try:
        with path.open("wb") as stream:
            np.savez_compressed(
                stream,
                allow_pickle=False,
                **{name: getattr(motion, name) for name in (*_ARRAYS, *_PERFORMER)},
                schema=np.int64(_SCHEMA),
                fps=np.float64(motion.fps),
                fingers=np.bool_(motion.fingers),
                source=np.str_(motion.source),
                gender=np.str_(motion.gender),
                up_axis=np.str_("y"),
            )
    except OSError as error:
        raise MotionError(f"cannot write {path}: {error.strerror}") from error


def _read_npz(path: Path) -> Motion:
    stored = Stored(path)
    missing, extra = sorted(set(_KEYS) - stored.names), sorted(stored.names - set(_KEYS))
    if missing or extra:
        raise MotionError(
            f"{path} is not a motion of synthgest: it lacks {missing or 'nothing'} and has {extra or 'nothing'} "
            f"besides; expected the arrays {', '.join(_KEYS)}"
        )
    return _motion({name: stored[name] for name in _KEYS}, path)


def _motion(arrays: "dict[str, np.ndarray]", path: Path) -> Motion:
    for name in (*_ARRAYS, *_PERFORMER):
        if arrays[name].dtype != np.float32:
            raise MotionError(f"{name} of {path} is {arrays[name].dtype}; expected float32")
    for name, kinds in _SINGLE.items():
        if arrays[name].shape != () or arrays[name].dtype.kind not in kinds:
            raise MotionError(f"{name} of {path} is {arrays[name].dtype} {arrays[name].shape}; expected a single value")
    for name, expected in (("schema", _SCHEMA), ("up_axis", "y")):
        if arrays[name].item() != expected:
            raise MotionError(f"{name} of {path} is {arrays[name].item()!r}; this synthgest knows {expected!r} alone")
    return Motion(
        **{name: arrays[name] for name in (*_ARRAYS, *_PERFORMER)},
        fps=float(arrays["fps"]),
        fingers=bool(arrays["fingers"]),
        source=str(arrays["source"]),
        gender=arrays["gender"].item(),
    )
