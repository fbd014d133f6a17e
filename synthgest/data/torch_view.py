"""A data set as torch sees it: map-style, every item's chance from seed, epoch and index alone, soft labels when it is read."""

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from synthgest.data.cache import FrameCache
from synthgest.data.labelled import LabelledClip
from synthgest.data.manifest import ClassEntry
from synthgest.data.splits import GROUPINGS, groups_of
from synthgest.data.video import random_indices, tsn_indices
from synthgest.errors import CorruptClip, MissingDependency, SpecError

try:
    import torch
    from torch.utils.data import Dataset as MapDataset
except ImportError as error:
    raise MissingDependency("dataset.torch() needs torch: pip install 'synthgest[train]'") from error

if TYPE_CHECKING:
    Items = MapDataset[Any]
else:
    Items = MapDataset

Sampling = Literal["tsn", "tsn-random", "uniform"]
Transform = Callable[["torch.Tensor"], "torch.Tensor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSettings:
    """How clips become items.

    frames: of an item. sampling: ``tsn`` takes the centre of each of as many equal parts of the clip, ``tsn-random`` a random
    frame of each (for training), ``uniform`` frames from the first to the last. transform: of torchvision's kind, (T, C, H,
    W) float in [0, 1] in and out. flip: how often a clip is mirrored, where its gesture's rule allows it. on_corrupt:
    ``raise`` CorruptClip with the clip's id, or ``skip``: the next clip stands in, and ``skipped`` counts. details: items are
    dictionaries with everything, and not (video, label). cache: keeps decoded frames on a fast disk. seed: of all chance.
    """

    frames: int = 8
    sampling: Sampling = "tsn"
    transform: Transform | None = None
    flip: float = 0.0
    on_corrupt: Literal["raise", "skip"] = "raise"
    details: bool = False
    cache: FrameCache | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise SpecError(f"frames is {self.frames}; expected at least 1")
        if self.sampling not in ("tsn", "tsn-random", "uniform"):
            raise SpecError(f"sampling is {self.sampling!r}; expected 'tsn', 'tsn-random' or 'uniform'")
        if not 0 <= self.flip <= 1:
            raise SpecError(f"flip is {self.flip}; expected a share from 0 to 1")
        if self.on_corrupt not in ("raise", "skip"):
            raise SpecError(f"on_corrupt is {self.on_corrupt!r}; expected 'raise' or 'skip'")


class ClipDataset(Items):
    """Clips as (video, label): video (T, C, H, W) float32 in [0, 1] or what ``transform`` makes of it, label (K,) float32.

    labels: (N, K), rows sum to 1. weights: (N,) of a loss. Works with any DataLoader, any number of workers; call
    ``set_epoch`` before each epoch, and the same seed and epoch give the same items.
    """

    def __init__(
        self,
        clips: Sequence[LabelledClip],
        classes: Sequence[ClassEntry],
        labels: NDArray[np.float64],
        weights: NDArray[np.float64],
        settings: ViewSettings,
    ) -> None:
        self.clips = tuple(clips)
        self.labels = torch.from_numpy(labels.astype(np.float32))
        self.weights = torch.from_numpy(weights.astype(np.float32))
        self.settings = settings
        self._mirror = mirrors(classes)
        self._epoch = _shared_number()  # workers that persist see it change
        self._skipped = _shared_number()

    def set_epoch(self, epoch: int) -> None:
        """Other random frames, flips and transforms from now on, in workers too."""
        self._epoch.fill_(epoch)

    @property
    def skipped(self) -> int:
        """How often a clip that does not open was replaced."""
        return int(self._skipped)

    def __len__(self) -> int:
        """Number of clips."""
        return len(self.clips)

    def __getitem__(self, index: int) -> Any:
        """One item."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"item {index} of {len(self)}")
        for place in range(index % len(self), index % len(self) + len(self)):
            try:
                return self._item(place % len(self))
            except CorruptClip:
                if self.settings.on_corrupt == "raise":
                    raise
                self._skipped += 1
        raise CorruptClip(self.clips[index].id, "not one clip of this data set can be read")

    def _item(self, index: int) -> Any:
        clip, settings = self.clips[index], self.settings
        rng = np.random.default_rng([settings.seed, int(self._epoch), index])
        video = torch.from_numpy(_frames(clip, settings, rng)).permute(0, 3, 1, 2).float().div_(255)
        label = self.labels[index]
        mirror = self._mirror.get(clip.label)
        if mirror is not None and rng.random() < settings.flip:
            video, label = video.flip(-1), label[mirror]
        if settings.transform is not None:
            with seeded(int(rng.integers(2**31))):
                video = settings.transform(video)
        if not settings.details:
            return video, label
        return {
            "video": video,
            "label": label,
            "weight": self.weights[index],
            "target": clip.label,
            "id": clip.id,
            "gesture": clip.gesture,
            "groups": {grouping: " + ".join(groups_of(clip, grouping)) for grouping in GROUPINGS},
        }


def _frames(clip: LabelledClip, settings: ViewSettings, rng: np.random.Generator) -> NDArray[np.uint8]:
    total, count = clip.length, settings.frames
    if settings.sampling == "tsn":
        wanted = list(tsn_indices(total, count))
    elif settings.sampling == "uniform":
        wanted = [int(number) for number in np.linspace(0, total - 1, count).round()]
    else:
        wanted = list(random_indices(total, count, rng))
    return clip.frames_at(wanted) if settings.cache is None else settings.cache.frames_at(clip, wanted)


def mirrors(classes: Sequence[ClassEntry]) -> dict[int, NDArray[np.intp]]:
    """For each class that may be mirrored, how the columns of its label are then ordered: mirrored pairs change places."""
    numbers = {entry.name: entry.id for entry in classes}
    partners = {entry.id: _partner(entry, numbers) for entry in classes}
    pairs = {number: partner for number, partner in partners.items() if partner is not None}
    mutual = [pairs[number] if pairs.get(pairs.get(number, -1)) == number else number for number in range(len(classes))]
    orders = {number: np.array(mutual, np.intp) for number in pairs}
    for number, partner in pairs.items():
        orders[number][[number, partner]] = [partner, number]
    return orders


def _partner(entry: ClassEntry, numbers: dict[str, int]) -> int | None:
    """The class that a mirrored clip shows; None if it shows none of these."""
    return entry.id if entry.mirror == "same" else numbers.get(entry.mirror)


def _shared_number() -> "torch.Tensor":
    number: Any = torch.zeros((), dtype=torch.int64)
    shared: torch.Tensor = number.share_memory_()
    return shared


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Any library's own chance follows from the item's seed within, and goes on as before after."""
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  (transforms draw from it)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(
            seed
        )  # not torch.manual_seed, which for each call keeps one for every accelerator
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)  # noqa: NPY002
