"""Shared by all tests: a toy engine that workers find by entry point, gestures to ask for, real data, and the table of faults."""

import functools
import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from synthgest.generation import Request, Summary, prepare, run
from synthgest.gestures import Gesture, load_gestures
from synthgest.types import Recipe

TOY = Path(__file__).parent / "toy"
sys.path.insert(0, str(TOY))
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads of several processes wait for one another
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # commands start as fast as a user's: compiled once, not every time
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(TOY), os.environ.get("PYTHONPATH", "")]))


class Judge(Protocol):
    """Writes a row of the table of faults, and asserts it."""

    def __call__(self, case: str, what: str, *, trials: int, worst: float, bar: float, unit: str) -> None:
        """worst: of all trials; of several rows of one case the largest. bar: that it may be."""
        ...


def counts(quick: int, full: int) -> pytest.MarkDecorator:
    """A test's ``trials``: few in ``make test``, and as many as the bar says in ``make faults``."""
    return pytest.mark.parametrize("trials", [quick, pytest.param(full, marks=pytest.mark.faults)])


@pytest.fixture
def judged(request: pytest.FixtureRequest) -> Judge:
    def judge(case: str, what: str, *, trials: int, worst: float, bar: float, unit: str) -> None:
        # Plain numbers: rows cross to another process.
        row = {"case": case, "what": what, "trials": int(trials), "worst": float(worst), "bar": bar, "unit": unit}
        request.node.user_properties.append(("fault", row))  # before it is asserted: what failed is a row too
        assert worst <= bar, f"{case}, {what}: {worst:g} {unit}; at most {bar:g} in {trials} trials"

    return judge


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of faults: a row for each case and what was done, over all tests that tell of it."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, [])]
    for row in (row for report in reports for key, row in getattr(report, "user_properties", ()) if key == "fault"):
        known = rows.setdefault((row["case"], row["what"]), {**row, "trials": 0})
        known |= {"trials": known["trials"] + row["trials"], "worst": max(known["worst"], row["worst"])}
    if not rows:
        return
    terminalreporter.section("faults: case, what was done, trials, worst, bar")
    for (case, what), row in sorted(rows.items(), key=lambda each: (int(each[0][0][1:] or 0), each[0][1])):
        held = "held" if row["worst"] <= row["bar"] else "MISSED"
        figure = f"{row['worst']:.4g} of at most {row['bar']:g} {row['unit']}"
        terminalreporter.write_line(f"{case:4s} {what:62s} {row['trials']:6d}  {held:6s} {figure}")


@pytest.fixture
def toy() -> Recipe:
    return Recipe(name="toy", engine="toy", settings={}, licence="CC0-1.0")


@pytest.fixture
def toy_recipe(tmp_path: Path) -> Path:
    path = tmp_path / "toy.toml"
    path.write_text('engine = "toy"\nlicence = "CC0-1.0"\n')
    return path


@pytest.fixture
def two_gestures() -> tuple[Gesture, ...]:
    return load_gestures(["everyday/wave", "rocog/Halt"])


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = os.environ.get("SYNTHGEST_TEST_DATA")
    if not folder:
        pytest.skip("SYNTHGEST_TEST_DATA names no folder of real data")
    return Path(folder)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny pipeline by name: ``cogvideox``, ``wan``, ``ltx`` ... (tests/tiny_pipelines.py)."""
    pytest.importorskip("diffusers")
    base = tmp_path_factory.mktemp("tiny")

    @functools.cache
    def build(name: str) -> Path:
        import tiny_pipelines

        built: Path = getattr(tiny_pipelines, f"build_{name}")(base / name)
        return built

    return build


def video_recipe(folder: Path, *, batch: int = 1, engine: str = "text-to-video", **changes: object) -> Recipe:
    """A recipe that calls a tiny pipeline of any kind."""
    sizes = {"width": 64, "height": 64, "frames": 9, "fps": 8.0, "steps": 3, "guidance": 5.0, "max_tokens": 226}
    settings = {"model": str(folder), **sizes, **changes}
    return Recipe(name="tiny", engine=engine, settings=settings, licence="CC0-1.0", batch=batch)


def make(request: Request) -> Summary:
    return run(prepare(request))


def tree_digest(folder: Path) -> str:
    """A hash of every file's relative path and content; lock files are empty and stand for nothing."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".lock"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
