"""Smooth unevenness over a body: a few waves of random direction that stay where they are on the mean person."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def waves(place: Floats, rng: np.random.Generator, frequency: float) -> Floats:
    """(V,) in about [-1, 1] at places (V, 3), metres; the waves are about 2 pi / frequency metres long."""
    direction = rng.normal(0, frequency / np.sqrt(3), (5, 3)).astype(np.float32)
    phase = rng.uniform(0, 6.3, 5).astype(np.float32)
    smooth: Floats = np.sin(place @ direction.T + phase).sum(axis=1) / np.float32(3)
    return smooth
