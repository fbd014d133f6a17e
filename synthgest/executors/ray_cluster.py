"""The ray executor: actors on this machine or a cluster, which publish into a folder that all of them share.

What crosses the wire are the messages of the local executor, as bytes. An actor that dies costs the shots that it had in hand,
which are made again elsewhere; one that the cluster has no room for yet gets none.
"""

import logging
import math
import os
import subprocess
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthgest import errors
from synthgest.data.publish import Publisher
from synthgest.engines import load_engine
from synthgest.errors import DeviceLost, MissingDependency, SynthgestError
from synthgest.executors.making import make
from synthgest.executors.rota import Rota
from synthgest.executors.task import Job, Outcome, Report, Stopped, Ticket, Work, decode, encode, tickets_of
from synthgest.progress import Listener, Step, listening
from synthgest.types import Shot

try:
    import ray
    from ray.exceptions import OutOfMemoryError, RayActorError
except ImportError as error:
    raise MissingDependency("the ray executor needs ray: pip install 'synthgest[ray]'") from error

_LOOKS = 0.5  # seconds between looks at steps and at the clock
_BETWEEN = 0.25  # seconds between two steps that an actor tells
_ADDRESS = "RAY_ADDRESS"
_NO_CALLS_HOME = {"RAY_USAGE_STATS_ENABLED": "0"}


class Board:
    """Where actors write how far they are, and the launcher reads it."""

    def __init__(self) -> None:
        self._steps: list[tuple[int, bytes]] = []

    def tell(self, worker: int, step: bytes) -> None:
        """A step of a worker's."""
        self._steps.append((worker, step))

    def take(self) -> list[tuple[int, bytes]]:
        """All since the last time."""
        found, self._steps = self._steps, []
        return found


class Maker:
    """Holds an engine, makes shots with it, and publishes them."""

    def __init__(self, number: int, job: bytes, board: Any) -> None:
        self._number, self._board = number, board
        self._job = decode(job, Job)
        self._engine: Any = None
        self._told = 0.0

    def ready(self) -> bytes:
        """Once it runs: a report of why it cannot work, or an empty one."""
        try:
            self._engine = load_engine(self._job.recipe)
        except SynthgestError as error:
            return encode(Report(stopped=Stopped(kind=type(error).__name__, message=str(error))))
        return encode(Report())

    def make(self, work: bytes) -> list[bytes]:
        """A report of each shot, or of why all would be spoilt alike."""
        job = self._job
        shots = tuple(ticket.shot(job) for ticket in decode(work, Work).tickets)
        publisher = Publisher(folder=job.path, config=job.config, licence=job.licence)
        try:
            with listening(self._tell):
                return [encode(Report(outcome=outcome)) for outcome in make(self._engine, shots, publisher)]
        except DeviceLost:
            os._exit(1)  # another actor may reach it, and the shot is tried there
        except SynthgestError as error:
            return [encode(Report(stopped=Stopped(kind=type(error).__name__, message=str(error))))]

    def _tell(self, step: Step) -> None:
        if time.monotonic() - self._told > _BETWEEN or step.done == step.total:
            self._told = time.monotonic()
            self._board.tell.remote(self._number, encode(step))


