"""The local executor: worker processes on this machine. A worker that dies or hangs is replaced, its shot tried again."""

import contextlib
import math
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from synthgest import errors
from synthgest.errors import SynthgestError
from synthgest.executors.rota import Rota
from synthgest.executors.task import ONE_THREAD, Job, Outcome, Report, Ticket, Work, receive, send, tickets_of
from synthgest.progress import Listener
from synthgest.types import Shot

_GRACE = 1.5
"""Seconds that workers have to finish publishing before they are killed."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, what it was given and has not yet reported, when it last gave a sign of life, and whether it hung."""

    process: subprocess.Popen[bytes]
    reports: BinaryIO
    device: str
    listener: threading.Thread | None = None
    pending: deque[Ticket] = field(default_factory=deque)
    since: float = field(default_factory=time.monotonic)
    hung: bool = False


def run_local(
    job: Job,
    shots: Sequence[Shot],
    *,
    workers: int,
    devices: Sequence[str] = (),
    watch: Listener | None = None,
    until: float = math.inf,
) -> Generator[Outcome, None, None]:
    """Outcomes in the order in which they come, one a shot; closing the iterator ends the workers.

    workers: number of processes. devices: values of ``CUDA_VISIBLE_DEVICES`` that they take in turn. watch: called with every
    step. until: a reading of time.monotonic at which all ends, also what is being made. Errors that would spoil every shot
    alike are raised.
    """
    crew = _Crew(Rota(*tickets_of(job, shots)), devices, watch)
    try:
        crew.hire(min(workers, len(shots)))
        while crew.workers and time.monotonic() < until:
            yield from crew.next_outcomes()
    finally:
        crew.dismiss()


class _Crew:
    """The workers of one run, and the reports that come in."""

    def __init__(self, rota: Rota, devices: Sequence[str], watch: Listener | None) -> None:
        self.rota = rota
        self.devices = devices
        self.watch = watch
        self.workers: list[_Worker] = []
        self.incoming: queue.Queue[tuple[_Worker, Report | None]] = queue.Queue()

    def hire(self, count: int) -> None:
        """Start workers and give each its first shot."""
        for _ in range(count):
            worker = _start(self._free_device())
            self.workers.append(worker)
            worker.listener = threading.Thread(target=self._listen, args=(worker,), daemon=True)
            worker.listener.start()
            self._tell(worker, self.rota.job)
            self._hand_out(worker)

    def next_outcomes(self) -> Iterator[Outcome]:
        """Wait for one report and act on it; yields what it says of a shot."""
        self._end_hung()
        try:
            worker, report = self.incoming.get(timeout=0.5)
        except queue.Empty:
            return
        if report is None:
            yield from self._bury(worker)
        elif report.stopped is not None:
            raise getattr(errors, report.stopped.kind, SynthgestError)(report.stopped.message)
        elif report.step is not None:
            worker.since = time.monotonic()
            if self.watch is not None:
                self.watch(report.step)
        elif report.outcome is not None:
            self.rota.given_back()
            worker.pending.popleft()
            worker.since = time.monotonic()
            yield report.outcome
            if not worker.pending:
                self._hand_out(worker)

    def dismiss(self) -> None:
        """End every worker: what one was making is dropped, and made again by the next run; what it publishes it finishes."""
        for worker in self.workers:
            worker.process.terminate()
        deadline = time.monotonic() + _GRACE
        for worker in self.workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(0.0, deadline - time.monotonic()))
            worker.process.kill()
            _reap(worker)

    def _free_device(self) -> str:
        """The device with the fewest workers; empty if there are none to choose from."""
        taken = Counter(worker.device for worker in self.workers)
        return min(self.devices, key=lambda device: taken[device], default="")

    def _listen(self, worker: _Worker) -> None:
        try:
            while (report := receive(worker.reports, Report)) is not None:
                self.incoming.put((worker, report))
        finally:
            self.incoming.put((worker, None))

    def _hand_out(self, worker: _Worker) -> None:
        batch = self.rota.next_batch()
        if batch:
            worker.pending.extend(batch)
            worker.since = time.monotonic()
            self._tell(worker, Work(tickets=tuple(batch)))
        elif worker.process.stdin is not None:
            worker.process.stdin.close()  # no more work: the worker ends, and its listener reports it

    def _tell(self, worker: _Worker, message: object) -> None:
        stream: Any = worker.process.stdin
        with contextlib.suppress(OSError):  # the worker is dead: its listener reports it
            send(stream, message)

    def _bury(self, worker: _Worker) -> Iterator[Outcome]:
        self.workers.remove(worker)
        code = _reap(worker)
        yield from self.rota.lost(worker.pending, f"ended with code {code}", hung=worker.hung)
        if self.rota.waiting:
            self.hire(1)

    def _end_hung(self) -> None:
        for worker in self.workers:
            if worker.pending and time.monotonic() - worker.since > self.rota.job.recipe.patience:
                worker.hung = True
                worker.process.kill()


def _start(device: str) -> _Worker:
    """A new worker process, which reports over a pipe of its own and sees that device alone."""
    receiving, sending = os.pipe()
    # -P: a file random.py in the user's folder is not the standard library's
    command = [sys.executable, "-P", "-m", "synthgest.executors.worker", str(sending)]
    environment = os.environ | dict.fromkeys(ONE_THREAD, "1") | ({"CUDA_VISIBLE_DEVICES": device} if device else {})
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=2, env=environment, pass_fds=(sending,))
    os.close(sending)
    return _Worker(process=process, reports=os.fdopen(receiving, "rb"), device=device)


def _reap(worker: _Worker) -> int:
    """Wait for a worker's end and free what it held; returns its exit code."""
    code = worker.process.wait()
    if worker.listener is not None:
        worker.listener.join()  # it reads the stream that is closed next
    worker.reports.close()
    if worker.process.stdin is not None:
        with contextlib.suppress(OSError):
            worker.process.stdin.close()
    return code
