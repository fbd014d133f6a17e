"""Backgrounds by a text-to-image model: the places of the prompts as pictures that drawn people can stand in."""

import dataclasses
import inspect
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("diffusers")

import diffusers
from PIL import Image
from test_cli import last_line, synthgest

from synthgest.backgrounds import (
    Background,
    background_recipe_names,
    fill_folder,
    load_background_recipe,
    plan_backgrounds,
)
from synthgest.diffusion import sampling
from synthgest.diffusion.settings import ModelSettings
from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.errors import ModelError, SpecError
from synthgest.gestures import load_gestures
from synthgest.plan import plan
from synthgest.prompting.enrichment import Enrichment, Texts
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.recipes import load_recipe
from synthgest.scene.photographs import open_backgrounds
from synthgest.tables import to_value
from synthgest.types import Recipe

TinyModel = Callable[[str], Path]
GESTURES = load_gestures(["everyday/wave", "pouring tea"])
ENRICHMENT = Enrichment(settings=EnrichmentSettings(mode="env", environments=2))
PIPELINES = {"flux.1-schnell": "FluxPipeline", "stable-diffusion-xl": "StableDiffusionXLPipeline"}


@pytest.fixture
def recipe(tiny_model: TinyModel) -> Recipe:
    settings = {"model": str(tiny_model("text_to_image")), "width": 128, "height": 96, "steps": 2, "max_tokens": 77}
    return Recipe(name="tiny", engine="text-to-image", settings=settings, licence="CC0-1.0", batch=3)


def planned(each: int = 2, seed: int = 0) -> tuple[Background, ...]:
    return plan_backgrounds(GESTURES, ENRICHMENT, each=each, seed=seed)


def fill(recipe: Recipe, out: Path, each: int = 2, seed: int = 0) -> Any:
    return fill_folder(recipe, planned(each, seed), out, progress=lambda _: None)


def test_every_place_has_its_pictures_and_a_second_run_makes_none(recipe: Recipe, tmp_path: Path) -> None:
    first, second = fill(recipe, tmp_path / "bg"), fill(recipe, tmp_path / "bg")
    assert (first.made, first.kept, first.failed) == (8, 0, {})
    assert (second.made, second.kept, second.failed) == (0, 8, {})
    pictures = open_backgrounds(tmp_path / "bg")
    assert len(pictures) == 8
    assert all(np.asarray(Image.open(tmp_path / "bg" / name)).shape == (96, 128, 3) for name in pictures.files)


def test_the_same_pictures_come_again_whatever_is_there_already(recipe: Recipe, tmp_path: Path) -> None:
    fill(recipe, tmp_path / "whole")
    fill(recipe, tmp_path / "parts", each=1)
    fill(recipe, tmp_path / "parts")
    for path in (tmp_path / "whole").glob("*.png"):
        one, two = (np.asarray(Image.open(folder / path.name), int) for folder in (path.parent, tmp_path / "parts"))
        assert np.abs(one - two).max() <= 1  # other batches, other rounding


def test_a_picture_says_what_it_was_made_from(recipe: Recipe, tmp_path: Path) -> None:
    fill(recipe, tmp_path / "bg", each=1)
    prompts = {background.prompt for background in planned(1)}
    for path in (tmp_path / "bg").glob("*.png"):
        said = json.loads(Image.open(path).text["synthgest"])  # type: ignore[attr-defined]
        assert said["prompt"] in prompts
        assert said["licence"] == "CC0-1.0"
        assert set(said["levels"]) == {"place", "light"}
        assert said["environment"] in said["prompt"]


def test_drawn_people_stand_in_them(recipe: Recipe, tmp_path: Path) -> None:
    fill(recipe, tmp_path / "bg", each=1)
    drawing = load_recipe("pose-transfer", {"width": 96, "height": 80, "backgrounds": str(tmp_path / "bg")})
    (shot,) = plan(GESTURES[:1], drawing, clips=1, seed=0, fingerprint={})
    (rendered,) = PoseTransfer(drawing).generate([shot])
    assert rendered.provenance["background"].endswith(".png")


def test_places_that_gestures_share_come_once() -> None:
    names = [background.name("config") for background in planned(3)]
    assert len(set(names)) == len(names) == 12
    twice = plan_backgrounds((*GESTURES[:1], *GESTURES[:1]), ENRICHMENT, each=3, seed=0)
    assert len(twice) == 6
    assert all("people" in background.prompt.lower() or "nobody" in background.prompt.lower() for background in twice)


