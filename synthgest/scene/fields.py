"""Places outdoors sampled: fields, parks, streets, deserts and others, in several weathers and times of day."""

import numpy as np

from synthgest.scene.field import Field
from synthgest.scene.ground import Ground, Strip
from synthgest.scene.landmarks import House, Tree
from synthgest.scene.light import FloatArray, Light, towards
from synthgest.scene.materials import Plain, Tiles, shade_of
from synthgest.scene.noise import Noise
from synthgest.scene.sky import Ridge, Sky

Palette = tuple[tuple[int, int, int], ...]

_GRASS: Palette = ((92, 112, 54), (108, 122, 66), (80, 102, 58), (126, 128, 74))
_DRY: Palette = ((158, 142, 92), (146, 130, 88), (136, 128, 82))
_SAND: Palette = ((206, 180, 138), (192, 162, 122), (214, 196, 160), (178, 140, 104))
_ASPHALT: Palette = ((96, 96, 98), (112, 110, 108), (82, 84, 88))
_PAVING: Palette = ((168, 164, 158), (150, 146, 142), (176, 166, 152))
_LEAVES: Palette = ((74, 96, 46), (88, 108, 52), (62, 84, 50), (110, 112, 52), (58, 78, 56))
_BARK: Palette = ((96, 80, 64), (84, 74, 64), (112, 98, 84))
_WALLS: Palette = (
    (196, 184, 166), (176, 110, 88), (214, 206, 192), (152, 146, 138), (188, 160, 120), (134, 92, 78), (168, 172, 172),
    (206, 190, 150),
)  # fmt: skip
_TRIMS: Palette = ((222, 218, 210), (122, 118, 112), (190, 184, 174), (84, 84, 86))
_HILLS: Palette = ((98, 112, 92), (112, 118, 110), (128, 116, 98), (90, 102, 108))

KINDS = ("field", "park", "street", "desert", "parking lot", "airfield", "beach")
"""The kinds of places that are sampled, each with the same probability."""


def sample_field(rng: np.random.Generator) -> Field:
    """A place outdoors of a random kind, weather and time of day."""
    kind = KINDS[rng.integers(len(KINDS))]
    noise = Noise(rng)
    overcast = rng.random() < 0.3
    light = _daylight(rng, overcast=overcast)
    yaw = float(np.radians(rng.uniform(-25, 25)))
    return Field(
        name=f"{kind}, {'overcast' if overcast else 'sunny'}",
        tags=(kind, "outdoors"),
        light=light,
        sky=_sky(kind, rng, noise, light, overcast=overcast),
        ground=_ground(kind, rng, noise),
        trees=_trees(kind, rng),
        houses=_houses(kind, rng),
        yaw=yaw,
        haze=rng.uniform(150, 900),
        noise=noise,
        blur=rng.uniform(0.3, 0.9),
    )


def _daylight(rng: np.random.Generator, *, overcast: bool) -> Light:
    """Sun mostly before or beside the person, lower sun warmer; under clouds little of it is left."""
    elevation = np.radians(rng.uniform(22, 65))
    warmth = float(np.clip((elevation - 0.3) / 0.6, 0, 1))
    sun = np.array([1.0, 0.84 + 0.13 * warmth, 0.62 + 0.3 * warmth], np.float32)
    share = 0.12 if overcast else rng.uniform(0.6, 0.75)
    strength = rng.uniform(0.85, 1.15)
    direction = towards(rng.uniform(-1.7, 1.7), elevation)
    sky = np.array([0.9, 0.97, 1.06] if overcast else [0.82, 0.95, 1.15], np.float32)
    return Light(
        direction=direction,
        colour=sun * np.float32(strength * share * 1.25 / max(float(direction[1]), 0.55)),
        sky=sky * np.float32(strength * (1 - share)),
        ground=np.array([0.4, 0.38, 0.33], np.float32) * np.float32(strength * (0.6 + 0.4 * share)),
        spread=0.3 if overcast else rng.uniform(0.006, 0.03),
    )


def _sky(kind: str, rng: np.random.Generator, noise: Noise, light: Light, *, overcast: bool) -> Sky:
    if overcast:
        grey = rng.uniform(0.5, 0.75)
        zenith, horizon = (grey * 0.86, grey * 0.9, grey * 0.96), (grey * 1.1, grey * 1.13, grey * 1.15)
    else:
        blue = rng.uniform(0.75, 1.1)
        zenith, horizon = (0.13 * blue, 0.28 * blue, 0.62 * blue), (0.6 + 0.1 * blue, 0.74, 0.86)
    ridges: list[Ridge] = []
    if kind != "beach":
        for number in range(rng.integers(0, 3)):
            ridges.append(_ridge("hills", rng, _HILLS, (0.02, 0.12), (0.5, 1.2), 0.75 - 0.25 * number))
    if kind in ("field", "park", "parking lot", "airfield"):
        ridges.append(_ridge("trees", rng, _LEAVES, (0.03, 0.13), (0.1, 0.3), rng.uniform(0.1, 0.4)))
    if kind in ("street", "park", "parking lot") and rng.random() < 0.7:
        ridges.insert(0, _ridge("roofs", rng, _WALLS, (0.06, 0.3), (0.06, 0.16), rng.uniform(0.4, 0.65)))
    cover = rng.uniform(0.75, 0.95) if overcast else max(0.0, rng.uniform(-0.2, 0.6))
    return Sky(zenith=zenith, horizon=horizon, cover=cover, sun=light.direction, ridges=tuple(ridges), noise=noise)


