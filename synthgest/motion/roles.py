"""Which joint of a foreign skeleton is which: names in use (Bandai, CMU, Mixamo, Kinect-like) mapped to roles."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from synthgest.errors import MotionError

# Spellings without case, separators, prefix ("mixamorig:") and side, in order of preference.
_MIDDLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pelvis": ("hips", "hip", "pelvis", "root"),
        "spine": ("spine", "lowerback", "spine1", "abdomen", "torso", "chest"),
        "chest": ("spine3", "upperchest", "spine2", "chest", "spine1", "torso", "thorax", "spine"),
        "neck": ("neck", "neck1"),
        "head": ("head",),
    }
)
_SIDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "collar": ("collar", "clavicle", "shoulder"),
        "shoulder": ("upperarm", "uparm", "arm", "shldr", "shoulder"),
        "elbow": ("lowerarm", "forearm", "elbow"),
        "wrist": ("hand", "wrist"),
        "hip": ("upperleg", "upleg", "thigh", "hip"),
        "knee": ("lowerleg", "shin", "calf", "knee", "leg"),
        "ankle": ("foot", "ankle"),
        "toe": ("toes", "toebase", "toe", "ball"),
    }
)
_OPTIONAL = ("neck", "left_collar", "right_collar", "left_toe", "right_toe")


def joint_roles(names: Sequence[str], path: Path) -> dict[str, int]:
    """The index of the joint that plays each role: ``pelvis``, ``left_elbow`` ... (a collar, neck or toe may be missing).

    Raises MotionError naming the roles that no joint plays.
    """
    plain = {_plain(name): index for index, name in reversed(list(enumerate(names)))}
    roles = {role: plain[word] for role, words in _MIDDLE.items() for word in reversed(words) if word in plain}
    for side in ("left", "right"):
        for role, words in _SIDED.items():
            for word in reversed(words):
                index = next((plain[spelt] for spelt in _spellings(side, word) if spelt in plain), None)
                if index is not None:
                    roles[f"{side}_{role}"] = index
        if roles.get(f"{side}_collar") == roles.get(f"{side}_shoulder"):
            roles.pop(f"{side}_collar", None)
    every = [*_MIDDLE, *(f"{side}_{role}" for side in ("left", "right") for role in _SIDED)]
    missing = [role for role in every if role not in roles and role not in _OPTIONAL]
    if missing:
        raise MotionError(
            f"{path}: no joint was recognised as {', '.join(missing)}; its joints are {', '.join(names)[:600]}"
        )
    return roles


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.rpartition(":")[2].lower().removeprefix("mixamorig").removeprefix("joint_"))


def _spellings(side: str, word: str) -> tuple[str, ...]:
    return (f"{side}{word}", f"{word}{side}", f"{side[0]}{word}", f"{word}{side[0]}")
