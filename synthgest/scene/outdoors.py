"""Places under the sky: a site laid out, its light, its sky and horizon, its lamps at night."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthgest.scene import country, towns, works
from synthgest.scene.clearing import Clearing
from synthgest.scene.daylight import DAY, DUSK, GOLDEN, NIGHT, OVERCAST, Moment, outdoor_light
from synthgest.scene.groundwork import Laid
from synthgest.scene.light import FloatArray, Light, towards
from synthgest.scene.lighting import Lamp
from synthgest.scene.materials import Plain, shade_of
from synthgest.scene.noise import Noise
from synthgest.scene.shapes import Ball, Colour, Piece, Solid, moved, turned
from synthgest.scene.site import Site
from synthgest.scene.sky import Ridge, Sky
from synthgest.scene.stage import Stage
from synthgest.scene.tracing import Corner
from synthgest.scene.yard import street_lamp

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteKind:
    """How a kind of place is laid out, and what stands on its horizon."""

    lay: Callable[[Site], Laid]
    horizon: tuple[str, ...]


SITES: dict[str, SiteKind] = {
    "street": SiteKind(lay=towns.street, horizon=("roofs",)),
    "square": SiteKind(lay=towns.square, horizon=("roofs",)),
    "courtyard": SiteKind(lay=towns.courtyard, horizon=("roofs",)),
    "school yard": SiteKind(lay=towns.school_yard, horizon=("roofs", "trees")),
    "playground": SiteKind(lay=towns.playground, horizon=("roofs", "trees")),
    "sports pitch": SiteKind(lay=works.sports_pitch, horizon=("trees", "hills")),
    "parking lot": SiteKind(lay=works.parking_lot, horizon=("roofs", "trees")),
    "construction site": SiteKind(lay=works.construction_site, horizon=("roofs", "trees")),
    "village": SiteKind(lay=towns.village, horizon=("hills", "trees")),
    "garden": SiteKind(lay=towns.garden, horizon=("trees", "roofs")),
    "railway platform": SiteKind(lay=works.railway_platform, horizon=("roofs", "trees")),
    "harbour": SiteKind(lay=works.harbour, horizon=("hills", "")),
    "park": SiteKind(lay=country.park, horizon=("trees", "roofs")),
    "field": SiteKind(lay=country.field, horizon=("hills", "trees")),
    "forest clearing": SiteKind(lay=country.forest_clearing, horizon=("wood",)),
    "desert": SiteKind(lay=country.desert, horizon=("dunes", "hills", "")),
    "desert road": SiteKind(lay=country.desert_road, horizon=("dunes", "hills")),
    "beach": SiteKind(lay=country.beach, horizon=("", "hills")),
    "snow": SiteKind(lay=country.snow, horizon=("hills", "peaks")),
    "training ground": SiteKind(lay=country.training_ground, horizon=("hills", "trees")),
    "gravel yard": SiteKind(lay=country.gravel_yard, horizon=("trees", "roofs")),
    "airfield": SiteKind(lay=country.airfield, horizon=("hills", "trees")),
}
"""The kinds of places outdoors, by name."""

_HILLS = ((98, 112, 92), (112, 118, 110), (128, 116, 98), (90, 102, 108))
_DUNES = ((196, 166, 128), (176, 150, 116), (160, 132, 106))
_WOODS = ((70, 88, 50), (60, 78, 48), (84, 96, 56))
_ROOFS = ((150, 140, 130), (140, 116, 104), (128, 130, 134), (160, 150, 132))
_PEAKS = ((170, 178, 190), (150, 158, 170))
# palette, height (tangent of elevation), wave (radians), haze, how its outline is drawn
_RIDGES = {
    "hills": (_HILLS, (0.02, 0.12), (0.5, 1.2), (0.45, 0.75), "hills"),
    "trees": (_WOODS, (0.04, 0.11), (0.1, 0.3), (0.15, 0.4), "trees"),
    "roofs": (_ROOFS, (0.06, 0.26), (0.06, 0.16), (0.4, 0.65), "roofs"),
    "dunes": (_DUNES, (0.01, 0.07), (0.6, 1.4), (0.3, 0.6), "hills"),
    "wood": (_WOODS, (0.25, 0.5), (0.12, 0.3), (0.05, 0.25), "trees"),
    "peaks": (_PEAKS, (0.1, 0.25), (0.3, 0.7), (0.4, 0.6), "hills"),
}
_BRIGHT = {DAY: 1.0, OVERCAST: 0.9, GOLDEN: 0.75, DUSK: 0.17, NIGHT: 0.02}
_TRIES = 8


def lay_out(name: str, moment: Moment, free: Clearing, yaw: float, rng: Rng) -> Stage:
    """A place of the kind ``name`` around what must stay free, in axes turned by ``yaw`` radians."""
    noise, night = Noise(rng), moment.hour == NIGHT
    light = outdoor_light(moment, rng)
    site = Site(
        rng=rng,
        noise=noise,
        sun=(float(light.direction[0]), float(light.direction[2])),
        lit=moment.hour in (NIGHT, DUSK),
    )
    ground, pieces = SITES[name].lay(site)
    pieces = free.kept(pieces)
    key = _lamp_at(light) if night else None
    if key is not None:
        pieces += free.kept([_lamp_over(key, rng)])
    else:
        light, moment, pieces = _unshaded(light, moment, free, pieces, rng)
    solids = tuple(solid for each in pieces for solid in each.solids)
    balls = tuple(ball for each in pieces for ball in each.balls)
    sky = _sky(name, moment, light, rng, noise)
    return Stage(
        name=f"{name}, {moment.hour}{', against the light' if moment.behind else ''}",
        tags=(name, "outdoors", moment.hour),
        light=_in_world(light, yaw),
        yaw=yaw,
        walls=None,
        floor=ground,
        paint=(),
        ceiling=_plain(noise),
        skirting=(0.0, (0, 0, 0)),
        solids=solids,
        balls=balls,
        key=key,
        lamps=_street_lamps(solids, key) if site.lit else (),
        sky=sky,
        view=_view(sky),
        haze=float(rng.uniform(180, 900)),
        sheen=0.0,
        dark=site.lit,
        noise=noise,
        blur=rng.uniform(0.2, 0.6),
    )


def _in_world(light: Light, yaw: float) -> Light:
    return replace(light, direction=turned(light.direction, yaw))


def _plain(noise: Noise) -> Plain:
    return Plain(tone=np.full(3, 0.5, np.float32), noise=noise, grain=0.0, wave=1.0)


def _view(sky: Sky) -> Colour:
    mean = 0.5 * np.array(sky.zenith) + 0.5 * np.array(sky.horizon)
    return float(mean[0]), float(mean[1]), float(mean[2])


def _unshaded(
    light: Light, moment: Moment, free: Clearing, pieces: list[Piece], rng: Rng
) -> tuple[Light, Moment, list[Piece]]:
    """The light turned until nothing throws its shadow on the person.

    Where nothing helps, small things in the way of the light are left out, and before houses clouds are drawn up.
    """
    if moment.hour in (OVERCAST, DUSK):
        return light, moment, pieces
    elevation = float(np.arcsin(np.clip(light.direction[1], -1, 1)))
    base = float(np.arctan2(light.direction[0], light.direction[2]))
    for number in range(_TRIES):
        direction = towards(base if number == 0 else base + rng.uniform(-0.6, 0.6), elevation)
        if not _on_way(direction, free, pieces):
            return replace(light, direction=direction), moment, pieces
    lit = [one for one in pieces if not _on_way(light.direction, free, [one])]
    if sum(map(_tall, lit)) < sum(map(_tall, pieces)):
        cloudy = replace(moment, hour=OVERCAST, behind=False)
        return outdoor_light(cloudy, rng), cloudy, pieces
    return light, moment, lit


def _tall(thing: Piece) -> bool:
    return any(
        float(np.ptp(solid.corners[:, 0])) > 3 and float(solid.corners[:, 1].max()) > 3 for solid in thing.solids
    )


def _on_way(direction: FloatArray, free: Clearing, pieces: Sequence[Piece]) -> bool:
    """Whether a ray from the person's knees, chest or head towards the sun meets one of the pieces."""
    middle = free.way.mean(axis=0)
    starts = np.array([(middle[0], up, middle[1]) for up in (0.4, 1.2, 1.8)], np.float32)
    return any(
        any(_meets(solid, starts, direction) for solid in one.solids)
        or any(_meets_ball(ball, starts, direction) for ball in one.balls)
        for one in pieces
    )


