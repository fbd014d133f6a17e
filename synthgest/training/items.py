"""What training reads: clips become samples, their chance from seed, round and clip alone, at any number of workers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset, Sampler
from torchvision.transforms import v2

from synthgest.data.cache import FrameCache
from synthgest.data.labelled import LabelledClip
from synthgest.data.manifest import ClassEntry
from synthgest.data.mixing import RatioSampler
from synthgest.data.torch_view import mirrors, seeded
from synthgest.data.video import random_indices
from synthgest.encoders.encoder import Encoder
from synthgest.encoders.learning import Taught
from synthgest.training.generated import GeneratedClip
from synthgest.training.lessons import Lesson

_REMEMBERED = 2**30  # bytes of ground truth that a worker keeps
_STILLS = 4  # single frames to a clip, so that a step of them has as many pictures


@dataclass(frozen=True, slots=True)
class Draw:
    """An item that is asked for. turn: how often all clips came before. index: of the clip. frames: to take of it."""

    turn: int
    index: int
    frames: int


class TrainingItems(Dataset[dict[str, torch.Tensor]]):
    """A lesson as samples for one encoder: dictionaries with ``video``, ``label``, ``weight``, and what the encoder adds."""

    def __init__(
        self,
        lesson: Lesson,
        classes: Sequence[ClassEntry],
        encoder: Encoder,
        *,
        flip: float,
        seed: int,
        cache: FrameCache | None,
    ) -> None:
        self._lesson, self._encoder = lesson, encoder
        self._flip, self._seed, self._cache = flip, seed, cache
        self._mirror = mirrors(classes)
        self._truths: dict[int, Mapping[str, NDArray[Any]]] = {}
        self._room = _REMEMBERED

    def __len__(self) -> int:
        """Number of clips."""
        return len(self._lesson.clips)

    def __getitem__(self, draw: Draw) -> dict[str, torch.Tensor]:
        """One sample."""
        clip, label = self._lesson.clips[draw.index], self._lesson.labels[draw.index]
        rng = np.random.default_rng([self._seed, draw.turn, draw.index])
        numbers = frame_numbers(clip, draw.frames, rng)
        if self._cache is None or isinstance(clip, GeneratedClip):  # which keeps its own
            frames = clip.frames_at(numbers)
        else:
            frames = self._cache.frames_at(clip, numbers)
        # By the label, not the clip's own number: negatives have those of another data set.
        order = self._mirror.get(int(label.argmax()))
        mirrored = order is not None and rng.random() < self._flip
        if mirrored and order is not None:
            label = np.concatenate([label[order], label[len(order) :]])
        with seeded(int(rng.integers(2**31))):
            if isinstance(self._encoder, Taught):
                sample = self._encoder.sample(frames, numbers, self._truth(draw.index), rng, mirrored=mirrored)
            else:
                video = _AUGMENTED(self._encoder.prepare(frames))
                sample = {"video": video.flip(-1) if mirrored else video}
        sample["label"] = torch.from_numpy(label.astype(np.float32))
        sample["weight"] = torch.tensor(float(self._lesson.weights[draw.index]))
        return sample

    def _truth(self, index: int) -> Mapping[str, NDArray[Any]]:
        """Of a clip, unpacked once while there is room: a run comes back to all clips again and again."""
        if index in self._truths:
            return self._truths[index]
        truth = self._lesson.clips[index].truth()
        size = sum(array.nbytes for array in truth.values())
        if size <= self._room:
            self._room -= size
            self._truths[index] = truth
        return truth


def frame_numbers(clip: LabelledClip, count: int, rng: np.random.Generator) -> list[int]:
    """A random frame of each of ``count`` equal parts (TSN training sampling); a single one is from where the gesture is shown."""
    if count == 1:
        first, last = clip.shown
        return [int(rng.integers(first, last + 1))]
    return list(random_indices(clip.length, count, rng))


class Batches(Sampler[list[Draw]]):
    """Batches of draws, the same for each step wherever iteration begins.

    order: says for every turn which clips come, such as a ``RatioSampler``. A part of the steps, ``stills``, is of single frames
    and has more clips.
    """

    def __init__(
        self,
        order: RatioSampler,
        *,
        steps: range,
        batch: int,
        frames: int,
        stills: float,
        seed: int,
        part: tuple[int, int] = (0, 1),
    ) -> None:
        self._order, self._steps, self._frames, self._part = order, steps, frames, part
        still = np.random.default_rng([seed, 1]).random(steps.stop) < stills
        self._still = still & (frames > 1)
        self._ends = np.cumsum(np.where(self._still, batch * _STILLS, batch))

    def __len__(self) -> int:
        """Steps that are left."""
        return len(self._steps)

    def __iter__(self) -> Iterator[list[Draw]]:
        """One batch a step."""
        turn, order = -1, list[int]()
        for step in self._steps:
            drawn = []
            for place in range(int(self._ends[step - 1]) if step else 0, int(self._ends[step])):
                if place // len(self._order) != turn:
                    turn = place // len(self._order)
                    self._order.set_epoch(turn)
                    order = list(self._order)
                drawn.append(Draw(turn, order[place % len(order)], 1 if self._still[step] else self._frames))
            yield drawn[self._part[0] :: self._part[1]]


_AUGMENTED: Any = v2.Compose(
    [
        v2.RandomApply([v2.RandomAffine(8, translate=(0.06, 0.06), scale=(0.85, 1.15))], 0.7),
        v2.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.4),
        v2.RandomApply([v2.GaussianBlur(5, (0.3, 1.6))], 0.2),
        v2.RandomGrayscale(0.1),
    ]
)
