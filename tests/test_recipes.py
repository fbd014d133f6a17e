"""Recipes are data files; a wrong word names the nearest right one."""

import dataclasses
from pathlib import Path

import msgspec
import pytest

from synthgest.engines import load_engine
from synthgest.engines.staging import PoseTransferSettings
from synthgest.errors import SpecError
from synthgest.recipes import load_recipe, parse_settings, recipe_names


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_builds_its_engine(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.summary
    assert recipe.licence
    load_engine(recipe)


def test_every_setting_of_the_drawing_engine_stands_in_its_recipe_with_its_default() -> None:
    recipe = load_recipe("pose-transfer")
    assert msgspec.to_builtins(PoseTransferSettings()) == msgspec.to_builtins(
        msgspec.convert(recipe.settings, PoseTransferSettings)
    )
    assert set(recipe.settings) == {field.name for field in dataclasses.fields(PoseTransferSettings)}
    for name, table in recipe.settings.items():
        inner = getattr(PoseTransferSettings(), name)
        if dataclasses.is_dataclass(inner):
            assert set(table) == {field.name for field in dataclasses.fields(inner)}, name


def test_an_unknown_generator_names_the_nearest() -> None:
    with pytest.raises(SpecError, match="did you mean 'pose-transfer'"):
        load_recipe("pose-transfr")


def test_an_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(SpecError, match="unknown key 'widht'; did you mean 'width'"):
        load_engine(load_recipe("pose-transfer", {"widht": 64}))


def test_a_setting_of_the_wrong_type_is_refused_with_its_place() -> None:
    with pytest.raises(SpecError, match="width"):
        load_engine(load_recipe("pose-transfer", {"width": "wide"}))


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('engine = "os.system"\n')
    with pytest.raises(SpecError, match=r"asks for the engine 'os\.system'"):
        load_engine(load_recipe(str(path)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frames = 3\n", "'engine' is missing"),
        ("engine = ", "not valid TOML"),
        ('engine = "toy"\nbatch = 0\n', "batch"),
    ],
)
def test_a_recipe_that_cannot_be_used_says_why(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(SpecError, match=message):
        load_recipe(str(path))


def test_a_missing_file_is_said_plainly() -> None:
    with pytest.raises(SpecError, match=r"cannot read nowhere\.toml"):
        load_recipe("nowhere.toml")


def test_settings_on_the_command_line_are_toml_values_or_plain_text() -> None:
    given = ["frames=64", "depth=true", "place=field", "yfov=[30, 40.5]", 'name="a b"', "path=../x y"]
    assert parse_settings(given) == {
        "frames": 64,
        "depth": True,
        "place": "field",
        "yfov": [30, 40.5],
        "name": "a b",
        "path": "../x y",
    }
    with pytest.raises(SpecError, match="KEY=VALUE"):
        parse_settings(["frames"])
