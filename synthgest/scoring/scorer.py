"""The seam of scorers: samples go in, cosines with the classes come out, and a mark says what they depend on."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.errors import SpecError
from synthgest.scoring.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerMark:
    """All that a scorer's cosines depend on.

    scorer: its name. model: what it looks with; weights, preprocessing: SHA-256 of the one and of how frames are prepared.
    classes: full names, in the order of the columns. texts: what stands for each class, if words do. references: SHA-256 of the
    clips that stand for the classes, if clips do. temperature: what
    cosines are multiplied by before the softmax. frames: looked at of each clip. ordered: whether their order matters to it.
    """

    scorer: str
    model: str
    weights: str
    preprocessing: str
    classes: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    temperature: float
    frames: int
    ordered: bool
    references: str = ""

    def __post_init__(self) -> None:
        if len(self.classes) < 2:
            raise SpecError(
                f"the data set has {len(self.classes)} class; scores tell classes apart, so there must be 2"
            )

    @property
    def digest(self) -> str:
        """12 hexadecimal digits over all of it; part of the folder's name in which scores are kept."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class Scorer(Protocol):
    """Looks at clips and compares them with classes."""

    @property
    def mark(self) -> ScorerMark:
        """What its cosines depend on."""
        ...

    def prepare(self, sample: Sample) -> Any:
        """Read and make ready a sample of ``mark.frames`` frames; called in several threads at once."""
        ...

    def cosines(self, prepared: Sequence[Any]) -> NDArray[np.float32]:
        """(N, K) float32: how alike each clip is to each class, from -1 to 1."""
        ...


class ScorerFactory(Protocol):
    """What an entry point in ``synthgest.scorers`` names."""

    def __call__(self, dataset: Dataset, settings: Mapping[str, Any]) -> Scorer:
        """Build the scorer for the classes of a data set; raise SpecError for a wrong setting."""
        ...
