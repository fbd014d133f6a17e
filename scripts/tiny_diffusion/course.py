"""A course of learning that goes on where it was interrupted: steps, their losses as a curve, and a running mean of the weights."""

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from synthgest.data.storage import make_folder
from synthgest.training.checkpoint import load_checkpoint, read_checkpoint, save_checkpoint

Losses = Callable[[int], Mapping[str, Tensor]]
"""By the number of a step, from 0: its losses by name, which are added up."""

TOLD, SAVED = 25, 60.0  # steps between two points of the curve; seconds between two checkpoints
WARM, LEAST = 0.03, 0.02  # part of the steps in which the learning rate rises; what is left of it at the end


class Taught(NamedTuple):
    """What came of a course. curve: for every point the step, and the mean of each loss since the last."""

    seconds: float
    curve: list[dict[str, float]]


def learn(
    path: Path, module: nn.Module, losses: Losses, *, steps: int, lr: float, decay: float, seed: int, dtype: torch.dtype
) -> Taught:
    """Take all steps that are left, and let the module have the mean of its weights. path: of the checkpoint.

    decay: of that mean. dtype: of what is multiplied.
    """
    make_folder(path.parent)
    optimizer = torch.optim.AdamW(module.parameters(), lr=lr, betas=(0.9, 0.95), weight_decay=0.01)
    kept = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(decay))
    parts = {"module": module, "kept": kept}
    about: dict[str, Any] = {"step": 0, "seconds": 0.0, "curve": []}
    if path.exists():
        about = read_checkpoint(path)
        load_checkpoint(path, parts, optimizer)
    before, began = about["seconds"], time.monotonic()
    saved = began
    recent: list[dict[str, float]] = []
    device = next(module.parameters()).device.type
    for step in range(about["step"], steps):
        torch.manual_seed(seed * 1_000_003 + step)
        for group in optimizer.param_groups:
            group["lr"] = lr * pace(step / steps)
        with torch.autocast(device, dtype, enabled=dtype != torch.float32):
            found = losses(step)
        total = torch.stack(list(found.values())).sum()
        optimizer.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
        kept.update_parameters(module)
        recent.append({name: float(loss.detach()) for name, loss in found.items()})
        about["step"], about["seconds"] = step + 1, before + time.monotonic() - began
        if about["step"] % TOLD == 0 or about["step"] == steps:
            point = {name: sum(each[name] for each in recent) / len(recent) for name in found}
            about["curve"].append({"step": about["step"], **{name: round(loss, 5) for name, loss in point.items()}})
            recent.clear()
            said = ", ".join(f"{name} {loss:.4f}" for name, loss in point.items())
            print(f"{path.stem}, step {about['step']} of {steps}, {about['seconds']:.0f} s: {said}", flush=True)
        if time.monotonic() - saved > SAVED or about["step"] == steps:
            saved = time.monotonic()
            save_checkpoint(path, parts, optimizer, about)
    module.load_state_dict(kept.module.state_dict())
    return Taught(about["seconds"], about["curve"])


def pace(done: float) -> float:
    """Of the highest learning rate: up in a line, down as a cosine."""
    if done < WARM:
        return max(done / WARM, 0.01)
    return LEAST + (1 - LEAST) * 0.5 * (1 + math.cos(math.pi * (done - WARM) / (1 - WARM)))
