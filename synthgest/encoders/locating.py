"""Where the person is: several candidates are cropped and looked at again, and the one whose joints are surest is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from synthgest.encoders.pose_network import NECK, STRIDE, TWINS, PoseNetwork

CROP = 128
"""Side of a crop in pixels, as the network learns on."""

# Sides in pixels at which the whole picture is searched: for large people; and, where none is surely found, for small ones.
_LOOKS = ((128, 224), (320, 480))
_SURE = 0.6
_PEAKS = 3  # necks that are tried at each
_APART = 7  # cells of a heatmap: two necks are not nearer
_METRES = 2.4  # side of the crops on which candidates are compared
_REFINED = 2  # times that the kept one is cropped again
_BELOW = 0.12  # metres: the neck lies as far above the middle of a crop
_WEAKEST = 4  # joints that may be hidden without a candidate losing for it


@dataclass(frozen=True, slots=True)
class People:
    """One person in each of N pictures. necks: (N, 2) pixels. metre: (N,) pixels. sure: (N,), 0 to 1."""

    necks: torch.Tensor
    metre: torch.Tensor
    sure: torch.Tensor

    def of(self, numbers: torch.Tensor) -> "People":
        """Some of them, in that order."""
        return People(self.necks[numbers], self.metre[numbers], self.sure[numbers])


def locate(network: PoseNetwork, pictures: torch.Tensor) -> People:
    """The person whose joints are surest in each picture (N, 3, S, S) uint8."""
    large, small = _LOOKS
    found = _surest(network, pictures, large)
    unsure = torch.nonzero(found.sure < _SURE).squeeze(1)
    if not len(unsure):
        return found
    finer = _surest(network, pictures[unsure], small)
    better = finer.sure > found.sure[unsure]
    for kept, other in ((found.necks, finer.necks), (found.metre, finer.metre), (found.sure, finer.sure)):
        kept[unsure[better]] = other[better]
    return found


def _surest(network: PoseNetwork, pictures: torch.Tensor, looks: Sequence[int]) -> People:
    """The person whose joints are surest in each picture, searched at some sizes of it."""
    which, candidates = _candidates(network, pictures, looks)
    seen = around(network, pictures, which, candidates)
    best = torch.stack([torch.where(which == number, seen.sure, -1).argmax() for number in range(len(pictures))])
    found = seen.of(best)
    every = torch.arange(len(pictures), device=pictures.device)
    for _ in range(_REFINED):
        found = around(network, pictures, every, found)
    return found


def whole(videos: torch.Tensor, metres: float) -> People:
    """Of clips (B, T, 3, S, S) in which nobody can be found: as if a square of so many metres filled each picture."""
    clips, side = len(videos), videos.shape[-1]
    metre = torch.full((clips,), side / metres, device=videos.device)
    necks = torch.stack([torch.full_like(metre, side / 2), side / 2 - metre * _BELOW], dim=1)
    return People(necks, metre, torch.zeros_like(metre))


def crop(pictures: torch.Tensor, which: torch.Tensor, people: People, metres: float) -> torch.Tensor:
    """Squares of ``metres`` around people, (M, 3, CROP, CROP) uint8; beyond the picture its border goes on.

    which: (M,) the picture that each of M people is in.
    """
    side = people.metre * metres  # pixels
    middle = people.necks + torch.stack([torch.zeros_like(side), side * (_BELOW / metres)], dim=1)
    out = torch.empty(len(which), 3, CROP, CROP, dtype=torch.uint8, device=pictures.device)
    coarse = F.avg_pool2d(pictures.float(), 2)  # where a crop shrinks to less than half, no pixel is passed over
    for halved in (False, True):
        own = torch.nonzero((side > 2 * CROP) == halved).squeeze(1)
        if len(own):
            source = coarse if halved else pictures.float()
            out[own] = _sampled(source[which[own]], middle[own], side[own], pictures.shape[-1])
    return out


def _sampled(pictures: torch.Tensor, middle: torch.Tensor, side: torch.Tensor, width: int) -> torch.Tensor:
    """Crops of pictures whose full width, in the pixels of ``middle`` and ``side``, is ``width``."""
    theta = torch.zeros(len(pictures), 2, 3, device=pictures.device)
    theta[:, 0, 0] = theta[:, 1, 1] = side / width
    theta[:, :, 2] = middle / width * 2 - 1
    grid = F.affine_grid(theta, [len(pictures), 3, CROP, CROP], align_corners=False)
    found = F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    return found.round().clamp(0, 255).to(torch.uint8)


def _candidates(network: PoseNetwork, pictures: torch.Tensor, looks: Sequence[int]) -> tuple[torch.Tensor, People]:
    """Peaks of the neck's heatmap, at several sizes of the picture."""
    every = torch.arange(len(pictures), device=pictures.device)
    necks, metres = [], []
    for side in looks:
        small = F.interpolate(pictures.float(), size=(side, side), mode="bilinear", antialias=True, align_corners=False)
        poses = network(small.round().to(torch.uint8))
        back = pictures.shape[-1] / side
        heat = F.avg_pool2d(poses.heat[:, NECK].exp()[:, None], 3, stride=1, padding=1)
        peaks = torch.where(heat == F.max_pool2d(heat, _APART, stride=1, padding=_APART // 2), heat, 0).flatten(1)
        places = peaks.topk(_PEAKS, dim=1).indices
        down, across = places // heat.shape[-1], places % heat.shape[-1]
        necks.append((torch.stack([across, down], dim=2) + 0.5) * STRIDE * back)
        metres.append(poses.sizes.flatten(1).gather(1, places).exp() * back)
    which = every.repeat_interleave(_PEAKS).repeat(len(looks))
    metre = torch.cat([each.flatten() for each in metres])
    return which, People(torch.cat([each.flatten(0, 1) for each in necks]), metre, torch.zeros_like(metre))


def around(network: PoseNetwork, pictures: torch.Tensor, which: torch.Tensor, people: People) -> People:
    """The same people, seen on crops around them."""
    seen = read_around(network, pictures, which, people)
    return People(seen.places[:, NECK], seen.metre, certainty(seen.sure))


@dataclass(frozen=True, slots=True)
class Seen:
    """Joints of M people. places: (M, J, 2) pixels of the pictures. sure: (M, J), 0 to 1. metre: (M,) pixels."""

    places: torch.Tensor
    sure: torch.Tensor
    metre: torch.Tensor


def read_around(
    network: PoseNetwork,
    pictures: torch.Tensor,
    which: torch.Tensor,
    people: People,
    *,
    metres: float = _METRES,
    mirrored: bool = False,
) -> Seen:
    """The joints of people on squares of ``metres`` around them, looked at in a mirror if need be."""
    squares = crop(pictures, which, people, metres)
    poses = network(squares.flip(-1) if mirrored else squares)
    found, sure = poses.places, poses.sure
    if mirrored:
        found = torch.stack([CROP - found[..., 0], found[..., 1]], dim=-1)[:, TWINS]
        sure = sure[:, TWINS]
    scale = people.metre * metres / CROP
    corner = people.necks - scale[:, None] * CROP / 2
    corner[:, 1] += people.metre * _BELOW
    metre = (poses.size.exp() * scale).clamp(pictures.shape[-1] / 40, pictures.shape[-1])
    return Seen(corner[:, None] + found * scale[:, None, None], sure, metre)


def certainty(sure: torch.Tensor) -> torch.Tensor:
    """(N,): how sure joints (N, J) are on the whole, the least sure ones left out, for those may be hidden."""
    return sure.sort(dim=1).values[:, _WEAKEST:].mean(dim=1)
