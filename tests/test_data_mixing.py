"""Mixing: labels follow the pixels, and every data set has the share that it was given."""

from collections import Counter

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from synthgest.data.mixing import RatioSampler, cutmix, mixed, mixup
from synthgest.errors import SpecError


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Six clips, each of a grey of its own, with labels that were smoothed before."""
    videos = torch.arange(6.0).view(6, 1, 1, 1, 1).expand(6, 2, 3, 8, 10).contiguous()
    return videos, torch.eye(6) * 0.94 + 0.01


@pytest.mark.parametrize("way", [mixup, cutmix])
def test_labels_follow_the_pixels(way) -> None:
    videos, labels = batch()
    for seed in range(20):
        made, soft = way(videos, labels, alpha=1.0, rng=np.random.default_rng(seed))
        assert made.shape == videos.shape
        assert torch.allclose(soft.sum(dim=1), torch.ones(6))
        # a clip's mean grey is that of its label
        greys = (soft - 0.01) / 0.94 @ torch.arange(6.0)
        assert torch.allclose(made.mean(dim=(1, 2, 3, 4)), greys, atol=1e-4)


def test_cutmix_cuts_the_same_box_from_every_frame() -> None:
    videos, labels = batch()
    made, _ = cutmix(videos, labels, alpha=1.0, rng=np.random.default_rng(3))
    assert torch.equal(made[:, 0], made[:, 1])
    assert set(made.unique().tolist()) <= set(range(6))


@pytest.mark.parametrize("way", [mixup, cutmix])
def test_the_same_seed_mixes_alike_and_nothing_given_is_changed(way) -> None:
    videos, labels = batch()
    one, two = (way(videos, labels, alpha=0.4, rng=np.random.default_rng(5)) for _ in range(2))
    assert torch.equal(one[0], two[0])
    assert torch.equal(videos, batch()[0])


@pytest.mark.parametrize("way", [mixup, cutmix])
def test_what_cannot_be_mixed_is_refused(way) -> None:
    videos, labels = batch()
    rng = np.random.default_rng(0)
    with pytest.raises(SpecError, match="expected soft ones"):
        way(videos, labels.argmax(dim=1), alpha=1.0, rng=rng)
    with pytest.raises(SpecError, match="above 0"):
        way(videos, labels, alpha=0.0, rng=rng)


def test_every_data_set_has_its_share_of_an_epoch() -> None:
    synthetic, real = TensorDataset(torch.zeros(90, 1)), TensorDataset(torch.ones(10, 1))
    both, sampler = mixed([synthetic, real], [0.5, 0.5], seed=1)
    drawn = torch.cat([part for (part,) in DataLoader(both, batch_size=7, sampler=sampler)])
    assert (len(drawn), float(drawn.mean())) == (100, 0.5)
    counts = Counter(index for index in sampler if index >= 90)
    assert set(counts.values()) == {5}  # ten real clips, fifty places
    assert max(Counter(index for index in sampler if index < 90).values()) == 1


def test_the_order_is_the_seeds_and_the_epochs() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        sampler = RatioSampler([range(20), range(20)], [3, 1], length=24, seed=seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    assert order(0, 0) == order(0, 0)
    assert order(0, 0) != order(0, 1)
    assert order(0, 0) != order(1, 0)
    assert sum(index < 20 for index in order(0, 0)) == 18
    assert len(order(0, 0)) == 24


@pytest.mark.parametrize("shares", [[1.0], [], [0.0, 0.0], [-1.0, 2.0]])
def test_shares_that_make_no_sense_are_refused(shares: list[float]) -> None:
    with pytest.raises(SpecError, match="expected one of 0 or more"):
        RatioSampler([range(3), range(3)], shares)


def test_an_empty_data_set_has_no_share() -> None:
    with pytest.raises(SpecError, match="empty"):
        RatioSampler([range(3), range(0)], [1, 1])
    assert sorted(RatioSampler([range(3), range(0)], [1, 0])) == [0, 1, 2]
