"""How somebody else performs a captured motion: strokes of another size, a rhythm and a way to stand of his own.

Legs and path stay as captured, so that feet do not slide; hands that the capture keeps off the body are kept off it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import require_range
from synthgest.motion.clearance import clearance
from synthgest.motion.drift import drift
from synthgest.motion.resample import smoothed
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

# Joints that are varied, each with its part of the posture's and of the noise's degrees: three joints share the trunk's.
_PARTS = {
    "spine1": (0.3, 0.1),
    "spine2": (0.3, 0.1),
    "spine3": (0.3, 0.1),
    "neck": (0.4, 0.3),
    "head": (0.8, 0.6),
} | {
    f"{side}_{name}": parts
    for side in ("left", "right")
    for name, parts in {"collar": (0.3, 0.2), "shoulder": (1.0, 1.0), "elbow": (0.0, 0.0), "wrist": (1.0, 1.0)}.items()
}
_JOINTS = [JOINT_INDEX[name] for name in _PARTS]
_ELBOWS = [list(_PARTS).index(f"{side}_elbow") for side in ("left", "right")]
_SLOW = 0.5  # seconds: what changes more slowly is where a stroke is made, what changes faster is the stroke
_RATES = (0.15, 0.5)  # hertz, of running ahead and falling behind
_STRENGTHS = (1.0, 0.6, 0.3)
_OVERLAP = 0.01  # metres by which a hand may come nearer to the body than in the capture, beyond touching it


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSettings:
    """Keys of a recipe's table ``captures``: how far a performance may be from the captured one.

    amplitude: factors of the strokes. timing: largest part by which it runs faster or slower for a while, beyond the gesture's
    tempo. posture, noise: degrees, standard deviations of what is off throughout and of what wanders. mixed: part of the
    clips that lie between two performances of the class.
    """

    amplitude: tuple[float, float] = (0.88, 1.1)
    timing: float = 0.12
    posture: float = 3.0
    noise: float = 1.5
    mixed: float = 0.0

    def __post_init__(self) -> None:
        require_range("amplitude", self.amplitude, (0.5, 1.5))
        require_range("timing", (self.timing, self.timing), (0.0, 0.5))
        require_range("mixed", (self.mixed, self.mixed), (0.0, 1.0))
        for name in ("posture", "noise"):
            require_range(name, (getattr(self, name),) * 2, (0.0, 15.0))


AS_CAPTURED = CaptureSettings(amplitude=(1.0, 1.0), timing=0.0, posture=0.0, noise=0.0)
"""Nothing is changed."""


def varied(motion: Motion, settings: CaptureSettings, rng: np.random.Generator) -> Motion:
    """The motion as another performer shows it; as much of his manner as keeps his hands off his body where the capture does."""
    factor = float(rng.uniform(*settings.amplitude))
    posture = settings.posture * rng.normal(size=(len(_JOINTS), 3)).clip(-2, 2)
    noise, seed = settings.noise, int(rng.integers(2**31))
    if settings.amplitude == (1.0, 1.0) and not settings.posture and not settings.noise:
        return motion
    pose = motion.full_pose.astype(np.float64)
    seconds = np.arange(len(motion)) / motion.fps
    wander = np.random.default_rng(seed)
    off = np.stack([[drift(seconds, wander) for _ in range(3)] for _ in _JOINTS]).transpose(2, 0, 1)  # (T, J, 3)
    parts = np.array(list(_PARTS.values()))
    turned = np.radians(posture * parts[:, :1] + noise * off * parts[:, 1:])
    limit = min(0.0, float(clearance(pose, motion.transl).min())) - _OVERLAP
    strokes = _strokes(pose[:, _JOINTS], motion.fps)
    for strength in _STRENGTHS:
        changed = pose.copy()
        changed[:, _JOINTS] = _changed(pose[:, _JOINTS], strokes, (factor - 1) * strength, turned * strength)
        if clearance(changed, motion.transl).min() >= limit:
            return motion.reposed(changed, motion.transl)
    return motion


def rhythm(moments: Array, timing: float, rng: np.random.Generator) -> Array:
    """Moments (T,), seconds, of somebody who runs ahead and falls behind: at most ``timing`` faster or slower, never backwards."""
    rate, phase = 2 * np.pi * rng.uniform(*_RATES), rng.uniform(0, 2 * np.pi)
    ahead = timing / rate * np.sin(rate * moments + phase)
    changed: Array = moments + ahead - ahead[0]
    return changed


def _strokes(pose: Array, fps: float) -> Array:
    """(T, J, 3) the turn of each joint (T, J, 3) from where it is on the mean of some tenths of a second."""
    slow = Rotation.from_rotvec(smoothed(pose, _SLOW * fps).reshape(-1, 3))
    turns: Array = (slow.inv() * Rotation.from_rotvec(pose.reshape(-1, 3))).as_rotvec().reshape(pose.shape)
    return turns


def _changed(pose: Array, strokes: Array, excess: float, turned: Array) -> Array:
    """Joints (T, J, 3) with their strokes larger by a part of them, then turned in the parent's frame; elbows within their bend."""
    larger = Rotation.from_rotvec(pose.reshape(-1, 3)) * Rotation.from_rotvec((excess * strokes).reshape(-1, 3))
    bent = larger.as_rotvec().reshape(pose.shape)
    for elbow in _ELBOWS:
        captured = pose[:, elbow]
        axis = captured.mean(axis=0) / max(float(np.linalg.norm(captured.mean(axis=0))), 1e-9)
        along = bent[:, elbow] @ axis
        bent[:, elbow] += (np.maximum(along, (captured @ axis).min()) - along)[:, None] * axis
    whole = Rotation.from_rotvec(turned.reshape(-1, 3)) * Rotation.from_rotvec(bent.reshape(-1, 3))
    rotvecs: Array = whole.as_rotvec().reshape(pose.shape)
    return rotvecs
