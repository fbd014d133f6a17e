"""A folder of filmed clips as people have them: what cannot be read is counted, and nothing in it takes long or much memory."""

import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import Judge

from synthgest.data.video import write_video

SEEN = """
import json, resource, sys, time
import synthgest as sg
from synthgest.data.video import tsn_indices
from synthgest.encoders import load_encoder
from synthgest.errors import CorruptClip
from synthgest.quality.looks import look
opened, encoder = sg.open_dataset(sys.argv[1], missing="skip"), load_encoder("clip", {})
good, bad, slowest = [], [], 0.0
for clip in opened:
    began = time.process_time()
    try:
        look(clip)
        encoder.prepare(clip.frames_at(tsn_indices(clip.length, encoder.mark.frames)))
        good.append(clip.id)
    except CorruptClip:
        bad.append(clip.id)
    slowest = max(slowest, time.process_time() - began)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"good": good, "bad": bad, "missing": len(opened.missing), "slowest": slowest, "memory": memory}))
"""
GOOD = 6


def plain_film(path: Path, *, side: tuple[int, int], frames: int, rate: int) -> None:
    """One picture for very long, or very large."""
    picture = av.VideoFrame.from_ndarray(np.full((side[1], side[0], 3), 90, np.uint8), format="rgb24").reformat(
        format="yuv420p"
    )
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = *side, "yuv420p"
        for number in range(frames):
            picture.pts, picture.time_base = number, Fraction(1, rate)
            film.mux(stream.encode(picture))
        film.mux(stream.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six clips that can be read, a film of ten hours, one of 33 million pixels, and six files that are no clips."""
    home = tmp_path / "filmed" / "wave"
    home.mkdir(parents=True)
    (tmp_path / "filmed" / "bow").mkdir()
    rng = np.random.default_rng(0)
    for number in range(GOOD):
        frames = np.repeat(rng.integers(0, 255, (9, 8, 8, 3), np.uint8), 8, 1).repeat(8, 2)
        write_video(tmp_path / "filmed" / "bow" / f"{number}.mp4", frames, 8.0)
    plain_film(home / "ten-hours.mp4", side=(64, 64), frames=1_080_000, rate=30)
    plain_film(home / "large.mp4", side=(7680, 4320), frames=12, rate=12)
    (home / "empty.mp4").touch()
    (home / "noise.mp4").write_bytes(random.Random(0).randbytes(50_000))
    (home / "words.avi").write_text("these are no pictures\n" * 100)
    whole = (tmp_path / "filmed" / "bow" / "0.mp4").read_bytes()
    (home / "torn.mp4").write_bytes(whole[: len(whole) // 3])
    (home / "nowhere.mp4").symlink_to(tmp_path / "gone.mp4")
    (home / "self.mp4").symlink_to(home / "self.mp4")
    (home / "round").symlink_to(tmp_path / "filmed", target_is_directory=True)
    (home / "notes.txt").write_text("no clip at all")
    return tmp_path / "filmed"


@pytest.mark.slow
def test_a_folder_with_everything_in_it(folder: Path, judged: Judge) -> None:
    """Opened, looked at and prepared for an encoder, by a process of its own; its time, for others compute beside it."""
    done = subprocess.run([sys.executable, "-c", SEEN, str(folder)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    miscounted = abs(len(found["good"]) - GOOD - 2) + abs(len(found["bad"]) - 4) + abs(found["missing"] - 2)
    files = GOOD + 8
    judged("F13", "files that are no clips, counted wrongly", trials=files, worst=miscounted, bar=0, unit="files")
    judged("F13", "the longest that one file takes", trials=files, worst=found["slowest"], bar=10, unit="s")
    judged("F13", "memory, with a film of 7680 x 4320", trials=1, worst=found["memory"], bar=2048, unit="MB")
