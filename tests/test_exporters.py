"""Exports are read back by the formats' own readers, and no name of a class leads anywhere."""

import csv
import dataclasses
import json
import tarfile
from collections import Counter
from pathlib import Path

import mlcroissant
import numpy as np
import pyarrow.parquet as pq
import pytest
import webdataset
from conftest import Judge
from pycocotools.coco import COCO
from typer.testing import CliRunner

import synthgest as sg
from synthgest.cli import app
from synthgest.data.splits import groups_of
from synthgest.errors import DatasetError, SpecError, StorageError
from synthgest.exporters import exporter_entries
from synthgest.exporters.job import export, plain_names
from synthgest.gestures import Gesture, gestures_from_folder, load_gestures
from synthgest.motion import perform, write_motion
from synthgest.types import Recipe

TINY = {"width": 64, "height": 64, "fps": 8, "frames": [12, 14]}
SHARES = {"train": 0.5, "test": 0.5}
HOSTILE = (
    "a/../../b", "x; rm -rf ~", "<script>alert(1)</script>", "con", "wave\nwave", "wave\u202eevaw", "é", 'a,b"c', "[x] [y]",
    "(x) (y)", "{{ 7 * 7 }}", "\ttab", "~", "%00", "a;b", "a b", "a-b", "名前", "🙂", "-rf",
    "../../etc", "/abs", "C:\\x", "__x", 'quo"te', "test", "validation", "=1+1", "+1", "@x", "'single'", "cafe\u0301", "x" * 300,
    "%s%n", "\\\\server\\share", "nul", "a|b", "a&b", "`tick`", "a;1",
)  # fmt: skip


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    folder = tmp_path_factory.mktemp("drawn") / "set"
    return sg.generate(["everyday/wave", "rocog/Halt", "drone/land"], settings=TINY, clips=4, seed=1, out=folder)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    """Clips whose classes have names that would like to be something else."""
    gestures = [Gesture(name=f"own/{name}", phrase=f"a person {name}") for name in HOSTILE]
    toy = Recipe(name="toy", engine="toy", settings={}, licence="CC0-1.0")
    return sg.generate(
        gestures, generator=toy, workers=0, clips=2, seed=0, out=tmp_path_factory.mktemp("hostile") / "set"
    )


def counted(dataset: sg.Dataset) -> Counter[str]:
    return Counter(clip.gesture for clip in dataset)


@pytest.mark.parametrize(
    ("layout", "annotations"),
    [
        ("ucf101", "{split}list01.txt"),
        ("hmdb51", "."),
        ("kinetics", "{split}.csv"),
        ("jester", "jester-v1-{split}.csv"),
        ("something-v2", "something-something-v2-{split}.json"),
    ],
)
@pytest.mark.parametrize("which", ["drawn", "hostile"])
def test_lists_are_read_back(
    layout: str, annotations: str, which: str, tmp_path: Path, request: pytest.FixtureRequest, judged: Judge
) -> None:
    dataset: sg.Dataset = request.getfixturevalue(which)
    made = export(dataset, tmp_path / "out", layout, fractions=SHARES)
    assert sum(made.clips.values()) == len(dataset)
    written = {
        row["written"]: row["name"] for row in json.loads((tmp_path / "out" / "classes.json").read_text())["classes"]
    }
    assert set(written.values()) == set(dataset.classes)
    found: Counter[str] = Counter()
    for split in ("train", "test") if "{split}" in annotations else ("",):
        opened = sg.open_dataset(
            tmp_path / "out", layout=layout, annotations=tmp_path / "out" / annotations.format(split=split)
        )
        for clip in opened:
            assert clip.frames_at([0]).shape[-1] == 3
            found[clip.gesture] += 1
    assert sorted(found.values()) == sorted(counted(dataset).values())
    lost = abs(len(dataset.classes) - len(found))
    judged("F18", f"names that {layout} does not give back", trials=len(found), worst=lost, bar=0, unit="names")


