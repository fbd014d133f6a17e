"""Motions as places of joints in space: HumanML3D's 22, the Kinect's 25, and MediaPipe's landmarks with hands.

HumanML3D: Guo et al. 2022, joints of SMPL, Y up, 20 frames a second. Kinect v2: camera space, Y up, the performer facing -Z.
MediaPipe: world landmarks of pose and hands, metres, Y down, hands about their own middle.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError
from synthgest.motion.arrays import read_npy
from synthgest.motion.joint_fit import fitted
from synthgest.motion.keypoint_layouts import HAND_POINTS, MEDIAPIPE, MEDIAPIPE_EARS, MEDIAPIPE_POINTS, hand, sided
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.motion.settling import Y_UP, grounded, relax_hands, turned_to_front
from synthgest.motion.skeleton import SMPLX_JOINTS

Array = NDArray[np.float64]

_SMPL_JOINTS = SMPLX_JOINTS[:22]
_HUMANML3D_FPS = 20.0

_KINECT: Mapping[int, str] = {
    0: "pelvis",
    1: "spine2",
    20: "spine3",
    2: "neck",
    3: "head",
    **{
        first + place: f"{side}_{name}"
        for first, side, names in (
            (4, "left", ("shoulder", "elbow", "wrist", "middle1")),
            (8, "right", ("shoulder", "elbow", "wrist", "middle1")),
            (12, "left", ("hip", "knee", "ankle", "foot")),
            (16, "right", ("hip", "knee", "ankle", "foot")),
        )
        for place, name in enumerate(names)
    },
}
"""Joints of the Kinect v2 by number; its hand, tips and thumb say no more of the fingers than where the hand is."""

_KINECT_JOINTS, _KINECT_TICKS = 25, 1e7  # a second
_TRACKED = 2

_VISIBLE = 0.3
_POSE_KEY, _HAND_KEYS = "pose_world_landmarks", ("left_hand_world_landmarks", "right_hand_world_landmarks")


def read_humanml3d(path: Path, reading: Reading) -> Motion:
    """Joints (T, 22, 3) of SMPL in an ``.npy``, metres, Y up, 20 frames a second."""
    joints = np.asarray(read_npy(path))
    if joints.dtype.kind != "f" or joints.ndim != 3 or joints.shape[1:] != (22, 3) or not len(joints):
        raise MotionError(
            f"{path} is {joints.dtype} {joints.shape}; expected joints (T, 22, 3), numbers with a fraction"
        )
    _require_finite(joints, path)
    seen = {name: joints[:, number].astype(np.float64) for number, name in enumerate(_SMPL_JOINTS)}
    return _motion(seen, path, reading, fps=_HUMANML3D_FPS, up="y")


def read_kinect(path: Path, reading: Reading) -> Motion:
    """A ``.csv`` of the Kinect v2: rows of a time in ticks of 100 ns and 25 joints, each x, y, z and how it was tracked."""
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            rows = [row for row in csv.reader(stream) if row]
        values = np.array([[float(cell) for cell in (row if row[-1].strip() else row[:-1])] for row in rows])
    except OSError as error:
        raise MotionError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, csv.Error) as error:
        raise MotionError(f"{path}: rows differ in length, or hold a word where a number belongs: {error}") from error
    if values.ndim != 2 or len(values) < 2 or values.shape[1] != 1 + 4 * _KINECT_JOINTS:
        raise MotionError(f"{path} has numbers {values.shape}; expected (T, {1 + 4 * _KINECT_JOINTS}), from 2 frames")
    _require_finite(values, path)
    step = float(np.median(np.diff(values[:, 0]))) / _KINECT_TICKS
    if not 1e-3 <= step <= 1.0:
        raise MotionError(f"{path}: frames are {step:g} s apart; expected times in ticks of 100 ns")
    joints = values[:, 1:].reshape(-1, _KINECT_JOINTS, 4)
    places = np.where(joints[..., 3:] >= _TRACKED, joints[..., :3], np.nan)
    seen = {name: places[:, number] for number, name in _KINECT.items() if np.isfinite(places[:, number]).any()}
    return _motion(seen, path, reading, fps=1 / step, up="y")


def read_mediapipe(path: Path, reading: Reading) -> Motion:
    """World landmarks of MediaPipe in a ``.json``: frames with ``pose_world_landmarks``, and with those of hands that were seen.

    The file is a list of frames, or has ``frames`` and perhaps ``fps``. A landmark is [x, y, z], with its visibility if there is
    one, or a table of these. A frame in which nobody was seen has an empty list.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MotionError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise MotionError(f"{path} is no JSON: {error}") from error
    frames = told.get("frames") if isinstance(told, dict) else told
    if not isinstance(frames, list) or not frames or not all(isinstance(frame, dict) for frame in frames):
        raise MotionError(f"{path} holds no list of frames; expected tables with {_POSE_KEY}")
    rate = told.get("fps", 0.0) if isinstance(told, dict) else 0.0
    if not isinstance(rate, int | float) or not 0 <= rate <= 1000:
        raise MotionError(f"{path}: fps is {rate!r}; expected a number above 0")
    pose = _landmarks(frames, _POSE_KEY, MEDIAPIPE_POINTS, path)
    if pose is None:
        raise MotionError(f"no frame of {path} has {_POSE_KEY}")
    seen = sided(pose, MEDIAPIPE)
    seen["head"] = pose[:, list(MEDIAPIPE_EARS)].mean(axis=1)
    for side, key in zip(("left", "right"), _HAND_KEYS, strict=True):
        points = _landmarks(frames, key, HAND_POINTS, path)
        if points is not None:
            seen |= hand(side, points - points[:, :1] + seen[f"{side}_wrist"][:, None])
    seen = {name: places * [1, -1, -1] for name, places in seen.items() if np.isfinite(places).any()}
    return _motion(seen, path, reading, fps=float(rate), up="y")


