"""The modules of encoders: a model that sees a clip as a whole, or one that sees frames, whose features are pooled."""

from collections.abc import Callable
from typing import Any, Literal

from synthgest.encoders.pixels import Normalise, Pixels
from synthgest.errors import MissingDependency

try:
    import torch
except ImportError as error:
    raise MissingDependency(f"encoders need {error.name}: pip install 'synthgest[train]'") from error

Pooling = Literal["mean", "attention"]
Feature = Callable[[Any, torch.Tensor], torch.Tensor]
"""A model and its normalised input, to features (N, D)."""


class Clips(torch.nn.Module):
    """A model that sees clips whole. feature: of the model and clips (B, T, 3, H, W) float, to (B, D)."""

    def __init__(self, model: torch.nn.Module, feature: Feature, pixels: Pixels) -> None:
        super().__init__()
        self.model = model
        self.normalise = Normalise(pixels)
        self._feature = feature

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """Clips (B, T, 3, H, W) uint8 to features (B, D) float."""
        return self._feature(self.model, self.normalise(clips))


class FrameWise(torch.nn.Module):
    """A model that sees frames; a clip's feature is its frames', pooled. feature: of the model and frames (N, 3, H, W) float."""

    def __init__(
        self, model: torch.nn.Module, feature: Feature, pixels: Pixels, pool: "Mean | AttentionPooling"
    ) -> None:
        super().__init__()
        self.model = model
        self.normalise = Normalise(pixels)
        self.pool = pool
        self._feature = feature

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """Clips (B, T, 3, H, W) uint8 of any length to features (B, D) float."""
        frames = self.normalise(clips).flatten(0, 1)
        features = self._feature(self.model, frames)
        pooled: torch.Tensor = self.pool(features.view(*clips.shape[:2], -1))
        return pooled


class Mean(torch.nn.Module):
    """The mean of frames' features: (B, T, D) to (B, D)."""

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """(B, T, D) to (B, D)."""
        return frames.mean(dim=1)


class AttentionPooling(torch.nn.Module):
    """A learned mean: each frame's weight is the softmax of v tanh(W x), x its feature (Ilse et al. 2018, eq. 8).

    A weighted mean stays in the space of the features, so that words can be compared with it.
    """

    def __init__(self, dimension: int, *, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.hidden = torch.nn.Linear(dimension, 128)
            self.weight = torch.nn.Linear(128, 1, bias=False)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """(B, T, D) to (B, D)."""
        weights = self.weight(torch.tanh(self.hidden(frames))).softmax(dim=1)
        pooled: torch.Tensor = (weights * frames).sum(dim=1)
        return pooled


def pool_of(pooling: Pooling, dimension: int, seed: int) -> "Mean | AttentionPooling":
    """The pooling of that name; ``attention`` begins at random, from the seed."""
    return AttentionPooling(dimension, seed=seed) if pooling == "attention" else Mean()
