"""Shared by all tests: a toy engine that worker processes find by entry point, gestures to ask for, and the real data."""

import functools
import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from synthgest.generation import Request, Summary, prepare, run
from synthgest.gestures import Gesture, load_gestures
from synthgest.types import Recipe

TOY = Path(__file__).parent / "toy"
sys.path.insert(0, str(TOY))
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # commands start as fast as a user's: compiled once, not every time
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(TOY), os.environ.get("PYTHONPATH", "")]))


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
