"""The seam of encoders that learn from ground truth besides labels, as the one of our own does from joints and masks."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray

from synthgest.frames import Frames


@runtime_checkable
class Taught(Protocol):
    """An encoder that makes its own training samples, and has losses of its own."""

    def sample(
        self, frames: Frames, truth: Mapping[str, NDArray[Any]], rng: np.random.Generator, *, mirrored: bool
    ) -> dict[str, torch.Tensor]:
        """A training sample of frames (T, H, W, 3) and their truth (T, ...), which may be empty; called in workers.

        All samples have the same keys and shapes; ``video`` is (T, C, h, w) uint8. mirrored: left and right change places, in the
        truth too.
        """
        ...

    def learn(self, batch: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Of a batch of samples the features (B, D), and its own losses by name, each a scalar that is weighted already."""
        ...
