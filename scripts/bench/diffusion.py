"""What text-to-video costs beside the model: our loop against the bare pipeline call, side by side in one run."""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import torch
from rows import Row
from threadpoolctl import threadpool_limits

from synthgest.diffusion.libraries import diffusers_library
from synthgest.engines.text_to_video import TextToVideo
from synthgest.gestures import load_gestures
from synthgest.plan import plan
from synthgest.takes import Spoilt, take_all
from synthgest.types import Recipe, Shot

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tests"))

ROUNDS = 5
LEAST = 2.0  # seconds of a bare call: an overhead in thousandths of a second is told against something real


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Median seconds of a clip by the bare call and by ours, steps of each, and the two in every round."""

    bare: float
    ours: float
    steps: int
    rounds: tuple[tuple[float, float], ...]


def measure(recipe: Recipe, *, rounds: int = ROUNDS, least: float = LEAST) -> Measured:
    """Ours is all but publishing: prompt, generators, steps, NaN check, conversion, frame checks, provenance."""
    pipeline = load_bare(recipe)
    with threadpool_limits(1) if not torch.cuda.is_available() else threadpool_limits(None):
        recipe = _slow_enough(recipe, pipeline, least)
        engine = TextToVideo(recipe)
        shots = plan(load_gestures(["come here"]), recipe, clips=rounds + 1, seed=0, fingerprint={})
        found = [_one_round(engine, pipeline, shot) for shot in shots][1:]  # the first warms up
    bare, ours = (median(each) for each in zip(*found, strict=True))
    return Measured(bare=bare, ours=ours, steps=recipe.settings["steps"], rounds=tuple(found))


def load_bare(recipe: Recipe) -> Any:
    """The pipeline as its documentation loads it."""
    settings = recipe.settings
    pipeline = diffusers_library().DiffusionPipeline.from_pretrained(
        settings["model"], dtype=getattr(torch, settings.get("dtype", "float32"))
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to("cuda" if torch.cuda.is_available() else "cpu")


def call_bare(pipeline: Any, recipe: Recipe, prompt: str, seed: int) -> float:
    """Seconds of one call."""
    settings = recipe.settings
    return _seconds(
        lambda: pipeline(
            prompt=prompt,
            generator=torch.Generator("cpu").manual_seed(seed),
            width=settings["width"],
            height=settings["height"],
            num_frames=settings["frames"],
            num_inference_steps=settings["steps"],
            guidance_scale=settings["guidance"],
            max_sequence_length=settings["max_tokens"],
            output_type="np",
        )
    )


def report(measured: Measured, what: str) -> None:
    """Tell the ratio, and what it rests on."""
    print(f"{what}: {measured.steps} steps, median of {len(measured.rounds)} clips side by side; publishing excluded")
    Row(what=what, against="the bare pipeline call", ours=measured.ours, theirs=measured.bare, each="clip").tell()


def _one_round(engine: TextToVideo, pipeline: Any, shot: Shot) -> tuple[float, float]:
    bare = call_bare(pipeline, engine.recipe, engine.prompt(shot).text, shot.seed)
    return bare, _seconds(lambda: _take(engine, shot))


def _take(engine: TextToVideo, shot: Shot) -> None:
    (taken,) = take_all(engine, [shot])
    if isinstance(taken, Spoilt):
        print(f"  (the clip was spoilt: {taken.attempts[-1].reason})")


def _slow_enough(recipe: Recipe, pipeline: Any, least: float) -> Recipe:
    """The recipe with as many steps as make a bare call last ``least`` seconds."""
    while call_bare(pipeline, recipe, "a person waves", 0) < least:
        recipe = replace(recipe, settings={**recipe.settings, "steps": recipe.settings["steps"] * 2})
    return recipe


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began


def main() -> None:
    """Measure with a tiny CogVideoX on the CPU, and tell."""
    import tiny_pipelines

    with tempfile.TemporaryDirectory() as folder:
        model = tiny_pipelines.build_cogvideox(Path(folder) / "model")
        sizes = {"width": 128, "height": 128, "frames": 17, "fps": 8.0, "steps": 32, "guidance": 6.0, "max_tokens": 226}
        recipe = Recipe(name="tiny", engine="text-to-video", settings={"model": str(model), **sizes})
        report(measure(recipe), "text to video, a tiny CogVideoX")


if __name__ == "__main__":
    main()
