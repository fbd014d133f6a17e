"""The engine text-to-video: real pipelines in the real format, with random weights and small enough for a test."""

import dataclasses
import inspect
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("diffusers")

import cv2
import diffusers
import torch
from conftest import make, tree_digest, video_recipe
from test_cli import last_line, synthgest
from threadpoolctl import threadpool_limits

from synthgest.data.dataset import Dataset
from synthgest.data.records import Record, read_record
from synthgest.diffusion import sampling
from synthgest.engines import fingerprint, load_engine
from synthgest.engines.diffusing import DiffusionEngine
from synthgest.engines.text_to_video import TextToVideo, TextToVideoSettings
from synthgest.errors import ConfigChanged, MissingDependency, ModelError, SpecError
from synthgest.generation import Request, prepare, run
from synthgest.gestures import Gesture, load_gestures
from synthgest.plan import plan, recipe_digest
from synthgest.progress import Step, listening
from synthgest.recipes import load_recipe, recipe_names
from synthgest.tables import to_value
from synthgest.takes import Spoilt, Take, take_all
from synthgest.types import Recipe, Resident, Shot

TinyModel = Callable[[str], Path]
PHRASES = load_gestures(["thumbs up", "come here"])
SHIPPED = [name for name in recipe_names() if load_recipe(name).engine == "text-to-video"]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def shots_of(recipe: Recipe, clips: int = 2, gestures: tuple[Gesture, ...] = PHRASES) -> tuple[Shot, ...]:
    return plan(gestures, recipe, clips=clips, seed=0, fingerprint={})


def frames_of(recipe: Recipe, clips: int = 2) -> list[np.ndarray[Any, Any]]:
    return [rendered.frames for rendered in load_engine(recipe).generate(shots_of(recipe, clips))]


def records_in(folder: Path) -> list[Record]:
    return [read_record(path, Record) for path in sorted(folder.glob("clips/*/*.json"))]


def request(recipe: Recipe, out: Path, **changes: object) -> Request:
    return dataclasses.replace(Request(gestures=PHRASES, recipe=recipe, clips=2, seed=0, out=out, workers=0), **changes)


# -- clips -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cogvideox", "wan", "ltx"])
def test_phrases_become_clips_whose_records_say_how(name: str, tiny_model: TinyModel, tmp_path: Path) -> None:
    made = make(request(video_recipe(tiny_model(name)), tmp_path / "out"))
    assert (made.clips, made.failed) == (4, 0)
    for record in records_in(tmp_path / "out"):
        told = record.provenance
        assert (record.frames, record.width, record.height, record.fps) == (9, 64, 64, 8.0)
        assert (
            told["prompt"]
            == TextToVideo(video_recipe(tiny_model(name))).prompt(shot_with(record.id, name, tiny_model)).text
        )
        assert told["model"] == name
        assert told["writer"] == "bank"
        assert set(told["levels"]) == {"age", "sex", "skin tone", "build", "outfit", "place", "light"}
        assert told["tokens"] <= 226
    assert [clip.gesture for clip in Dataset(tmp_path / "out")].count("own/come here") == 2


def shot_with(shot_id: str, name: str, tiny_model: TinyModel) -> Shot:
    recipe = video_recipe(tiny_model(name))
    marks = fingerprint(load_engine(recipe))
    return next(shot for shot in plan(PHRASES, recipe, clips=2, seed=0, fingerprint=marks) if shot.id == shot_id)


def test_two_models_make_one(tiny_model: TinyModel, tmp_path: Path) -> None:
    folder = tiny_model("animatediff")
    recipe = video_recipe(
        folder / "base",
        pipeline="AnimateDiffPipeline",
        components={"motion_adapter": {"class": "MotionAdapter", "model": str(folder / "motion")}},
        scheduler={"class": "DDIMScheduler", "beta_schedule": "linear", "clip_sample": False},
        enrichment={"mode": "basic"},
        max_tokens=77,
    )
    assert make(request(recipe, tmp_path / "out")).clips == 4
    told = records_in(tmp_path / "out")[0].provenance
    assert (told["pipeline"], told["scheduler"]) == ("AnimateDiffPipeline", "DDIMScheduler")
    assert told["tokens"] <= 77


def test_a_clip_depends_on_its_seed_and_prompt(tiny_model: TinyModel) -> None:
    recipe = video_recipe(tiny_model("cogvideox"))
    first, again = frames_of(recipe), frames_of(recipe)
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[0], first[2])  # the same gesture, another pair and seed


