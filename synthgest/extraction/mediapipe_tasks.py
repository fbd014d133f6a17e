"""The estimator ``mediapipe``: MediaPipe's pose landmarker, and its hand landmarker, with the user's model files."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MissingDependency, ModelError
from synthgest.frames import Frames
from synthgest.motion.keypoint_layouts import HAND_POINTS, MEDIAPIPE_POINTS, Named, hand, mediapipe

Array = NDArray[np.float64]

_NEAR = 0.25  # of the forearm: a hand whose wrist is further from the body's is somebody else's


class MediaPipeEstimator:
    """33 landmarks of the body and 21 of each hand.

    model: ``pose_landmarker.task``, or a folder with that file and perhaps ``hand_landmarker.task`` beside it (names may go on:
    ``pose_landmarker_full.task``).
    """

    def __init__(self, model: str) -> None:
        try:
            import mediapipe as library
            from mediapipe.tasks.python import vision
        except ImportError as error:
            raise MissingDependency("this estimator needs mediapipe: pip install 'synthgest[mediapipe]'") from error
        self._library: Any = library
        self._vision: Any = vision
        self._body, self._hands = _files(model)

    @property
    def mark(self) -> str:
        """Name and model files."""
        digests = [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in (self._body, self._hands) if path]
        return f"mediapipe {' '.join(digests)}"

    def estimate(self, frames: Frames, fps: float) -> Named:
        """The landmarks of the first person that MediaPipe finds."""
        size = np.array([frames.shape[2], frames.shape[1], 1.0])
        found = mediapipe(self._bodies(frames, fps) * size)
        if self._hands is not None:
            found |= _handed(self._all_hands(frames, fps) * size, found)
        return found

    def _bodies(self, frames: Frames, fps: float) -> Array:
        """(T, 33, 3) parts of the picture, and how visible."""
        made = np.zeros((len(frames), MEDIAPIPE_POINTS, 3))
        with self._opened("PoseLandmarker", self._body) as landmarker:
            for number, image, moment in self._pictures(frames, fps):
                people = landmarker.detect_for_video(image, moment).pose_landmarks
                if people:
                    made[number] = [[point.x, point.y, point.visibility or 0.0] for point in people[0]]
        return made

    def _all_hands(self, frames: Frames, fps: float) -> Array:
        """(T, 2, 21, 3) of up to two hands, in no order; zeros where there are fewer."""
        made = np.zeros((len(frames), 2, HAND_POINTS, 3))
        with self._opened("HandLandmarker", self._hands, num_hands=2) as landmarker:
            for number, image, moment in self._pictures(frames, fps):
                for place, points in enumerate(landmarker.detect_for_video(image, moment).hand_landmarks[:2]):
                    made[number, place] = [[point.x, point.y, 1.0] for point in points]
        return made

    def _opened(self, kind: str, path: Path | None, **options: Any) -> Any:
        vision = self._vision
        base = self._library.tasks.BaseOptions(model_asset_path=str(path))
        try:
            chosen = getattr(vision, f"{kind}Options")(
                base_options=base, running_mode=vision.RunningMode.VIDEO, **options
            )
            return getattr(vision, kind).create_from_options(chosen)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{path} is no model that MediaPipe's {kind} can open: {error}") from error

    def _pictures(self, frames: Frames, fps: float) -> Any:
        for number, frame in enumerate(frames):
            image = self._library.Image(image_format=self._library.ImageFormat.SRGB, data=np.ascontiguousarray(frame))
            yield number, image, round(number / fps * 1000)


def _handed(hands: Array, body: Named) -> Named:
    """Fingers of each side: of the hands (T, 2, 21, 3) the one whose wrist is at the body's.

    MediaPipe itself says which is which as in a mirror.
    """
    sides = ("left", "right")
    wrists = np.stack([body[f"{side}_wrist"] for side in sides], axis=1)
    forearms = np.stack([body[f"{side}_wrist"] - body[f"{side}_elbow"] for side in sides], axis=1)
    near = _NEAR * np.linalg.norm(forearms[..., :2], axis=2).clip(1.0)
    apart = np.linalg.norm(hands[:, :, None, 0, :2] - wrists[:, None, :, :2], axis=3)  # (T, hand, side)
    own = (apart <= near[:, None]) & (hands[:, :, 0, 2] > 0)[..., None]
    own &= apart <= apart.min(axis=2, keepdims=True)  # a hand is of the side whose wrist is nearer
    made: Named = {}
    for number, side in enumerate(sides):
        nearest = np.where(own[..., number], apart[..., number], np.inf)
        points = hands[np.arange(len(hands)), nearest.argmin(axis=1)].copy()
        points[~own[..., number].any(axis=1)] = 0.0
        made |= hand(side, points)
    return made


def _files(model: str) -> tuple[Path, Path | None]:
    path = Path(model).expanduser()
    if path.is_dir():
        bodies, hands = sorted(path.glob("pose_landmarker*.task")), sorted(path.glob("hand_landmarker*.task"))
        if bodies:
            return bodies[0], hands[0] if hands else None
    if not model or not path.is_file():
        raise ModelError(
            f"the estimator 'mediapipe' needs MediaPipe's model, a file pose_landmarker.task or a folder with it; {model!r} "
            "is neither"
        )
    return path, None