@dataclass(slots=True, eq=False)
class _Worker:
    """An actor, what it was given and has not reported, and when it last gave a sign of life."""

    number: int
    actor: Any
    pending: list[Ticket] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)
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

    workers: actors, as soon as there is room for them; as many as the cluster has room for now by default. gpus: of each, a part of
    one will do; on a machine without any there are none to ask for. The job's folder must be the same on all machines.
    """
    started = connected(workers)
    share = 0.0 if started and not os.environ.get(_ADDRESS) and not _there().get("GPU") else gpus
    crew = _Crew(Rota(*tickets_of(job, shots)), share, watch)
    try:
        crew.hire(min(workers or _room(share), len(shots)))
        while crew.workers and time.monotonic() < until:
            yield from crew.next_outcomes()
    finally:
        crew.dismiss()
        if started:
            ray.shutdown()


def on_cluster(commands: Sequence[Sequence[str]]) -> None:
    """Run command lines as tasks of the cluster, each beside one GPU where there are some; which fail is not told."""
    started = connected(len(commands))
    run: Any = ray.remote(num_cpus=1, num_gpus=1.0 if _there().get("GPU") else 0.0)(_quietly)
    try:
        ray.get([run.remote(list(command)) for command in commands])
    finally:
        if started:
            ray.shutdown()


def _quietly(command: list[str]) -> int:
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode


class _Crew:
    """The actors of one run, and what each of them was asked."""

    def __init__(self, rota: Rota, gpus: float, watch: Listener | None) -> None:
        self.rota, self.watch, self._gpus = rota, watch, gpus
        self.workers: list[_Worker] = []
        self._asked: dict[Any, _Worker] = {}
        self._hired = 0
        self._board: Any = ray.remote(num_cpus=0)(Board).remote()

    def hire(self, count: int) -> None:
        """Ask the cluster for actors; each gets shots once it runs."""
        for _ in range(count):
            kind: Any = ray.remote(num_cpus=1, num_gpus=self._gpus, max_restarts=0)(Maker)
            actor = kind.remote(self._hired, encode(self.rota.job), self._board)
            worker = _Worker(number=self._hired, actor=actor)
            self._hired += 1
            self.workers.append(worker)
            self._asked[actor.ready.remote()] = worker

    def next_outcomes(self) -> Iterator[Outcome]:
        """Wait for one answer and act on it; yields what it says of shots."""
        self._look()
        answers, _ = ray.wait(list(self._asked), num_returns=1, timeout=_LOOKS)
        for answer in answers:
            worker = self._asked.pop(answer)
            try:
                found = ray.get(answer)
            except (RayActorError, OutOfMemoryError) as error:
                yield from self._bury(worker, error)
                continue
            yield from self._heard(worker, [found] if isinstance(found, bytes) else found)

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
        worker.since = time.monotonic()
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
        how = "ran out of memory" if isinstance(error, OutOfMemoryError) else "ended unexpectedly"
        if not worker.begun:
            raise SynthgestError(f"a worker of the cluster {how} before it began: {_first_line(error)}")
        yield from self.rota.lost(worker.pending, how, hung=worker.hung)
        if self.rota.waiting:
            self.hire(1)

    def _look(self) -> None:
        """Pass steps on, and end actors that gave no sign of life for too long."""
        by_number = {worker.number: worker for worker in self.workers}
        for number, body in ray.get(self._board.take.remote()):
            if number in by_number:
                by_number[number].since = time.monotonic()
            if self.watch is not None:
                self.watch(decode(body, Step))
        for worker in self.workers:
            if worker.pending and not worker.hung and time.monotonic() - worker.since > self.rota.job.recipe.patience:
                worker.hung = True
                ray.kill(worker.actor)


def _room(gpus: float) -> int:
    """Actors for which the cluster has room now, and at least one, for which it may grow."""
    there = _there()
    cores, devices = there.get("CPU", 0.0), there.get("GPU", 0.0)
    return max(1, int(min(cores, devices / gpus) if gpus else cores))


def _there() -> dict[str, float]:
    """What the cluster has, by ray's names."""
    found: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return found


def connected(workers: int | None) -> bool:
    """Join the cluster that RAY_ADDRESS names, or start one here; False where the process is in one already.

    workers: processors of one that is started, all by default. SynthgestError where none answers.
    """
    if ray.is_initialized():
        return False
    os.environ.update(_NO_CALLS_HOME)
    address = os.environ.get(_ADDRESS)
    room: dict[str, Any] = {} if address else {"num_cpus": workers, "include_dashboard": False}
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **room)
    except (ConnectionError, RuntimeError) as error:
        where = f"the cluster at {address}" if address else "a cluster on this machine"
        raise SynthgestError(f"cannot reach {where}: {_first_line(error)}") from error
    return True


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
