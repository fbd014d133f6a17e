"""The torch view: the same items for the same seed and epoch, whoever loads them; labels by what the scores say."""

import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

import synthgest as sg
from synthgest.data.dataset import Dataset
from synthgest.data.manifest import ClassEntry
from synthgest.data.torch_view import ClipDataset, mirrors
from synthgest.errors import CorruptClip, SpecError
from synthgest.scoring.run import score_clips
from synthgest.scoring.sample import Sample
from synthgest.types import Rendered

FORBIDDEN = "everyday/salute"  # with the left hand it would be another matter
CLASSES = ["everyday/wave", "drone/left", "drone/right", FORBIDDEN]


def numbered(shots: Sequence[sg.Shot]) -> Any:
    """Clips of 20 to 30 frames whose number is their brightness; the left half is darker."""
    for shot in shots:
        rng = np.random.default_rng(shot.seed)
        frames = np.empty((int(rng.integers(20, 31)), 32, 48, 3), np.uint8)
        for number, frame in enumerate(frames):
            frame[:] = 60 + 5 * number
            frame[:, :24] = 30
            frame[8:12, 8:12] = 250
        yield Rendered(frames=frames, fps=12)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data") / "out"
    sg.generate(CLASSES, generator=numbered, clips=4, seed=0, out=out)
    return out


@pytest.fixture
def dataset(made: Path, tmp_path: Path) -> Dataset:
    return Dataset(shutil.copytree(made, tmp_path / "out"))


def loaded(view: ClipDataset, **loader: Any) -> list[bytes]:
    batches = DataLoader(view, batch_size=4, **loader)
    return [b"".join(part.numpy().tobytes() for part in batch) for batch in batches]


def jitter(video: Any) -> Any:
    """A transform that draws from all three streams of chance that transforms use."""
    return video * (0.5 + torch.rand(1)) + random.random() * 0.1 + np.random.rand() * 0.1  # noqa: NPY002


def test_items_are_videos_and_labels(dataset: Dataset) -> None:
    view = dataset.torch(frames=8)
    video, label = view[0]
    assert (video.shape, video.dtype) == ((8, 3, 32, 48), torch.float32)
    assert 0 <= float(video.min()) < float(video.max()) <= 1
    assert label.tolist() == [1, 0, 0, 0]
    assert len(view) == 16
    assert np.array_equal(view[-1][1], view[15][1])
    with pytest.raises(IndexError):
        view[16]


def test_tsn_takes_the_centre_of_each_part(dataset: Dataset) -> None:
    clip = dataset[0]
    video, _ = dataset.torch(frames=4)[0]
    brightness = (video[:, 0, 16, 40] * 255 - 60) / 5
    expected = [int((2 * part + 1) * clip.record.frames / 8) for part in range(4)]
    assert np.abs(brightness.numpy() - expected).max() < 1


def test_random_frames_come_from_their_part_and_change_with_the_epoch(dataset: Dataset) -> None:
    view = dataset.torch(frames=4, sampling="tsn-random")
    total = dataset[0].record.frames
    seen = set()
    for epoch in range(12):
        view.set_epoch(epoch)
        numbers = ((view[0][0][:, 0, 16, 40] * 255 - 60) / 5).round().int().tolist()
        assert all(part * total / 4 - 1 <= number <= (part + 1) * total / 4 for part, number in enumerate(numbers))
        seen.add(tuple(numbers))
    assert len(seen) > 6


def test_uniform_frames_reach_both_ends(dataset: Dataset) -> None:
    video, _ = dataset.torch(frames=5, sampling="uniform")[0]
    numbers = ((video[:, 0, 16, 40] * 255 - 60) / 5).round().int().tolist()
    assert abs(numbers[0]) <= 1
    assert abs(numbers[-1] - (dataset[0].record.frames - 1)) <= 1


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_any_number_of_workers_loads_the_same_bytes(dataset: Dataset, workers: int) -> None:
    words = {"frames": 4, "sampling": "tsn-random", "transform": jitter, "flip": 0.5, "seed": 3}
    assert loaded(dataset.torch(**words), num_workers=workers) == loaded(dataset.torch(**words))


def test_two_runs_with_one_seed_are_equal_and_two_epochs_are_not(dataset: Dataset) -> None:
    runs = []
    for _ in range(2):
        view = dataset.torch(frames=4, sampling="tsn-random", transform=jitter, seed=1)
        epochs = []
        for epoch in range(2):
            view.set_epoch(epoch)
            epochs.append(loaded(view, num_workers=2))
        runs.append(epochs)
    assert runs[0] == runs[1]
    assert runs[0][0] != runs[0][1]


def test_workers_that_persist_see_the_epoch_change(dataset: Dataset) -> None:
    view = dataset.torch(frames=4, sampling="tsn-random", transform=jitter)
    loader = DataLoader(view, batch_size=4, num_workers=2, persistent_workers=True)
    found = []
    for epoch in range(2):
        view.set_epoch(epoch)
        found.append([batch[0].numpy().tobytes() for batch in loader])
    assert found[0] != found[1]


def test_no_two_items_share_their_chance(dataset: Dataset) -> None:
    factors = []
    view = dataset.torch(frames=1, transform=lambda video: factors.append(float(torch.rand(1))) or video)
    for index in range(len(view)):
        view[index]
    assert len(set(factors)) == len(view)


