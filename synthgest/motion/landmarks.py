"""Landmarks: the places on a body that a hand can be brought to, and the parts of a hand that can be brought there."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Vector = tuple[float, float, float]


_AHEAD, _BACK, _LEFT, _UP = (0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """A place on the skin or the clothes, on the left half or in the middle of a body in the T-pose.

    bone: the joint that it rides on. between: two joints, and how far from the first to the second it lies; ``hips`` is the
    middle of both hip joints. aside: from there to a point inside the body, metres (left, up, forward). facing: unit direction in
    which the surface is met from there. depth: metres to it on a nominal adult in light clothes.
    """

    bone: str
    between: tuple[str, str, float]
    facing: Vector
    depth: float
    aside: Vector = (0.0, 0.0, 0.0)

    @property
    def sided(self) -> bool:
        """Whether the other half of the body has one too."""
        return bool(self.aside[0]) or self.facing == _LEFT or self.between[0].startswith("left_")


def _face(x: float, y: float, z: float, facing: Vector, depth: float) -> Landmark:
    return Landmark(bone="head", between=("head", "head", 0.0), aside=(x, y, z), facing=facing, depth=depth)


def _trunk(bone: str, share: float, facing: Vector, depth: float, left: float = 0.0) -> Landmark:
    return Landmark(bone=bone, between=("hips", "neck", share), aside=(left, 0.0, 0.0), facing=facing, depth=depth)


def _shoulder(facing: Vector, depth: float) -> Landmark:
    place = ("left_shoulder", "left_shoulder", 0.0)
    return Landmark(bone="spine3", between=place, aside=(-0.04, -0.03, 0.0), facing=facing, depth=depth)


# Depths are those of the mean of the shipped body's people, from the joint or the line between joints.
LANDMARKS: Mapping[str, Landmark] = MappingProxyType(
    {
        "crown": _face(0.0, 0.05, -0.02, _UP, 0.102),
        "brow": _face(0.035, 0.065, 0.0, _AHEAD, 0.104),
        "temple": _face(0.0, 0.065, 0.02, _LEFT, 0.083),
        "eye": _face(0.032, 0.042, 0.0, _AHEAD, 0.1),
        "nose": _face(0.0, 0.012, 0.0, _AHEAD, 0.122),
        "mouth": _face(0.0, -0.022, 0.0, _AHEAD, 0.122),
        "chin": _face(0.0, -0.06, 0.0, _AHEAD, 0.108),
        "cheek": _face(0.0, -0.012, 0.05, _LEFT, 0.07),
        "ear": _face(0.0, 0.02, 0.005, _LEFT, 0.088),
        "back of head": _face(0.0, 0.05, -0.02, _BACK, 0.075),
        "shoulder": _shoulder(_AHEAD, 0.106),
        "chest": _trunk("spine3", 0.70, _AHEAD, 0.142),
        "heart": _trunk("spine3", 0.70, _AHEAD, 0.15, left=0.08),
        "belly": _trunk("spine1", 0.26, _AHEAD, 0.148),
        "waist": _trunk("spine1", 0.31, _LEFT, 0.143),
        "hip": _trunk("pelvis", 0.13, _LEFT, 0.173),
        "thigh": Landmark(
            bone="pelvis", between=("left_hip", "left_knee", 0.2), aside=(0.0, 0.0, 0.0), facing=_AHEAD, depth=0.12
        ),
    }
)
"""Places that a keyframe's ``at`` may name; those off the middle are on the side of the hand, or with ``other`` before them."""

FACING: Mapping[str, Vector] = MappingProxyType(
    {
        "up": (0, 1, 0),
        "down": (0, -1, 0),
        "forward": (0, 0, 1),
        "back": (0, 0, -1),
        "inward": (-1, 0, 0),
        "outward": (1, 0, 0),
    }
)
"""Directions of a left arm in the chest: outward is away from the body. A right arm's are the mirror image."""

OTHER = "other "
"""Before a landmark's name: the one on the other side of the body."""

PLACES: tuple[str, ...] = (
    *LANDMARKS,
    *(f"{OTHER}{name}" for name, place in LANDMARKS.items() if place.sided),
)
"""All words that ``at`` understands."""

HAND_PARTS: tuple[str, ...] = ("palm", "back", "fingertips", "index", "thumb", "knuckles", "edge")
"""Parts of a hand that can be brought to a place; ``fingertips`` is the middle finger's, ``edge`` the little finger's side."""