@pytest.mark.parametrize("name", ["cogvideox", "wan", "ltx"])
def test_the_batch_changes_no_clip_beyond_the_rounding_of_sums(name: str, tiny_model: TinyModel) -> None:
    alone = frames_of(video_recipe(tiny_model(name)))
    together = frames_of(video_recipe(tiny_model(name), batch=4))
    for one, two in zip(alone, together, strict=True):
        assert np.abs(one - two).max() < 2e-4
        assert np.abs(np.round(one * 255) - np.round(two * 255)).max() <= 1


def test_workers_and_interruptions_change_no_byte(tiny_model: TinyModel, tmp_path: Path) -> None:
    recipe = video_recipe(tiny_model("cogvideox"))
    make(request(recipe, tmp_path / "here"))
    expected = tree_digest(tmp_path / "here")
    make(request(recipe, tmp_path / "two", workers=2))
    assert tree_digest(tmp_path / "two") == expected
    stopped = prepare(request(recipe, tmp_path / "cut"))
    with pytest.raises(KeyboardInterrupt):
        run(stopped, progress=_interrupt)
    assert len(records_in(tmp_path / "cut")) == 1
    assert make(request(recipe, tmp_path / "cut")).made == 3
    assert tree_digest(tmp_path / "cut") == expected


def _interrupt(_outcome: object) -> None:
    raise KeyboardInterrupt


def test_steps_are_told_here_and_from_workers(tiny_model: TinyModel, tmp_path: Path) -> None:
    recipe = video_recipe(tiny_model("wan"), batch=2)
    told: list[Step] = []
    with listening(told.append):
        list(load_engine(recipe).generate(shots_of(recipe, 1)))
    assert told == [Step(done=done, total=3, clips=2) for done in (1, 2, 3)]
    heard: list[Step] = []
    run(prepare(request(recipe, tmp_path / "out", clips=1, workers=1)), watch=heard.append)
    assert heard[-1] == Step(done=3, total=3, clips=2)


def test_a_spent_budget_leaves_the_rest_for_the_next_run(tiny_model: TinyModel, tmp_path: Path) -> None:
    recipe = video_recipe(tiny_model("cogvideox"))
    prepared = prepare(request(recipe, tmp_path / "out"))
    began = time.monotonic()
    summary = run(prepared, budget=1e-6)
    assert (summary.clips, summary.made, summary.missing) == (0, 0, 4)
    assert time.monotonic() - began < 30
    assert make(request(recipe, tmp_path / "out")).made == 4


def test_the_command_makes_clips_of_phrases(tiny_model: TinyModel, tmp_path: Path) -> None:
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(
        f'engine = "text-to-video"\nmodel = "{tiny_model("ltx")}"\nwidth = 64\nheight = 64\nframes = 9\nfps = 8\nsteps = 2\n'
        'max_tokens = 226\nlicence = "CC0-1.0"\n'
    )
    words = ["generate", "thumbs up", "come here", "--generator", recipe, "--clips", 8, "--out", tmp_path / "out"]
    done = synthgest(*words, "--json", "--environments", 2, "--characters", 4)
    assert done.returncode == 0, done.stderr
    assert (last_line(done)["clips"], last_line(done)["classes"]) == (16, 2)
    pairs = [tuple(record.provenance["pair"]) for record in records_in(tmp_path / "out")]
    assert sorted(pairs) == sorted(2 * [(here, who) for here in range(2) for who in range(4)])
    manifest = (tmp_path / "out" / "dataset.toml").read_text()
    assert "everyday/thumbs-up" in manifest
    assert "own/come here" in manifest


# -- what a recipe says ------------------------------------------------------------------------------------------------


def test_a_first_frame_is_continued(tiny_model: TinyModel, tmp_path: Path) -> None:
    picture = np.full((90, 160, 3), 255, np.uint8)
    picture[:, :80] = 0
    cv2.imwrite(str(tmp_path / "first.png"), picture)
    folder = tiny_model("cogvideox_image_to_video")
    with_one = frames_of(video_recipe(folder, image=str(tmp_path / "first.png")), 1)
    cv2.imwrite(str(tmp_path / "other.png"), 255 - picture)
    with_other = frames_of(video_recipe(folder, image=str(tmp_path / "other.png"), batch=4), 1)
    assert not np.array_equal(with_one[0], with_other[0])


