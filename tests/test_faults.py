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
from conftest import Judge, counts, tree_digest

from synthgest.data.dataset import Dataset
from synthgest.data.records import record_ids

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


@pytest.mark.parametrize(
    ("batch", "trials"), [(8, 4), *(pytest.param(batch, 25, marks=pytest.mark.faults) for batch in range(8))]
)
def test_killed_at_any_moment_and_started_again_the_tree_is_the_same(
    tmp_path: Path, slowed: Path, monkeypatch: pytest.MonkeyPatch, judged: Judge, batch: int, trials: int
) -> None:
    _complete(tmp_path / "whole", slowed)
    expected = tree_digest(tmp_path / "whole")
    moment = random.Random(batch)
    half_way = torn = redone = 0
    for trial in range(trials):
        out = tmp_path / f"trial{trial}"
        monkeypatch.setenv("SYNTHGEST_TOY_LOG", str(tmp_path / f"log{trial}"))
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
        torn += tree_digest(out) != expected or bool(list(out.rglob(".part-*")))
        redone = max(redone, len((out.parent / f"log{trial}").read_text().splitlines()) - 12)
        shutil.rmtree(out)
    judged("F1", "SIGKILL at a random moment: torn, missing or double", trials=trials, worst=torn, bar=0, unit="trees")
    judged("F1", "SIGKILL at a random moment: made twice", trials=trials, worst=redone, bar=2, unit="clips")
    assert half_way >= trials / 5


def _wait_for_a_clip(out: Path) -> None:
    until = time.monotonic() + 60
    while not next((out / "clips").glob("??/*"), None):
        assert time.monotonic() < until, "no clip after a minute"
        time.sleep(0.002)


def _wait_for_orphans(out: Path) -> None:
    """A worker whose launcher was killed ends after the clip it is at: wait until nothing is published any more."""
    before = -1
    while before != (before := len(list(out.rglob("*")))):
        time.sleep(0.4)


@pytest.mark.parametrize("code", [None, NO_LOCK], ids=["locked", "lock-is-a-no-op"])
@counts(2, 50)
def test_two_processes_in_one_folder_never_tear_or_double_a_clip(
    tmp_path: Path, slowed: Path, judged: Judge, code: str | None, trials: int
) -> None:
    _complete(tmp_path / "whole", slowed)
    expected = tree_digest(tmp_path / "whole")
    moment = random.Random(1)
    torn = double = 0
    for trial in range(trials):
        out = tmp_path / f"both{trial}"
        pair = [_start(out, slowed, "--json", code=code)]
        time.sleep(moment.uniform(0, 0.4))
        pair.append(_start(out, slowed, "--json", code=code))
        results = [process.communicate(timeout=60) for process in pair]
        assert [process.returncode for process in pair] == [0, 0], results
        made = [json.loads(stdout.splitlines()[-1])["made"] for stdout, _ in results]
        double += code is None and sum(made) != 12
        torn += tree_digest(out) != expected
        shutil.rmtree(out)
    how = "with locks" if code is None else "with locks that do nothing"
    judged("F3", f"two processes in one folder, {how}: torn", trials=trials, worst=torn, bar=0, unit="trees")
    if code is None:
        judged("F3", f"two processes in one folder, {how}: made twice", trials=trials, worst=double, bar=0, unit="runs")


KILLED_AT = """
import os, signal, sys
from pathlib import Path
from synthgest.data import publish, storage
left = int(sys.argv.pop(1))
def counted(call):
    def step(*words, **more):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*words, **more)
    return step
storage._flush = counted(storage._flush)
Path.replace = counted(Path.replace)
publish.write_video = counted(publish.write_video)
sys.argv[0] = "synthgest"
from synthgest.cli import main
main()
"""


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.faults)])
def test_killed_at_every_step_of_publishing_the_next_run_mends_it(
    tmp_path: Path, toy_recipe: Path, judged: Judge, every: int
) -> None:
    """Every flush to disk, every rename and every video: the last is where nothing is left to be killed at."""
    words = [
        "generate",
        "everyday/wave",
        "rocog/Halt",
        "--clips",
        "2",
        "--generator",
        str(toy_recipe),
        "--workers",
        "0",
    ]

    def run(out: Path, step: int) -> int:
        command = [sys.executable, "-c", KILLED_AT, str(step), *words, "--out", str(out)]
        return subprocess.run(command, capture_output=True, timeout=60).returncode

    assert run(tmp_path / "whole", 0) == 0
    expected = tree_digest(tmp_path / "whole")
    trials = torn = 0
    step = 1
    while run(tmp_path / f"{step}", step) == -signal.SIGKILL:
        trials += 1
        assert run(tmp_path / f"{step}", 0) == 0
        left = tree_digest(tmp_path / f"{step}") != expected or bool(list((tmp_path / f"{step}").rglob(".part-*")))
        torn += left
        shutil.rmtree(tmp_path / f"{step}")
        step += every
    assert trials >= 30 / every
    judged(
        "F1", "SIGKILL at a step of publishing: torn, missing or left", trials=trials, worst=torn, bar=0, unit="trees"
    )


@pytest.mark.parametrize("signals", [6, pytest.param(50, marks=pytest.mark.faults)])
def test_asked_to_end_at_any_moment_it_ends_soon_and_whole(
    tmp_path: Path, slowed: Path, judged: Judge, signals: int
) -> None:
    moment = random.Random(3)
    slowest, broken, asked = 0.0, 0, 0
    codes = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGUSR1: 143}
    for trial in range(signals):
        out = tmp_path / f"asked{trial}"
        process = _start(out, slowed, "--json")
        _wait_for_a_clip(out)
        time.sleep(moment.uniform(0, 0.2))
        kind = list(codes)[trial % 3]
        began = time.monotonic()
        process.send_signal(kind)
        words, _ = process.communicate(timeout=30)
        slowest = max(slowest, time.monotonic() - began)
        assert process.returncode in (codes[kind], 0)  # 0: it had just finished
        if process.returncode:
            asked += 1
            told = json.loads(words.splitlines()[-1])
            there = len(Dataset(out))
            assert told.get("clips", 12) == there == 12 - told.get("missing", 0)  # nothing is told of the last moment
        broken += bool(list(out.rglob(".part-*"))) or any(True for clip in Dataset(out) if len(clip.frames()) != 16)
        assert _complete(out, slowed)["clips"] == 12
        shutil.rmtree(out)
    assert asked >= signals / 2
    bar = 2 if signals > 10 else 10  # few are asked beside other tests, where a clock says little
    judged("F2", "SIGINT, SIGTERM, SIGUSR1: until the end", trials=signals, worst=slowest, bar=bar, unit="s")
    judged(
        "F2", "SIGINT, SIGTERM, SIGUSR1: broken clips or leftovers", trials=signals, worst=broken, bar=0, unit="folders"
    )


@pytest.mark.slow
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
