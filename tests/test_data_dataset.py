"""A data set is read back with its labels, and a spoilt file is never read silently (FAULTS.md F12)."""

import contextlib
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from conftest import make

from synthgest.data.dataset import Dataset
from synthgest.data.storage import locked
from synthgest.data.verify import verify
from synthgest.errors import CorruptClip, DatasetError
from synthgest.generation import Request
from synthgest.gestures import load_gestures
from synthgest.types import Recipe


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Request:
    out = tmp_path_factory.mktemp("made") / "out"
    gestures = load_gestures(["everyday/wave", "rocog/Halt"])
    recipe = Recipe(name="toy", engine="toy", settings={}, licence="CC0-1.0")
    request = Request(gestures=gestures, recipe=recipe, clips=2, seed=0, out=out, workers=0)
    make(request)
    return request


@pytest.fixture
def copy(made: Request, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.out, tmp_path / "copy"))


def test_clips_come_in_order_with_labels_frames_and_ground_truth(made: Request) -> None:
    dataset = Dataset(made.out)
    assert dataset.classes == ("everyday/wave", "rocog/Halt")
    assert [(clip.label, clip.record.index) for clip in dataset] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    clip = dataset[0]
    assert clip.frames().shape == (16, 64, 64, 3)
    assert clip.truth()["mask"].shape == (16, 64, 64)
    assert clip.record.licence == "CC0-1.0"
    assert repr(dataset).endswith("4 clips of 2 gestures)")


def test_what_is_being_written_is_not_read(copy: Path) -> None:
    (copy / "clips" / "ab").mkdir(exist_ok=True)
    (copy / "clips" / "ab" / ".part-host-1-token-abcd.json").write_text("{")
    assert len(Dataset(copy)) == 4
    assert verify(copy).sound


def test_a_folder_that_is_no_data_set_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no dataset\.toml"):
        Dataset(tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9, 0.99])
def test_a_truncated_video_is_found_by_verify_and_never_read_as_a_shorter_clip(copy: Path, share: float) -> None:
    clip = Dataset(copy)[1]
    content = clip.path.read_bytes()
    clip.path.write_bytes(content[: int(len(content) * share)])
    assert [clip_id for clip_id, _ in verify(copy).corrupt] == [clip.record.id]
    read = 0
    with contextlib.suppress(CorruptClip):
        read = len(clip.frames())
    assert read in (0, clip.record.frames)


def test_every_flipped_byte_is_found(copy: Path) -> None:
    clip = Dataset(copy)[2]
    content = clip.path.read_bytes()
    rng = np.random.default_rng(0)
    for count in np.linspace(1, 200, 50).astype(int):
        spoilt = bytearray(content)
        for place in rng.choice(len(content), count, replace=False):
            spoilt[place] ^= 1 << int(rng.integers(8))
        clip.path.write_bytes(bytes(spoilt))
        with pytest.raises(CorruptClip, match="SHA-256"):
            clip.verify()


def test_a_missing_or_changed_ground_truth_is_found(copy: Path) -> None:
    first, second = Dataset(copy)[0], Dataset(copy)[1]
    first.path.with_suffix(".npz").unlink()
    second.path.with_suffix(".npz").write_bytes(b"no arrays")
    assert {clip_id for clip_id, _ in verify(copy).corrupt} == {first.record.id, second.record.id}
    with pytest.raises(CorruptClip):
        second.truth()


def test_repair_removes_what_is_spoilt_and_the_same_run_makes_it_again(copy: Path, made: Request) -> None:
    clip = Dataset(copy)[3]
    good = clip.path.read_bytes()
    clip.path.write_bytes(good[:100])
    (copy / "clips" / "00").mkdir(exist_ok=True)
    (copy / "clips" / "00" / "stray.mp4").write_bytes(b"x")
    found = verify(copy, repair=True)
    assert not found.sound
    assert [path.name for path in found.orphans] == ["stray.mp4"]
    after = verify(copy)
    assert (after.corrupt, after.orphans, after.missing) == ((), (), 1)
    assert len(Dataset(copy)) == pq.read_table(copy / "metadata.parquet").num_rows == 3
    make(Request(gestures=made.gestures, recipe=made.recipe, clips=2, seed=0, out=copy, workers=0))
    assert clip.path.read_bytes() == good


def test_a_record_that_is_not_readable_is_found(copy: Path) -> None:
    clip = Dataset(copy)[0]
    clip.path.with_suffix(".json").write_text('{"id": 3}')
    assert [clip_id for clip_id, _ in verify(copy).corrupt] == [clip.record.id]
    with pytest.raises(CorruptClip, match="not a readable record"):
        _ = Dataset(copy).clips


def test_a_record_that_says_something_else_than_was_published_is_found(copy: Path) -> None:
    path = Dataset(copy)[0].path.with_suffix(".json")
    path.write_text(path.read_text().replace("everyday/wave", "rocog/Halt"))
    assert [clip_id for clip_id, _ in verify(copy).corrupt] == [path.stem]


def test_a_clip_that_was_removed_altogether_is_missed(copy: Path) -> None:
    assert verify(copy).sound
    clip = Dataset(copy)[0]
    for suffix in (".json", ".mp4", ".npz"):
        clip.path.with_suffix(suffix).unlink()
    assert verify(copy).missing == 1


def test_repair_is_refused_while_the_folder_is_being_written(copy: Path) -> None:
    with locked(copy / ".lock-0-of-1"), pytest.raises(DatasetError, match="being written"):
        verify(copy, repair=True)
