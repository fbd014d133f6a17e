"""The ledger of licences: what clips were made from, what nobody says of it, and what must not be traded on."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from test_cli import last_line, synthgest

import synthgest as sg
from synthgest.errors import SpecError
from synthgest.gestures import gestures_from_folder, load_gestures
from synthgest.licences import ledger, use_of
from synthgest.motion import perform, write_motion
from synthgest.recipes import load_recipe, recipe_names

TINY = {"width": 64, "height": 64, "fps": 8, "frames": [12, 14]}


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    """Clips of two captures."""
    base = tmp_path_factory.mktemp("captured")
    (gesture,) = load_gestures(["everyday/wave"])
    for number in range(2):
        home = base / "motions" / "waves"
        home.mkdir(parents=True, exist_ok=True)
        made = perform(gesture, np.random.default_rng(number), fps=8.0, frames=(12, 14)).motion
        write_motion(home / f"wave_{number}.npz", dataclasses.replace(made, source=f"wave_{number}"))
    return sg.generate(gestures_from_folder(base / "motions"), settings=TINY, clips=4, seed=1, out=base / "set")


@pytest.mark.parametrize(
    ("licence", "use"),
    [
        ("CC0-1.0", "free"),
        ("Apache-2.0", "free"),
        ("CreativeML-OpenRAIL-M", "under terms"),
        ("CogVideoX License", "non-commercial"),
        ("CC-BY-NC-4.0", "non-commercial"),
        ("SMPL-X Body Model License: non-commercial", "non-commercial"),
        ("for research only", "non-commercial"),
        ("Tencent Hunyuan Community License", "no training"),
        ("something else", "not stated"),
        ("", "not stated"),
    ],
)
def test_what_licences_allow(licence: str, use: str) -> None:
    assert use_of(licence) == use


def test_every_shipped_recipe_has_a_licence_that_the_ledger_knows() -> None:
    for name in recipe_names():
        assert use_of(load_recipe(name).licence) != "not stated", name


def test_drawn_clips_are_free_and_captures_are_asked_about(captured: sg.Dataset) -> None:
    sources = {(source.kind, source.name): source for source in ledger(captured)}
    assert sources["body", "the body that ships"].use == "free"
    motions = [source for (kind, _), source in sources.items() if kind == "motion"]
    assert [source.use for source in motions] == ["not stated"] * 2
    assert sum(source.clips for source in motions) == len(captured)
    told = {
        source.name: source.use
        for source in ledger(captured, ["*wave_0*=CC-BY-NC-4.0", "*=MIT"])
        if source.kind == "motion"
    }
    assert sorted(told.values()) == ["free", "non-commercial"]
    with pytest.raises(SpecError, match="PATTERN=LICENCE"):
        ledger(captured, ["MIT"])


def test_the_command_refuses_what_nobody_vouches_for(captured: sg.Dataset) -> None:
    assert synthgest("licenses", captured.folder).returncode == 0
    refused = synthgest("licenses", captured.folder, "--commercial", "--json")
    assert refused.returncode == 1
    assert {source["kind"] for source in last_line(refused)["refused"]} == {"motion"}
    assert synthgest("licenses", captured.folder, "--commercial", "--own").returncode == 0
    assert synthgest("licenses", captured.folder, "--commercial", "--state", "*=CC-BY-NC-4.0").returncode == 1


def test_what_forbids_training_is_refused_always(tmp_path: Path, toy_recipe: Path) -> None:
    toy_recipe.write_text('engine = "toy"\nlicence = "Tencent Hunyuan Community License"\n')
    made = synthgest("generate", "wave", "--generator", toy_recipe, "--clips", 1, "--out", tmp_path / "set")
    assert made.returncode == 0, made.stderr
    assert synthgest("licenses", tmp_path / "set").returncode == 1
