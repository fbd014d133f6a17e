"""Settings of encoders that look at frames one by one."""

from dataclasses import dataclass

from synthgest.encoders.features import Pooling
from synthgest.errors import SpecError

FRAMES = 8
"""Looked at of each clip where nothing else is asked for (METHODS.md 4; TSN)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSettings:
    """Settings of a model of pictures.

    model: where its weights are, as the encoder says. frames: looked at of each clip; 0 for 8. pooling: ``mean`` of the frames'
    features, or ``attention``, weights that are learnt in training and begin at random. seed: of that beginning.
    """

    model: str = ""
    frames: int = 0
    pooling: Pooling = "mean"
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.frames <= 256:
            raise SpecError(f"frames is {self.frames}; expected 1 to 256 of a clip, or 0 for {FRAMES}")
