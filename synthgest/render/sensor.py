"""The camera's sensor: exposure, colour cast, lens, sharpening, resolution, noise and compression, drawn once a clip."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.errors import require_range
from synthgest.scene.light import Light
from synthgest.scene.tone import srgb_to_linear

FloatArray = NDArray[np.float32]
Range = tuple[float, float]

_LEVELS = 4095
_NOISE_PAD = 64
_MIDDLE = 0.22
"""Brightness of a scene that the meter leaves as it is, linear."""
_MOST_STOPS = 2.5
_PERSON = 0.3
"""Mean albedo of a dressed person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSettings:
    """Ranges that a clip's sensor is drawn from, uniformly.

    metering: how far the camera makes up for a dark or bright place by itself, 0 not at all to 1 wholly. exposure_stops:
    brightness on top of that, in powers of two. white_balance: relative gain of red against blue. gamma: exponent on sRGB
    values. contrast: factor about middle grey. saturation: factor. vignette: darkening of the corners, 0 to 1. shutter: how
    long it is open, as part of the time between two frames; what moves is smeared over that part of its way. blur_pixels:
    standard deviation of the lens blur at a height of 224 pixels. resolution: size of the sensor's picture, as part of the
    clip's, that is enlarged to it. sharpening: how much of what a blur takes away is added again. noise: standard deviation
    in dark parts, sRGB units. jpeg_quality: 1 to 100, and jpeg: probability that a clip is compressed a frame at a time.
    """

    metering: Range = (0.4, 0.9)
    exposure_stops: Range = (-0.45, 0.35)
    white_balance: Range = (-0.07, 0.07)
    gamma: Range = (0.88, 1.14)
    contrast: Range = (0.88, 1.12)
    saturation: Range = (0.75, 1.12)
    vignette: Range = (0.0, 0.22)
    shutter: Range = (0.1, 0.6)
    blur_pixels: Range = (0.0, 0.7)
    resolution: Range = (0.7, 1.0)
    sharpening: Range = (0.0, 0.5)
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
            "metering": (0, 1),
            "shutter": (0, 1),
            "blur_pixels": (0, 50),
            "resolution": (0.1, 1),
            "sharpening": (0, 5),
            "noise": (0, 1),
            "jpeg_quality": (1, 100),
        }
        for name, bound in bounds.items():
            require_range(name, getattr(self, name), bound)
        require_range("jpeg", (self.jpeg, self.jpeg), (0, 1))


PLAIN = SensorSettings(
    metering=(0.0, 0.0),
    exposure_stops=(0.0, 0.0),
    white_balance=(0.0, 0.0),
    gamma=(1.0, 1.0),
    contrast=(1.0, 1.0),
    saturation=(1.0, 1.0),
    vignette=(0.0, 0.0),
    shutter=(0.0, 0.0),
    blur_pixels=(0.0, 0.0),
    resolution=(1.0, 1.0),
    sharpening=(0.0, 0.0),
    noise=(0.0, 0.0),
    jpeg=0.0,
)
"""A sensor that changes nothing."""


class Sensor:
    """One clip's sensor for pictures of ``size`` (width, height). ``shutter``: part of the time between frames that it is open."""

    def __init__(
        self, settings: SensorSettings, size: tuple[int, int], rng: np.random.Generator, *, level: float
    ) -> None:
        """Draw a sensor; ``level``: brightness of the scene, linear, as ``brightness`` gives it."""
        width, height = size
        self.shutter = float(rng.uniform(*settings.shutter))
        metered = rng.uniform(*settings.metering) * np.log2(_MIDDLE / max(level, 1e-3))
        stops = rng.uniform(*settings.exposure_stops) + float(np.clip(metered, -_MOST_STOPS, _MOST_STOPS))
        self._curves = _curves(rng, settings, stops)
        self._mixing = _saturation(rng.uniform(*settings.saturation))
        self._vignette = _vignette((height, width), rng.uniform(*settings.vignette))
        part = rng.uniform(*settings.resolution)
        self._size, self._small = size, (max(8, round(width * part)), max(8, round(height * part)))
        self._sigma = rng.uniform(*settings.blur_pixels) * height / 224
        self._sharpening = rng.uniform(*settings.sharpening)
        # A darker scene is amplified, and its noise with it.
        self._grain = _grain(rng, settings, (height, width), 2 ** max(stops, 0.0))
        quality = int(rng.integers(round(settings.jpeg_quality[0]), round(settings.jpeg_quality[1]) + 1))
        self._quality = quality if rng.random() < settings.jpeg else 0
        self._seed = int(rng.integers(2**62))

    def expose(self, picture: FloatArray, number: int) -> NDArray[np.uint8]:
        """What the sensor makes of frame ``number``, (H, W, 3) float32, sRGB in [0, 1]: (H, W, 3) uint8.

        A frame comes out the same whichever others are exposed.
        """
        developed = _developed(self._through_lens(picture), self._curves)
        if self._grain is not None:
            developed = developed + _grain_at(self._grain, developed, np.random.default_rng([self._seed, number]))
        result = np.clip(developed * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
        return _compressed(result, self._quality) if self._quality else result

    def _through_lens(self, picture: FloatArray) -> FloatArray:
        """The picture as lens and sensor's grid leave it: blurred, coarse, sharpened, less colourful, dark in the corners."""
        seen: NDArray[Any] = picture
        if self._sigma > 0.15:
            seen = cv2.GaussianBlur(seen, (0, 0), self._sigma)
        if self._small != self._size:
            small = cv2.resize(seen, self._small, interpolation=cv2.INTER_AREA)
            seen = cv2.resize(small, self._size, interpolation=cv2.INTER_LINEAR)
        if self._sharpening > 0.01:
            soft = cv2.GaussianBlur(seen, (0, 0), 1.0)
            seen = cv2.addWeighted(seen, 1 + self._sharpening, soft, -self._sharpening, 0)
        if self._mixing is not None:
            seen = cv2.transform(seen, self._mixing)
        return seen if self._vignette is None else np.asarray(seen * self._vignette, np.float32)


def brightness(picture: FloatArray, light: Light) -> float:
    """How bright a scene is to a camera's meter, linear: half the place (H, W, 3) sRGB, half a person in its light."""
    thumbnail = np.asarray(cv2.resize(picture, (16, 16), interpolation=cv2.INTER_AREA), np.float32)
    place = float(srgb_to_linear(thumbnail).mean())
    person = _PERSON * float((0.6 * light.colour + 0.5 * light.sky + 0.3 * light.ground).mean())
    return 0.5 * place + 0.5 * person


def _curves(rng: np.random.Generator, settings: SensorSettings, stops: float) -> FloatArray | None:
    """Output sRGB for each of 4,096 input levels and channel, (4096, 3), or None where nothing changes."""
    balance = rng.uniform(*settings.white_balance)
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


def _grain(rng: np.random.Generator, settings: SensorSettings, size: tuple[int, int], gain: float) -> FloatArray | None:
    """One field of noise, larger than the picture, that every frame takes a part of; partly common to the channels."""
    strength = rng.uniform(*settings.noise) * gain
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