def test_other_settings_weights_or_seeds_have_other_names(
    recipe: Recipe, tmp_path: Path, tiny_model: TinyModel
) -> None:
    fill(recipe, tmp_path / "bg", each=1)
    fill(recipe, tmp_path / "bg", each=1, seed=1)
    fill(dataclasses.replace(recipe, settings={**recipe.settings, "steps": 3}), tmp_path / "bg", each=1)
    copy = Path(shutil.copytree(tiny_model("text_to_image"), tmp_path / "copy"))
    elsewhere = dataclasses.replace(recipe, settings={**recipe.settings, "model": str(copy)})
    assert fill(elsewhere, tmp_path / "bg", each=1).kept == 4  # the same model is the same wherever it lies
    weights = copy / "vae" / "diffusion_pytorch_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-2] ^= 1
    weights.write_bytes(content)
    assert fill(elsewhere, tmp_path / "bg", each=1).made == 4
    assert len(list((tmp_path / "bg").glob("*.png"))) == 16


def test_words_of_a_model_never_name_a_file() -> None:
    texts = {"everyday/wave": Texts(environments=("../../etc/passwd", "in a <b>cave</b>; rm -rf /"))}
    evil = Enrichment(settings=EnrichmentSettings(mode="env"), texts=texts)
    for background in plan_backgrounds(GESTURES[:1], evil, each=1, seed=0):
        assert re.fullmatch(r"place-[0-9a-f]{16}\.png", background.name("config"))


def test_nan_and_single_colours_are_tried_again_and_then_reported(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, wanted = sampling.call, planned(1)
    once, never = wanted[0].seed, (wanted[1].seed, wanted[1].seed + 1, wanted[1].seed + 2)

    def call(pipeline: Any, settings: Any, prompts: Any, seeds: list[int], **given: Any) -> Any:
        made = np.array(real(pipeline, settings, prompts, seeds, **given))
        for picture, seed in zip(made, seeds, strict=True):
            if seed == once:
                picture[0, 0] = np.nan
            if seed in never:
                picture[:] = 0.5
        return made

    monkeypatch.setattr(sampling, "call", call)
    filled = fill(recipe, tmp_path / "bg", each=1)
    assert filled.made == 3
    assert list(filled.failed.values()) == ["flat"]
    assert len(list((tmp_path / "bg").glob("*.png"))) == 3


@pytest.mark.parametrize("wrong", [{"each": 0}, {"environments": 0}])
def test_nothing_to_do_is_said(wrong: dict[str, int]) -> None:
    enrichment = Enrichment(settings=EnrichmentSettings(mode="env", environments=wrong.get("environments", 2)))
    with pytest.raises(SpecError, match="at least"):
        plan_backgrounds(GESTURES, enrichment, each=wrong.get("each", 1), seed=0)


def test_a_pipeline_for_video_is_refused(tiny_model: TinyModel, tmp_path: Path, recipe: Recipe) -> None:
    settings = {**recipe.settings, "model": str(tiny_model("ltx")), "call": {"num_frames": 9}}
    video = dataclasses.replace(recipe, settings=settings)
    with pytest.raises(ModelError, match=r"expected \(H, W, 3\)"):
        fill(video, tmp_path / "bg", each=1)


@pytest.mark.parametrize("name", background_recipe_names())
def test_a_shipped_recipe_fits_its_pipeline(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = load_background_recipe(name, {})
    settings = to_value(recipe.settings, ModelSettings, where=name)
    known = inspect.signature(getattr(diffusers, PIPELINES[name]).__call__).parameters
    assert {"prompt", "width", "height", "guidance_scale", *settings.call} <= set(known)
    assert recipe.source
    assert recipe.tested
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="hf download"):
        fill(recipe, tmp_path / "bg")
    assert not (tmp_path / "bg").exists()


def test_the_command_shows_and_makes(tmp_path: Path, tiny_model: TinyModel) -> None:
    toml = tmp_path / "tiny.toml"
    toml.write_text(f'model = "{tiny_model("text_to_image")}"\nwidth = 64\nheight = 64\nsteps = 2\nmax_tokens = 77\n')
    words = ["backgrounds", "wave", "--generator", toml, "--environments", 2, "--each", 1, "--out", tmp_path / "bg"]
    shown = last_line(synthgest(*words, "--dry-run", "--json"))
    assert len(shown["prompts"]) == 2
    assert not (tmp_path / "bg").exists()
    made = synthgest(*words, "--json")
    assert last_line(made)["made"] == 2, made.stderr
    assert "stable-diffusion-xl" in synthgest("list", "backgrounds").stdout


def test_an_unknown_recipe_names_the_nearest() -> None:
    with pytest.raises(SpecError, match="did you mean 'stable-diffusion-xl'"):
        load_background_recipe("stable-diffusion", {})
