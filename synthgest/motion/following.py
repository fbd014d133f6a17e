"""One person followed through pictures in which several were seen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MotionError

Array = NDArray[np.float64]

_ASTRAY = 0.5  # of a person's size: who is further from where he was is somebody else
_LONGEST = 40  # frames, after which he may be anywhere
_LOST = 2.0  # how many times as far he may be after every second frame in which nobody was near


def follow(frames: Sequence[Sequence[Array]], source: str) -> Array:
    """(T, K, 3) of whoever is surest in any picture: of the people (K, 3) in each, x, y and certainty, the one nearest to him.

    Zeros where nobody was near. MotionError where nobody was ever seen.
    """
    surest = [max((float(person[:, 2].sum()) for person in people), default=0.0) for people in frames]
    first = int(np.argmax(surest)) if surest else 0
    if not surest or surest[first] <= 0:
        raise MotionError(f"{source} shows nobody")
    start = max(frames[first], key=lambda person: float(person[:, 2].sum()))
    found = np.zeros((len(frames), *start.shape))
    found[first] = start
    for numbers in (range(first + 1, len(frames)), range(first - 1, -1, -1)):
        last, lost = start, 0
        for number in numbers:
            apart = [_apart(last, person) for person in frames[number]]
            nearest = int(np.argmin(apart)) if apart else 0
            if apart and apart[nearest] <= _ASTRAY * _LOST ** (min(lost, _LONGEST) / 2):
                found[number] = last = frames[number][nearest]
                lost = 0
            else:
                lost += 1
    return found


def _apart(one: Array, other: Array) -> float:
    """Mean distance of what both show, as a part of the person's size; infinite where that is nothing."""
    both = (one[:, 2] > 0) & (other[:, 2] > 0)
    own = one[one[:, 2] > 0, :2]
    size = float(np.ptp(own, axis=0).max()) if len(own) else 0.0
    if not both.any() or size <= 0:
        return float("inf")
    return float(np.linalg.norm(one[both, :2] - other[both, :2], axis=1).mean()) / size
