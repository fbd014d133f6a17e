"""Places of sport, work and traffic: pitches, car parks, building sites, platforms, harbours."""

import numpy as np

from synthgest.scene import buildings as house
from synthgest.scene import leisure, plants, stores, yard
from synthgest.scene.colours import colour_of
from synthgest.scene.groundwork import Laid, lamp_post, paint, paving
from synthgest.scene.shapes import box, moved, piece
from synthgest.scene.site import Site
from synthgest.scene.terrain import Layer, Terrain, area, band, ring, strokes
from synthgest.scene.vehicles import boat, car, digger, train, truck, van


def sports_pitch(site: Site) -> Laid:
    """A football pitch or a hard court with its lines and goals, floodlights, a stand of seats."""
    rng = site.rng
    grass = rng.random() < 0.6
    lines = strokes(
        [
            [(-26, -20), (26, -20)],
            [(-26, 14), (26, 14)],
            [(-26, -20), (-26, 14)],
            [(26, -20), (26, 14)],
            [(0, -20), (0, 14)],
            ring(0, -3, 4.5),
            [(-8, -20), (-8, -14), (8, -14), (8, -20)],
        ],
        0.1,
    )
    mown = (
        [site.layer(area(*[[(x, -32), (x + 3, -32), (x + 3, 32), (x, 32)] for x in range(-30, 30, 6)]), "lawn")]
        if grass
        else []
    )
    ground = site.terrain("lawn" if grass else "court", *mown, Layer(mask=lines, material=paint(site), worn=0.15))
    pieces = [moved(leisure.goal(rng), rng.uniform(-5, 5), -rng.uniform(11, 20))]
    pieces += [moved(yard.floodlight(rng, lit=site.lit), side * 17, -21) for side in (-1, 1)]
    pieces += site.lined((lambda r: yard.fence(r, 5.0, "wire"),), (-30, -22), (30, -22), (5, 5))
    pieces += site.lined((plants.tree, plants.conifer), (-34, -27), (34, -27), (4, 8), stray=2, share=0.8)
    pieces += site.lined((leisure.park_bench, yard.cone, leisure.planter), (-15, -9), (15, -9), (4, 8), share=0.35)
    pieces += [moved(house.shed(rng, 14.0), rng.uniform(-20, 20), -32)]
    return ground, pieces


def parking_lot(site: Site) -> Laid:
    """Bays with cars, trolleys of a shop, lamps, a hall behind."""
    rng, pitch = site.rng, 2.6
    bays = [((x, -5.2), (x, -10.0)) for x in np.arange(-28.6, 29, pitch)] + [
        ((x, 5.5), (x, 10.2)) for x in np.arange(-28.6, 29, pitch)
    ]
    arrow = [(-3, -1.2), (0.5, -1.2), (0, -1.6), (0.9, -1.2), (0, -0.8), (0.5, -1.2)]
    ground = site.terrain(
        "asphalt",
        Layer(mask=strokes([*bays, ((-29, -10), (29, -10))], 0.1), material=paint(site), worn=0.35),
        site.layer(band(-10.6, -13.5), "lawn", ragged=0.05),
        Layer(mask=strokes([arrow], 0.12), material=paint(site), worn=0.45),
    )
    stalls = [x + pitch / 2 for x in np.arange(-28.6, 26, pitch)]
    pieces = [
        moved(car(rng), x, -7.6 + rng.normal(0, 0.2), float(rng.choice([np.pi / 2, -np.pi / 2])) + rng.normal(0, 0.03))
        for x in stalls
        if rng.random() < 0.6
    ]
    pieces += [moved(car(rng), x, 8.0, np.pi / 2 + rng.normal(0, 0.03)) for x in stalls if rng.random() < 0.4]
    pieces += site.lined((plants.young_tree, plants.bush, plants.tree), (-26, -12), (26, -12), (3.5, 6), share=0.8)
    pieces += site.lined((lamp_post(site),), (-24, -11), (24, -11), (12, 16))
    pieces += [moved(house.shed(rng, 36.0), rng.uniform(-8, 8), -rng.uniform(24, 34))]
    pieces += site.strewn((yard.sign, yard.cone, yard.litter_bin, yard.bollard), (1, 4), (2.5, 6))
    return ground, pieces


def construction_site(site: Site) -> Laid:
    """Earth with tracks, a shell of a building in scaffolding, heaps, pipes, a digger, containers, a crane."""
    rng = site.rng
    tracks = strokes([[(-30, -4 + dz), (-8, -3 + dz), (8, -5 + dz), (30, -7 + dz)] for dz in (0.0, 1.9)], 0.45)
    ground = site.terrain(
        site.one_of("earth", "gravel", "desert"),
        site.layer(tracks, "earth", ragged=0.1),
        site.layer(area(ring(rng.uniform(-9, 9), -7, 2.2)), "concrete", ragged=0.2),
    )
    grey = colour_of(rng, ((150, 148, 144), (166, 160, 150)))
    x, front = rng.uniform(-6, 6), -rng.uniform(13, 18)
    shell = [
        box((x - 9, 3.2 * level + 2.9, front - 10), (x + 9, 3.2 * level + 3.2, front), grey, "stone")
        for level in range(3)
    ]
    shell += [
        box((x + dx, 0, front - dz), (x + dx + 0.5, 9.6, front - dz + 0.5), grey, "stone")
        for dx in (-9, -3, 3, 8.5)
        for dz in (0.5, 9.5)
    ]
    shell.append(box((x - 8.5, 0, front - 9), (x + 2, 6.2, front - 8.7), grey, "brick"))
    pieces = [
        piece(*shell),
        moved(stores.scaffold(rng), x - 4, front + 1.2),
        moved(stores.scaffold(rng), x + 5, front + 1.2),
        moved(stores.crane(rng), rng.uniform(-20, 20), -32),
    ]
    pieces += site.strewn(
        (stores.heap, stores.heap, stores.pipes, stores.crates, stores.barrels, yard.cone, yard.barrier, yard.cone),
        (9, 16),
        (3.5, 14),
    )
    pieces += site.strewn((digger, truck, house.container, house.container), (2, 4), (9, 15))
    pieces += site.lined((lambda r: yard.fence(r, 5.0, "wire"),), (-26, -24), (26, -24), (5, 5))
    return ground, pieces


