"""Scoring: cosines that are kept with what they depend on, read back as probabilities, and put to the test."""

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("open_clip")

import open_clip
import psutil
import torch
from PIL import Image
from test_cli import last_line, synthgest

import synthgest as sg
from synthgest.data.dataset import Dataset
from synthgest.data.manifest import class_texts
from synthgest.data.records import clip_path
from synthgest.errors import CorruptClip, DatasetError, ModelError, SpecError
from synthgest.scoring import load_scorer
from synthgest.scoring.clip import ClipScorer
from synthgest.scoring.open_clip_model import find_model
from synthgest.scoring.run import score_clips
from synthgest.scoring.sample import Sample, sample
from synthgest.scoring.scorer import ScorerMark
from synthgest.scoring.store import ScoreFolder, read_scores, score_folders
from synthgest.scoring.validation import KINDS, validate
from synthgest.types import Rendered

COLOURS = {"everyday/wave": (200, 40, 40), "everyday/bow": (40, 200, 40), "everyday/clap": (40, 40, 200)}


def coloured(shots: Sequence[sg.Shot]) -> Any:
    """Each class has a colour; a bar wanders through the clip, faster from shot to shot."""
    for shot in shots:
        rng = np.random.default_rng(shot.seed)
        frames = np.empty((12, 48, 64, 3), np.uint8)
        frames[:] = np.clip(np.array(COLOURS[shot.gesture.name]) + rng.integers(-30, 30, 3), 0, 255)
        for number, frame in enumerate(frames):
            frame[:, (number * 5) % 60 : (number * 5) % 60 + 4] = 255
        yield Rendered(frames=frames, fps=12)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tiny_clip

    return tiny_clip.build_clip(tmp_path_factory.mktemp("clip") / "tiny")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data") / "out"
    sg.generate(list(COLOURS), generator=coloured, clips=6, seed=0, out=out)
    return out


@pytest.fixture
def dataset(made: Path, tmp_path: Path) -> Dataset:
    return Dataset(shutil.copytree(made, tmp_path / "out"))


class ColourScorer:
    """Looks at the mean colour: right for every clip, blind to order. temperature: how sure it is."""

    def __init__(self, dataset: Dataset, temperature: float = 20.0) -> None:
        self.mark = ScorerMark(
            scorer="colour",
            model="",
            weights="",
            preprocessing="",
            classes=dataset.classes,
            texts=(),
            temperature=temperature,
            frames=4,
            ordered=False,
        )

    def prepare(self, sample: Sample) -> np.ndarray:
        return np.mean([frame[:, ::8].mean(axis=(0, 1)) for frame in sample.frames()], axis=0)

    def cosines(self, prepared: Sequence[np.ndarray]) -> np.ndarray:
        colours = np.array([COLOURS[name] for name in self.mark.classes], float)
        rows = np.array(prepared) + 1e-6
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return (unit @ (colours / np.linalg.norm(colours, axis=1, keepdims=True)).T).astype(np.float32)


# -- the scorer clip ---------------------------------------------------------------------------------------------------


def test_cosines_are_those_of_the_papers_formula(dataset: Dataset, model: Path) -> None:
    scorer = load_scorer("clip", dataset, {"model": f"local-dir:{model}", "texts": "original", "frames": 4})
    clip = dataset[0]
    (found,) = scorer.cosines([scorer.prepare(sample(clip, 4))])
    network, _, transform = open_clip.create_model_and_transforms(f"local-dir:{model}")
    network.eval()
    tokens = open_clip.get_tokenizer(f"local-dir:{model}")(
        [f"a video of {entry.phrase}" for entry in dataset.manifest.classes]
    )
    with torch.inference_mode():
        frames = [network.encode_image(transform(Image.fromarray(frame))[None])[0] for frame in clip.sampled(4)]
        texts = torch.nn.functional.normalize(network.encode_text(tokens), dim=-1)
    unit = [frame / frame.norm() for frame in frames]
    mean = torch.stack(unit).mean(dim=0)
    assert np.allclose(found, ((mean / mean.norm()) @ texts.T).numpy(), atol=1e-5)
    assert scorer.mark.temperature == pytest.approx(float(network.logit_scale.exp().detach()))


def test_the_mark_says_all_that_scores_depend_on(dataset: Dataset, model: Path, tmp_path: Path) -> None:
    def mark(folder: Path = model, **settings: object) -> ScorerMark:
        return ClipScorer(dataset, {"model": str(folder), **settings}).mark

    other = Path(shutil.copytree(model, tmp_path / "other"))
    config = json.loads((other / "open_clip_config.json").read_text())
    config["preprocess_cfg"]["mean"] = [0.4, 0.5, 0.5]
    (other / "open_clip_config.json").write_text(json.dumps(config))
    marks = [mark(), mark(texts="original"), mark(frames=3), mark(other)]
    assert len({each.digest for each in marks}) == 4
    assert mark().digest == marks[0].digest
    assert str(model) not in json.dumps(marks[0].model)


