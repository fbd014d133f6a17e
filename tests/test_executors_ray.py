"""The ray executor: the same clips as the local one, whoever dies on the way."""

import dataclasses
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import make, tree_digest
from test_cli import last_line, synthgest

from synthgest.data.dataset import Dataset
from synthgest.errors import SpecError
from synthgest.executors.names import ExecutorName
from synthgest.executors.task import Job
from synthgest.generation import Request
from synthgest.gestures import Gesture
from synthgest.plan import plan
from synthgest.scoring.store import read_scores
from synthgest.types import Recipe, Shot

pytestmark = pytest.mark.filterwarnings("ignore")  # ray's own


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """One for all tests of this file: to start one takes seconds."""
    ray = pytest.importorskip("ray")
    from synthgest.executors.ray_cluster import connected

    assert connected(2)
    yield ray
    ray.shutdown()


@pytest.fixture
def job(tmp_path: Path, toy: Recipe) -> Job:
    (tmp_path / "clips").mkdir()
    return Job(recipe=toy, folder=str(tmp_path), config="c", licence="")


@pytest.fixture
def shots(two_gestures: tuple[Gesture, ...], toy: Recipe) -> tuple[Shot, ...]:
    return plan(two_gestures, toy, clips=3, seed=0, fingerprint={})


def _with(job: Job, *, batch: int = 1, patience: float = 900.0, **settings: object) -> Job:
    return dataclasses.replace(
        job, recipe=dataclasses.replace(job.recipe, settings=settings, batch=batch, patience=patience)
    )


def actors() -> list[int]:
    """Processes in which an actor makes shots: ray names them for what they do."""
    titles = {path.parent.name: path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()}
    return [int(process) for process, title in titles.items() if title.startswith(b"ray::Maker")]


def test_clips_are_byte_for_byte_those_of_local_workers(
    cluster: Any, two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path
) -> None:
    request = Request(gestures=two_gestures, recipe=toy, clips=5, seed=0, out=tmp_path / "local", workers=2)
    make(request)
    summary = make(dataclasses.replace(request, out=tmp_path / "ray", executor=ExecutorName.RAY))
    assert (summary.clips, summary.failed, summary.missing) == (10, 0, 0)
    assert tree_digest(tmp_path / "ray") == tree_digest(tmp_path / "local")


@pytest.mark.parametrize("batch", [1, 4])
def test_a_shot_that_kills_its_actor_takes_no_other_with_it(
    cluster: Any, job: Job, shots: tuple[Shot, ...], batch: int
) -> None:
    from synthgest.executors.ray_cluster import run_ray

    job = _with(job, batch=batch, fault="crash", fault_index=1, eager=True)
    outcomes = list(run_ray(job, shots, workers=2))
    assert {outcome.id for outcome in outcomes if outcome.reason == "crash"} == {
        shot.id for shot in shots if shot.index == 1
    }
    assert sorted(outcome.id for outcome in outcomes) == sorted(shot.id for shot in shots)


def test_an_actor_that_is_killed_costs_what_it_had_in_hand(
    cluster: Any, two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path
) -> None:
    slow = dataclasses.replace(toy, settings={"sleep": 0.1})
    request = Request(gestures=two_gestures, recipe=slow, clips=10, seed=0, out=tmp_path / "local", workers=2)
    make(request)
    from synthgest.generation import prepare, run

    killed: list[int] = []

    def kill_one(_: object) -> None:
        if not killed:
            killed.append(actors()[0])
            os.kill(killed[0], signal.SIGKILL)

    prepared = prepare(dataclasses.replace(request, out=tmp_path / "ray", executor=ExecutorName.RAY))
    summary = run(prepared, progress=kill_one)
    assert killed
    assert (summary.clips, summary.failed) == (20, 0)
    assert tree_digest(tmp_path / "ray") == tree_digest(tmp_path / "local")


def test_an_actor_that_hangs_is_ended(cluster: Any, job: Job, shots: tuple[Shot, ...]) -> None:
    from synthgest.executors.ray_cluster import run_ray

    outcomes = list(run_ray(_with(job, patience=2.0, fault="hang", fault_index=1), shots, workers=2))
    assert sorted(outcome.reason for outcome in outcomes) == ["", "", "", "", "hang", "hang"]


def test_what_the_engine_refuses_ends_the_run_with_its_own_error(
    cluster: Any, job: Job, shots: tuple[Shot, ...]
) -> None:
    from synthgest.executors.ray_cluster import run_ray

    with pytest.raises(SpecError, match="unknown key 'frame'"):
        list(run_ray(_with(job, frame=3), shots, workers=2))


def test_actors_that_find_no_room_are_not_waited_for(cluster: Any, job: Job, shots: tuple[Shot, ...]) -> None:
    from synthgest.executors.ray_cluster import run_ray

    began = time.monotonic()
    outcomes = list(run_ray(job, shots, workers=6))  # the cluster has room for two
    assert not any(outcome.reason for outcome in outcomes)
    assert len(outcomes) == 6
    assert time.monotonic() - began < 60


def test_a_run_that_is_closed_ends_its_actors(cluster: Any, job: Job, shots: tuple[Shot, ...]) -> None:
    from synthgest.executors.ray_cluster import run_ray

    outcomes = run_ray(_with(job, sleep=0.3), shots, workers=2)
    next(outcomes)
    outcomes.close()
    made = len(list(job.path.rglob("*.json")))
    time.sleep(1.0)
    assert len(list(job.path.rglob("*.json"))) == made


def test_features_of_a_cluster_are_those_of_one_process(
    two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path
) -> None:
    make(Request(gestures=two_gestures, recipe=toy, clips=3, seed=0, out=tmp_path / "out", workers=0))
    words = ["evaluate", "features", "--query", tmp_path / "out", "--encoder", "clip"]
    alone = synthgest(*words, "--cache", tmp_path / "alone", "--json")
    assert last_line(alone)["features"] == 6, alone.stderr
    cluster = synthgest(*words, "--cache", tmp_path / "cluster", "--executor", "ray", "--workers", "2", "--json")
    assert last_line(cluster)["features"] == 6, cluster.stderr
    assert tree_digest(tmp_path / "cluster") == tree_digest(tmp_path / "alone")


def test_scores_in_parts_are_those_of_the_whole(two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path) -> None:
    found = []
    for name, parts in (("whole", ["0/1"]), ("parts", ["1/2", "0/2"])):
        make(Request(gestures=two_gestures, recipe=toy, clips=3, seed=0, out=tmp_path / name, workers=0))
        for part in parts:
            assert synthgest("score", tmp_path / name, "--scorer", "clip", "--shard", part).returncode == 0
        found.append(read_scores(Dataset(tmp_path / name)))
    assert found[0].ids == found[1].ids
    assert np.allclose(found[0].cosines, found[1].cosines, atol=1e-5)
