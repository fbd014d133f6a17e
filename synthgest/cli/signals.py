"""Being asked to end from outside: Ctrl-C, SIGTERM, or Slurm's SIGUSR1."""

import signal
from collections.abc import Mapping
from types import FrameType


class Signalled(BaseException):
    """The process was asked to end. Not an Exception, so that nothing swallows it.

    number: of the signal. told: how far the command had come, where it can say so.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.told: Mapping[str, int] = {}

    @property
    def status(self) -> int:
        """The exit status that says so."""
        return 130 if self.number == signal.SIGINT else 143


def listen() -> None:
    """Raise ``Signalled`` in the main thread from now on."""
    for name in ("SIGINT", "SIGTERM", "SIGUSR1"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _signalled)


def _signalled(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: what follows only tidies up
    raise Signalled(number)