def _landmarks(frames: Sequence[Mapping[str, Any]], key: str, count: int, path: Path) -> Array | None:
    """(T, count, 3), NaN where a landmark was not seen; None if it never was."""
    found = np.full((len(frames), count, 3), np.nan)
    for number, frame in enumerate(frames):
        people = frame.get(key) or []
        if len(people) == 1 and isinstance(people[0], list) and len(people[0]) == count:
            people = people[0]  # a list of people, of whom there is one
        if not people:
            continue
        try:
            values = np.array([_landmark(each) for each in people])
        except (TypeError, ValueError, KeyError, IndexError) as error:
            raise MotionError(f"{path}, frame {number}: a landmark of {key} is not x, y, z") from error
        if values.shape != (count, 4) or not np.isfinite(values).all():
            raise MotionError(
                f"{path}, frame {number}: {key} has {len(people)} landmarks, or NaN; expected {count} of one person"
            )
        found[number] = np.where(values[:, 3:] >= _VISIBLE, values[:, :3], np.nan)
    return found if np.isfinite(found).any() else None


def _landmark(told: Any) -> tuple[float, float, float, float]:
    if isinstance(told, dict):
        return float(told["x"]), float(told["y"]), float(told["z"]), float(told.get("visibility") or 1.0)
    return float(told[0]), float(told[1]), float(told[2]), float(told[3]) if len(told) > 3 else 1.0


def _require_finite(values: NDArray[Any], path: Path) -> None:
    if not np.isfinite(values).all():
        raise MotionError(f"{path} holds NaN or infinite values")


def _motion(seen: Mapping[str, Array], path: Path, reading: Reading, *, fps: float, up: str) -> Motion:
    """Fitted to the joints; without fingers, unless both hands were seen."""
    fps, up = reading.fps or fps, reading.up or up
    if not fps:
        raise MotionError(f"{path} does not say how many frames a second it has; give fps")
    length = len(next(iter(seen.values())))
    if reading.first >= length:
        raise MotionError(f"{path} has {length} frames, of which the first {reading.first} shall be left out")
    world = Rotation.from_matrix(Y_UP) if up == "z" else Rotation.identity()
    seen = {name: world.apply(places[reading.first :] * (reading.metres or 1.0)) for name, places in seen.items()}
    pose, pelvis, size = fitted(seen)
    front = turned_to_front(Rotation.from_rotvec(pose[0, 0]).as_matrix()[:, 0])
    pose[:, 0] = (front * Rotation.from_rotvec(pose[:, 0])).as_rotvec()
    fingers = all(f"{side}_index3" in seen for side in ("left", "right"))
    if not fingers:
        relax_hands(pose)
    way = grounded(pose, front.apply(pelvis) / size, ("pelvis",))
    return Motion.from_full_pose(pose, way, fps=fps, fingers=fingers, source=f"capture {path.name}")
