"""Named hand shapes: the one place that says in degrees how far each finger curls and spreads."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]

FINGERS = ("index", "middle", "pinky", "ring", "thumb")
"""The fingers in the order of the SMPL-X hand pose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandShape:
    """The fingers of one hand, in degrees.

    index, middle, ring, pinky: curl at the knuckle, the middle and the last joint (0 is straight). spread: angle between
    neighbouring fingers beyond that of the flat hand, negative to close it; a finger has the less of it the more it curls.
    thumb: swing towards the palm (opposition), swing away from the index finger within the plane of the palm (radial
    abduction, negative towards the fingers), drop of its tip below the palm (flexion). thumb_curl: of its two last joints.
    """

    index: tuple[float, float, float]
    middle: tuple[float, float, float]
    ring: tuple[float, float, float]
    pinky: tuple[float, float, float]
    thumb: tuple[float, float, float] = (0.0, 0.0, 0.0)
    thumb_curl: tuple[float, float] = (0.0, 0.0)
    spread: float = 0.0


_STRAIGHT = (0.0, 0.0, 0.0)
_FIST_INDEX = (85.0, 98.0, 60.0)
_FIST_MIDDLE = (87.0, 98.0, 60.0)
_FIST_RING = (89.0, 98.0, 60.0)
_FIST_PINKY = (90.0, 98.0, 66.0)
_ACROSS = (8.0, 2.0, 10.0)
_ACROSS_CURL = (62.0, 55.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathering:
    """How a finger that folds to a right angle joins its neighbours, in degrees, each positive away from the thumb.

    The knuckles are wider apart than the fingers are thick, and straight fingers fan out. A fist has no gaps because its
    fingers converge, towards the scaphoid bone (Kapandji, *The Physiology of the Joints*, volume 1). level: turn of the
    straight finger that makes it parallel to the forearm. lean: of the folded one, root to middle joint. twist: about its
    first segment, which brings the fingertip along.
    """

    level: float
    lean: float
    twist: float


_GATHERED: Mapping[str, _Gathering] = MappingProxyType(
    {
        "index": _Gathering(level=3.4, lean=18.0, twist=14.0),
        "middle": _Gathering(level=-3.3, lean=-1.0, twist=0.0),
        "ring": _Gathering(level=-7.7, lean=-9.0, twist=-8.0),
        "pinky": _Gathering(level=-10.9, lean=-15.0, twist=-20.0),
    }
)
_SPREAD: Mapping[str, float] = MappingProxyType({"index": -1.0, "middle": 0.0, "ring": 1.0, "pinky": 2.0})
# What the last joints of the flat hand's thumb turn about: at right angles to its length and to its nail's normal.
_THUMB_HINGE = np.array([0.41, 0.90, -0.15])

HAND_SHAPES: Mapping[str, HandShape] = MappingProxyType(
    {
        "relaxed": HandShape(
            index=(14, 22, 12),
            middle=(20, 27, 15),
            ring=(24, 30, 17),
            pinky=(26, 30, 18),
            thumb=(18, -8, 0),
            thumb_curl=(15, 15),
            spread=2,
        ),
        "flat": HandShape(
            index=_STRAIGHT,
            middle=_STRAIGHT,
            ring=_STRAIGHT,
            pinky=_STRAIGHT,
            thumb=(8, -18, 0),
            thumb_curl=(5, 5),
            spread=-4,
        ),
        "spread": HandShape(
            index=_STRAIGHT, middle=_STRAIGHT, ring=_STRAIGHT, pinky=_STRAIGHT, thumb=(0, 18, 0), spread=12
        ),
        "cupped": HandShape(
            index=(25, 20, 10),
            middle=(27, 22, 12),
            ring=(27, 22, 12),
            pinky=(25, 22, 12),
            thumb=(20, -10, 0),
            thumb_curl=(15, 15),
        ),
        "hook": HandShape(
            index=(50, 65, 40),
            middle=(55, 70, 42),
            ring=(58, 70, 42),
            pinky=(58, 70, 42),
            thumb=(20, -5, 0),
            thumb_curl=(20, 20),
        ),
        "fist": HandShape(
            index=_FIST_INDEX,
            middle=_FIST_MIDDLE,
            ring=_FIST_RING,
            pinky=_FIST_PINKY,
            thumb=_ACROSS,
            thumb_curl=_ACROSS_CURL,
        ),
        "point": HandShape(
            index=(2, 4, 2),
            middle=_FIST_MIDDLE,
            ring=_FIST_RING,
            pinky=_FIST_PINKY,
            thumb=_ACROSS,
            thumb_curl=_ACROSS_CURL,
        ),
        "thumb-up": HandShape(
            index=_FIST_INDEX,
            middle=_FIST_MIDDLE,
            ring=_FIST_RING,
            pinky=_FIST_PINKY,
            thumb=(-5, 38, 0),
            thumb_curl=(-8, -8),
        ),
        "v-sign": HandShape(
            index=(2, 2, 0),
            middle=(2, 2, 0),
            ring=_FIST_RING,
            pinky=_FIST_PINKY,
            thumb=_ACROSS,
            thumb_curl=_ACROSS_CURL,
            spread=14,
        ),
        "three": HandShape(
            index=(2, 2, 0),
            middle=_STRAIGHT,
            ring=_STRAIGHT,
            pinky=_FIST_PINKY,
            thumb=(41, -12, 19),
            thumb_curl=(50, 52),
            spread=10,
        ),
        "four": HandShape(
            index=_STRAIGHT,
            middle=_STRAIGHT,
            ring=_STRAIGHT,
            pinky=_STRAIGHT,
            thumb=(38, -7, 9),
            thumb_curl=(51, 58),
            spread=7,
        ),
        "ok": HandShape(
            index=(42, 60, 24),
            middle=(16, 14, 8),
            ring=(6, 8, 4),
            pinky=(0, 4, 2),
            thumb=(44, 2, 11),
            thumb_curl=(18, 14),
            spread=13,
        ),
        "pinch": HandShape(
            index=(28, 71, 25),
            middle=(72, 80, 45),
            ring=(78, 84, 48),
            pinky=(80, 84, 50),
            thumb=(30, 0, 9),
            thumb_curl=(27, 3),
            spread=15,
        ),
        "pinch-open": HandShape(
            index=(4, 8, 5),
            middle=(72, 80, 45),
            ring=(78, 84, 48),
            pinky=(80, 84, 50),
            thumb=(10, 26, 0),
            spread=15,
        ),
        "point-dipped": HandShape(
            index=(38, 12, 6),
            middle=_FIST_MIDDLE,
            ring=_FIST_RING,
            pinky=_FIST_PINKY,
            thumb=_ACROSS,
            thumb_curl=_ACROSS_CURL,
        ),
        "loose": HandShape(
            index=(8, 12, 8),
            middle=(10, 14, 9),
            ring=(12, 16, 10),
            pinky=(12, 16, 10),
            thumb=(8, 4, 0),
            thumb_curl=(8, 10),
            spread=6,
        ),
        "drum-index": HandShape(
            index=(42, 30, 14),
            middle=(12, 30, 14),
            ring=(4, 28, 14),
            pinky=(0, 26, 12),
            thumb=(20, 0, 0),
            thumb_curl=(12, 15),
            spread=4,
        ),
        "drum-middle": HandShape(
            index=(6, 28, 14),
            middle=(46, 30, 14),
            ring=(14, 30, 14),
            pinky=(0, 26, 12),
            thumb=(20, 0, 0),
            thumb_curl=(12, 15),
            spread=4,
        ),
        "drum-ring": HandShape(
            index=(0, 26, 12),
            middle=(10, 28, 14),
            ring=(46, 30, 14),
            pinky=(16, 28, 14),
            thumb=(20, 0, 0),
            thumb_curl=(12, 15),
            spread=4,
        ),
        "drum-pinky": HandShape(
            index=(-4, 26, 12),
            middle=(2, 28, 14),
            ring=(14, 30, 14),
            pinky=(44, 30, 14),
            thumb=(20, 0, 0),
            thumb_curl=(12, 15),
            spread=4,
        ),
    }
)
"""Hand shapes that a specification may name."""


def rotations(shape: str) -> Array:
    """The (15, 3) axis-angle rotations, in radians, of a left hand in this shape; a right hand mirrors them."""
    hand = HAND_SHAPES[shape]
    pose = np.zeros((5, 3, 3))
    # Palm down and fingers along +X: a finger curls about -Z and spreads about Y.
    for number, finger in enumerate(FINGERS[:4]):
        root, *rest = getattr(hand, finger)
        pose[number, 0] = _root(finger, root, hand.spread)
        pose[number, 1:, 2] = -np.radians(rest)
    oppose, abduct, drop = hand.thumb
    # The flat hand's thumb lies between +X and +Z. It swings below the palm about +X, away from the index finger about -Y.
    pose[4, 0] = np.radians((oppose, -abduct, -drop))
    pose[4, 1:] = np.radians(hand.thumb_curl)[:, None] * _THUMB_HINGE
    return pose.reshape(15, 3)


def _root(finger: str, curl: float, spread: float) -> Array:
    """The (3,) rotation at a finger's knuckle, radians: level, then curled, then leaned and twisted to its neighbours."""
    folded, gathered = curl / 90.0, _GATHERED[finger]
    level = gathered.level * folded + _SPREAD[finger] * spread * (1.0 - folded)
    steps = (("y", level), ("z", -curl), ("y", -gathered.twist * folded), ("x", gathered.lean * folded))
    turn = Rotation.identity()
    for axis, degrees in steps:
        turn = Rotation.from_euler(axis, degrees, degrees=True) * turn
    rotation: Array = turn.as_rotvec()
    return rotation
