"""Postures: what a keyframe of a gesture says of arms, trunk, head and legs, in anatomical degrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from synthgest.errors import nearest
from synthgest.motion.constraints import require_constraint
from synthgest.motion.hand_shapes import HAND_SHAPES
from synthgest.motion.landmarks import HAND_PARTS, PLACES
from synthgest.motion.limits import ARM_LIMITS, BODY_LIMITS, outside, plane_range

Phase = Literal["preparation", "stroke", "hold", "retraction"]
Easing = Literal["stop", "swing", "through"]
Facing = Literal["up", "down", "forward", "back", "inward", "outward"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What one keyframe says of one arm, in anatomical degrees (``synthgest.motion.anatomy``); what it leaves out stays.

    palm: where the palm of a straight wrist faces here, from which the pronation follows; instead of ``pronation``. fingers:
    where they point beside that, from which the wrist follows. hand: a named hand shape.

    Instead of angles: at, a place of ``PLACES`` to which ``part`` of the hand is brought (the palm, if it is not said), offset from
    it in centimetres outward, up and forward; elbow_points: whither the elbow is turned, as far as that leaves it free.
    """

    plane: float | None = None
    elevation: float | None = None
    rotation: float | None = None
    shrug: float | None = None
    elbow: float | None = None
    pronation: float | None = None
    palm: Facing | None = None
    fingers: Facing | None = None
    wrist_flexion: float | None = None
    wrist_deviation: float | None = None
    hand: str | None = None
    at: str | None = None
    offset: tuple[float, float, float] | None = None
    part: str | None = None
    elbow_points: Facing | None = None

    def __post_init__(self) -> None:
        given = {name: value for name in ARM_LIMITS if (value := getattr(self, name)) is not None}
        _refuse(outside(given, ARM_LIMITS))
        if self.palm is not None and self.pronation is not None:
            raise ValueError("palm and pronation say the same thing; give one of them")
        if self.hand is not None and self.hand not in HAND_SHAPES:
            raise ValueError(f"unknown hand shape {self.hand!r}; {nearest(self.hand, HAND_SHAPES)}")
        if self.plane is not None and self.elevation is not None:
            low, high = plane_range(self.elevation)
            if not low <= self.plane <= high:
                raise ValueError(
                    f"at elevation {self.elevation:g} an arm reaches planes {low:g}..{high:g}, not {self.plane:g}"
                )
        self._require_reach([name for name in given if name != "shrug"])

    def _require_reach(self, angles: Sequence[str]) -> None:
        if self.at is None:
            for name in ("offset", "part", "elbow_points"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name} says how a hand is brought to a place; say the place too: at = ...")
            if self.fingers is not None and self.palm is None:
                raise ValueError("fingers says how the hand is turned beside palm; say palm too")
            return
        if angles:
            raise ValueError(f"at says where the hand is, from which {', '.join(angles)} follow; leave them out")
        if self.at not in PLACES:
            raise ValueError(f"unknown place {self.at!r}; {nearest(self.at, PLACES)}")
        if self.part is not None and self.part not in HAND_PARTS:
            raise ValueError(f"unknown part of a hand {self.part!r}; {nearest(self.part, HAND_PARTS)}")
        if self.offset is not None and max(map(abs, self.offset)) > 100:
            raise ValueError(f"offset = {list(self.offset)} is farther than any hand reaches; expected centimetres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What one keyframe says of trunk, head and legs, in anatomical degrees; what it leaves out stays.

    trunk_flexion, trunk_lean (to the right), trunk_turn (to the left); the same for the head; bow: forward at the hips;
    hip and knee flexion of each leg; stance: each leg sideways; toe_out: each foot outwards; sway: the hips to the left.
    """

    trunk_flexion: float | None = None
    trunk_lean: float | None = None
    trunk_turn: float | None = None
    head_flexion: float | None = None
    head_tilt: float | None = None
    head_turn: float | None = None
    bow: float | None = None
    left_hip: float | None = None
    left_knee: float | None = None
    right_hip: float | None = None
    right_knee: float | None = None
    stance: float | None = None
    toe_out: float | None = None
    sway: float | None = None

    def __post_init__(self) -> None:
        given = {name: value for name in BODY_LIMITS if (value := getattr(self, name)) is not None}
        _refuse(outside(given, BODY_LIMITS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyframe:
    """One posture and how it is reached.

    phase: strokes, with the holds between them, are what is repeated. seconds: time to get here from the keyframe
    before, at tempo 1. easing: ``stop`` comes to rest here, ``swing`` turns around without a pause (usual for strokes),
    ``through`` passes at speed. left, right, body: what changes; everything starts at rest. must: constraints
    (``synthgest.motion.constraints``) that every performance keeps at this moment.
    """

    phase: Phase
    seconds: float
    easing: Easing | None = None
    left: Arm | None = None
    right: Arm | None = None
    body: Body | None = None
    must: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for sentence in self.must:
            require_constraint(sentence)
        if not 0.05 <= self.seconds <= 20:
            raise ValueError(f"seconds = {self.seconds:g} is outside 0.05..20")


def _refuse(mistakes: Sequence[str]) -> None:
    if mistakes:
        raise ValueError("; ".join(mistakes))