@pytest.mark.parametrize("which", ["drawn", "hostile"])
def test_paths_and_labels_are_as_mmaction_and_vificlip_read_them(
    which: str, tmp_path: Path, request: pytest.FixtureRequest, judged: Judge
) -> None:
    dataset: sg.Dataset = request.getfixturevalue(which)
    for layout in ("mmaction2", "vificlip"):
        export(dataset, tmp_path / layout, layout, fractions=SHARES)
        labels = {}
        for split in SHARES:
            for line in (tmp_path / layout / f"{split}.txt").read_text().splitlines():
                path, label = line.split()  # as mmaction.datasets.VideoDataset splits it
                assert (tmp_path / layout / path).is_file()
                labels[Path(path).stem] = int(label)
        lost = {clip.gesture for clip in dataset if labels.get(clip.id) != clip.label}
        what = f"names that {layout} does not give back"
        judged("F18", what, trials=len(dataset.classes), worst=len(lost), bar=0, unit="names")
        assert len(labels) == len(dataset)
    assert (tmp_path / "vificlip" / "labels.csv").read_text().splitlines()[1].startswith("0,a person")


def test_no_cell_is_a_formula(drawn: sg.Dataset, tmp_path: Path, judged: Judge) -> None:
    phrases = ("=HYPERLINK(1)", "+1", "-1", "@x")
    entries = [
        dataclasses.replace(entry, phrase=phrase) for entry, phrase in zip(drawn.class_entries, phrases, strict=False)
    ]
    spiked = sg.Dataset(drawn.folder)
    spiked.manifest = dataclasses.replace(spiked.manifest, classes=tuple(entries))
    for layout in ("vificlip", "kinetics"):
        export(spiked, tmp_path / layout, layout, fractions={"train": 1.0})
        for table in (tmp_path / layout).glob("*.csv"):
            cells = [cell for row in csv.reader(table.read_text(encoding="utf-8").splitlines()) for cell in row]
            live = sum(cell[:1] in ("=", "+", "-", "@") for cell in cells)
            judged("F18", "cells of tables that are formulas", trials=len(cells), worst=live, bar=0, unit="cells")


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)  # the reader's own
@pytest.mark.parametrize("which", ["drawn", "hostile"])
def test_webdataset_reads_its_shards(which: str, tmp_path: Path, request: pytest.FixtureRequest, judged: Judge) -> None:
    dataset: sg.Dataset = request.getfixturevalue(which)
    for name in ("one", "two"):
        export(dataset, tmp_path / name, "webdataset", fractions={"train": 1.0})
    shard = tmp_path / "one" / "train-000000.tar"
    assert shard.read_bytes() == (tmp_path / "two" / "train-000000.tar").read_bytes()
    found = {sample["__key__"]: sample for sample in webdataset.WebDataset(str(shard), shardshuffle=False)}
    assert len(found) == len(dataset)
    lost = {clip.gesture for clip in dataset if int(found[clip.id]["cls"]) != clip.label}
    what = "names that webdataset does not give back"
    judged("F18", what, trials=len(dataset.classes), worst=len(lost), bar=0, unit="names")
    for clip in dataset:
        assert found[clip.id]["mp4"] == clip.path.read_bytes()
        assert json.loads(found[clip.id]["json"])["gesture"] == clip.gesture
    with tarfile.open(shard) as tar:
        assert all("/" not in name for name in tar.getnames())


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # the reader's own
def test_pycocotools_reads_people(drawn: sg.Dataset, tmp_path: Path) -> None:
    export(drawn, tmp_path / "coco", "coco-keypoints", fractions={"train": 1.0})
    coco = COCO(str(tmp_path / "coco" / "annotations" / "person_keypoints_train.json"))
    assert len(coco.imgs) == 4 * len(drawn)
    for image in coco.imgs.values():
        assert (tmp_path / "coco" / "images" / "train" / image["file_name"]).is_file()
        (person,) = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
        clip = next(clip for clip in drawn if clip.id == image["clip"])
        frame = int(Path(image["file_name"]).stem.rpartition("_")[2])
        mask = clip.truth()["mask"][frame]
        assert person["gesture"] == clip.gesture
        assert (coco.annToMask(person) & mask).sum() > 0.9 * mask.sum()
        expected = clip.truth()["coco_keypoints"][frame]
        shown = np.array(person["keypoints"]).reshape(17, 3)
        assert np.allclose(shown[expected[:, 2] > 0], expected[expected[:, 2] > 0], atol=0.01)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph", "ignore:The inplace keyword")  # the reader's own
