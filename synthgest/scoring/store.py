"""Scores on disk: ``scores/<scorer>-<digest>/``, parts of cosines by clip; probabilities, entropy and labels are derived."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from synthgest.data.dataset import Clip, Dataset
from synthgest.data.storage import make_folder, write_bytes, write_whole
from synthgest.errors import DatasetError, SpecError
from synthgest.labels import (
    WEIGHT,
    LabelMode,
    Normalisation,
    Uncertainty,
    class_probabilities,
    entropy,
    sample_weights,
    soft_labels,
)
from synthgest.scoring.scorer import ScorerMark
from synthgest.tables import to_value

_ABOUT = "about.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of a data set's clips by one scorer. ids: of the clips, (N,). targets: (N,) labels. cosines: (N, K)."""

    mark: ScorerMark
    ids: tuple[str, ...]
    targets: NDArray[np.intp]
    cosines: NDArray[np.float32]

    def __len__(self) -> int:
        """Number of clips."""
        return len(self.ids)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """(N, K): softmax at the scorer's temperature."""
        return class_probabilities(self.cosines, self.mark.temperature)

    @property
    def entropy(self) -> NDArray[np.float64]:
        """(N,) nats."""
        return entropy(self.probabilities)

    @property
    def agreement(self) -> float:
        """Share of the clips whose most probable class is their label; NaN without clips."""
        return float((self.cosines.argmax(axis=1) == self.targets).mean()) if len(self) else float("nan")

    def soft_labels(
        self,
        mode: LabelMode = "ul",
        *,
        normalize: Normalisation = "logk",
        weight: float = WEIGHT,
        uncertainty: Uncertainty = "entropy",
    ) -> NDArray[np.float64]:
        """(N, K) labels to train on; see ``synthgest.labels.soft_labels``."""
        return soft_labels(
            self.probabilities, self.targets, mode=mode, normalize=normalize, weight=weight, uncertainty=uncertainty
        )

    def sample_weights(
        self, mode: LabelMode = "ul", *, normalize: Normalisation = "logk", uncertainty: Uncertainty = "entropy"
    ) -> NDArray[np.float64]:
        """(N,) weights in a loss; see ``synthgest.labels.sample_weights``."""
        return sample_weights(self.probabilities, self.targets, mode=mode, normalize=normalize, uncertainty=uncertainty)


class ScoreFolder:
    """Where one scorer's scores of one data set are kept: safe to write from several processes, each a part of its own."""

    def __init__(self, dataset: Dataset, mark: ScorerMark) -> None:
        self.path = dataset.folder / "scores" / f"{mark.scorer}-{mark.digest}"
        self._dataset = dataset
        self._mark = mark

    def begin(self) -> None:
        """Make the folder, and say in it what its scores depend on."""
        make_folder(self.path)
        if not (self.path / _ABOUT).exists():
            write_bytes(self.path / _ABOUT, json.dumps(asdict(self._mark), indent=1, ensure_ascii=False).encode())

    def add(self, clips: Sequence[Clip], cosines: NDArray[np.float32]) -> None:
        """Write the scores of some clips as one part, whole or not at all."""
        table = pa.table(
            {
                "id": [clip.record.id for clip in clips],
                "sha256": [clip.record.sha256 for clip in clips],
                "cosines": pa.array(list(cosines), pa.list_(pa.float32(), len(self._mark.classes))),
            }
        )
        write_whole(self.path / f"part-{secrets.token_hex(8)}.parquet", lambda part: pq.write_table(table, part))

    def read(self) -> Scores:
        """The scores of all clips that have any; of a clip that was made anew only those of its present video."""
        found = self._found()
        clips = [clip for clip in self._dataset if clip.record.id in found]
        columns = len(self._mark.classes)
        return Scores(
            mark=self._mark,
            ids=tuple(clip.record.id for clip in clips),
            targets=np.array([clip.label for clip in clips], np.intp),
            cosines=np.array([found[clip.record.id] for clip in clips], np.float32).reshape(len(clips), columns),
        )

    def missing(self) -> list[Clip]:
        """Clips without a score, in the data set's order."""
        found = self._found()
        return [clip for clip in self._dataset if clip.record.id not in found]

    def _found(self) -> dict[str, NDArray[np.float32]]:
        videos = {clip.record.id: clip.record.sha256 for clip in self._dataset}
        found: dict[str, NDArray[np.float32]] = {}
        for path in sorted(self.path.glob("part-*.parquet")):
            table = _read_part(path)
            cosines = table["cosines"].combine_chunks().flatten().to_numpy().reshape(table.num_rows, -1)
            if not np.isfinite(cosines).all():
                raise DatasetError(f"{path} holds scores that are NaN or infinite; remove it and score again")
            for name, digest, row in zip(table["id"].to_pylist(), table["sha256"].to_pylist(), cosines, strict=True):
                if videos.get(name) == digest:
                    found[name] = row
        return found


def score_folders(dataset: Dataset) -> dict[str, ScoreFolder]:
    """All scores that a data set has, by the name of their folder, in alphabetical order."""
    found = {}
    for about in sorted((dataset.folder / "scores").glob(f"*/{_ABOUT}")):
        try:
            table = json.loads(about.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise DatasetError(f"cannot read {about}: {error}; remove its folder and score again") from error
        found[about.parent.name] = ScoreFolder(dataset, to_value(table, ScorerMark, where=str(about)))
    return found


def read_scores(dataset: Dataset, name: str = "") -> Scores:
    """The scores of a data set: of the folder (or scorer) called ``name``, or the only ones that there are."""
    folders = {key: folder for key, folder in score_folders(dataset).items() if key.startswith(name)}
    if len(folders) != 1:
        known = ", ".join(score_folders(dataset)) or "none; run `synthgest score` first"
        which = f"scores {name!r}" if name else "scores"
        raise SpecError(f"{dataset.folder} has {len(folders)} {which} to choose from; there are: {known}")
    (folder,) = folders.values()
    return folder.read()


def _read_part(path: Path) -> Any:
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path} cannot be read ({error}); remove it and score again") from error
