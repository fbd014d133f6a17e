"""Rooms: a floor plan that fits camera and person, furnished along its walls and where there is space, and lit."""

import numpy as np

from synthgest.scene.clearing import Clearing
from synthgest.scene.colours import LACQUERS, colour_of, triple
from synthgest.scene.daylight import DAY, DUSK, GOLDEN, NIGHT, OVERCAST, Moment, indoor_light
from synthgest.scene.finishes import ceiling, flooring, paint_of
from synthgest.scene.light import Light
from synthgest.scene.lighting import Lamp
from synthgest.scene.noise import Noise
from synthgest.scene.rooms import ROOMS, RoomKind
from synthgest.scene.shapes import Colour, Piece, box, moved, piece, post, turned
from synthgest.scene.stage import Stage
from synthgest.scene.tracing import Corner
from synthgest.scene.walls import along_walls, top_of

Rng = np.random.Generator

_VIEWS: dict[str, Colour] = {
    DAY: (1.0, 1.1, 1.25),
    OVERCAST: (0.9, 0.95, 1.0),
    GOLDEN: (1.25, 0.92, 0.62),
    DUSK: (0.2, 0.26, 0.42),
    NIGHT: (0.015, 0.02, 0.04),
}


def furnish(name: str, moment: Moment, free: Clearing, yaw: float, rng: Rng) -> Stage:
    """A room of the kind ``name`` around what must stay free, in axes turned by ``yaw`` radians."""
    kind, noise = ROOMS[name], Noise(rng)
    low, high = _plan(kind, free, rng)
    has_windows = any("window" in each or each == "curtained" for each in kind.hung)
    level, source = indoor_light(moment, rng, windows=has_windows)
    key = _key(level, low, high)
    view = tuple(float(v) for v in np.array(_VIEWS[moment.hour]) * rng.uniform(0.85, 1.15))
    pieces = along_walls(kind, low, high, free, key if source == "window" else None, rng)
    pieces += _in_the_open(kind, low, high, free, rng)
    hanging = _from_ceiling(kind, low, high, lit=source == "lamp" or rng.random() < 0.5, rng=rng)
    pieces += free.kept(hanging)
    floor = kind.floors[rng.integers(len(kind.floors))]
    paint = paint_of(rng, noise)
    accent = paint_of(rng, noise) if rng.random() < 0.35 else paint
    light = Light(
        direction=turned(level.direction, yaw),
        colour=level.colour,
        sky=level.sky,
        ground=level.ground,
        spread=level.spread,
    )
    return Stage(
        name=f"{name}, {floor} floor",
        tags=(name, "indoors", moment.hour),
        light=light,
        yaw=yaw,
        walls=(low, high),
        floor=flooring(floor, rng, noise),
        paint=(paint, paint, accent, paint),
        ceiling=ceiling(kind, rng, noise),
        skirting=(rng.uniform(0.06, 0.13), (0.7, 0.69, 0.66) if rng.random() < 0.7 else (0.3, 0.2, 0.13)),
        solids=tuple(solid for each in pieces for solid in each.solids),
        balls=tuple(ball for each in pieces for ball in each.balls),
        key=key,
        lamps=_glowing(pieces, view, moment),
        sky=None,
        view=(view[0], view[1], view[2]),
        haze=900.0,
        sheen=kind.sheen * rng.uniform(0.3, 1.4) if floor not in ("carpet", "concrete") else 0.0,
        dark=moment.hour in (DUSK, NIGHT),
        noise=noise,
        blur=rng.uniform(0.2, 0.6),
    )


def _plan(kind: RoomKind, free: Clearing, rng: Rng) -> tuple[Corner, Corner]:
    """Low and high corner of the room: of the kind's size, grown where camera or person need it."""
    every = np.concatenate([free.body, free.eye[None], np.insert(free.way, 1, 0, axis=1)])
    least, most = every.min(axis=0) - 0.45, every.max(axis=0) + 0.45
    width, height = rng.uniform(*kind.width), rng.uniform(*kind.height)
    left = -width * rng.uniform(0.36, 0.64)
    low = (min(left, float(least[0])), 0.0, min(-rng.uniform(*kind.behind), float(least[2])))
    ahead = max(rng.uniform(3.5, 6.0), float(most[2]) + 0.3)
    high = (max(left + width, float(most[0])), max(height, float(most[1]) - 0.1), ahead)
    return low, high


