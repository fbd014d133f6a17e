"""The folder opens with datasets.load_dataset, whatever the classes are called (FAULTS.md F18)."""

import dataclasses
import os
from pathlib import Path

import pytest
from conftest import Judge, make

from synthgest.data.dataset import Dataset
from synthgest.data.derived import write_derived
from synthgest.errors import SpecError
from synthgest.generation import Request
from synthgest.gestures import Gesture, gestures_from_folder, load_gestures
from synthgest.types import Recipe

ODD_NAMES = [
    "../../etc", "/abs", "C:\\x", "CON", ".", "..", "__x", "a/b", "a;b", "a,b", '"', "'", "new\nline", "tab\there",
    "test", "train", "validation", "x" * 300, "👍🏽", "\u202egnp.exe", "café", "naïve", "=1+1", "+1", "-1", "@cmd", " lead",
    "trail ", "%s", "{{7*7}}", "<img src=x onerror=alert(1)>", "</script>", "$(id)", "`id`", "|", "*", "?", "~", "null", "NaN",
]  # fmt: skip


def _named(name: str, like: Gesture) -> Gesture:
    return dataclasses.replace(like, name=f"own/{name}")


@pytest.fixture(scope="module", params=[1, pytest.param(5, marks=pytest.mark.faults)])
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 40 classes, of so many clips each."""
    out = tmp_path_factory.mktemp("odd") / "inside" / "out"
    like = load_gestures(["everyday/wave"])[0]
    gestures = tuple(_named(name, like) for name in ODD_NAMES)
    recipe = Recipe(name="toy", engine="toy", settings={"frames": 4, "size": 32})
    make(Request(gestures=gestures, recipe=recipe, clips=request.param, seed=0, out=out, workers=0))
    return out


def test_forty_odd_names_are_labels_and_never_paths(odd: Path, judged: Judge) -> None:
    assert len(ODD_NAMES) == 40
    outside = [path for path in odd.parent.parent.rglob("*") if path.is_file() and not path.is_relative_to(odd)]
    judged("F18", "odd names of classes: files outside", trials=40, worst=len(outside), bar=0, unit="files")
    assert Dataset(odd).classes == tuple(f"own/{name}" for name in ODD_NAMES)
    allowed = set("0123456789abcdef.jsonpz4mt")
    assert all(set(path.name) <= allowed for path in (odd / "clips").rglob("*"))


@pytest.mark.filterwarnings("ignore")  # the reader's own imports warn
def test_load_dataset_returns_every_clip_with_the_right_class(odd: Path, tmp_path: Path, judged: Judge) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from datasets import ClassLabel, load_dataset

    loaded = load_dataset(str(odd), cache_dir=str(tmp_path))
    assert list(loaded) == ["train"]
    rows = loaded["train"].remove_columns("video") if "video" in loaded["train"].column_names else loaded["train"]
    label = rows.features["label"]
    assert isinstance(label, ClassLabel)
    assert label.names == [f"own/{name}" for name in ODD_NAMES]
    expected = {clip.record.id: clip.gesture for clip in Dataset(odd)}
    found = [(row["id"], label.names[row["label"]]) for row in rows]
    wrong = len(expected) - len(set(found) & set(expected.items())) + abs(len(found) - len(expected))
    what = "odd names of classes, by load_dataset: lost or mistaken"
    judged("F18", what, trials=len(expected), worst=wrong, bar=0, unit="clips")


def test_names_are_inert_in_the_readme(odd: Path) -> None:
    table = (odd / "README.md").read_text().split("|---|---|---|")[1]
    assert "<" not in table
    assert "`id`" not in table
    assert table.count("\n| ") == 40


def test_the_derived_files_are_rebuilt_byte_for_byte(odd: Path) -> None:
    before = {name: (odd / name).read_bytes() for name in ("metadata.parquet", "README.md")}
    for name in before:
        (odd / name).unlink()
    write_derived(odd)
    assert {name: (odd / name).read_bytes() for name in before} == before


def test_names_that_differ_only_in_case_or_composition_are_refused_together(tmp_path: Path) -> None:
    for first, second in (("Wave", "wave"), ("caf\u00e9", "cafe\u0301")):
        for name in (first, second):
            folder = tmp_path / first / name
            folder.mkdir(parents=True)
            (folder / "a.bvh").write_text("HIERARCHY")
        with pytest.raises(SpecError):
            gestures_from_folder(tmp_path / first)
