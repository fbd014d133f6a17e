"""Every error that a user can mend; anything else that surfaces is a bug and keeps its traceback.

SynthgestError              what was given, what was expected, what to do
├── SpecError               a recipe, gesture or class name that cannot be used
├── MissingDependency       a Python extra or a system library that is not installed
├── ModelError              a model's files that are not here, or that cannot be used
├── MotionError             a motion file or keyframes that cannot be played
├── FrameError              frames or ground truth that break the contract of ``Rendered``
├── DeviceLost              an accelerator that no longer answers
├── ShotFailed              one shot that could not be made; carries the reason code
├── DatasetError            a folder that is not a data set, or cannot be used as one
│   └── ConfigChanged       the folder was begun with other settings
├── CorruptClip             a published file that no longer matches its record
└── StorageError            the disk is full, read-only or gone
"""

from collections.abc import Iterable
from difflib import get_close_matches


class SynthgestError(Exception):
    """Base of all errors that a user can mend."""


class SpecError(SynthgestError, ValueError):
    """A recipe, gesture specification or class name that cannot be used.

    Also a ValueError, so that raised by a value's own checks it reaches the reader of the file, who adds the place.
    """


class MissingDependency(SynthgestError):
    """A Python extra or a system library that is not installed; the message holds the line that installs it."""


class ModelError(SynthgestError):
    """A model whose files are not here and cannot be fetched, that cannot be loaded, or for which there is no memory."""


class MotionError(SynthgestError):
    """A motion file or keyframes that cannot be played."""


class FrameError(SynthgestError):
    """Frames or ground truth that break the contract of ``Rendered``."""


class ShotFailed(SynthgestError):
    """One shot that could not be made.

    reason: a short code (``nan``, ``black``, ``frozen`` ...), kept in ``failures/``.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type["ShotFailed"], tuple[str, str]]:
        return (type(self), (self.reason, str(self)))


class DeviceLost(SynthgestError):
    """An accelerator that no longer answers: what a process asks of it fails from then on, whichever shot it is."""


class DatasetError(SynthgestError):
    """A folder that is not a data set, or that cannot be used as one."""


class ConfigChanged(DatasetError):
    """The folder was begun with other settings.

    differences: one line a differing key, for example ``seed: 0 in the folder, 1 asked for``.
    """

    def __init__(self, message: str, differences: tuple[str, ...]) -> None:
        super().__init__(message)
        self.differences = differences


class CorruptClip(SynthgestError):
    """A published file that no longer matches its record.

    clip_id: the clip's id. A loader's worker hands it on as a message alone.
    """

    def __init__(self, clip_id: str, message: str = "") -> None:
        super().__init__(message or clip_id)
        self.clip_id = clip_id


class StorageError(SynthgestError):
    """The disk is full, read-only or gone."""


def nearest(given: str, known: Iterable[str]) -> str:
    """A clause that names the nearest known word, or all of them: ``did you mean 'frames'?``."""
    words = sorted(known)
    close = get_close_matches(given, words, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(words) or 'none'}"


def require_range(name: str, given: tuple[float, float], bounds: tuple[float, float]) -> None:
    """Raise SpecError unless ``given`` is a range, lowest first, within ``bounds`` (NaN lies in none)."""
    if not bounds[0] <= given[0] <= given[1] <= bounds[1]:
        low, high = bounds
        raise SpecError(f"{name} is {list(given)}; expected a lowest and a highest value within {low:g} to {high:g}")
