"""Scorers that need no text: clips are compared with other clips of each class, never with themselves or their relatives."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("open_clip")

from scipy.spatial.transform import Rotation
from test_data_real import film, picture
from test_scoring import COLOURS, coloured, made, model  # noqa: F401  (fixtures and their generator)

import synthgest as sg
from synthgest.data.dataset import Dataset
from synthgest.errors import CorruptClip, SpecError
from synthgest.scoring import load_scorer
from synthgest.scoring.references import References, Seen
from synthgest.scoring.run import score_clips
from synthgest.scoring.sample import Part, Sample, sample
from synthgest.scoring.skeleton import describe
from synthgest.scoring.summary import summaries
from synthgest.scoring.validation import validate
from synthgest.types import Rendered


@pytest.fixture
def dataset(made: Path, tmp_path: Path) -> Dataset:  # noqa: F811
    return Dataset(shutil.copytree(made, tmp_path / "out"))


# -- samples -----------------------------------------------------------------------------------------------------------


def test_a_sample_reads_what_its_parts_say(dataset: Dataset) -> None:
    first, second = dataset[0], dataset[7]
    seen = Sample((Part(first, (3, 3)), Part(second, (0,)), Part(second, (1,), black=True)))
    frames = seen.frames()
    assert np.array_equal(frames[0], frames[1])
    assert np.array_equal(frames[0], first.frames()[3])
    assert np.array_equal(frames[2], second.frames()[0])
    assert not frames[3].any()
    assert seen.key != sample(first, 4).key == sample(dataset[0], 4).key
    assert seen.truth("joints_3d") is None


# -- references --------------------------------------------------------------------------------------------------------


def red_and_blue(dataset: Dataset, source: str = "", nearest: int = 2) -> References:
    """Compares clips by their mean colour."""
    return References(
        dataset,
        source,
        frames=2,
        nearest=nearest,
        prepare=lambda wanted: np.mean([frame.mean(axis=(0, 1)) for frame in wanted.frames()], axis=0),
        embed=np.stack,  # type: ignore[arg-type]
    )


def test_cosines_are_those_of_the_nearest_references_by_hand(dataset: Dataset) -> None:
    references = red_and_blue(dataset)
    found = references.cosines([references.prepare(sample(clip, 2)) for clip in dataset])
    raw = np.array([np.mean([frame.mean(axis=(0, 1)) for frame in clip.sampled(2)], axis=0) for clip in dataset])
    labels = np.array([clip.label for clip in dataset])
    centred = raw - np.mean([raw[labels == label].mean(axis=0) for label in range(3)], axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    for number in range(len(dataset)):
        for label in range(3):
            others = [unit[number] @ unit[other] for other in np.flatnonzero(labels == label) if other != number]
            assert found[number, label] == pytest.approx(np.mean(sorted(others)[-2:]), abs=1e-5)
    assert (found.argmax(axis=1) == labels).all()


def test_what_was_read_as_a_reference_is_not_read_again(dataset: Dataset) -> None:
    references = red_and_blue(dataset)
    first = references.prepare(sample(dataset[0], 2))
    assert first.feature is not None
    before = references.cosines([first])
    again = references.prepare(sample(dataset[0], 2))
    assert again == Seen(again.sample, None)
    assert np.allclose(references.cosines([again]), before, atol=1e-6)
    backwards = references.prepare(Sample((Part(dataset[0], (9, 3)),)))
    assert backwards.feature is not None


def test_clips_of_the_same_performance_do_not_count(tmp_path: Path) -> None:
    """Of each class clips 0 and 1 are of one capture, and clip 2 is of another and looks otherwise."""

    def captured(shots: Sequence[sg.Shot]) -> Any:
        for shot in shots:
            level = {"everyday/wave": 40, "everyday/bow": 180}[shot.gesture.name]
            frames = np.full((4, 48, 64, 3), level, np.uint8)
            frames[:, :, :, 0] += 40 * (shot.index == 2)
            for number, frame in enumerate(frames):
                frame[:, 10 * number : 10 * number + 4] = 255
            yield Rendered(frames=frames, fps=4, provenance={"motion": f"{shot.gesture.name} {max(shot.index, 1)}"})

    related = sg.generate(["everyday/wave", "everyday/bow"], generator=captured, clips=3, seed=0, out=tmp_path / "out")
    alone = related.only(clip.id for clip in related if clip.label or clip.record.index)
    both, without = (red_and_blue(each, nearest=1) for each in (related, alone))
    for references in (both, without):
        (row,) = references.cosines([references.prepare(sample(related[1], 2))])
        assert row[0] < 0.99  # its twin would make it 1
    assert both.digest != without.digest


def test_real_clips_may_be_the_references(dataset: Dataset, tmp_path: Path) -> None:
    for name, colour in COLOURS.items():
        for number in range(2):
            path = picture(tmp_path / "real" / name.partition("/")[2] / f"{number}.png")
            cv2.imwrite(str(path), np.full((32, 48, 3), colour[::-1], np.uint8))
    film(tmp_path / "real" / "unknown class" / "a.mp4")
    references = red_and_blue(dataset, str(tmp_path / "real"))
    found = references.cosines([references.prepare(sample(clip, 2)) for clip in dataset])
    assert (found.argmax(axis=1) == [clip.label for clip in dataset]).all()


def test_classes_without_references_are_told(dataset: Dataset) -> None:
    few = dataset.only(clip.id for clip in dataset if clip.label or clip.record.index == 0)
    with pytest.raises(SpecError, match=r"1 clips of 'everyday/wave'; expected at least 2"):
        red_and_blue(few)
    with pytest.raises(SpecError, match="nearest is 0"):
        red_and_blue(dataset, nearest=0)


# -- the scorer prototype ----------------------------------------------------------------------------------------------


def test_prototypes_of_a_clip_model_tell_colours_apart(dataset: Dataset, model: Path) -> None:  # noqa: F811
    scores = sg.score(dataset, "prototype", encoder="clip", model=str(model), frames=3, batch=5)
    assert scores.agreement > 0.9  # though the weights are random: chance is a third
    assert len(scores) == 18
    assert scores.mark.references
    with pytest.raises(SpecError, match="did you mean 'nearest'"):
        load_scorer("prototype", dataset, {"neares": 1})
    scorer = load_scorer("prototype", dataset, {"encoder": "clip", "model": str(model)})
    found = {each.kind: each for each in validate(dataset, scorer).findings}
    assert found["label-swapped"].auroc.value > 0.9  # type: ignore[union-attr]


def test_another_clip_among_the_references_makes_other_scores(dataset: Dataset, model: Path) -> None:  # noqa: F811
    def mark(data: Dataset) -> str:
        return load_scorer("prototype", data, {"encoder": "clip", "model": str(model)}).mark.digest

    before = mark(dataset)
    sg.generate(list(COLOURS), generator=coloured, clips=7, seed=0, out=dataset.folder, extend=True)
    assert mark(Dataset(dataset.folder)) != before == mark(dataset)


def test_a_clip_that_does_not_open_is_told_by_its_id(dataset: Dataset) -> None:
    victim = dataset[3]
    victim.path.write_bytes(victim.path.read_bytes()[:200])
    references = red_and_blue(dataset)
    with pytest.raises(CorruptClip, match=victim.id):
        references.cosines([references.prepare(sample(dataset[0], 2))])


# -- the scorer skeleton -----------------------------------------------------------------------------------------------


def joints(seed: int = 0, frames: int = 16) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(frames, 55, 3)) * 0.02, axis=0) + rng.normal(size=(1, 55, 3))


def test_joints_are_described_wherever_the_person_stands_and_faces() -> None:
    here = joints()
    turn = Rotation.from_euler("y", 70, degrees=True)
    turned = np.array([3, 0.2, -5]) + turn.apply(here.reshape(-1, 3) * 1.3).reshape(here.shape)
    assert np.allclose(describe(here), describe(turned), atol=1e-4)
    assert not np.allclose(describe(here), describe(here[::-1]), atol=1e-2)
    assert not np.allclose(describe(here), describe(joints(seed=1)), atol=1e-2)


def test_frames_without_joints_are_left_out() -> None:
    half = joints()
    half[8:] = np.nan
    assert np.isfinite(describe(half)).all()
    with pytest.raises(SpecError, match="not one frame"):
        describe(np.full((4, 55, 3), np.nan))


@pytest.mark.slow
def test_the_skeleton_scorer_tells_drawn_gestures_apart(tmp_path: Path) -> None:
    small = {"width": 64, "height": 64}
    drawn = sg.generate("rocog", out=tmp_path / "out", seed=3, clips=6, settings=small)
    scores = sg.score(drawn, "skeleton")
    assert scores.agreement > 0.8  # chance is 14 %
    found = {(each.kind, each.measure): each for each in validate(drawn, load_scorer("skeleton", drawn, {})).findings}
    assert not found["time-reversed", "entropy"].blind
    assert found["label-swapped", "label-aware"].auroc.low > 0.65  # type: ignore[union-attr]


def test_clips_without_joints_are_refused(dataset: Dataset) -> None:
    with pytest.raises(SpecError, match="has no joints_3d"):
        sg.score(dataset, "skeleton")


# -- summed up ---------------------------------------------------------------------------------------------------------


def test_summaries_count_by_class_and_by_generator(dataset: Dataset) -> None:
    from test_scoring import ColourScorer

    scores = score_clips(dataset, ColourScorer(dataset)).scores
    swapped = scores.cosines.copy()
    swapped[[0, 1]] = swapped[[0, 1]][:, [2, 1, 0]]  # two red clips that look blue
    scores = type(scores)(mark=scores.mark, ids=scores.ids, targets=scores.targets, cosines=swapped)
    wave, bow, clap = summaries(dataset, scores)
    assert (wave.name, wave.clips, wave.taken_for) == ("everyday/wave", 6, "everyday/clap")
    assert wave.agreement.value == pytest.approx(4 / 6)
    assert (bow.agreement.value, bow.taken_for) == (1, "")
    assert clap.entropy == pytest.approx(scores.entropy[12:].mean())
    (recipe,) = summaries(dataset, scores, "generator")
    assert (recipe.name, recipe.clips) == (dataset[0].record.recipe, 18)
    assert recipe.smoothing == pytest.approx(1 - scores.soft_labels("ul")[range(18), scores.targets].mean())
