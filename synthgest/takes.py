"""Takes: a shot is taken until a clip passes the checks, or is given up with its reasons."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy.typing import NDArray

from synthgest.checks import check
from synthgest.errors import (
    DeviceLost,
    FrameError,
    MissingDependency,
    ModelError,
    MotionError,
    ShotFailed,
    SpecError,
    StorageError,
)
from synthgest.frames import Frames, require_encodable, require_plain, require_truth, to_uint8
from synthgest.types import Attempt, DigitalSourceType, Engine, Rendered, Shot

Answer = TypeVar("Answer")

ATTEMPTS = 3
"""Takes of one shot, the first included; each uses the next seed."""

# Errors that would spoil every shot alike: a missing extra or model, a full disk, a setting that the engine refuses.
_FATAL = (StorageError, MissingDependency, ModelError, SpecError, DeviceLost, MemoryError)
_LOST = ("CUDA error", "HIP error", "device-side assert", "MPS backend error")  # in the words of torch


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A clip that passed the checks. spoilt: the attempts before it; the other fields are those of ``Rendered``."""

    shot: Shot
    frames: Frames
    fps: float
    truth: Mapping[str, NDArray[Any]]
    provenance: Mapping[str, Any]
    digital_source_type: DigitalSourceType
    spoilt: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """A shot that was given up, with every attempt; the last one says why."""

    shot: Shot
    attempts: tuple[Attempt, ...]


def take_all(engine: Engine, shots: Sequence[Shot]) -> Iterator[Take | Spoilt]:
    """One outcome a shot, in order. Errors that would spoil every shot alike are raised instead."""
    for shot, made in _generate(engine, shots):
        yield _settle(engine, shot, made)


def first_sound(shot: Shot, ask: Callable[[Shot], Answer]) -> tuple[Shot, Answer]:
    """The answer for the first of the seeds that a shot may take for which ``ask`` raises no ShotFailed, and which take it is."""
    while True:
        try:
            return shot, ask(shot)
        except ShotFailed:
            if shot.attempt + 1 == ATTEMPTS:
                raise
            shot = _next(shot)


def _next(take: Shot) -> Shot:
    return dataclasses.replace(take, seed=take.seed + 1, attempt=take.attempt + 1)


def _generate(engine: Engine, shots: Sequence[Shot]) -> Iterator[tuple[Shot, Rendered | Exception]]:
    """What the engine makes of each shot; one that raises is asked anew for the shots after the one that it spoilt."""
    done = 0
    while done < len(shots):
        rendered: Iterator[Rendered] | None = None
        for shot in shots[done:]:
            done += 1
            try:
                rendered = iter(engine.generate(shots[done - 1 :])) if rendered is None else rendered
                made = next(rendered)
            except _FATAL:
                raise
            except StopIteration:
                yield shot, FrameError("the engine returned fewer clips than there were shots")
                break
            except Exception as error:
                if isinstance(error, RuntimeError) and any(words in str(error) for words in _LOST):
                    raise DeviceLost(f"the accelerator no longer answers: {str(error).splitlines()[0]}") from error
                yield shot, error
                break
            yield shot, made


def _settle(engine: Engine, shot: Shot, made: Rendered | Exception) -> Take | Spoilt:
    attempts: list[Attempt] = []
    take = shot
    while True:
        try:
            return _checked(take, made, tuple(attempts))
        except Exception as error:
            attempts.append(Attempt(seed=take.seed, reason=_reason(error), message=_message(error)))
            if not isinstance(error, ShotFailed) or len(attempts) == ATTEMPTS:
                return Spoilt(shot=shot, attempts=tuple(attempts))
        take = _next(take)
        _, made = next(_generate(engine, (take,)))


def _checked(shot: Shot, made: Rendered | Exception, spoilt: tuple[Attempt, ...]) -> Take:
    if isinstance(made, Exception):
        raise made
    frames = to_uint8(made.frames)
    require_encodable(frames, made.fps)
    require_truth(made, frames)
    require_plain(made.provenance)
    check(made, frames, shot.gesture)
    return Take(
        shot=shot,
        frames=frames,
        fps=float(made.fps),
        truth=made.truth,
        provenance=made.provenance,
        digital_source_type=made.digital_source_type,
        spoilt=spoilt,
    )


def _reason(error: Exception) -> str:
    if isinstance(error, ShotFailed):
        return error.reason
    if isinstance(error, FrameError):
        return "frames"
    return "motion" if isinstance(error, MotionError) else "error"


def _message(error: Exception) -> str:
    return (
        str(error) if isinstance(error, ShotFailed | FrameError | MotionError) else f"{type(error).__name__}: {error}"
    )