def railway_platform(site: Site) -> Laid:
    """A platform with its edge line, rails in ballast beyond it, a second platform, shelters, signs, now and then a train."""
    rng, edge = site.rng, -site.rng.uniform(2.6, 4.0)
    rails = [
        Layer(mask=strokes([((-99, edge - dz), (99, edge - dz))], 0.08), material=paint(site, (120, 104, 92)))
        for dz in (0.9, 2.35, 4.7, 6.15)
    ]
    sleepers = strokes(
        [((x, edge - d), (x, edge - d - 2.1)) for x in np.arange(-32, 32, 0.62) for d in (0.6, 4.4)], 0.24
    )
    ground = Terrain(
        base=paving(site, 0.4),
        layers=(
            site.layer(band(edge, edge - 7.4), "gravel"),
            Layer(mask=sleepers, material=site.soil("earth")),
            *rails,
            Layer(
                mask=strokes([((-99, edge + 0.8), (99, edge + 0.8))], 0.14),
                material=paint(site, (232, 196, 60)),
                worn=0.2,
            ),
            Layer(mask=band(edge, edge + 0.3), material=site.soil("concrete")),
        ),
        noise=site.noise,
    )
    lip = colour_of(rng, ((176, 172, 164),))
    pieces = [piece(box((-60, 0.0, edge - 12.5), (60, 0.75, edge - 7.6), lip, "wall"))]
    pieces += [
        moved(one, 0, 0, up=0.75)
        for one in site.lined(
            (house.shelter, leisure.park_bench, yard.sign), (-20, edge - 10.5), (20, edge - 10.5), (5, 9)
        )
    ]
    pieces += site.lined((lambda r: yard.fence(r, 5.0),), (-40, edge - 12.8), (40, edge - 12.8), (5, 5)) + site.lined(
        (plants.tree, house.shed, plants.bush), (-36, edge - 18), (36, edge - 18), (5, 11), stray=2
    )
    if rng.random() < 0.35:
        pieces.append(moved(train(rng), rng.uniform(-8, 8), edge - (5.4 if rng.random() < 0.7 else 1.65)))
    pieces += site.lined(
        (leisure.park_bench, yard.litter_bin, yard.sign, house.shelter, leisure.planter),
        (-22, 3.4),
        (22, 3.4),
        (4, 8),
        yaw=np.pi,
        share=0.8,
    )
    pieces += site.lined((lamp_post(site),), (-24, edge + 1.6), (24, edge + 1.6), (9, 12), yaw=np.pi) + site.lined(
        (yard.sign, yard.litter_bin), (-15, edge + 1.7), (15, edge + 1.7), (6, 9), share=0.5
    )
    return ground, pieces


def harbour(site: Site) -> Laid:
    """A quay of stone or concrete, bollards, nets, crates, boats on the water, sheds or a crane."""
    rng, edge = site.rng, -site.rng.uniform(3.5, 7)
    ground = Terrain(
        base=paving(site, 0.8) if rng.random() < 0.5 else site.soil("concrete"),
        layers=(site.layer(band(edge, -99), "water"), site.layer(band(edge, edge + 0.5), "concrete")),
        noise=site.noise,
    )
    pieces = site.lined((yard.bollard,), (-24, edge + 0.3), (24, edge + 0.3), (3.5, 6)) + site.lined(
        (boat,), (-24, edge - 2.2), (24, edge - 2.2), (7, 12), share=0.75, stray=0.6
    )
    pieces += site.strewn((boat,), (1, 4), (16, 30), back=1.0) + site.lined(
        (stores.crates, stores.barrels, stores.pipes, leisure.park_bench, stores.heap),
        (-16, edge + 1.3),
        (16, edge + 1.3),
        (3, 6),
        share=0.6,
    )
    pieces += site.terrace(lambda r, w: house.shed(r, w), -rng.uniform(40, 52), (-60, 60), gaps=6) + site.lined(
        (house.container, van), (-20, 9), (20, 9), (8, 12), yaw=np.pi
    )
    pieces += site.lined((lamp_post(site),), (-24, edge + 1.0), (24, edge + 1.0), (13, 17), yaw=np.pi) + (
        [moved(stores.crane(rng), rng.uniform(-30, 30), -44)] if rng.random() < 0.5 else []
    )
    return ground, pieces
