"""Disks that are full, read-only or gone, and frames that are none: one clear error, nothing half (FAULTS.md F5, F6, F7, F24)."""

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import Judge, counts, make, tree_digest

import synthgest as sg
from synthgest.data.storage import write_bytes
from synthgest.errors import StorageError
from synthgest.generation import Request
from synthgest.gestures import Gesture
from synthgest.types import Recipe, Rendered, Shot

GENERATE = [
    sys.executable,
    "-m",
    "synthgest",
    "generate",
    "everyday/wave",
    "rocog/Halt",
    "--clips",
    "6",
    "--workers",
    "2",
]
needs_root = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root to mount a disk")


class Disk:
    """A disk in memory of so many kB."""

    def __init__(self, path: Path, kilobytes: int) -> None:
        self.path = path
        path.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(path)]
        if subprocess.run(words, capture_output=True).returncode:
            pytest.skip("this sandbox may not mount")

    def remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.path)], check=True)

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.path)], check=True)


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[list[Disk]]:
    opened: list[Disk] = []
    yield opened
    for disk in opened:
        disk.close()


def mounted(disks: list[Disk], path: Path, kilobytes: int) -> Disk:
    disks.append(Disk(path, kilobytes))
    return disks[-1]


def run(command: Sequence[object]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)


@needs_root
@pytest.mark.parametrize("sizes", [[60, 200], pytest.param(list(range(20, 301, 20)), marks=pytest.mark.faults)])
def test_a_full_disk_is_said_with_its_room_and_the_same_command_goes_on(
    disks: list[Disk], tmp_path: Path, toy_recipe: Path, judged: Judge, sizes: list[int]
) -> None:
    whole = tmp_path / "whole"
    assert run([*GENERATE, "--generator", toy_recipe, "--out", whole]).returncode == 0
    expected, wrong, full = tree_digest(whole), 0, 0
    for size in sizes:
        disk = mounted(disks, tmp_path / f"disk{size}", size)
        out = disk.path / "out"
        done = run([*GENERATE, "--generator", toy_recipe, "--out", out])
        full += done.returncode != 0
        if done.returncode:
            told = "No space left" in done.stderr and "bytes are free" in done.stderr and str(disk.path) in done.stderr
            wrong += not told or "Traceback" in done.stderr
        if (out / "dataset.toml").exists():
            wrong += any(len(clip.frames()) != 16 for clip in sg.Dataset(out))  # what is there is whole, full or not
        disk.remount("size=4M")
        wrong += (
            run([*GENERATE, "--generator", toy_recipe, "--out", out]).returncode != 0 or tree_digest(out) != expected
        )
    assert full >= 1
    judged("F5", "disks that fill up while clips are made", trials=len(sizes), worst=wrong, bar=0, unit="faults")


@needs_root
@pytest.mark.parametrize(
    "layouts",
    [
        ["mmaction2"],
        pytest.param(["mmaction2", "webdataset", "huggingface", "jester", "coco-keypoints"], marks=pytest.mark.faults),
    ],
)
def test_a_full_disk_ends_an_export_with_nothing_left(
    disks: list[Disk], tmp_path: Path, toy_recipe: Path, judged: Judge, layouts: list[str]
) -> None:
    whole = tmp_path / "whole"
    assert run([*GENERATE, "--generator", toy_recipe, "--out", whole]).returncode == 0
    wrong = 0
    for layout in layouts:
        disk = mounted(disks, tmp_path / layout, 40)
        done = run([sys.executable, "-m", "synthgest", "export", whole, "--format", layout, "--out", disk.path / "x"])
        wrong += done.returncode == 0 or "Traceback" in done.stderr or bool(list(disk.path.iterdir()))
    judged("F5", "disks that fill up in an export", trials=len(layouts), worst=wrong, bar=0, unit="faults")


