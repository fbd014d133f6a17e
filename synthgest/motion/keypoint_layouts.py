"""Which joints the points of known layouts are: COCO's 17 and 133, OpenPose's 25, MediaPipe's 33, and a hand's 21.

COCO: Lin et al. 2014. COCO-WholeBody: Jin et al. 2020, after the body six points of the feet, 68 of the face, and both hands.
OpenPose: Cao et al. 2019, the layout BODY_25. MediaPipe: Bazarevsky et al. 2020. Hands: Simon et al. 2017.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthgest.motion.skeleton import COCO_KEYPOINTS

Array = NDArray[np.float64]
Named = dict[str, Array]
"""By the joint's name, as in ``SMPLX_JOINTS``: (T, 3) x, y and how sure it is, 0 where it was not seen."""

HAND_POINTS = 21
HAND: Mapping[str, int] = {"thumb": 1, "index": 5, "middle": 9, "ring": 13, "pinky": 17}
"""The number of each finger's first joint among a hand's points, of which 0 is the wrist."""

MEDIAPIPE_POINTS = 33
MEDIAPIPE: Mapping[str, tuple[int, int]] = {
    "shoulder": (11, 12),
    "elbow": (13, 14),
    "wrist": (15, 16),
    "hip": (23, 24),
    "knee": (25, 26),
    "ankle": (27, 28),
    "foot": (31, 32),
}
"""Joints by their part's name, left and right, among MediaPipe's points of a body."""

MEDIAPIPE_EARS = (7, 8)

_COCO = {
    name: (COCO_KEYPOINTS.index(f"left_{name}"), COCO_KEYPOINTS.index(f"right_{name}"))
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
}
_OPENPOSE = {
    "shoulder": (5, 2),
    "elbow": (6, 3),
    "wrist": (7, 4),
    "hip": (12, 9),
    "knee": (13, 10),
    "ankle": (14, 11),
    "foot": (19, 22),
}
_WHOLE_BODY = 133


def sided(points: Array, pairs: Mapping[str, tuple[int, int]]) -> Named:
    """The joints among points (T, K, D) by name. pairs: numbers of the left and the right one by the part's name."""
    return {
        f"{side}_{name}": points[:, numbers[place]]
        for name, numbers in pairs.items()
        for place, side in enumerate(("left", "right"))
    }


def _named(points: Array, pairs: Mapping[str, tuple[int, int]], ears: tuple[int, int]) -> Named:
    """Those of a body (T, K, 3); the head lies between the ears."""
    return sided(points, pairs) | {"head": between(*(points[:, ear] for ear in ears))}


def coco(points: Array) -> Named:
    """Of 17 points of the body, or of all 133."""
    found = _named(points, _COCO, (COCO_KEYPOINTS.index("left_ear"), COCO_KEYPOINTS.index("right_ear")))
    if points.shape[1] == _WHOLE_BODY:
        found |= {"left_foot": points[:, 17], "right_foot": points[:, 20]}
        found |= hand("left", points[:, 91:112]) | hand("right", points[:, 112:133])
    return found


def openpose(points: Array) -> Named:
    """Of the 25 points of BODY_25; the neck is the middle of the shoulders, and says nothing of its own."""
    return _named(points, _OPENPOSE, (18, 17))


def mediapipe(points: Array) -> Named:
    """Of MediaPipe's 33 points of a body."""
    return _named(points, MEDIAPIPE, MEDIAPIPE_EARS)


def hand(side: str, points: Array) -> Named:
    """The finger joints of one hand's 21 points (T, 21, D)."""
    return {
        f"{side}_{finger}{segment + 1}": points[:, first + segment]
        for finger, first in HAND.items()
        for segment in range(3)
    }


def between(one: Array, other: Array) -> Array:
    """(T, 3): the middle of two points, as sure as the less sure of them."""
    middle = (one[:, :2] + other[:, :2]) / 2
    return np.concatenate([middle, np.minimum(one[:, 2:], other[:, 2:])], axis=1)
