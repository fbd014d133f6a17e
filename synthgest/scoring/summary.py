"""Scores summed up, by class or by generator: how often the scorer agrees with the label, how unsure it is, what is smoothed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthgest.data.dataset import Dataset
from synthgest.scoring.store import Scores
from synthgest.statistics import Estimate, proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Some clips' scores.

    agreement: share whose most probable class is their label, with a Wilson interval. entropy: mean, nats. smoothing: mean share
    of the label that other classes get (``ul``, ``logk``). taken_for: what a class's other clips are most often taken for.
    """

    name: str
    clips: int
    agreement: Estimate
    entropy: float
    smoothing: float
    taken_for: str = ""


def summaries(dataset: Dataset, scores: Scores, by: Literal["class", "generator"] = "class") -> tuple[Summary, ...]:
    """One summary for each class, or for each recipe, that has scored clips."""
    recipes = {clip.id: clip.record.recipe for clip in dataset}
    names = [
        scores.mark.classes[target] if by == "class" else recipes[clip]
        for clip, target in zip(scores.ids, scores.targets, strict=True)
    ]
    found = scores.cosines.argmax(axis=1)
    entropy = scores.entropy
    labels = scores.soft_labels("ul") if len(scores) else np.empty((0, len(scores.mark.classes)))
    rows = []
    for name in dict.fromkeys(names):
        own = np.flatnonzero(np.array(names) == name)
        wrong = found[own][found[own] != scores.targets[own]]
        rows.append(
            Summary(
                name=name,
                clips=len(own),
                agreement=proportion(len(own) - len(wrong), len(own)),
                entropy=float(entropy[own].mean()),
                smoothing=float(1 - labels[own, scores.targets[own]].mean()),
                taken_for=scores.mark.classes[np.bincount(wrong).argmax()] if len(wrong) and by == "class" else "",
            )
        )
    return tuple(rows)
