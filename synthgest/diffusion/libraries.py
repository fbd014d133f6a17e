"""torch and diffusers, imported when a model is first needed and told to keep quiet; absent, the line that installs them."""

import os
from functools import cache
from typing import Any

from synthgest.errors import MissingDependency, SpecError, nearest


@cache
def torch_library() -> Any:
    """The module torch."""
    try:
        import torch
    except ImportError as error:
        raise _missing(error) from error
    return torch


@cache
def diffusers_library() -> Any:
    """The module diffusers. Its bars and notes are silenced: progress has one bar, and errors have one place."""
    torch_library()
    try:
        import diffusers
        import transformers
    except ImportError as error:
        raise _missing(error) from error
    talkers: tuple[Any, ...] = (diffusers.utils.logging, transformers.utils.logging)
    for talker in talkers:
        talker.set_verbosity_error()
        talker.disable_progress_bar()
    return diffusers


def class_of(name: str, base: str, *, key: str) -> Any:
    """The class of diffusers (or transformers) called ``name``, which must derive from diffusers' ``base``.

    SpecError names ``key`` of the recipe: no other module is ever looked into.
    """
    diffusers = diffusers_library()
    import transformers

    kinds = {"ModelMixin": (diffusers.ModelMixin, transformers.PreTrainedModel)}.get(base, (getattr(diffusers, base),))
    for library in (diffusers, transformers):
        found = getattr(library, name, None) if name.isidentifier() and not name.startswith("_") else None
        if isinstance(found, type) and issubclass(found, kinds):
            return found
    known = [word for word in dir(diffusers) if word.endswith(("Pipeline", "Scheduler"))]
    raise SpecError(f"{key} is {name!r}, which is no {base} of diffusers; {nearest(name, known) if known else ''}")


def device_name() -> str:
    """Where models run: ``cuda``, ``mps``, ``xpu`` ... or ``cpu``."""
    torch = torch_library()
    return str(torch.accelerator.current_accelerator().type) if torch.accelerator.is_available() else "cpu"


def visible_devices() -> list[str]:
    """What ``CUDA_VISIBLE_DEVICES`` is for each of the devices that this process sees; none without CUDA."""
    torch = torch_library()
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    given = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    return given[:count] if given else [str(number) for number in range(count)]


def _missing(error: ImportError) -> MissingDependency:
    return MissingDependency(f"this generator needs {error.name}: pip install 'synthgest[text-to-video]'")
