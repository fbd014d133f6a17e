"""Mixing: batches blended after their labels were smoothed, and data sets drawn from by a ratio."""

from collections.abc import Iterator, Sequence, Sized
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import ConcatDataset, Dataset, Sampler

from synthgest.errors import SpecError


def mixup(videos: Tensor, labels: Tensor, *, alpha: float, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Each clip blended with another of the batch (Zhang et al. 2018): (B, T, C, H, W) and soft labels (B, K).

    alpha: of the Beta distribution that the share is drawn from, one for the batch. Labels are mixed as they are: smooth
    them before, and leave a library's own smoothing off.
    """
    share, partner = _share(alpha, rng), _partners(videos, labels, rng)
    return torch.lerp(videos[partner], videos, share), torch.lerp(labels[partner], labels, share)


def cutmix(videos: Tensor, labels: Tensor, *, alpha: float, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A box of each clip, the same in all its frames, replaced by another clip's (Yun et al. 2019).

    Labels are mixed by the area that is left. alpha: as for ``mixup``.
    """
    share, partner = _share(alpha, rng), _partners(videos, labels, rng)
    height, width = videos.shape[-2:]
    tall, wide = (round(side * float(np.sqrt(1 - share))) for side in (height, width))
    top, left = int(rng.integers(0, height - tall + 1)), int(rng.integers(0, width - wide + 1))
    mixed = videos.clone()
    mixed[..., top : top + tall, left : left + wide] = videos[partner][..., top : top + tall, left : left + wide]
    kept = 1 - tall * wide / (height * width)
    return mixed, torch.lerp(labels[partner], labels, kept)


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


def _share(alpha: float, rng: np.random.Generator) -> float:
    if not alpha > 0:
        raise SpecError(f"alpha is {alpha}; expected a number above 0")
    return float(rng.beta(alpha, alpha))


def _partners(videos: Tensor, labels: Tensor, rng: np.random.Generator) -> Tensor:
    if labels.ndim != 2 or len(labels) != len(videos) or not labels.is_floating_point():
        raise SpecError(
            f"labels are {labels.dtype} {tuple(labels.shape)}; expected soft ones, ({len(videos)}, K) float"
        )
    return torch.from_numpy(rng.permutation(len(videos)))
