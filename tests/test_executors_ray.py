"""The ray executor: the same clips as the local one, whoever dies on the way."""

import dataclasses
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import make, tree_digest
from test_cli import last_line, synthgest

from synthgest.data.dataset import Dataset
from synthgest.errors import SpecError, StorageError
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
    pytest.importorskip("ray")
    from synthgest.executors.ray_joining import joined

    before = signal.getsignal(signal.SIGTERM)
    with joined(2) as elsewhere:
        assert not elsewhere
        assert signal.getsignal(signal.SIGTERM) is before  # what the command line does with it stays as it was
        yield None


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
    """Processes below this one in which an actor makes shots: ray names them for what they do."""
    parents, found = {}, []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if (path / "cmdline").read_bytes().startswith(b"ray::Maker"):
                found.append(int(path.name))
        except OSError:  # it has just ended
            continue
    return [process for process in found if os.getpid() in ancestors(process, parents)]


def ancestors(process: int, parents: Mapping[int, int]) -> list[int]:
    above = []
    while (process := parents.get(process, 0)) > 1:
        above.append(process)
    return above


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

    outcomes = list(run_ray(job, shots, workers=6))  # the cluster has room for two
    assert not any(outcome.reason for outcome in outcomes)
    assert len(outcomes) == 6


def test_a_run_that_is_closed_ends_its_actors(cluster: Any, job: Job, shots: tuple[Shot, ...]) -> None:
    from synthgest.executors.ray_cluster import run_ray

    outcomes = run_ray(_with(job, sleep=0.3), shots, workers=2)
    next(outcomes)
    outcomes.close()
    until = time.monotonic() + 60
    while actors():
        assert time.monotonic() < until, "actors go on"
        time.sleep(0.1)


def test_features_of_a_cluster_are_those_of_one_process(
    two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(Request(gestures=two_gestures, recipe=toy, clips=3, seed=0, out=tmp_path / "out", workers=0))
    words = ["evaluate", "features", "--query", tmp_path / "out", "--encoder", "clip"]
    alone = synthgest(*words, "--cache", tmp_path / "alone", "--json")
    assert last_line(alone)["features"] == 6, alone.stderr
    from synthgest.executors.ray_tasks import on_cluster

    command = [sys.executable, "-m", "synthgest", *map(str, words), "--cache", "cluster", "--shard"]
    monkeypatch.chdir(tmp_path)
    assert on_cluster([[*command, "0/2"], [*command, "1/2"]]) == []
    assert tree_digest(tmp_path / "cluster") == tree_digest(tmp_path / "alone")
    (said,) = on_cluster([[*command, "2/2"]])
    assert "expected parts from 0 to 1" in said
    whole = synthgest(*words, "--cache", tmp_path / "whole", "--executor", "ray", "--workers", "2", "--json")
    assert last_line(whole)["features"] == 6, whole.stderr
    assert "failed" not in whole.stderr


def test_scores_in_parts_are_those_of_the_whole(two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path) -> None:
    found = []
    for name, parts in (("whole", ["0/1"]), ("parts", ["1/2", "0/2"])):
        make(Request(gestures=two_gestures, recipe=toy, clips=3, seed=0, out=tmp_path / name, workers=0))
        for part in parts:
            assert synthgest("score", tmp_path / name, "--scorer", "clip", "--shard", part).returncode == 0
        found.append(read_scores(Dataset(tmp_path / name)))
    assert found[0].ids == found[1].ids
    assert np.allclose(found[0].cosines, found[1].cosines, atol=1e-5)


def test_clips_that_a_cluster_put_elsewhere_are_missed(
    cluster: Any, two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from synthgest.executors import ray_cluster

    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "clips").mkdir(parents=True)
    run = ray_cluster.run_ray
    monkeypatch.setattr(
        ray_cluster,
        "run_ray",
        lambda job, *words, **more: run(dataclasses.replace(job, folder=str(elsewhere)), *words, **more),
    )
    request = Request(
        gestures=two_gestures, recipe=toy, clips=1, seed=0, out=tmp_path / "out", executor=ExecutorName.RAY
    )
    with pytest.raises(StorageError, match="it is another folder"):
        make(request)
