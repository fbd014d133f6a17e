"""A pipeline in memory: weights from safetensors alone, no code but that of diffusers and transformers."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthgest.diffusion.libraries import class_of, diffusers_library, torch_library
from synthgest.diffusion.models import read_index
from synthgest.diffusion.settings import LoraSettings, ModelSettings
from synthgest.errors import ModelError, SpecError, nearest


def pipeline_class(settings: ModelSettings, folder: Path) -> Any:
    """The pipeline class that a recipe names, or else the model itself."""
    name = settings.pipeline or read_index(folder)["_class_name"]
    return class_of(name, "DiffusionPipeline", key="pipeline")


def load_pipeline(settings: ModelSettings, folders: Mapping[str, Path]) -> Any:
    """The pipeline of a recipe, on the CPU. folders: where each model of ``settings.models()`` lies."""
    diffusers_library()
    torch = torch_library()
    folder = folders["model"]
    kind = pipeline_class(settings, folder)
    dtypes = {name: getattr(torch, dtype) for name, dtype in {"default": settings.dtype, **settings.dtypes}.items()}
    parts = {name: _part(name, settings, folders, dtypes) for name in settings.components}
    try:
        pipeline = kind.from_pretrained(
            folder,
            dtype=dtypes,
            variant=settings.variant or None,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            **parts,
        )
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # broken files, shapes that do not fit, missing parts: each library raises its own
        raise ModelError(f"{folder} cannot be loaded as {kind.__name__}: {error}") from error
    if settings.scheduler:
        pipeline.scheduler = _scheduler(settings.scheduler, pipeline.scheduler)
    _put_on(pipeline, settings.loras, folders)
    if settings.tiling:
        pipeline.vae.enable_tiling()
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _part(name: str, settings: ModelSettings, folders: Mapping[str, Path], dtypes: Mapping[str, Any]) -> Any:
    kind = class_of(settings.components[name]["class"], "ModelMixin", key=f"components.{name}.class")
    folder, dtype = folders[f"components.{name}.model"], dtypes.get(name, dtypes["default"])
    try:
        return kind.from_pretrained(folder, dtype=dtype, use_safetensors=True, local_files_only=True)
    except Exception as error:  # as above
        raise ModelError(f"{folder} cannot be loaded as {kind.__name__}: {error}") from error


def _scheduler(wanted: Mapping[str, Any], own: Any) -> Any:
    kind = class_of(wanted["class"], "SchedulerMixin", key="scheduler.class")
    changes = {key: value for key, value in wanted.items() if key != "class"}
    known = [name for name in inspect.signature(kind.__init__).parameters if name != "self"]
    for key in changes:
        if key not in known:
            raise SpecError(f"scheduler: {kind.__name__} has no setting {key!r}; {nearest(key, known)}")
    return kind.from_config(own.config, **changes)


def _put_on(pipeline: Any, loras: tuple[LoraSettings, ...], folders: Mapping[str, Path]) -> None:
    if not loras:
        return
    if not hasattr(pipeline, "load_lora_weights"):
        raise SpecError(f"loras: {type(pipeline).__name__} takes none")
    names = [f"lora{number}" for number in range(len(loras))]
    for number, (name, lora) in enumerate(zip(names, loras, strict=True)):
        folder = folders[f"loras.{number}.model"]
        file = lora.weight_name or next((path.name for path in sorted(folder.glob("*.safetensors"))), "")
        if not file.endswith(".safetensors") or not (folder / file).is_file():
            raise ModelError(f"{folder} holds no LoRA weights {file or '*.safetensors'!r}; set loras' weight_name")
        try:
            pipeline.load_lora_weights(folder, weight_name=file, adapter_name=name, local_files_only=True)
        except Exception as error:  # as above
            raise ModelError(f"the LoRA {folder / file} does not fit {type(pipeline).__name__}: {error}") from error
    pipeline.set_adapters(names, [lora.scale for lora in loras])