def test_the_first_frames_content_and_not_its_path_counts(tiny_model: TinyModel, tmp_path: Path) -> None:
    folder = tiny_model("cogvideox_image_to_video")
    for name, grey in (("a", 10), ("b", 10), ("c", 20)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((64, 64, 3), grey, np.uint8))
    marks = [
        fingerprint(load_engine(video_recipe(folder, image=str(tmp_path / f"{name}.png"))))["image"] for name in "abc"
    ]
    assert marks[0] == marks[1] != marks[2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": "nowhere.png"}, "cannot be read"),
        ({"pipeline": "os.system"}, "no DiffusionPipeline"),
        ({"pipeline": "CogVideoXDDIMScheduler"}, "no DiffusionPipeline"),
        ({"scheduler": {"class": "Path"}}, "no SchedulerMixin"),
        ({"scheduler": {"class": "CogVideoXDDIMScheduler", "spacing": 1}}, "no setting 'spacing'"),
        ({"call": {"use_dynamik_cfg": True}}, "did you mean 'use_dynamic_cfg'"),
        ({"call": {"generator": 3}}, "takes no 'generator'"),
        ({"frames": 1}, "expected 2 to"),
        ({"width": 63}, "even number"),
        ({"height": 0}, "even number"),
        ({"steps": 0}, "expected 1 to 1000"),
        ({"dtype": "float8"}, "float8"),
        ({"unknown": 1}, "unknown key 'unknown'"),
        ({"model": " "}, "model is empty"),
        ({"components": {"vae": {"class": "X"}}}, "expected 'class' and 'model'"),
        ({"components": {"vae": {"class": "X", "model": "MODEL"}}}, "no ModelMixin"),
        ({"enrichment": {"mode": "everything"}}, "everything"),
        ({"loras": [{"model": "MODEL", "weight_name": "lora.bin"}]}, "holds no LoRA weights"),
    ],
)
def test_what_cannot_be_used_is_refused_before_a_clip_is_made(
    changes: dict[str, Any], message: str, tiny_model: TinyModel, tmp_path: Path
) -> None:
    folder = tiny_model("cogvideox")
    given = json.loads(json.dumps(changes).replace("MODEL", str(folder / "vae")))
    with pytest.raises((SpecError, ModelError), match=message):
        make(request(video_recipe(folder, **given), tmp_path / "out"))
    assert not list((tmp_path / "out").rglob("*.mp4"))