def _meets(solid: Solid, starts: FloatArray, direction: FloatArray) -> bool:
    room = solid.offsets - starts @ solid.normals.T
    slope = solid.normals @ direction
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = room / slope
    near = np.where(slope < 0, reach, np.where((slope == 0) & (room < 0), np.inf, -np.inf)).max(axis=1)
    far = np.where(slope > 0, reach, np.inf).min(axis=1)
    return bool(((near < far) & (far > 0)).any())


def _meets_ball(ball: Ball, starts: FloatArray, direction: FloatArray) -> bool:
    away = np.array(ball.centre, np.float32) - starts
    ahead = away @ direction
    apart = np.sqrt(np.maximum(np.sum(away * away, axis=1) - ahead * ahead, 0))
    return bool(((apart < 1.05 * max(ball.radius, ball.half)) & (ahead > 0)).any())


def _lamp_at(light: Light) -> Corner:
    """Where the lamp hangs that lights the person at night: along the light's direction, 5.5 m high."""
    at = np.array([0, 1.2, 0]) + light.direction.astype(float) * (4.3 / max(float(light.direction[1]), 0.3))
    return float(at[0]), float(at[1]), float(at[2])


def _lamp_over(key: Corner, rng: Rng) -> Piece:
    """The street lamp whose head is where the main light is."""
    outwards = float(np.arctan2(-key[0], -key[2]))
    return moved(street_lamp(rng, lit=True, high=key[1] + 0.1), key[0], key[2], outwards)


