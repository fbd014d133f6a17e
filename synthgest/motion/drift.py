"""Slow wandering, as of somebody who is alive."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def drift(seconds: Array, rng: np.random.Generator) -> Array:
    """(T,) a slow wandering of about unit size at moments (T,), seconds: three sines below one hertz."""
    rates, phases = rng.uniform(0.08, 0.7, size=3), rng.uniform(0, 2 * np.pi, size=3)
    waves: Array = np.sin(2 * np.pi * rates * seconds[:, None] + phases).sum(axis=1) / np.sqrt(1.5)
    return waves
