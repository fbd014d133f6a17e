"""Constraints: short sentences of a specification, such as ``right palm forward``, that a posture keeps or breaks.

====================================================== ==========================================================
sentence                                               holds when
====================================================== ==========================================================
SIDE ``palm`` DIRECTION                                the palm faces there, within 50 degrees
SIDE ``fingers``, ``index`` or ``thumb`` DIRECTION     the middle finger, that finger or the thumb points there, within 50
SIDE ``arm``, ``upper arm`` or ``forearm`` DIRECTION   shoulder to wrist, shoulder to elbow, elbow to wrist does, within 40
SIDE POINT RELATION PLACE                              POINT is ``above``, ``below``, ``before``, ``behind``, ``outside`` or
                                                       ``inside`` of PLACE (outside: farther from the middle, to that side)
SIDE POINT ``at`` PLACE                                it is within 12 cm of it
SIDE ``elbow straight`` or ``elbow bent``              it is bent by less than 40, by more than 50 degrees
SIDE FINGER ``straight`` or ``folded``                 its joints bend by less than 75, by more than 110 degrees together
``hands together``, ``apart`` or ``crossed``           palms within 16 cm, beyond 40 cm, wrists on each other's side
``head down``, ``up``, ``left``, ``right``             the face is turned there by more than 8 degrees (performer's left, right)
====================================================== ==========================================================

SIDE is ``left``, ``right`` or ``both``. DIRECTION is ``up``, ``down``, ``forward``, ``back``, ``inward`` or ``outward``, in the
chest's frame. POINT is ``hand`` (its middle), ``wrist``, ``elbow``, or the tip that ``fingertips`` (of the middle
finger), ``index`` or ``thumb`` names. PLACE is a place of ``landmarks.PLACES``, ``head`` or ``own elbow``.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import nearest
from synthgest.motion.build import Build
from synthgest.motion.kinematics import TIP, forward
from synthgest.motion.landmarks import FACING, PLACES
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SIDES = ("left", "right")
_FINGERS = ("thumb", "index", "middle", "ring", "pinky")
_POINTS = ("hand", "wrist", "elbow", "fingertips", "index", "thumb")
_BONES: Mapping[str, tuple[str, str, float]] = MappingProxyType(
    {
        "palm": ("", "", 50.0),
        "fingers": ("middle1", "middle3", 50.0),
        "index": ("index1", "index3", 50.0),
        "thumb": ("thumb1", "thumb3", 50.0),
        "arm": ("shoulder", "wrist", 40.0),
        "upper arm": ("shoulder", "elbow", 40.0),
        "forearm": ("elbow", "wrist", 40.0),
    }
)
# Relation: axis (outward, up, forward) and sign.
_RELATIONS: Mapping[str, tuple[int, float]] = MappingProxyType(
    {"above": (1, 1), "below": (1, -1), "before": (2, 1), "behind": (2, -1), "outside": (0, 1), "inside": (0, -1)}
)
_HANDS = ("together", "apart", "crossed")
_HEAD: Mapping[str, tuple[int, float]] = MappingProxyType(
    {"down": (1, -1), "up": (1, 1), "left": (0, 1), "right": (0, -1)}
)
_NEAR, _TOGETHER, _APART, _TURNED = 0.12, 0.16, 0.40, 8.0
_STRAIGHT, _FOLDED, _ELBOW_STRAIGHT, _ELBOW_BENT = 75.0, 110.0, 40.0, 50.0


def _any_of(words: Sequence[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?P<side>left|right|both) (?P<bone>{_any_of([*_BONES])}) (?P<facing>{_any_of([*FACING])})",
        rf"(?P<side>left|right|both) (?P<point>{_any_of(_POINTS)}) (?P<relation>at|{_any_of([*_RELATIONS])}) "
        rf"(?P<place>{_any_of([*PLACES, 'head', 'own elbow'])})",
        r"(?P<side>left|right|both) elbow (?P<elbow>straight|bent)",
        rf"(?P<side>left|right|both) (?P<finger>{_any_of(_FINGERS)}) (?P<fold>straight|folded)",
        rf"hands (?P<hands>{_any_of(_HANDS)})",
        rf"head (?P<head>{_any_of([*_HEAD])})",
    )
)
_WORDS = sorted(set(re.findall(r"[a-z]+", " ".join(form.pattern for form in _FORMS))) - {"P", "side"})


def require_constraint(sentence: str) -> None:
    """Raise ValueError for a sentence that is not one of the forms above, naming the first word that is strange."""
    if any(form.fullmatch(sentence) for form in _FORMS):
        return
    strange = next((word for word in sentence.split() if word not in _WORDS), None)
    reason = f"; no word {strange!r}; {nearest(strange, _WORDS)}" if strange else ""
    raise ValueError(
        f'cannot read the constraint {sentence!r}{reason}; expected for example "right palm forward", '
        '"right wrist above shoulder", "left hand at chin", "both elbow straight" or "hands together"'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """N postures of one body. joints: (N, 55, 3) metres. turns: (N, 55, 3, 3) of the joints, both in the world."""

    joints: Array
    turns: Array
    build: Build

    def at(self, name: str) -> Array:
        """(N, 3) a joint by its name."""
        found: Array = self.joints[:, JOINT_INDEX[name]]
        return found


def posed(pose: NDArray[np.floating], transl: NDArray[np.floating], build: Build) -> Posed:
    """Postures (N, 55, 3), radians, at the places (N, 3), metres, of one body."""
    joints, turns = forward(pose, transl, build.joints)
    return Posed(joints=joints, turns=turns, build=build)


def kept(sentence: str, postures: Posed) -> Flags:
    """(N,) whether each posture keeps the constraint."""
    said = next(found for form in _FORMS if (found := form.fullmatch(sentence))).groupdict()
    if hands := said.get("hands"):
        return _hands(hands, postures)
    if head := said.get("head"):
        axis, sign = _HEAD[head]
        face = postures.turns[:, JOINT_INDEX["head"]] @ np.array([0.0, 0.0, 1.0])
        turned: Flags = sign * np.degrees(np.arcsin(np.clip(face[:, axis], -1, 1))) > _TURNED
        return turned
    sides = _SIDES if said["side"] == "both" else (said["side"],)
    return _flags(np.all([_side(said, side, postures) for side in sides], axis=0))


def _side(said: Mapping[str, str], side: str, postures: Posed) -> Flags:
    if bone := said.get("bone"):
        return _faces(bone, said["facing"], side, postures)
    if finger := said.get("finger"):
        bend = _bend(finger, side, postures)
        return _flags(bend < _STRAIGHT if said["fold"] == "straight" else bend > _FOLDED)
    if elbow := said.get("elbow"):
        upper = _unit(postures.at(f"{side}_elbow") - postures.at(f"{side}_shoulder"))
        fore = _unit(postures.at(f"{side}_wrist") - postures.at(f"{side}_elbow"))
        bent = np.degrees(np.arccos(np.clip((upper * fore).sum(axis=1), -1, 1)))
        return _flags(bent < _ELBOW_STRAIGHT if elbow == "straight" else bent > _ELBOW_BENT)
    return _stands(said, side, postures)


def _faces(bone: str, facing: str, side: str, postures: Posed) -> Flags:
    start, end, within = _BONES[bone]
    wanted = postures.turns[:, JOINT_INDEX["spine3"]] @ (np.array(FACING[facing]) * _mirror(side))
    if bone == "palm":
        found = postures.turns[:, JOINT_INDEX[f"{side}_wrist"]] @ np.array([0.0, -1.0, 0.0])
    else:
        found = _unit(postures.at(f"{side}_{end}") - postures.at(f"{side}_{start}"))
    near: Flags = (found * wanted).sum(axis=1) > np.cos(np.radians(within))
    return near


def _stands(said: Mapping[str, str], side: str, postures: Posed) -> Flags:
    gap = (_point(said["point"], side, postures) - _place(said["place"], side, postures)) * _mirror(side)
    if said["relation"] == "at":
        close: Flags = np.linalg.norm(gap, axis=1) < _NEAR
        return close
    axis, sign = _RELATIONS[said["relation"]]
    beyond: Flags = sign * gap[:, axis] > 0
    return beyond


def _point(point: str, side: str, postures: Posed) -> Array:
    if point == "hand":
        return hand_centre(postures, side)
    if point in ("wrist", "elbow"):
        return postures.at(f"{side}_{point}")
    finger = "middle" if point == "fingertips" else point
    last = postures.at(f"{side}_{finger}3")
    return last + TIP * (last - postures.at(f"{side}_{finger}2"))


def _place(place: str, side: str, postures: Posed) -> Array:
    if place == "head":
        return postures.at("head")
    if place == "own elbow":
        return postures.at(f"{side}_elbow")
    bone, rest = postures.build.place(place, side)
    found: Array = postures.joints[:, bone] + postures.turns[:, bone] @ (rest - postures.build.joints[bone])
    return found


def hand_centre(postures: Posed, side: str) -> Array:
    """(N, 3) the middle of a hand: half-way from the wrist to the middle joint of the middle finger, metres."""
    return (postures.at(f"{side}_wrist") + postures.at(f"{side}_middle2")) / 2


def _hands(relation: str, postures: Posed) -> Flags:
    gap = hand_centre(postures, "left") - hand_centre(postures, "right")
    if relation == "crossed":
        across: Flags = (postures.at("left_wrist") - postures.at("right_wrist"))[:, 0] < 0
        return across
    distance = np.linalg.norm(gap, axis=1)
    found: Flags = distance < _TOGETHER if relation == "together" else distance > _APART
    return found


def _bend(finger: str, side: str, postures: Posed) -> Array:
    """(N,) degrees that the three joints of a finger bend together, from the palm to its tip."""
    chain = ["wrist", *(f"{finger}{segment}" for segment in (1, 2, 3))]
    turns = [postures.turns[:, JOINT_INDEX[f"{side}_{name}"]] for name in chain]
    total = np.zeros(len(turns[0]))
    for before, after in itertools.pairwise(turns):
        cosine = (np.einsum("nij,nij->n", before, after) - 1) / 2
        total += np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return total


def _flags(found: object) -> Flags:
    return np.asarray(found, dtype=np.bool_)


def _mirror(side: str) -> Array:
    return np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])


def _unit(vectors: Array) -> Array:
    unit: Array = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit
