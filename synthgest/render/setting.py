"""Where the person is filmed: what the renderer is given beside a mesh and its cameras."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.camera import Camera
from synthgest.scene.light import Light
from synthgest.scene.place import Backdrop

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where the person is filmed.

    light: on the person. backdrop: the picture of the place. seen: the camera that drew the backdrop; the cameras of the
    frames share its position, and what they see lies within its picture. shutter: how long the shutter is open, as part of
    the time from frame to frame: what moves is smeared over that part of its way. span: (T, N, 3), points of the person
    through the whole clip, metres, where not all of its frames are drawn. shadows: of the person on itself and on the floor.
    """

    light: Light
    backdrop: Backdrop
    seen: Camera
    shutter: float = 0.0
    span: FloatArray | None = None
    shadows: bool = True
