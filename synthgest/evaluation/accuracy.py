"""Accuracy of a recogniser on clips with known classes: overall, by class, what is taken for what, and what is rejected."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthgest.data.labelled import LabelledClip
from synthgest.errors import SpecError
from synthgest.gestures import shipped_gestures
from synthgest.statistics import Estimate, proportion
from synthgest.training.recogniser import Recogniser

_TOP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Clips of one class that were taken for another. alike: whether the gesture's specification calls the two look-alikes."""

    gesture: str
    taken_for: str
    clips: int
    alike: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How often the right class was found. top5: among the five most probable, where there are more classes than that.

    classes: by name, those that have clips. confusion: (K, K) counts, of each class what it was taken for. rejected: clips of which
    ``none`` was most probable. accepted: share that was found and not rejected; None where nothing can be rejected. mistakes: the
    most frequent first.
    """

    n: int
    top1: Estimate
    top5: Estimate | None
    classes: dict[str, Estimate]
    confusion: list[list[int]]
    rejected: int
    accepted: Estimate | None
    mistakes: tuple[Mistake, ...]


def accuracy(
    recogniser: Recogniser, clips: Sequence[LabelledClip], *, progress: Callable[[int], None] | None = None
) -> Accuracy:
    """Evaluate on clips whose labels are numbers of the recogniser's classes; SpecError without clips.

    All of them show one of the classes, so the most probable of these is what was found; ``accepted`` says how many are left
    where it may also say ``none``, which it learned to expect as often as there were negatives.
    """
    found = recogniser.probabilities(clips, progress=progress)
    labels, names = [clip.label for clip in clips], recogniser.classes
    told = accuracy_of(found[:, : len(names)], labels, names)
    if found.shape[1] == len(names):
        return told
    free = accuracy_of(found, labels, names)
    return replace(told, rejected=free.rejected, accepted=free.top1)


def accuracy_of(probabilities: NDArray[np.float64], labels: Sequence[int], classes: Sequence[str]) -> Accuracy:
    """Accuracy of probabilities (N, K), or (N, K + 1) where the last column is that of no class.

    Rejected clips count as mistakes, but are in no column of the confusion.
    """
    if not len(labels):
        raise SpecError("there are no clips to evaluate on; expected at least one")
    truth, count = np.array(labels, np.intp), len(classes)
    guess = probabilities.argmax(axis=1)
    confusion = np.zeros((count, count + 1), int)
    np.add.at(confusion, (truth, np.minimum(guess, count)), 1)
    ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :_TOP]
    among = (ranked == truth[:, None]).any(axis=1)
    return Accuracy(
        n=len(truth),
        top1=proportion(int((guess == truth).sum()), len(truth)),
        top5=proportion(int(among.sum()), len(truth)) if count > _TOP else None,
        classes={
            name: proportion(int(confusion[number, number]), int(confusion[number].sum()))
            for number, name in enumerate(classes)
            if confusion[number].any()
        },
        confusion=confusion[:, :count].tolist(),
        rejected=int((guess == count).sum()),
        accepted=proportion(int((guess == truth).sum()), len(truth)) if probabilities.shape[1] > count else None,
        mistakes=_mistakes(confusion[:, :count], classes),
    )


def _mistakes(confusion: NDArray[np.intp], classes: Sequence[str]) -> tuple[Mistake, ...]:
    wrong = confusion - np.diag(np.diag(confusion))
    alike = _lookalikes()
    pairs = sorted(zip(*np.nonzero(wrong), strict=True), key=lambda pair: (-wrong[pair], pair))
    return tuple(
        Mistake(
            gesture=classes[one],
            taken_for=classes[other],
            clips=int(wrong[one, other]),
            alike=classes[other] in alike.get(classes[one], ()) or classes[one] in alike.get(classes[other], ()),
        )
        for one, other in pairs
    )


@functools.cache
def _lookalikes() -> Mapping[str, tuple[str, ...]]:
    """Full names of what shipped gestures are easily taken for. A class' name is compared with theirs, and leads nowhere."""
    return {gesture.name: tuple(gesture.lookalikes) for gesture in shipped_gestures()}
