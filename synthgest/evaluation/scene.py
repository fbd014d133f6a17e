"""Whether the scene gives the label away: what single pictures tell, what the place alone, and what a swapped place changes."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.data.labelled import LabelledClip
from synthgest.encoders.encoder import Encoder
from synthgest.errors import SpecError
from synthgest.evaluation.consistency import out_of_fold
from synthgest.evaluation.extraction import features
from synthgest.evaluation.neighbours import nearest_neighbours
from synthgest.frames import Frames
from synthgest.quality.variety import unit
from synthgest.statistics import Comparison, Estimate, compare, proportion

_METHOD = 1  # raised by hand when clips are emptied or cut out otherwise, so that no old feature is taken for a new one
_LEAST_COVER = (0.6, 0.85)  # of the picture's width and height that is covered, so that the cover's shape tells no pose
_SMALL = 48  # pixels of the picture from which what was covered is filled in
_SWAPS = 120  # clips
_MARGIN = 0.06  # of a box, on each side


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How well classes are told by less than a clip.

    accuracy: of a probe on clips it never saw. chance: of guessing, a share. bits: log2 of accuracy over chance.
    """

    accuracy: Estimate
    chance: float
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """The nearest clips' verdict on clips set before another class' place.

    kept: share still called by the gesture's class. followed: share called by the class that the place came from. change: against
    the clips as they are.
    """

    n: int
    kept: Estimate
    followed: Estimate
    change: Comparison


@dataclass(frozen=True, slots=True)
class Altered:
    """A clip of which something else is seen. mark: what was done to it. change: the numbers of frames in, the frames out.

    performed: whether the performer is seen as before, so that the clip's ground truth is true still.
    """

    clip: LabelledClip
    mark: str
    change: Callable[[Sequence[int]], Frames]
    performed: bool = False

    @property
    def id(self) -> str:
        """Of the clip and what was done."""
        return f"{self.clip.id} {self.mark}"

    @property
    def gesture(self) -> str:
        """Of the clip."""
        return self.clip.gesture

    @property
    def label(self) -> int:
        """Of the clip."""
        return self.clip.label

    @property
    def length(self) -> int:
        """Frames."""
        return self.clip.length

    @property
    def content(self) -> str:
        """Of what it shows."""
        return hashlib.sha256(f"{_METHOD} {self.mark} {self.clip.content}".encode()).hexdigest()

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Of the clip."""
        return self.clip.groups

    @property
    def shown(self) -> tuple[int, int]:
        """Of the clip."""
        return self.clip.shown

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Frames (N, H, W, 3) uint8 RGB, altered."""
        return self.change(numbers)

    def truth(self) -> Mapping[str, NDArray[Any]]:
        """That of the clip, or nothing where nobody is seen."""
        return self.clip.truth() if self.performed else {}


def emptied(clip: LabelledClip) -> Altered:
    """A clip without its performer: the part of the picture where they ever are is filled in from around it, smoothly."""

    def change(numbers: Sequence[int]) -> Frames:
        frames = clip.frames_at(numbers)
        box = _cover(clip.truth()["boxes"][:, 0], frames.shape[2], frames.shape[1])
        return np.stack([_filled(frame, box) for frame in frames])

    return Altered(clip, "emptied", change)


