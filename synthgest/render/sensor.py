"""The camera's sensor: exposure, colour cast, lens, motion blur, noise and compression, drawn once a clip."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.errors import require_range

FloatArray = NDArray[np.float32]
Range = tuple[float, float]

_LEVELS = 4095
_NOISE_PAD = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSettings:
    """Ranges that a clip's sensor is drawn from, uniformly.

    exposure_stops: brightness, in powers of two. white_balance: relative gain of red against blue. gamma: exponent on
    sRGB values. contrast: factor about middle grey. saturation: factor. vignette: darkening of the corners, 0 to 1.
    motion_blur: share of the previous frame in the next. blur_pixels: standard deviation of the lens blur at a height of
    224 pixels. noise: standard deviation in dark parts, sRGB units. jpeg_quality: 1 to 100, and jpeg: probability that a
    clip is compressed a frame at a time.
    """

    exposure_stops: Range = (-0.45, 0.35)
    white_balance: Range = (-0.07, 0.07)
    gamma: Range = (0.88, 1.14)
    contrast: Range = (0.88, 1.12)
    saturation: Range = (0.75, 1.12)
    vignette: Range = (0.0, 0.22)
    motion_blur: Range = (0.0, 0.3)
    blur_pixels: Range = (0.0, 0.7)
    noise: Range = (0.0, 0.016)
    jpeg_quality: Range = (45, 95)
    jpeg: float = 0.4

    def __post_init__(self) -> None:
        bounds = {
            "exposure_stops": (-6, 6),
            "white_balance": (-0.9, 0.9),
            "gamma": (0.2, 5),
            "contrast": (0, 5),
            "saturation": (0, 5),
            "vignette": (0, 1),
            "motion_blur": (0, 1),
            "blur_pixels": (0, 50),
            "noise": (0, 1),
            "jpeg_quality": (1, 100),
        }
        for name, bound in bounds.items():
            require_range(name, getattr(self, name), bound)
        require_range("jpeg", (self.jpeg, self.jpeg), (0, 1))


PLAIN = SensorSettings(
    exposure_stops=(0.0, 0.0),
    white_balance=(0.0, 0.0),
    gamma=(1.0, 1.0),
    contrast=(1.0, 1.0),
    saturation=(1.0, 1.0),
    vignette=(0.0, 0.0),
    motion_blur=(0.0, 0.0),
    blur_pixels=(0.0, 0.0),
    noise=(0.0, 0.0),
    jpeg=0.0,
)
"""A sensor that changes nothing."""


def expose(frames: FloatArray, rng: np.random.Generator, settings: SensorSettings) -> NDArray[np.uint8]:
    """What a sensor makes of frames (T, H, W, 3) float32, sRGB in [0, 1]: (T, H, W, 3) uint8."""
    height = frames.shape[1]
    curves = _curves(rng, settings)
    mixing = _saturation(rng.uniform(*settings.saturation))
    vignette = _vignette(frames.shape[1:3], rng.uniform(*settings.vignette))
    keep = np.float32(rng.uniform(*settings.motion_blur))
    sigma = rng.uniform(*settings.blur_pixels) * height / 224
    grain = _grain(rng, settings, frames.shape[1:3])
    quality = int(rng.integers(round(settings.jpeg_quality[0]), round(settings.jpeg_quality[1]) + 1))
    quality = quality if rng.random() < settings.jpeg else 0
    result = np.empty(frames.shape, np.uint8)
    for number, frame in enumerate(frames):
        picture = frame
        if keep > 0 and number > 0:
            picture = picture * (1 - keep) + frames[number - 1] * keep
        if sigma > 0.15:
            picture = cv2.GaussianBlur(picture, (0, 0), sigma)
        if mixing is not None:
            picture = cv2.transform(picture, mixing)
        if vignette is not None:
            picture = picture * vignette
        picture = _developed(picture, curves)
        if grain is not None:
            picture = picture + _grain_at(grain, picture, rng)
        result[number] = np.clip(picture * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
        if quality:
            result[number] = _compressed(result[number], quality)
    return result


def _curves(rng: np.random.Generator, settings: SensorSettings) -> FloatArray | None:
    """Output sRGB for each of 4,096 input levels and channel, (4096, 3), or None where nothing changes."""
    stops, balance = rng.uniform(*settings.exposure_stops), rng.uniform(*settings.white_balance)
    gamma, contrast = rng.uniform(*settings.gamma), rng.uniform(*settings.contrast)
    if (stops, balance, gamma, contrast) == (0.0, 0.0, 1.0, 1.0):
        return None
    gains = np.array([1 + balance, 1.0, 1 - balance]) * 2.0**stops
    values = np.linspace(0, 1, _LEVELS + 1)[:, None] * gains ** (1 / 2.2)
    rolled = np.where(values < 0.85, values, 1 - 0.15 * np.exp(-(values - 0.85) / 0.15))
    bent = rolled if stops > 0 or balance != 0 else values
    return np.asarray(np.clip((bent**gamma - 0.5) * contrast + 0.5, 0, 1), np.float32)


def _developed(picture: FloatArray, curves: FloatArray | None) -> FloatArray:
    if curves is None:
        return picture
    level = (np.clip(picture, 0, 1) * np.float32(_LEVELS) + np.float32(0.5)).astype(np.intp)
    return np.dstack([curves[:, channel].take(level[..., channel]) for channel in range(3)])


def _saturation(factor: float) -> FloatArray | None:
    """The (3, 3) matrix that scales the distance from grey (Rec. 709 weights)."""
    if factor == 1.0:
        return None
    grey = np.tile([0.2126, 0.7152, 0.0722], (3, 1))
    return (factor * np.eye(3) + (1 - factor) * grey).astype(np.float32)


def _vignette(size: tuple[int, int], strength: float) -> FloatArray | None:
    """Gain (H, W, 1) that falls with the square of the distance from the middle, to 1 - strength in the corners."""
    if strength == 0.0:
        return None
    y, x = (np.linspace(-1, 1, side, dtype=np.float32) for side in size)
    gain = 1 - np.float32(strength) * (y[:, None] ** 2 + x[None, :] ** 2) / 2
    return np.asarray(gain[..., None], np.float32)


def _grain(rng: np.random.Generator, settings: SensorSettings, size: tuple[int, int]) -> FloatArray | None:
    """One field of noise, larger than the picture, that every frame takes a part of; partly common to the channels."""
    strength = rng.uniform(*settings.noise)
    if strength == 0.0:
        return None
    shape = (size[0] + _NOISE_PAD, size[1] + _NOISE_PAD)
    grey = rng.standard_normal((*shape, 1), dtype=np.float32)
    colour = rng.standard_normal((*shape, 3), dtype=np.float32)
    field = cv2.GaussianBlur(0.8 * grey + 0.6 * colour, (0, 0), rng.uniform(0.3, 0.6))
    return np.asarray(field * np.float32(strength / field.std()), np.float32)


def _grain_at(grain: FloatArray, picture: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The noise of one frame, weaker in bright parts as sRGB values compress them."""
    top, left = rng.integers(0, _NOISE_PAD, 2)
    part = grain[top : top + picture.shape[0], left : left + picture.shape[1]]
    return np.asarray(part * (1 - 0.6 * picture[..., 1:2]), np.float32)


def _compressed(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The picture (H, W, 3) after JPEG at a quality of 1 to 100."""
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return decoded[..., ::-1]
