"""Which weights of an encoder learn: all, none but the head's, the last blocks, or small matrices beside its linear layers."""

import torch
from torch import nn

from synthgest.errors import MissingDependency, SpecError

_LAST = 2  # blocks
_RANK = 8


def tuned(module: nn.Module, tune: str, seed: int) -> nn.Module:
    """The module with what does not learn held fixed; for ``lora`` wrapped by peft, until ``merge``. seed: of new weights."""
    if tune == "lora":
        return _adapted(module, seed)
    module.requires_grad_(tune == "all")
    if tune == "last":
        for block in _blocks(module)[-_LAST:]:
            block.requires_grad_(True)
    return module


def merge(module: nn.Module) -> None:
    """Add what adapters have learned to the weights beside them, and take the adapters out."""
    unload = getattr(module, "merge_and_unload", None)
    if unload is not None:
        unload()


def learning(module: nn.Module) -> bool:
    """Whether anything in a module learns."""
    return any(weight.requires_grad for weight in module.parameters())


def _blocks(module: nn.Module) -> list[nn.Module]:
    """The longest row of like parts, which is what a network is mainly made of; a model's half for text sees no clip."""
    rows: list[list[nn.Module]] = []
    for name, whole in module.named_modules():
        parts = [
            part
            for part in whole.children()
            if any(True for _ in part.children()) and any(True for _ in part.parameters())
        ]
        if "text" not in name:
            rows += [[part for part in parts if type(part) is kind] for kind in {type(part) for part in parts}]
    long = [row for row in rows if len(row) > _LAST]
    if not long:
        raise SpecError(
            "this encoder has no row of blocks of which the last could learn; choose tune = all, head or lora"
        )
    return max(long, key=lambda row: (len(row), sum(weight.numel() for part in row for weight in part.parameters())))


def _adapted(module: nn.Module, seed: int) -> nn.Module:
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise MissingDependency("tune = lora needs peft: pip install 'synthgest[train]'") from error
    if not any(isinstance(part, nn.Linear) for part in module.modules()):
        raise SpecError("this encoder has no linear layers for lora; choose tune = all, head or last")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        adapted: nn.Module = get_peft_model(
            module, LoraConfig(r=_RANK, lora_alpha=2 * _RANK, target_modules="all-linear")
        )
    return adapted
