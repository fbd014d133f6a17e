"""Distractors: what people do with their arms that shows none of some gestures, so that a recogniser learns to reject it."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import SpecError
from synthgest.gestures import OWN, Gesture, Variant, load_gestures, refuse_twins
from synthgest.motion.anatomy import ARM, Poses, directions, rotations
from synthgest.motion.build import NOMINAL
from synthgest.motion.clearance import clearance
from synthgest.motion.constraints import posed
from synthgest.motion.hand_shapes import rotations as shape
from synthgest.motion.limits import ARM_LIMITS, plane_range
from synthgest.motion.placing import REST_ARM, body_angles
from synthgest.motion.postures import Arm, Body, Keyframe
from synthgest.motion.script import write_script

Array = NDArray[np.float64]

_PREFIX = "not:"  # of a word that names gestures of which none is shown

# Metres by which an elbow or a wrist must be elsewhere than in any posture of the gestures, for people are not exact; how much of
# a metre sideways, up and forward counts, for from the front little of the last is seen; and from which sides (degrees about the
# person) a gesture could be taken for a distractor.
_APART, _SEEN, _SIDES = 0.26, np.array([1.0, 1.0, 0.5]), (-25.0, -12.5, 0.0, 12.5, 25.0)
# As near to arms that hang, of its distance from the gestures, a posture is rest, however low the gestures are.
_RESTING = 0.6
_FREE = 0.0  # metres that the arms keep from the body
_POOL = 2000  # postures drawn at a time
# How often both arms do the same, one rests, or both hang in a way of their own; and how often an arm is a gesture's own.
_ALIKE, _ONE_ARM, _HANGING, _BORROWED = 0.35, 0.3, 0.12, 0.3
_SECOND = 0.35  # how often the arms move on to a second posture and back
_SHAPES = ("relaxed", "flat", "fist", "point")
# Degrees between which an upper arm is raised, turned and bent; what lies beyond, nobody does by the way.
_DRAWN = {"plane": (-35.0, 110.0), "elevation": (12.0, 172.0), "rotation": (-95.0, 70.0), "elbow": (0.0, 135.0)}
_HUNG = {"plane": (-20.0, 90.0), "elevation": (3.0, 22.0), "rotation": (-30.0, 50.0), "elbow": (3.0, 40.0)}
_POINTS = ("left_elbow", "left_wrist", "right_elbow", "right_wrist")


def load_classes(words: Sequence[str]) -> tuple[Gesture, ...]:
    """As ``load_gestures``; and ``not:drone`` or ``not:wave,point`` is a class of clips that show none of those gestures."""
    found: list[Gesture] = []
    for word in words:
        if word.casefold().startswith(_PREFIX):
            named = word[len(_PREFIX) :].split(",")
            found.append(none_of(load_gestures(named), name=f"{OWN}/not {' '.join(named).replace('/', ' ')}"))
        else:
            found += load_gestures([word])
    refuse_twins(gesture.name for gesture in found)
    return tuple(found)


def none_of(gestures: Sequence[Gesture], *, name: str = f"{OWN}/none", ways: int = 240, seed: int = 0) -> Gesture:
    """A gesture with ``ways`` variants, none of which holds a posture of the given gestures.

    Arms are raised, bent and turned at random, together, alike or one alone, or borrowed from one of the gestures for one side
    only, or they merely hang; some move on to a second posture and back. In every posture an elbow or a wrist is at least 26 cm off
    where it is in each keyframe of each gesture, seen from any side up to 25 degrees away (of the way forward, half counts), or the
    posture is far nearer to arms that hang; for the nominal adult, and the arms keep off the body. SpecError for gestures without
    keyframes.
    """
    if ways < 1:
        raise SpecError(f"ways is {ways}; expected at least 1")
    taken, arms = _shown(gestures)
    rng = np.random.default_rng(seed)
    drawn = _postures(taken, arms, rng)
    found = [_performed(next(drawn), next(drawn) if rng.random() < _SECOND else None, rng) for _ in range(ways)]
    names = ", ".join(gesture.name for gesture in gestures)
    return Gesture(
        name=name,
        phrase="a person moving their arms without giving a signal",
        description=f"the arms do something that is none of: {names}",
        hands="both",
        mirror="same",
        reverse="same",
        tempo=(0.75, 1.3),
        keyframes=waiting(rng),
        variants=tuple(Variant(keyframes=way, share=6 / ways) for way in found),
        source="drawn at random, away from every keyframe of the gestures named",
    )


def _shown(gestures: Sequence[Gesture]) -> tuple[Array, Array]:
    """All postures that the gestures hold or pass in a stroke: places of elbows and wrists (N, 4, 3), and arms (N, 2, 8)."""
    arms, bodies = [], []
    for gesture in gestures:
        if not gesture.keyframes:
            raise SpecError(f"{gesture.name} has no keyframes, so nothing can be said to differ from it; leave it out")
        for keyframes in (gesture.keyframes, *(variant.keyframes for variant in gesture.variants)):
            script = write_script(gesture, keyframes)
            rows = [row for row, phase in enumerate(script.phases) if phase in ("stroke", "hold")]
            arms.append(script.arms[rows])
            bodies.append(script.body[rows])
    every = np.concatenate(arms)
    return _places(every, np.concatenate(bodies))[0], every


def _places(arms: Array, body: Array) -> tuple[Array, Array]:
    """Elbows and wrists (N, 4, 3) in metres from the neck, and how far the arms keep from the body (N,)."""
    hands = np.broadcast_to(shape("relaxed"), (len(arms), 2, 15, 3))
    poses = Poses(
        direction=directions(arms), arms=arms, hands=hands, body=body, braced=np.zeros((len(arms), 2), dtype=np.float64)
    )
    turns, path = rotations(poses)
    postures = posed(turns, path, NOMINAL)
    places = np.stack([postures.at(name) for name in _POINTS], axis=1) - postures.at("neck")[:, None]
    return places, clearance(turns, path)


def _postures(taken: Array, borrowed: Array, rng: np.random.Generator) -> Iterator[Array]:
    """Arms (2, 8), one posture after the other, that show none of what is taken."""
    body = np.broadcast_to(body_angles(Body()), (_POOL, 14))
    turns = Rotation.from_rotvec([[0.0, side, 0.0] for side in _SIDES], degrees=True)
    sides = np.concatenate([turn.apply(taken.reshape(-1, 3)).reshape(taken.shape) for turn in turns])
    hanging, _ = _places(_resting(1), body[:1])
    while True:
        arms = _drawn(borrowed, rng)
        places, free = _places(arms, body)
        shown, rest = _distance(places, sides), _distance(places, hanging)
        kept = arms[((shown >= _APART) | (rest <= _RESTING * shown)) & (free >= _FREE)]
        if not len(kept):
            raise SpecError("no posture of the arms is far from all of these gestures; name fewer of them")
        yield from kept


def _distance(places: Array, others: Array) -> Array:
    """Metres (N,) from the nearest of the others (M, 4, 3), by the elbow or wrist that is farthest off."""
    return np.array([np.linalg.norm(_SEEN * (others - place), axis=2).max(axis=1).min() for place in places])


def _resting(count: int) -> Array:
    """Arms (count, 2, 8) that hang."""
    return np.tile(list(REST_ARM.values()), (count, 2, 1))


def _drawn(borrowed: Array, rng: np.random.Generator) -> Array:
    """Arms (N, 2, 8), within what a shoulder can do."""
    arms = _resting(_POOL)
    kind = rng.random(_POOL)
    hanging = kind >= 1 - _HANGING
    for ranges, which in ((_DRAWN, ~hanging), (_HUNG, hanging)):
        for name, (low, high) in ranges.items():
            arms[which, :, ARM.index(name)] = rng.uniform(low, high, size=(which.sum(), 2))
    arms[~hanging, :, ARM.index("elbow")] *= rng.random(((~hanging).sum(), 2)) < 0.6  # straight arms are common
    own = (rng.random((_POOL, 2)) < _BORROWED) & ~hanging[:, None]
    arms[own] = borrowed[rng.integers(len(borrowed), size=own.sum()), rng.integers(2, size=own.sum())]
    alike, alone = kind < _ALIKE, (kind >= _ALIKE) & (kind < _ALIKE + _ONE_ARM)
    arms[alike, 1] = arms[alike, 0]
    arms[np.flatnonzero(alone), rng.integers(2, size=alone.sum())] = _resting(1)[0, 0]
    low, high = np.array(list(ARM_LIMITS.values())).T
    arms = arms.clip(low, high)
    arms[:, :, 0] = [
        [np.clip(plane, *plane_range(raised)) for plane, raised in pair] for pair in arms[:, :, :2].tolist()
    ]
    return arms


def _performed(first: Array, second: Array | None, rng: np.random.Generator) -> tuple[Keyframe, ...]:
    """Keyframes that hold one posture, or go on to a second one and back."""
    hands = tuple(str(rng.choice(_SHAPES)) for _ in range(2)) if rng.random() < 0.4 else (str(rng.choice(_SHAPES)),) * 2
    seconds = float(rng.uniform(0.6, 0.9))
    begun = _keyframe(first, hands, "stroke", seconds)
    if second is None:
        return begun, Keyframe(phase="hold", seconds=1.1)
    return begun, _keyframe(second, hands, "stroke", seconds), _keyframe(first, hands, "stroke", seconds)


def _keyframe(arms: Array, hands: Sequence[str], phase: str, seconds: float) -> Keyframe:
    left, right = (
        Arm(**dict(zip(ARM, np.round(angles, 1).tolist(), strict=True)), hand=hand)
        for angles, hand in zip(arms, hands, strict=True)
    )
    return Keyframe(phase=phase, seconds=round(seconds, 2), left=left, right=right)  # type: ignore[arg-type]


def waiting(rng: np.random.Generator) -> tuple[Keyframe, ...]:
    """Nothing but standing about: the arms hang, and the weight moves from one leg to the other."""
    turns = [float(sign * rng.uniform(6, 14)) for sign in (1, -1)]
    return tuple(
        Keyframe(phase="stroke", seconds=0.8, body=Body(sway=turn / 4, trunk_turn=turn, head_turn=2 * turn))
        for turn in itertools.chain(turns, [0.0])
    )
