"""Damaged files and lying encoders: found, told with a type, and never taken for what they are not (FAULTS.md F11, F12, F15)."""

import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import Judge, counts, make

import synthgest as sg
from synthgest.data.video import read_frames, read_video
from synthgest.errors import CorruptClip, FrameError, MotionError
from synthgest.exporters.job import export
from synthgest.generation import Request
from synthgest.gestures import Gesture
from synthgest.motion.arrays import Stored, read_npy
from synthgest.types import Recipe


@pytest.fixture
def made(two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path) -> sg.Dataset:
    make(Request(gestures=two_gestures, recipe=toy, clips=5, seed=0, out=tmp_path / "out", workers=0))
    return sg.Dataset(tmp_path / "out")


def damaged(content: bytes, trial: int) -> bytes:
    """Cut off at 30 to 99 %, or with 1 to 200 bytes turned over."""
    rng = random.Random(trial)
    if trial % 2:
        return content[: int(len(content) * rng.choice([0.3, 0.5, 0.9, 0.99]))]
    spoilt = bytearray(content)
    for place in rng.sample(range(len(spoilt)), rng.randint(1, 200)):
        spoilt[place] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


@counts(60, 400)
def test_damaged_videos_are_found_and_never_shortened(made: sg.Dataset, judged: Judge, trials: int) -> None:
    missed = wrong = 0
    slowest = 0.0
    for trial in range(trials):
        clip = made.clips[trial % len(made)]
        whole = clip.path.read_bytes()
        clip.path.write_bytes(damaged(whole, trial))
        began = time.monotonic()
        try:
            clip.verify()
            missed += 1
        except CorruptClip:
            pass
        for read in (clip.frames, lambda clip=clip: clip.sampled(8)):
            try:
                frames = read()
                wrong += len(frames) not in (clip.length, 8)
            except CorruptClip:
                pass
        slowest = max(slowest, time.monotonic() - began)
        clip.path.write_bytes(whole)
    judged("F12", "cut and flipped videos that verify passes", trials=trials, worst=missed, bar=0, unit="missed")
    judged("F12", "cut and flipped videos read as shorter ones", trials=trials, worst=wrong, bar=0, unit="clips")
    judged("F12", "the longest that a damaged video holds a reader up", trials=trials, worst=slowest, bar=10, unit="s")


def test_a_film_that_changes_its_size_is_an_error_with_a_type(tmp_path: Path) -> None:
    # Two elementary streams one after the other are one film whose pictures change their size.
    first, second = tmp_path / "a.m1v", tmp_path / "b.m1v"
    for path, size in ((first, 64), (second, 96)):
        with av.open(str(path), "w", format="mpeg1video") as out:
            stream = out.add_stream("mpeg1video", rate=25)
            stream.width = stream.height = size
            stream.pix_fmt = "yuv420p"
            for _ in range(4):
                out.mux(
                    stream.encode(av.VideoFrame.from_ndarray(np.full((size, size, 3), 90, np.uint8), format="rgb24"))
                )
            out.mux(stream.encode())
    changing = tmp_path / "changing.mpg"
    changing.write_bytes(first.read_bytes() + second.read_bytes())
    for read in (lambda: read_video(changing), lambda: read_frames(changing, [0, 5])):
        with pytest.raises(FrameError, match="several sizes"):
            read()


@counts(10, 50)
def test_of_clips_that_the_encoder_did_not_write_none_is_published(
    two_gestures: tuple[Gesture, ...],
    toy: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    judged: Judge,
    trials: int,
) -> None:
    def stub(path: Path, *_: object, **__: object) -> None:
        path.write_bytes(b"\0" * 258)

    monkeypatch.setattr("synthgest.data.publish.write_video", stub)
    request = Request(gestures=two_gestures[:1], recipe=toy, clips=trials, seed=0, out=tmp_path / "out", workers=0)
    summary = make(request)
    published = len(list((tmp_path / "out" / "clips").rglob("*.json"))) + len(list((tmp_path / "out").rglob("*.mp4")))
    assert summary.failed == trials
    judged(
        "F11",
        "clips whose encoder wrote 258 bytes without a word",
        trials=trials,
        worst=published,
        bar=0,
        unit="published",
    )


def promising(path: Path, count: int) -> Path:
    """A file of some 200 bytes whose header promises so many numbers."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({count},), }}".ljust(117) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
    return path


def test_headers_that_promise_the_moon_are_refused(tmp_path: Path) -> None:
    bare = promising(tmp_path / "moon.npy", 2**44)
    with pytest.raises(MotionError):
        read_npy(bare)
    with zipfile.ZipFile(tmp_path / "moon.npz", "w") as archive:
        archive.write(bare, "poses.npy")
    with pytest.raises(MotionError):
        Stored(tmp_path / "moon.npz")["poses"]


OPENED = """
import resource, sys
import torch
from pathlib import Path
from synthgest.errors import MotionError
from synthgest.motion.arrays import Stored, read_pt
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for reader, name in ((Stored, "bomb.npz"), (read_pt, "bomb.pt")):
    try:
        reader(Path(sys.argv[1]) / name)
    except MotionError as error:
        assert "unpacks to" in str(error), error
    else:
        raise SystemExit("it was read")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def test_bombs_take_no_memory(tmp_path: Path, judged: Judge) -> None:
    """960 MB of zeros in a file of less than one, as an archive of numpy's and of torch's; in a process of their own."""
    zeros = b"\0" * 2**20
    for name in ("bomb.npz", "bomb.pt"):
        inner = "archive/data/0" if name.endswith(".pt") else "poses.npy"
        with (
            zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(inner, "w", force_zip64=True) as file,
        ):
            for _ in range(960):
                file.write(zeros)
        assert (tmp_path / name).stat().st_size < 2**20
    command = [sys.executable, "-c", OPENED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    judged("F15", "archives that unpack to 960 MB", trials=2, worst=float(done.stdout), bar=200, unit="MB grown")


def test_what_a_killed_export_left_goes_with_the_next(made: sg.Dataset, tmp_path: Path) -> None:
    out = tmp_path / "exported"
    script = (
        "import os, shutil, sys\n"
        "import synthgest as sg\n"
        "from synthgest.exporters.job import export\n"
        "shutil.copyfile = lambda *words: os._exit(9)\n"
        f"export(sg.Dataset({str(made.folder)!r}), {str(out)!r}, 'mmaction2', fractions={{'train': 1.0}})\n"
    )
    done = subprocess.run([sys.executable, "-c", script], timeout=60)
    assert done.returncode == 9
    assert len(list(tmp_path.glob(".part-*"))) == 1
    export(made, out, "mmaction2", fractions={"train": 1.0})
    assert out.is_dir()
    assert not list(tmp_path.glob(".part-*"))