def swapped(clip: LabelledClip, place: LabelledClip) -> Altered:
    """A clip's performer, cut out by the mask, in front of the place of another clip."""

    def change(numbers: Sequence[int]) -> Frames:
        frames, masks = clip.frames_at(numbers), clip.truth()["mask"]
        height, width = frames.shape[1:3]
        behind = emptied(place).frames_at([place.length // 2])[0]
        behind = cv2.resize(behind, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        made = []
        for frame, number in zip(frames, numbers, strict=True):
            edge = cv2.GaussianBlur(masks[number].astype(np.float32), (0, 0), 0.8)[..., None]
            made.append(np.round(frame * edge + behind * (1 - edge)).astype(np.uint8))
        return np.stack(made)

    return Altered(clip, f"in front of {place.content}", change, performed=True)


def told(rows: NDArray[np.float32], labels: Sequence[int], groups: Sequence[int], *, seed: int) -> Told:
    """How well a linear probe on pictures' features (N, D) tells the classes of clips that it never saw.

    bits: representation bias log2(M / M_rnd), M the accuracy and M_rnd that of guessing (SynAPT; METHODS.md 6). groups: (N,)
    numbers; a group is never on both sides. SpecError for fewer than two classes of two groups.
    """
    found = out_of_fold(rows, labels, groups, max(labels, default=0) + 1, seed=seed)
    truth, apart = np.asarray(labels), np.asarray(groups)
    known = [label for label in np.unique(truth) if len(np.unique(apart[truth == label])) > 1]
    asked = np.isin(truth, known)  # of a class whose clips are all related no probe can know anything
    hits = int((found[asked].argmax(axis=1) == truth[asked]).sum())
    accuracy, chance = proportion(hits, int(asked.sum())), 1 / len(np.unique(truth))
    return Told(accuracy=accuracy, chance=chance, bits=representation_bias(accuracy.value, chance))


def representation_bias(accuracy: float, chance: float) -> float:
    """log2(accuracy / chance), bits; accuracy below half of chance counts as half of it, so that it is finite."""
    if not 0 < chance <= 1 or not 0 <= accuracy <= 1:
        raise SpecError(f"accuracy is {accuracy}, chance {chance}; expected shares, and a chance above 0")
    return float(np.log2(max(accuracy, chance / 2) / chance))


def swapped_places(
    encoder: Encoder,
    clips: Sequence[LabelledClip],
    rows: NDArray[np.float32],
    groups: Sequence[int],
    *,
    seed: int,
    cache: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> Swap:
    """Set clips before places of other classes, and ask the nearest of the others what they show.

    clips: with mask and boxes. rows: their features (N, D) by ``encoder``. groups: (N,) numbers; a clip and its group are not asked
    about itself, nor the clip that the place is from. At most 120 clips are swapped, of all classes alike.
    """
    rng = np.random.default_rng(seed)
    labels = np.array([clip.label for clip in clips])
    if len(set(labels.tolist())) < 2:
        raise SpecError("the clips are of one class; expected at least 2")
    order = rng.permutation(len(clips))
    ranks = {int(n): int((labels[order[:position]] == labels[n]).sum()) for position, n in enumerate(order)}
    chosen = sorted(map(int, order), key=lambda n: (ranks[n], n))[:_SWAPS]
    places = [int(rng.choice(np.flatnonzero(labels != labels[number]))) for number in chosen]
    made = [swapped(clips[one], clips[other]) for one, other in zip(chosen, places, strict=True)]
    changed, _ = features(encoder, made, cache=cache, progress=progress)
    known = unit(rows).astype(np.float32)
    names = [frozenset({f"group {group}"}) for group in groups]
    asked = [names[one] | names[other] for one, other in zip(chosen, places, strict=True)]

    def said(query: NDArray[np.float32]) -> NDArray[np.intp]:
        k = max(1, min(3, len(known) - 2))
        _, indices = nearest_neighbours(known, query, k, reference_groups=names, query_groups=asked)
        votes: NDArray[np.intp] = labels[indices]
        return np.array([np.bincount(row).argmax() if np.bincount(row).max() > 1 else row[0] for row in votes])

    after, before = said(unit(changed).astype(np.float32)), said(known[chosen])
    own, theirs = labels[chosen], labels[places]
    return Swap(
        n=len(chosen),
        kept=proportion(int((after == own).sum()), len(chosen)),
        followed=proportion(int((after == theirs).sum()), len(chosen)),
        change=compare(before == own, after == own, seed=seed),
    )


def _cover(boxes: NDArray[Any], width: int, height: int) -> tuple[int, int, int, int]:
    """The part of the picture (left, top, right, bottom) to cover: where the performer ever is, and never less than most of it."""
    there = boxes[np.isfinite(boxes).all(axis=1)]
    left, top = there[:, :2].min(axis=0) if len(there) else (width / 2, height / 2)
    right, bottom = there[:, 2:].max(axis=0) if len(there) else (width / 2, height / 2)
    wide = max((right - left) * (1 + 2 * _MARGIN), _LEAST_COVER[0] * width)
    tall = max((bottom - top) * (1 + 2 * _MARGIN), _LEAST_COVER[1] * height)
    middle, centre = (left + right) / 2, (top + bottom) / 2
    return (
        max(0, round(middle - wide / 2)),
        max(0, round(centre - tall / 2)),
        min(width, round(middle + wide / 2)),
        min(height, round(centre + tall / 2)),
    )


def _filled(frame: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    left, top, right, bottom = box
    height, width = frame.shape[:2]
    scale = _SMALL / max(height, width)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    hole = np.zeros((height, width), np.uint8)
    hole[top:bottom, left:right] = 255
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    coarse = (cv2.resize(hole, size, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    if coarse.all():  # nothing is left to fill from
        return np.full_like(frame, 128)
    filled = cv2.resize(
        cv2.inpaint(small, coarse, 2, cv2.INPAINT_TELEA), (width, height), interpolation=cv2.INTER_LINEAR
    )
    made = frame.copy()
    made[top:bottom, left:right] = filled[top:bottom, left:right]
    return made
