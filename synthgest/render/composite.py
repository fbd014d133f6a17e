"""The person put into the place: the floor darkened by its shadow, then the person over it."""

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import FrameError
from synthgest.render.rasteriser import Drawn
from synthgest.scene.light import Light
from synthgest.scene.place import Backdrop

FloatArray = NDArray[np.float32]


def compose(drawn: Drawn, backdrop: Backdrop, light: Light) -> FloatArray:
    """Frames (T, H, W, 3) float32, sRGB in [0, 1]: the drawn person standing in the place under its light."""
    frames = len(drawn.rgba)
    _agree(drawn, backdrop)
    result = np.empty((frames, *drawn.rgba.shape[1:3], 3), np.float32)
    for frame in range(frames):
        behind = backdrop.images[frame if len(backdrop.images) > 1 else 0]
        darker = shadow_factor(drawn.shadow.sun[frame], drawn.shadow.sky[frame], backdrop.floor, light)
        person = drawn.rgba[frame].astype(np.float32) * np.float32(1 / 255)
        np.multiply(behind, darker, out=result[frame])
        result[frame] *= 1 - person[..., 3:]
        result[frame] += person[..., :3]
    np.clip(result, 0, 1, out=result)
    return result


def shadow_factor(sun: FloatArray, sky: FloatArray, floor: FloatArray, light: Light) -> FloatArray:
    """What the sRGB values of the floor are multiplied by, (H, W, 3), where ``sun`` and ``sky`` (H, W) are kept from it.

    In linear light the floor keeps (sunlight not blocked + skylight not blocked) / all light; an sRGB value goes about
    with the power 1 / 2.2 of that.
    """
    shade = light.shade
    left = (1 - sun[..., None]) * (1 - shade) + (1 - 0.8 * sky[..., None]) * shade
    left = np.maximum(left, np.float32(0.02)) ** np.float32(1 / 2.2)
    return np.asarray(1 - floor[..., None] * (1 - left), np.float32)


def _agree(drawn: Drawn, backdrop: Backdrop) -> None:
    frames, height, width = drawn.mask.shape
    if backdrop.images.shape[1:] != (height, width, 3) or len(backdrop.images) not in (1, frames):
        raise FrameError(
            f"the backdrop is {backdrop.images.shape}; expected (1 or {frames}, {height}, {width}, 3) as the person's"
        )
