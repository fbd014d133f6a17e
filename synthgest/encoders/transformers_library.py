"""Models of transformers: its own classes, told to keep quiet, with weights from safetensors that fill all of a model."""

from pathlib import Path
from typing import Any

from synthgest.encoders.pixels import Pixels, of_processor
from synthgest.encoders.weights import read_config
from synthgest.errors import MissingDependency, ModelError

try:
    import torch
    import transformers
except ImportError as error:
    raise MissingDependency(f"encoders need {error.name}: pip install 'synthgest[train]'") from error

_talker: Any = transformers.utils.logging
_talker.set_verbosity_error()  # what it would say is raised
_talker.disable_progress_bar()

_PROCESSORS = ("preprocessor_config.json", "video_preprocessor_config.json", "processor_config.json")


def kind_of(folder: Path, known: tuple[str, ...], encoder: str) -> str:
    """Which of the kinds of model that an encoder takes a folder holds; ModelError for any other."""
    kind = str(read_config(folder).get("model_type", ""))
    if kind not in known:
        raise ModelError(f"{folder} holds a model of type {kind!r}; the encoder {encoder!r} takes {' or '.join(known)}")
    return kind


def load_model(folder: Path, name: str, unused: tuple[str, ...] = ()) -> Any:
    """The model of transformers' class ``name`` in float32. unused: prefixes of weights that may be missing."""
    try:
        with torch.random.fork_rng(devices=[]):  # what is drawn is overwritten, or missing
            model, report = getattr(transformers, name).from_pretrained(
                folder, dtype=torch.float32, use_safetensors=True, local_files_only=True, output_loading_info=True
            )
    except Exception as error:  # broken files, foreign configurations: transformers raises what it meets
        raise ModelError(f"{folder} cannot be loaded as {name}: {error}") from error
    missing = sorted(key for key in report["missing_keys"] if not key.startswith(unused))
    if missing:  # transformers would leave them at random
        raise ModelError(f"{folder} lacks {len(missing)} of the weights of {name}, such as {missing[0]}")
    return model


def load_pixels(folder: Path, processor: str, edge: int, *, offset: float = 0.0) -> Pixels:
    """What the folder's processor, of transformers' class ``processor``, does; without one, what the class does to ``edge``."""
    kind = getattr(transformers, processor)
    try:
        if any((folder / name).is_file() for name in _PROCESSORS):
            found = kind.from_pretrained(folder, local_files_only=True)
        else:
            found = kind(size={"shortest_edge": edge}, crop_size={"height": edge, "width": edge}, do_center_crop=True)
    except Exception as error:  # as above
        raise ModelError(f"{folder} holds preprocessing that cannot be read: {error}") from error
    return of_processor(found, offset)


def load_tokenizer(folder: Path) -> Any:
    """The folder's tokenizer, without code of its own."""
    try:
        return transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # as above
        raise ModelError(f"{folder} holds no tokenizer that can be read: {error}") from error


def require_size(pixels: Pixels, edge: Any, folder: Path) -> None:
    """ModelError unless what is prepared is of the one size that the model takes: a square's edge, or both."""
    expected = tuple(edge) if isinstance(edge, (list, tuple)) else (edge, edge)
    if pixels.size != expected:
        raise ModelError(f"{folder} prepares frames of {pixels.size} pixels for a model of {expected}")
