"""The encoder ``small``: finds the person, sees the joints, and sums up how they move; learns from joints and masks on any CPU."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

from synthgest.content import content
from synthgest.encoders.encoder import EncoderMark, weights_digest
from synthgest.encoders.locating import CROP, People, crop, locate, whole
from synthgest.encoders.pose_network import STRIDE, PoseNetwork, Poses, expected
from synthgest.encoders.posed_samples import mirrored_sample, posed_sample
from synthgest.encoders.temporal_pooling import TemporalPooling
from synthgest.encoders.weights import fill, read_weights
from synthgest.errors import SpecError
from synthgest.frames import Frames
from synthgest.tables import to_value

SHIPPED = "synthgest-encoder-small"
"""The model in assets/models whose weights it begins with."""

_SHIPPED_SIZE = 32, 256
_SIDE = 480  # pixels of the square in which a clip is searched for a person
_METRES = 2.1  # side of the square around the person in which the clip is read
_VIEWS = (1.8, 2.1, 2.5)  # sides of those in which it is read to be surer of its class
_SEARCHED = 3  # frames in which the person is looked for
_SPREAD = 1.1  # cells: of the bump that a joint makes on its heatmap
_FAR = 40.0  # pixels; a joint that is further off is not pulled harder
_TOLD = 0.35  # part of the clips in training whose joints are told: classes need not wait until joints are found
_WEIGHTS = {"heat": 1.0, "place": 0.03, "mask": 1.0, "size": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallSettings:
    """Settings of the encoder ``small``.

    width: of the network's first layer. dimension: of a feature. frames: looked at of each clip. pretrained: whether it begins with
    the weights that ship; by default it does if width and dimension are theirs. seed: of the first weights otherwise.
    """

    width: int = _SHIPPED_SIZE[0]
    dimension: int = _SHIPPED_SIZE[1]
    frames: int = 8
    pretrained: bool | None = None
    seed: int = 0

    @property
    def begins_shipped(self) -> bool:
        """Whether it begins with the weights that ship."""
        return self.pretrained is not False and (self.width, self.dimension) == _SHIPPED_SIZE

    def __post_init__(self) -> None:
        if self.pretrained and not self.begins_shipped:
            size = "width = {}, dimension = {}".format(*_SHIPPED_SIZE)
            raise SpecError(f"pretrained = true, but the weights that ship have {size}; leave these out, or pretrained")
        if self.width < 8 or self.width % 8:
            raise SpecError(f"width is {self.width}; expected a multiple of 8, from 8")
        if not 1 <= self.frames <= 64:
            raise SpecError(f"frames is {self.frames}; expected 1 to 64 of a clip")


class SmallEncoder:
    """A pose network on each frame of a square around the person, and a summary over time."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = to_value(settings, SmallSettings, where="the encoder 'small'")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._settings.seed)
            self.module = SmallModule(self._settings.width, self._settings.dimension)
        if self._settings.begins_shipped:
            path = content("assets") / "models" / SHIPPED / "encoder.safetensors"
            fill(self.module, read_weights(path), path)

    @property
    def mark(self) -> EncoderMark:
        """What its features depend on."""
        return EncoderMark(
            encoder="small",
            model=f"width {self._settings.width}",
            weights=weights_digest(self.module),
            preprocessing=f"{_SIDE} pixels, searched from coarse to fine; {_METRES} metres around the person",
            frames=self._settings.frames,
            dimension=self._settings.dimension,
            ordered=True,
        )

    @property
    def fixed(self) -> bool:
        """Any number of frames will do."""
        return False

    def prepare(self, frames: Frames) -> torch.Tensor:
        """(T, 3, S, S) uint8: the longer side is S = 480 pixels, and above and below or beside it the border goes on."""
        return torch.from_numpy(np.stack([_squared(frame) for frame in frames])).permute(0, 3, 1, 2).contiguous()

    def sample(
        self,
        frames: Frames,
        numbers: Sequence[int],
        truth: Mapping[str, NDArray[Any]],
        rng: np.random.Generator,
        *,
        mirrored: bool,
    ) -> dict[str, torch.Tensor]:
        """A training sample; see ``posed_sample``. Joints alone are given at as many frames as are looked at of a clip."""
        sample = posed_sample(frames, numbers, truth, rng, moments=self._settings.frames)
        return mirrored_sample(sample) if mirrored else sample

    def learn(self, batch: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Features (2, B, D), of a batch's squares and of how the joints move in the whole clip; losses of joints, mask and size.

        So how a gesture moves is learned from many frames of which no square was cut. A clip whose joints are not known is twice
        what its squares are.
        """
        motion = batch["motion"]
        known = ~motion.isnan().any(dim=(1, 2, 3))
        truth = {key: value.flatten(0, 1) for key, value in batch.items() if key not in ("video", "motion")}
        # Whole clips: of a clip that is told in part, what is not told would be passed over.
        told = (torch.rand(len(batch["joints"])) < _TOLD).repeat_interleave(batch["joints"].shape[1])[:, None, None]
        hints = truth["joints"].masked_fill(~(told.to(batch["joints"].device) & truth["seen"][..., None]), torch.nan)
        features, poses = self.module.read(batch["video"], hints, motion[known].flatten(0, 1))
        moved = self.module.pooling(poses.imagined.reshape(-1, motion.shape[1], features.shape[1]))
        if torch.is_grad_enabled():  # else it is only asked, and learns nothing
            self.module.posed |= truth["seen"].any()
        both = torch.stack([features, features.index_put((known.nonzero(as_tuple=True)), moved)])
        return both, pose_losses(poses, truth)


class SmallModule(nn.Module):
    """Clips (B, T, 3, S, S) uint8 in, features (B, D) out. posed: whether it ever learned where joints are, and so finds people."""

    posed: torch.Tensor

    def __init__(self, width: int, dimension: int) -> None:
        super().__init__()
        self.register_buffer("posed", torch.zeros((), dtype=torch.bool))
        self.poses = PoseNetwork(width, dimension)
        self.pooling = TemporalPooling(dimension)

    def forward(self, videos: torch.Tensor) -> torch.Tensor:
        """Find the person, and read the square around; or the whole picture, for one that never learned to find anybody."""
        (features,) = self._seen(videos, (_METRES,))
        return features

    def views(self, videos: torch.Tensor) -> torch.Tensor:
        """Features (V, B, D) of squares of several sizes around the person."""
        return torch.stack(self._seen(videos, _VIEWS))

    def _seen(self, videos: torch.Tensor, sides: Sequence[float]) -> list[torch.Tensor]:
        if bool((videos == videos[:, :1]).all()):
            videos = videos[:, :1]  # pictures that were repeated to make clips
        people = self.find(videos) if self.posed else whole(videos, max(_VIEWS))
        return [self.read(_squares(videos, people, side))[0] for side in sides]

    def find(self, videos: torch.Tensor) -> People:
        """The person of each clip, as found in some of its frames."""
        clips, length = videos.shape[:2]
        looked = torch.linspace(0, length - 1, min(length, _SEARCHED)).round().long()
        training = self.poses.training
        self.poses.eval()
        with torch.no_grad():
            found = locate(self.poses, videos[:, looked].flatten(0, 1))
        self.poses.train(training)
        sure = found.sure.reshape(clips, len(looked))
        own = sure.argmax(dim=1) + torch.arange(clips, device=videos.device) * len(looked)
        return found.of(own)

    def imagine(self, joints: torch.Tensor) -> torch.Tensor:
        """Features (B, D) of clips of which only the joints (B, T, J, 2) are known, as in ``JOINTS``, in pixels."""
        vectors = self.poses.imagine(joints.flatten(0, 1))
        features: torch.Tensor = self.pooling(vectors.reshape(*joints.shape[:2], -1))
        return features

    def read(
        self, squares: torch.Tensor, told: torch.Tensor | None = None, imagined: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, Poses]:
        """Features (B, D), and the poses of all frames (B T, ...), of squares (B, T, 3, CROP, CROP).

        told: (B T, J, 2) places of joints that count instead of what is seen, or NaN. imagined: (M, J, 2) others, see ``Poses``.
        """
        poses = self.poses(squares.flatten(0, 1), told, imagined)
        features: torch.Tensor = self.pooling(poses.vector.reshape(*squares.shape[:2], -1))
        return features, poses


def _squares(videos: torch.Tensor, people: People, side: float) -> torch.Tensor:
    """(B, T, 3, CROP, CROP) uint8: for each clip one square of ``side`` metres around its person."""
    clips, length = videos.shape[:2]
    every = torch.arange(clips * length, device=videos.device)
    places = People(*(each.repeat_interleave(length, dim=0) for each in (people.necks, people.metre, people.sure)))
    return crop(videos.flatten(0, 1), every, places, side).reshape(clips, length, 3, CROP, CROP)


def pose_losses(poses: Poses, truth: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """How far the poses of N frames are from their truth: joints (N, J, 2), seen (N, J), mask (N, h, w), size (N,)."""
    joints, seen = truth["joints"], truth["seen"].float()
    known = seen.any(dim=1).float()
    height, width = poses.heat.shape[2:]
    cells = joints / STRIDE - 0.5
    across = torch.exp(-((torch.arange(width, device=cells.device) - cells[..., :1]) ** 2) / (2 * _SPREAD**2))
    down = torch.exp(-((torch.arange(height, device=cells.device) - cells[..., 1:]) ** 2) / (2 * _SPREAD**2))
    bump = (down[..., :, None] * across[..., None, :]).flatten(2)
    bump = bump / bump.sum(dim=-1, keepdim=True).clamp_min(1e-6)
    apart = (expected(poses.heat.exp()) - joints).abs().sum(dim=-1).clamp_max(_FAR)
    mask = F.binary_cross_entropy_with_logits(poses.mask, truth["mask"], reduction="none").mean(dim=(1, 2))
    losses = {
        "heat": -(bump * poses.heat.flatten(2)).sum(dim=-1) * seen / seen.sum().clamp_min(1),
        "place": apart * seen / seen.sum().clamp_min(1),
        "mask": mask * known / known.sum().clamp_min(1),
        "size": (poses.size - truth["size"]).abs() * known / known.sum().clamp_min(1),
    }
    return {name: _WEIGHTS[name] * loss.sum() for name, loss in losses.items()}


def _squared(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = frame.shape[:2]
    scale = _SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, above = (_SIDE - size[0]) // 2, (_SIDE - size[1]) // 2
    edges = above, _SIDE - size[1] - above, left, _SIDE - size[0] - left
    return np.asarray(cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE), np.uint8)
