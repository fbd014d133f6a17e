"""A scoring run: clips are decoded and prepared ahead in threads, scored in batches, and kept part by part."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Clip, Dataset
from synthgest.errors import CorruptClip, SpecError
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
    progress: Callable[[int], None] | None = None,
) -> Scored:
    """Score the clips that have no score yet. batch: clips at once. progress: called with the number that were done."""
    if batch < 1:
        raise SpecError(f"batch is {batch}; expected at least 1 clip")
    folder = ScoreFolder(dataset, scorer.mark)
    folder.begin()
    missing = folder.missing()
    corrupt: list[str] = []
    made = 0
    clips: list[Clip] = []
    rows: list[NDArray[np.float32]] = []

    def keep() -> None:
        if clips:
            folder.add(clips, np.concatenate(rows))
        clips.clear()
        rows.clear()

    for group in _groups(_prepared(missing, scorer, batch, threads, corrupt), batch):
        clips += [clip for clip, _ in group]
        rows.append(scorer.cosines([ready for _, ready in group]))
        made += len(group)
        if len(clips) >= PART:
            keep()
        if progress is not None:
            progress(len(group))
    keep()
    return Scored(scores=folder.read(), made=made, corrupt=tuple(corrupt))


def _prepared(
    clips: Sequence[Clip], scorer: Scorer, batch: int, threads: int | None, corrupt: list[str]
) -> Iterator[tuple[Clip, Any]]:
    """Each clip with its prepared frames, in order, at most two batches ahead; those that do not open are noted instead."""

    def prepare(clip: Clip) -> Any:
        return scorer.prepare(list(clip.sampled(scorer.mark.frames)))

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        waiting: deque[tuple[Clip, Future[Any]]] = deque()
        coming = iter(clips)
        while True:
            while len(waiting) < 2 * batch and (clip := next(coming, None)) is not None:
                waiting.append((clip, pool.submit(prepare, clip)))
            if not waiting:
                return
            clip, ready = waiting.popleft()
            try:
                yield clip, ready.result()
            except CorruptClip:
                corrupt.append(clip.record.id)


def _groups(pairs: Iterator[tuple[Clip, Any]], size: int) -> Iterator[list[tuple[Clip, Any]]]:
    group: list[tuple[Clip, Any]] = []
    for pair in pairs:
        group.append(pair)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