def _ridge(
    kind: str,
    rng: np.random.Generator,
    palette: Palette,
    height: tuple[float, float],
    wave: tuple[float, float],
    haze: float,
) -> Ridge:
    colour = shade_of(rng, palette, 0.1) * 0.8
    return Ridge(
        kind=kind, height=rng.uniform(*height), wave=rng.uniform(*wave), colour=_triple(colour), haze=haze,
        seed=rng.uniform(0, 90),
    )  # fmt: skip


def _triple(colour: FloatArray) -> tuple[float, float, float]:
    return float(colour[0]), float(colour[1]), float(colour[2])


def _soil(rng: np.random.Generator, noise: Noise, palette: Palette, grain: float, wave: float) -> Plain:
    tint = (1.0, 0.9, 0.75) if palette in (_GRASS, _DRY) else (1.0, 1.0, 1.0)
    return Plain(tone=shade_of(rng, palette, 0.1), noise=noise, grain=grain, wave=wave, octaves=8, gain=0.85, tint=tint)


def _ground(kind: str, rng: np.random.Generator, noise: Noise) -> Ground:
    asphalt = _soil(rng, noise, _ASPHALT, 0.16, 0.8)
    paving = Tiles(
        tone=shade_of(rng, _PAVING, 0.06), joint=shade_of(rng, _ASPHALT, 0.1), noise=noise,
        side=rng.choice([0.3, 0.4, 0.5]), gap=0.012, variety=0.12, seed=rng.uniform(0, 99),
    )  # fmt: skip
    grass = _soil(rng, noise, _GRASS if rng.random() < 0.75 else _DRY, 0.55, 1.4)
    sand = _soil(rng, noise, _SAND, 0.22, 1.2)
    near, road = -rng.uniform(1.2, 3.0), rng.uniform(6.0, 8.0)
    water = Plain(
        tone=shade_of(rng, ((84, 120, 132), (70, 108, 124), (104, 132, 136)), 0.08), noise=noise, grain=0.35, wave=3.0,
        octaves=7,
    )  # fmt: skip
    strips = {
        "field": (Strip(until=0, material=grass),),
        "park": (
            Strip(until=0, material=grass if rng.random() < 0.6 else paving),
            Strip(until=near, material=grass, ragged=0.15),
            Strip(until=near - 6, material=_soil(rng, noise, _SAND, 0.25, 0.7), ragged=0.3),
            Strip(until=near - 8, material=grass, ragged=0.3),
        ),
        "street": (
            Strip(until=0, material=paving),
            Strip(until=near, material=asphalt, kerb=0.16, line=road / 2, dash=3.0),
            Strip(until=near - road, material=paving, kerb=0.16),
        ),
        "desert": (Strip(until=0, material=sand),),
        "parking lot": (Strip(until=0, material=asphalt, line=2.5), Strip(until=-14, material=grass, kerb=0.16)),
        "airfield": (
            Strip(until=0, material=_soil(rng, noise, _PAVING, 0.14, 1.5)),
            Strip(until=-rng.uniform(15, 30), material=grass, ragged=0.2),
        ),
        "beach": (Strip(until=0, material=sand), Strip(until=-rng.uniform(9, 18), material=water, ragged=0.8)),
    }
    return Ground(strips=strips[kind], noise=noise)


def _trees(kind: str, rng: np.random.Generator) -> tuple[Tree, ...]:
    most = {"park": 9, "field": 4, "street": 3, "parking lot": 4, "airfield": 0, "beach": 0, "desert": 1}[kind]
    trees = []
    for _ in range(rng.integers(0, most + 1)):
        height = rng.uniform(4.0, 10.0)
        away = rng.uniform(9.5, 11.5) if kind == "street" else rng.uniform(10, 38)
        trees.append(
            Tree(
                x=rng.uniform(-0.9, 0.9) * (away + 4), z=-away, height=height, width=height * rng.uniform(0.5, 0.85),
                leaves=_triple(shade_of(rng, _LEAVES, 0.12)), bark=_triple(shade_of(rng, _BARK, 0.1)),
                seed=rng.uniform(0, 90),
            )
        )  # fmt: skip
    return tuple(sorted(trees, key=lambda tree: tree.z))


def _houses(kind: str, rng: np.random.Generator) -> tuple[House, ...]:
    if kind == "street":
        front, start, end, low_high = -rng.uniform(12.0, 15.0), -34.0, 34.0, (6.0, 15.0)
    elif kind in ("parking lot", "airfield") and rng.random() < 0.7:
        front, start, end, low_high = -rng.uniform(26, 45), rng.uniform(-40, 0), rng.uniform(5, 45), (4.0, 8.0)
    else:
        return ()
    houses = []
    x = start
    while x < end:
        width, storey = rng.uniform(7, 16), rng.uniform(2.9, 3.6)
        houses.append(
            House(
                low=(x, 0.0, front - 12), high=(x + width, max(storey + 0.5, rng.uniform(*low_high)), front),
                wall=_triple(shade_of(rng, _WALLS, 0.1)), trim=_triple(shade_of(rng, _TRIMS, 0.08)), storey=storey,
                bay=width / round(width / rng.uniform(1.8, 3.0)), shop=kind == "street" and rng.random() < 0.5,
                seed=rng.uniform(0, 90),
            )
        )  # fmt: skip
        x += width + (0.0 if kind == "street" and rng.random() < 0.8 else rng.uniform(1.0, 6.0))
    return tuple(houses)
