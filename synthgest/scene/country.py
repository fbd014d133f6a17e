"""Places in the country: parks, fields, forests, deserts, beaches, snow, training grounds, airfields."""

import numpy as np

from synthgest.scene import buildings as house
from synthgest.scene import leisure, plants, stores, yard
from synthgest.scene.groundwork import Laid, lamp_post, paint
from synthgest.scene.shapes import Piece, moved
from synthgest.scene.site import Site
from synthgest.scene.terrain import Layer, area, band, ring, strokes, winding
from synthgest.scene.vehicles import digger, jeep, truck


def _patches(site: Site, kind: str, count: int, size: tuple[float, float]) -> Layer:
    """Irregular spots of another ground."""
    rng = site.rng
    shapes = []
    for _ in range(count):
        x, z, radius = rng.uniform(-20, 20), rng.uniform(-24, 10), rng.uniform(*size)
        shapes.append(
            [
                (x + radius * rng.uniform(0.6, 1.3) * np.cos(t), z + radius * rng.uniform(0.5, 1.2) * np.sin(t))
                for t in np.linspace(0, 5.6, 9)
            ]
        )
    return site.layer(area(*shapes), kind, ragged=0.3, worn=0.15)


def _track(site: Site, z: float, gauge: float = 1.7) -> list[list[tuple[float, float]]]:
    """The two lines of wheels that passed along x, bending."""
    middle = winding(site.rng, (-34, z), site.rng.uniform(-0.08, 0.08), 68)
    return [[(x, at + shift) for x, at in middle] for shift in (-gauge / 2, gauge / 2)]


def park(site: Site) -> Laid:
    """Lawn with paths, old trees, benches, flower beds, lamps; houses far behind."""
    rng = site.rng
    paths = [
        winding(rng, (-32, rng.uniform(-6, 2)), rng.uniform(-0.15, 0.15), 66),
        winding(rng, (rng.uniform(-12, 12), 30), -np.pi / 2, 62),
    ]
    ground = site.terrain(
        "lawn",
        site.layer(strokes(paths, rng.uniform(1.6, 2.8)), site.one_of("gravel", "earth", "asphalt"), ragged=0.15),
        strewn=site.one_of("litter", "meadow", ""),
    )
    pieces = site.strewn((plants.tree, plants.tree, plants.tree, plants.conifer), (9, 16), (7, 30)) + site.strewn(
        (plants.bush, plants.flower_bed, plants.tuft), (5, 11), (4, 16)
    )
    pieces += site.strewn((leisure.park_bench, yard.litter_bin, lamp_post(site), yard.sign), (3, 6), (3.5, 11))
    pieces += site.terrace(lambda r, w: house.block(r, w), -42.0, (-45, 45), gaps=14.0) if rng.random() < 0.5 else []
    return ground, pieces


def field(site: Site) -> Laid:
    """Meadow or stubble: a fence, hay, a hedge of trees, a barn."""
    rng = site.rng
    base = site.one_of("grass", "dry grass", "grass")
    ground = site.terrain(
        base,
        _patches(site, "earth", 4, (0.5, 1.8)),
        site.layer(strokes(_track(site, rng.uniform(-9, -3)), 0.4), "earth", ragged=0.1, worn=0.3),
        strewn=site.one_of("meadow", "dry grass"),
    )
    pieces = site.strewn((plants.tuft,), (15, 30), (2.2, 16)) + site.strewn(
        (plants.tree, plants.bush), (2, 7), (12, 34)
    )
    pieces += (
        site.lined((lambda r: yard.fence(r, 5.0, site.one_of("rails", "wire")),), (-30, -15), (30, -17), (5, 5))
        if rng.random() < 0.7
        else []
    )
    pieces += site.lined((plants.tree, plants.bush, plants.conifer), (-50, -44), (50, -44), (4, 8), stray=3) + (
        [moved(house.shed(rng), rng.uniform(-20, 20), -34)] if rng.random() < 0.5 else []
    )
    return ground, pieces + site.strewn(
        (stores.barrels, stores.crates, plants.rock, plants.log, yard.power_pole), (1, 4), (5, 16)
    )


def forest_clearing(site: Site) -> Laid:
    """Earth with leaves and grass, trunks and bushes close around."""
    rng = site.rng
    path = strokes(
        [winding(rng, (rng.uniform(-6, 6), 30), -np.pi / 2 + rng.uniform(-0.3, 0.3), 60)], rng.uniform(1.0, 2.0)
    )
    ground = site.terrain(
        "earth", _patches(site, "grass", 9, (1.0, 3.2)), site.layer(path, "earth", ragged=0.3), strewn="litter"
    )
    kinds = (
        (plants.tree, plants.conifer, plants.conifer)
        if rng.random() < 0.5
        else (plants.tree, plants.tree, plants.conifer)
    )
    pieces = site.strewn(kinds, (16, 22), (7, 16)) + site.strewn(kinds, (12, 18), (14, 26), back=0.9)
    pieces += site.strewn((plants.bush, plants.log, plants.rock, plants.tuft, plants.tuft), (10, 18), (3, 12))
    return ground, pieces


