"""The command line as a user meets it: a process, its exit code, and the last line of its output."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import pytest
from conftest import tree_digest


def synthgest(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synthgest", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120)


def last_line(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return parsed


@pytest.fixture
def small(toy_recipe: Path, tmp_path: Path) -> list[object]:
    return ["generate", "wave", "Halt", "--generator", toy_recipe, "--clips", 2, "--out", tmp_path / "out"]


def test_generate_prints_one_json_object_and_writes_the_sheet(small: list[object], tmp_path: Path) -> None:
    done = synthgest(*small, "--json", "--workers", 1, "--sheet", tmp_path / "sheet.png")
    assert done.returncode == 0, done.stderr
    result = last_line(done)
    assert (result["clips"], result["failed"], result["classes"]) == (4, 0, 2)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet.shape[1] > 2 * 5 * 112  # two clips of five frames side by side
    again = last_line(synthgest(*small, "--json"))
    assert (again["clips"], again["made"]) == (4, 0)


def test_a_dry_run_prints_the_plan_and_writes_nothing(small: list[object], tmp_path: Path) -> None:
    done = synthgest(*small, "--dry-run", "--json", "--workers", 1)
    result = last_line(done)
    assert (result["planned"], result["missing"], result["published"]) == (4, 4, 0)
    assert result["bytes"] > 0
    assert not (tmp_path / "out").exists()


def test_a_changed_seed_exits_2_and_names_it(small: list[object], tmp_path: Path) -> None:
    synthgest(*small, "--workers", 0)
    before = tree_digest(tmp_path / "out")
    taken = []
    for _ in range(5):  # the least of them, as for the help: what else the machine does is not the command's
        began = time.monotonic()
        done = synthgest(*small, "--seed", 5)
        taken.append(time.monotonic() - began)
        assert done.returncode == 2
        assert "seed: 0 in the folder, 5 asked for" in done.stderr
        assert tree_digest(tmp_path / "out") == before
    assert min(taken) < 2


def test_failed_shots_exit_1_and_are_counted_by_reason(small: list[object], tmp_path: Path) -> None:
    done = synthgest(*small, "--set", "fault=raise", "--set", "fault_index=1", "--json", "--workers", 1)
    assert done.returncode == 1
    assert last_line(done)["reasons"] == {"error": 2}
    assert len(list((tmp_path / "out" / "failures").glob("*.json"))) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["generate", "wavee"], "did you mean"),
        (["generate"], "no gesture was named"),
        (["generate", "wave", "--generator", "pose-transfr"], "did you mean 'pose-transfer'"),
        (["generate", "wave", "--set", "widht=3"], "did you mean 'width'"),
        (["generate", "wave", "--shard", "x"], "expected i/n"),
        (["verify", "nowhere"], "is not a data set"),
        (["generate", "wave", "--clips", "many"], "clips"),
        (["nothing"], "nothing"),
    ],
)
def test_a_mistake_exits_2_and_says_what_to_do(words: list[str], message: str, tmp_path: Path) -> None:
    done = synthgest(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["generate", "wavee"], "SpecError"),
        (["generate", "--clips", "many"], "UsageError"),
        (["verify"], "UsageError"),
        (["bogus"], "UsageError"),
        (["generate", "wave", "--sheet", "x.gif"], "SpecError"),
    ],
)
def test_errors_are_json_too_when_a_program_reads(words: list[str], kind: str, tmp_path: Path) -> None:
    done = synthgest(*words, "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert last_line(done)["kind"] == kind
    assert not (tmp_path / "out").exists()


def test_help_and_import_take_at_most_0_3_seconds() -> None:
    def taken(*words: str) -> float:
        began = time.monotonic()
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        return time.monotonic() - began

    assert min(taken("-m", "synthgest", "--help") for _ in range(5)) <= 0.3
    assert min(taken("-c", "import synthgest") for _ in range(5)) <= 0.3


def test_verify_lists_a_spoilt_clip_and_repair_lets_generate_make_it_anew(small: list[object], tmp_path: Path) -> None:
    synthgest(*small, "--workers", 0)
    expected = tree_digest(tmp_path / "out")
    assert synthgest("verify", tmp_path / "out").returncode == 0
    video = next((tmp_path / "out" / "clips").rglob("*.mp4"))
    video.write_bytes(video.read_bytes()[:-7])
    done = synthgest("verify", tmp_path / "out", "--json")
    assert done.returncode == 1
    assert list(last_line(done)["corrupt"]) == [video.stem]
    synthgest("verify", tmp_path / "out", "--repair")
    assert last_line(synthgest(*small, "--json", "--workers", 0))["made"] == 1
    assert tree_digest(tmp_path / "out") == expected


@pytest.mark.parametrize("kind", ["gestures", "generators", "engines"])
def test_list_shows_what_there_is(kind: str) -> None:
    done = synthgest("list", kind, "--json")
    expected = {"gestures": "rocog/Halt", "generators": "pose-transfer", "engines": "toy"}
    assert expected[kind] in last_line(done)[kind]


def test_preview_draws_again_when_the_file_is_saved_and_a_mistake_does_not_end_the_watch(tmp_path: Path) -> None:
    spec = tmp_path / "mine.toml"
    good = 'name = "mine"\n[[keyframes]]\nphase = "stroke"\nseconds = 0.6\nright = { plane = 0, elevation = ANGLE }\n'
    spec.write_text(good.replace("ANGLE", "90"))
    words = ["preview", str(spec), "--out", str(tmp_path / "mine.png"), "--frames", "1", "--size", "64", "--watch"]
    watching = subprocess.Popen(
        [sys.executable, "-m", "synthgest", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert watching.stdout is not None
    try:
        assert "1 gestures in" in watching.stdout.readline()
        before = (tmp_path / "mine.png").read_bytes()
        spec.write_text(good.replace("ANGLE", "900"))
        assert "elevation = 900 is outside" in watching.stdout.readline()
        spec.write_text(good.replace("ANGLE", "30"))
        assert "1 gestures in" in watching.stdout.readline()
        assert (tmp_path / "mine.png").read_bytes() != before
    finally:
        watching.terminate()
        watching.wait(timeout=20)
        watching.stdout.close()


def test_doctor_finds_this_machine_fit() -> None:
    done = synthgest("doctor", "--json")
    assert done.returncode == 0, done.stdout
    assert {"rendering (EGL)", "video (H.264)"} <= {finding["part"] for finding in last_line(done)["findings"]}


@pytest.mark.parametrize("code", ["import synthgest", "import synthgest.cli"])
def test_starting_imports_nothing_heavy(code: str) -> None:
    heavy = ("torch", "cv2", "av", "scipy", "pyrender", "pyarrow", "numpy", "datasets", "transformers")
    probe = f"{code}; import sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("signal", "code"), [("INT", 130), ("TERM", 143), ("USR1", 143)])
def test_a_signal_ends_the_run_soon_and_the_same_command_completes_it(
    small: list[object], tmp_path: Path, signal: str, code: int
) -> None:
    words = [*small, "--clips", 20, "--set", "sleep=0.05", "--workers", 2, "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "synthgest", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    clips = tmp_path / "out" / "clips"
    while len(list(clips.rglob("*.json"))) < 3:
        time.sleep(0.02)
        assert process.poll() is None
    began = time.monotonic()
    os.kill(process.pid, {"INT": 2, "TERM": 15, "USR1": 10}[signal])
    process.communicate(timeout=10)
    assert process.returncode == code
    assert time.monotonic() - began < 3
    assert not list((tmp_path / "out").rglob(".part-*"))
    found = last_line(synthgest("verify", tmp_path / "out", "--json"))
    assert (found["corrupt"], found["orphans"]) == ({}, [])
    assert found["missing"] == 40 - found["clips"] > 0
    done = last_line(synthgest(*words))
    assert done["clips"] == 40
    assert 0 < done["made"] < 40
