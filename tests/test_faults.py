"""Killed, crowded and starved: work at least once, visible result exactly once (FAULTS.md F1, F3, F5)."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import tree_digest

from synthgest.data.records import record_ids

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "synthgest", "generate", "everyday/wave", "rocog/Halt", "--clips", "6"]
NO_LOCK = (
    "import fcntl, sys; fcntl.flock = lambda *words: None; sys.argv[0] = 'synthgest'; "
    "from synthgest.cli import main; main()"
)


def _start(out: Path, recipe: Path, *more: str, code: str | None = None) -> subprocess.Popen[bytes]:
    head = [sys.executable, "-c", code, *COMMAND[3:]] if code else COMMAND
    words = [*head, "--generator", str(recipe), "--out", str(out), "--workers", "2", *more]
    return subprocess.Popen(words, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _complete(out: Path, recipe: Path) -> dict[str, int]:
    process = _start(out, recipe, "--json")
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr.decode()
    result: dict[str, int] = json.loads(stdout.splitlines()[-1])
    return result


@pytest.fixture
def slowed(tmp_path: Path) -> Path:
    path = tmp_path / "toy.toml"
    path.write_text('engine = "toy"\nsleep = 0.03\n')
    return path


@pytest.mark.parametrize("batch", [0, 1, *(pytest.param(batch, marks=pytest.mark.faults) for batch in range(2, 8))])
def test_killed_at_any_moment_and_started_again_the_tree_is_the_same(tmp_path: Path, slowed: Path, batch: int) -> None:
    _complete(tmp_path / "whole", slowed)
    expected = tree_digest(tmp_path / "whole")
    moment = random.Random(batch)
    half_way = 0
    for trial in range(25):
        out = tmp_path / f"trial{trial}"
        process = _start(out, slowed)
        _wait_for_a_clip(out)
        time.sleep(moment.uniform(0, 0.25))  # twelve clips of some 40 ms, by two workers
        if trial % 2:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()  # the workers notice on their own that nobody listens
        process.communicate()
        _wait_for_orphans(out)
        published = len(record_ids(out))
        half_way += 0 < published < 12
        assert _complete(out, slowed)["made"] == 12 - published
        assert tree_digest(out) == expected
        assert not list(out.rglob(".part-*"))
        shutil.rmtree(out)
    assert half_way >= 5


def _wait_for_a_clip(out: Path) -> None:
    while not next((out / "clips").glob("??/*"), None):
        time.sleep(0.002)


def _wait_for_orphans(out: Path) -> None:
    """A worker whose launcher was killed ends after the clip it is at: wait until nothing is published any more."""
    before = -1
    while before != (before := len(list(out.rglob("*")))):
        time.sleep(0.15)


@pytest.mark.parametrize("code", [None, NO_LOCK], ids=["locked", "lock-is-a-no-op"])
def test_two_processes_in_one_folder_never_tear_or_double_a_clip(
    tmp_path: Path, slowed: Path, code: str | None
) -> None:
    _complete(tmp_path / "whole", slowed)
    expected = tree_digest(tmp_path / "whole")
    for trial in range(10):
        out = tmp_path / f"both{trial}"
        pair = [_start(out, slowed, "--json", code=code) for _ in range(2)]
        results = [process.communicate(timeout=60) for process in pair]
        assert [process.returncode for process in pair] == [0, 0], results
        if code is None:
            made = [json.loads(stdout.splitlines()[-1])["made"] for stdout, _ in results]
            assert sum(made) == 12
        assert tree_digest(out) == expected


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root to mount a small disk")
def test_a_full_disk_stops_the_run_cleanly_and_it_goes_on_when_there_is_space(tmp_path: Path, slowed: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("this sandbox may not mount")
    try:
        process = _start(disk / "out", slowed)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 1
        assert b"No space left" in stderr
        assert b"Traceback" not in stderr
        subprocess.run(["mount", "-o", "remount,size=4M", str(disk)], check=True)
        assert _complete(disk / "out", slowed)["clips"] == 12
        _complete(tmp_path / "whole", slowed)
        assert tree_digest(disk / "out") == tree_digest(tmp_path / "whole")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_drawn_clips_are_the_same_with_one_worker_with_two_and_after_twenty_kills(tmp_path: Path) -> None:
    words = ["--set", "width=64", "--set", "height=64", "--set", "frames=[48, 56]", "--json"]
    trees = []
    for workers in ("1", "2"):
        process = _start(tmp_path / workers, Path("pose-transfer"), *words, "--workers", workers)
        stdout, stderr = process.communicate(timeout=300)
        assert json.loads(stdout.splitlines()[-1])["clips"] == 12, stderr.decode()
        trees.append(tree_digest(tmp_path / workers))
    assert trees[0] == trees[1]
    moment = random.Random(0)
    for _ in range(20):
        process = _start(tmp_path / "killed", Path("pose-transfer"), *words)
        time.sleep(moment.uniform(0.5, 4))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    process = _start(tmp_path / "killed", Path("pose-transfer"), *words)
    process.communicate(timeout=300)
    assert process.returncode == 0
    assert tree_digest(tmp_path / "killed") == trees[0]
