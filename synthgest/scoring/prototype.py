"""The scorer ``prototype``: how alike a clip is to other clips of each class, in an encoder's features and without any text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.data.device import best_device
from synthgest.errors import SpecError
from synthgest.frames import Frames
from synthgest.scoring.references import TEMPERATURE, References, Seen
from synthgest.scoring.sample import Picture, Sample
from synthgest.scoring.scorer import ScorerMark
from synthgest.tables import to_value
from synthgest.training.recogniser import open_encoder


@dataclass(frozen=True, slots=True, kw_only=True)
class PrototypeSettings:
    """Settings of the scorer ``prototype``.

    encoder: whose features are compared: a name of ``synthgest list encoders``, or the folder of a training run. model: of the
    encoder, where it needs one. references: a folder of clips that show each class, real ones for preference; without it the data
    set's own clips, each compared with the others. nearest: references of each class that count. frames: looked at of each clip;
    0: as many as the encoder looks at. temperature: of the softmax. device: of torch; the accelerator if there is one.
    """

    encoder: str = "small"
    model: str = ""
    references: str = ""
    nearest: int = 2
    frames: int = 0
    temperature: float = TEMPERATURE
    device: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.frames <= 256:
            raise SpecError(f"frames is {self.frames}; expected 1 to 256 of a clip, or 0 for the encoder's own")
        if not self.temperature > 0:
            raise SpecError(f"temperature is {self.temperature}; expected more than 0")


class PrototypeScorer:
    """Nearest references by an encoder's features."""

    def __init__(self, dataset: Dataset, settings: Mapping[str, Any]) -> None:
        chosen = to_value(settings, PrototypeSettings, where="the scorer 'prototype'")
        self._encoder = open_encoder(chosen.encoder, {"model": chosen.model} if chosen.model else {})
        mark = self._encoder.mark
        if self._encoder.fixed and chosen.frames not in (0, mark.frames):
            raise SpecError(
                f"frames is {chosen.frames}, but the encoder {chosen.encoder!r} looks at {mark.frames} of a clip"
            )
        self._device = chosen.device or best_device()
        self._module = self._encoder.module.to(self._device).eval()
        frames = chosen.frames or mark.frames
        self._references = References(
            dataset,
            chosen.references,
            frames=frames,
            nearest=chosen.nearest,
            prepare=lambda sample: self._encoder.prepare(_stacked(sample.frames())),
            embed=self._embed,
        )
        self.mark = ScorerMark(
            scorer="prototype",
            model=f"{mark.encoder} {mark.model}".strip(),
            weights=mark.weights,
            preprocessing=mark.preprocessing,
            classes=dataset.classes,
            texts=(),
            temperature=chosen.temperature,
            frames=frames,
            ordered=mark.ordered,
            references=self._references.digest,
        )

    def prepare(self, sample: Sample) -> Seen:
        """The frames as the encoder wants them; nothing for a reference that was read before."""
        return self._references.prepare(sample)

    def cosines(self, prepared: Sequence[Seen]) -> NDArray[np.float32]:
        """(N, K) float32."""
        return self._references.cosines(prepared)

    def _embed(self, prepared: Sequence[torch.Tensor]) -> NDArray[np.float32]:
        with torch.inference_mode():
            features = self._module(torch.stack(list(prepared)).to(self._device)).float()
            unit: torch.Tensor = torch.nn.functional.normalize(features, dim=-1)
            return unit.cpu().numpy()


def _stacked(frames: Sequence[Picture]) -> Frames:
    """(T, H, W, 3), all as large as the first: a sample may be of clips that differ in size."""
    height, width = frames[0].shape[:2]
    return np.stack(
        [frame if frame.shape[:2] == (height, width) else cv2.resize(frame, (width, height)) for frame in frames]
    )