def test_the_texts_of_a_class(dataset: Dataset) -> None:
    wave = dataset.manifest.classes[0]
    assert class_texts(wave, "original") == ("a video of a person waving hello",)
    assert "beside or above the head" in class_texts(wave, "transformed")[0]
    assert len(class_texts(wave, "ensemble")) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("local-dir:/nowhere", "open_clip_config.json"),
        ("hf-hub:maker/absent", "hf download maker/absent"),
        ("hf-hub:../../etc", "OWNER/NAME"),
        ("ViT-B-32:laion2b_s34b_b79k", "hf download laion/"),
        ("ViT-B-32:nonsense", "has no 'ViT-B-32:nonsense'"),
        ("nonsense", "has no 'nonsense'"),
    ],
)
def test_a_model_that_is_not_here_is_told_within_seconds(
    name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    began = time.monotonic()
    with pytest.raises(ModelError, match=message):
        find_model(name)
    assert time.monotonic() - began < 8


def test_pickled_weights_are_never_loaded(dataset: Dataset, model: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(model, tmp_path / "other"))
    (other / "open_clip_model.safetensors").unlink()
    torch.save({"x": 1}, other / "open_clip_pytorch_model.bin")
    with pytest.raises(ModelError, match="never loaded"):
        ClipScorer(dataset, {"model": str(other)})


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"frames": 0}, "1 to 256"), ({"texts": "poem"}, "poem"), ({"modle": "x"}, "did you mean 'model'")],
)
def test_wrong_settings_are_refused(settings: dict[str, object], message: str, dataset: Dataset) -> None:
    with pytest.raises(SpecError, match=message):
        ClipScorer(dataset, settings)


# -- what is kept ------------------------------------------------------------------------------------------------------


def test_scores_are_kept_and_only_new_clips_are_scored(dataset: Dataset) -> None:
    scorer = ColourScorer(dataset)
    first, second = (score_clips(dataset, scorer, batch=4) for _ in range(2))
    assert (first.made, second.made) == (18, 0)
    assert np.array_equal(first.scores.cosines, second.scores.cosines)
    assert first.scores.agreement == 1
    sg.generate(list(COLOURS), generator=coloured, clips=8, seed=0, out=dataset.folder, extend=True)
    more = Dataset(dataset.folder)
    assert score_clips(more, scorer).made == 6
    assert len(read_scores(more)) == 24


def test_labels_follow_from_what_is_kept(dataset: Dataset) -> None:
    scores = score_clips(dataset, ColourScorer(dataset)).scores
    labels = scores.soft_labels("ul", normalize="minmax")
    assert labels.shape == (18, 3)
    assert np.allclose(labels.sum(axis=1), 1)
    assert scores.ids == tuple(clip.record.id for clip in dataset)
    assert np.array_equal(scores.targets, [clip.label for clip in dataset])
    assert scores.sample_weights("uf").sum() == 18
    assert np.allclose(scores.entropy, sg.entropy(scores.probabilities))


def test_the_batch_and_an_interruption_change_no_score(dataset: Dataset, model: Path) -> None:
    scorer = load_scorer("clip", dataset, {"model": str(model), "frames": 4})
    whole = score_clips(dataset, scorer, batch=16).scores.cosines
    shutil.rmtree(dataset.folder / "scores")

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_clips(dataset, scorer, batch=5, progress=interrupt)
    assert np.allclose(score_clips(dataset, scorer, batch=5).scores.cosines, whole, atol=1e-5)


def test_a_clip_that_was_made_anew_is_scored_anew(dataset: Dataset) -> None:
    scorer = ColourScorer(dataset)
    score_clips(dataset, scorer)
    record = clip_path(dataset.folder, dataset[0].record.id, ".json")
    record.write_text(record.read_text().replace(dataset[0].record.sha256, "0" * 64))
    assert [clip.record.id for clip in ScoreFolder(Dataset(dataset.folder), scorer.mark).missing()] == [
        dataset[0].record.id
    ]


def test_clips_that_do_not_open_are_named_and_the_others_scored(dataset: Dataset) -> None:
    victim = dataset[3].path
    victim.write_bytes(victim.read_bytes()[:200])
    scored = score_clips(dataset, ColourScorer(dataset))
    assert scored.corrupt == (dataset[3].record.id,)
    assert scored.made == 17
    with pytest.raises(CorruptClip):
        dataset[3].sampled(4)


