"""Mixing: batches blended by torchvision keep labels that follow the pixels; every data set has the share that it was given."""

from collections import Counter

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset
from torchvision import tv_tensors
from torchvision.transforms import v2

from synthgest.data.mixing import RatioSampler, mixed
from synthgest.errors import SpecError


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Six clips, each of a grey of its own, with labels that were smoothed before."""
    videos = torch.arange(6.0).view(6, 1, 1, 1, 1).expand(6, 2, 3, 8, 10).contiguous()
    return videos, torch.eye(6) * 0.94 + 0.01


@pytest.mark.parametrize("way", [v2.MixUp, v2.CutMix])
def test_torchvisions_mixing_goes_on_with_our_soft_labels(way: type[v2.Transform]) -> None:
    videos, labels = batch()
    for seed in range(20):
        torch.manual_seed(seed)
        made, soft = way(alpha=1.0)(tv_tensors.Video(videos), labels)
        assert made.shape == videos.shape
        assert torch.allclose(soft.sum(dim=1), torch.ones(6))
        # a clip's mean grey is that of its label
        greys = (soft - 0.01) / 0.94 @ torch.arange(6.0)
        assert torch.allclose(made.mean(dim=(1, 2, 3, 4)), greys, atol=1e-4)


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
