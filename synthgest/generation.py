"""One run: plan, compare with the folder, make what is missing, and bring the derived files up to date."""

import contextlib
import math
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthgest.data.derived import write_derived
from synthgest.data.manifest import Manifest, merge, new_run, read_manifest, write_manifest
from synthgest.data.publish import Publisher
from synthgest.data.records import record_ids
from synthgest.data.storage import locked, make_folder, sweep
from synthgest.engines import fingerprint, load_engine
from synthgest.errors import SpecError, StorageError
from synthgest.executors.local import run_local
from synthgest.executors.making import make
from synthgest.executors.names import ExecutorName
from synthgest.executors.task import Job, Outcome
from synthgest.gestures import Gesture, refuse_twins
from synthgest.plan import plan, recipe_digest
from synthgest.progress import Listener, listening
from synthgest.types import Demanding, Engine, Licensed, Recipe, Resident, Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for.

    gestures: the classes. recipe: the generator. clips: a class. seed: base seed. out: the data set's folder. workers:
    processes; 0 runs the engine in this process, None takes one for every accelerator that the engine uses, else for every
    processor. extend: add to a folder that was begun with other settings. shard: (i, n) makes every n-th shot beginning
    with shot i, from 0. executor: who runs the workers. engine: used instead of the recipe's, in this process.
    """

    gestures: tuple[Gesture, ...]
    recipe: Recipe
    clips: int
    seed: int
    out: Path
    workers: int | None = None
    extend: bool = False
    shard: tuple[int, int] = (0, 1)
    executor: ExecutorName = ExecutorName.LOCAL
    engine: Engine | None = None

    def __post_init__(self) -> None:
        if not self.gestures:
            raise SpecError("no gesture was named; `synthgest list gestures` shows those that ship")
        refuse_twins(gesture.name for gesture in self.gestures)
        if self.clips < 1:
            raise SpecError(f"clips is {self.clips}; expected at least 1 a class")
        if self.workers is not None and self.workers < 0:
            raise SpecError(f"workers is {self.workers}; expected 0 or more")
        part, parts = self.shard
        if not 0 <= part < parts:
            raise SpecError(f"shard is {part}/{parts}; expected i/n with i from 0 to n - 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request that was found sound: its engine and shots, what their clips depend on, and how many are there already."""

    request: Request
    engine: Engine
    shots: tuple[Shot, ...]
    fingerprint: Mapping[str, str]
    config: str
    published: int

    @property
    def missing(self) -> int:
        """Clips still to be made."""
        return len(self.shots) - self.published

    @property
    def devices(self) -> Sequence[str]:
        """The accelerators that the engine uses; empty if none."""
        return self.engine.devices() if isinstance(self.engine, Resident) else ()

    @property
    def workers(self) -> int:
        """Processes: as many as asked for, else what suits the engine and this machine."""
        if self.request.workers is not None:
            return self.request.workers
        return max(1, len(self.devices)) if isinstance(self.engine, Resident) else default_workers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a run did.

    clips: published of the request, by earlier runs too. made: by this run. failed: shots that could not be made. missing:
    shots for which no time was left. seconds: wall clock. failures: one outcome a failed shot.
    """

    clips: int
    made: int
    failed: int
    missing: int
    seconds: float
    failures: tuple[Outcome, ...]


def prepare(request: Request) -> Prepared:
    """Plan a request and compare it with its folder; writes nothing. ConfigChanged if the folder was begun otherwise."""
    engine = request.engine or load_engine(request.recipe)
    if isinstance(engine, Demanding):
        engine.require(request.gestures)
    if isinstance(engine, Licensed):
        request = replace(request, recipe=replace(request.recipe, licence=engine.licence))
    marks = fingerprint(engine)
    config = recipe_digest(request.recipe, marks)
    shots = plan(request.gestures, request.recipe, clips=request.clips, seed=request.seed, fingerprint=marks)
    part, parts = request.shard
    shots = shots[part::parts]
    prepared = Prepared(request=request, engine=engine, shots=shots, fingerprint=marks, config=config, published=0)
    _merged(prepared)
    present = record_ids(request.out)
    return replace(prepared, published=sum(shot.id in present for shot in prepared.shots))


def run(
    prepared: Prepared,
    *,
    progress: Callable[[Outcome], None] | None = None,
    watch: Listener | None = None,
    budget: float = math.inf,
) -> Summary:
    """Make what is missing; the same request goes on where it stopped.

    progress: called after every shot. watch: called with the steps of engines that tell them. budget: seconds after which
    the run ends; a shot that is not made by then is left for the next run.
    """
    began = time.monotonic()
    out, (part, parts) = prepared.request.out, prepared.request.shard
    outcomes: list[Outcome] = []
    make_folder(out / "clips")
    with locked(out / f".lock-{part}-of-{parts}"):
        _update_manifest(prepared)
        sweep(out)
        present = record_ids(out)
        missing = [shot for shot in prepared.shots if shot.id not in present]
        making = outcomes_of(prepared, missing, watch=watch, until=began + budget)
        with _finishing(out), contextlib.closing(making) as coming:
            for outcome in coming:
                outcomes.append(outcome)
                if progress is not None:
                    progress(outcome)
    if prepared.request.executor == ExecutorName.RAY:
        _require_here(out, outcomes)
    failures = tuple(outcome for outcome in outcomes if outcome.reason)
    made = len(outcomes) - len(failures)
    if len(outcomes) < len(missing):  # a worker that is asked to leave still publishes the clip that it has in hand
        there = record_ids(out)
        made = sum(shot.id in there for shot in missing)
    return Summary(
        clips=len(prepared.shots) - len(missing) + made,
        made=made,
        failed=len(failures),
        missing=len(missing) - made - len(failures),
        seconds=time.monotonic() - began,
        failures=failures,
    )


def default_workers() -> int:
    """Worker processes that suit this machine: one for every processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _require_here(out: Path, outcomes: Sequence[Outcome]) -> None:
    """StorageError for clips that machines of a cluster say they published, and that this one does not see."""
    there = record_ids(out)
    gone = [outcome.id for outcome in outcomes if not outcome.reason and outcome.id not in there]
    if gone:
        raise StorageError(
            f"{len(gone)} clips were published and are not in {out}, such as {gone[0]}: on a machine of the cluster it is another "
            "folder; give one that all of them share"
        )