@needs_root
@counts(3, 12)
def test_a_folder_that_cannot_be_written_is_one_error_soon(
    disks: list[Disk], tmp_path: Path, judged: Judge, trials: int
) -> None:
    slow = tmp_path / "slow.toml"
    slow.write_text('engine = "toy"\nsleep = 0.3\n')
    slowest, wrong = 0.0, 0
    for trial in range(trials):
        fault = ("read-only from the start", "unmounted on the way", "removed on the way")[trial % 3]
        disk = mounted(disks, tmp_path / f"disk{trial}", 4096)
        out = disk.path / "out"
        if fault == "read-only from the start":
            disk.remount("ro")
        process = subprocess.Popen(
            [*GENERATE, "--generator", str(slow), "--out", str(out)], stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        if fault != "read-only from the start":
            until = time.monotonic() + 60
            while not list(out.rglob("*.json")):
                assert time.monotonic() < until, "no clip after a minute"
                time.sleep(0.05)
        began = time.monotonic()
        if fault == "unmounted on the way":
            disk.close()
            disks.remove(disk)
        if fault == "removed on the way":
            out.rename(disk.path / "elsewhere")
        _, stderr = process.communicate(timeout=60)
        slowest = max(slowest, time.monotonic() - began)
        wrong += process.returncode == 0 or b"Traceback" in stderr or stderr.count(b"error:") != 1
    judged(
        "F6", "folders that cannot be written: no single clear error", trials=trials, worst=wrong, bar=0, unit="faults"
    )
    judged("F6", "folders that cannot be written: until the end", trials=trials, worst=slowest, bar=5, unit="s")


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ESTALE, errno.EIO, errno.EACCES, errno.EFBIG]
)
def test_every_error_of_a_disk_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    calls = []

    def broken(self: Path, target: Path) -> None:
        calls.append(target)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(StorageError, match="cannot write"):
        write_bytes(tmp_path / "a.json", b"{}")
    assert len(calls) == 1
    assert not list(tmp_path.iterdir())


@counts(20, 200)
def test_of_clips_with_nan_or_infinity_none_is_published(
    two_gestures: tuple[Gesture, ...], tmp_path: Path, judged: Judge, trials: int
) -> None:
    def spoilt(shots: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in shots:
            frames = np.random.default_rng(shot.seed).random((8, 32, 32, 3))
            where = slice(None) if shot.index % 2 else slice(3, 4)
            frames[where] = np.nan if shot.index % 4 < 2 else np.inf
            yield Rendered(frames=frames, fps=8.0)

    out = tmp_path / "out"
    sg.generate(list(two_gestures), generator=spoilt, clips=trials // 2, seed=0, out=out)
    made = sg.Dataset(out)
    reasons = {attempt.reason for failure in made.failures for attempt in failure.attempts}
    attempts = {len(failure.attempts) for failure in made.failures}
    assert (len(made.failures), reasons, attempts) == (trials, {"nan"}, {3})
    published = len(made) + len(list(out.rglob("*.mp4")))
    judged("F7", "clips with NaN or infinite values", trials=trials, worst=published, bar=0, unit="published")


@counts(6, 50)
def test_clips_are_the_same_however_many_make_them(
    two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path, judged: Judge, trials: int
) -> None:
    def request(name: str, **changes: object) -> Request:
        words = {"gestures": two_gestures, "recipe": toy, "clips": trials, "seed": 0, "out": tmp_path / name, **changes}
        return Request(**words)  # type: ignore[arg-type]

    make(request("one", workers=0))
    make(request("eight", workers=8))
    for part in (3, 1, 0, 2):
        make(request("parts", workers=1, shard=(part, 4)))
    expected = tree_digest(tmp_path / "one")
    other = sum(tree_digest(tmp_path / name) != expected for name in ("eight", "parts"))
    before = {path.name: path.read_bytes() for path in (tmp_path / "one" / "clips").rglob("*.mp4")}
    make(request("one", workers=0, clips=trials + trials // 2, extend=True))
    changed = sum((tmp_path / "one" / "clips" / name[:2] / name).read_bytes() != old for name, old in before.items())
    judged("F24", "eight workers, four parts: trees that differ", trials=2, worst=other, bar=0, unit="trees")
    judged(
        "F24", "half as many clips more: old ones that changed", trials=len(before), worst=changed, bar=0, unit="clips"
    )


@counts(60, 500)
def test_other_seeds_make_other_clips(
    two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path, judged: Judge, trials: int
) -> None:
    make(Request(gestures=two_gestures[:1], recipe=toy, clips=trials, seed=0, out=tmp_path / "out", workers=0))
    bits = []
    for clip in sg.Dataset(tmp_path / "out"):
        grey = cv2.cvtColor(clip.frames_at([clip.length // 2])[0], cv2.COLOR_RGB2GRAY)
        low = cv2.dct(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32))[:8, :8].ravel()
        bits.append(low > np.median(low))
    rows = np.array(bits)
    apart = (rows[:, None] != rows[None]).sum(axis=2)
    near = float((apart[np.triu_indices(len(rows), 1)] <= 4).mean())
    judged("F24", "pairs of clips whose pictures are nearly one", trials=trials, worst=100 * near, bar=0.5, unit="%")