def desert(site: Site) -> Laid:
    """Sand and stones, scrub, a rock or two."""
    ground = site.terrain(
        "desert", _patches(site, "sand", 7, (1.0, 4.0)), _patches(site, "gravel", 5, (0.6, 2.5)), strewn="desert"
    )
    return ground, site.strewn((plants.rock,), (5, 14), (3, 26)) + site.strewn(
        (plants.tuft, plants.bush), (6, 16), (3, 24)
    ) + site.strewn((plants.palm,), (0, 3), (12, 28))


def desert_road(site: Site) -> Laid:
    """A road through sand, half blown over, poles, rocks, a truck."""
    rng = site.rng
    near, wide = -rng.uniform(0.5, 3.0), rng.uniform(5, 7)
    paved = rng.random() < 0.6
    road = site.layer(band(near, near - wide), "asphalt" if paved else "gravel", ragged=0.35, worn=0.12)
    line = (
        [
            Layer(
                mask=strokes([((-99, near - wide / 2), (99, near - wide / 2))], 0.13, dash=2.5),
                material=paint(site, (226, 200, 110)),
                worn=0.5,
            )
        ]
        if paved
        else []
    )
    ground = site.terrain(
        "desert",
        _patches(site, "sand", 5, (1.0, 3.0)),
        road,
        *line,
        site.layer(strokes(_track(site, 2.0), 0.35), "sand", ragged=0.1, worn=0.4),
        strewn="desert",
    )
    pieces = site.strewn((plants.rock, plants.tuft, plants.bush), (12, 24), (3, 26)) + site.lined(
        (yard.power_pole,), (-36, near - wide - 4), (36, near - wide - 4), (14, 18)
    )
    pieces += site.strewn(
        (truck, jeep, yard.sign, stores.jersey, stores.barrels, stores.tyres), (1, 4), (6, 14)
    ) + site.strewn((house.bunker, house.cottage), (0, 1), (24, 34), back=1.0)
    return ground, pieces


def beach(site: Site) -> Laid:
    """Sand, wet towards the water, parasols, huts, rocks, palms, boats drawn up."""
    edge = -site.rng.uniform(8, 16)
    wet = Layer(mask=band(edge + 1.8, edge), material=site.soil("earth"), ragged=0.5, worn=0.35)
    ground = site.terrain(
        "sand",
        wet,
        site.layer(band(edge, -99), "water", ragged=0.5),
        Layer(mask=band(edge + 0.05, edge + 0.3), material=paint(site, (240, 242, 240)), ragged=0.5, worn=0.2),
    )
    pieces = site.strewn(
        (leisure.parasol, leisure.parasol, leisure.hut, plants.palm, plants.rock), (4, 10), (4, -edge - 1)
    ) + site.strewn((plants.palm, plants.tuft, leisure.hut), (2, 6), (6, 20), back=0.2)
    return ground, pieces


def snow(site: Site) -> Laid:
    """Snow with tracks, firs, a fence, a hut."""
    rng = site.rng
    prints = area(
        *[
            ring(0.5 * np.sin(0.4 * z) + (0.12 if k % 2 else -0.12) + 2, z, 0.13)
            for k, z in enumerate(np.arange(-20, 12, 0.6))
        ]
    )
    ground = site.terrain(
        "snow",
        site.layer(strokes(_track(site, rng.uniform(-7, -3)), 0.4), "gravel", ragged=0.1, worn=0.55),
        Layer(mask=prints, material=site.soil("water"), ragged=0.05, worn=0.6),
    )
    pieces = site.strewn((plants.conifer,), (9, 18), (8, 32)) + site.strewn(
        (plants.rock, yard.sign, plants.log, leisure.park_bench), (2, 5), (4, 14)
    )
    pieces += (
        site.lined((lambda r: yard.fence(r, 5.0, "rails"),), (-25, -12), (25, -13), (5, 5))
        if rng.random() < 0.6
        else []
    )
    return ground, pieces + ([moved(house.cottage(rng), rng.uniform(-14, 14), -24)] if rng.random() < 0.6 else [])