@pytest.mark.parametrize("which", ["drawn", "hostile"])
def test_datasets_and_croissant_read_what_goes_to_the_hub(
    which: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasets import Video, load_dataset

    dataset: sg.Dataset = request.getfixturevalue(which)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    out = tmp_path / "hub"
    export(dataset, out, "huggingface", fractions=SHARES)
    loaded = load_dataset(str(out), cache_dir=str(tmp_path / "cache"))
    assert set(loaded) == {"train", "test"}
    names = loaded["train"].features["label"].names
    assert tuple(names) == dataset.classes
    labels = {row["id"]: row["label"] for split in loaded.values() for row in split.remove_columns("video")} if any(
        isinstance(each, Video) for each in loaded["train"].features.values()
    ) else {row["id"]: row["label"] for split in loaded.values() for row in split}  # fmt: skip
    assert labels == {clip.id: clip.label for clip in dataset}
    described = mlcroissant.Dataset(str(out / "croissant.json"))
    ids = {record["train/id"].decode() for record in described.records("train")}
    assert ids == set(pq.read_table(out / "train" / "metadata.parquet")["id"].to_pylist())
    card = (out / "README.md").read_text()
    assert "<script" not in card
    assert "AI-generated" in card


def test_splits_share_no_motion(tmp_path: Path) -> None:
    wave = load_gestures(["everyday/wave"])[0]
    (tmp_path / "takes" / "wave").mkdir(parents=True)
    for take in range(4):
        motion = perform(wave, np.random.default_rng(take), fps=8.0, frames=(12, 14)).motion
        write_motion(tmp_path / "takes" / "wave" / f"{take}.npz", dataclasses.replace(motion, source=f"take {take}"))
    captured = sg.generate(
        gestures_from_folder(tmp_path / "takes"), settings=TINY, clips=8, seed=2, out=tmp_path / "set"
    )
    assert max(Counter(groups_of(clip, "motion") for clip in captured).values()) > 1
    export(captured, tmp_path / "k", "kinetics", fractions=SHARES)
    sides = [
        {row.split(",")[1] for row in (tmp_path / "k" / f"{split}.csv").read_text().splitlines()[1:]}
        for split in SHARES
    ]
    motions = [{groups_of(clip, "motion") for clip in captured if clip.id in side} for side in sides]
    assert all(sides)
    assert not motions[0] & motions[1]


def test_an_export_is_whole_or_not_there(drawn: sg.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(StorageError):
        export(drawn, tmp_path / "out", "mmaction2")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    export(drawn, tmp_path / "out", "mmaction2", fractions={"train": 1})
    with pytest.raises(DatasetError, match="is there already"):
        export(drawn, tmp_path / "out", "mmaction2")
    with pytest.raises(SpecError, match="did you mean 'mmaction2'"):
        export(drawn, tmp_path / "other", "mmaction")
    with pytest.raises(SpecError, match="names a split"):
        export(drawn, tmp_path / "other", "mmaction2", fractions={"../x": 1.0})


def test_plain_names_are_safe_and_each_once() -> None:
    names = plain_names([f"own/{name}" for name in HOSTILE])
    assert len({name.casefold() for name in names}) == len(HOSTILE)
    assert all(
        name.isascii() and set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
        for name in names
    )
    assert plain_names(["everyday/wave"]) == ("wave",)


def test_the_command_exports_and_lists(drawn: sg.Dataset, tmp_path: Path) -> None:
    told = CliRunner().invoke(
        app,
        [
            "export",
            str(drawn.folder),
            "--format",
            "kinetics",
            "--out",
            str(tmp_path / "k"),
            "--splits",
            "train",
            "--json",
        ],
    )
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout.splitlines()[-1])["clips"] == {"train": len(drawn)}
    listed = CliRunner().invoke(app, ["list", "exporters"])
    assert all(name in listed.stdout for name in exporter_entries())
