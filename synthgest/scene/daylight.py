"""The hour of a clip: where its sun, lamp or window stands, and how much light comes from it and from around."""

from dataclasses import dataclass

import numpy as np

from synthgest.errors import SpecError
from synthgest.scene.light import FloatArray, Light, towards

OVERCAST, DAY, GOLDEN, DUSK, NIGHT = "overcast", "sunny", "low sun", "dusk", "night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """At what hours clips are taken: weights of any sum, of which each hour's share follows.

    day: sun at 25 to 65 degrees. overcast: clouds, hardly a shadow. golden: warm sun at 8 to 20 degrees. dusk: after sunset.
    night: by street lamps and floodlights, indoors by dim lamps. backlight: part of the sunlit and windowed clips in which
    the light comes from behind the person.
    """

    day: float = 0.46
    overcast: float = 0.2
    golden: float = 0.14
    dusk: float = 0.06
    night: float = 0.14
    backlight: float = 0.18

    def __post_init__(self) -> None:
        weights = self.weights
        if min(weights.values()) < 0 or not 0 < sum(weights.values()) < np.inf:
            raise SpecError(f"the weights of the hours are {weights}; expected none below 0 and at least one above")
        if not 0 <= self.backlight <= 1:
            raise SpecError(f"backlight is {self.backlight}; expected a part of the clips, 0 to 1")

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each hour, by its name."""
        return {DAY: self.day, OVERCAST: self.overcast, GOLDEN: self.golden, DUSK: self.dusk, NIGHT: self.night}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An hour that was drawn. behind: whether the main light comes from behind the person. strength: of the exposure."""

    hour: str
    behind: bool
    strength: float


def sample_moment(rng: np.random.Generator, hours: Hours) -> Moment:
    """An hour by its weight."""
    names = list(hours.weights)
    weights = np.array(list(hours.weights.values()))
    hour = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    behind = bool(rng.random() < hours.backlight) and hour in (DAY, GOLDEN)
    return Moment(hour=hour, behind=behind, strength=rng.uniform(0.85, 1.15))


def _azimuth(moment: Moment, rng: np.random.Generator) -> float:
    """Of the light, radians from the camera's side: before and beside the person, or within 50 degrees of straight behind."""
    if moment.behind:
        return float(np.pi + rng.uniform(-0.9, 0.9))
    return float(rng.uniform(-1.75, 1.75))


def outdoor_light(moment: Moment, rng: np.random.Generator) -> Light:
    """The light under an open sky; the direction in the place's own axes, the camera towards +Z."""
    azimuth, strength = _azimuth(moment, rng), moment.strength
    if moment.hour == NIGHT:
        return _lamp_light(azimuth, rng, strength)
    low, high = {DAY: (25, 65), GOLDEN: (9, 20), OVERCAST: (40, 75), DUSK: (20, 40)}[moment.hour]
    elevation = np.radians(rng.uniform(low, high))
    direction = towards(azimuth, elevation)
    share = {DAY: rng.uniform(0.6, 0.75), GOLDEN: rng.uniform(0.5, 0.66), OVERCAST: 0.1, DUSK: 0.06}[moment.hour]
    warmth = float(np.clip((elevation - 0.15) / 0.7, 0, 1))
    sun = np.array([1.0, 0.72 + 0.25 * warmth, 0.44 + 0.48 * warmth], np.float32)
    tints = {OVERCAST: (0.92, 0.97, 1.04), DUSK: (0.62, 0.72, 1.0), GOLDEN: (0.84, 0.9, 1.06), DAY: (0.82, 0.95, 1.15)}
    sky = np.array(tints[moment.hour], np.float32)
    dim = 0.55 if moment.hour == DUSK else 1.0
    lift = 1.5 if moment.behind else 1.0  # against the light, a camera exposes for the person
    return Light(
        direction=direction,
        colour=sun * np.float32(strength * share * 1.25 / max(float(direction[1]), 0.5)),
        sky=sky * np.float32(strength * dim * lift * (1 - share)),
        ground=np.array([0.4, 0.38, 0.33], np.float32) * np.float32(strength * dim * lift * (0.6 + 0.4 * share)),
        spread=0.3 if moment.hour in (OVERCAST, DUSK) else rng.uniform(0.006, 0.03),
    )


def _lamp_light(azimuth: float, rng: np.random.Generator, strength: float) -> Light:
    """By a street lamp or floodlight near the person, high and to the front: warm sodium or cold white."""
    warm = (1.0, 0.72, 0.42) if rng.random() < 0.55 else (0.92, 0.97, 1.0)
    colour = np.array(warm, np.float32)
    around = np.array([0.62, 0.74, 1.0], np.float32)
    return Light(
        direction=towards(0.75 * azimuth, np.radians(rng.uniform(42, 66))),
        colour=colour * np.float32(0.85 * strength),
        sky=(0.6 * around + 0.4 * colour) * np.float32(0.17 * strength),
        ground=colour * np.float32(0.13 * strength),
        spread=rng.uniform(0.02, 0.06),
    )


def indoor_light(moment: Moment, rng: np.random.Generator, *, windows: bool) -> tuple[Light, str]:
    """The light in a room, and what it comes from: ``window`` or ``lamp``.

    By day a room with windows is lit by one of them as often as by its lamps; without windows, and in the evening, by lamps.
    """
    strength = moment.strength
    lit = windows and moment.hour in (DAY, GOLDEN, OVERCAST) and (moment.behind or rng.random() < 0.5)
    dim = moment.hour == NIGHT and rng.random() < 0.6
    if lit:
        colour, share, elevation, spread = _window(moment, rng), rng.uniform(0.4, 0.62), rng.uniform(22, 40), 0.2
        azimuth = _azimuth(moment, rng) if moment.behind else float(rng.choice([-1, 1]) * rng.uniform(0.9, 1.75))
    else:
        colour = np.array([1.0, rng.uniform(0.9, 1.0), rng.uniform(0.74, 1.02)], np.float32)
        if dim:
            colour = np.array([1.0, rng.uniform(0.76, 0.88), rng.uniform(0.5, 0.68)], np.float32)
        share, elevation, spread = rng.uniform(0.3, 0.55), rng.uniform(42, 72), rng.uniform(0.1, 0.25)
        azimuth = float(rng.uniform(-1.4, 1.4))
    level = strength * (0.62 if dim else 1.0)
    tint = colour ** np.float32(0.6)
    ambient = tint * np.float32(level * (1 - share) * 1.15)
    light = Light(
        direction=towards(azimuth, np.radians(elevation)),
        colour=colour * np.float32(level * share * 1.6),
        sky=ambient,
        ground=ambient * np.float32(0.5),
        spread=spread,
    )
    return light, "window" if lit else "lamp"


def _window(moment: Moment, rng: np.random.Generator) -> FloatArray:
    if moment.hour == GOLDEN:
        return np.array([1.0, 0.82, 0.6], np.float32)
    return np.array([rng.uniform(0.9, 1.0), 0.97, rng.uniform(0.98, 1.1)], np.float32)