@pytest.mark.slow
def test_memory_is_flat_over_5000_clips(dataset: Dataset) -> None:
    """One clip under 5,000 names. What is kept of each is its record and its row of cosines, a few kilobytes."""
    original = dataset[0]
    for number in range(5000 - len(dataset)):
        name = hashlib.sha256(str(number).encode()).hexdigest()[:20]
        target = clip_path(dataset.folder, name, ".mp4")
        target.parent.mkdir(exist_ok=True)
        target.hardlink_to(original.path)
        record = clip_path(dataset.folder, original.id, ".json").read_text().replace(original.id, name)
        clip_path(dataset.folder, name, ".json").write_text(record)
    many = Dataset(dataset.folder)
    used: list[float] = []

    def watch(_done: int, _total: int) -> None:
        used.append(psutil.Process().memory_info().rss / 1e6)

    assert score_clips(many, ColourScorer(many), batch=50, progress=watch).made == len(many) == 5000
    told = f"memory after 500 clips {used[9]:.0f} MB, after 5,000 {used[-1]:.0f} MB"
    assert max(used[10:]) - used[9] < 60, told  # decoded, the clips would be 550 MB


def test_scores_of_several_models_live_side_by_side(dataset: Dataset, model: Path) -> None:
    score_clips(dataset, ColourScorer(dataset))
    score_clips(dataset, load_scorer("clip", dataset, {"model": str(model)}))
    assert len(score_folders(dataset)) == 2
    assert read_scores(dataset, "colour").mark.scorer == "colour"
    with pytest.raises(SpecError, match="2 scores to choose from"):
        read_scores(dataset)
    with pytest.raises(SpecError, match="0 scores 'x'"):
        read_scores(dataset, "x")


def test_spoilt_scores_say_what_to_do(dataset: Dataset) -> None:
    scorer = ColourScorer(dataset)
    score_clips(dataset, scorer)
    folder = ScoreFolder(dataset, scorer.mark)
    next(folder.path.glob("part-*")).write_bytes(b"x")
    with pytest.raises(DatasetError, match="score again"):
        folder.read()
    (folder.path / "about.json").write_text("{")
    with pytest.raises(DatasetError, match="score again"):
        score_folders(dataset)


def test_a_data_set_of_one_class_is_refused(tmp_path: Path, model: Path) -> None:
    alone = sg.generate("everyday/wave", generator=coloured, clips=2, seed=0, out=tmp_path / "one")
    with pytest.raises(SpecError, match="1 class"):
        ClipScorer(alone, {"model": str(model)})


# -- put to the test ---------------------------------------------------------------------------------------------------


def test_a_good_scorer_sees_what_can_be_seen(dataset: Dataset) -> None:
    found = {(each.kind, each.measure): each for each in validate(dataset, ColourScorer(dataset)).findings}
    assert found["label-swapped", "label-aware"].auroc.value == 1  # type: ignore[union-attr]
    assert found["label-swapped", "entropy"].blind
    assert found["time-reversed", "entropy"].blind
    assert found["time-reversed", "label-aware"].blind
    assert found["spliced", "entropy"].auroc.low > 0.8  # type: ignore[union-attr]
    assert found["another class", "entropy"].auroc.value > 0.9  # type: ignore[union-attr]
    assert {kind for kind, _ in found} == set(KINDS)


def test_a_blind_scorer_is_warned_of(dataset: Dataset) -> None:
    class Guesser(ColourScorer):
        def cosines(self, prepared: Sequence[np.ndarray]) -> np.ndarray:
            rows = np.array([np.asarray(each).sum() for each in prepared]) * 1e4
            return np.stack([np.sin(rows), np.cos(rows), np.sin(rows * 2)], axis=1).astype(np.float32)

    warnings = validate(dataset, Guesser(dataset)).warnings
    assert any("label-aware" in warning and "spliced" in warning for warning in warnings)
    assert not any("time-reversed" in warning for warning in warnings)


def test_validation_is_reproducible_and_changes_no_clip(dataset: Dataset) -> None:
    before = {path: path.stat().st_mtime_ns for path in dataset.folder.rglob("*")}
    assert validate(dataset, ColourScorer(dataset)) == validate(dataset, ColourScorer(dataset))
    assert before == {path: path.stat().st_mtime_ns for path in dataset.folder.rglob("*")}


def test_too_few_clips_to_validate_are_refused(tmp_path: Path) -> None:
    few = sg.generate(list(COLOURS)[:2], generator=coloured, clips=1, seed=0, out=tmp_path / "few")
    with pytest.raises(SpecError, match="at least 4"):
        validate(few, ColourScorer(few))


def test_the_command_scores_and_validates(dataset: Dataset, model: Path) -> None:
    words = ["score", dataset.folder, "--set", f"model={model}", "--json"]
    plain = last_line(synthgest(*words))
    assert (plain["clips"], plain["made"]) == (18, 18)
    told = last_line(synthgest(*words, "--validate", "--validation-clips", 9))
    assert told["made"] == 0
    assert len(told["validation"]) == 2 * len(KINDS)
    assert "validation.json" in {path.name for path in Path(told["scores"]).iterdir()}
    assert "clip" in synthgest("list", "scorers").stdout


def test_a_stranger_scorer_names_the_nearest(dataset: Dataset) -> None:
    with pytest.raises(SpecError, match="did you mean 'clip'"):
        load_scorer("clipp", dataset, {})
