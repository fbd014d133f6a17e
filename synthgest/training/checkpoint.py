"""Checkpoints without pickles: tensors as safetensors, one file that appears whole, so a killed run goes on from its last."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from synthgest.data.storage import write_whole
from synthgest.errors import DatasetError


def save_weights(path: Path, module: nn.Module) -> None:
    """A module's weights as safetensors, whole or not at all."""
    write_whole(path, lambda part: safetensors.torch.save_model(module, str(part)))


def load_weights(path: Path, module: nn.Module) -> None:
    """Weights that ``save_weights`` kept, into a module of the same kind. DatasetError if they do not fit."""
    try:
        safetensors.torch.load_model(module, str(path))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise DatasetError(f"{path} does not hold the weights of this run's encoder: {error}") from error


def save_checkpoint(
    path: Path, modules: Mapping[str, nn.Module], optimizer: torch.optim.Optimizer, about: Mapping[str, Any]
) -> None:
    """Weights, the optimizer's memory, and plain values such as the step."""
    tensors = {
        f"{name}/{key}": value.detach().cpu().clone()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }
    for number, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            tensors[f"optimizer/{number}/{key}"] = torch.as_tensor(value).detach().cpu().clone()
    words = {"about": json.dumps(about)}
    write_whole(path, lambda part: safetensors.torch.save_file(tensors, str(part), metadata=words))


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The plain values of a checkpoint. DatasetError if it cannot be read."""
    try:
        with safe_open(str(path), framework="pt") as file:
            about: dict[str, Any] = json.loads((file.metadata() or {})["about"])
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise DatasetError(f"cannot go on from {path}: {error}; remove it to begin anew") from error
    return about


def load_checkpoint(path: Path, modules: Mapping[str, nn.Module], optimizer: torch.optim.Optimizer) -> None:
    """Fill modules and optimizer from a checkpoint. DatasetError if it is of another run."""
    try:
        tensors = safetensors.torch.load_file(str(path))
        for name, module in modules.items():
            module.load_state_dict(
                {key.partition("/")[2]: value for key, value in tensors.items() if key.startswith(f"{name}/")}
            )
    except (OSError, RuntimeError, SafetensorError) as error:
        raise DatasetError(f"cannot go on from {path}: {error}; remove it to begin anew") from error
    state: dict[int, dict[str, Any]] = {}
    for key, value in tensors.items():
        if key.startswith("optimizer/"):
            _, number, name = key.split("/")
            state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
