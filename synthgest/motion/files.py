"""Motion files: BVH captures and our own ``.npz`` are read, our own is written."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from synthgest.errors import MotionError, nearest
from synthgest.motion.bvh import read_bvh
from synthgest.motion.retarget import to_motion
from synthgest.motion.sequence import Motion

LARGEST_ARRAYS = 256 * 2**20
"""Bytes that the arrays of a ``.npz`` may unpack to; some 100,000 frames."""

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
_KEYS = (*_ARRAYS, "fps", "fingers", "source")


def read(path: Path) -> Motion:
    """The motion in a ``.bvh`` or ``.npz`` file. Raises MotionError."""
    kind = path.suffix.lower()
    if kind == ".bvh":
        return to_motion(read_bvh(path), path)
    if kind == ".npz":
        return _read_npz(path)
    raise MotionError(f"{path} is not a known kind of motion file; {nearest(kind, ('.bvh', '.npz'))}")


def write(path: Path, motion: Motion) -> None:
    """Write the motion as ``.npz``."""
    if path.suffix.lower() != ".npz":
        raise MotionError(f"motions are written as .npz, not as {path.suffix or 'a file without a suffix'}: {path}")
    try:
        with path.open("wb") as stream:
            np.savez_compressed(
                stream,
                allow_pickle=False,
                **{name: getattr(motion, name) for name in _ARRAYS},
                fps=np.float64(motion.fps),
                fingers=np.bool_(motion.fingers),
                source=np.str_(motion.source),
            )
    except OSError as error:
        raise MotionError(f"cannot write {path}: {error.strerror}") from error


def _read_npz(path: Path) -> Motion:
    try:
        _check_size(path)
        with np.load(path, allow_pickle=False) as stored:
            missing, extra = sorted(set(_KEYS) - set(stored)), sorted(set(stored) - set(_KEYS))
            if missing or extra:
                raise MotionError(
                    f"{path} is not a motion of synthgest: it lacks {missing or 'nothing'} and has {extra or 'nothing'} "
                    f"besides; expected the arrays {', '.join(_KEYS)}"
                )
            arrays = {name: stored[name] for name in _KEYS}
    except MotionError:
        raise
    except OSError as error:
        raise MotionError(f"cannot read {path}: {error.strerror or error}") from error
    except (
        ValueError,
        KeyError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
    ) as error:
        raise MotionError(f"{path} is damaged or holds Python objects, which are never loaded: {error}") from error
    return _motion(arrays, path)


def _motion(arrays: "dict[str, np.ndarray]", path: Path) -> Motion:
    for name in _ARRAYS:
        if arrays[name].dtype != np.float32:
            raise MotionError(f"{name} of {path} is {arrays[name].dtype}; expected float32")
    for name, kind in (("fps", "f"), ("fingers", "b"), ("source", "U")):
        if arrays[name].shape != () or arrays[name].dtype.kind != kind:
            raise MotionError(f"{name} of {path} is {arrays[name].dtype} {arrays[name].shape}; expected a single value")
    return Motion(
        **{name: arrays[name] for name in _ARRAYS},
        fps=float(arrays["fps"]),
        fingers=bool(arrays["fingers"]),
        source=str(arrays["source"]),
    )


def _check_size(path: Path) -> None:
    """Refuse an archive that would unpack to more than the limit, before any of it is unpacked."""
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST_ARRAYS:
        raise MotionError(f"{path} unpacks to {size:,} bytes; motions up to {LARGEST_ARRAYS:,} are read")
