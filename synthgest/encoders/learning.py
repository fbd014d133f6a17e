"""The seam of encoders that learn from ground truth besides labels, as the one of our own does from joints and masks."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray

from synthgest.frames import Frames


@runtime_checkable
class Taught(Protocol):
    """An encoder that makes its own training samples, and has losses of its own."""

    def sample(
        self,
        frames: Frames,
        numbers: Sequence[int],
        truth: Mapping[str, NDArray[Any]],
        rng: np.random.Generator,
        *,
        mirrored: bool,
    ) -> dict[str, torch.Tensor]:
        """A training sample of frames (T, H, W, 3), which are ``numbers`` (T,) of a clip of L; called in workers.

        truth: (L, ...) of all its frames, or empty.
        All samples have the same keys and shapes; ``video`` is (T, C, h, w) uint8. mirrored: left and right change places, in the
        truth too.
        """
        ...

    def learn(self, batch: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Of a batch of samples the features (V, B, D), and its own losses by name, each a scalar that is weighted already.

        Features are those of V views of the same clips, of each of which the class is learned; the first is what is seen later.
        """
        ...
