"""Named hand shapes: the one place that says in degrees how far each finger curls and spreads."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FINGERS = ("index", "middle", "pinky", "ring", "thumb")
"""The fingers in the order of the SMPL-X hand pose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandShape:
    """The fingers of one hand, in degrees.

    index, middle, ring, pinky: curl at the knuckle, the middle and the last joint (0 is straight).
    thumb: swing towards the palm (opposition), swing away from the index finger within the plane of the palm (radial
    abduction, negative towards the fingers), curl of its two last joints. spread: angle
    between neighbouring fingers beyond that of the flat hand, negative to close it.
    """

    index: tuple[float, float, float]
    middle: tuple[float, float, float]
    ring: tuple[float, float, float]
    pinky: tuple[float, float, float]
    thumb: tuple[float, float, float] = (0.0, 0.0, 0.0)
    spread: float = 0.0


_STRAIGHT = (0.0, 0.0, 0.0)
_CURLED = (80.0, 95.0, 60.0)

HAND_SHAPES: Mapping[str, HandShape] = MappingProxyType(
    {
        "relaxed": HandShape(
            index=(14, 22, 12), middle=(20, 27, 15), ring=(24, 30, 17), pinky=(26, 30, 18), thumb=(18, -8, 15), spread=2
        ),
        "flat": HandShape(
            index=_STRAIGHT, middle=_STRAIGHT, ring=_STRAIGHT, pinky=_STRAIGHT, thumb=(8, -18, 5), spread=-4
        ),
        "spread": HandShape(
            index=_STRAIGHT, middle=_STRAIGHT, ring=_STRAIGHT, pinky=_STRAIGHT, thumb=(0, 18, 0), spread=12
        ),
        "cupped": HandShape(
            index=(25, 20, 10), middle=(27, 22, 12), ring=(27, 22, 12), pinky=(25, 22, 12), thumb=(20, -10, 15)
        ),
        "hook": HandShape(
            index=(50, 65, 40), middle=(55, 70, 42), ring=(58, 70, 42), pinky=(58, 70, 42), thumb=(20, -5, 20)
        ),
        "fist": HandShape(index=_CURLED, middle=_CURLED, ring=_CURLED, pinky=_CURLED, thumb=(42, -12, 40), spread=-3),
        "point": HandShape(
            index=(2, 4, 2), middle=_CURLED, ring=_CURLED, pinky=_CURLED, thumb=(42, -12, 40), spread=-3
        ),
        "thumb-up": HandShape(
            index=_CURLED, middle=_CURLED, ring=_CURLED, pinky=_CURLED, thumb=(-5, 38, -8), spread=-3
        ),
        "v-sign": HandShape(
            index=(2, 2, 0), middle=(2, 2, 0), ring=_CURLED, pinky=_CURLED, thumb=(48, -15, 45), spread=14
        ),
    }
)
"""Hand shapes that a specification may name."""


def rotations(shape: str) -> Array:
    """The (15, 3) axis-angle rotations, in radians, of a left hand in this shape; a right hand mirrors them."""
    hand = HAND_SHAPES[shape]
    pose = np.zeros((5, 3, 3))
    for number, finger in enumerate(FINGERS[:4]):
        curl = np.asarray(getattr(hand, finger), dtype=np.float64)
        # Palm down and fingers along +X: a finger curls about -Z and spreads about Y.
        pose[number, :, 2] = -curl
        pose[number, 0, 1] = {"index": -1.0, "middle": 0.0, "ring": 1.0, "pinky": 2.0}[finger] * hand.spread
    oppose, abduct, curl_thumb = hand.thumb
    # The flat hand's thumb lies between +X and +Z. It swings below the palm about +X, away from the index finger about
    # -Y, and its last joints curl about +Y, back over the palm.
    pose[4, 0] = (oppose, -abduct, 0.0)
    pose[4, 1:, 1] = curl_thumb
    return np.radians(pose.reshape(15, 3))
