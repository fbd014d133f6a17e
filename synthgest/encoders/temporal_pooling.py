"""From a vector of each frame to one of the clip: what is there, how it changes, and the frames that matter most."""

import torch
from torch import nn
from torch.nn import functional as F


class TemporalPooling(nn.Module):
    """Frames' vectors (B, T, D) in, a feature (B, D) out; any number of frames, also one."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.enter = nn.Linear(2 * dimension, dimension)
        self.mixing = nn.ModuleList(_Mixing(dimension) for _ in range(2))
        self.worth = nn.Linear(dimension, 1)
        self.leave = nn.Linear(3 * dimension, dimension)
        self.norm = nn.LayerNorm(dimension)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Attention over the frames, their maximum, and what they have in common as it came in: the short way to learn from."""
        steps = torch.diff(vectors, dim=1, prepend=vectors[:, :1])
        x = F.gelu(self.enter(torch.cat([vectors, steps], dim=2)))
        for mixing in self.mixing:
            x = mixing(x)
        attended = (self.worth(x).softmax(dim=1) * x).sum(dim=1)
        feature: torch.Tensor = self.norm(self.leave(torch.cat([attended, x.amax(dim=1), vectors.mean(dim=1)], dim=1)))
        return feature


class _Mixing(nn.Module):
    """A residual block in which neighbouring frames are mixed; beyond the ends the clip stands still."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dimension)
        self.across = nn.Conv1d(dimension, dimension, 3, padding=1, padding_mode="replicate")
        self.within = nn.Linear(dimension, dimension)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mixed = self.across(self.norm(x).transpose(1, 2)).transpose(1, 2)
        changed: torch.Tensor = x + self.within(F.gelu(mixed))
        return changed
