"""Training: the same run by the same seed, whoever loads and however often it is killed; what it is given, it learns from."""

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from test_cli import last_line, synthgest
from torch import nn
from torch.utils.data import DataLoader

import synthgest as sg
from synthgest.data.cache import ArrayCache
from synthgest.data.labelled import shown_frames
from synthgest.data.mixing import RatioSampler
from synthgest.encoders import load_encoder
from synthgest.errors import ConfigChanged, DatasetError, SpecError
from synthgest.evaluation.accuracy import accuracy, accuracy_of
from synthgest.evaluation.extraction import features
from synthgest.gestures import load_gestures
from synthgest.recipes import load_recipe
from synthgest.training import items as training_items
from synthgest.training.generated import GeneratedSet
from synthgest.training.items import Batches, Draw, TrainingItems, frame_numbers
from synthgest.training.lessons import Lesson, draw_up, stages
from synthgest.training.recogniser import load_recogniser, read_about
from synthgest.training.run import Progress, train
from synthgest.training.settings import TrainSettings
from synthgest.training.tuning import tuned

SMALL = {"width": 8, "dimension": 32, "frames": 4}
CLASSES = ["drone/left", "drone/right"]


def settings(**changed: Any) -> TrainSettings:
    return TrainSettings(
        **{"encoder_settings": SMALL, "steps": 4, "batch": 2, "frames": 2, "workers": 0, "validation": 0.25, **changed}
    )


