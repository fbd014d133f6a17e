"""A scoring run: clips that have no score are scored in batches, and kept part by part."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.data.ahead import batches
from synthgest.data.dataset import Clip, Dataset
from synthgest.errors import SpecError
from synthgest.scoring.sample import sample
from synthgest.scoring.scorer import Scorer
from synthgest.scoring.store import ScoreFolder, Scores

PART = 512
"""Clips whose scores are written together: what an interruption may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a run did. scores: of all clips, by earlier runs too. made: by this one. corrupt: ids of clips that do not open."""

    scores: Scores
    made: int
    corrupt: tuple[str, ...]


def score_clips(
    dataset: Dataset,
    scorer: Scorer,
    *,
    batch: int = 16,
    threads: int | None = None,
    shard: tuple[int, int] = (0, 1),
    progress: Callable[[int, int], None] | None = None,
) -> Scored:
    """Score the clips that have no score yet.

    batch: clips at once. shard: (i, n) takes every n-th clip of the data set beginning with clip i, for processes that share the
    work. progress: called with how many are done, and of how many.
    """
    if batch < 1:
        raise SpecError(f"batch is {batch}; expected at least 1 clip")
    folder = ScoreFolder(dataset, scorer.mark)
    folder.begin()
    corrupt: list[str] = []
    made = 0
    clips: list[Clip] = []
    rows: list[NDArray[np.float32]] = []

    def keep() -> None:
        if clips:
            folder.add(clips, np.concatenate(rows))
        clips.clear()
        rows.clear()

    part, parts = shard
    own = {clip.id for clip in dataset.clips[part::parts]}
    missing = [clip for clip in folder.missing() if clip.id in own]
    for group in batches(
        missing,
        lambda clip: scorer.prepare(sample(clip, scorer.mark.frames)),
        size=batch,
        threads=threads,
        corrupt=lambda clip, _: corrupt.append(clip.id),
    ):
        clips += [clip for clip, _ in group]
        rows.append(scorer.cosines([ready for _, ready in group]))
        made += len(group)
        if len(clips) >= PART:
            keep()
        if progress is not None:
            progress(made, len(missing))
    keep()
    return Scored(scores=folder.read(), made=made, corrupt=tuple(corrupt))
