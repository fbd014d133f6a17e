"""A motion: the SMPL-X pose of one performer at every frame."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MotionError

FloatArray = NDArray[np.float32]
Gender = Literal["", "neutral", "female", "male"]

_WIDTHS = {
    "global_orient": 3,
    "body_pose": 63,
    "jaw_pose": 3,
    "leye_pose": 3,
    "reye_pose": 3,
    "left_hand_pose": 45,
    "right_hand_pose": 45,
    "transl": 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """SMPL-X parameters over T frames, as in the canonical ``motion.npz``.

    Rotations are axis-angle in radians, relative to the parent joint, zero in the T-pose with flat hands. The world has
    Y up; at zero ``global_orient`` the performer faces +Z and the performer's left is +X.

    ================ ======== ==================================================
    global_orient    (T, 3)   pelvis in the world
    body_pose        (T, 63)  the 21 body joints, in SMPL-X order
    jaw_pose         (T, 3)
    leye_pose        (T, 3)   left eye
    reye_pose        (T, 3)   right eye
    left_hand_pose   (T, 45)  15 joints, flat hand = zero (no PCA)
    right_hand_pose  (T, 45)
    transl           (T, 3)   displacement of the pelvis from its rest place, metres
    ================ ======== ==================================================

    fps: frames per second. fingers: whether the fingers were posed (a capture without fingers has relaxed ones).
    source: where the motion comes from, for the clip's provenance. betas: (B,) the captured performer's shape, expression:
    (T, E) what the face does, gender: of the model that both go with; empty where nobody knows. Other people perform the motion in
    their own shape.
    """

    global_orient: FloatArray
    body_pose: FloatArray
    jaw_pose: FloatArray
    leye_pose: FloatArray
    reye_pose: FloatArray
    left_hand_pose: FloatArray
    right_hand_pose: FloatArray
    transl: FloatArray
    fps: float
    fingers: bool
    source: str
    betas: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    expression: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    gender: Gender = ""

    def __post_init__(self) -> None:
        frames = len(self.global_orient)
        if frames == 0:
            raise MotionError(f"the motion from {self.source} has no frames")
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise MotionError(f"the motion from {self.source} has fps {self.fps}; expected a positive number")
        shapes: dict[str, tuple[int, ...]] = {name: (frames, width) for name, width in _WIDTHS.items()}
        shapes |= {"betas": (self.betas.size,)}
        if self.expression.size:
            shapes |= {"expression": (frames, self.expression.size // frames)}
        for name, expected in shapes.items():
            value = getattr(self, name)
            if value.shape != expected:
                raise MotionError(f"{name} of {self.source} has shape {value.shape}; expected {expected}")
            if not np.isfinite(value).all():
                raise MotionError(f"{name} of {self.source} holds NaN or infinite values")
        if self.gender not in get_args(Gender):
            raise MotionError(f"gender of {self.source} is {self.gender!r}; expected neutral, female, male, or nothing")

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.global_orient)

    def at(self, frames: NDArray[np.intp]) -> "Motion":
        """The motion's frames with these numbers (N,)."""
        moving = [*_WIDTHS, *(["expression"] if self.expression.size else [])]
        return dataclasses.replace(self, **{name: getattr(self, name)[frames] for name in moving})

    def reposed(self, pose: NDArray[np.floating], transl: NDArray[np.floating]) -> "Motion":
        """Its frames with other rotations (T, 55, 3) and another path (T, 3), and all else as it is."""
        return dataclasses.replace(self, **_parts(pose), transl=np.ascontiguousarray(transl, dtype=np.float32))

    @property
    def full_pose(self) -> FloatArray:
        """All 55 rotations, (T, 55, 3), in the order of ``SMPLX_JOINTS``."""
        parts = (
            self.global_orient,
            self.body_pose,
            self.jaw_pose,
            self.leye_pose,
            self.reye_pose,
            self.left_hand_pose,
            self.right_hand_pose,
        )
        return np.concatenate(parts, axis=1).reshape(len(self), 55, 3)

    @classmethod
    def from_full_pose(
        cls, pose: NDArray[np.floating], transl: NDArray[np.floating], *, fps: float, fingers: bool, source: str
    ) -> "Motion":
        """The motion whose 55 rotations are ``pose`` (T, 55, 3), axis-angle in radians, and whose path is ``transl`` (T, 3)."""
        path = np.ascontiguousarray(transl, dtype=np.float32)
        return cls(**_parts(pose), transl=path, fps=fps, fingers=fingers, source=source)


def _parts(pose: NDArray[np.floating]) -> dict[str, Any]:
    """55 rotations (T, 55, 3) by the names that SMPL-X has for their parts."""
    names = [name for name in _WIDTHS if name != "transl"]
    flat = np.ascontiguousarray(pose, dtype=np.float32).reshape(len(pose), 165)
    return dict(zip(names, np.split(flat, np.cumsum([_WIDTHS[name] for name in names])[:-1], axis=1), strict=True))
