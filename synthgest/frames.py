"""The contract of frames, enforced: what an engine hands over becomes uint8 RGB, or an error; nothing is guessed."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from synthgest.errors import FrameError, ShotFailed
from synthgest.types import TRUTH, Rendered

Frames = NDArray[np.uint8]


def to_uint8(frames: NDArray[Any]) -> Frames:
    """Frames (T, H, W, 3) as uint8 RGB.

    uint8 is taken as it is; floats must lie in [0, 1]. NaN or infinite values raise ShotFailed("nan"), before a cast could
    turn them into black. Any other dtype, range or axis order raises FrameError.
    """
    if not isinstance(frames, np.ndarray) or frames.ndim != 4 or frames.shape[-1] != 3:
        shape = getattr(frames, "shape", type(frames).__name__)
        raise FrameError(f"frames have shape {shape}; expected (T, H, W, 3) RGB")
    if frames.dtype == np.uint8:
        return np.ascontiguousarray(frames)
    if not np.issubdtype(frames.dtype, np.floating):
        raise FrameError(f"frames have dtype {frames.dtype}; expected uint8, or float in [0, 1]")
    if not np.isfinite(frames).all():
        bad = int((~np.isfinite(frames)).any(axis=(1, 2, 3)).sum())
        raise ShotFailed("nan", f"{bad} of {len(frames)} frames hold NaN or infinite values")
    low, high = (float(frames.min()), float(frames.max())) if frames.size else (0.0, 0.0)
    if low < 0 or high > 1:
        raise FrameError(f"float frames lie in [{low:.3g}, {high:.3g}]; expected [0, 1]: scale them in the engine")
    return np.round(frames * 255).astype(np.uint8)


def upright(frame: Any, **size: int) -> Frames:
    """The pixels (H, W, 3) of a frame of PyAV, turned as the camera was held: telephones only say how. size: width and height."""
    pixels: Frames = frame.to_ndarray(format="rgb24", **size)
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90) % 4))


def require_encodable(frames: Frames, fps: float) -> None:
    """Refuse what H.264 4:2:0 video cannot hold unchanged: odd sizes, fewer than two frames, a senseless rate."""
    count, height, width, _ = frames.shape
    if count < 2:
        raise FrameError(f"a clip needs at least 2 frames; got {count}")
    if height < 16 or width < 16 or height % 2 or width % 2:
        raise FrameError(f"frames are {width}x{height}; expected even numbers of at least 16 (H.264 4:2:0 video)")
    if not (np.isfinite(fps) and 0.1 <= fps <= 1000):
        raise FrameError(f"fps is {fps}; expected a number from 0.1 to 1000")


def require_truth(rendered: Rendered, frames: Frames) -> None:
    """Refuse ground truth whose name is unknown, or whose number of frames or picture size is not the clip's."""
    count, height, width, _ = frames.shape
    sizes = {"T": count, "H": height, "W": width}
    for name, array in rendered.truth.items():
        if name not in TRUTH:
            raise FrameError(f"ground truth {name!r} is unknown; there are: {', '.join(TRUTH)}")
        axes, dtype = TRUTH[name].partition(":")[0].strip("(").split(") ")
        names = axes.split(", ")
        known = dict(zip(names, array.shape, strict=False)) | sizes  # another letter is any number
        expected = tuple(known[axis] if axis.isalpha() else int(axis) for axis in names)
        if array.shape != expected or array.dtype != np.dtype(dtype):
            raise FrameError(f"ground truth {name!r} is {array.dtype} {array.shape}; expected {dtype} {expected}")
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            raise FrameError(f"ground truth {name!r} holds NaN or infinite values")


def require_plain(provenance: Mapping[str, Any]) -> None:
    """Refuse provenance that cannot be written as JSON: a record holds text, numbers, lists and tables alone."""
    try:
        msgspec.json.encode(dict(provenance))
    except (TypeError, ValueError) as error:
        raise FrameError(f"provenance holds what a record cannot: {error}; expected text, numbers and lists") from error
