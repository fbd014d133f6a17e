"""Faces at work: a mood, blinks, glances and now and then speech, and how they move a figure's vertices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from synthgest.body.model import EXPRESSIONS
from synthgest.motion.sequence import Motion

Floats = NDArray[np.float32]

JAW_OPEN = 0.36
"""Radians that the jaw turns in the expression ``jaw_open``: MakeHuman's mouth-open against the place of the jaw's joint."""

MOODS: Mapping[str, tuple[float, Mapping[str, float]]] = {
    "neutral": (4.0, {}),
    "pleasant": (3.0, {"smile": 0.35, "brows_up": 0.1}),
    "smiling": (2.0, {"smile": 0.8, "squint": 0.35, "upper_lip_up": 0.25}),
    "laughing": (0.5, {"smile": 0.9, "squint": 0.5, "upper_lip_up": 0.4, "jaw_open": 0.22}),
    "serious": (2.0, {"press": 0.35, "brows_down": 0.35}),
    "stern": (1.0, {"frown": 0.3, "brows_down": 0.75, "squint": 0.3}),
    "sad": (0.6, {"frown": 0.6, "brows_inner_up": 0.8}),
    "surprised": (0.6, {"brows_up": 0.8, "wide": 0.7, "jaw_open": 0.15}),
    "straining": (0.5, {"press": 0.6, "squint": 0.6, "sneer": 0.3, "brows_down": 0.4}),
}
"""Mood -> how often, and the expressions that a face rests in."""

_SPEAKING = 0.22
_BREATHING = 0.25
_HALF_BLINK = 0.09  # seconds from the lids' first movement to closed; people blink in 0.15 to 0.25 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a face does over T frames.

    shapes: (T, E) float32, how much of each of ``EXPRESSIONS``, without what the jaw does. jaw: (T,) float32, radians that it
    is open. gaze: (T, 2) float32, radians that the eyes look down and to the person's left. mood: of ``MOODS``.
    """

    shapes: Floats
    jaw: Floats
    gaze: Floats
    mood: str

    def on(self, motion: Motion) -> Motion:
        """The motion with this face's jaw and eyes, where it has none of its own."""
        nothing = np.zeros_like(self.jaw)
        jaw = np.stack([self.jaw, nothing, nothing], axis=1)
        eyes = np.stack([*self.gaze.T, nothing], axis=1)
        return replace(
            motion,
            jaw_pose=motion.jaw_pose if motion.jaw_pose.any() else jaw,
            leye_pose=motion.leye_pose if motion.leye_pose.any() else eyes,
            reye_pose=motion.reye_pose if motion.reye_pose.any() else eyes,
        )


def act(rng: np.random.Generator, *, frames: int, fps: float) -> Face:
    """A face drawn at random: a mood that comes and goes a little, a blink every 2 to 6 s, glances, sometimes speech."""
    names = list(MOODS)
    share = np.array([often for often, _ in MOODS.values()])
    mood = names[int(rng.choice(len(names), p=share / share.sum()))]
    shapes = np.zeros((frames, len(EXPRESSIONS)))
    strength = rng.uniform(0.6, 1.1) * (1 + 0.35 * _drift(rng, frames, 1.2 * fps))
    for name, value in MOODS[mood][1].items():
        shapes[:, EXPRESSIONS.index(name)] = np.clip(value * strength, 0, 1)
    shapes[:, EXPRESSIONS.index("brows_up")] += 0.3 * np.clip(_drift(rng, frames, 0.5 * fps) - 0.9, 0, 1)
    jaw = JAW_OPEN * shapes[:, EXPRESSIONS.index("jaw_open")]
    shapes[:, EXPRESSIONS.index("jaw_open")] = 0
    if rng.random() < _SPEAKING:
        jaw += _speech(rng, shapes, fps)
    elif rng.random() < _BREATHING:
        jaw += 0.04
    gaze = _glances(rng, frames, fps)
    # Lids follow the eyes: they come down with a lowered gaze and go up with a raised one.
    lids = _blinks(rng, frames, fps)
    closed = np.maximum(lids, np.clip(gaze[:, 0] * 1.1, 0, 0.35) + 0.06 * rng.random())
    shapes[:, EXPRESSIONS.index("blink")] = closed
    for name in ("wide", "squint"):
        shapes[:, EXPRESSIONS.index(name)] *= 1 - closed
    return Face(shapes=_single(np.clip(shapes, 0, 1)), jaw=_single(jaw), gaze=_single(gaze), mood=mood)


def still(frames: int) -> Face:
    """A face that rests, eyes open and mouth closed."""
    zeros = np.zeros((frames, len(EXPRESSIONS)), np.float32)
    return Face(shapes=zeros, jaw=zeros[:, 0], gaze=zeros[:, :2], mood="neutral")


def _blinks(rng: np.random.Generator, frames: int, fps: float) -> NDArray[np.float64]:
    """(frames,) how far the lids are closed; they close faster than they open."""
    seconds = np.arange(frames) / fps
    closed = np.zeros(frames)
    at = rng.uniform(0.1, 4.0)
    while at < seconds[-1] + 0.3:
        # A blink that falls between two frames still shows.
        moment = at if fps >= 15 else round(at * fps) / fps
        rise = 1 - np.abs(seconds - moment) / np.where(seconds < moment, _HALF_BLINK, rng.uniform(0.1, 0.14))
        closed = np.maximum(closed, np.clip(1.35 * rise, 0, 1))
        at += 0.35 if rng.random() < 0.08 else rng.uniform(2.0, 6.0)
    return closed


def _glances(rng: np.random.Generator, frames: int, fps: float) -> NDArray[np.float64]:
    """(frames, 2) radians down and to the left: rests of half a second to three, small jumps between, at times a far one."""
    gaze = np.zeros((frames, 2))
    at = 0
    while at < frames:
        reach = (0.09, 0.16) if rng.random() < 0.3 else (0.02, 0.035)
        gaze[at:] = rng.normal(0.0, reach)
        at += max(1, int(rng.uniform(0.5, 3.0) * fps))
    return np.clip(gaze, (-0.2, -0.35), (0.25, 0.35))


def _speech(rng: np.random.Generator, shapes: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """(T,) radians of the jaw of somebody who speaks about four syllables a second; lips move too (in place in ``shapes``)."""
    frames = len(shapes)
    phase = np.cumsum(2 * np.pi * (4.0 + _drift(rng, frames, 0.3 * fps)) / fps) + rng.uniform(0, 6.3)
    talking = np.clip(1.5 + 1.5 * _drift(rng, frames, 0.8 * fps), 0, 1)
    open_ = talking * (0.5 - 0.5 * np.cos(phase)) * (0.65 + 0.35 * np.clip(_drift(rng, frames, 0.15 * fps), -1, 1))
    for name, value in (("pucker", 0.3), ("stretch", 0.25), ("part", 0.5)):
        shapes[:, EXPRESSIONS.index(name)] += value * talking * np.clip(_drift(rng, frames, 0.12 * fps), 0, 1)
    return 0.16 * open_


def _drift(rng: np.random.Generator, frames: int, sigma: float) -> NDArray[np.float64]:
    """(frames,) smooth chance of about unit size that changes over ``sigma`` frames."""
    noise = gaussian_filter1d(rng.standard_normal(frames + int(8 * sigma) + 1), max(sigma, 0.5))
    drift: NDArray[np.float64] = noise[int(4 * sigma) :][:frames] * np.sqrt(2 * max(sigma, 0.5) * np.sqrt(np.pi))
    return drift


def _single(values: NDArray[np.float64]) -> Floats:
    return values.astype(np.float32)
