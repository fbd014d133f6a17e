"""One run: plan, compare with the folder, make what is missing, and bring the derived files up to date."""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from synthgest.data.derived import write_derived
from synthgest.data.manifest import Manifest, merge, new_run, read_manifest, write_manifest
from synthgest.data.publish import Publisher
from synthgest.data.records import record_ids
from synthgest.data.storage import locked, sweep
from synthgest.engines import CallableEngine, fingerprint, load_engine
from synthgest.errors import SpecError, StorageError
from synthgest.executors.local import run_local
from synthgest.executors.making import make
from synthgest.executors.task import Job, Outcome
from synthgest.gestures import Gesture, refuse_duplicates
from synthgest.plan import plan, recipe_digest
from synthgest.types import Engine, Recipe, Shot

TRIALS = 6
"""Clips that a dry run makes, in a folder of its own, to measure size and time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for.

    gestures: the classes. recipe: the generator. clips: a class. seed: base seed. out: the data set's folder. workers:
    processes; 0 runs the engine in this process. extend: add to a folder that was begun with other settings. shard:
    (i, n) makes every n-th shot beginning with shot i, from 0. engine: used instead of the recipe's, in this process.
    """

    gestures: tuple[Gesture, ...]
    recipe: Recipe
    clips: int
    seed: int
    out: Path
    workers: int = 1
    extend: bool = False
    shard: tuple[int, int] = (0, 1)
    engine: CallableEngine | None = None

    def __post_init__(self) -> None:
        if not self.gestures:
            raise SpecError("no gesture was named; `synthgest list gestures` shows those that ship")
        refuse_duplicates(self.gestures)
        if self.clips < 1:
            raise SpecError(f"clips is {self.clips}; expected at least 1 a class")
        if self.workers < 0:
            raise SpecError(f"workers is {self.workers}; expected 0 or more")
        part, parts = self.shard
        if not 0 <= part < parts:
            raise SpecError(f"shard is {part}/{parts}; expected i/n with i from 0 to n - 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request that was found sound: its shots, what their clips depend on, and how many are there already."""

    request: Request
    shots: tuple[Shot, ...]
    fingerprint: Mapping[str, str]
    config: str
    published: int

    @property
    def missing(self) -> int:
        """Clips still to be made."""
        return len(self.shots) - self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a run did. clips: published of the request, earlier runs included. made: by this run. seconds: wall clock."""

    clips: int
    made: int
    failed: int
    bytes: int
    seconds: float
    failures: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would take, measured on trial clips: bytes on disk and seconds of wall clock for the missing clips."""

    bytes: int
    seconds: float
    trials: int


def prepare(request: Request) -> Prepared:
    """Plan a request and compare it with its folder; writes nothing. ConfigChanged if the folder was begun otherwise."""
    engine = request.engine or load_engine(request.recipe)
    marks = fingerprint(engine)
    config = recipe_digest(request.recipe, marks)
    shots = plan(request.gestures, request.recipe, clips=request.clips, seed=request.seed, fingerprint=marks)
    part, parts = request.shard
    prepared = Prepared(request=request, shots=shots[part::parts], fingerprint=marks, config=config, published=0)
    _merged(prepared)
    present = record_ids(request.out)
    return replace(prepared, published=sum(shot.id in present for shot in prepared.shots))


def run(request: Request, *, progress: Callable[[Outcome], None] | None = None) -> Summary:
    """Make what is missing; the same request goes on where it stopped. ``progress`` is called after every shot."""
    began = time.monotonic()
    prepared = prepare(request)
    outcomes: list[Outcome] = []
    part, parts = request.shard
    with locked(request.out / f".lock-{part}-of-{parts}"):
        _update_manifest(prepared)
        sweep(request.out)
        present = record_ids(request.out)
        missing = [shot for shot in prepared.shots if shot.id not in present]
        with _finishing(request.out), contextlib.closing(_outcomes(prepared, missing)) as coming:
            for outcome in coming:
                outcomes.append(outcome)
                if progress is not None:
                    progress(outcome)
    failures = tuple(outcome for outcome in outcomes if outcome.reason)
    return Summary(
        clips=len(prepared.shots) - len(failures),
        made=len(outcomes) - len(failures),
        failed=len(failures),
        bytes=sum(outcome.bytes for outcome in outcomes),
        seconds=time.monotonic() - began,
        failures=failures,
    )


def estimate(prepared: Prepared) -> Estimate:
    """Bytes and seconds that the missing clips would take, from a few that are made for measurement and thrown away."""
    missing = prepared.missing
    step = max(1, len(prepared.shots) // TRIALS)
    trials = prepared.shots[::step][: min(TRIALS, missing)]
    if not trials:
        return Estimate(bytes=0, seconds=0.0, trials=0)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        (out / "clips").mkdir()
        arrivals: list[float] = []
        for _ in _outcomes(replace(prepared, request=replace(prepared.request, out=out)), trials):
            arrivals.append(time.monotonic())
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    workers = max(1, min(prepared.request.workers, len(trials)))
    # The first clip of each worker carries its start; what comes after tells the pace.
    pace = (arrivals[-1] - arrivals[workers - 1]) / (len(trials) - workers) if len(trials) > workers else 0.0
    return Estimate(bytes=round(size / len(trials) * missing), seconds=pace * missing, trials=len(trials))


def default_workers() -> int:
    """Worker processes that suit this machine: one for every processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
        if writable:
            sweep(folder)
            write_derived(folder)


def _update_manifest(prepared: Prepared) -> None:
    folder = prepared.request.out
    with locked(folder / ".lock"):  # shards of one run share the manifest
        (folder / "clips").mkdir(exist_ok=True)
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


def _outcomes(prepared: Prepared, shots: Iterable[Shot]) -> Generator[Outcome, None, None]:
    request = prepared.request
    wanted = tuple(shots)
    if not wanted:
        return
    if request.engine is None and request.workers > 0:
        job = Job(
            recipe=request.recipe, folder=str(request.out), config=prepared.config, licence=request.recipe.licence
        )
        yield from run_local(job, wanted, workers=request.workers)
        return
    engine: Engine = request.engine or load_engine(request.recipe)
    publisher = Publisher(folder=request.out, config=prepared.config, licence=request.recipe.licence)
    for start in range(0, len(wanted), request.recipe.batch):
        yield from make(engine, wanted[start : start + request.recipe.batch], publisher)
