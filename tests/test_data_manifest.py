"""What a folder was begun with is kept; what differs is named, and added only on request (FAULTS.md F4)."""

import dataclasses
from pathlib import Path

import pytest

from synthgest.data.manifest import Manifest, Run, merge, new_run, read_manifest, write_manifest
from synthgest.errors import ConfigChanged, DatasetError, SpecError
from synthgest.gestures import Gesture, load_gestures
from synthgest.plan import recipe_digest
from synthgest.types import Recipe


def _run(recipe: Recipe, gestures: tuple[Gesture, ...], *, clips: int = 4, seed: int = 0) -> Run:
    counts = {gesture.name: clips for gesture in gestures}
    return new_run(recipe, seed=seed, config=recipe_digest(recipe, {}), fingerprint={}, clips=counts)


@pytest.fixture
def begun(tmp_path: Path, two_gestures: tuple[Gesture, ...], toy: Recipe) -> Manifest:
    return merge(tmp_path, None, two_gestures, _run(toy, two_gestures), extend=False)


def test_a_manifest_reads_back_as_it_was_written(tmp_path: Path, begun: Manifest) -> None:
    write_manifest(tmp_path, begun)
    assert read_manifest(tmp_path) == begun


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, "seed: 0 in the folder, 1 asked for"),
        ({"clips": 9}, "clips of 'everyday/wave': 4 in the folder, 9 asked for"),
        ({"settings": {"frames": 17}}, "settings.frames: 'nothing' in the folder, 17 asked for"),
        ({"name": "other"}, "recipe: 'toy' in the folder, 'other' asked for"),
        ({"gesture": "rocog/Rally"}, "clips of 'rocog/Rally': 0 in the folder, 4 asked for"),
    ],
    ids=["seed", "clips", "settings", "recipe", "class"],
)
def test_whatever_differs_is_refused_by_name_and_added_by_extend(
    tmp_path: Path,
    begun: Manifest,
    two_gestures: tuple[Gesture, ...],
    toy: Recipe,
    change: dict[str, object],
    named: str,
) -> None:
    recipe = dataclasses.replace(toy, **{key: value for key, value in change.items() if key in ("settings", "name")})
    gestures = (*two_gestures, *load_gestures([str(change["gesture"])])) if "gesture" in change else two_gestures
    run = _run(recipe, gestures, clips=int(str(change.get("clips", 4))), seed=int(str(change.get("seed", 0))))
    with pytest.raises(ConfigChanged) as caught:
        merge(tmp_path, begun, gestures, run, extend=False)
    assert named in caught.value.differences
    extended = merge(tmp_path, begun, gestures, run, extend=True)
    assert extended.classes[:2] == begun.classes
    assert merge(tmp_path, extended, gestures, run, extend=False) == extended
    first = _run(toy, two_gestures)
    assert merge(tmp_path, extended, two_gestures, first, extend=False) == extended


def test_a_data_set_that_another_command_begins_at_the_same_moment_is_no_strangers_folder(
    tmp_path: Path, begun: Manifest, two_gestures: tuple[Gesture, ...], toy: Recipe
) -> None:
    write_manifest(tmp_path, begun)  # after this command has looked for it, and before it looks at the folder
    assert merge(tmp_path, None, two_gestures, _run(toy, two_gestures), extend=False) == begun


def test_asking_for_part_of_what_is_there_changes_nothing(
    tmp_path: Path, begun: Manifest, two_gestures: tuple[Gesture, ...], toy: Recipe
) -> None:
    part = two_gestures[1:]
    assert merge(tmp_path, begun, part, _run(toy, part, clips=2), extend=False) == begun


def test_a_class_with_another_specification_is_refused_even_by_extend(
    tmp_path: Path, begun: Manifest, two_gestures: tuple[Gesture, ...], toy: Recipe
) -> None:
    other = (dataclasses.replace(two_gestures[0], phrase="a person doing something else"), two_gestures[1])
    with pytest.raises(ConfigChanged, match="another specification"):
        merge(tmp_path, begun, other, _run(toy, other), extend=True)


def test_labels_stay_when_classes_are_added(
    tmp_path: Path, begun: Manifest, two_gestures: tuple[Gesture, ...], toy: Recipe
) -> None:
    more = (*load_gestures(["rocog/Advance"]), *two_gestures)
    merged = merge(tmp_path, begun, more, _run(toy, more), extend=True)
    assert {entry.name: entry.id for entry in merged.classes} == {
        "everyday/wave": 0,
        "rocog/Halt": 1,
        "rocog/Advance": 2,
    }


@pytest.mark.parametrize(("text", "error"), [("format = 99\n", DatasetError), ("format = 1\nclases = []\n", SpecError)])
def test_a_manifest_of_another_format_is_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    (tmp_path / "dataset.toml").write_text(text)
    with pytest.raises(error):
        read_manifest(tmp_path)
