"""What a report rests on, gathered once: looks, features, scores and failures of a set, and what its clips say of one another."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from synthgest.data.cache import ArrayCache
from synthgest.data.dataset import Clip, Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.data.real.dataset import RealDataset
from synthgest.data.records import Failure
from synthgest.data.splits import RELATIVES, groups
from synthgest.data.storage import make_folder
from synthgest.encoders.encoder import Encoder
from synthgest.errors import DatasetError, SpecError, StorageError
from synthgest.evaluation.consistency import Consistency, consistency
from synthgest.evaluation.extraction import features
from synthgest.quality.looks import Look, look_at_all, twins
from synthgest.scoring.store import Scores, score_folders
from synthgest.scoring.validation import Validation, read_validation
from synthgest.training.recogniser import open_encoder

logger = logging.getLogger(__name__)

_MOST_CLASSES = 2000  # a table of what is taken for what has as many rows as columns

AnySet: TypeAlias = Dataset | RealDataset
Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how many clips more are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """How a report looks.

    encoder: whose features are compared; a name of ``synthgest list encoders`` or a training run. pictures: the encoder that looks
    at single pictures, to see what the scene gives away. cache: a folder where looks and features are kept; none without it. seed:
    of what is drawn by chance. players: about how many clips play in the page.
    """

    encoder: str = "small"
    encoder_settings: Mapping[str, Any] = field(default_factory=dict)
    pictures: str = "clip"
    cache: Path | None = None
    seed: int = 0
    players: int = 24

    def __post_init__(self) -> None:
        if not 0 <= self.players <= 200:
            raise SpecError(f"players is {self.players}; expected 0 to 200 clips that play in the page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One scorer's scores of the set. name: of its folder. validation: what it was found to be good for, or None."""

    name: str
    scores: Scores
    validation: Validation | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """A set and what is known of it.

    clips: those that can be read, in order; labels, (N,), features, (N, D), and groups, (N,), are of them. unreadable: why the
    others cannot, by id. pairs: positions of near-duplicates. agreed: what the clips say of one another, or None; silence: why not.
    """

    name: str
    dataset: AnySet
    clips: Sequence[LabelledClip]
    looks: Mapping[str, Look]
    unreadable: Mapping[str, str]
    encoder: Encoder
    labels: NDArray[np.intp]
    features: NDArray[np.float32]
    groups: Sequence[int]
    pairs: Sequence[tuple[int, int]]
    agreed: Consistency | None
    silence: str
    judged: Sequence[Judged]
    failures: Sequence[Failure]
    settings: ReportSettings

    @property
    def classes(self) -> tuple[str, ...]:
        """Names; the position is the label."""
        return self.dataset.classes

    @property
    def made(self) -> Sequence[Clip]:
        """The clips that synthgest made, with their records; none of a set that was filmed."""
        return [clip for clip in self.clips if isinstance(clip, Clip)]

    def of(self, label: int) -> list[int]:
        """Positions of the clips of a class."""
        return np.flatnonzero(self.labels == label).tolist()

    def look(self, position: int) -> Look:
        """What was seen of a clip."""
        return self.looks[self.clips[position].id]


def gather(dataset: AnySet, settings: ReportSettings, *, progress: Progress | None = None) -> Evidence:
    """Look at all clips of a set. DatasetError if none can be read."""
    told = progress or (lambda *_: None)
    name = (dataset.folder if isinstance(dataset, Dataset) else Path(dataset.name)).resolve().name
    clips: list[LabelledClip] = [*dataset.clips]
    store = _writable(settings.cache)
    settings = replace(settings, cache=store)
    kept = None if store is None else ArrayCache(folder=store / "looks")
    seen = look_at_all(clips, cache=kept, progress=lambda count: told("looking", count, len(clips)))
    readable = [clip for clip in clips if clip.id in seen.looks]
    if not readable:
        raise DatasetError(f"none of the {len(clips)} clips of {name} can be read; `synthgest verify` says why")
    encoder = open_encoder(settings.encoder, settings.encoder_settings)
    rows, there = features(
        encoder,
        readable,
        cache=None if store is None else store / "features",
        progress=lambda count: told("features", count, len(readable)),
    )
    pairs = tuple(twins(there, seen.looks))
    numbers = _with_twins(groups(there, RELATIVES), pairs)
    agreed, silence = _agreed(rows, there, numbers, dataset.classes, settings.seed)
    return Evidence(
        name=name,
        dataset=dataset,
        clips=there,
        looks=seen.looks,
        unreadable=seen.unreadable,
        encoder=encoder,
        labels=np.array([clip.label for clip in there], np.intp),
        features=rows,
        groups=numbers,
        pairs=pairs,
        agreed=agreed,
        silence=silence,
        judged=_judged(dataset),
        failures=dataset.failures if isinstance(dataset, Dataset) else (),
        settings=settings,
    )


def _with_twins(numbers: Sequence[int], pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Numbers of groups, where near-duplicates are of one group too: they would vouch for one another."""
    rows, columns = zip(*[(numbers[one], numbers[other]) for one, other in pairs], strict=True) if pairs else ((), ())
    size = max(numbers, default=0) + 1
    joined = connected_components(coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size)), directed=False)[
        1
    ]
    return [int(joined[number]) for number in numbers]


def _writable(folder: Path | None) -> Path | None:
    """The folder of the cache, or None where nothing can be kept: a report is only slower then."""
    if folder is not None:
        try:
            make_folder(folder)
        except StorageError as error:
            logger.warning("nothing is kept for the next report: %s", error)
            return None
        if not os.access(folder, os.W_OK):
            logger.warning("nothing is kept for the next report: %s cannot be written", folder)
            return None
    return folder


def _agreed(
    rows: NDArray[np.float32],
    clips: Sequence[LabelledClip],
    numbers: Sequence[int],
    classes: Sequence[str],
    seed: int,
) -> tuple[Consistency | None, str]:
    if len(classes) > _MOST_CLASSES:
        return None, f"there are {len(classes)} classes, and at most {_MOST_CLASSES} are told apart"
    try:
        return consistency(rows, [clip.label for clip in clips], numbers, classes, seed=seed), ""
    except SpecError as error:
        return None, str(error)


def _judged(dataset: AnySet) -> list[Judged]:
    if not isinstance(dataset, Dataset):
        return []
    found = []
    for name, folder in score_folders(dataset).items():
        scores = folder.read()
        if len(scores):
            found.append(Judged(name=name, scores=scores, validation=read_validation(folder.path)))
    return found