def _street_lamps(solids: Sequence[Solid], key: Corner | None) -> tuple[Lamp, ...]:
    """The nearest eight lit lamps besides the main one."""
    lamps = []
    for solid in solids:
        at = solid.corners.mean(axis=0)
        if solid.pattern == "lamp" and (key is None or np.hypot(at[0] - key[0], at[2] - key[2]) > 0.8):
            lamps.append(
                (float(at @ at), Lamp(at=(float(at[0]), float(at[1]) - 0.3, float(at[2])), colour=(7.0, 5.2, 3.2)))
            )
    return tuple(lamp for _, lamp in sorted(lamps, key=lambda one: one[0])[:8])


def _sky(name: str, moment: Moment, light: Light, rng: Rng, noise: Noise) -> Sky:
    bright, hour = _BRIGHT[moment.hour], moment.hour
    blue = rng.uniform(0.75, 1.1)
    zenith, horizon = {
        DAY: ((0.13 * blue, 0.28 * blue, 0.62 * blue), (0.6 + 0.1 * blue, 0.74, 0.86)),
        OVERCAST: ((0.55, 0.58, 0.62), (0.74, 0.77, 0.8)),
        GOLDEN: ((0.16, 0.27, 0.5), (0.95, 0.66, 0.42)),
        DUSK: ((0.035, 0.06, 0.15), (0.3, 0.2, 0.2)),
        NIGHT: ((0.003, 0.004, 0.01), (0.02, 0.018, 0.022)),
    }[hour]
    cover = rng.uniform(0.75, 0.95) if hour == OVERCAST else max(0.0, rng.uniform(-0.25, 0.6))
    tint = {GOLDEN: (1.0, 0.78, 0.6), DUSK: (0.7, 0.66, 0.8)}.get(hour, (0.93, 0.95, 0.98))
    names = SITES[name].horizon
    outline = names[rng.integers(len(names))]
    far = (
        [_ridge("hills" if outline != "dunes" else "dunes", bright, rng)]
        if rng.random() < 0.4 and outline not in ("", "wood")
        else []
    )
    ridges = (*far, _ridge(outline, bright, rng)) if outline else ()
    return Sky(
        zenith=zenith,
        horizon=horizon,
        cover=cover,
        sun=light.direction,
        ridges=ridges,
        noise=noise,
        shine=1.0 if hour in (DAY, GOLDEN) else 0.0,
        cloud=(tint[0] * bright, tint[1] * bright, tint[2] * bright),
        stars=hour == NIGHT and cover < 0.2,
    )


def _ridge(what: str, bright: float, rng: Rng) -> Ridge:
    palette, height, wave, haze, outline = _RIDGES[what]
    colour = shade_of(rng, palette, 0.1) * np.float32(0.8 * bright)
    return Ridge(
        kind=outline,
        height=rng.uniform(*height),
        wave=rng.uniform(*wave),
        colour=(float(colour[0]), float(colour[1]), float(colour[2])),
        haze=rng.uniform(*haze),
        seed=rng.uniform(0, 90),
    )
