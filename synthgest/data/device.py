"""Where torch computes: on the accelerator, if the machine has one."""

import torch


def best_device() -> str:
    """What torch calls the accelerator, or ``cpu``."""
    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return found.type if found else "cpu"
