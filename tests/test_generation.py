"""A run, through the toy engine: resume, refusal, workers, shards, and what the folder then holds (FAULTS.md F1-F6, F24)."""

import dataclasses
import shutil
from pathlib import Path

import pytest
from conftest import Judge, make, tree_digest

from synthgest.data.dataset import Dataset
from synthgest.errors import ConfigChanged, DatasetError, SpecError, StorageError
from synthgest.estimate import _seconds, estimate
from synthgest.generation import Request, prepare, run
from synthgest.gestures import Gesture, load_gestures
from synthgest.recipes import load_recipe
from synthgest.types import Published, Recipe


@pytest.fixture
def request_for(tmp_path: Path, two_gestures: tuple[Gesture, ...], toy: Recipe) -> Request:
    return Request(gestures=two_gestures, recipe=toy, clips=4, seed=0, out=tmp_path / "out", workers=0)


def _into(request: Request, out: Path, **changes: object) -> Request:
    return dataclasses.replace(request, out=out, **changes)


def test_a_run_publishes_every_clip_once_and_a_second_run_makes_nothing(request_for: Request) -> None:
    first = make(request_for)
    before = tree_digest(request_for.out)
    second = make(request_for)
    assert (first.clips, first.made, first.failed) == (8, 8, 0)
    assert (second.clips, second.made, second.failed) == (8, 0, 0)
    assert tree_digest(request_for.out) == before


def test_any_number_of_workers_and_shards_gives_the_same_tree(request_for: Request, tmp_path: Path) -> None:
    make(request_for)
    expected = tree_digest(request_for.out)
    for workers in (1, 3):
        request = _into(request_for, tmp_path / f"w{workers}", workers=workers)
        make(request)
        assert tree_digest(request.out) == expected
    for part in (2, 0, 1):
        make(_into(request_for, tmp_path / "shards", shard=(part, 3)))
    assert tree_digest(tmp_path / "shards") == expected


def test_extending_leaves_the_old_clips_byte_for_byte(request_for: Request) -> None:
    make(request_for)
    before = {path: path.read_bytes() for path in (request_for.out / "clips").rglob("*") if path.is_file()}
    more = dataclasses.replace(
        request_for, clips=6, extend=True, gestures=(*request_for.gestures, *load_gestures(["rocog/Rally"]))
    )
    make(more)
    assert all(path.read_bytes() == content for path, content in before.items())
    assert len(Dataset(request_for.out)) == 18


def test_a_changed_seed_is_refused_and_changes_no_file(request_for: Request) -> None:
    make(request_for)
    before = tree_digest(request_for.out)
    with pytest.raises(ConfigChanged) as caught:
        make(dataclasses.replace(request_for, seed=1))
    assert caught.value.differences == ("seed: 0 in the folder, 1 asked for",)
    assert tree_digest(request_for.out) == before


def test_two_generators_share_a_folder(request_for: Request, toy: Recipe) -> None:
    make(request_for)
    second = dataclasses.replace(toy, name="toy-large", settings={"size": 80})
    make(dataclasses.replace(request_for, recipe=second, extend=True))
    dataset = Dataset(request_for.out)
    assert len(dataset) == 16
    assert {(clip.record.recipe, clip.record.width) for clip in dataset} == {("toy", 64), ("toy-large", 80)}


def test_a_removed_record_is_made_again(request_for: Request) -> None:
    make(request_for)
    expected = tree_digest(request_for.out)
    next((request_for.out / "clips").rglob("*.json")).unlink()
    assert make(request_for).made == 1
    assert tree_digest(request_for.out) == expected


@pytest.mark.parametrize(("fault", "reason"), [("crash", "crash"), ("raise", "error")])
def test_a_shot_that_breaks_its_worker_is_given_up_and_the_others_are_made(
    request_for: Request, toy: Recipe, fault: str, reason: str
) -> None:
    recipe = dataclasses.replace(toy, settings={"fault": fault, "fault_index": 2})
    summary = make(dataclasses.replace(request_for, recipe=recipe, workers=2))
    assert (summary.made, summary.failed) == (6, 2)
    assert [failure.attempts[-1].reason for failure in Dataset(request_for.out).failures] == [reason, reason]


