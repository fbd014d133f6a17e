"""What ten times and a hundred times as much costs, for each item, beside the least: as fast is as good as it can be."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rows import Row

TOY = Path(__file__).parent.parent.parent / "tests" / "toy"
sys.path.insert(0, str(TOY))

from synthgest.data.dataset import Dataset  # noqa: E402
from synthgest.data.records import clip_path, record_ids  # noqa: E402
from synthgest.evaluation.neighbours import nearest_neighbours  # noqa: E402
from synthgest.generation import Request, prepare, run  # noqa: E402
from synthgest.gestures import load_gestures  # noqa: E402
from synthgest.plan import plan  # noqa: E402
from synthgest.quality.duplicates import near_duplicates  # noqa: E402
from synthgest.report.evidence import ReportSettings  # noqa: E402
from synthgest.report.run import report  # noqa: E402
from synthgest.types import Recipe  # noqa: E402

TOY_RECIPE = Recipe(name="toy", engine="toy", settings={"frames": 4, "size": 32})
Work = Callable[[], object]


def planning(count: int, _: Path) -> Work:
    """Plan so many shots."""
    gestures = load_gestures(["everyday/wave", "rocog/Halt"])
    return lambda: plan(gestures, TOY_RECIPE, clips=count // 2, seed=0, fingerprint={})


def scanning(count: int, folder: Path) -> Work:
    """See which of so many clips are there."""
    for number in range(count):
        path = clip_path(folder, f"{number * 2_654_435_761 % 2**80:020x}", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}")
    return lambda: record_ids(folder)


def neighbours(count: int, _: Path) -> Work:
    """Name 200 queries by so many references."""
    rng = np.random.default_rng(0)
    reference, query = (rng.standard_normal((rows, 128), np.float32) for rows in (count, 200))
    return lambda: nearest_neighbours(reference, query, 10)


def twins(count: int, _: Path) -> Work:
    """Compare every one of so many clips with every other."""
    rng = np.random.default_rng(0)
    bits = list(rng.integers(0, 256, (count, 40), np.uint8))
    return lambda: list(near_duplicates(bits))


def reporting(count: int, folder: Path) -> Work:
    """A report on so many clips, whose features are kept."""
    gestures = load_gestures(["everyday/wave", "rocog/Halt"])
    run(prepare(Request(gestures=gestures, recipe=TOY_RECIPE, clips=count // 2, seed=0, out=folder / "set", workers=0)))
    settings = ReportSettings(encoder="clip", cache=folder / "cache")
    dataset = Dataset(folder / "set")
    report(dataset, settings)
    return lambda: report(dataset, settings)


MEASURED: tuple[tuple[str, Callable[[int, Path], Work], int, int], ...] = (
    ("planning", planning, 1000, 2),
    ("the resume scan", scanning, 1000, 2),
    ("nearest neighbours", neighbours, 1000, 2),
    ("near-duplicates", twins, 300, 2),
    ("a report, features kept", reporting, 20, 1),
)
"""What grows, its least, and how many times it is made ten times as large."""


def main() -> None:
    """Measure each, from the least to the most, and tell."""
    for what, made, least, times in MEASURED:
        one = timed(made, least) / least
        for count in (least * 10**power for power in range(1, times + 1)):
            many = timed(made, count) / count
            Row(what=f"{what}: {count}", against=f"{least}", ours=many, theirs=one, each="item").tell()


def timed(made: Callable[[int, Path], Work], count: int) -> float:
    """The least seconds of three rounds."""
    with tempfile.TemporaryDirectory() as folder:
        work = made(count, Path(folder))
        found = []
        for _ in range(3):
            began = time.perf_counter()
            work()
            found.append(time.perf_counter() - began)
    return min(found)


if __name__ == "__main__":
    main()
