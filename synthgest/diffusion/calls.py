"""A pipeline's call: a recipe's settings by the names that this pipeline has for them, one seeded generator a prompt."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from synthgest.diffusion.libraries import torch_library
from synthgest.diffusion.settings import ModelSettings, VideoSettings
from synthgest.errors import ModelError, SpecError, nearest
from synthgest.progress import Step, tell

_OURS = ("prompt", "generator", "output_type", "return_dict", "callback_on_step_end")


def call_parameters(kind: Any) -> Mapping[str, inspect.Parameter]:
    """The parameters of a pipeline class's call, by name."""
    return inspect.signature(kind.__call__).parameters


def require_callable(kind: Any, settings: ModelSettings, given: Sequence[str]) -> None:
    """SpecError if a pipeline class cannot be called as a recipe wants.

    given: arguments that the engine gives beside the recipe's own, such as ``image``.
    """
    known = {name: parameter for name, parameter in call_parameters(kind).items() if name != "self"}
    if "prompt" not in known:
        raise SpecError(f"pipeline {kind.__name__} takes no prompt; expected one that makes pictures from text")
    for key in settings.call:
        if key not in known or key in _OURS:
            takes = sorted(set(known) - set(_OURS))
            raise SpecError(f"call: {kind.__name__} takes no {key!r} from a recipe; {nearest(key, takes)}")
    for key in given:
        if key not in known:
            raise SpecError(f"pipeline {kind.__name__} takes no {key!r}; choose one that does")
    for name, parameter in known.items():
        needed = parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        if needed and name not in (*given, *settings.call, *_OURS):
            raise SpecError(f"pipeline {kind.__name__} needs {name!r}; give it, for example --set {name}=FILE")


def call(pipeline: Any, settings: ModelSettings, prompts: Sequence[str], seeds: Sequence[int], **given: Any) -> Any:
    """The pipeline's frames (or pictures) as float arrays in [0, 1], one a prompt.

    Each prompt has a generator of its own on the CPU, so that the noise of one depends on its seed alone: not on the batch,
    nor on the kind of accelerator.
    """
    known = call_parameters(type(pipeline))
    torch = torch_library()
    wanted: dict[str, Any] = {
        "prompt": _alone(list(prompts)),
        "generator": _alone([torch.Generator("cpu").manual_seed(seed % 2**63) for seed in seeds]),
        "num_inference_steps": settings.steps,
        "width": settings.width,
        "height": settings.height,
        "guidance_scale": settings.guidance,
        "negative_prompt": _alone([settings.negative_prompt] * len(prompts)) if settings.negative_prompt else None,
        "max_sequence_length": settings.max_tokens,
        "output_type": "np",
        "return_dict": True,
        "callback_on_step_end": _teller(settings.steps, len(prompts)),
        **(_timing(settings, known) if isinstance(settings, VideoSettings) else {}),
        **given,
        **settings.call,
    }
    taken = {name: value for name, value in wanted.items() if name in known and value is not None}
    with torch.inference_mode():
        return _pictures(pipeline(**taken), len(prompts), type(pipeline).__name__)


def _alone(values: list[Any]) -> Any:
    """A single value as itself, for some pipelines know no lists."""
    return values[0] if len(values) == 1 else values


def _timing(settings: VideoSettings, known: Mapping[str, object]) -> dict[str, Any]:
    """Number of frames and rate, by whichever name the pipeline knows them."""
    frames = next((name for name in ("num_frames", "video_length") if name in known), None)
    rate = next((name for name in ("frame_rate", "fps") if name in known), None)
    return {name: value for name, value in ((frames, settings.frames), (rate, settings.fps)) if name}


def _teller(steps: int, clips: int) -> Any:
    def on_step(_pipeline: Any, step: int, _time: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        tell(Step(done=min(step + 1, steps), total=steps, clips=clips))
        return kwargs

    return on_step


def _pictures(output: Any, count: int, name: str) -> Any:
    found = getattr(output, "frames", None)
    found = getattr(output, "images", None) if found is None else found
    if found is None or len(found) != count:
        got = type(output).__name__ if found is None else f"{len(found)} results"
        raise ModelError(f"{name} returned {got} for {count} prompts; expected frames or images, one for each")
    return found