def test_a_pipeline_that_needs_a_picture_says_so(tiny_model: TinyModel, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="--set image=FILE"):
        make(request(video_recipe(tiny_model("cogvideox_image_to_video")), tmp_path / "needs"))
    cv2.imwrite(str(tmp_path / "first.png"), np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(SpecError, match="takes no 'image'"):
        make(request(video_recipe(tiny_model("cogvideox"), image=str(tmp_path / "first.png")), tmp_path / "takes-none"))


def test_loras_are_put_on_by_their_strength(tiny_model: TinyModel, tmp_path: Path) -> None:
    folder = tiny_model("wan")
    _write_lora(folder, tmp_path / "lora")
    plain = frames_of(video_recipe(folder), 1)[0]
    none, some = (
        frames_of(video_recipe(folder, loras=[{"model": str(tmp_path / "lora"), "scale": scale}]), 1)[0]
        for scale in (0.0, 1.0)
    )
    assert np.abs(none - plain).max() < 1e-5
    assert np.abs(some - plain).max() > 1e-4


def _write_lora(model: Path, out: Path) -> None:
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    pipeline = diffusers.WanPipeline.from_pretrained(model)
    pipeline.transformer.add_adapter(LoraConfig(r=2, target_modules=["to_q", "to_v"], init_lora_weights=False))
    layers = get_peft_model_state_dict(pipeline.transformer)
    diffusers.WanPipeline.save_lora_weights(out, transformer_lora_layers=layers)


def test_other_prompts_or_weights_are_other_clips_and_refused(tiny_model: TinyModel, tmp_path: Path) -> None:
    recipe = video_recipe(tiny_model("cogvideox"))
    make(request(recipe, tmp_path / "out", clips=1))
    for changes in ({"enrichment": {"mode": "basic"}}, {"steps": 4}, {"model": str(tiny_model("wan"))}):
        other = dataclasses.replace(recipe, settings={**recipe.settings, **changes})
        with pytest.raises(ConfigChanged):
            prepare(request(other, tmp_path / "out", clips=1))


def test_how_patiently_a_writer_is_asked_changes_no_id(tiny_model: TinyModel) -> None:
    def config(**writer: object) -> str:
        settings = {"base_url": "http://127.0.0.1:1/v1", "model": "m", **writer}
        chosen = video_recipe(tiny_model("cogvideox"), writer=settings)
        return recipe_digest(chosen, fingerprint(load_engine(chosen)))

    assert config() == config(timeout=5.0, retries=1, budget=9.0, key_env="OTHER", cache="/tmp/elsewhere")
    assert len({config(), config(model="n"), config(temperature=0.1), config(fuse=False)}) == 4


def test_the_models_own_tokenizer_counts(tiny_model: TinyModel) -> None:
    engine = TextToVideo(video_recipe(tiny_model("cogvideox")))
    prompt = engine.prompt(shots_of(engine.recipe)[0])
    tokenizer = diffusers.DiffusionPipeline.from_pretrained(tiny_model("cogvideox")).tokenizer
    assert prompt.tokens == len(tokenizer(prompt.text).input_ids)


def test_shortened_prompts_are_told_once_a_class(
    tiny_model: TinyModel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(request(video_recipe(tiny_model("cogvideox"), max_tokens=70), tmp_path / "out"))
    told = [entry.message for entry in caplog.records if "go without" in entry.message]
    assert len(told) == 2
    assert all(record.provenance["without"] for record in records_in(tmp_path / "out"))


# -- NaN, memory -------------------------------------------------------------------------------------------------------


def spoil(monkeypatch: pytest.MonkeyPatch, spoilt: Callable[[int, torch.dtype], bool]) -> None:
    """Make a pipeline return NaN for some seeds, by the dtype that its weights have at that moment."""
    real = sampling.call

    def call(pipeline: Any, settings: Any, prompts: Any, seeds: list[int], **given: Any) -> Any:
        made = np.array(real(pipeline, settings, prompts, seeds, **given))
        for clip, seed in zip(made, seeds, strict=True):
            if spoilt(seed, pipeline.transformer.dtype):
                clip[3] = np.nan
        return made

    monkeypatch.setattr(sampling, "call", call)


def test_nan_is_met_by_the_next_seed_and_then_by_a_wider_dtype(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = video_recipe(tiny_model("wan"), dtype="bfloat16", batch=4)
    shots = shots_of(recipe, 3)
    seeds = [shot.seed for shot in shots]
    # the first shot is well, the second with its next seed, the others in float32 alone
    spoil(
        monkeypatch,
        lambda seed, dtype: seed in seeds[1:] or (dtype != torch.float32 and seed not in (seeds[0], seeds[1] + 1)),
    )
    engine = load_engine(recipe)
    taken = list(take_all(engine, shots))
    assert all(isinstance(take, Take) for take in taken)
    assert [len(take.spoilt) for take in taken] == [0, 1, 2, 2, 2, 2]
    assert [take.provenance["dtype"] for take in taken] == ["bfloat16"] * 2 + ["float32"] * 4
    assert {attempt.reason for take in taken for attempt in take.spoilt} == {"nan"}
    after = engine._sampler.pipeline.transformer  # type: ignore[attr-defined]
    assert {tensor.dtype for tensor in after.parameters()} == {
        torch.bfloat16,
        torch.float32,
    }  # the norms that stay wide


def test_of_200_nan_clips_none_is_published(tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = video_recipe(tiny_model("ltx"), batch=8, steps=2)
    spoil(monkeypatch, lambda seed, dtype: True)
    taken = list(take_all(load_engine(recipe), shots_of(recipe, 100)))
    assert len(taken) == 200
    assert all(isinstance(take, Spoilt) and len(take.attempts) == 3 for take in taken)


def starve(monkeypatch: pytest.MonkeyPatch, enough: Callable[[Any, int], bool]) -> list[int]:
    """Make a pipeline run out of memory until enough was saved; returns the batch sizes of the calls that went through."""
    real, batches = sampling.call, []

    def call(pipeline: Any, settings: Any, prompts: list[str], seeds: Any, **given: Any) -> Any:
        if not enough(pipeline, len(prompts)):
            raise torch.OutOfMemoryError("CUDA out of memory")
        batches.append(len(prompts))
        return real(pipeline, settings, prompts, seeds, **given)

    monkeypatch.setattr(sampling, "call", call)
    return batches


def test_lack_of_memory_costs_time_but_no_frame_and_no_pixel(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = video_recipe(tiny_model("cogvideox"), batch=4)
    batches = starve(monkeypatch, lambda pipeline, count: pipeline.vae.use_tiling and count == 1)
    taken = list(take_all(load_engine(recipe), shots_of(recipe)))
    assert batches == [1, 1, 1, 1]
    for take in taken:
        assert isinstance(take, Take)
        assert take.frames.shape == (9, 64, 64, 3)
        assert take.provenance["savings"] == ["tiling", "slicing", "batch 2", "batch 1"]


def test_at_batch_1_no_clip_is_wasted_on_slicing(tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    starve(monkeypatch, lambda pipeline, count: pipeline.vae.use_tiling)
    (take,) = take_all(load_engine(video_recipe(tiny_model("cogvideox"))), shots_of(video_recipe(Path("x")), 1)[:1])
    assert isinstance(take, Take)
    assert take.provenance["savings"] == ["tiling"]


def test_a_recipe_may_tile_from_the_beginning(tiny_model: TinyModel) -> None:
    engine = TextToVideo(video_recipe(tiny_model("cogvideox"), tiling=True))
    assert engine._sampler.pipeline.vae.use_tiling
    assert engine._sampler.memory.savings == []


def test_without_enough_memory_the_run_ends_with_advice(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    starve(monkeypatch, lambda pipeline, count: False)
    with pytest.raises(ModelError, match="choose a smaller model"):
        make(request(video_recipe(tiny_model("cogvideox")), tmp_path / "out"))


def test_an_error_of_the_pipeline_spoils_one_clip_with_its_reason(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real, calls = sampling.call, []

    def call(*words: Any, **given: Any) -> Any:
        calls.append(words)
        if len(calls) == 2:
            raise RuntimeError("a kernel is missing")
        return real(*words, **given)

    monkeypatch.setattr(sampling, "call", call)
    summary = make(request(video_recipe(tiny_model("cogvideox")), tmp_path / "out"))
    assert (summary.made, summary.failed) == (3, 1)
    assert "a kernel is missing" in summary.failures[0].message


# -- the shipped recipes -----------------------------------------------------------------------------------------------

PIPELINES = {
    "allegro": "AllegroPipeline",
    "cogvideox-2b": "CogVideoXPipeline",
    "cogvideox-5b": "CogVideoXPipeline",
    "cogvideox-5b-i2v": "CogVideoXImageToVideoPipeline",
    "hunyuanvideo": "HunyuanVideoPipeline",
    "ltx-video": "LTXPipeline",
    "mochi-1": "MochiPipeline",
    "skyreels-v2-1.3b": "SkyReelsV2DiffusionForcingPipeline",
    "wan2.1-t2v-1.3b": "WanPipeline",
    "wan2.1-t2v-14b": "WanPipeline",
    "wan2.2-ti2v-5b": "WanPipeline",
}


def test_at_least_eight_models_ship() -> None:
    assert len(SHIPPED) >= 8


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_fits_its_pipeline_and_says_where_it_comes_from(name: str) -> None:
    recipe = load_recipe(name)
    settings = to_value(recipe.settings, TextToVideoSettings, where=name)
    assert recipe.source
    assert recipe.tested
    assert recipe.licence
    assert recipe.summary
    assert recipe.patience >= 3600
    kind = getattr(diffusers, settings.pipeline or PIPELINES[name])
    known = inspect.signature(kind.__call__).parameters
    assert {"prompt", "height", "width", "num_frames", "num_inference_steps", "generator"} <= set(known)
    assert set(settings.call) <= set(known)
    if settings.scheduler:
        scheduler = getattr(diffusers, settings.scheduler["class"])
        assert set(settings.scheduler) - {"class"} <= set(inspect.signature(scheduler.__init__).parameters)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_without_weights_fails_within_seconds_and_says_how_to_mend_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    recipe = load_recipe(name)
    began = time.monotonic()
    with pytest.raises((ModelError, MissingDependency), match=re.escape(f"hf download {recipe.settings['model']}")):
        prepare(request(recipe, tmp_path / "out"))
    assert time.monotonic() - began < 5
    assert not (tmp_path / "out").exists()


def test_a_dry_run_quotes_what_was_published(tmp_path: Path, tiny_model: TinyModel) -> None:
    recipe = tmp_path / "quoted.toml"
    recipe.write_text(
        f'engine = "text-to-video"\nmodel = "{tiny_model("ltx")}"\nwidth = 64\nheight = 64\nframes = 9\nfps = 8\n'
        'seconds = 90\nseconds_on = "one A100"\nmemory_gb = 12\n'
    )
    words = ["generate", "come here", "--generator", recipe, "--clips", 80, "--out", tmp_path / "out", "--dry-run"]
    told = last_line(synthgest(*words, "--json"))
    assert told["gpu_hours"] == 2
    assert told["memory_gb"] == 12
    assert "one A100" in told["source"]
    assert not (tmp_path / "out").exists()


def test_the_engine_keeps_a_model_and_its_devices_are_asked_for() -> None:
    engine = load_engine(load_recipe("wan2.1-t2v-1.3b"))
    assert isinstance(engine, Resident)
    assert isinstance(engine, DiffusionEngine)
    assert list(engine.devices()) == [str(number) for number in range(torch.cuda.device_count())]
