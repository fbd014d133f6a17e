"""The ray executor: actors on this machine or a cluster, which publish into a folder that all of them share.

What crosses the wire are the messages of the local executor, as bytes. An actor that dies costs the shots that it had in hand,
which are made again elsewhere; one that the cluster has no room for yet gets none.
"""

import logging
import math
import os
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from synthgest import errors
from synthgest.data.publish import Publisher
from synthgest.engines import load_engine
from synthgest.errors import DeviceLost, StorageError, SynthgestError
from synthgest.executors.making import make
from synthgest.executors.ray_joining import RayError, joined, ray, resources
from synthgest.executors.rota import Rota
from synthgest.executors.task import ONE_THREAD, Job, Outcome, Report, Stopped, Ticket, Work, decode, encode, tickets_of
from synthgest.progress import Listener, Step, listening
from synthgest.types import Shot

logger = logging.getLogger(__name__)

_LOOKS = 0.5  # seconds between looks at steps and at the clock
_BETWEEN = 0.25  # seconds between two steps that an actor tells
_EMPTY = 60.0  # seconds after which it is said that the cluster has no room for any actor


class Board:
    """Where actors write how far they are, and the launcher reads it."""

    def __init__(self) -> None:
        self._steps: list[tuple[int, bytes]] = []

    def tell(self, worker: int, step: bytes) -> None:
        """A step of a worker's, or nothing but that it lives."""
        self._steps.append((worker, step))

    def take(self) -> list[tuple[int, bytes]]:
        """All since the last time."""
        found, self._steps = self._steps, []
        return found


class Maker:
    """Holds an engine, makes shots with it, and publishes them."""

    def __init__(self, number: int, job: bytes, board: Any, directory: str) -> None:
        self._number, self._board, self._directory = number, board, directory
        self._job = decode(job, Job)
        self._engine: Any = None
        self._told = 0.0

    def here(self) -> None:
        """Once it runs: from now on it has to give signs of life."""

    def ready(self) -> list[bytes]:
        """A report of why it cannot work, or an empty one."""
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        try:
            os.chdir(self._directory)  # paths in recipes and gestures are meant from there
            self._engine = load_engine(self._job.recipe)
        except OSError as error:
            where = f"{self._directory} is not on the machine {os.uname().nodename}"
            return [_stopped(StorageError(f"{where}, where a worker of the cluster runs: {error.strerror}"))]
        except (SynthgestError, MemoryError) as error:
            return [_stopped(error)]
        return [encode(Report())]

    def make(self, work: bytes) -> list[bytes]:
        """A report of each shot, or of why all would be spoilt alike."""
        job, reports = self._job, list[bytes]()
        shots = tuple(ticket.shot(job) for ticket in decode(work, Work).tickets)
        publisher = Publisher(folder=job.path, config=job.config, licence=job.licence)
        try:
            with listening(self._tell):
                for outcome in make(self._engine, shots, publisher):
                    reports.append(encode(Report(outcome=outcome)))
                    self._board.tell.remote(self._number, b"")
        except DeviceLost:
            os._exit(1)  # another actor may reach it, and the shot is tried there
        except (SynthgestError, MemoryError) as error:
            return [*reports, _stopped(error)]
        return reports

    def _tell(self, step: Step) -> None:
        if time.monotonic() - self._told > _BETWEEN or step.done == step.total:
            self._told = time.monotonic()
            self._board.tell.remote(self._number, encode(step))


@dataclass(slots=True, eq=False)
class _Worker:
    """An actor, what it was given and has not reported, and when it last gave a sign of life. here: whether it runs."""

    number: int
    actor: Any
    pending: list[Ticket] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)
    here: bool = False
    begun: bool = False
    hung: bool = False


def run_ray(
    job: Job,
    shots: Sequence[Shot],
    *,
    workers: int | None = None,
    gpus: float = 0.0,
    watch: Listener | None = None,
    until: float = math.inf,
) -> Generator[Outcome, None, None]:
    """As ``run_local``, by actors of the cluster that RAY_ADDRESS names, or of one that is started here.

    workers: actors, as soon as there is room for them; as many as the cluster is large by default. gpus: of each, a part of one
    will do; on a machine without any there are none to ask for. The job's folder and the working directory must be the same on
    all machines.
    """
    job = replace(job, folder=str(Path(job.folder).absolute()))
    with joined(workers) as elsewhere:
        share = gpus if elsewhere or resources().get("GPU") else 0.0
        crew = _Crew(Rota(*tickets_of(job, shots)), share, watch)
        try:
            crew.hire(min(workers or _size(share), len(shots)))
            while crew.workers and time.monotonic() < until:
                yield from crew.next_outcomes()
        finally:
            crew.dismiss()


