"""Where an encoder's weights are: a folder or file of this machine, or a snapshot of the hub, and safetensors alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthgest.errors import MissingDependency, ModelError
from synthgest.hub import HUB_NAME, snapshot

try:
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file
except ImportError as error:
    raise MissingDependency(f"encoders need {error.name}: pip install 'synthgest[train]'") from error

Weights = dict[str, torch.Tensor]

_FILES = ["*.safetensors", "*.json", "*.txt", "*.model"]
_PICKLES = {".bin", ".ckpt", ".pkl", ".pt", ".pth", ".tar"}
_CONVERT = (
    "weights as pickles are never loaded, for they can run code. Convert them where you trust them: "
    'python -c "import sys, torch; from safetensors.torch import save_file; w = torch.load(sys.argv[1], weights_only=True); '
    "w = w.get('model', w.get('module', w)); save_file({k: v.contiguous().clone() for k, v in w.items()}, sys.argv[2])\" "
)


def find_folder(model: str, encoder: str) -> Path:
    """The folder of a model: the one named, or OWNER/NAME in the hub's cache, fetched if the hub has it.

    ModelError within seconds where there is none, or only weights as pickles.
    """
    if not model:
        raise ModelError(
            f"the encoder {encoder!r} needs a model: --set model=FOLDER, or --set model=OWNER/NAME on the hub"
        )
    folder = Path(model).expanduser()
    if not folder.is_dir():
        if not HUB_NAME.fullmatch(model):
            raise ModelError(f"the model {model!r} is no folder, and no name on the hub, which would be OWNER/NAME")
        folder = snapshot(model, "model", files=_FILES, needed=_has_weights)
    if not _has_weights(folder):
        raise _no_safetensors(folder)
    return folder


def find_file(model: str, encoder: str) -> Path:
    """The safetensors of a model whose weights are one file: that file, or the one in its folder or snapshot."""
    path = Path(model).expanduser()
    if path.suffix in _PICKLES and path.is_file():
        raise ModelError(f"{path.name}: {_CONVERT}{path.name} {path.stem}.safetensors")
    if path.suffix == ".safetensors":
        if not path.is_file():
            raise ModelError(f"the encoder {encoder!r} finds no file {path}")
        return path
    folder = find_folder(model, encoder)
    found = sorted(folder.glob("*.safetensors"))
    if len(found) > 1:
        raise ModelError(f"{folder} holds {', '.join(each.name for each in found)}; name one: --set model=FILE")
    return found[0]


def read_weights(path: Path) -> Weights:
    """All tensors of a safetensors file by name, as float32 where they are floats."""
    try:
        found = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} cannot be read as safetensors: {error}") from error
    return {name: value.float() if value.is_floating_point() else value for name, value in found.items()}


def fill(module: torch.nn.Module, weights: Mapping[str, torch.Tensor], path: Path) -> None:
    """Load weights into a module whose names and shapes they must have, all of them; ModelError names what does not fit."""
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        first = str(error).splitlines()[1:3]
        raise ModelError(f"{path.name} holds other weights: {' '.join(line.strip() for line in first)}") from error


def read_config(folder: Path, name: str = "config.json") -> dict[str, Any]:
    """A model's configuration, as it is in its folder."""
    try:
        found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{folder} is no model: {name} cannot be read ({error})") from error
    return found


def name_of(model: str) -> str:
    """What marks call a model: its name on the hub, or that of its folder or file; never a path of this machine."""
    path = Path(model).expanduser()
    if path.is_dir():
        return path.resolve().name
    return path.name if path.is_file() else model  # a file of the hub's cache would resolve to its hash


def _has_weights(folder: Path) -> bool:
    return any(folder.glob("*.safetensors"))


def _no_safetensors(folder: Path) -> ModelError:
    pickles = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLES)
    if not pickles:
        return ModelError(f"{folder} holds no *.safetensors, and weights as pickles are never loaded")
    return ModelError(
        f"{folder} holds {', '.join(pickles)} and no *.safetensors: {_CONVERT}{pickles[0]} model.safetensors"
    )