@contextlib.contextmanager
def _finishing(folder: Path) -> Iterator[None]:
    """Bring the derived files up to date, also after an interruption; not after an error of the disk itself."""
    writable = True
    try:
        yield
    except StorageError:
        writable = False
        raise
    finally:
        sweep(folder)
        if writable:
            write_derived(folder)


def _update_manifest(prepared: Prepared) -> None:
    folder = prepared.request.out
    with locked(folder / ".lock"):  # shards of one run share the manifest
        manifest = _merged(prepared)
        if manifest != read_manifest(folder):
            write_manifest(folder, manifest)


def _merged(prepared: Prepared) -> Manifest:
    request = prepared.request
    entry = new_run(
        request.recipe,
        seed=request.seed,
        config=prepared.config,
        fingerprint=prepared.fingerprint,
        clips=dict.fromkeys((gesture.name for gesture in request.gestures), request.clips),
    )
    return merge(request.out, read_manifest(request.out), request.gestures, entry, extend=request.extend)


def outcomes_of(
    prepared: Prepared,
    shots: Iterable[Shot],
    *,
    watch: Listener | None = None,
    until: float = math.inf,
    trial: bool = False,
) -> Generator[Outcome, None, None]:
    """Make some shots of a plan in the request's folder; one outcome a shot, in the order in which they come.

    watch, until: see ``run``; until is a reading of time.monotonic. trial: the clips will be thrown away.
    """
    request, engine = prepared.request, prepared.engine
    wanted = tuple(shots)
    if not wanted:
        return
    recipe = engine.ready(wanted, trial=trial) if isinstance(engine, Resident) else request.recipe
    workers = prepared.workers
    if request.engine is None and workers > 0:
        job = Job(recipe=recipe, folder=str(request.out), config=prepared.config, licence=recipe.licence)
        if request.executor == ExecutorName.RAY:
            from synthgest.executors.ray_cluster import run_ray

            gpus = recipe.gpus if isinstance(engine, Resident) else 0.0
            yield from run_ray(job, wanted, workers=request.workers, gpus=gpus, watch=watch, until=until)
            return
        yield from run_local(job, wanted, workers=workers, devices=prepared.devices, watch=watch, until=until)
        return
    engine = request.engine or load_engine(recipe)
    publisher = Publisher(folder=request.out, config=prepared.config, licence=recipe.licence)
    for start in range(0, len(wanted), recipe.batch):
        if time.monotonic() >= until:
            return
        with listening(watch):
            yield from make(engine, wanted[start : start + recipe.batch], publisher)
