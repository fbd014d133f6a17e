"""Paving, road paint and lamps, which many places outdoors share."""

from collections.abc import Callable

import numpy as np

from synthgest.scene import yard
from synthgest.scene.materials import Tiles, shade_of
from synthgest.scene.shapes import Piece
from synthgest.scene.site import Site
from synthgest.scene.soils import Soil
from synthgest.scene.terrain import Terrain

Laid = tuple[Terrain, list[Piece]]
_PAVINGS = ((168, 164, 158), (150, 146, 142), (176, 166, 152), (150, 128, 116), (132, 130, 128))


def paving(site: Site, side: float = 0.0) -> Tiles:
    """Slabs or setts."""
    rng = site.rng
    return Tiles(
        tone=shade_of(rng, _PAVINGS, 0.06),
        joint=shade_of(rng, ((92, 90, 86),), 0.1),
        noise=site.noise,
        side=side or float(rng.choice([0.12, 0.2, 0.4, 0.5, 0.8])),
        gap=0.012,
        variety=rng.uniform(0.1, 0.3),
        seed=rng.uniform(0, 99),
    )


def paint(site: Site, rgb: tuple[int, int, int] = (226, 224, 214)) -> Soil:
    """Road paint."""
    base = site.soil("concrete")
    tone = shade_of(site.rng, (rgb,), 0.04)
    return Soil(
        tone=tone,
        other=tone,
        noise=base.noise,
        patch=base.patch,
        mix=0.0,
        wave=base.wave,
        grain=0.08,
        relief=0.0,
        speck=0.1,
        cell=base.cell,
        sun=base.sun,
        seed=base.seed,
    )


def lamp_post(site: Site) -> Callable[[np.random.Generator], Piece]:
    """What makes street lamps, lit when it is dark."""
    return lambda rng: yard.street_lamp(rng, lit=site.lit)
