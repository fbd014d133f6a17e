"""Where the ground of a photograph is, from a depth map: its horizon, and how far up each part of the picture one could stand.

On level ground nearness (one by distance) rises linearly from the horizon downwards, whatever the lens. So a straight line through
most of what lies low in the picture tells ground from things, and reaches the nearness of what is infinitely far on the horizon.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

COLUMNS = 16
"""Parts of a picture, from left to right, for which the ground is told."""

_SIDE = 160  # pixels of the longer side at which a map is looked at
_LINES, _SEED = 500, 0
_OFF = 0.035  # of the nearnesses' range: what is nearer to the line is ground
_FEWEST = 0.15  # of the lower half that must be ground
_FAR = 0.02  # part of the picture that is taken for infinitely far, where nothing else is known
_SURE = (0.1, 0.9)  # a horizon outside of these parts of the height is not believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Rows as parts of a picture's height, from the top.

    horizon: None where nothing tells it. ground: of ``COLUMNS`` parts of the width, the row from which it is ground down to the
    bottom; 1 where it never is.
    """

    horizon: float | None
    ground: tuple[float, ...]


def find_ground(nearness: FloatArray, *, metric: bool) -> Ground | None:
    """The ground of a picture whose nearness is (h, w), larger for what is nearer; None where no ground is found.

    metric: whether it is one by metres, so that 0 is infinitely far; else its scale and zero are unknown.
    """
    scale = min(1.0, _SIDE / max(nearness.shape))
    size = max(8, round(nearness.shape[1] * scale)), max(8, round(nearness.shape[0] * scale))
    values = np.asarray(cv2.resize(nearness.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float64)
    far = 0.0 if metric else float(np.quantile(values, _FAR))
    span = float(np.quantile(values, 0.98)) - far
    if not np.isfinite(values).all() or span <= 1e-9:
        return None
    near = (values - far) / span
    line = _line(near)
    if line is None:
        return None
    slope, start = line
    rows = (np.arange(size[1]) + 0.5) / size[1]
    fits = np.abs(near - (slope * rows + start)[:, None]) < _OFF
    horizon = -start / slope
    return Ground(
        horizon=float(horizon) if _SURE[0] < horizon < _SURE[1] else None,
        ground=tuple(_from(part.mean(axis=1) > 0.6, rows) for part in np.array_split(fits, COLUMNS, axis=1)),
    )


def _line(near: NDArray[np.float64]) -> tuple[float, float] | None:
    """Slope and start of nearness over rows (0 to 1) on which most of the lower half lies (RANSAC, Fischler and Bolles 1981)."""
    height = len(near)
    low = np.arange(height // 2, height)
    rng = np.random.default_rng(_SEED)
    rows = (rng.choice(low, size=(2, _LINES)) + 0.5) / height
    columns = rng.integers(near.shape[1], size=(2, _LINES))
    at = near[(rows * height).astype(int), columns]
    apart = rows[1] - rows[0]
    good = np.abs(apart) > 0.1
    slopes = (at[1] - at[0])[good] / apart[good]
    starts = at[0][good] - slopes * rows[0][good]
    rising = slopes > 0.2
    if not rising.any():
        return None
    slopes, starts = slopes[rising], starts[rising]
    places = np.repeat((low + 0.5) / height, near.shape[1])
    own = near[low].ravel()
    fits = np.abs(own - (slopes[:, None] * places + starts[:, None])) < _OFF
    best = int(fits.sum(axis=1).argmax())
    if fits[best].mean() < _FEWEST:
        return None
    slope, start = np.polyfit(places[fits[best]], own[fits[best]], 1)
    return (float(slope), float(start)) if slope > 0 else None


def _from(fits: NDArray[np.bool_], rows: NDArray[np.float64]) -> float:
    """The row from which all below is ground, but for one or two."""
    wrong = np.cumsum(~fits[::-1])
    longest = int(np.searchsorted(wrong, 3))
    while longest and not fits[len(fits) - longest]:
        longest -= 1
    return float(rows[len(rows) - longest]) if longest > 2 else 1.0
