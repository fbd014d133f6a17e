"""Control signals: what guides a video model, drawn from a clip whose truth is known: its pictures, its skeleton or its depth."""

import colorsys
from collections.abc import Mapping
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.frames import Frames
from synthgest.motion.skeleton import COCO_KEYPOINTS, FINGERTIPS, SMPLX_JOINTS, SMPLX_PARENTS

Signal = Literal["render", "pose", "depth"]

# OpenPose's points and limbs in its order, which gives each its colour: the hue advances by 20 degrees.
_POINTS = (
    "nose",
    "neck",
    *(f"right_{joint}" for joint in ("shoulder", "elbow", "wrist")),
    *(f"left_{joint}" for joint in ("shoulder", "elbow", "wrist")),
    *(f"right_{joint}" for joint in ("hip", "knee", "ankle")),
    *(f"left_{joint}" for joint in ("hip", "knee", "ankle")),
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
)
_FACE = ("nose", "right_eye", "left_eye", "right_ear", "left_ear")
_LIMBS = (
    ("neck", "right_shoulder"),
    ("neck", "left_shoulder"),
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_wrist"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("neck", "right_hip"),
    ("right_hip", "right_knee"),
    ("right_knee", "right_ankle"),
    ("neck", "left_hip"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"),
    ("neck", "nose"),
    ("nose", "right_eye"),
    ("right_eye", "right_ear"),
    ("nose", "left_eye"),
    ("left_eye", "left_ear"),
)
_HUE = 1 / 18
_DIM = 0.6  # brightness of limbs against their points
_THICK = 1 / 90  # of a limb, part of the picture's height; a finger's is a third of it


def control_pictures(signal: Signal, frames: Frames, truth: Mapping[str, NDArray[Any]]) -> Frames:
    """(T, H, W, 3) uint8 RGB: the signal for every frame of a clip. ``depth`` needs depth in the truth."""
    if signal == "render":
        return frames
    if signal == "depth":
        return _depth_pictures(truth["depth"])
    height, width = frames.shape[1:3]
    return np.stack([_skeleton(truth, number, width, height) for number in range(len(frames))])


def _depth_pictures(depth: NDArray[Any]) -> Frames:
    """The nearest of the clip is white, the farthest of the person dark grey, what is no person black."""
    person = depth > 0
    near, far = (float(depth[person].min()), float(depth[person].max())) if person.any() else (0.0, 1.0)
    grey = np.where(person, 255 - 205 * (depth.astype(np.float32) - near) / max(far - near, 1e-6), 0)
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=-1)


def _skeleton(truth: Mapping[str, NDArray[Any]], frame: int, width: int, height: int) -> Frames:
    """OpenPose's drawing of body and hands: what lies outside the picture is left out, and so is a turned face's far side."""
    picture = np.zeros((height, width, 3), np.uint8)
    thick = max(1, round(height * _THICK))
    points = _body_points(truth["coco_keypoints"][frame])
    for number, (start, end) in enumerate(_LIMBS):
        if start in points and end in points:
            _line(picture, points[start], points[end], _colour(number, _DIM), thick)
    for number, name in enumerate(_POINTS):
        if name in points:
            cv2.circle(picture, _whole(points[name]), thick, _colour(number, 1.0), -1, cv2.LINE_AA)
    for side in ("left", "right"):
        if f"{side}_wrist" in points:
            _draw_hand(picture, truth, frame, side, max(1, thick // 3))
    return picture


def _body_points(keypoints: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    seen = {
        name: keypoint[:2]
        for name, keypoint in zip(COCO_KEYPOINTS, keypoints, strict=True)
        if keypoint[2] >= (2 if name in _FACE else 1)
    }
    shoulders = [seen[name] for name in ("left_shoulder", "right_shoulder") if name in seen]
    return seen | ({"neck": np.mean(shoulders, axis=0, dtype=np.float32)} if len(shoulders) == 2 else {})


def _draw_hand(picture: Frames, truth: Mapping[str, NDArray[Any]], frame: int, side: str, thick: int) -> None:
    """The wrist and four points a finger, each bone in a colour of its own."""
    joints, tips = truth["joints_2d"][frame], truth["fingertips_2d"][frame]
    places = dict(zip(SMPLX_JOINTS, joints, strict=True)) | dict(zip(FINGERTIPS, tips, strict=True))
    bones = [
        (SMPLX_JOINTS[parent], name)
        for name, parent in zip(SMPLX_JOINTS, SMPLX_PARENTS, strict=True)
        if parent >= 0 and name.startswith(f"{side}_") and name[-1] in "123"
    ] + [(f"{tip.removesuffix('_tip')}3", tip) for tip in FINGERTIPS if tip.startswith(side)]
    for number, (start, end) in enumerate(bones):
        _line(picture, places[start], places[end], _colour(number * 18 / len(bones), 1.0), thick)


def _line(picture: Frames, start: Any, end: Any, colour: tuple[int, int, int], thick: int) -> None:
    if np.isfinite([start, end]).all() and np.abs([start, end]).max() < 1e5:
        cv2.line(picture, _whole(start), _whole(end), colour, thick, cv2.LINE_AA)


def _whole(point: NDArray[np.float32]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _colour(number: float, brightness: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(number * _HUE % 1.0, 1.0, brightness)
    return round(255 * red), round(255 * green), round(255 * blue)
