"""Readers of files that others wrote raise nothing but errors that a user can mend, whatever the file holds."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent / "scripts"
sys.path.insert(0, str(SCRIPTS))

from fuzz_targets import TARGETS  # noqa: E402

ONCE = {
    "record": [b'{"id":"\xff"}', b'{"x":' + b"[" * 3000],
    "settings": [b"a=" + b"[" * 3000],
    "run": [b'"{{"', b"[]", b"1"],
    "annotations-csv": [
        b"label,youtube_id,time_start,time_end,split\nwave,abc,zero,10,train\n",
        b"youtube_id,label\nwave\n",
        b"youtube_id,label\n" + b"w" * 200_000 + b",wave\n",
        b"w" * 200_000 + b"\n",
    ],
    "keypoints-csv": [b"left_wrist_x,left_wrist_y\n" + b"1" * 200_000 + b",2\n"],
    "gesture": [b"a = " + b"[" * 3000],
    "annotations-json": [b"[" * 3000],
}
"""What once raised something else."""


@pytest.mark.parametrize(("name", "data"), [(name, data) for name, found in ONCE.items() for data in found])
def test_what_once_crashed_a_reader_is_an_error_now(name: str, data: bytes) -> None:
    TARGETS[name].run(data)


@pytest.mark.parametrize("name", TARGETS)
def test_bytes_that_change_at_random_crash_no_reader(name: str) -> None:
    rng = random.Random(name)
    for _ in range(150):
        data = bytearray(rng.choice(TARGETS[name].seeds))
        for _ in range(rng.randint(0, 8)):
            place = rng.randrange(len(data) + 1)
            data[place : place + rng.randint(0, 3)] = rng.choice(
                [b"", b"\0", b"\xff", b"-1", b"1e999", b"nan", b"[", b'"', b"\n"]
            )
        TARGETS[name].run(bytes(data))


@pytest.mark.slow
def test_a_guided_fuzzer_crashes_no_reader(tmp_path: Path) -> None:
    """A few thousand executions with one seed; scripts/fuzz.py goes on to a million with others."""
    pytest.importorskip("atheris")
    words = ["--seed", "1", "--runs", "4000", "--seconds", "20", "--corpus", str(tmp_path)]
    command = [sys.executable, str(SCRIPTS / "fuzz.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    crashes = [str(path.relative_to(tmp_path)) for path in (tmp_path / "crashes").rglob("*") if path.is_file()]
    assert not crashes, done.stdout
    assert "?" not in done.stdout, done.stdout  # each target was fuzzed, and told how much
