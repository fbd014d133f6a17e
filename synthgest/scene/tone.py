"""Linear light and the sRGB values of a picture, with highlights rolled off as a camera does."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_BRIGHTEST = 4.0
_STEPS = 4096


def srgb_to_linear(colour: NDArray[np.floating]) -> FloatArray:
    """Linear values of sRGB ones in [0, 1] (IEC 61966-2-1), any shape, float32."""
    c = np.asarray(colour, np.float32)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_to_srgb(colour: NDArray[np.floating]) -> FloatArray:
    """Linear values in [0, 1] as sRGB ones (IEC 61966-2-1), any shape, float32."""
    c = np.asarray(colour, np.float32)
    curve = 1.055 * np.maximum(c, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(c <= 0.0031308, c * 12.92, curve).astype(np.float32)


def shoulder(linear: FloatArray) -> FloatArray:
    """Linear light with the part above 0.7 rolled off towards 1, as a camera does, any shape, float32."""
    rolled = 1 - 0.3 * np.exp(-(np.maximum(linear, 0.7) - 0.7) / 0.3)
    return np.where(linear < 0.7, linear, rolled).astype(np.float32)


def _curve() -> FloatArray:
    """Values in sRGB of the rolled-off linear values (i / _STEPS)**2 * _BRIGHTEST: steps that are finest in the dark."""
    linear = np.asarray((np.arange(_STEPS + 1) / _STEPS) ** 2 * _BRIGHTEST, np.float32)
    return linear_to_srgb(shoulder(linear))


_CURVE = _curve()


def tone(linear: FloatArray) -> FloatArray:
    """Linear light in [0, 4], any shape, as sRGB in [0, 1] with highlights rolled off; by a table of 4,096 steps."""
    place = np.sqrt(np.clip(linear, 0, _BRIGHTEST) * np.float32(1 / _BRIGHTEST)) * np.float32(_STEPS)
    return np.asarray(_CURVE.take((place + np.float32(0.5)).astype(np.intp)), np.float32)
