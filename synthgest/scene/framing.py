"""Framing: a camera is drawn at random, then moved back until the whole gesture is in the picture."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from synthgest.errors import ShotFailed, require_range
from synthgest.scene.camera import Camera, looking

Range = tuple[float, float]
Points = NDArray[np.floating]

_NEAREST, _FARTHEST = 0.6, 12.0
_ATTEMPTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """From which cameras a gesture is seen; ranges are drawn from uniformly.

    azimuth_degrees: around the person, 0 in front of the world's +Z side, positive towards +X.
    height_m: of the lens above the ground. roll_degrees: about the optical axis. yfov_degrees: vertical field of view.
    margin: part of the picture's half side that stays free at the border. slack: how much farther than the nearest
    possible place the camera stands, as a factor. off_centre: largest shift of the person, as part of the free room.
    upper_body: probability that only the upper half of the body need be in the picture.
    """

    azimuth_degrees: Range = (-35.0, 35.0)
    height_m: Range = (1.0, 1.8)
    roll_degrees: Range = (-2.0, 2.0)
    yfov_degrees: Range = (32.0, 58.0)
    margin: float = 0.06
    slack: Range = (1.0, 1.25)
    off_centre: float = 0.7
    upper_body: float = 0.3

    def __post_init__(self) -> None:
        bounds = {
            "azimuth_degrees": (-360, 360),
            "height_m": (0.05, 30),
            "roll_degrees": (-180, 180),
            "yfov_degrees": (5, 120),
            "slack": (1, 10),
        }
        for name, bound in bounds.items():
            require_range(name, getattr(self, name), bound)
        for name, most in {"margin": 0.45, "off_centre": 1.0, "upper_body": 1.0}.items():
            value = getattr(self, name)
            require_range(name, (value, value), (0, most))


def frame_camera(
    points: Points, must_see: Points, rng: np.random.Generator, *, settings: CameraSettings, size: tuple[int, int]
) -> Camera:
    """A camera that sees a person through a whole clip, in a picture of ``size`` (width, height) pixels.

    points: (T, N, 3) of the body, metres. must_see: (T, M, 3), what every framing keeps in the picture (the hands).
    Raises ShotFailed("framing") where no camera within the settings' ranges holds them.
    """
    for _ in range(_ATTEMPTS):
        upper = rng.random() < settings.upper_body
        wanted = _wanted(points, must_see, upper=upper)
        camera = _attempt(wanted, rng, settings, size)
        if camera is not None:
            return camera
    reach = np.ptp(np.asarray(must_see).reshape(-1, 3), axis=0).max() if must_see.size else 0.0
    raise ShotFailed(
        "framing",
        f"no camera among {_ATTEMPTS} within {_FARTHEST:g} m keeps the person in a picture of "
        f"{size[0]}x{size[1]}; the hands travel {reach:.1f} m; "
        "widen yfov_degrees, lower margin, or use a motion that stays in place",
    )


def _wanted(points: Points, must_see: Points, *, upper: bool) -> NDArray[np.float64]:
    """The points (P, 3) that bound what the picture must hold: the whole body, or its part above the hips."""
    body = np.asarray(points, np.float64)
    if upper:
        low, high = body[..., 1].min(axis=1, keepdims=True), body[..., 1].max(axis=1, keepdims=True)
        body = body[body[..., 1] > low + 0.52 * (high - low)]
    every = np.concatenate([body.reshape(-1, 3), np.asarray(must_see, np.float64).reshape(-1, 3)])
    return _hull(every)


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners of the points' convex hull: a picture that holds them holds all, and they are far fewer."""
    try:
        corners: NDArray[np.float64] = points[ConvexHull(points).vertices]
    except QhullError:  # all in one plane
        return points
    return corners


def _attempt(
    wanted: NDArray[np.float64], rng: np.random.Generator, settings: CameraSettings, size: tuple[int, int]
) -> Camera | None:
    azimuth = np.radians(rng.uniform(*settings.azimuth_degrees))
    height = rng.uniform(*settings.height_m)
    roll = np.radians(rng.uniform(*settings.roll_degrees))
    yfov = np.radians(rng.uniform(*settings.yfov_degrees))
    slack = rng.uniform(*settings.slack)
    shift = rng.uniform(-settings.off_centre, settings.off_centre, 2)
    centre = (wanted.min(axis=0) + wanted.max(axis=0)) / 2

    def standing(distance: float, aside: NDArray[np.float64]) -> Camera:
        offset = distance * np.array([np.sin(azimuth), 0.0, np.cos(azimuth)])
        position = np.array([centre[0], height, centre[2]]) + offset
        camera = Camera(width=size[0], height=size[1], yfov=yfov, position=position, rotation=np.eye(3))
        return _aimed(camera, wanted, roll, aside, settings.margin)

    straight = np.zeros(2)
    near, far = _NEAREST, _FARTHEST
    if not _fits(standing(far, straight), wanted, settings.margin):
        return None
    for _ in range(24):
        middle = (near + far) / 2
        near, far = (near, middle) if _fits(standing(middle, straight), wanted, settings.margin) else (middle, far)
    for aside in (shift, shift / 2, straight):
        camera = standing(far * slack, aside)
        if _fits(camera, wanted, settings.margin):
            return camera
    return None


def _aimed(
    camera: Camera, wanted: NDArray[np.float64], roll: float, aside: NDArray[np.float64], margin: float
) -> Camera:
    """``camera`` turned so that the points' bounding box is in the middle, or ``aside`` by a part of the room left."""
    camera = _turned(camera, (wanted.min(axis=0) + wanted.max(axis=0)) / 2 - camera.position, roll)
    for _ in range(3):
        low, high = _extent(camera, wanted)
        if not np.isfinite(low).all():
            break
        room = np.clip(1 - margin - (high - low) / 2, 0, None)
        x, y = ((low + high) / 2 - aside * room) * np.tan(camera.yfov / 2)
        camera = _turned(camera, camera.rotation @ np.array([x * camera.width / camera.height, y, -1.0]), roll)
    return camera


def _turned(camera: Camera, forward: NDArray[np.float64], roll: float) -> Camera:
    return dataclasses.replace(camera, rotation=looking(forward, roll=roll))


def _extent(camera: Camera, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest (x right, y up) of the points in the picture, in half sides; infinite where one is behind."""
    pixels = camera.project(points).astype(np.float64)
    if np.isnan(pixels).any() or camera.depths(points).min() < 0.2:
        return np.full(2, -np.inf), np.full(2, np.inf)
    x = pixels[:, 0] / (camera.width / 2) - 1
    y = 1 - pixels[:, 1] / (camera.height / 2)
    return np.array([x.min(), y.min()]), np.array([x.max(), y.max()])


def _fits(camera: Camera, points: NDArray[np.float64], margin: float) -> bool:
    low, high = _extent(camera, points)
    return bool(low.min() >= -(1 - margin) and high.max() <= 1 - margin)
