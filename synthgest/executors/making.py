"""Makes shots: engine, checks, publishing. The same lines run in a worker process and in the caller's own."""

from collections.abc import Iterator, Sequence

from threadpoolctl import threadpool_limits

from synthgest.data.publish import Publisher
from synthgest.executors.task import Outcome
from synthgest.takes import Spoilt, take_all
from synthgest.types import Engine, Shot


def make(engine: Engine, shots: Sequence[Shot], publisher: Publisher) -> Iterator[Outcome]:
    """Generate, check and publish each shot; one outcome a shot, in order.

    Linear algebra is held to one thread: the number of threads changes the last bits of a sum, and with them pixels.
    """
    with threadpool_limits(limits=1):
        for result in take_all(engine, shots):
            if isinstance(result, Spoilt):
                failure = publisher.publish_failure(result)
                last = failure.attempts[-1]
                yield Outcome(id=failure.id, gesture=failure.gesture, reason=last.reason, message=last.message)
            else:
                record = publisher.publish(result)
                yield Outcome(id=record.id, gesture=record.gesture, bytes=record.bytes)
