"""The cache of decoded frames: the same items with it as without, bounded, and no trust in what lies in its folder."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_data_torch_view import loaded, made, numbered  # noqa: F401  (a fixture and its generator)

from synthgest.data import cache as cache_module
from synthgest.data.cache import ArrayCache, FrameCache
from synthgest.data.dataset import Clip, Dataset
from synthgest.errors import SpecError
from synthgest.frames import Frames


@pytest.fixture
def dataset(made: Path) -> Dataset:  # noqa: F811
    return Dataset(made)


class Counted:
    """A clip that counts how often it is decoded."""

    def __init__(self, clip: Clip) -> None:
        self.clip, self.decoded = clip, 0
        self.numbers: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.clip, name)

    def frames_at(self, numbers: Any) -> Frames:
        self.decoded += 1
        self.numbers.append(numbers)
        return self.clip.frames_at(numbers)


def test_a_clip_is_decoded_once(dataset: Dataset, tmp_path: Path) -> None:
    clip, cache = Counted(dataset[0]), FrameCache(folder=tmp_path)
    for numbers in ([3, 0, 3], [19], [0, 1, 2]):
        assert np.array_equal(cache.frames_at(clip, numbers), dataset[0].frames_at(numbers))  # type: ignore[arg-type]
    assert clip.decoded == 1


def test_items_are_the_same_with_and_without(dataset: Dataset, tmp_path: Path) -> None:
    view = {"frames": 4, "sampling": "tsn-random", "flip": 0.5, "seed": 3}
    plain, cached = dataset.torch(**view), dataset.torch(**view, cache=FrameCache(folder=tmp_path))
    for epoch in range(2):
        plain.set_epoch(epoch)
        cached.set_epoch(epoch)
        assert loaded(plain) == loaded(cached)
    assert loaded(cached, num_workers=2) == loaded(plain)


def test_of_a_film_too_large_for_memory_only_what_is_asked_for_is_decoded(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, cache = Counted(dataset[0]), FrameCache(folder=tmp_path)
    monkeypatch.setattr("synthgest.data.cache._SHORT", 10)
    monkeypatch.setattr("synthgest.data.cache._LARGEST", dataset[0].frames().nbytes - 1)
    assert np.array_equal(cache.frames_at(clip, [3, 5]), dataset[0].frames_at([3, 5]))  # type: ignore[arg-type]
    assert clip.numbers == [[0], [3, 5]]
    assert not list(tmp_path.iterdir())


def test_it_grows_no_larger_than_it_may(dataset: Dataset, tmp_path: Path) -> None:
    one = dataset[0].frames().nbytes * 1.6
    cache = FrameCache(folder=tmp_path, gigabytes=3 * one / 1e9)
    for clip in dataset:
        cache.frames_at(clip, [0])
        assert sum(path.stat().st_size for path in tmp_path.rglob("*.npy")) <= 3 * one * 1.01
    kept = {path.stem for path in tmp_path.rglob("*.npy")}
    assert dataset[len(dataset) - 1].content in kept  # the last used
    assert dataset[0].content not in kept
    too_small = FrameCache(folder=tmp_path / "small", gigabytes=1e-9)
    assert too_small.frames_at(dataset[0], [0]).shape == (1, 32, 48, 3)
    assert not (tmp_path / "small").exists()
    with pytest.raises(SpecError, match="gigabytes is 0"):
        FrameCache(folder=tmp_path, gigabytes=0)


def test_what_lies_in_its_folder_is_not_trusted(dataset: Dataset, tmp_path: Path) -> None:
    cache, clip = FrameCache(folder=tmp_path), dataset[0]
    good = cache.frames_at(clip, [0, 5])
    (path,) = tmp_path.rglob("*.npy")
    evil = np.empty(1, object)
    evil[0] = "anything that a pickle can hold"
    for spoil in (
        lambda: path.write_bytes(b""),
        lambda: path.write_bytes(path.read_bytes()[:3000]),
        lambda: np.save(path, evil),
    ):
        spoil()
        assert np.array_equal(cache.frames_at(clip, [0, 5]), good)
    shutil.rmtree(tmp_path)
    assert np.array_equal(cache.frames_at(clip, [0, 5]), good)


def test_arrays_are_made_once_and_again_when_what_is_kept_is_spoilt(tmp_path: Path) -> None:
    calls: list[int] = []

    def make() -> dict[str, np.ndarray]:
        calls.append(1)
        return {"frames": np.arange(12, dtype=np.uint8).reshape(3, 4), "mask": np.eye(2, dtype=bool)}

    cache = ArrayCache(folder=tmp_path)
    for _ in range(3):
        found = cache.arrays("ab12", make)
        assert found["frames"].tolist() == np.arange(12).reshape(3, 4).tolist()
        assert found["mask"].dtype == bool
    assert len(calls) == 1
    (path,) = tmp_path.rglob("*.npz")
    path.write_bytes(path.read_bytes()[:80])
    assert set(cache.arrays("ab12", make)) == {"frames", "mask"}
    assert len(calls) == 2


def test_keeping_much_does_not_look_at_all_of_it_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: Counter[Path] = Counter()
    shrink = cache_module._shrink
    roomy, full = ArrayCache(folder=tmp_path / "roomy"), ArrayCache(folder=tmp_path / "full", gigabytes=1e-3)

    def counted(folder: Path, most: float) -> float:
        looked[folder] += 1
        return shrink(folder, most)

    monkeypatch.setattr(cache_module, "_shrink", counted)
    for number in range(600):
        key = f"{number:04x}{'0' * 60}"
        roomy.arrays(key, lambda: {"rows": np.zeros(500)})
        full.arrays(key, lambda: {"rows": np.zeros(500)})
        assert sum(path.stat().st_size for path in full.folder.rglob("*.npz")) <= 1.1e6
    assert looked[roomy.folder] == 1
    assert looked[full.folder] < 400
