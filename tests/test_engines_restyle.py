"""The engine restyle: what is drawn guides what is painted, and its truth comes along, marked as the drawing's."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("diffusers")

import diffusers
from conftest import make, tree_digest, video_recipe
from threadpoolctl import threadpool_limits

from synthgest.data.dataset import Dataset
from synthgest.engines import fingerprint, load_engine
from synthgest.engines.restyle import Restyle, RestyleSettings
from synthgest.engines.signals import control_pictures
from synthgest.errors import SpecError
from synthgest.generation import Request, prepare
from synthgest.gestures import Gesture, load_gestures
from synthgest.plan import plan
from synthgest.recipes import load_recipe, recipe_names
from synthgest.tables import to_value
from synthgest.types import TRUTH, Recipe, Rendered, Shot

TinyModel = Callable[[str], Path]
GESTURES = load_gestures(["everyday/wave", "rocog/Halt"])
SHIPPED = [name for name in recipe_names() if load_recipe(name).engine == "restyle"]
PIPELINES = {"restyle-wan2.1-vace-1.3b": "WanVACEPipeline"}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def recipe_for(tiny_model: TinyModel, name: str = "cogvideox_video_to_video", **changes: Any) -> Recipe:
    call = {"strength": 0.5} if name == "cogvideox_video_to_video" else {}
    settings = {"frames": 49, "steps": 4, "call": call, **changes}
    return video_recipe(tiny_model(name), engine="restyle", **settings)


def shots_of(recipe: Recipe, clips: int = 1) -> tuple[Shot, ...]:
    return plan(GESTURES, recipe, clips=clips, seed=0, fingerprint={})


@pytest.fixture(scope="module")
def drawn(tiny_model: TinyModel) -> Rendered:
    """What guides the first shot, large enough to be looked at."""
    recipe = recipe_for(tiny_model, width=320, height=256, signal="depth")
    return Restyle(recipe)._drawing.take(shots_of(recipe)[0], None)


@pytest.mark.parametrize("name", ["cogvideox_video_to_video", "wan_vace"])
def test_the_truth_of_the_drawing_comes_along(name: str, tiny_model: TinyModel, tmp_path: Path) -> None:
    recipe = recipe_for(tiny_model, name, enrichment={"environments": 2, "characters": 2})
    made = make(Request(gestures=GESTURES, recipe=recipe, clips=2, seed=0, out=tmp_path / "out", workers=0))
    assert (made.clips, made.failed) == (4, 0)
    for clip in Dataset(tmp_path / "out"):
        truth = clip.truth()
        assert set(truth) == set(TRUTH) - {"depth", "instances"}
        assert truth["mask"].shape == (49, 64, 64)
        told = clip.record.provenance
        assert told["source"] == "restyle"
        assert told["truth_of"] == "the drawn clip that guided the model"
        assert told["drawn"]["body"]["sex"] == told["levels"]["sex"]
        assert told["drawn"]["place"][0] == told["levels"]["place"]
        assert not any(word in told["prompt"] for word in ("camera", "shot", "view"))


def test_the_person_of_the_prompt_is_the_person_that_is_drawn(tiny_model: TinyModel) -> None:
    engine = Restyle(recipe_for(tiny_model))
    for shot in shots_of(engine.recipe, 6):
        character, staged = engine.prompt(shot).character, engine._drawing.stage(shot)
        assert character is not None
        assert character.sex == staged.person.sex
        assert character.skin_tone == str(staged.person.skin_tone)
        assert character.outfit == staged.person.outfit
        assert staged.role is not None
        assert engine.prompt(shot).pair == staged.role.pair


def test_the_drawing_guides_the_picture(tiny_model: TinyModel) -> None:
    """The same seed and prompt with another drawing, here from another side, is another picture."""

    def frames(strength: float, **drawing: Any) -> np.ndarray[Any, Any]:
        recipe = recipe_for(tiny_model, call={"strength": strength}, drawing=drawing)
        return next(Restyle(recipe).generate(shots_of(recipe))).frames

    aside = {"camera": {"azimuth_degrees": [30, 30]}}
    assert np.array_equal(frames(0.5), frames(0.5))
    assert not np.array_equal(frames(0.5), frames(0.5, **aside))


def test_a_worker_changes_no_byte(tiny_model: TinyModel, tmp_path: Path) -> None:
    recipe = recipe_for(tiny_model)
    for name, workers in (("here", 0), ("there", 1)):
        make(Request(gestures=GESTURES, recipe=recipe, clips=1, seed=0, out=tmp_path / name, workers=workers))
    assert tree_digest(tmp_path / "here") == tree_digest(tmp_path / "there")


# -- signals -----------------------------------------------------------------------------------------------------------


def test_a_skeleton_is_drawn_where_the_joints_are(drawn: Rendered) -> None:
    pictures = control_pictures("pose", drawn.frames, drawn.truth)
    assert pictures.shape == drawn.frames.shape
    assert pictures.dtype == np.uint8
    for frame in (0, 20, 48):
        coco = drawn.truth["coco_keypoints"][frame]
        for x, y, visibility in coco[5:11]:  # shoulders, elbows, wrists
            if visibility > 0:
                assert pictures[frame, round(y), round(x)].max() > 150
        assert (pictures[frame].max(axis=-1) > 30).mean() < 0.15


def test_left_and_right_have_colours_of_their_own(drawn: Rendered) -> None:
    pictures = control_pictures("pose", drawn.frames, drawn.truth)
    left, right = drawn.truth["coco_keypoints"][0][[5, 6], :2].round().astype(int)
    assert tuple(pictures[0, left[1], left[0]]) == (85, 255, 0)  # OpenPose's colours of its sixth and third point
    assert tuple(pictures[0, right[1], right[0]]) == (255, 170, 0)


def test_fingers_are_drawn(drawn: Rendered) -> None:
    pictures = control_pictures("pose", drawn.frames, drawn.truth)
    tips = drawn.truth["fingertips_2d"]
    inside = [
        (frame, int(y), int(x)) for frame in range(0, 49, 6) for x, y in tips[frame] if 1 <= x < 319 and 1 <= y < 255
    ]
    lit = [pictures[frame, y - 1 : y + 2, x - 1 : x + 2].max() > 100 for frame, y, x in inside]
    assert len(lit) > 20
    assert np.mean(lit) > 0.95


def test_depth_is_bright_where_the_person_is_near(drawn: Rendered) -> None:
    pictures = control_pictures("depth", drawn.frames, drawn.truth)
    mask, depth = drawn.truth["mask"], drawn.truth["depth"].astype(np.float32)
    person = depth > 0
    assert person[mask].mean() > 0.95
    assert pictures[~person].max() == 0
    assert pictures[person].min() >= 50
    assert pictures[person].max() == 255
    order = np.argsort(depth[person])
    assert pictures[..., 0][person][order[0]] == 255
    assert np.array_equal(control_pictures("render", drawn.frames, drawn.truth), drawn.frames)


def test_nobody_in_the_picture_is_a_black_one() -> None:
    empty = np.zeros((2, 16, 16), np.float16)
    assert control_pictures("depth", np.zeros((2, 16, 16, 3), np.uint8), {"depth": empty}).max() == 0


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"drawing": {"width": 32}}, "leave it out"),
        ({"drawing": {"placces": ["street"]}}, "did you mean 'places'"),
        ({"signal": "canny"}, "canny"),
        ({"texts": {"everyday/wave": {"characters": ["a pirate with a hook"]}}}, 'signal = "pose"'),
        ({"writer": {"local": "m"}}, 'signal = "pose"'),
        ({"control": "picture"}, "takes no 'picture'"),
        ({"frames": 50}, "4 k"),
    ],
)
def test_what_cannot_be_used_is_refused(
    changes: dict[str, Any], message: str, tiny_model: TinyModel, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=message):
        make(
            Request(
                gestures=GESTURES,
                recipe=recipe_for(tiny_model, **changes),
                clips=1,
                seed=0,
                out=tmp_path / "out",
                workers=0,
            )
        )


def test_a_phrase_cannot_be_drawn(tiny_model: TinyModel, tmp_path: Path) -> None:
    phrase = Gesture(name="own/come here", phrase="come here")
    with pytest.raises(SpecError, match="has no motion"):
        prepare(Request(gestures=(phrase,), recipe=recipe_for(tiny_model), clips=1, seed=0, out=tmp_path / "out"))


def test_another_body_or_word_is_another_clip(tiny_model: TinyModel) -> None:
    marks = fingerprint(load_engine(recipe_for(tiny_model)))
    assert {"model", "prompts", "drawing.body", "drawing.captions"} <= set(marks)


def test_the_hidden_parts_of_a_drawing_can_be_set(tiny_model: TinyModel) -> None:
    engine = Restyle(recipe_for(tiny_model, drawing={"camera": {"azimuth_degrees": [0, 0], "aerial": 0}}))
    assert engine._drawing.settings.camera.azimuth_degrees == (0, 0)
    assert engine._drawing.settings.frames == (49, 49)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_fits_its_pipeline(name: str) -> None:
    recipe = load_recipe(name)
    settings = to_value(recipe.settings, RestyleSettings, where=name)
    Restyle(recipe)
    known = inspect.signature(getattr(diffusers, settings.pipeline or PIPELINES[name]).__call__).parameters
    assert {settings.control, *settings.call} <= set(known)
    assert (settings.frames - 1) % 4 == 0
    assert recipe.source
    assert recipe.tested


def test_both_ways_of_guiding_ship() -> None:
    assert {load_recipe(name).settings["signal"] for name in SHIPPED} == {"render", "pose"}
