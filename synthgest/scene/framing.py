"""Framing: a camera is drawn at random, then moved back until the whole gesture is in the picture, with hands to be seen."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from synthgest.errors import ShotFailed, require_range
from synthgest.scene.camera import Camera, looking

Range = tuple[float, float]
Points = NDArray[np.floating]

_NEAREST, _FARTHEST = 0.6, 25.0
_ATTEMPTS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """From which cameras a gesture is seen; ranges are drawn from uniformly.

    azimuth_degrees: around the person, 0 in front of the world's +Z side, positive towards +X. height_m: of the lens above
    the ground. aerial: share of clips seen from above, as a drone does, and aerial_degrees: how high above the horizon the
    camera then stands. roll_degrees: about the optical axis. yfov_degrees: vertical field of view. margin: part of the
    picture's half side that stays free at the border. slack: how much farther than the nearest possible place the camera
    stands, as a factor. off_centre: largest shift of the person, as part of the free room. upper_body: probability that
    only the upper half of the body need be in the picture. hand_pixels: least size of a hand that matters (the longer side
    of the box around wrist and fingertips, median over the clip) in pictures of 224 pixels and more; less in smaller ones.
    finger_pixels: the same for gestures that cannot be told without the fingers, which are always framed from the hips up.
    """

    azimuth_degrees: Range = (-40.0, 40.0)
    height_m: Range = (0.8, 2.0)
    aerial: float = 0.04
    aerial_degrees: Range = (25.0, 65.0)
    roll_degrees: Range = (-3.0, 3.0)
    yfov_degrees: Range = (30.0, 62.0)
    margin: float = 0.06
    slack: Range = (1.0, 1.25)
    off_centre: float = 0.7
    upper_body: float = 0.4
    hand_pixels: float = 12.0
    finger_pixels: float = 28.0

    def __post_init__(self) -> None:
        bounds = {
            "azimuth_degrees": (-360, 360),
            "height_m": (0.05, 30),
            "aerial_degrees": (0, 85),
            "roll_degrees": (-180, 180),
            "yfov_degrees": (5, 120),
            "slack": (1, 10),
        }
        for name, bound in bounds.items():
            require_range(name, getattr(self, name), bound)
        most = {"margin": 0.45, "off_centre": 1.0, "upper_body": 1.0, "aerial": 1.0}
        most |= {"hand_pixels": 1000.0, "finger_pixels": 1000.0}
        for name, limit in most.items():
            value = getattr(self, name)
            require_range(name, (value, value), (0, limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """A camera that was found, and how.

    attempts: cameras that were drawn until one fitted. hand: size of the smallest hand
    that matters, pixels. upper_body: whether the legs were left to chance. aerial: whether it looks down from above.
    """

    camera: Camera
    attempts: int
    hand: float
    upper_body: bool
    aerial: bool


def frame_camera(
    points: Points,
    hands: Points,
    rng: np.random.Generator,
    *,
    matter: Sequence[int],
    fingers: bool,
    settings: CameraSettings,
    size: tuple[int, int],
) -> Framing:
    """A camera that sees a person through a whole clip, in a picture of ``size`` (width, height) pixels.

    points: (T, N, 3) of the body, metres. hands: (T, H, 6, 3), wrist and fingertips of each hand, which every framing keeps
    in the picture. matter: numbers of the hands that must be large enough to be read; fingers: down to the fingers. Raises
    ShotFailed("framing") where no camera within the settings' ranges does.
    """
    both = np.asarray(hands, np.float64)
    least = (settings.finger_pixels if fingers else settings.hand_pixels) * min(1.0, min(size) / 224)
    best = 0.0
    for attempt in range(1, _ATTEMPTS + 1):
        # Where whole bodies leave the hands too small, later attempts look at the upper half.
        upper = rng.random() < settings.upper_body or attempt > 2 * _ATTEMPTS / 3 or fingers
        aerial = rng.random() < settings.aerial
        camera = _attempt(_wanted(points, both, upper=upper), rng, settings, size, aerial=aerial)
        if camera is None:
            continue
        hand = hand_size(camera, both[:, list(matter)])
        best = max(best, hand)
        if hand >= least:
            return Framing(camera=camera, attempts=attempt, hand=round(hand, 1), upper_body=upper, aerial=aerial)
    reach = np.ptp(both.reshape(-1, 3), axis=0).max() if both.size else 0.0
    raise ShotFailed(
        "framing",
        f"no camera among {_ATTEMPTS} within {_FARTHEST:g} m keeps the person in a picture of "
        f"{size[0]}x{size[1]} with hands of {least:.0f} pixels or more (the best had {best:.0f}); the hands travel {reach:.1f} m; "
        "widen yfov_degrees, lower margin or hand_pixels, raise upper_body, or use a motion that stays in place",
    )


def hand_size(camera: Camera, hands: NDArray[np.float64]) -> float:
    """Size in pixels of the smallest of hands (T, H, 6, 3): median of the longer side of its box; infinite without hands."""
    if hands.size == 0:
        return float("inf")
    pixels = camera.project(hands)
    sides = pixels.max(axis=2) - pixels.min(axis=2)
    return float(np.median(sides.max(axis=-1), axis=0).min())


def holds(camera: Camera, points: Points) -> bool:
    """Whether a camera's picture holds all points (..., 3)."""
    return _fits(camera, np.asarray(points, np.float64).reshape(-1, 3), 0.0)


def _wanted(points: Points, hands: Points, *, upper: bool) -> NDArray[np.float64]:
    """The points (P, 3) that bound what the picture must hold: the whole body, or its part above the hips."""
    body = np.asarray(points, np.float64)
    if upper:
        low, high = body[..., 1].min(axis=1, keepdims=True), body[..., 1].max(axis=1, keepdims=True)
        body = body[body[..., 1] > low + 0.52 * (high - low)]
    every = np.concatenate([body.reshape(-1, 3), hands.reshape(-1, 3)])
    return _hull(every)


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners of the points' convex hull: a picture that holds them holds all, and they are far fewer."""
    try:
        corners: NDArray[np.float64] = points[ConvexHull(points).vertices]
    except QhullError:  # all in one plane
        return points
    return corners


def _attempt(
    wanted: NDArray[np.float64],
    rng: np.random.Generator,
    settings: CameraSettings,
    size: tuple[int, int],
    *,
    aerial: bool,
) -> Camera | None:
    azimuth = np.radians(rng.uniform(*settings.azimuth_degrees))
    height = rng.uniform(*settings.height_m)
    elevation = np.radians(rng.uniform(*settings.aerial_degrees)) if aerial else 0.0
    roll = np.radians(rng.uniform(*settings.roll_degrees))
    yfov = np.radians(rng.uniform(*settings.yfov_degrees))
    slack = rng.uniform(*settings.slack)
    shift = rng.uniform(-settings.off_centre, settings.off_centre, 2)
    centre = (wanted.min(axis=0) + wanted.max(axis=0)) / 2

    def standing(distance: float, aside: NDArray[np.float64]) -> Camera:
        level = np.cos(elevation)
        offset = distance * np.array([np.sin(azimuth) * level, np.sin(elevation), np.cos(azimuth) * level])
        position = np.array([centre[0], centre[1] if aerial else height, centre[2]]) + offset
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
