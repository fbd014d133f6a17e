"""Makes shots: engine, checks, publishing. The same lines run in a worker process and in the caller's own."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

from threadpoolctl import threadpool_limits

from synthgest.data.publish import Publisher
from synthgest.data.records import Record
from synthgest.errors import FrameError
from synthgest.executors.task import Outcome
from synthgest.takes import Spoilt, Take, take_all
from synthgest.types import Attempt, Engine, Shot

_AS_EVER: AbstractContextManager[object] = nullcontext()


def make(
    engine: Engine,
    shots: Sequence[Shot],
    publisher: Publisher,
    undisturbed: AbstractContextManager[object] = _AS_EVER,
) -> Iterator[Outcome]:
    """Generate, check and publish each shot; one outcome a shot, in order. undisturbed: entered while a clip is published.

    Linear algebra is held to one thread: the number of threads changes the last bits of a sum, and with them pixels.
    """
    with threadpool_limits(limits=1):
        for taken in take_all(engine, shots):
            with undisturbed:
                result = taken if isinstance(taken, Spoilt) else _published(publisher, taken)
            if isinstance(result, Spoilt):
                failure = publisher.publish_failure(result)
                last = failure.attempts[-1]
                yield Outcome(id=failure.id, gesture=failure.gesture, reason=last.reason, message=last.message)
            else:
                yield Outcome(id=result.id, gesture=result.gesture, bytes=result.bytes)


def _published(publisher: Publisher, take: Take) -> Record | Spoilt:
    """The record of a clip, or why what was written is not what was meant: an encoder can fail without a word."""
    try:
        return publisher.publish(take)
    except FrameError as error:
        attempt = Attempt(seed=take.shot.seed, reason="encoding", message=str(error))
        return Spoilt(shot=take.shot, attempts=(*take.spoilt, attempt))