@pytest.fixture(scope="module", autouse=True)
def near() -> Iterator[None]:
    """People are searched for in pictures of 160 pixels: clips are no larger here, and who learned nothing looks everywhere."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("synthgest.encoders.small._SIDE", 160)
        yield


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    small = {"width": 96, "height": 96, "fps": 6, "frames": [10, 14]}
    return sg.generate(CLASSES, out=tmp_path_factory.mktemp("drawn") / "out", seed=0, clips=4, settings=small)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    small = {"width": 96, "height": 96, "fps": 6, "frames": [10, 14]}
    return sg.generate(["everyday/nod"], out=tmp_path_factory.mktemp("others") / "out", seed=0, clips=2, settings=small)


@pytest.fixture
def filmed(drawn: sg.Dataset, tmp_path: Path) -> Path:
    for clip in drawn:
        home = tmp_path / "filmed" / clip.gesture.split("/")[1]
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(clip.path, home)
    return tmp_path / "filmed"


def lesson(dataset: sg.Dataset) -> Lesson:
    rows, weights = dataset.targets()
    return Lesson(clips=dataset.clips, labels=rows, weights=weights)


def weights_of(run: Path) -> list[bytes]:
    return [(run / name).read_bytes() for name in ("encoder.safetensors", "head.safetensors")]


# -- what is read ------------------------------------------------------------------------------------------------------


def items(dataset: sg.Dataset, encoder: str = "small", **own: Any) -> TrainingItems:
    chosen = load_encoder(encoder, SMALL if encoder == "small" else own)
    return TrainingItems(lesson(dataset), dataset.class_entries, chosen, flip=0.5, seed=3, cache=None)


def draws(**changed: Any) -> Batches:
    words = {"steps": range(6), "batch": 2, "frames": 2, "stills": 0.5, "seed": 1, **changed}
    return Batches(RatioSampler([range(8)], [1.0], seed=1), **words)


def test_any_number_of_workers_reads_the_same(drawn: sg.Dataset) -> None:
    def read(workers: int) -> list[bytes]:
        loader = DataLoader(items(drawn), batch_sampler=draws(), num_workers=workers)
        return [b"".join(value.numpy().tobytes() for value in batch.values()) for batch in loader]

    assert read(0) == read(2)


def test_ground_truth_is_unpacked_once_while_there_is_room(drawn: sg.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    unpack = sg.Clip.truth

    def told(clip: sg.Clip) -> dict[str, np.ndarray]:
        read.append(clip.id)
        return unpack(clip)

    monkeypatch.setattr(sg.Clip, "truth", told)
    roomy = items(drawn)
    again = [roomy[Draw(turn, 0, 2)]["joints"] for turn in (0, 1, 0)]
    assert len(read) == 1
    assert torch.equal(again[0], again[2])
    monkeypatch.setattr(training_items, "_REMEMBERED", 100)
    narrow = items(drawn)
    assert torch.equal(narrow[Draw(0, 0, 2)]["joints"], again[0])
    assert torch.equal(narrow[Draw(1, 0, 2)]["joints"], again[1])
    assert len(read) == 3


def test_batches_are_the_same_wherever_they_begin() -> None:
    whole = list(draws())
    assert list(draws(steps=range(3, 6))) == whole[3:]
    sizes = {(len(batch), batch[0].frames) for batch in whole}
    assert sizes == {(2, 2), (8, 1)}
    assert len(draws(steps=range(3, 6))) == 3


def test_every_clip_comes_before_any_comes_again() -> None:
    drawn = [draw for batch in draws(steps=range(40)) for draw in batch]
    for turn in range(3):
        assert sorted(draw.index for draw in drawn if draw.turn == turn) == list(range(8))


def test_frames_rise_through_the_clip_and_single_ones_show_the_gesture() -> None:
    clip: Any = SimpleNamespace(length=50, shown=(21, 23))
    rng = np.random.default_rng(0)
    singles = set()
    for _ in range(50):
        numbers = frame_numbers(clip, 5, rng)
        assert [number // 10 for number in numbers] == [0, 1, 2, 3, 4]
        singles |= set(frame_numbers(clip, 1, rng))
    assert singles == {21, 22, 23}


@pytest.mark.parametrize(
    ("keyframes", "length", "expected"),
    [
        ([["preparation", 0.4], ["stroke", 1.01], ["hold", 1.91], ["retraction", 2.5]], 18, (7, 11)),
        ([["stroke", 1.0], ["stroke", 1.5], ["stroke", 2.0], ["retraction", 2.4]], 30, (6, 12)),
        ([["stroke", 1.05], ["retraction", 1.6]], 30, (7, 7)),  # between two frames: the next one
        ([["stroke", 9.0], ["hold", 9.5]], 12, (11, 11)),  # cut off
        ([], 10, (3, 7)),
        ([], 1, (0, 0)),
    ],
)
def test_a_gesture_is_shown_from_its_first_stroke_to_its_last(
    keyframes: list[Any], length: int, expected: tuple[int, int]
) -> None:
    assert shown_frames(keyframes, 6.0, length) == expected


def test_a_mirrored_sample_has_the_mirrored_label(drawn: sg.Dataset) -> None:
    """drone/left is mirrored to drone/right: whichever it shows, the raised arm is on that side."""
    reader = items(drawn)
    seen = {tuple(reader[Draw(turn, 0, 2)]["label"].tolist()) for turn in range(12)}
    assert seen == {(1.0, 0.0), (0.0, 1.0)}


# -- runs --------------------------------------------------------------------------------------------------------------


def test_the_same_run_makes_the_same_weights(drawn: sg.Dataset, tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(drawn, tmp_path / name, settings())
    train(drawn, tmp_path / "c", settings(seed=1))
    assert weights_of(tmp_path / "a") == weights_of(tmp_path / "b") != weights_of(tmp_path / "c")


def test_a_run_that_was_interrupted_goes_on(drawn: sg.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthgest.training.run._SAVED", 0.0)  # a checkpoint after every step
    monkeypatch.setattr("synthgest.training.run._TOLD", 1)
    train(drawn, tmp_path / "whole", settings())
    told: list[int] = []

    def interrupt(progress: Progress) -> None:
        told.append(progress.step)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(drawn, tmp_path / "cut", settings(), progress=interrupt)
    with pytest.raises(DatasetError, match="not a finished training run"):
        load_recogniser(tmp_path / "cut")
    train(drawn, tmp_path / "cut", settings(), progress=interrupt)
    assert told == [1, 2, 3, 3, 4]  # the step that was told of was not yet kept
    assert weights_of(tmp_path / "cut") == weights_of(tmp_path / "whole")


def test_a_finished_run_is_not_made_again(drawn: sg.Dataset, tmp_path: Path) -> None:
    train(drawn, tmp_path / "run", settings())
    told: list[Progress] = []
    again = train(drawn, tmp_path / "run", settings(), progress=told.append)
    assert not told
    assert again.classes == tuple(CLASSES)


def test_another_run_in_the_same_folder_is_refused(drawn: sg.Dataset, tmp_path: Path) -> None:
    train(drawn, tmp_path / "run", settings())
    with pytest.raises(ConfigChanged) as caught:
        train(drawn, tmp_path / "run", settings(lr=0.5))
    assert caught.value.differences == ("lr: 0.001 in the folder, 0.5 asked for",)


def test_a_run_learns_on_where_another_ended(drawn: sg.Dataset, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    train(drawn, one, settings())
    probe = settings(tune="head", encoder_settings=SMALL | {"seed": 5})
    train(drawn, other, probe, start=one)
    assert weights_of(other)[0] == weights_of(one)[0]
    assert weights_of(other)[1] != weights_of(one)[1]
    with pytest.raises(ConfigChanged, match="choose another folder") as refused:
        train(drawn, other, probe)
    assert refused.value.differences[0].startswith("start:")


def test_a_head_goes_on_where_it_has_the_same_classes(drawn: sg.Dataset, others: sg.Dataset, tmp_path: Path) -> None:
    train(drawn, tmp_path / "one", settings())
    still = settings(lr=1e-12, weight_decay=0.0, ema=0.0)
    train(drawn, tmp_path / "same", still, start=tmp_path / "one")
    before, after = (load_recogniser(tmp_path / name).head.state_dict() for name in ("one", "same"))
    for name, value in before.items():
        assert torch.allclose(after[name], value, atol=1e-6), name
    # With a class of none besides, the head is another one.
    train(drawn, tmp_path / "more", still, start=tmp_path / "one", negatives=[others])
    assert read_about(tmp_path / "same").data["start_head"]
    assert not read_about(tmp_path / "more").data["start_head"]


def test_a_run_goes_on_only_with_what_fits_it(drawn: sg.Dataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no run\.json"):
        train(drawn, tmp_path / "run", settings(), start=tmp_path)
    train(drawn, tmp_path / "one", settings())
    with pytest.raises(DatasetError, match=r"encoder\.safetensors"):
        train(drawn, tmp_path / "run", settings(encoder_settings=SMALL | {"width": 16}), start=tmp_path / "one")
    assert not (tmp_path / "run").exists()


def test_other_labels_of_the_same_clips_are_another_run(drawn: sg.Dataset) -> None:
    one = lesson(drawn)
    digests = {
        stages([each], None, settings())[0].digest
        for each in (one, replace(one, labels=one.labels * 0.9), replace(one, weights=one.weights / 2), one)
    }
    assert len(digests) == 3


def test_what_is_learned_cannot_be_rejected_too(drawn: sg.Dataset) -> None:
    with pytest.raises(SpecError, match="drone/left, drone/right shall be learned and rejected"):
        draw_up(drawn, [drawn], settings(), "none", "")


def test_weights_that_run_away_end_the_run(drawn: sg.Dataset, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"step \d+ has no finite loss .*choose a lower lr"):
        train(drawn, tmp_path / "run", settings(steps=40, optimizer="sgd", lr=1e12, clip_norm=1e12))
    assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.parametrize("workers", [0, 1])
def test_a_clip_that_cannot_be_read_is_named(drawn: sg.Dataset, tmp_path: Path, workers: int) -> None:
    shutil.copytree(drawn.folder, tmp_path / "data")
    broken = sg.Dataset(tmp_path / "data")
    for clip in broken:
        clip.path.write_bytes(b"no video")
    with pytest.raises(DatasetError, match="a clip to learn from cannot be read") as caught:
        train(broken, tmp_path / "run", settings(workers=workers, validation=0.0))
    assert "\n" not in str(caught.value)


def test_of_clips_kept_aside_those_that_can_be_read_are_asked(drawn: sg.Dataset, tmp_path: Path) -> None:
    shutil.copytree(drawn.folder, tmp_path / "data")
    copied = sg.Dataset(tmp_path / "data")
    watched = draw_up(copied, [], settings(), "none", "")[1]
    next(clip for clip in copied if clip.id == watched[0].id).path.write_bytes(b"no video")
    results = train(copied, tmp_path / "run", settings()).about.results
    assert results["unreadable"] == 1
    assert len(watched) == 2
    assert results["validation"]["value"] in (0, 1)  # of the one that is left


@pytest.mark.parametrize("encoder", ["small", "r2plus1d"])
def test_every_encoder_learns_by_the_defaults(drawn: sg.Dataset, tmp_path: Path, encoder: str) -> None:
    own = SMALL if encoder == "small" else {"frames": 4}
    chosen = TrainSettings(encoder=encoder, encoder_settings=own, steps=2, batch=2, stills=0.5, workers=0)
    assert train(drawn, tmp_path / "run", chosen).classes == tuple(CLASSES)


def test_frames_that_an_encoder_cannot_look_at_are_refused(drawn: sg.Dataset, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"frames is 2, but the encoder 'r2plus1d' looks at \d+ of a clip"):
        train(drawn, tmp_path / "run", settings(encoder="r2plus1d", encoder_settings={}))


def test_what_is_kept_names_the_same_classes_again(drawn: sg.Dataset, others: sg.Dataset, tmp_path: Path) -> None:
    made = train(drawn, tmp_path / "run", settings(), negatives=[others])
    again = load_recogniser(tmp_path / "run")
    found = made.probabilities(drawn.clips)
    assert found.shape == (8, 3)  # left, right, none
    assert np.allclose(found.sum(axis=1), 1)
    assert np.array_equal(found, again.probabilities(drawn.clips))
    assert again.classes == tuple(CLASSES)
    about = json.loads((tmp_path / "run" / "run.json").read_text())
    assert about["data"]["trained_on"] == {"synthetic": 8}  # 6 of 8, and 2 of none
    assert str(tmp_path) not in json.dumps(about)
    assert list((tmp_path / "run" / "tensorboard").rglob("events*"))
    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()


def test_probabilities_are_the_mean_over_the_views_of_a_clip(drawn: sg.Dataset, tmp_path: Path) -> None:
    made = train(drawn, tmp_path / "run", settings(steps=1))
    prepared = [made.encoder.prepare(clip.frames_at(sg.tsn_indices(clip.length, 4))) for clip in drawn]
    with torch.inference_mode():
        views = [made.head(made.module.views(video[None])).softmax(-1).mean(0)[0] for video in prepared]  # type: ignore[operator]
    assert np.allclose(made.probabilities(drawn.clips), torch.stack(views), atol=1e-4)


@pytest.mark.parametrize(("how", "stages"), [("after", {"synthetic": 6, "real": 8}), ("mixed", {"mixed": 14})])
def test_real_clips_come_afterwards_or_among_the_others(
    how: str, stages: dict[str, int], drawn: sg.Dataset, filmed: Path, tmp_path: Path
) -> None:
    real = sg.open_dataset(filmed, like=drawn)
    told: list[str] = []
    made = train(drawn, tmp_path / "run", settings(real=how), real=real, progress=lambda each: told.append(each.stage))  # type: ignore[arg-type]
    assert made.about.data["trained_on"] == stages
    assert set(told) == set(stages)


def test_negatives_and_filmed_clips_have_their_shares(drawn: sg.Dataset, others: sg.Dataset, filmed: Path) -> None:
    chosen = settings(real="mixed", real_share=0.4, negative_share=0.5)
    synthetic, watched = draw_up(drawn, [others, others], chosen, "none", "")
    (stage,) = stages(synthetic, sg.open_dataset(filmed, like=drawn), chosen)
    assert stage.shares == pytest.approx((0.3, 0.3, 0.4))
    assert [len(each.clips) for each in stage.lessons] == [6, 4, 8]
    assert len(watched) == 2
    assert (stage.lessons[1].labels == [0, 0, 1]).all()


def test_filmed_clips_alone_will_do(filmed: Path, tmp_path: Path) -> None:
    made = train(sg.open_dataset(filmed), tmp_path / "run", settings())  # type: ignore[arg-type]
    assert made.classes == ("left", "right")


SMALL_CLIPS = {"width": 96, "height": 96, "fps": 12, "frames": [20, 28]}


def generated(cache: Path, *words: str, **changed: Any) -> GeneratedSet:
    plan = {"clips": 4, "seed": 0, **changed}
    recipe = load_recipe("pose-transfer", SMALL_CLIPS)
    return GeneratedSet(load_gestures(words or CLASSES), recipe, cache=ArrayCache(folder=cache), **plan)


def test_clips_that_are_drawn_while_training_are_those_of_a_data_set(tmp_path: Path) -> None:
    whole = {
        clip.id: clip for clip in sg.generate(CLASSES, out=tmp_path / "out", clips=1, seed=0, settings=SMALL_CLIPS)
    }
    for clip in generated(tmp_path / "cache", clips=1).clips:
        other = whole[clip.id]
        numbers = sorted(set(sg.tsn_indices(other.length, 16)))
        assert clip.length == len(numbers) == 16
        assert (clip.gesture, clip.label) == (other.gesture, other.label)
        assert np.array_equal(clip.truth()["joints_2d"], other.truth()["joints_2d"][numbers])
        first, last = other.shown
        assert [first <= number <= last for number in numbers] == [
            clip.shown[0] <= place <= clip.shown[1] for place in range(16)
        ]
        off = np.abs(clip.frames_at(range(16)).astype(int) - other.frames_at(numbers).astype(int)).mean()
        assert off < 6  # a video loses a little


def test_clips_are_drawn_once_and_anywhere_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(cache: Path, workers: int) -> list[bytes]:
        words = settings(workers=workers)
        lessons, _ = draw_up(generated(cache), [], words, "none", "")
        encoder = load_encoder("small", SMALL)
        reader = TrainingItems(lessons[0], [], encoder, flip=0.0, seed=3, cache=None)
        order = Batches(RatioSampler([range(6)], [1.0]), steps=range(3), batch=2, frames=2, stills=0.0, seed=1)
        how = "spawn" if workers else None
        loader = DataLoader(reader, batch_sampler=order, num_workers=workers, multiprocessing_context=how)
        return [each["video"].numpy().tobytes() for each in loader]

    here = read(tmp_path / "a", 0)
    assert read(tmp_path / "b", 2) == here
    monkeypatch.setattr("synthgest.engines.pose_transfer.PoseTransfer.take", None)  # nothing can be drawn any more
    assert read(tmp_path / "a", 0) == here


def test_a_run_from_a_plan_is_a_run(tmp_path: Path) -> None:
    made = train(generated(tmp_path / "run" / "drawn"), tmp_path / "run", settings())
    assert made.classes == tuple(CLASSES)
    assert made.about.data["from"]["classes"]["generator"] == "pose-transfer"
    assert set(made.about.results) == {"seconds", "validation"}


def test_clips_of_a_plan_can_be_drawn_from_many_threads(tmp_path: Path) -> None:
    clips = generated(tmp_path / "cache").clips
    with ThreadPoolExecutor(len(clips)) as pool:
        found = list(pool.map(lambda clip: clip.frames_at([0, 1]), clips))
    again = pickle.loads(pickle.dumps(generated(tmp_path / "other").clips))
    assert all(np.array_equal(each, clip.frames_at([0, 1])) for each, clip in zip(found, again, strict=True))


def test_what_cannot_be_drawn_while_training_is_refused(tmp_path: Path, toy_recipe: Path) -> None:
    with pytest.raises(SpecError, match="makes whole clips only"):
        GeneratedSet(
            load_gestures(["wave"]), load_recipe(str(toy_recipe)), clips=1, seed=0, cache=ArrayCache(folder=tmp_path)
        )
    with pytest.raises(SpecError, match="has no motion"):
        generated(tmp_path, "a person juggling")
    with pytest.raises(SpecError, match="clips is 0"):
        generated(tmp_path, clips=0)
    with pytest.raises(SpecError, match="need scores"):
        generated(tmp_path).targets("ul")


def test_losses_fall(drawn: sg.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthgest.training.run._TOLD", 10)
    told: list[dict[str, float]] = []
    train(
        drawn, tmp_path / "run", settings(steps=40, batch=4, stills=0.0), progress=lambda each: told.append(each.losses)
    )
    assert told[-1]["heat"] < told[0]["heat"] - 0.03
    assert told[-1]["mask"] < told[0]["mask"] - 0.03


@pytest.mark.slow
def test_several_processes_learn_what_one_does(drawn: sg.Dataset, tmp_path: Path) -> None:
    """The head alone: it has no statistics of a batch, so nothing but rounding may differ."""
    import safetensors.torch

    own = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    words = ["train", drawn.folder, "--steps", 6, "--batch", 4, *own]
    words += [word for each in ("workers=0", "tune=head", "stills=0", "validation=0") for word in ("--with", each)]
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "synthgest"]
    found = []
    for name, begin in (("one", ["-m", "synthgest"]), ("two", launch)):
        command = [sys.executable, *begin, *map(str, words), "--out", str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        found.append(safetensors.torch.load_file(tmp_path / name / "head.safetensors"))
    for key, value in found[0].items():
        assert torch.allclose(value, found[1][key], atol=1e-5), key


# -- what learns -------------------------------------------------------------------------------------------------------


def changed(run: Path, encoder: str, own: dict[str, Any]) -> set[str]:
    """Weights of the kept encoder that are not those that it began with."""
    import safetensors.torch

    before = load_encoder(encoder, own).module.state_dict()
    after = safetensors.torch.load_file(run / "encoder.safetensors")
    return {name for name, value in after.items() if not torch.equal(value, before[name])}


@pytest.mark.parametrize(
    ("tune", "expected"),
    [
        ("head", lambda names: not names),
        ("all", lambda names: any("layer1" in name for name in names)),
        ("last", lambda names: bool(names) and not any("layer1" in name for name in names)),
    ],
)
def test_only_what_shall_learn_learns(
    tune: str, expected: Callable[[set[str]], bool], drawn: sg.Dataset, tmp_path: Path
) -> None:
    pytest.importorskip("torchvision")
    own = {"frames": 2}
    train(
        drawn,
        tmp_path / "run",
        settings(encoder="tsn-resnet18", encoder_settings=own, tune=tune, steps=1, validation=0.0),
    )
    names = {
        name
        for name in changed(tmp_path / "run", "tsn-resnet18", own)
        if "running" not in name and "batches" not in name
    }
    assert expected(names), sorted(names)[:5]


def test_a_probe_of_our_own_encoder_leaves_it_as_it_was(drawn: sg.Dataset, tmp_path: Path) -> None:
    train(drawn, tmp_path / "run", settings(tune="head"))
    assert not changed(tmp_path / "run", "small", SMALL)


def test_adapters_begin_by_the_seed_alone() -> None:
    found = []
    for chance, seed in ((1, 0), (2, 0), (1, 3)):
        torch.manual_seed(chance)
        module = nn.Sequential(nn.Linear(4, 4))
        nn.init.ones_(module[0].weight)
        state = tuned(module, "lora", seed).state_dict()
        found.append(next(value for name, value in state.items() if "lora_A" in name))
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


@pytest.mark.parametrize("mix", ["mixup", "cutmix"])
def test_clips_are_mixed_for_encoders_that_learn_from_labels_alone(mix: str, drawn: sg.Dataset, tmp_path: Path) -> None:
    own = {"frames": 2, "size": 32}
    train(drawn, tmp_path / "run", settings(encoder="tsn-resnet18", encoder_settings=own, mix=mix, steps=1, batch=4))
    assert changed(tmp_path / "run", "tsn-resnet18", own)
    with pytest.raises(SpecError, match="learns where joints are"):
        train(drawn, tmp_path / "no", settings(mix=mix))
    assert not (tmp_path / "no").exists()


def test_lora_and_a_text_head_learn(drawn: sg.Dataset, tmp_path: Path) -> None:
    pytest.importorskip("open_clip")
    import tiny_clip

    own = {"model": str(tiny_clip.build_clip(tmp_path / "clip")), "frames": 2}
    words = settings(encoder="clip", encoder_settings=own, tune="lora", head="text", steps=2, validation=0.0)
    made = train(drawn, tmp_path / "run", words)
    assert changed(tmp_path / "run", "clip", own)
    again = load_recogniser(tmp_path / "run")
    assert np.allclose(made.probabilities(drawn.clips), again.probabilities(drawn.clips), atol=1e-6)


def test_negatives_are_mirrored_by_no_rule_of_the_classes(drawn: sg.Dataset) -> None:
    """The first class of another data set has the number of drone/left, which is mirrored; it must not be taken for it."""
    none = Lesson(clips=drawn.clips[:1], labels=np.array([[0.0, 0.0, 1.0]]), weights=np.ones(1))
    encoder = load_encoder("tsn-resnet18", {"size": 32})

    def read(flip: float) -> torch.Tensor:
        return TrainingItems(none, drawn.class_entries, encoder, flip=flip, seed=0, cache=None)[Draw(0, 0, 2)]["video"]

    assert torch.equal(read(1.0), read(0.0))


# -- figures -----------------------------------------------------------------------------------------------------------


def test_accuracy_by_hand() -> None:
    """Four clips of a, two of b, one of c; the last column is that of no class."""
    a, b, _, none = np.eye(4)
    found = accuracy_of(np.array([a, a, b, none, b, b, a]), [0, 0, 0, 0, 1, 1, 2], ["drone/up", "drone/down", "x/c"])
    assert found.top1.value == pytest.approx(4 / 7)
    assert found.confusion == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert found.rejected == 1
    assert found.classes["drone/up"].value == 0.5
    assert [(each.gesture, each.taken_for, each.clips, each.alike) for each in found.mistakes] == [
        ("drone/up", "drone/down", 1, True),
        ("x/c", "drone/up", 1, False),
    ]
    assert found.top5 is None
    with pytest.raises(SpecError, match="no clips"):
        accuracy_of(np.empty((0, 3)), [], ["a", "b"])


def test_clips_of_the_classes_are_told_apart_and_those_that_would_be_rejected_are_counted() -> None:
    rows = np.array([[0.3, 0.1, 0.6], [0.1, 0.8, 0.1], [0.4, 0.5, 0.1], [0.2, 0.1, 0.7]])
    recogniser: Any = SimpleNamespace(classes=("a", "b"), probabilities=lambda clips, progress: rows)
    clips: Any = [SimpleNamespace(label=label) for label in (0, 1, 0, 1)]
    found = accuracy(recogniser, clips)
    assert (found.top1.value, found.rejected) == (0.5, 2)
    assert found.confusion == [[1, 1], [1, 1]]
    assert found.accepted is not None
    assert found.accepted.value == 0.25
    rows = rows[:, :2]
    assert (accuracy(recogniser, clips).rejected, accuracy(recogniser, clips).accepted) == (0, None)


def test_features_are_computed_once_and_kept_by_content(drawn: sg.Dataset, tmp_path: Path) -> None:
    encoder = load_encoder("small", SMALL)
    done: list[int] = []
    first, clips = features(encoder, drawn.clips, cache=tmp_path, progress=done.append)
    again, _ = features(load_encoder("small", SMALL), drawn.clips, cache=tmp_path, progress=done.append)
    assert first.shape == (8, 32)
    assert np.array_equal(first, again)
    assert done[-1] == 8  # at once
    assert [clip.id for clip in clips] == [clip.id for clip in drawn]
    other = load_encoder("small", {**SMALL, "seed": 1})
    assert not np.allclose(features(other, drawn.clips, cache=tmp_path)[0], first)
    for path in tmp_path.rglob("*.npy"):
        path.write_bytes(b"spoilt")
    assert np.allclose(features(encoder, drawn.clips, cache=tmp_path)[0], first, atol=1e-5)


def test_the_commands_train_and_evaluate(drawn: sg.Dataset, filmed: Path, tmp_path: Path) -> None:
    own = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    words = ["--steps", 2, "--batch", 2, "--with", "workers=0", "--with", "frames=2", *own, "--json"]
    made = last_line(synthgest("train", drawn.folder, "--out", tmp_path / "run", *words))
    assert made["classes"] == CLASSES
    found = last_line(synthgest("evaluate", "accuracy", tmp_path / "run", "--query", filmed, "--json"))
    assert (found["n"], len(found["interval"])) == (8, 2)
    knn = ["evaluate", "knn", "--reference", drawn.folder, "--encoder", tmp_path / "run", "--json"]
    copied = last_line(synthgest(*knn, "--query", filmed, "--k", 8))
    assert (copied["k"], copied["wanted"]) == (7, 8)  # no clip sees a copy of itself
    for path in filmed.rglob("*.mp4"):
        path.write_bytes(path.read_bytes() + b"\0\0\0\x08free")  # an empty box: the same frames, another file
    near = last_line(synthgest(*knn, "--query", filmed, "--k", 1))
    assert (near["accuracy"], near["n"], near["k"]) == (1.0, 8, 1)  # the same frames
    plan = last_line(synthgest("train", drawn.folder, "--out", tmp_path / "no", "--dry-run", "--json"))
    assert plan["clips"] == 8
    assert not (tmp_path / "no").exists()


def test_a_probe_cuts_features_apart(drawn: sg.Dataset) -> None:
    from synthgest.evaluation.probe import probe

    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 90)
    rows = (np.eye(8)[labels] * 3 + rng.normal(size=(90, 8))).astype(np.float32)
    found = probe(rows[:60], labels[:60].tolist(), rows[60:], labels[60:].tolist(), ["a", "b", "c"])
    assert found.top1.value > 0.85
    with pytest.raises(SpecError, match="1 class"):
        probe(rows[:3], [0, 0, 0], rows, labels.tolist(), ["a", "b", "c"])


class Words:
    """An encoder in whose space each class's description lies on an axis of its own, and its phrase on another's."""

    def __init__(self, entries: Any) -> None:
        self._axes = {entry.description: number for number, entry in enumerate(entries)}
        self.temperature = 10.0

    def words(self, texts: Any) -> torch.Tensor:
        return torch.eye(len(self._axes))[[self._axes.get(text, 0) for text in texts]]


def test_zero_shot_by_descriptions_and_by_names(drawn: sg.Dataset) -> None:
    from synthgest.evaluation.zero_shot import zero_shot

    labels = [clip.label for clip in drawn]
    found = zero_shot(
        Words(drawn.class_entries), np.eye(2, dtype=np.float32)[labels], labels, drawn.class_entries, seed=0
    )  # type: ignore[arg-type]
    assert found.kinds["transformed"].top1.value == 1
    assert found.kinds["original"].top1.value == 0.5
    assert found.gain.difference.value == 0.5
    with pytest.raises(SpecError, match="has no words"):
        zero_shot(
            load_encoder("small", SMALL), np.eye(2, dtype=np.float32)[labels], labels, drawn.class_entries, seed=0
        )


def test_latency_is_timed_apart_and_says_whether_the_clock_is_steady(drawn: sg.Dataset) -> None:
    from synthgest.evaluation.latency import Latency, Timing, latency

    done: list[int] = []
    found = latency(load_encoder("small", SMALL), drawn[0], sizes=[1, 2], warm=1, timed=3, progress=done.append)
    assert [each.clips for each in found.encoder] == [1, 2]
    assert all(0 < each.median <= each.p95 for each in (*found.encoder, found.decoding, found.preparing))
    assert sum(done) == 5
    clock = [Timing(clips=1, median=value, p95=value) for value in (10.0, 11.0, 13.0)]
    words = {"device": "cpu", "encoder": (clock[0],), "decoding": clock[0], "preparing": clock[0]}
    assert Latency(**words, again=clock[1]).steady  # type: ignore[arg-type]
    assert not Latency(**words, again=clock[2]).steady  # type: ignore[arg-type]
