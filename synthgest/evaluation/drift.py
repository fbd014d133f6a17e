"""Image-plane pose drift: how far joints are from where they were in the clip that a motion was taken from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import SpecError
from synthgest.motion.keypoints import Keypoints

Array = NDArray[np.float64]

FLAGGED = 0.10
"""Drift above which a clip no longer shows what was filmed (the share that arXiv 2506.09411 flags by)."""

_LONGEST_LAG = 0.5  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How one clip's joints differ from another's, after one shift, turn and scale for the whole clip.

    drift: mean distance, in torsos of the source (median of the clip). pck: share of the joints nearer than a tenth of a torso.
    coverage: share of the joints seen in the source that were seen in both, and so compared. lag: seconds by which the other is
    late, at which it would fit best.
    """

    drift: float
    pck: float
    coverage: float
    lag: float

    @property
    def flagged(self) -> bool:
        """Whether it is above ``FLAGGED``."""
        return self.drift > FLAGGED


def drift(source: Keypoints, made: Keypoints) -> Drift:
    """The drift of what was made from its source, by the joints of both (METHODS.md 5). SpecError where nothing can be compared.

    A joint that was not seen in both is no error of zero: it is left out, and ``coverage`` says so.
    """
    names = [name for name in source.names if name in made.names]
    if len(source) != len(made) or not names:
        raise SpecError(
            f"{source.source} has {len(source)} frames and {made.source} {len(made)}, with {len(names)} joints in common; "
            "expected as many frames, and joints"
        )
    there, here = (np.stack([each.of(name) for name in names], axis=1) for each in (source, made))
    valid = _both(there, here)
    shown = int((source.seen > 0).sum())
    if valid.sum() < 2:
        raise SpecError(f"{source.source} and {made.source} have no two joints in common that were seen in both")
    apart = _apart(there, here, valid) / source.torso
    return Drift(
        drift=float(apart.mean()),
        pck=float((apart < FLAGGED).mean()),
        coverage=float(valid.sum()) / shown,
        lag=_lag(there, here, round(_LONGEST_LAG * source.fps)) / source.fps,
    )


def aligned(there: Array, here: Array) -> Array:
    """Points (N, 2), shifted, turned and scaled to lie as near to others (N, 2) as they can (Umeyama 1991, IEEE PAMI 13)."""
    target, moved = there.mean(axis=0), here.mean(axis=0)
    left, size, right = np.linalg.svd((there - target).T @ (here - moved))
    signs = np.array([1.0, np.sign(np.linalg.det(left @ right))])
    spread = ((here - moved) ** 2).sum()
    scale = (size * signs).sum() / spread if spread > 0 else 1.0
    found: Array = (here - moved) @ (left @ np.diag(signs) @ right).T * scale + target
    return found


def _both(there: Array, here: Array) -> NDArray[np.bool_]:
    """(T, J) whether a joint was seen in both."""
    seen: NDArray[np.bool_] = np.isfinite(np.concatenate([there, here], axis=2)).all(axis=2)
    return seen


def _apart(there: Array, here: Array, valid: NDArray[np.bool_]) -> Array:
    """(N,) distances of the joints that were seen in both, as frames (T, J, 2)."""
    distances: Array = np.linalg.norm(aligned(there[valid], here[valid]) - there[valid], axis=1)
    return distances


def _lag(there: Array, here: Array, most: int) -> float:
    """Frames by which the other is late: the shift at which the joints of what both show are nearest."""
    found = {}
    for shift in range(-most, most + 1):
        one = there[max(0, -shift) : len(there) - max(0, shift)]
        two = here[max(0, shift) : len(here) - max(0, -shift)]
        valid = _both(one, two)
        if len(one) > most and valid.sum() >= 2:
            found[shift] = float(_apart(one, two, valid).mean())
    return float(min(found, key=lambda shift: (found[shift], abs(shift)))) if found else 0.0
