"""Sets of which little can be said: a report is made all the same, or refused in words, and no figure is NaN or infinite."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Judge

import synthgest as sg
from synthgest.data.video import write_video
from synthgest.errors import SynthgestError
from synthgest.gestures import Gesture
from synthgest.report.evidence import ReportSettings
from synthgest.report.run import report
from synthgest.scoring.scorer import ScorerMark
from synthgest.scoring.store import ScoreFolder
from synthgest.types import Rendered, Shot

Case = Callable[[Path], tuple[Any, Mapping[str, Any]]]
"""From an empty folder to a data set, and what else the report is given."""


def made(
    folder: Path, classes: int, clips: int, *, frames: int = 12, side: int = 64, alike: str = "", seed: int = 0
) -> sg.Dataset:
    """A bright square wanders. alike: the clips of a "class", or of the whole "set", are one."""

    def engine(shots: Any) -> Iterator[Rendered]:
        for shot in shots:
            yield Rendered(frames=_square(shot, frames, side, alike), fps=8.0)

    gestures = [Gesture(name=f"own/class-{number}", phrase=f"class {number}") for number in range(classes)]
    return sg.generate(gestures, generator=engine, workers=0, clips=clips, seed=seed, out=folder / f"set-{seed}")


def _square(shot: Shot, frames: int, side: int, alike: str) -> np.ndarray:
    number = int(shot.gesture.name.rpartition("-")[2])
    rng = np.random.default_rng({"": [shot.seed], "class": [number], "set": [0]}[alike])
    picture = np.full((frames, side, side, 3), rng.integers(30, 90, 3), np.uint8)
    left, top = rng.integers(0, side // 2, 2)
    for frame in range(frames):
        column = (left + 2 * frame) % (3 * side // 4)
        picture[frame, top : top + side // 4, column : column + side // 4] = 220
    return picture


def _filmed(folder: Path, clips: Mapping[str, int]) -> Path:
    """A folder of videos by class, as a camera would leave them."""
    rng = np.random.default_rng(0)
    (folder / "filmed").mkdir()
    for name, count in clips.items():
        (folder / "filmed" / name).mkdir()
        for number in range(count):
            frames = rng.integers(0, 255, (8, 64, 64, 3), np.uint8)
            write_video(folder / "filmed" / name / f"{number}.mp4", frames, 8.0)
    return folder / "filmed"


def _damage(dataset: sg.Dataset, count: int) -> sg.Dataset:
    for clip in list(dataset)[:count]:
        clip.path.write_bytes(clip.path.read_bytes()[:200])
    return sg.Dataset(dataset.folder)


def _scored(dataset: sg.Dataset, cosines: Callable[[int, int], np.ndarray], *, clips: int | None = None) -> sg.Dataset:
    mark = ScorerMark(
        scorer="made-up", model="m", weights="w", preprocessing="p", classes=tuple(dataset.classes),
        texts=tuple((name,) for name in dataset.classes), temperature=100.0, frames=4, ordered=False,
    )  # fmt: skip
    folder = ScoreFolder(dataset, mark)
    folder.begin()
    chosen = list(dataset)[:clips]
    folder.add(chosen, cosines(len(chosen), len(mark.classes)).astype(np.float32))
    return dataset


def _like(dataset: sg.Dataset, path: Path) -> Any:
    return sg.open_dataset(path, like=dataset, strangers="drop")


def _against_film(folder: Path, films: Mapping[str, int], *, broken: bool = False) -> tuple[Any, Mapping[str, Any]]:
    drawn, path = made(folder, 2, 3), _filmed(folder, films)
    for video in path.rglob("*.mp4") if broken else ():
        video.write_bytes(b"")
    return drawn, {"real": _like(drawn, path)}


def _learned(folder: Path, classes: int) -> tuple[Any, Mapping[str, Any]]:
    dataset = made(folder, classes, 2)
    sg.train(dataset, folder / "run", sg.TrainSettings(steps=1, batch=2, workers=0, validation=0.0, encoder="clip"))
    return dataset, {"real": _like(dataset, _filmed(folder, {"class-0": 1}))}


def _torn_run(folder: Path) -> tuple[Any, Mapping[str, Any]]:
    dataset = made(folder, 2, 2)
    (dataset.folder / "runs" / "run").mkdir(parents=True)
    (dataset.folder / "runs" / "run" / "run.json").write_text("{")
    return dataset, {}


def _without_a_record(folder: Path) -> tuple[Any, Mapping[str, Any]]:
    dataset = made(folder, 2, 2)
    shutil.rmtree(dataset.folder / "clips")
    return sg.Dataset(dataset.folder), {}


CASES: Mapping[str, Case] = {
    "one class with one clip": lambda folder: (made(folder, 1, 1), {}),
    "one class": lambda folder: (made(folder, 1, 6), {}),
    "two classes with one clip each": lambda folder: (made(folder, 2, 1), {}),
    "thirty classes with one clip each": lambda folder: (made(folder, 30, 1), {}),
    "fewer clips than neighbours": lambda folder: (made(folder, 2, 2), {}),
    "all clips alike": lambda folder: (made(folder, 3, 4, alike="set"), {}),
    "all clips of a class alike": lambda folder: (made(folder, 3, 4, alike="class"), {}),
    "two frames": lambda folder: (made(folder, 2, 4, frames=2), {}),
    "thumbnails": lambda folder: (made(folder, 2, 4, side=16), {}),
    "no clip": _without_a_record,
    "no clip can be read": lambda folder: (_damage(made(folder, 2, 3), 6), {}),
    "one clip can be read": lambda folder: (_damage(made(folder, 2, 3), 5), {}),
    "one real clip": lambda folder: _against_film(folder, {"class-0": 1}),
    "real clips of one class": lambda folder: _against_film(folder, {"class-1": 4}),
    "real clips of other classes": lambda folder: _against_film(folder, {"walk": 2}),
    "no real clip can be read": lambda folder: _against_film(folder, {"class-0": 2, "class-1": 2}, broken=True),
    "an empty real folder": lambda folder: _against_film(folder, {}),
    "itself as the real one": lambda folder: (lambda each: (each, {"real": each}))(made(folder, 2, 3)),
    "itself as the older one": lambda folder: (lambda each: (each, {"against": each}))(made(folder, 2, 3)),
    "an older one with one clip": lambda folder: (made(folder, 2, 3), {"against": made(folder, 1, 1, seed=1)}),
    "an older one with more classes": lambda folder: (made(folder, 2, 3), {"against": made(folder, 4, 1, seed=1)}),
    "NaN as scores": lambda folder: (_scored(made(folder, 2, 3), lambda n, k: np.full((n, k), np.nan)), {}),
    "infinite scores": lambda folder: (_scored(made(folder, 2, 3), lambda n, k: np.full((n, k), np.inf)), {}),
    "equal scores": lambda folder: (_scored(made(folder, 2, 3), lambda n, k: np.zeros((n, k))), {}),
    "certain scores": lambda folder: (_scored(made(folder, 3, 3), lambda n, k: np.eye(k)[np.arange(n) % k] * 9), {}),
    "one clip has scores": lambda folder: (_scored(made(folder, 2, 3), lambda n, k: np.eye(k)[:n], clips=1), {}),
    "a run of one step and one real clip": lambda folder: _learned(folder, 2),
    "a run that knows one class": lambda folder: _learned(folder, 1),
    "a run that is torn": _torn_run,
    "filmed clips alone": lambda folder: (sg.open_dataset(_filmed(folder, {"a": 1, "b": 1})), {}),
}  # fmt: skip
REFUSED = {
    "no clip", "no clip can be read", "real clips of other classes", "no real clip can be read", "an empty real folder",
    "NaN as scores", "infinite scores", "a run that knows one class",
}  # fmt: skip
QUICK = ("one class with one clip", "all clips alike", "no clip can be read", "one real clip", "NaN as scores")


def _reported(case: Case, folder: Path) -> bool:
    """Whether a report was made, rather than refused in words; ValueError for a figure that is no number."""
    settings = ReportSettings(encoder="clip", players=2, cache=folder.parent / "cache")
    try:
        dataset, given = case(folder)
        found = report(dataset, settings, **given)
    except SynthgestError:
        return False
    json.dumps(found.numbers, allow_nan=False)
    return True


@pytest.mark.parametrize("names", [QUICK, pytest.param(tuple(CASES), marks=pytest.mark.faults)], ids=["quick", "all"])
def test_little_to_say_is_no_crash_and_no_nan(names: tuple[str, ...], judged: Judge, tmp_path: Path) -> None:
    wrong: dict[str, Exception] = {}
    refused = set()
    for number, name in enumerate(names):
        (tmp_path / str(number)).mkdir()
        try:
            if not _reported(CASES[name], tmp_path / str(number)):
                refused.add(name)
        except Exception as error:
            wrong[name] = error
    sys.stdout.write(f"{wrong}\n" if wrong else "")
    judged("F28", "reports on little: crashes, NaN", trials=len(names), worst=len(wrong), bar=0, unit="reports")
    odd = len(refused ^ REFUSED.intersection(names))
    judged("F28", "reports on little: refused for no reason, or not", trials=len(names), worst=odd, bar=0, unit="sets")