def _camp(site: Site) -> list[Piece]:
    """Tents, containers, vehicles and stores of a camp, beyond 9 m."""
    pieces = site.lined((house.tent, house.container, house.tent), (-24, -16), (24, -17), (7, 10), stray=1)
    pieces += site.strewn((truck, jeep, jeep), (1, 3), (8, 15))
    return pieces + site.strewn(
        (stores.crates, stores.barrels, stores.sandbags, stores.tyres, stores.jersey), (4, 9), (4, 13)
    )


def training_ground(site: Site) -> Laid:
    """Trodden earth and grass: obstacles, targets, sandbags, tents, trucks, a fence, trees."""
    rng = site.rng
    ground = site.terrain(
        site.one_of("earth", "dry grass", "grass"),
        _patches(site, "gravel", 4, (0.8, 2.5)),
        _patches(site, "earth", 5, (1.0, 3.0)),
        site.layer(strokes(_track(site, -6.5), 0.45), "earth", ragged=0.1, worn=0.25),
        strewn="dry grass",
    )
    pieces = _camp(site) + site.lined(
        (stores.obstacle, stores.tyres, stores.target, stores.sandbags, plants.log),
        (-15, -9),
        (15, -9),
        (3.5, 6),
        share=0.7,
    )
    pieces += site.lined(
        (plants.tree, plants.conifer, plants.bush), (-45, -32), (45, -34), (4, 8), stray=3
    ) + site.lined((lambda r: yard.fence(r, 5.0, "wire"),), (-35, -27), (35, -27), (5, 5))
    return ground, [*pieces, moved(yard.flagpole(rng), rng.uniform(-8, 8), -13)]


def gravel_yard(site: Site) -> Laid:
    """Gravel with tracks and puddles, containers, heaps, pallets, vehicles, a shed."""
    rng = site.rng
    ground = site.terrain(
        "gravel",
        site.layer(strokes(_track(site, -4.0) + _track(site, -9.0), 0.45), "earth", ragged=0.15, worn=0.4),
        _patches(site, "earth", 5, (0.5, 2.0)),
        _patches(site, "water", 2, (0.3, 0.8)),
    )
    pieces = [moved(house.shed(rng), rng.uniform(-10, 10), -rng.uniform(15, 22))]
    pieces += site.lined((house.container,), (-22, -14), (-4, -14), (7, 9), share=0.7)
    pieces += site.strewn(
        (stores.heap, stores.pipes, stores.crates, stores.barrels, stores.tyres, yard.cone, stores.jersey),
        (7, 13),
        (3.5, 13),
    ) + site.strewn((truck, jeep, digger), (1, 2), (8, 14))
    return ground, pieces + site.lined(
        (lambda r: yard.fence(r, 5.0, "wire"),), (-30, -25), (30, -25), (5, 5)
    ) + site.lined((plants.tree, plants.bush), (-30, -30), (30, -30), (4, 9), stray=2) + [
        moved(yard.floodlight(rng, lit=site.lit), rng.uniform(-9, 9), -12)
    ]


def airfield(site: Site) -> Laid:
    """Concrete slabs with taxi lines, grass, hangars, a tower, vehicles, cones."""
    rng, edge = site.rng, -site.rng.uniform(12, 20)
    joints = strokes(
        [((x, -32), (x, 32)) for x in range(-30, 31, 5)] + [((-32, z), (32, z)) for z in range(-30, 31, 5)], 0.07
    )
    taxi = [winding(rng, (-32, rng.uniform(-5, -1)), 0.0, 64)]
    ground = site.terrain(
        site.one_of("concrete", "concrete", "asphalt"),
        Layer(mask=joints, material=site.soil("asphalt"), worn=0.25),
        _patches(site, "asphalt", 4, (0.2, 0.7)),
        Layer(mask=strokes(taxi, 0.16), material=paint(site, (230, 190, 60)), worn=0.2),
        site.layer(band(edge, edge - 14), "grass", ragged=0.15),
        Layer(mask=area(ring(rng.uniform(-7, 7), -5, 1.2)), material=paint(site), worn=0.45),
    )
    pieces = site.lined((house.hangar,), (-40, -46), (40, -48), (30, 40))
    pieces += [moved(house.tower(rng), rng.uniform(-22, 22), -rng.uniform(26, 40))]
    pieces += site.strewn((truck, jeep, house.container, digger), (1, 3), (9, 20)) + site.strewn(
        (yard.cone, yard.cone, yard.barrier, stores.crates, stores.barrels), (3, 8), (3.5, 12)
    )
    return ground, pieces + site.lined((lambda r: yard.fence(r, 5.0, "wire"),), (-45, -36), (45, -36), (5, 5)) + [
        moved(yard.floodlight(rng, lit=site.lit), rng.uniform(-15, 15), -15)
    ]
