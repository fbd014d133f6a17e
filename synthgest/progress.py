"""Progress within a clip: an engine tells its steps, and whoever runs it may listen, in this process or another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """done of total steps of what makes so many clips at once."""

    done: int
    total: int
    clips: int = 1


Listener = Callable[[Step], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Hand every step that is told within to ``listener``."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(step: Step) -> None:
    """Say how far an engine has come with what it is making; also a sign of life."""
    listener = _listener.get()
    if listener is not None:
        listener(step)
