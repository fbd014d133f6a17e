"""Worker processes die, hang and are left alone; no shot is lost, none is made twice (FAULTS.md F23)."""

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Judge

from synthgest.data.records import Failure, failure_path, read_record
from synthgest.errors import SpecError
from synthgest.executors.local import run_local
from synthgest.executors.task import Job
from synthgest.gestures import Gesture
from synthgest.plan import plan
from synthgest.types import Recipe, Shot


@pytest.fixture
def job(tmp_path: Path, toy: Recipe) -> Job:
    (tmp_path / "clips").mkdir()
    return Job(recipe=toy, folder=str(tmp_path), config="c", licence="")


@pytest.fixture
def shots(two_gestures: tuple[Gesture, ...], toy: Recipe) -> tuple[Shot, ...]:
    return plan(two_gestures, toy, clips=3, seed=0, fingerprint={})


def _with(job: Job, **settings: object) -> Job:
    return dataclasses.replace(job, recipe=dataclasses.replace(job.recipe, settings=settings))


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_every_shot_has_one_outcome_whatever_the_batch(job: Job, shots: tuple[Shot, ...], batch: int) -> None:
    job = dataclasses.replace(job, recipe=dataclasses.replace(job.recipe, batch=batch))
    outcomes = list(run_local(job, shots, workers=2))
    assert sorted(outcome.id for outcome in outcomes) == sorted(shot.id for shot in shots)
    assert not any(outcome.reason for outcome in outcomes)


@pytest.mark.slow
def test_a_worker_that_hangs_is_replaced_and_its_shot_given_up_after_three_tries(
    job: Job, shots: tuple[Shot, ...], judged: Judge
) -> None:
    job = _with(job, fault="hang", fault_index=1)
    job = dataclasses.replace(job, recipe=dataclasses.replace(job.recipe, patience=3.0))
    told: list[float] = [time.monotonic()]
    outcomes = []
    for outcome in run_local(job, shots, workers=2):
        outcomes.append(outcome)
        told.append(time.monotonic())
    assert sorted(outcome.reason for outcome in outcomes) == ["", "", "", "", "hang", "hang"]
    # Two shots hang side by side, three times each, for three seconds each time.
    seen = (told[-1] - told[0]) / 3 - 3.0
    judged("F23", "a hang is seen so long after the patience ended", trials=6, worst=seen, bar=5, unit="s")
    hung = next(shot for shot in shots if shot.index == 1)
    assert "3 times" in read_record(failure_path(job.path, hung.id), Failure).attempts[0].message


def test_a_setting_that_the_engine_refuses_ends_the_run_with_its_own_error(job: Job, shots: tuple[Shot, ...]) -> None:
    with pytest.raises(SpecError, match="unknown key 'frame'"):
        list(run_local(_with(job, frame=3), shots, workers=2))


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_a_shot_that_kills_its_worker_takes_no_other_with_it(job: Job, shots: tuple[Shot, ...], batch: int) -> None:
    recipe = dataclasses.replace(job.recipe, batch=batch, settings={"fault": "crash", "fault_index": 1, "eager": True})
    outcomes = list(run_local(dataclasses.replace(job, recipe=recipe), shots, workers=2))
    assert {outcome.id for outcome in outcomes if outcome.reason} == {shot.id for shot in shots if shot.index == 1}
    assert len(outcomes) == len(shots)


def test_a_file_in_the_users_folder_does_not_shadow_the_standard_library(
    job: Job, shots: tuple[Shot, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "random.py").write_text("raise SystemExit('not me')")
    monkeypatch.chdir(tmp_path)
    assert [outcome.reason for outcome in run_local(job, shots[:1], workers=1)] == [""]


def test_closing_the_iterator_ends_the_workers_at_once(job: Job, shots: tuple[Shot, ...]) -> None:
    outcomes = run_local(_with(job, sleep=0.2), shots, workers=2)
    next(outcomes)
    began = time.monotonic()
    outcomes.close()
    assert time.monotonic() - began < 2
    made = len(list(job.path.rglob("*.json")))
    time.sleep(0.5)
    assert len(list(job.path.rglob("*.json"))) == made


def test_what_a_library_prints_does_not_disturb_the_reports(
    job: Job, shots: tuple[Shot, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "print('hello from a chatty library')\nimport atexit; atexit.register(print, 'bye')\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ["PYTHONPATH"]]))
    noisy = list(run_local(job, shots[:2], workers=1))
    assert [outcome.reason for outcome in noisy] == ["", ""]


def test_a_worker_that_is_asked_to_leave_finishes_the_clip_that_it_publishes() -> None:
    script = (
        "import os, signal\n"
        "from synthgest.executors.worker import Departure\n"
        "leaving = Departure()\n"
        "with leaving:\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    print('published', flush=True)\n"
        "print('went on', flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "published\n"


def test_a_worker_that_is_asked_to_leave_between_clips_leaves_at_once() -> None:
    script = (
        "import os, signal\n"
        "from synthgest.executors.worker import Departure\n"
        "leaving = Departure()\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "print('went on', flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == ""


def test_a_worker_whose_launcher_is_gone_ends_instead_of_spoiling_its_clip() -> None:
    script = (
        "import os; from synthgest.executors.worker import _Teller; from synthgest.progress import Step\n"
        "receiving, sending = os.pipe(); os.close(receiving)\n"
        "_Teller(os.fdopen(sending, 'wb'))(Step(done=1, total=2)); print('still here')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("fault", ["segv", "cuda", pytest.param("crash", marks=pytest.mark.faults)])
def test_a_worker_whose_engine_or_accelerator_is_gone_costs_its_shot_alone(
    job: Job, shots: tuple[Shot, ...], judged: Judge, fault: str
) -> None:
    outcomes = list(run_local(_with(job, fault=fault, fault_index=1), shots, workers=2))
    assert sorted(outcome.id for outcome in outcomes) == sorted(shot.id for shot in shots)
    spoilt = {outcome.id for outcome in outcomes if outcome.reason}
    assert {outcome.reason for outcome in outcomes if outcome.reason} == {"crash"}
    others = len(spoilt - {shot.id for shot in shots if shot.index == 1})
    judged("F23", f"workers that end by {fault}", trials=1, worst=others, bar=0, unit="other clips lost")
