"""A keyframed gesture performed: repeated, timed to the frames that are asked for, varied and kept clear of the body."""

import dataclasses
import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MotionError, ShotFailed
from synthgest.gestures import Gesture
from synthgest.motion.anatomy import rotations
from synthgest.motion.build import NOMINAL, Build
from synthgest.motion.clearance import clearance
from synthgest.motion.constraints import kept, posed
from synthgest.motion.mirror import mirrored
from synthgest.motion.postures import Phase
from synthgest.motion.script import Script, strokes, write_script
from synthgest.motion.sequence import Motion
from synthgest.motion.timeline import postures_at
from synthgest.motion.variation import alive, at_strength, draw_performer, performed

Array = NDArray[np.float64]

SHORTEST_SECONDS = 1.6
"""A motion lasts at least so long: 48 frames at 30 frames per second."""

_STRENGTHS = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)

_OVERLAP = 0.01
"""Metres by which a performer may come nearer to the own body than the script does, beyond touching it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timing:
    """How a script is laid out in time: strokes shown, speed factor, seconds at rest before and after."""

    repetitions: int
    tempo: float
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment at which a keyframe is reached. seconds: from the first frame. must: the constraints that hold then."""

    seconds: float
    phase: Phase
    must: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A gesture performed once. shown: seconds from the first frame at which the strokes and their holds begin and end.

    marks: the keyframes in order, one each time that it comes, as they were before ``flipped``: seen in a mirror.
    strength: how much of the performer's own manner could be let through without breaking a constraint, 1 all of it.
    sources: what the motion was made from; two captures where it lies between them. files: SHA-256 of theirs. moments: of a
    capture, the second that each frame shows, before it begins or after it ends where it waits.
    """

    motion: Motion
    shown: tuple[float, float]
    marks: tuple[Mark, ...] = ()
    flipped: bool = False
    strength: float = 1.0
    sources: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    moments: tuple[float, ...] = ()

    def shown_frames(self, count: int, fps: float) -> range:
        """Numbers of the frames, of so many, in which the gesture is shown."""
        first, last = (min(max(round(moment * fps), 0), count - 1) for moment in self.shown)
        return range(first, last + 1)


def play(
    gesture: Gesture, rng: np.random.Generator, *, fps: float, frames: tuple[int, int], build: Build = NOMINAL
) -> Performance:
    """A seeded performance of a keyframed gesture by a body, between ``frames[0]`` and ``frames[1]`` frames long.

    Whoever breaks a constraint of the gesture, or comes nearer to the own body than the script does, is asked for less of his
    own manner. Raises MotionError where even the script as it is written breaks a constraint, and ShotFailed where it does on
    this body and would not on the nominal one.
    """
    script, limit = _scripted(gesture, _way(gesture, rng))
    performer = draw_performer(rng)
    flip = bool(rng.integers(2)) and gesture.mirror == "same" and gesture.hands in ("either", "both")
    timing = _timed(script, gesture, rng, ((frames[0] - 1) / fps, (frames[1] - 1) / fps))
    once = float(script.seconds[list(strokes(script.phases))].sum()) / timing.tempo
    if once > frames[1] / fps:
        raise MotionError(
            f"showing {gesture.name} once takes {once * fps:.0f} frames at {fps:g} frames per second, and at most "
            f"{frames[1]} are wanted; raise the most frames of the recipe, or lower fps"
        )
    life = int(rng.integers(2**31))
    laid = _laid_out(script, timing)
    for strength in _STRENGTHS:
        played = performed(laid, at_strength(performer, strength), build)
        take = _Take(script=played, build=build, life=life, lag=performer.lag * strength)
        broken = take.broken()
        if broken or strength == 0.0:
            continue
        nearest = float(take.clearance().min())
        if nearest < limit and build is not NOMINAL:
            limit = min(limit, _least_clearance(script, build))
        if nearest >= limit:
            break
    if broken:
        plain = performed(laid, at_strength(performer, 0.0), NOMINAL)
        if build is not NOMINAL and not _Take(script=plain, build=NOMINAL, life=life).broken():
            raise ShotFailed("body", f"a body of these measures breaks a constraint of {gesture.name}: {broken[0]}")
        raise MotionError(
            f"{gesture.name} breaks a constraint of its own: {broken[0]}; change the keyframe or the constraint"
        )
    return take.shot(gesture.name, fps=fps, frames=frames, flip=flip, strength=strength)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Take:
    """A script as one performer plays it. life: seed of breathing and swaying. lag: seconds by which the left arm is late."""

    script: Script
    build: Build
    life: int
    lag: float = 0.0

    def poses(self, moments: Array) -> tuple[Array, Array]:
        """Rotations (T, 55, 3) and the path (T, 3) at moments (T,), seconds; the right arm is early by what the left is late."""
        poses = postures_at(self.script, moments[:, None] - np.array([self.lag, -self.lag]))
        return rotations(alive(poses, moments, np.random.default_rng(self.life)))

    def broken(self) -> list[str]:
        """The constraints that do not hold where they must, each with its keyframe."""
        knots = np.cumsum(self.script.seconds)
        rows = [row for row, must in enumerate(self.script.musts) if must]
        if not rows:
            return []
        postures = posed(*self.poses(knots[rows]), self.build)
        every = {sentence for row in rows for sentence in self.script.musts[row]}
        holds = {sentence: kept(sentence, postures) for sentence in every}
        return [
            f"{sentence!r} at {knots[row]:.1f} s"
            for place, row in enumerate(rows)
            for sentence in self.script.musts[row]
            if not holds[sentence][place]
        ]

    def clearance(self) -> Array:
        """Metres that the arms keep from the body, thirty times a second: a hand that brushes past is near for a tenth of one."""
        moments = np.arange(0.0, float(self.script.seconds.sum()), 1 / 30)
        return clearance(*self.poses(moments), self.build)

    def shot(self, name: str, *, fps: float, frames: tuple[int, int], flip: bool, strength: float) -> Performance:
        """The performance as frames."""
        moments = _moments(self.script, fps=fps, frames=frames)
        pose, transl = self.poses(moments)
        motion = Motion.from_full_pose(pose, transl, fps=fps, fingers=True, source=f"keyframes of {name}")
        knots = np.cumsum(self.script.seconds) - moments[0]
        lasts = float(moments[-1] - moments[0])
        block = strokes(self.script.phases)
        return Performance(
            motion=mirrored(motion) if flip else motion,
            shown=(max(0.0, float(knots[block.start - 1])), min(lasts, float(knots[_end(self.script)]))),
            marks=tuple(
                Mark(seconds=float(knot), phase=phase, must=must)
                for knot, must, phase in zip(
                    knots[1:-1], self.script.musts[1:-1], self.script.phases[1:-1], strict=True
                )
                if phase is not None and 0 <= knot <= lasts
            ),
            flipped=flip,
            strength=strength,
        )


def _end(script: Script) -> int:
    """The last posture of what the gesture shows: the last stroke, or the hold after it."""
    last = strokes(script.phases)[-1]
    while last + 1 < len(script.phases) and script.phases[last + 1] == "hold":
        last += 1
    return last


def _way(gesture: Gesture, rng: np.random.Generator) -> int:
    """Which way of performing the gesture is taken: 0 its keyframes, then its variants."""
    shares = np.array([1.0, *(variant.share for variant in gesture.variants)])
    return int(rng.choice(len(shares), p=shares / shares.sum()))


@functools.lru_cache(maxsize=256)
def _scripted(gesture: Gesture, way: int) -> tuple[Script, float]:
    """The script of one way to perform the gesture, and the least clearance in metres that a performer has to keep."""
    script = write_script(gesture, gesture.keyframes if way == 0 else gesture.variants[way - 1].keyframes)
    return script, _least_clearance(script, NOMINAL)


def _least_clearance(script: Script, build: Build) -> float:
    """Metres that a performer has to keep: what the script itself keeps on this body, less a little."""
    exact = at_strength(draw_performer(np.random.default_rng(0)), 0.0)
    still = _Take(script=performed(script, exact, build), build=build, life=0)
    return min(0.0, float(still.clearance().min())) - _OVERLAP


def _timed(script: Script, gesture: Gesture, rng: np.random.Generator, span: tuple[float, float]) -> _Timing:
    """Repetitions, tempo and rests so that the performance lasts between ``span`` seconds, if that can be had."""
    fewest, most = gesture.repetitions
    timing = _Timing(
        repetitions=int(rng.integers(fewest, most + 1)),
        tempo=float(rng.uniform(*gesture.tempo)),
        before=float(rng.uniform(0.1, 0.4)),
        after=float(rng.uniform(0.15, 0.5)),
    )
    share = float(rng.uniform(0.25, 0.6))
    longest = most * 2 if most > 1 else 1
    while _lasts(script, timing) < span[0] and timing.repetitions < longest:
        timing = dataclasses.replace(timing, repetitions=timing.repetitions + 1)
    while _lasts(script, timing) > span[1] and timing.repetitions > fewest:
        timing = dataclasses.replace(timing, repetitions=timing.repetitions - 1)
    excess = _lasts(script, timing) - span[1]
    if excess > 0:
        rests = timing.before + timing.after
        kept = max(0.0, rests - excess) / rests
        timing = dataclasses.replace(timing, before=timing.before * kept, after=timing.after * kept)
        moving = _lasts(script, timing) - timing.before - timing.after
        needed = timing.tempo * moving / max(span[1] - timing.before - timing.after, 1e-6)
        timing = dataclasses.replace(timing, tempo=float(np.clip(needed, timing.tempo, gesture.tempo[1])))
    missing = max(0.0, span[0] - _lasts(script, timing))
    return dataclasses.replace(
        timing, before=timing.before + share * missing, after=timing.after + (1 - share) * missing
    )


def _order(script: Script, repetitions: int) -> list[int]:
    block = strokes(script.phases)
    return [*range(block.start), *(list(block) * repetitions), *range(block.stop, len(script.phases))]


def _lasts(script: Script, timing: _Timing) -> float:
    moving = float(script.seconds[_order(script, timing.repetitions)].sum())
    return timing.before + moving / timing.tempo + timing.after


def _laid_out(script: Script, timing: _Timing) -> Script:
    """The script with its strokes repeated and a rest in front and behind, at the performer's tempo."""
    order = [0, *_order(script, timing.repetitions), len(script.phases) - 1]
    laid = script.rows(order)
    seconds = laid.seconds / timing.tempo
    seconds[0], seconds[1], seconds[-1] = 0.0, timing.before, timing.after
    return dataclasses.replace(laid, seconds=seconds)


def _moments(script: Script, *, fps: float, frames: tuple[int, int]) -> Array:
    """The moments of the frames, seconds; too long a script is cut down to what surrounds its strokes."""
    knots = np.cumsum(script.seconds)
    count = int(np.clip(round(float(knots[-1]) * fps) + 1, *frames))
    cut = max(0.0, float(knots[-1]) - (count - 1) / fps)
    block = strokes(script.phases)
    ahead, behind = knots[block.start - 1], knots[-1] - knots[block.stop - 1]
    start = cut * ahead / max(ahead + behind, 1e-6)
    return float(start) + np.arange(count) / fps
