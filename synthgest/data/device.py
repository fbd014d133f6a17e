"""Where torch computes: on the accelerator, if the machine has one."""

import torch


def best_device() -> str:
    """What torch calls the accelerator, or ``cpu``."""
    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return found.type if found else "cpu"


def gpu_count() -> int:
    """How many of them."""
    return int(torch.accelerator.device_count()) if torch.accelerator.is_available() else 0


def mixes_well(device: str) -> bool:
    """Whether bfloat16 is faster on a device: an accelerator, or a CPU with instructions for it; others take ten times as long."""
    if device != "cpu":
        return True
    known = torch.cpu.get_capabilities()
    return bool(known.get("amx_bf16") or known.get("avx512_bf16"))
