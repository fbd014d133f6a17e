"""The local executor: worker processes on this machine. A worker that dies or hangs is replaced, its shot tried again."""

import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthgest import errors
from synthgest.data.publish import Publisher
from synthgest.errors import SynthgestError
from synthgest.executors.task import Job, Outcome, Report, Work, receive, send
from synthgest.takes import Spoilt
from synthgest.types import Attempt, Shot

CRASHES = 3
"""Workers that one shot may take down before it is given up."""

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "LP_NUM_THREADS")


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, the shots it has not yet reported, and when it last gave a sign of life."""

    process: subprocess.Popen[bytes]
    listener: threading.Thread | None = None
    pending: deque[Shot] = field(default_factory=deque)
    since: float = field(default_factory=time.monotonic)


def run_local(job: Job, shots: Sequence[Shot], *, workers: int, patience: float = 900.0) -> Iterator[Outcome]:
    """Outcomes in the order in which they come; closing the iterator ends the workers.

    workers: number of processes. patience: seconds without an outcome after which a worker counts as hung.
    """
    crew = _Crew(job, deque(shots), patience)
    try:
        crew.hire(min(workers, len(shots)))
        while crew.workers:
            yield from crew.next_outcomes()
    finally:
        crew.dismiss()


class _Crew:
    """The workers of one run, the shots still to hand out, and the reports that come in."""

    def __init__(self, job: Job, waiting: deque[Shot], patience: float) -> None:
        self.job = job
        self.waiting = waiting
        self.patience = patience
        self.workers: list[_Worker] = []
        self.reports: queue.Queue[tuple[_Worker, Report | None]] = queue.Queue()
        self.crashes: Counter[str] = Counter()
        self.deaths_in_a_row = 0

    def hire(self, count: int) -> None:
        """Start workers and give each its first shot."""
        for _ in range(count):
            command = [sys.executable, "-m", "synthgest.executors.worker"]
            environment = os.environ | dict.fromkeys(_ONE_THREAD, "1")
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
            worker = _Worker(process)
            self.workers.append(worker)
            worker.listener = threading.Thread(target=self._listen, args=(worker,), daemon=True)
            worker.listener.start()
            self._tell(worker, self.job)
            self._hand_out(worker)

    def next_outcomes(self) -> Iterator[Outcome]:
        """Wait for one report and act on it; yields what it says of a shot."""
        try:
            worker, report = self.reports.get(timeout=1.0)
        except queue.Empty:
            self._end_hung()
            return
        if report is None:
            yield from self._bury(worker)
        elif report.stopped is not None:
            kind = getattr(errors, report.stopped.kind, SynthgestError)
            raise kind(report.stopped.message)
        elif report.outcome is not None:
            self.deaths_in_a_row = 0
            worker.pending.popleft()
            worker.since = time.monotonic()
            yield report.outcome
            if not worker.pending:
                self._hand_out(worker)

    def dismiss(self) -> None:
        """End every worker at once; what one was making is dropped, and made again by the next run."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.wait()
            _close(worker)

    def _listen(self, worker: _Worker) -> None:
        stream: Any = worker.process.stdout
        while (report := receive(stream, Report)) is not None:
            self.reports.put((worker, report))
        self.reports.put((worker, None))

    def _hand_out(self, worker: _Worker) -> None:
        batch = [self.waiting.popleft() for _ in range(min(self.job.recipe.batch, len(self.waiting)))]
        if batch:
            worker.pending.extend(batch)
            worker.since = time.monotonic()
            self._tell(worker, Work(shots=tuple(batch)))
        elif worker.process.stdin is not None:
            worker.process.stdin.close()  # no more work: the worker ends, and its listener reports it

    def _tell(self, worker: _Worker, message: object) -> None:
        stream: Any = worker.process.stdin
        try:
            send(stream, message)
        except (BrokenPipeError, OSError):
            return  # the worker is dead: its listener reports it

    def _bury(self, worker: _Worker) -> Iterator[Outcome]:
        self.workers.remove(worker)
        code = worker.process.wait()
        _close(worker)
        if not worker.pending:
            if self.waiting:
                self.hire(1)
            return
        self.deaths_in_a_row += 1
        if self.deaths_in_a_row > 2 * CRASHES:
            raise SynthgestError(f"worker processes keep dying (last exit code {code}); run `synthgest doctor`")
        culprit = worker.pending[0]
        self.crashes[culprit.id] += 1
        if self.crashes[culprit.id] == CRASHES:
            worker.pending.popleft()
            yield self._give_up(culprit, code)
        self.waiting.extendleft(reversed(worker.pending))
        if self.waiting:
            self.hire(1)

    def _give_up(self, shot: Shot, code: int) -> Outcome:
        message = f"the worker process ended with code {code}, {CRASHES} times"
        attempt = Attempt(seed=shot.seed, reason="crash", message=message)
        publisher = Publisher(folder=self.job.path, config=self.job.config, licence=self.job.licence)
        publisher.publish_failure(Spoilt(shot=shot, attempts=(attempt,)))
        return Outcome(id=shot.id, gesture=shot.gesture.name, reason="crash", message=message)

    def _end_hung(self) -> None:
        for worker in self.workers:
            if worker.pending and time.monotonic() - worker.since > self.patience:
                worker.process.kill()


def _close(worker: _Worker) -> None:
    if worker.listener is not None:
        worker.listener.join()  # it reads the stream that is closed next
    for stream in (worker.process.stdin, worker.process.stdout):
        if stream is not None and not stream.closed:
            try:
                stream.close()
            except BrokenPipeError:
                continue
