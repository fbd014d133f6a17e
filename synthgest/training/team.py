"""The processes that train together, one for each device, where torchrun started more than one; else this one alone."""

import os
from collections.abc import Sequence

import torch

from synthgest.data.device import best_device
from synthgest.errors import MissingDependency


class Team:
    """Who trains. rank: this process's number, from 0. size: of all. device: this process's."""

    def __init__(self) -> None:
        self.rank, self.size, self.device = 0, 1, best_device()
        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            try:
                from accelerate import PartialState
            except ImportError as error:
                raise MissingDependency("several devices need accelerate: pip install 'synthgest[train]'") from error
            state = PartialState()
            self.rank, self.size, self.device = state.process_index, state.num_processes, str(state.device)

    @property
    def leads(self) -> bool:
        """Whether this process writes what the run keeps."""
        return self.rank == 0

    def wait(self) -> None:
        """Until all have come here."""
        if self.size > 1:
            torch.distributed.barrier()

    def average(self, tensors: Sequence[torch.Tensor]) -> None:
        """Let each tensor be the mean of what the processes hold."""
        if self.size == 1 or not tensors:
            return
        flat = torch.cat([tensor.detach().flatten().float() for tensor in tensors])
        torch.distributed.all_reduce(flat)
        means = torch.split(flat / self.size, [tensor.numel() for tensor in tensors])
        for tensor, mean in zip(tensors, means, strict=True):
            tensor.copy_(mean.view_as(tensor))
