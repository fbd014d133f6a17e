"""``synthgest.generate`` from Python: words, values, recipes, engines and plain functions."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from synthgest_toy import Toy, ToySettings, wander

import synthgest as sg
from synthgest.errors import ConfigChanged, SpecError
from synthgest.types import Recipe, Rendered, Shot


def moving(shots: Sequence[Shot]) -> Iterator[Rendered]:
    for shot in shots:
        yield Rendered(frames=wander(shot.seed, ToySettings()), fps=16)


def quick(shots: Sequence[Shot]) -> list[Rendered]:
    return [Rendered(frames=wander(shot.seed, ToySettings()), fps=32) for shot in shots]


def test_a_function_an_engine_and_a_recipe_all_generate(tmp_path: Path, toy: Recipe) -> None:
    for name, generator in (("f", moving), ("list", quick), ("engine", Toy(toy)), ("recipe", toy)):
        dataset = sg.generate(["wave", "rocog/Halt"], generator=generator, clips=2, seed=0, out=tmp_path / name)
        assert len(dataset) == 4
        assert dataset.failures == ()


def test_one_word_is_one_gesture(tmp_path: Path, toy: Recipe) -> None:
    assert sg.generate("wave", generator=toy, clips=1, seed=0, out=tmp_path / "out").classes == ("everyday/wave",)


def test_another_function_in_the_same_folder_is_refused_and_added_by_extend(tmp_path: Path) -> None:
    sg.generate("wave", generator=moving, clips=1, seed=0, out=tmp_path / "out")
    with pytest.raises(ConfigChanged):
        sg.generate("wave", generator=quick, clips=1, seed=0, out=tmp_path / "out")
    dataset = sg.generate("wave", generator=quick, clips=1, seed=0, out=tmp_path / "out", extend=True)
    assert {(clip.record.recipe, clip.record.fps) for clip in dataset} == {("moving", 16.0), ("quick", 32.0)}


def test_an_engine_says_by_its_fingerprint_what_its_clips_depend_on(tmp_path: Path, toy: Recipe) -> None:
    class Dated(Toy):
        def fingerprint(self) -> dict[str, str]:
            return {"weights": self.weights}

    first, second = Dated(toy), Dated(toy)
    first.weights, second.weights = "a", "b"
    sg.generate("wave", generator=first, clips=1, seed=0, out=tmp_path / "out")
    with pytest.raises(ConfigChanged) as caught:
        sg.generate("wave", generator=second, clips=1, seed=0, out=tmp_path / "out")
    assert caught.value.differences == ("fingerprint.weights: 'a' in the folder, 'b' asked for",)


def test_settings_change_a_recipe_and_are_refused_for_a_function(tmp_path: Path, toy: Recipe) -> None:
    dataset = sg.generate("wave", generator=toy, settings={"frames": 20}, clips=1, seed=0, out=tmp_path / "out")
    assert dataset[0].record.frames == 20
    with pytest.raises(SpecError, match="unknown key 'nonsense'"):
        sg.generate("wave", generator=toy, settings={"nonsense": 1}, clips=1, seed=0, out=tmp_path / "b", workers=0)
    with pytest.raises(SpecError, match="settings go with a recipe"):
        sg.generate("wave", generator=moving, settings={"frames": 20}, clips=1, seed=0, out=tmp_path / "c")


def test_what_is_no_generator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="expected a recipe"):
        sg.generate("wave", generator=3, clips=1, seed=0, out=tmp_path / "out")  # type: ignore[arg-type]


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(SpecError, match="neither of them empty"):
        sg.Gesture(name="own/ ")
