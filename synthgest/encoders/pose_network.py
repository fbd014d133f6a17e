"""A small network that sees how a person stands: joint heatmaps, the person's mask and size, and a vector that says it all."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from synthgest.data.device import mixes_well
from synthgest.motion.mirror import twin
from synthgest.motion.skeleton import JOINT_INDEX

_SIDED = ("shoulder", "elbow", "wrist", "middle2", "hip", "knee", "ankle")
JOINTS: tuple[str, ...] = ("head", "neck", *(f"{side}_{name}" for name in _SIDED for side in ("left", "right")))
"""The 16 joints that it learns, named as in SMPL-X; ``middle2`` stands for the hand."""

SMPLX = [JOINT_INDEX[name] for name in JOINTS]
"""Where they are among the 55 of SMPL-X."""

TWINS = [JOINTS.index(twin(name)) for name in JOINTS]
"""The numbers of the joints of the other side."""

NECK = JOINTS.index("neck")
_HIPS = [JOINTS.index("left_hip"), JOINTS.index("right_hip")]

STRIDE = 4
"""Pixels of the picture to one of a heatmap."""

_MEAN, _SPREAD = 0.45, 0.25  # of pixels, of 1
_ABOUT = 3  # cells from a heatmap's peak that count for its place: of two places, the mean is neither
_SHAPE = 16  # values that are read from the features at each joint
_GLOBAL = 128  # values that are read from the whole picture
_LEAST_TORSO = 6.0  # pixels; below, a torso is noise
_SIZE = 4.0  # logarithm of the usual pixels to a metre
_WELL_SEEN = 0.8  # how sure a place is that is told
_JITTER = 0.02  # of a torso: joints are shaken by as much in training, for at first they are known too well


@dataclass(frozen=True, slots=True)
class Poses:
    """What the network sees in N pictures of H x W pixels, J joints each, on maps of h x w = H/4 x W/4.

    heat: (N, J, h, w) log-probabilities that sum to 1 over each map. places: (N, J, 2) pixels, of their peaks. sure: (N, J), 0 to
    1: how much of the probability lies about its peak. mask: (N, h, w) logits. sizes: (N, h, w) logarithm of the pixels to a
    metre, for whose neck is there. vector: (N, D). imagined: (M, D) vectors of M frames of which nothing but the joints is known.
    """

    heat: torch.Tensor
    places: torch.Tensor
    sure: torch.Tensor
    mask: torch.Tensor
    sizes: torch.Tensor
    vector: torch.Tensor
    imagined: torch.Tensor

    @property
    def size(self) -> torch.Tensor:
        """(N,): logarithm of the pixels to a metre, where the neck most probably is."""
        return (self.sizes * self.heat[:, NECK].detach().exp()).sum(dim=(1, 2))


class PoseNetwork(nn.Module):
    """A residual trunk with a feature pyramid up to a quarter of the picture. width: of its first layer; 32 has 3 M parameters."""

    def __init__(self, width: int, dimension: int) -> None:
        super().__init__()
        one, two, three, four = width, width + width // 2, 3 * width, 6 * width
        self.stem = _conv(3, one, size=5, stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(_Block(before, after, 2), _Block(after, after, 1))
            for before, after in ((one, two), (two, three), (three, four), (four, four))
        )
        self.lateral = nn.ModuleList(
            nn.Conv2d(before, after, 1) for before, after in ((two, two), (three, three), (four, three), (four, three))
        )
        self.merge = nn.ModuleList(_conv(before, after) for before, after in ((two, two), (three, two), (three, three)))
        self.maps = nn.Conv2d(two, len(JOINTS) + 2, 1)
        self.at_joints = nn.Linear(two, _SHAPE)
        self.of_all = nn.Linear(2 * four, _GLOBAL)
        # Normalised over the batch: what hardly differs from clip to clip at first must not drown what does.
        self.stance = _perceptron(len(JOINTS) * 3, dimension)
        self.looks = _perceptron(len(JOINTS) * _SHAPE + _GLOBAL, dimension)

    def forward(
        self, pictures: torch.Tensor, told: torch.Tensor | None = None, imagined: torch.Tensor | None = None
    ) -> Poses:
        """Pictures (N, 3, H, W) uint8, H and W multiples of 32.

        told: (N, J, 2) places that the vector believes instead of those seen, pixels; NaN where nothing is told. imagined:
        (M, J, 2) places of joints, pixels, that no picture shows.
        """
        features, middle, last = self._trunk(pictures)
        maps = self.maps(features).float()
        heat = maps[:, : len(JOINTS)].flatten(2).log_softmax(dim=-1).unflatten(2, maps.shape[2:])
        places, sure, peaks = located(heat.detach())
        overall = self.of_all(torch.cat([last.mean(dim=(2, 3)), middle.amax(dim=(2, 3))], dim=1))
        shape = self.at_joints(torch.einsum("njhw,nchw->njc", peaks, features))
        believed, trusted = places if told is None else torch.where(told.isnan(), places, told), sure
        if imagined is not None:  # in one batch with the others, so that they are normalised alike
            believed = torch.cat([believed, imagined])
            trusted = torch.cat([trusted, trusted[torch.randint(len(trusted), (len(imagined),), device=sure.device)]])
        stances = self.stance(torch.cat([self._stance(believed), trusted], dim=1))
        vector = stances[: len(pictures)] + self.looks(torch.cat([shape.flatten(1), overall], dim=1))
        return Poses(heat, places, sure, maps[:, -2], maps[:, -1] + _SIZE, vector, stances[len(pictures) :])

    def imagine(self, joints: torch.Tensor) -> torch.Tensor:
        """Vectors (M, D) of frames of which nothing but the joints (M, J, 2) is known, as sure as if they had been seen well."""
        sure = torch.full(joints.shape[:2], _WELL_SEEN, device=joints.device)
        vectors: torch.Tensor = self.stance(torch.cat([self._stance(joints), sure], dim=1))
        return vectors

    def _trunk(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The finest features, and what is pooled over the whole picture: of the last stage but one, and of the last."""
        scaled = (pictures.float() / 255 - _MEAN) / _SPREAD
        kind = pictures.device.type
        # Only to learn faster: what was learned says the same on every machine.
        with torch.autocast(kind, torch.bfloat16, enabled=self.training and mixes_well(kind)):
            x = self.stem(scaled.contiguous(memory_format=torch.channels_last))
            levels = []
            for stage in self.stages:
                x = stage(x)
                levels.append(x)
            finer = self.lateral[3](levels[3])
            for level in (2, 1, 0):
                side = self.lateral[level](levels[level])
                finer = self.merge[level](side + F.interpolate(finer, size=side.shape[2:], mode="nearest"))
        return finer.float(), levels[2].float(), levels[3].float()

    def _stance(self, places: torch.Tensor) -> torch.Tensor:
        """Joints seen from the neck, in torsos: the same wherever and however large the person is."""
        neck = places[:, NECK : NECK + 1]
        torso = (places[:, _HIPS].mean(dim=1, keepdim=True) - neck).norm(dim=-1, keepdim=True).clamp_min(_LEAST_TORSO)
        if self.training:
            places = places + torch.randn_like(places) * _JITTER * torso
        stance: torch.Tensor = ((places - neck) / torso).clamp(-4, 4)
        return stance.flatten(1)


