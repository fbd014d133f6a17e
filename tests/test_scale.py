"""Growth: memory is flat, a resume is a look at names, and publishing costs little (FAULTS.md, whole-system figures)."""

import dataclasses
import os
import statistics
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import Judge, counts

from synthgest.data.publish import Publisher
from synthgest.data.records import Record, clip_path, encode, record_ids
from synthgest.data.video import write_video
from synthgest.generation import Request, prepare, run
from synthgest.gestures import Gesture
from synthgest.takes import take_all
from synthgest.types import Recipe


def resident() -> float:
    """MB that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@counts(600, 5000)
def test_memory_is_flat_while_clips_are_made(
    two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path, judged: Judge, trials: int
) -> None:
    small = dataclasses.replace(toy, settings={"frames": 4, "size": 32})
    request = Request(gestures=two_gestures, recipe=small, clips=trials // 2, seed=0, out=tmp_path / "out", workers=0)
    seen: list[float] = []
    run(prepare(request), progress=lambda _: seen.append(resident()))
    later = np.array(seen[len(seen) // 4 :])  # what is loaded once is loaded by then
    slope = 1000 * float(np.polyfit(np.arange(len(later)), later, 1)[0])
    bar = 1.0 if trials > 1000 else 20.0  # a few hundred clips cannot show a megabyte
    judged("F0", f"memory that {trials} clips take, of 1,000", trials=trials, worst=slope, bar=bar, unit="MB")


@counts(2000, 100_000)
def test_a_resume_is_a_look_at_names(
    two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path, judged: Judge, trials: int
) -> None:
    out = tmp_path / "out"
    run(prepare(Request(gestures=two_gestures, recipe=toy, clips=1, seed=0, out=out, workers=0)))
    request = Request(gestures=two_gestures, recipe=toy, clips=trials // 2, seed=0, out=out, workers=0, extend=True)
    prepared = prepare(request)
    known = sorted(record_ids(out))
    content = clip_path(out, known[0], ".json").read_bytes()
    for shot in prepared.shots:
        path = clip_path(out, shot.id, ".json")
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_bytes(content)
    began = time.monotonic()
    again = prepare(request)
    taken = time.monotonic() - began
    assert again.missing == 0
    judged("F0", f"planning and scanning {trials} records", trials=trials, worst=taken, bar=5.0, unit="s")


@pytest.mark.faults  # milliseconds are told on a machine that does nothing else
@pytest.mark.parametrize("takes", [200])
def test_publishing_adds_little_to_encoding(
    two_gestures: tuple[Gesture, ...], toy: Recipe, tmp_path: Path, judged: Judge, takes: int
) -> None:
    from synthgest.engines import load_engine

    request = Request(gestures=two_gestures, recipe=toy, clips=takes // 2, seed=0, out=tmp_path / "out", workers=0)
    prepared = prepare(request)
    publisher = Publisher(folder=tmp_path / "out", config=prepared.config, licence="")
    (tmp_path / "out" / "clips").mkdir(parents=True)
    added = []
    for number, take in enumerate(take_all(load_engine(toy), prepared.shots)):
        began = time.perf_counter()
        write_video(tmp_path / f"{number}.mp4", take.frames, take.fps)  # type: ignore[union-attr]
        alone = time.perf_counter()
        record = publisher.publish(take)  # type: ignore[arg-type]
        added.append(1000 * (time.perf_counter() - alone - (alone - began)))
        assert isinstance(record, Record)
        assert encode(record)
    judged(
        "F0",
        "what publishing adds to encoding, median",
        trials=takes,
        worst=statistics.median(added),
        bar=20,
        unit="ms",
    )
