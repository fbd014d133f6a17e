"""Mixing: several data sets as one, each with its share of every epoch."""

from collections.abc import Iterator, Sequence, Sized
from typing import Any

import numpy as np
from torch.utils.data import ConcatDataset, Dataset, Sampler

from synthgest.errors import SpecError


class RatioSampler(Sampler[int]):
    """Indices into ``ConcatDataset(datasets)``, drawn so that each data set has its share of every epoch.

    shares: of any sum, one a data set. length: items of an epoch; all items of the data sets together by default. A data set
    that is too small for its share comes round again before any of its items comes a third time. seed: of the order; call
    ``set_epoch`` before each epoch.
    """

    def __init__(
        self, datasets: Sequence[Sized], shares: Sequence[float], *, length: int | None = None, seed: int = 0
    ) -> None:
        if len(datasets) != len(shares) or not shares or min(shares) < 0 or not sum(shares) > 0:
            raise SpecError(
                f"shares are {list(shares)} for {len(datasets)} data sets; expected one of 0 or more for each"
            )
        for dataset, share in zip(datasets, shares, strict=True):
            if share > 0 and not len(dataset):
                raise SpecError("a data set with a share is empty; leave it out")
        self._sizes = [len(dataset) for dataset in datasets]
        self._shares = np.array(shares, float) / sum(shares)
        self._length = sum(self._sizes) if length is None else length
        self._seed, self._epoch = seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Another order from now on."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Items of an epoch."""
        return self._length

    def __iter__(self) -> Iterator[int]:
        """The indices of an epoch."""
        rng = np.random.default_rng([self._seed, self._epoch])
        counts = np.floor(self._shares * self._length).astype(int)
        counts[int(self._shares.argmax())] += self._length - counts.sum()
        starts = np.concatenate([[0], np.cumsum(self._sizes)])
        drawn = [
            start + _rounds(size, count, rng) for start, size, count in zip(starts, self._sizes, counts, strict=False)
        ]
        return iter(rng.permutation(np.concatenate(drawn)).tolist())


def mixed(
    datasets: Sequence[Dataset[Any]], shares: Sequence[float], *, length: int | None = None, seed: int = 0
) -> tuple[ConcatDataset[Any], RatioSampler]:
    """Several data sets of the same classes as one, and the sampler that gives each its share: for one DataLoader."""
    sized: Sequence[Any] = datasets
    return ConcatDataset(datasets), RatioSampler(sized, shares, length=length, seed=seed)


def _rounds(size: int, count: int, rng: np.random.Generator) -> np.ndarray[Any, np.dtype[np.int64]]:
    """``count`` numbers below ``size``: whole rounds of all of them, and then a part of one."""
    if not count:
        return np.empty(0, np.int64)
    return np.concatenate([rng.permutation(size) for _ in range(-(-count // size))])[:count].astype(np.int64)