def located(heat: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """From log-heatmaps (N, J, h, w) the places (N, J, 2) of their peaks in pixels, how sure they are (N, J), and the peaks alone.

    A peak is what lies within three cells of the surest, scaled to sum to 1; its place is its mean.
    """
    height, width = heat.shape[2:]
    chance = heat.exp()
    smooth = F.avg_pool2d(chance, 3, stride=1, padding=1)
    top = smooth.flatten(2).argmax(dim=2)[..., None]
    near = [
        (torch.arange(length, device=heat.device) - cell).abs() <= _ABOUT
        for length, cell in ((height, top // width), (width, top % width))
    ]
    peak = chance * near[0][..., None] * near[1][..., None, :]
    peak = peak / peak.sum(dim=(2, 3), keepdim=True)
    return expected(peak), (smooth.amax(dim=(2, 3)) * 9).clamp(max=1), peak


def expected(chance: torch.Tensor) -> torch.Tensor:
    """The mean place (N, J, 2), in pixels, of probabilities (N, J, h, w)."""
    height, width = chance.shape[2:]
    across = (torch.arange(width, device=chance.device) + 0.5) * STRIDE
    down = (torch.arange(height, device=chance.device) + 0.5) * STRIDE
    return torch.stack([(chance.sum(dim=2) * across).sum(dim=-1), (chance.sum(dim=3) * down).sum(dim=-1)], dim=-1)


class _Block(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = _conv(before, after, stride=stride)
        self.second = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(after)
        nn.init.zeros_(self.norm.weight)
        self.past: nn.Module = nn.Identity()
        if before != after or stride != 1:
            self.past = nn.Sequential(nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after))
        self._stride = stride

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # Every other pixel, then a convolution: a strided one of 12 channels in bfloat16 writes past its memory in oneDNN.
        past = self.past(x[..., :: self._stride, :: self._stride])
        both: torch.Tensor = self.norm(self.second(self.first(x))) + past
        return F.relu(both)


def _perceptron(values: int, dimension: int) -> nn.Sequential:
    first = nn.BatchNorm1d(values), nn.Linear(values, dimension), nn.BatchNorm1d(dimension), nn.ReLU(inplace=True)
    return nn.Sequential(*first, nn.Linear(dimension, dimension))


def _conv(before: int, after: int, *, size: int = 3, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(before, after, size, stride, size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))