def test_a_transform_disturbs_nobody_elses_chance(dataset: Dataset) -> None:
    view = dataset.torch(frames=2, transform=jitter)
    torch.manual_seed(5)
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    expected = float(torch.rand(1)), random.random(), np.random.rand()  # noqa: NPY002
    torch.manual_seed(5)
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    view[0]
    assert (float(torch.rand(1)), random.random(), np.random.rand()) == expected  # noqa: NPY002


# -- mirrors -----------------------------------------------------------------------------------------------------------


def test_clips_are_mirrored_by_their_gestures_rule(dataset: Dataset) -> None:
    plain, flipped = dataset.torch(frames=2), dataset.torch(frames=2, flip=1.0)
    for index, clip in enumerate(dataset):
        (video, label), (mirrored, other) = plain[index], flipped[index]
        if clip.gesture == FORBIDDEN:
            assert torch.equal(mirrored, video)
            assert torch.equal(other, label)
        if clip.gesture.startswith("drone/"):
            assert torch.equal(mirrored, video.flip(-1))
            assert int(other.argmax()) != int(label.argmax())
            assert dataset.classes[int(other.argmax())] in ("drone/left", "drone/right")
        if clip.gesture == "everyday/wave":
            assert torch.equal(mirrored, video.flip(-1))
            assert torch.equal(other, label)


def entry(number: int, name: str, mirror: str) -> ClassEntry:
    return ClassEntry(id=number, name=name, phrase="", description="", digest="", mirror=mirror)


def test_the_rule_also_moves_the_smoothing() -> None:
    classes = [entry(0, "a/left", "a/right"), entry(1, "a/right", "a/left"), entry(2, "a/wave", "same")]
    orders = mirrors(classes)
    assert orders[2].tolist() == [1, 0, 2]
    assert orders[0].tolist() == [1, 0, 2]
    assert mirrors([entry(0, "a/left", "a/gone"), entry(1, "a/stop", "forbidden")]) == {}
    one_way = mirrors([entry(0, "a/x", "a/y"), entry(1, "a/y", "forbidden"), entry(2, "a/z", "same")])
    assert one_way[0].tolist() == [1, 0, 2]
    assert one_way[2].tolist() == [0, 1, 2]


# -- labels ------------------------------------------------------------------------------------------------------------


class Anybody:
    """A scorer of four classes that is sure of some clips and unsure of others."""

    def __init__(self, dataset: Dataset) -> None:
        from synthgest.scoring.scorer import ScorerMark

        given = {"scorer": "anybody", "model": "", "weights": "", "preprocessing": "", "texts": ()}
        self.mark = ScorerMark(**given, classes=dataset.classes, temperature=20.0, frames=2, ordered=False)  # type: ignore[arg-type]

    def prepare(self, sample: Sample) -> int:
        return int(sample.frames()[-1].sum())

    def cosines(self, prepared: Sequence[int]) -> np.ndarray:
        return np.stack([np.random.default_rng(number).normal(0.2, 0.1, 4) for number in prepared]).astype(np.float32)


def test_soft_labels_and_weights_come_with_the_items(dataset: Dataset) -> None:
    scores = score_clips(dataset, Anybody(dataset)).scores
    view = dataset.torch(frames=2, labels="ul", normalize="minmax", details=True)
    item = view[3]
    assert np.allclose(item["label"], scores.soft_labels("ul", normalize="minmax")[3], atol=1e-6)
    assert (item["id"], item["target"], item["gesture"]) == (dataset[3].record.id, dataset[3].label, dataset[3].gesture)
    weighted = dataset.torch(frames=2, labels="uw", details=True)
    assert float(sum(weighted[index]["weight"] for index in range(16))) == pytest.approx(16, abs=1e-3)
    assert weighted[0]["label"].max() == 1


def test_labels_that_need_scores_say_so(dataset: Dataset) -> None:
    with pytest.raises(SpecError, match="synthgest score"):
        dataset.torch(labels="ul")
    score_clips(dataset, Anybody(dataset))
    sg.generate(CLASSES, generator=numbered, clips=5, seed=0, out=dataset.folder, extend=True)
    with pytest.raises(SpecError, match="4 of 20 clips have no score"):
        Dataset(dataset.folder).torch(labels="ul")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"frames": 0}, "at least 1"),
        ({"sampling": "dense"}, "tsn-random"),
        ({"flip": 2.0}, "0 to 1"),
        ({"on_corrupt": "ignore"}, "skip"),
    ],
)
def test_wrong_words_are_refused(words: dict[str, Any], message: str, dataset: Dataset) -> None:
    with pytest.raises(SpecError, match=message):
        dataset.torch(**words)


# -- spoilt clips ------------------------------------------------------------------------------------------------------


def test_a_corrupt_clip_is_raised_with_its_id_or_skipped_and_counted(dataset: Dataset) -> None:
    victim = dataset[5]
    victim.path.write_bytes(victim.path.read_bytes()[:300])
    with pytest.raises(CorruptClip) as caught:
        dataset.torch(frames=4)[5]
    assert caught.value.clip_id == victim.record.id
    view = dataset.torch(frames=4, on_corrupt="skip")
    assert sum(len(batch) for batch in DataLoader(view, batch_size=4, num_workers=2)) > 0
    assert view.skipped == 1
    assert torch.equal(view[5][0], view[6][0])


def test_a_folder_of_nothing_but_corrupt_clips_does_not_hang(dataset: Dataset) -> None:
    for clip in dataset:
        clip.path.write_bytes(b"")
    view = dataset.torch(frames=4, on_corrupt="skip")
    with pytest.raises(CorruptClip, match="not one clip"):
        view[0]
