"""Weakly supervised anomaly detection: labels of whole videos are learned, and frames are named (arXiv 2505.19495, section 4.2).

The loss is that of multiple-instance learning as in UMIL's baseline (Lv et al. 2023), which the paper follows without writing it
down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn
from torch.nn import functional as F

from synthgest.errors import DatasetError, SpecError

SNIPPET = 16
"""Frames of a snippet."""
SMOOTH, SPARSE = 0.01, 0.001
"""Weights of the squared differences of neighbours, and of the sum of all scores."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video's scores. scores: (S,) of its snippets. anomalous, normal: (S,) how many frames of each there are in a snippet."""

    scores: Floats
    anomalous: NDArray[np.intp]
    normal: NDArray[np.intp]


def snippets(length: int, size: int = SNIPPET) -> list[tuple[int, int]]:
    """First and last frames of a video's snippets, one after the other; the last is as short as what is left: all is covered."""
    if length < 1 or size < 1:
        raise SpecError(f"a video of {length} frames has no snippets of {size}; expected at least 1 of both")
    return [(first, min(first + size, length) - 1) for first in range(0, length, size)]


def mil_loss(logits: torch.Tensor, *, anomalous: bool) -> torch.Tensor:
    """The loss of one video whose snippets have logits (S, 2), normal and anomalous.

    The snippet with the highest probability p of an anomaly stands for the video: the cross-entropy of it with the video's label,
    times p, which is held fixed, for else a video that is all but sure to be normal would be driven further there. To that
    come 0.01 times the sum of the squared differences of neighbours' p and 0.001 times the sum of all p.
    """
    scores = logits.softmax(dim=1)[:, 1]
    top = int(scores.argmax())
    label = torch.tensor([int(anomalous)], device=logits.device)
    loss = F.cross_entropy(logits[top : top + 1], label) * scores[top].detach()
    return loss + SMOOTH * (scores[1:] - scores[:-1]).square().sum() + SPARSE * scores.sum()


class MilHead(nn.Module):
    """Logits (S, 2) of snippets by their features (S, D), standardised by those that it learned."""

    def __init__(self, mean: torch.Tensor, spread: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)
        self.linear = nn.Linear(len(mean), 2)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits."""
        logits: torch.Tensor = self.linear((features - self.get_buffer("mean")) / self.get_buffer("spread"))
        return logits

    def scores(self, features: NDArray[np.float32]) -> Floats:
        """(S,): the probability of an anomaly in each snippet."""
        with torch.inference_mode():
            found: Floats = self(torch.from_numpy(features)).double().softmax(dim=1)[:, 1].numpy()
        return found


def fit_mil(
    features: Sequence[NDArray[np.float32]],
    anomalous: Sequence[bool],
    *,
    seed: int,
    rounds: int = 60,
    lr: float = 1e-2,
    weight_decay: float = 1e-2,
) -> MilHead:
    """A linear head on frozen features (S, D) of each video's snippets; AdamW, the videos in another order every round.

    Its settings are fixed: none was chosen on what is reported. SpecError unless there are videos of both kinds.
    """
    if len(set(map(bool, anomalous))) < 2:
        raise SpecError("the videos are all normal or all anomalous; a detector learns from both")
    rows = torch.from_numpy(np.concatenate(features))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = MilHead(rows.mean(dim=0), rows.std(dim=0).clamp_min(1e-6))
    optimizer = torch.optim.AdamW(head.parameters(), lr=lr, weight_decay=weight_decay)
    rng = np.random.default_rng(seed)
    for _ in range(rounds):
        for number in rng.permutation(len(features)):
            optimizer.zero_grad()
            loss = mil_loss(head(torch.from_numpy(features[number])), anomalous=bool(anomalous[number]))
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return head.eval()


def judged(scores: ArrayLike, intervals: Sequence[tuple[int, int]], length: int, size: int = SNIPPET) -> Video:
    """Scores of a video's snippets beside its truth. intervals: first and last frames, both within, of each anomaly."""
    truth = np.zeros(length, bool)
    for first, last in intervals:
        truth[max(first, 0) : last + 1] = True
    spans = snippets(length, size)
    found = np.asarray(scores, np.float64)
    if found.shape != (len(spans),):
        raise SpecError(f"scores are {found.shape}; expected one for each of {len(spans)} snippets")
    anomalous = np.array([int(truth[first : last + 1].sum()) for first, last in spans], np.intp)
    sizes = np.array([last - first + 1 for first, last in spans], np.intp)
    return Video(scores=found, anomalous=anomalous, normal=sizes - anomalous)


def frame_auc(videos: Sequence[Video]) -> float:
    """Area under the ROC curve over all frames of all videos, each with its snippet's score; NaN unless frames are of both kinds.

    AUC_A is that of the videos that hold an anomaly alone.
    """
    if not videos:
        return float("nan")
    scores = np.concatenate([video.scores for video in videos])
    anomalous, normal = (
        np.concatenate([getattr(video, name) for video in videos]).astype(np.float64)
        for name in ("anomalous", "normal")
    )
    if not anomalous.sum() or not normal.sum():
        return float("nan")
    _, level = np.unique(scores, return_inverse=True)
    above, below = np.bincount(level, weights=anomalous), np.bincount(level, weights=normal)
    beaten = np.cumsum(below) - below / 2  # equal scores count half
    return float((above * beaten).sum() / (anomalous.sum() * normal.sum()))


def read_intervals(path: Path) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """UCF-Crime's list of test videos: ``Arson011_x264.mp4  Arson  150  420  680  1267``, frames from 0, -1 for none.

    By the name of the video without its ending. DatasetError for a line that reads otherwise.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {path}: {error}") from error
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for line in filter(None, map(str.strip, lines)):
        name, *words = line.split()
        numbers = words[1:]
        try:
            ends = [int(number) for number in numbers]
        except ValueError:
            ends = []
        pairs = list(zip(ends[::2], ends[1::2], strict=False))
        if not ends or len(ends) % 2 or any(0 <= last < first for first, last in pairs):
            raise DatasetError(f"{path}: {line!r} is no line of the list; expected VIDEO CLASS FIRST LAST [FIRST LAST]")
        found[Path(name).stem] = tuple((first, last) for first, last in pairs if first >= 0 and last >= 0)
    return found
