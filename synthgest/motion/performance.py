"""A keyframed gesture performed: repeated, timed to the frames that are asked for, varied and kept clear of the body."""

import dataclasses
import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MotionError
from synthgest.gestures import Gesture
from synthgest.motion.anatomy import rotations
from synthgest.motion.clearance import clearance
from synthgest.motion.mirror import mirrored
from synthgest.motion.script import Script, strokes, write_script
from synthgest.motion.sequence import Motion
from synthgest.motion.timeline import postures_at
from synthgest.motion.variation import Performer, alive, at_strength, draw_performer, performed

Array = NDArray[np.float64]

SHORTEST_SECONDS = 1.6
"""A motion lasts at least so long: 48 frames at 30 frames per second."""

_OVERLAP = 0.01
"""Metres by which a performer may come nearer to the own body than the script does, beyond touching it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timing:
    """How a script is laid out in time: strokes shown, speed factor, seconds at rest before and after."""

    repetitions: int
    tempo: float
    before: float
    after: float


def play(gesture: Gesture, rng: np.random.Generator, *, fps: float, frames: tuple[int, int]) -> Motion:
    """A seeded performance of a keyframed gesture, between ``frames[0]`` and ``frames[1]`` frames long."""
    script, limit = _scripted(gesture)
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
    for strength in (1.0, 0.6, 0.3, 0.0):
        chosen = at_strength(performer, strength)
        if strength == 0.0 or float(_clearance(laid, chosen, fps).min()) >= limit:
            break
    motion = _shot(laid, chosen, life, gesture.name, fps=fps, frames=frames)
    return mirrored(motion) if flip else motion


@functools.lru_cache(maxsize=64)
def _scripted(gesture: Gesture) -> tuple[Script, float]:
    """The gesture's script, and the least clearance in metres that a performer has to keep."""
    script = write_script(gesture)
    exact = at_strength(draw_performer(np.random.default_rng(0)), 0.0)
    return script, min(0.0, float(_clearance(script, exact, 30.0).min())) - _OVERLAP


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


def _shot(script: Script, performer: Performer, life: int, name: str, *, fps: float, frames: tuple[int, int]) -> Motion:
    played = performed(script, performer)
    moments = _moments(played, fps=fps, frames=frames)
    lag = performer.lag * performer.strength
    poses = postures_at(played, moments[:, None] - np.array([lag, -lag]))
    poses = alive(poses, moments, np.random.default_rng(life))
    pose, transl = rotations(poses)
    return Motion.from_full_pose(pose, transl, fps=fps, fingers=True, source=f"keyframes of {name}")


def _clearance(script: Script, performer: Performer, fps: float) -> Array:
    played = performed(script, performer)
    moments = np.arange(0.0, float(played.seconds.sum()), max(1 / fps, 1 / 12))
    return clearance(*rotations(postures_at(played, np.repeat(moments[:, None], 2, axis=1))))
