"""A worker process: ``python -m synthgest.executors.worker``, driven by its launcher over standard input and output."""

import os
import signal
import sys
from typing import BinaryIO

from synthgest.data.publish import Publisher
from synthgest.engines import load_engine
from synthgest.errors import SynthgestError
from synthgest.executors.making import make
from synthgest.executors.task import Job, Report, Stopped, Work, receive, send


def main() -> None:
    """Serve until the launcher goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the launcher decides what ends
    reports = _private_stdout()
    job = receive(sys.stdin.buffer, Job)
    if job is None:
        return
    try:
        _serve(job, reports)
    except (BrokenPipeError, KeyboardInterrupt):
        return
    except SynthgestError as error:
        send(reports, Report(stopped=Stopped(kind=type(error).__name__, message=str(error))))
    except MemoryError:
        send(reports, Report(stopped=Stopped(kind="StorageError", message="out of memory; use fewer --workers")))


def _serve(job: Job, reports: BinaryIO) -> None:
    engine = load_engine(job.recipe)
    publisher = Publisher(folder=job.path, config=job.config, licence=job.licence)
    while (work := receive(sys.stdin.buffer, Work)) is not None:
        for outcome in make(engine, work.shots, publisher):
            send(reports, Report(outcome=outcome))


def _private_stdout() -> BinaryIO:
    """A copy of standard output for reports alone; whatever a library prints goes to standard error."""
    private = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return private


if __name__ == "__main__":
    main()
