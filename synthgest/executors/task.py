"""What crosses from the launcher to a worker process and back: msgpack frames of plain values, never pickles."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from synthgest.gestures import Gesture
from synthgest.progress import Step
from synthgest.types import Recipe, Shot

Message = TypeVar("Message")

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "LP_NUM_THREADS")
"""Variables that hold a worker to one thread: its neighbours have the other processors, and the number changes sums' last bits."""

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is told once: the recipe to cook, the folder to publish in, the digest and licence to record.

    gestures: of all shots to come; a gesture may name thousands of motion files.
    """

    recipe: Recipe
    folder: str
    config: str
    licence: str
    gestures: tuple[Gesture, ...] = ()

    @property
    def path(self) -> Path:
        """The folder to publish in."""
        return Path(self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A shot on its way to a worker: its gesture is the number in ``Job.gestures``."""

    id: str
    gesture: int
    index: int
    seed: int

    def shot(self, job: Job) -> Shot:
        """The shot that the ticket stands for."""
        gesture = job.gestures[self.gesture]
        return Shot(id=self.id, gesture=gesture, index=self.index, seed=self.seed, recipe=job.recipe.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Shots that a worker hands to its engine at once."""

    tickets: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one shot. reason: empty if its clip was published."""

    id: str
    gesture: str
    bytes: int = 0
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """An error that ends the whole run: its class (a name in ``synthgest.errors``, else empty) and its message."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a worker sends back: one outcome, a step on the way to one, or why it had to stop."""

    outcome: Outcome | None = None
    step: Step | None = None
    stopped: Stopped | None = None


def tickets_of(job: Job, shots: Sequence[Shot]) -> tuple[Job, list[Ticket]]:
    """The job with all gestures of the shots, and a ticket for each of these."""
    gestures = {shot.gesture.name: shot.gesture for shot in shots}
    numbers = {name: number for number, name in enumerate(gestures)}
    tickets = [
        Ticket(id=shot.id, gesture=numbers[shot.gesture.name], index=shot.index, seed=shot.seed) for shot in shots
    ]
    return replace(job, gestures=tuple(gestures.values())), tickets


def encode(message: object) -> bytes:
    """One message as bytes; a Path travels as text."""
    return msgspec.msgpack.encode(message, enc_hook=str)


def decode(body: bytes, kind: type[Message]) -> Message:
    """The message in bytes."""
    return msgspec.msgpack.decode(body, type=kind, dec_hook=lambda wanted, text: wanted(text))


def send(stream: BinaryIO, message: object) -> None:
    """Write one message, framed by its length."""
    body = encode(message)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def receive(stream: BinaryIO, kind: type[Message]) -> Message | None:
    """Read one message; None when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    return decode(body, kind) if len(body) == length else None
