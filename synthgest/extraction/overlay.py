"""A picture of an extraction: the film's frames with the joints that were seen and the body that was fitted to them."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.data.sheet import write_picture
from synthgest.data.video import read_small
from synthgest.extraction.video import FPS, LONGEST_SIDE, SECONDS
from synthgest.frames import Frames
from synthgest.motion.keypoint_fit import Fit
from synthgest.motion.keypoints import Keypoints

_PICTURES, _HEIGHT = 7, 256
_BONES = (
    ("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "middle2"), ("hip", "knee"), ("knee", "ankle"), ("shoulder", "hip")
)  # fmt: skip
_ACROSS = (("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), ("head", "neck"))
_COLOURS = {"left": (80, 200, 255), "right": (255, 150, 60), "": (240, 240, 240)}
_SEEN = (90, 255, 90)


def write_overlay(path: Path, film: Path, keypoints: Keypoints, found: Fit, *, first: int = 0) -> None:
    """Write a PNG or JPEG strip. first: frames that were left out at the film's beginning."""
    frames, _ = read_small(film, longest=LONGEST_SIDE, fps=FPS, seconds=SECONDS, first=first)
    numbers = np.linspace(0, len(keypoints) - 1, min(_PICTURES, len(keypoints))).round().astype(int)
    drawn = [_drawn(frames[number], keypoints, found, number) for number in numbers]
    write_picture(path, [np.concatenate(drawn, axis=1)])


def _drawn(frame: Frames, keypoints: Keypoints, found: Fit, number: int) -> Frames:
    scale = _HEIGHT / frame.shape[0]
    picture = cv2.resize(frame, (max(1, round(frame.shape[1] * scale)), _HEIGHT), interpolation=cv2.INTER_AREA)
    place = {name: point * scale for name, point in zip(found.seen(keypoints).names, found.points[number], strict=True)}
    for start, end in _bones():
        if start in place and end in place:
            side = start.partition("_")[0] if start.partition("_")[0] == end.partition("_")[0] else ""
            cv2.line(
                picture, _pixel(place[start]), _pixel(place[end]), _COLOURS.get(side, _COLOURS[""]), 2, cv2.LINE_AA
            )
    for point, sure in zip(keypoints.points[number] * scale, keypoints.seen[number], strict=True):
        if sure > 0:
            cv2.circle(picture, _pixel(point), 3, _SEEN, -1, cv2.LINE_AA)
    return np.asarray(picture, np.uint8)


def _pixel(point: NDArray[np.float64]) -> tuple[int, int]:
    across, down = point.round().astype(int).tolist()
    return across, down


def _bones() -> list[tuple[str, str]]:
    sided = [(f"{side}_{start}", f"{side}_{end}") for side in ("left", "right") for start, end in _BONES]
    return [*sided, *_ACROSS]
