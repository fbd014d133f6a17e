"""A worker process: driven over standard input, it reports over a pipe of its own, since libraries print where they like."""

import os
import signal
import sys
import time
from typing import BinaryIO

from synthgest.data.publish import Publisher
from synthgest.engines import load_engine
from synthgest.errors import DeviceLost, SynthgestError
from synthgest.executors.making import make
from synthgest.executors.task import Job, Report, Stopped, Work, receive, send
from synthgest.progress import Step, listening

_LOST = 17  # exit code of a worker whose accelerator is gone
_BETWEEN = 0.25  # seconds between two steps that are passed on


class Departure:
    """Being asked to leave (SIGTERM): the worker ends at once, but for a clip that is half published.

    A context manager around publishing: between video and record nothing may end the worker but a kill.
    """

    def __init__(self) -> None:
        self._busy = self._asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def __enter__(self) -> None:
        self._busy = True

    def __exit__(self, *_: object) -> None:
        self._busy = False
        if self._asked:
            os._exit(0)

    def _ask(self, *_: object) -> None:
        self._asked = True
        if not self._busy:
            os._exit(0)  # in the middle of a clip there is nothing to tidy up


def main(reports: BinaryIO) -> None:
    """Serve until the launcher goes away."""
    leaving = Departure()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the launcher decides what ends
    job = receive(sys.stdin.buffer, Job)
    if job is None:
        return
    try:
        _serve(job, reports, leaving)
    except BrokenPipeError:
        return
    except DeviceLost:
        os._exit(_LOST)  # another process may reach it again, and the shot is tried there
    except SynthgestError as error:
        send(reports, Report(stopped=Stopped(kind=type(error).__name__, message=str(error))))
    except MemoryError:
        message = "a worker ran out of memory; use fewer --workers, a smaller batch or smaller pictures"
        send(reports, Report(stopped=Stopped(kind="SynthgestError", message=message)))


def _serve(job: Job, reports: BinaryIO, leaving: Departure) -> None:
    engine = load_engine(job.recipe)
    publisher = Publisher(folder=job.path, config=job.config, licence=job.licence)
    with listening(_Teller(reports)):
        while (work := receive(sys.stdin.buffer, Work)) is not None:
            for outcome in make(engine, tuple(ticket.shot(job) for ticket in work.tickets), publisher, leaving):
                send(reports, Report(outcome=outcome))


class _Teller:
    """Passes steps on, a few a second at most."""

    def __init__(self, reports: BinaryIO) -> None:
        self._reports = reports
        self._told = 0.0

    def __call__(self, step: Step) -> None:
        if time.monotonic() - self._told > _BETWEEN or step.done == step.total:
            self._told = time.monotonic()
            try:
                send(self._reports, Report(step=step))
            except BrokenPipeError:
                os._exit(0)  # the launcher is gone; raised within the engine, this would pass for a spoilt clip


if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), "wb") as stream:
        main(stream)
