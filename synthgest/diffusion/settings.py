"""What a recipe says of a diffusers pipeline: which model, how it is loaded, and how it is called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from synthgest.errors import SpecError

Dtype = Literal["float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraSettings:
    """A row of ``[[loras]]``. model: a folder, or a name on the hub. weight_name: the file in it. scale: its strength."""

    model: str
    weight_name: str = ""
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Keys that every recipe of a diffusers pipeline has.

    model: a folder with a ``model_index.json``, or a name on the hub; revision: of the hub, its newest if empty. pipeline: a
    pipeline class of diffusers, instead of the one that the model names. variant: of the weights' files, such as ``fp16``.
    dtype, and dtypes by component: of the weights in memory. width, height: pixels. steps, guidance, negative_prompt: of
    sampling; guidance is the pipeline's own where it is not given. max_tokens: of a prompt, as the model reads it.
    scheduler: ``class`` and its settings, instead of the model's own. components: by the pipeline's name for it, ``class``
    and ``model`` of a part that is loaded from elsewhere. loras: weights put on top. tiling: whether the VAE
    decodes in tiles from the beginning. call: further arguments of the pipeline's call.
    """

    model: str
    revision: str = ""
    pipeline: str = ""
    variant: str = ""
    dtype: Dtype = "float32"
    dtypes: Mapping[str, Dtype] = field(default_factory=dict)
    width: int
    height: int
    steps: int = 50
    guidance: float | None = None
    negative_prompt: str = ""
    max_tokens: int = 226
    scheduler: Mapping[str, Any] = field(default_factory=dict)
    components: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    loras: tuple[LoraSettings, ...] = ()
    tiling: bool = False
    call: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise SpecError("model is empty; expected a folder with a model_index.json, or a name on the hub")
        for side in ("width", "height"):
            given = getattr(self, side)
            if not 16 <= given <= 4096 or given % 2:
                raise SpecError(f"{side} is {given}; expected an even number from 16 to 4096")
        for name, most in {"steps": 1000, "max_tokens": 4096}.items():
            if not 1 <= getattr(self, name) <= most:
                raise SpecError(f"{name} is {getattr(self, name)}; expected 1 to {most}")
        if self.scheduler and not isinstance(self.scheduler.get("class"), str):
            raise SpecError("scheduler needs the key 'class', the name of a scheduler of diffusers")
        for name, part in self.components.items():
            if set(part) != {"class", "model"}:
                raise SpecError(f"components.{name} has the keys {sorted(part)}; expected 'class' and 'model'")

    def models(self) -> dict[str, str]:
        """All models that the recipe names, by the key that names each."""
        named = {f"components.{name}.model": part["model"] for name, part in self.components.items()}
        named |= {f"loras.{number}.model": lora.model for number, lora in enumerate(self.loras)}
        return {"model": self.model} | named


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSettings(ModelSettings):
    """Keys of a recipe whose pipeline makes video. frames: of a clip. fps: the rate at which the model's frames are meant."""

    frames: int
    fps: float

    def __post_init__(self) -> None:
        ModelSettings.__post_init__(self)  # super() does not know the class that slots=True makes anew
        if not 2 <= self.frames <= 10_000:
            raise SpecError(f"frames is {self.frames}; expected 2 to 10000")
        if not 1 <= self.fps <= 240:
            raise SpecError(f"fps is {self.fps}; expected 1 to 240 frames per second")
