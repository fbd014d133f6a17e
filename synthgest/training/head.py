"""From features to classes: a linear layer, or cosines with the words of the classes."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from synthgest.encoders.encoder import Encoder, TextEncoder
from synthgest.errors import SpecError

_DROPOUT = 0.2


class LinearHead(nn.Module):
    """Features (B, D) in, logits (B, K) out."""

    def __init__(self, dimension: int, classes: int) -> None:
        super().__init__()
        self.drop = nn.Dropout(_DROPOUT)
        self.linear = nn.Linear(dimension, classes)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits."""
        logits: torch.Tensor = self.linear(self.drop(features))
        return logits


class TextHead(nn.Module):
    """Cosines of features with the classes' words, times a temperature that is learned from the encoder's own on."""

    def __init__(self, words: torch.Tensor, temperature: float) -> None:
        super().__init__()
        self.register_buffer("words", words)
        self.temperature = nn.Parameter(torch.tensor(temperature).log())

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits (B, K)."""
        words = self.get_buffer("words")
        return self.temperature.exp() * F.normalize(features, dim=-1) @ words.T


def build_head(kind: str, encoder: Encoder, texts: Sequence[str]) -> nn.Module:
    """The head for classes that are called ``texts``; SpecError for a text head without an encoder of text."""
    if kind == "linear":
        return LinearHead(encoder.mark.dimension, len(texts))
    if not isinstance(encoder, TextEncoder):
        raise SpecError(
            f"the encoder {encoder.mark.encoder!r} has no words; a text head needs one that has: clip, siglip, xclip"
        )
    with torch.no_grad():
        return TextHead(encoder.words(texts).clone(), encoder.temperature)