def _key(light: Light, low: Corner, high: Corner) -> Corner:
    """Where on ceiling or wall the main light comes from, along its direction from the person's chest."""
    chest = np.array([0, 1.2, 0])
    direction = light.direction.astype(float)
    reach = np.inf
    for axis in range(3):
        side = high[axis] if direction[axis] > 0 else low[axis]
        if abs(direction[axis]) > 1e-3:
            reach = min(reach, (side - chest[axis]) / direction[axis])
    at = chest + direction * max(0.97 * reach, 0.8)
    return float(at[0]), float(at[1]), float(at[2])


def _in_the_open(kind: RoomKind, low: Corner, high: Corner, free: Clearing, rng: Rng) -> list[Piece]:
    """Loose pieces wherever they are not in the way and do not stand in one another."""
    kept: list[Piece] = []
    taken: list[tuple[float, float, float]] = []
    for maker, fewest, most in kind.loose:
        for _ in range(int(rng.integers(fewest, most + 1))):
            thing = maker(rng)
            reach = max(float(np.hypot(solid.corners[:, 0], solid.corners[:, 2]).max()) for solid in thing.solids)
            for _ in range(6):
                x = rng.uniform(low[0] + min(reach, 1.4), max(high[0] - min(reach, 1.4), low[0] + 1.5))
                z = rng.uniform(low[2] + min(reach, 1.4) + 0.5, max(high[2] - 1.0, low[2] + 2))
                placed = moved(thing, x, z, float(rng.choice([0, np.pi / 2, np.pi, -np.pi / 2])) + rng.normal(0, 0.08))
                flat = top_of(thing) < 0.03
                inside = all(
                    solid.corners[:, 0].min() > low[0]
                    and solid.corners[:, 0].max() < high[0]
                    and solid.corners[:, 2].min() > low[2] + 0.45
                    for solid in placed.solids
                )
                apart = all(np.hypot(x - a, z - b) > reach + c for a, b, c in taken)
                if flat or (inside and apart and not free.blocked(placed)):
                    kept.append(placed)
                    if not flat:
                        taken.append((x, z, reach))
                    break
    return kept


def _from_ceiling(kind: RoomKind, low: Corner, high: Corner, *, lit: bool, rng: Rng) -> list[Piece]:
    """Lamps: a pendant, several, square panels or tubes in rows."""
    top, pattern = high[1], "lamp" if lit else "plain"
    if kind.lights in ("pendant", "pendants"):
        spots = (
            [(rng.uniform(-1.0, 1.0), rng.uniform(-1.2, 0.8))]
            if kind.lights == "pendant"
            else [(x, rng.uniform(-2, 0)) for x in (-1.6, 0.2, 1.9)]
        )
        tone, drop = colour_of(rng, LACQUERS), rng.uniform(0.3, 0.6)
        return [
            piece(
                post(x, z, 0.006, top - drop, top, (0.05, 0.05, 0.05)),
                post(x, z, 0.2, top - drop - 0.2, top - drop, tone if not lit else (0.9, 0.8, 0.62), pattern, top=0.08),
            )
            for x, z in spots
        ]
    half_x, half_z, pitch = (0.3, 0.3, 2.0) if kind.lights == "panels" else (0.08, 0.75, 2.6)
    begin_x, begin_z = low[0] + rng.uniform(0.8, 1.4), low[2] + rng.uniform(0.8, 1.4)
    panels = []
    for x in np.arange(begin_x, high[0] - 0.4, pitch):
        for z in np.arange(begin_z, high[2] - 0.6, pitch):
            panels.append(
                piece(
                    box(
                        (float(x) - half_x, top - 0.06, float(z) - half_z),
                        (float(x) + half_x, top - 0.005, float(z) + half_z),
                        (0.9, 0.92, 0.95),
                        pattern,
                    )
                )
            )
    return panels


def _glowing(pieces: list[Piece], view: tuple[float, ...], moment: Moment) -> tuple[Lamp, ...]:
    """The light of windows by day and of lamps that stand in the room, at most six of them."""
    lamps: list[Lamp] = []
    for each in pieces:
        for solid in each.solids:
            middle, normal = (
                solid.corners.mean(axis=0),
                0.35 * np.sign(-solid.corners.mean(axis=0) * np.array([1, 0, 1])),
            )
            size = float(np.prod(np.sort(np.ptp(solid.corners, axis=0))[1:]))
            if solid.pattern == "window" and moment.hour in (DAY, OVERCAST, GOLDEN):
                strength = 0.4 * min(size, 3.0)
                at = triple((middle + normal).astype(np.float32))
                lamps.append(Lamp(at=at, colour=(strength * view[0], strength * view[1], strength * view[2])))
            elif solid.pattern == "lamp" and middle[1] < 2.3 and size > 0.02:
                lamps.append(Lamp(at=triple(middle), colour=(0.3, 0.22, 0.13)))
    return tuple(lamps[:6])
