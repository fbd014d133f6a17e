"""A place where a person can stand: what is behind, how it is lit, and what of it is floor."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.camera import Camera
from synthgest.scene.light import Light

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """The picture of a place without the person.

    images: (1, H, W, 3) for a still or (T, H, W, 3) for a moving one, float32, sRGB in [0, 1]. floor: (H, W) float32 in
    [0, 1], how much of a shadow on the ground plane y = 0 the pixel receives.
    """

    images: FloatArray
    floor: FloatArray


class Place(Protocol):
    """A place, wholly decided when it is sampled: to draw it again gives the same picture."""

    @property
    def name(self) -> str:
        """What the clip's record calls it."""
        ...

    @property
    def tags(self) -> tuple[str, ...]:
        """What kind of place it is: ``living room``, ``street`` ... (as in a gesture's ``environments``)."""
        ...

    @property
    def light(self) -> Light:
        """The light that falls on a person at the origin."""
        ...

    def draw(self, camera: Camera, *, frames: int, fps: float) -> Backdrop:
        """The place seen by ``camera`` through a clip of ``frames`` frames at ``fps`` frames per second."""
        ...