class _Crew:
    """The actors of one run, and what each of them was asked."""

    def __init__(self, rota: Rota, gpus: float, watch: Listener | None) -> None:
        self.rota, self.watch, self._gpus = rota, watch, gpus
        self.workers: list[_Worker] = []
        self._asked: dict[Any, _Worker] = {}
        self._hired, self._since, self._warned = 0, time.monotonic(), False
        # Steps are told in passing: whatever becomes of the board, the run goes on.
        self._board: Any = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Board).remote()

    def hire(self, count: int) -> None:
        """Ask the cluster for actors; each gets shots once it runs."""
        for _ in range(count):
            kind: Any = ray.remote(num_cpus=1, num_gpus=self._gpus, max_restarts=0)(Maker)
            actor = kind.remote(self._hired, encode(self.rota.job), self._board, str(Path.cwd()))
            worker = _Worker(number=self._hired, actor=actor)
            self._hired += 1
            self.workers.append(worker)
            self._asked[actor.here.remote()] = worker

    def next_outcomes(self) -> Iterator[Outcome]:
        """Wait for one answer and act on it; yields what it says of shots."""
        self._look()
        answers, _ = ray.wait(list(self._asked), num_returns=1, timeout=_LOOKS)
        for answer in answers:
            worker = self._asked.pop(answer)
            try:
                reports = ray.get(answer)
            except RayError as error:  # it died, or what it met is no error of ours: another may do better
                yield from self._bury(worker, error)
                continue
            worker.since = time.monotonic()
            if not worker.here:
                worker.here = True
                self._asked[worker.actor.ready.remote()] = worker
            else:
                yield from self._heard(worker, reports)

    def dismiss(self) -> None:
        """End every actor: what one was making is made again by the next run."""
        for worker in self.workers:
            ray.kill(worker.actor)
        ray.kill(self._board)

    def _heard(self, worker: _Worker, reports: Sequence[bytes]) -> Iterator[Outcome]:
        worker.begun = True
        for body in reports:
            report = decode(body, Report)
            if report.stopped is not None:
                raise getattr(errors, report.stopped.kind, SynthgestError)(report.stopped.message)
            if report.outcome is not None:
                self.rota.given_back()
                yield report.outcome
        worker.pending = self.rota.next_batch()
        if worker.pending:
            self._asked[worker.actor.make.remote(encode(Work(tickets=tuple(worker.pending))))] = worker
        else:
            self.workers.remove(worker)
            ray.kill(worker.actor)
            self._release()

    def _release(self) -> None:
        """With nothing left to hand out, actors that never began are not waited for."""
        if not self.rota.waiting:
            for answer, worker in list(self._asked.items()):
                if not worker.begun:
                    del self._asked[answer]
                    self.workers.remove(worker)
                    ray.kill(worker.actor)

    def _bury(self, worker: _Worker, error: Exception) -> Iterator[Outcome]:
        self.workers.remove(worker)
        ray.kill(worker.actor)  # one that cannot be reached may live, and must not publish beside the next
        how = f"ended: {_last_line(error)}"
        yield from self.rota.lost(worker.pending, how, hung=worker.hung, begun=worker.begun)
        if self.rota.waiting:
            self.hire(1)
        self._release()

    def _look(self) -> None:
        """Pass steps on, end actors that gave no sign of life for too long, and say once if there is room for none."""
        by_number = {worker.number: worker for worker in self.workers}
        for number, body in self._steps():
            if number in by_number:
                by_number[number].since = time.monotonic()
            if body and self.watch is not None:
                self.watch(decode(body, Step))
        for worker in self.workers:
            owes = worker.pending or (worker.here and not worker.begun)
            if owes and not worker.hung and time.monotonic() - worker.since > self.rota.job.recipe.patience:
                worker.hung = True
                ray.kill(worker.actor)
        if not self._warned and time.monotonic() - self._since > _EMPTY and not any(each.here for each in self.workers):
            self._warned = True
            logger.warning(
                "the cluster has no room yet for a worker with 1 CPU and %g GPU; it has %s", self._gpus, resources()
            )

    def _steps(self) -> list[tuple[int, bytes]]:
        try:
            found: list[tuple[int, bytes]] = ray.get(self._board.take.remote(), timeout=10)
        except RayError:
            return []
        return found


def _size(gpus: float) -> int:
    """Actors that the cluster is large enough for, and at least one, for which it may grow."""
    there = resources()
    cores, devices = there.get("CPU", 0.0), there.get("GPU", 0.0)
    return max(1, int(min(cores, devices / gpus) if gpus else cores))


def _stopped(error: Exception) -> bytes:
    if isinstance(error, MemoryError):
        error = SynthgestError("a worker ran out of memory; use fewer workers a machine, a smaller batch or pictures")
    return encode(Report(stopped=Stopped(kind=type(error).__name__, message=str(error))))


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
