"""Splits: groups stay together, classes stay balanced, and what crosses is found."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import Judge, counts

import synthgest as sg
from synthgest.data.dataset import Dataset
from synthgest.data.real.dataset import open_dataset
from synthgest.data.splits import GROUPINGS, groups, groups_of, leaks, relations, require_apart, split
from synthgest.errors import SpecError
from synthgest.types import Rendered

CLASSES = ["everyday/wave", "everyday/bow", "everyday/clap"]


def made_of(shots: Sequence[sg.Shot]) -> Any:
    """40 clips a class: 20 captures, 8 people, 5 places, whose records say so."""
    for shot in shots:
        rng = np.random.default_rng(shot.seed)
        yield Rendered(
            frames=rng.integers(0, 255, (4, 16, 16, 3)).astype(np.uint8),
            fps=4,
            provenance={
                "motion": f"capture {shot.gesture.name} {shot.index % 20}",
                "body": {"height": shot.index % 8},
                "background": f"place {shot.index % 5}",
            },
        )


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return sg.generate(CLASSES, generator=made_of, clips=40, seed=0, out=tmp_path_factory.mktemp("data") / "out")


def test_clips_of_one_motion_stay_together_and_classes_stay_balanced(dataset: Dataset) -> None:
    parts = split(dataset.clips, seed=1)
    assert sum(map(len, parts.values())) == 120
    require_apart(parts)
    for name, share in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
        counts = Counter(clip.label for clip in parts[name])
        assert len(parts[name]) == pytest.approx(120 * share, abs=4)
        assert max(counts.values()) - min(counts.values()) <= 2


def test_splits_are_reproducible_and_differ_by_seed(dataset: Dataset) -> None:
    assert split(dataset.clips, seed=1) == split(dataset.clips, seed=1)
    assert split(dataset.clips, seed=1) != split(dataset.clips, seed=2)


@pytest.mark.parametrize("grouping", ["person", "place"])
def test_people_and_places_can_be_kept_apart_too(grouping: str, dataset: Dataset) -> None:
    parts = split(dataset.clips, fractions={"train": 0.6, "test": 0.4}, group_by=[grouping])
    require_apart(parts, group_by=[grouping])
    assert all(len(part) > 30 for part in parts.values())


def test_all_axes_of_a_factorial_at_once_are_one_group(dataset: Dataset) -> None:
    assert len(set(groups(dataset.clips, ["person", "place"]))) == 1
    with pytest.raises(SpecError, match="group by less"):
        split(dataset.clips, group_by=["person", "place"])


def test_clips_that_are_joined_through_others_are_one_group(dataset: Dataset) -> None:
    """Clip 0 shares its motion with clip 20, and clip 20 its person with clip 4 and with clip 12."""
    some = [clip for clip in dataset.clips if clip.label == 0 and clip.record.index in (0, 20, 4, 12, 1)]
    some.sort(key=lambda clip: clip.record.index)  # 0, 1, 4, 12, 20
    found = groups(some, ["motion", "person"])
    assert found[0] == found[2] == found[3] == found[4] != found[1]
    assert len(set(groups(some, []))) == 5


def test_a_clip_between_two_motions_is_kept_apart_from_clips_of_either(tmp_path: Path) -> None:
    def takes(shots: Sequence[sg.Shot]) -> Any:
        """Motions a and b, what lies between them, and c."""
        made = [{"motion": "a"}, {"motion": "b"}, {"motion": "a + b", "mixed": ["a", "b"]}, {"motion": "c"}]
        for shot in shots:
            frames = np.random.default_rng(shot.seed).integers(0, 255, (4, 16, 16, 3)).astype(np.uint8)
            yield Rendered(frames=frames, fps=4, provenance=made[shot.index])

    made = sg.generate(CLASSES[:1], generator=takes, clips=4, seed=0, out=tmp_path / "out").clips
    one, two, mixed, other = sorted(made, key=lambda clip: clip.record.index)
    assert groups_of(mixed, "motion") == ("a", "b")
    assert len(set(groups([one, two, mixed, other], ["motion"]))) == 2
    assert len(set(groups([one, two, other], ["motion"]))) == 3
    assert [leak.second for leak in leaks([mixed], [one, two, other])] == [one.id, two.id]
    assert relations(one) & relations(mixed)
    assert not relations(other) & relations(mixed)


def test_performances_of_keyframes_are_each_their_own(tmp_path: Path) -> None:
    small = {"width": 64, "height": 64, "frames": [48, 48]}
    drawn = sg.generate("everyday/wave", out=tmp_path / "out", seed=0, clips=3, settings=small)
    assert len(set(groups(drawn.clips, ["motion"]))) == 3
    assert len({groups_of(clip, "person") for clip in drawn}) == 3


@counts(6, 100)
def test_splits_have_nothing_in_common_whatever_the_seed(dataset: Dataset, judged: Judge, trials: int) -> None:
    common = 0
    for trial in range(trials):
        by = ("motion", "person", "place")[trial % 3]
        parts = split(dataset.clips, fractions={"train": 0.6, "test": 0.4}, group_by=[by], seed=trial)
        sides = [{name for clip in part for name in groups_of(clip, by)} for part in parts.values()]
        common += len(sides[0] & sides[1])
    what = "splits by motion, person or place: what both sides have"
    judged("F27", what, trials=trials, worst=common, bar=0, unit="groups")


@counts(10, 50)
def test_of_50_planted_leaks_all_are_found(dataset: Dataset, judged: Judge, trials: int) -> None:
    parts = split(dataset.clips, fractions={"train": 0.5, "test": 0.5}, seed=0)
    train, test = list(parts["train"]), list(parts["test"])
    moved = [clip for clip in test if sum(groups_of(clip, "motion") == groups_of(each, "motion") for each in test) == 2]
    # one clip of each pair of a motion goes to the other side
    planted = [clip for number, clip in enumerate(moved) if clip.record.index < 20][: trials // 2]
    crossed = [clip for clip in train if clip.record.index < 20][: trials // 2]
    ours = [clip for clip in train if clip not in crossed] + planted
    theirs = [clip for clip in test if clip not in planted] + crossed
    found = {leak.second for leak in leaks(ours, theirs)}
    expected = {
        clip.record.id for clip in theirs if groups_of(clip, "motion") in {groups_of(each, "motion") for each in ours}
    }
    assert len(expected) == trials
    missed = 100 * len(expected - found) / trials
    judged("F27", "planted leaks of a motion that are not found", trials=trials, worst=missed, bar=2, unit="%")
    assert found <= expected
    with pytest.raises(SpecError, match="trained on"):
        require_apart({"train": ours, "test": theirs})


@pytest.mark.parametrize("fractions", [{}, {"train": 0.0}, {"train": 1.0, "test": -0.5}])
def test_fractions_that_make_no_split_are_refused(fractions: dict[str, float], dataset: Dataset) -> None:
    with pytest.raises(SpecError, match="a name and a share"):
        split(dataset.clips, fractions=fractions)


def test_clips_are_related_by_what_they_show_not_by_their_paths(tmp_path: Path) -> None:
    for name, grey in (("a", 10), ("b", 200)):
        (tmp_path / name / "wave").mkdir(parents=True)
        cv2.imwrite(str(tmp_path / name / "wave" / "1.png"), np.full((32, 48, 3), grey, np.uint8))
    shutil.copytree(tmp_path / "a", tmp_path / "again" / "train")
    one, other, copy = (open_dataset(tmp_path / name).clips[0] for name in ("a", "b", "again/train"))
    assert one.id == other.id
    assert not relations(one) & relations(other)
    assert relations(one) == relations(copy)


def test_an_unknown_grouping_names_the_nearest(dataset: Dataset) -> None:
    with pytest.raises(SpecError, match="did you mean 'person'"):
        split(dataset.clips, group_by=["persons"])
    assert "motion" in GROUPINGS
