"""The scorer ``clip``: how alike a clip's frames are to its class's words, by any model of open_clip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.data.manifest import Texts, class_texts
from synthgest.errors import SpecError
from synthgest.scoring.open_clip_model import OpenClip
from synthgest.scoring.sample import Sample
from synthgest.scoring.scorer import ScorerMark
from synthgest.tables import to_value


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSettings:
    """Settings of the scorer ``clip``.

    model: ``local-dir:FOLDER`` or a folder in open_clip's format; ``hf-hub:OWNER/NAME``; or ``NAME:TAG`` of open_clip's own
    list, such as ``ViT-B-32:laion2b_s34b_b79k``; by default the small one that ships. texts: the class's phrase
    (``original``), what is seen of it (``transformed``), or both (``ensemble``). frames: looked at of each clip. device: of
    torch; the accelerator if there is one.
    """

    model: str = ""
    texts: Texts = "ensemble"
    frames: int = 8
    device: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.frames <= 256:
            raise SpecError(f"frames is {self.frames}; expected 1 to 256 of a clip")


class ClipScorer:
    """A clip's features against those of each class's words (arXiv 2505.19495, eq. 3)."""

    def __init__(self, dataset: Dataset, settings: Mapping[str, Any]) -> None:
        chosen = to_value(settings, ClipSettings, where="the scorer 'clip'")
        texts = tuple(class_texts(entry, chosen.texts) for entry in dataset.class_entries)
        self._clip = OpenClip(chosen.model, chosen.device)
        self.mark = ScorerMark(
            scorer="clip",
            model=self._clip.name,
            weights=self._clip.weights,
            preprocessing=self._clip.preprocessing,
            classes=dataset.classes,
            texts=texts,
            temperature=self._clip.temperature,
            frames=chosen.frames,
            ordered=False,
        )
        self._classes = [self._clip.words(each) for each in texts]

    def prepare(self, sample: Sample) -> Any:
        """The frames as open_clip prepares pictures, (T, 3, H, W)."""
        return self._clip.prepare(sample.frames())

    def cosines(self, prepared: Sequence[Any]) -> NDArray[np.float32]:
        """(N, K) float32."""
        videos = self._clip.videos(prepared)
        found = [(videos @ each).float().cpu().numpy() for each in self._classes]
        return np.stack(found, axis=1)
