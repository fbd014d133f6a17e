"""Camera work: a camera that stands still, is held by hand, or turns and zooms slowly through a clip."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import SpecError, require_range
from synthgest.scene.camera import Camera

Range = tuple[float, float]
FloatArray = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementSettings:
    """How cameras move. steady, hand_held, slow: shares of clips, which need not add up to 1.

    shake_degrees: standard deviation of a hand-held camera's direction. turn_degrees: how far a slow camera turns through
    the clip. zoom: how much its focal length grows or shrinks, as a factor. The camera's place never changes.
    """

    steady: float = 0.5
    hand_held: float = 0.35
    slow: float = 0.15
    shake_degrees: Range = (0.1, 0.5)
    turn_degrees: Range = (1.0, 5.0)
    zoom: Range = (0.92, 1.1)

    def __post_init__(self) -> None:
        bounds = {"shake_degrees": (0, 5), "turn_degrees": (0, 30), "zoom": (0.5, 2)}
        for name, bound in bounds.items():
            require_range(name, getattr(self, name), bound)
        shares = (self.steady, self.hand_held, self.slow)
        if min(shares) < 0 or sum(shares) <= 0:
            raise SpecError(
                f"the shares of steady, hand_held and slow cameras are {shares}; expected none below 0, not all 0"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraWork:
    """The cameras of a clip, all at one place.

    kind: steady, hand_held or slow. cameras: one for all frames, or one a frame. seen: a camera at the same place that sees
    all that they see, for drawing what is behind.
    """

    kind: str
    cameras: tuple[Camera, ...]
    seen: Camera

    def at(self, frame: int) -> Camera:
        """The camera of a frame."""
        return self.cameras[frame] if len(self.cameras) > 1 else self.cameras[0]

    def project(self, points: NDArray[np.floating]) -> FloatArray:
        """World points (T, ..., 3), metres, as pixels (T, ..., 2) float32 of their frame; NaN where not in front."""
        return np.stack([self.at(frame).project(part) for frame, part in enumerate(points)])

    def depths(self, points: NDArray[np.floating]) -> FloatArray:
        """Distance of world points (T, ..., 3) along their frame's optical axis, (T, ...) float32, metres."""
        return np.stack([self.at(frame).depths(part) for frame, part in enumerate(points)])

    def intrinsics(self, frames: int) -> FloatArray:
        """The matrices K, (T, 3, 3) float32, pixels."""
        return np.stack([self.at(frame).intrinsics() for frame in range(frames)])

    def extrinsics(self, frames: int) -> FloatArray:
        """World to camera, (T, 4, 4) float32, OpenCV axes (x right, y down, z forward), metres."""
        return np.stack([self.at(frame).extrinsics() for frame in range(frames)])


def steady(camera: Camera) -> CameraWork:
    """A camera that does not move."""
    return CameraWork(kind="steady", cameras=(camera,), seen=camera)


def move(
    camera: Camera, frames: int, fps: float, rng: np.random.Generator, settings: MovementSettings, strength: float = 1.0
) -> CameraWork:
    """Camera work around a camera's direction. strength: factor on the movement, for a picture that has little room."""
    shares = np.array([settings.steady, settings.hand_held, settings.slow])
    kind = ("steady", "hand_held", "slow")[rng.choice(3, p=shares / shares.sum())]
    if kind == "steady" or strength == 0 or frames < 2:
        return steady(camera)
    if kind == "hand_held":
        turns, zooms = (
            _shaken(frames, fps, rng, np.radians(rng.uniform(*settings.shake_degrees)) * strength),
            np.ones(frames),
        )
    else:
        turns, zooms = _turning(frames, rng, settings, strength)
    rotations = camera.rotation @ Rotation.from_rotvec(turns).as_matrix()
    cameras = tuple(
        replace(camera, rotation=rotation, yfov=2 * np.arctan(np.tan(camera.yfov / 2) / zoom))
        for rotation, zoom in zip(rotations, zooms, strict=True)
    )
    return CameraWork(kind=kind, cameras=cameras, seen=_holding(camera, cameras))


def _shaken(frames: int, fps: float, rng: np.random.Generator, deviation: float) -> Floats:
    """Turns (T, 3) of a hand: slow drift, a sway of about one a second and a little tremor; least about the optical axis."""
    time = np.arange(frames) / fps
    turns = np.zeros((frames, 3))
    for rate, share in ((0.15, 0.75), (0.9, 0.5), (1.7, 0.3), (5.5, 0.08)):
        phase = rng.uniform(0, 2 * np.pi, 3)
        pace = rate * rng.uniform(0.75, 1.3, 3)
        turns += share * np.sqrt(2) * np.sin(2 * np.pi * pace * time[:, None] + phase)
    turns -= turns.mean(axis=0)
    return np.asarray(turns * deviation * np.array([1.0, 1.0, 0.4]), np.float64)


def _turning(
    frames: int, rng: np.random.Generator, settings: MovementSettings, strength: float
) -> tuple[Floats, Floats]:
    """Turns (T, 3) and factors on the focal length (T,) of a camera that starts and stops softly."""
    share = np.linspace(-1, 1, frames)
    eased = 0.75 * share + 0.25 * np.sin(share * np.pi / 2)
    angle = np.radians(rng.uniform(*settings.turn_degrees)) * strength * rng.choice([-1.0, 1.0]) / 2
    tilt = angle * rng.uniform(-0.3, 0.3)
    turns = np.stack([tilt * eased, angle * eased, np.zeros(frames)], axis=1)
    zoom = 1 + (rng.uniform(*settings.zoom) - 1) * strength
    return turns, zoom ** ((eased + 1) / 2)


def _holding(camera: Camera, cameras: tuple[Camera, ...]) -> Camera:
    """``camera`` with as much picture around it, at the same scale, as holds what all of the cameras see."""
    corners = np.array([[x, y, 1.0] for x in (0, camera.width) for y in (0, camera.height)]).T
    focal = max(other.focal for other in cameras)
    reach = np.zeros(2)
    for other in cameras:
        rays = camera.rotation.T @ other.rotation @ other.pixel_rays() @ corners
        reach = np.maximum(reach, np.abs(rays[:2] / rays[2]).max(axis=1))
    width, height = (2 * (int(np.ceil(focal * side)) + 2) for side in reach)
    return replace(camera, width=width, height=height, yfov=2 * float(np.arctan(height / 2 / focal)))
