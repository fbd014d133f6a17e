"""The scorer ``prototype``: how alike a clip is to other clips of each class, in a model's features and without any text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.errors import SpecError
from synthgest.scoring.open_clip_model import OpenClip
from synthgest.scoring.references import TEMPERATURE, References, Seen
from synthgest.scoring.sample import Sample
from synthgest.scoring.scorer import ScorerMark
from synthgest.tables import to_value


@dataclass(frozen=True, slots=True, kw_only=True)
class PrototypeSettings:
    """Settings of the scorer ``prototype``.

    model: a CLIP, whose pictures' features are compared; named as for the scorer ``clip``. references: a folder of clips that
    show each class, real ones for preference; without it the data set's own clips, each compared with the others. nearest:
    references of each class that count. frames: looked at of each clip. temperature: of the softmax. device: of torch.
    """

    model: str = ""
    references: str = ""
    nearest: int = 2
    frames: int = 8
    temperature: float = TEMPERATURE
    device: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.frames <= 256:
            raise SpecError(f"frames is {self.frames}; expected 1 to 256 of a clip")
        if not self.temperature > 0:
            raise SpecError(f"temperature is {self.temperature}; expected more than 0")


class PrototypeScorer:
    """Nearest references by a CLIP's video features: means of frames, so their order does not matter."""

    def __init__(self, dataset: Dataset, settings: Mapping[str, Any]) -> None:
        chosen = to_value(settings, PrototypeSettings, where="the scorer 'prototype'")
        self._clip = OpenClip(chosen.model, chosen.device)
        self._references = References(
            dataset,
            chosen.references,
            frames=chosen.frames,
            nearest=chosen.nearest,
            prepare=lambda sample: self._clip.prepare(sample.frames()),
            embed=lambda prepared: self._clip.videos(prepared).float().cpu().numpy(),
        )
        self.mark = ScorerMark(
            scorer="prototype",
            model=self._clip.name,
            weights=self._clip.weights,
            preprocessing=self._clip.preprocessing,
            classes=dataset.classes,
            texts=(),
            temperature=chosen.temperature,
            frames=chosen.frames,
            ordered=False,
            references=self._references.digest,
        )

    def prepare(self, sample: Sample) -> Seen:
        """The frames as the model wants them; nothing for a reference that was read before."""
        return self._references.prepare(sample)

    def cosines(self, prepared: Sequence[Seen]) -> NDArray[np.float32]:
        """(N, K) float32."""
        return self._references.cosines(prepared)