def test_prepare_writes_nothing_and_counts_what_is_there(request_for: Request) -> None:
    assert prepare(request_for).missing == 8
    assert not request_for.out.exists()
    make(request_for)
    assert prepare(request_for).published == 8


def test_the_estimate_is_within_30_percent_of_the_real_bytes(request_for: Request, judged: Judge) -> None:
    request = dataclasses.replace(request_for, clips=12)
    cost = estimate(prepare(request))
    assert not request.out.exists()
    make(request)
    real = sum(path.stat().st_size for path in (request.out / "clips").rglob("*") if path.is_file())
    assert cost.trials == 6
    off = 100 * abs(cost.bytes / real - 1)
    judged("F5", "bytes that --dry-run says beforehand, off by", trials=1, worst=off, bar=30, unit="%")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"clips": 0}, "clips is 0"),
        ({"workers": -1}, "workers"),
        ({"shard": (3, 3)}, "shard"),
        ({"gestures": ()}, "gesture"),
    ],
)
def test_a_senseless_request_is_refused(request_for: Request, change: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        dataclasses.replace(request_for, **change)


def test_a_folder_that_is_removed_during_the_run_is_one_clear_error(request_for: Request) -> None:
    def progress(outcome: object) -> None:
        shutil.rmtree(request_for.out)

    with pytest.raises(StorageError, match="removed or is not mounted"):
        run(prepare(request_for), progress=progress)
    assert not request_for.out.exists()


def test_a_folder_that_cannot_be_made_is_one_clear_error(request_for: Request, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(StorageError, match="a file is in the way"):
            make(_into(request_for, out))


def test_a_folder_that_holds_something_else_is_left_alone(request_for: Request) -> None:
    request_for.out.mkdir()
    (request_for.out / "README.md").write_text("my own")
    with pytest.raises(DatasetError, match=r"holds 'README\.md' and is not a data set"):
        make(request_for)
    assert [path.name for path in request_for.out.iterdir()] == ["README.md"]


def test_two_recipes_with_equal_settings_make_their_own_clips(request_for: Request, toy: Recipe) -> None:
    make(request_for)
    make(dataclasses.replace(request_for, recipe=dataclasses.replace(toy, name="twin"), extend=True))
    assert len(Dataset(request_for.out)) == 16


def test_a_twin_of_a_class_in_the_folder_is_refused(request_for: Request) -> None:
    make(request_for)
    twin = dataclasses.replace(request_for.gestures[0], name="Everyday/WAVE")
    with pytest.raises(SpecError, match="named twice"):
        make(dataclasses.replace(request_for, gestures=(twin,), extend=True))


def test_the_estimate_of_time_counts_the_workers_start_and_their_pace() -> None:
    # two workers start in 2 s, then a clip comes every half second: 2 + 0.5 x (100 - 2)
    assert _seconds([1.9, 2.0, 2.5, 3.0, 3.5, 4.0], workers=2, missing=100) == pytest.approx(51)
    assert _seconds([4.0], workers=8, missing=1) == pytest.approx(4)
    assert _seconds([3.0, 4.0], workers=2, missing=10) == pytest.approx(20)


def test_a_quoted_cost_of_a_recipe_with_a_range_of_frames_is_for_its_middle(tmp_path: Path) -> None:
    recipe = dataclasses.replace(
        load_recipe("pose-transfer"), published=Published(seconds=4.0, seconds_on="somebody's laptop")
    )
    found = estimate(
        prepare(
            Request(gestures=load_gestures(["wave"]), recipe=recipe, clips=10, seed=0, out=tmp_path / "o", workers=2)
        )
    )
    assert found.seconds == 20
    assert found.trials == 0
    assert 1e5 < found.bytes < 1e7


def test_a_clip_that_is_published_at_the_last_moment_counts(request_for: Request) -> None:
    """Time is up with clips on their way: the summary says what the folder holds."""
    for budget in (0.3, 0.6, 0.9):
        request = dataclasses.replace(request_for, clips=4000, workers=2, out=request_for.out / str(budget))
        summary = run(prepare(request), budget=budget)
        assert summary.clips == len(Dataset(request.out))
        assert summary.clips + summary.missing == 8000
