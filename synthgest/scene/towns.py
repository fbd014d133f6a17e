"""Places among houses: streets, squares, courtyards, school yards, playgrounds, villages, gardens."""

import numpy as np

from synthgest.scene import buildings as house
from synthgest.scene import leisure, plants, stores, yard
from synthgest.scene.groundwork import Laid, lamp_post, paint, paving
from synthgest.scene.shapes import moved
from synthgest.scene.site import Site
from synthgest.scene.terrain import Layer, Terrain, area, band, ring, strokes
from synthgest.scene.vehicles import car, truck, van


def street(site: Site) -> Laid:
    """A pavement beside a road, houses on both sides, parked cars, lamps."""
    rng = site.rng
    near, wide = -rng.uniform(1.9, 3.2), rng.uniform(6.0, 8.5)
    far, front = near - wide, near - wide - rng.uniform(2.2, 4.0)
    lines = [
        Layer(
            mask=strokes([((-99, near - wide / 2), (99, near - wide / 2))], 0.13, dash=3.0),
            material=paint(site),
            worn=0.3,
        )
    ]
    if rng.random() < 0.4:
        x = rng.uniform(-6, 6)
        bars = [
            ((x, near - 0.4 - 0.9 * number), (x + 3.0, near - 0.4 - 0.9 * number)) for number in range(int(wide / 0.9))
        ]
        lines.append(Layer(mask=strokes(bars, 0.45), material=paint(site), worn=0.25))
    ground = Terrain(
        base=paving(site),
        layers=(
            site.layer(band(near + 0.16, far - 0.16), "concrete"),
            site.layer(band(near, far), "asphalt"),
            *lines,
            Layer(mask=strokes([((-99, 4.2), (99, 4.2))], 0.12), material=site.soil("concrete")),
        ),
        noise=site.noise,
    )
    pieces = site.terrace(lambda r, w: house.block(r, w), front, (-36, 36), gaps=0.0 if rng.random() < 0.7 else 5.0)
    pieces += site.terrace(lambda r, w: house.block(r, w), rng.uniform(11, 14), (-36, 36), yaw=np.pi)
    pieces += site.lined((car, car, van), (-24, far + 1.0), (24, far + 1.0), (5.2, 9.0), share=0.7, stray=0.15)
    pieces += site.lined((car, van), (-24, near - 1.05), (24, near - 1.05), (5.5, 10.0), share=0.3, stray=0.1)
    pieces += site.lined((lamp_post(site),), (-26, far - 0.7), (26, far - 0.7), (13, 17))
    pieces += site.lined((lamp_post(site),), (-21, near + 0.6), (26, near + 0.6), (14, 18), yaw=np.pi)
    small = (
        yard.litter_bin,
        yard.bollard,
        yard.sign,
        yard.wheelie_bins,
        plants.young_tree,
        leisure.planter,
        leisure.park_bench,
    )
    pieces += site.lined(small, (-22, near + 0.45), (22, near + 0.45), (2.5, 7.0), share=0.7, yaw=np.pi)
    pieces += site.lined(small, (-22, front + 0.6), (22, front + 0.6), (3, 8), share=0.6)
    return ground, pieces


def square(site: Site) -> Laid:
    """A paved square with a fountain or market, town houses around."""
    rng = site.rng
    inlay = [
        Layer(mask=strokes([ring(0, -6, float(radius)) for radius in (6, 11, 17)], 0.5), material=paving(site, 0.12))
    ]
    pieces = site.terrace(lambda r, w: house.block(r, w), -rng.uniform(16, 24), (-38, 38))
    pieces += site.terrace(lambda r, w: house.block(r, w), 22.0, (-38, 38), yaw=np.pi)
    pieces += [moved(house.block(rng, 30.0), side * 27.0, -4.0, -side * np.pi / 2) for side in (-1, 1)]
    pieces += [moved(leisure.fountain(rng), rng.uniform(-7, 7), -rng.uniform(6, 12))] if rng.random() < 0.6 else []
    pieces += site.strewn((leisure.stall,), (0, 5), (6, 14))
    pieces += site.strewn(
        (leisure.park_bench, leisure.planter, yard.litter_bin, yard.bollard, plants.young_tree),
        (5, 12),
        (3, 18),
    )
    pieces += site.lined((lamp_post(site),), (-18, -12), (18, -12), (8, 11))
    return Terrain(base=paving(site), layers=tuple(inlay), noise=site.noise), pieces


def courtyard(site: Site) -> Laid:
    """A yard between walls: bins, benches, tubs, a tree, doors."""
    rng, depth = site.rng, site.rng.uniform(6, 10)
    half = rng.uniform(6, 9)
    patch = area(
        [(-half, -depth + 0.2), (half, -depth + 0.2), (half, -depth + rng.uniform(1.5, 3.0)), (-half, -depth + 2)]
    )
    pieces = [
        moved(house.block(rng, 30.0), 0, -depth),
        moved(house.block(rng, 28.0), -half - 0.2, 0, np.pi / 2),
        moved(house.block(rng, 28.0), half + 0.2, 0, -np.pi / 2),
    ]
    pieces += site.lined(
        (yard.wheelie_bins, leisure.park_bench, leisure.planter, plants.bush, stores.crates),
        (-half + 1, -depth + 0.9),
        (half - 1, -depth + 0.9),
        (1.8, 3.2),
        share=0.8,
    )
    pieces += site.lined(
        (leisure.planter, yard.wheelie_bins, plants.bush),
        (-half + 0.8, -depth + 2),
        (-half + 0.8, 6),
        (2, 4),
        yaw=np.pi / 2,
        share=0.7,
    )
    pieces += site.lined(
        (leisure.planter, yard.litter_bin, leisure.park_bench, plants.bush),
        (half - 0.8, -depth + 2),
        (half - 0.8, 6),
        (2, 4),
        yaw=-np.pi / 2,
        share=0.7,
    )
    pieces += site.strewn((plants.young_tree, plants.tree), (0, 1), (4, 6))
    pieces += [moved(lamp_post(site)(rng), -half + 1.2, -depth + 2.5)]
    base = paving(site) if rng.random() < 0.6 else site.soil("concrete")
    return Terrain(
        base=base, layers=(site.layer(patch, site.one_of("lawn", "gravel", "earth"), ragged=0.1),), noise=site.noise
    ), pieces


def school_yard(site: Site) -> Laid:
    """Asphalt with the lines of games, the school behind, trees, a basketball post."""
    rng = site.rng
    lines = strokes([[(-7, -9), (7, -9), (7, 4), (-7, 4), (-7, -9)], ring(0, -2.5, 1.8), [(-7, -2.5), (7, -2.5)]], 0.09)
    hop = strokes(
        [
            [(x, z), (x + 0.6, z), (x + 0.6, z + 0.6), (x, z + 0.6), (x, z)]
            for x, z in zip((2.5, 2.5, 2.2, 2.8, 2.5), (-1, -1.6, -2.2, -2.2, -2.8), strict=True)
        ],
        0.07,
    )
    tint = ((226, 224, 214), (220, 186, 60), (90, 140, 200))[int(rng.integers(3))]
    ground = site.terrain(
        "asphalt",
        Layer(mask=lines, material=paint(site, tint), worn=0.35),
        Layer(mask=hop, material=paint(site), worn=0.4),
        site.layer(band(-14.5, -18), "lawn", ragged=0.05),
    )
    pieces = [
        moved(house.school(rng), rng.uniform(-6, 6), -rng.uniform(18, 24)),
        moved(leisure.basket(rng), rng.uniform(-5, 5), -10.5),
    ]
    pieces += site.lined((plants.tree, plants.young_tree), (-20, -15.5), (20, -15.5), (5, 9), share=0.8, stray=0.8)
    pieces += site.lined(
        (leisure.park_bench, yard.litter_bin, leisure.planter),
        (-12, -13.2),
        (12, -13.2),
        (2.5, 5),
        share=0.7,
    )
    pieces += site.lined((lambda r: yard.fence(r, 5.0, "wire"),), (-16, -16), (-16, 14), (5, 5), yaw=np.pi / 2)
    pieces += site.lined((lambda r: yard.fence(r, 5.0, "wire"),), (16, -16), (16, 14), (5, 5), yaw=np.pi / 2)
    pieces += site.lined((lamp_post(site),), (-13, -12), (13, -12), (11, 14))
    return ground, pieces


def playground(site: Site) -> Laid:
    """Swings, a slide and a frame in sand, grass and benches around."""
    rng = site.rng
    x, z = rng.uniform(-3, 3), -rng.uniform(6.5, 9)
    sand = area(
        [(x + rng.uniform(5, 7) * np.cos(t), z + rng.uniform(3.2, 4.2) * np.sin(t)) for t in np.linspace(0, 6.0, 9)]
    )
    path = strokes([[(-30, 1.0 + rng.uniform(-1, 1)), (-8, 0.5), (6, 1.2), (30, -2)]], rng.uniform(1.8, 2.6))
    ground = site.terrain(
        "lawn",
        site.layer(path, site.one_of("gravel", "asphalt", "earth"), ragged=0.12),
        site.layer(sand, "sand", ragged=0.15),
    )
    toys = [
        moved(maker(rng), x + dx, z + rng.uniform(-1, 1), rng.normal(0, 0.4))
        for maker, dx in zip(
            rng.permutation(np.array([leisure.swing, leisure.slide, leisure.climbing_frame], object)),
            (-4.2, 0.2, 4.0),
            strict=True,
        )
    ]
    pieces = toys + site.strewn((leisure.park_bench, yard.litter_bin, plants.bush), (3, 7), (4, 14))
    pieces += site.strewn((plants.tree, plants.tree, plants.conifer), (5, 10), (13, 26))
    pieces += site.lined((lambda r: yard.fence(r, 4.0, "rails"),), (-20, -13), (20, -13), (4, 4))
    pieces += site.terrace(lambda r, w: house.block(r, w), -rng.uniform(30, 40), (-40, 40), gaps=12) + site.lined(
        (lamp_post(site),), (-14, -4), (14, -4), (10, 14)
    )
    return ground, pieces


def village(site: Site) -> Laid:
    """Cottages along a lane, gardens with fences and hedges, trees."""
    rng, front = site.rng, -site.rng.uniform(9, 13)
    lane = strokes(
        [[(-32, 0.5 + rng.uniform(-1, 1)), (-9, -0.4), (7, 0.3), (32, rng.uniform(-2, 2))]], rng.uniform(3.5, 5)
    )
    ground = site.terrain(
        "grass", site.layer(lane, site.one_of("gravel", "asphalt", "earth"), ragged=0.2), strewn="meadow"
    )
    pieces = site.lined((house.cottage,), (-30, front), (30, front), (12, 17), stray=1.2)
    pieces += site.lined((house.cottage,), (-30, 14), (30, 14), (13, 20), stray=1.2, yaw=np.pi)
    pieces += site.lined(
        (lambda r: yard.fence(r, 4.0), lambda r: plants.hedge(r, 4.0)),
        (-26, front + 4.5),
        (26, front + 4.5),
        (4.2, 6),
        share=0.85,
    )
    pieces += site.strewn((plants.tree, plants.bush, plants.flower_bed, plants.young_tree), (6, 12), (5, 20))
    pieces += site.lined((yard.power_pole,), (-28, -3.8), (28, -3.8), (14, 18)) + site.strewn(
        (car, yard.wheelie_bins, leisure.park_bench, truck), (1, 3), (5, 10)
    )
    return ground, pieces + site.lined((lamp_post(site),), (-20, -3.4), (20, -3.4), (14, 18))


def garden(site: Site) -> Laid:
    """A lawn behind a house: flower beds, a terrace, a hedge, a shed, fruit trees."""
    rng, depth = site.rng, site.rng.uniform(7, 11)
    slab = area([(-4, -depth), (4, -depth), (4, -depth + 3.0), (-4, -depth + 3.0)])
    steps = area(*[ring(0.3 * np.sin(z), z, 0.25) for z in np.arange(-depth + 3.5, 3, 0.75)])
    ground = site.terrain(
        "lawn",
        Layer(mask=slab, material=paving(site, 0.4)),
        Layer(mask=steps, material=paving(site, 0.8)),
        strewn="meadow" if rng.random() < 0.4 else "",
    )
    pieces = [moved(house.cottage(rng), rng.uniform(-3, 3), -depth - 0.2)]
    pieces += [moved(plants.hedge(rng, 24.0), side * rng.uniform(6, 9), -2, np.pi / 2) for side in (-1, 1)]
    pieces += site.lined(
        (plants.flower_bed, plants.bush, plants.bush, plants.young_tree),
        (-5.2, -depth + 1),
        (-5.2, 4),
        (1.6, 3),
        yaw=np.pi / 2,
        share=0.8,
    )
    pieces += site.lined(
        (plants.flower_bed, plants.bush, plants.young_tree),
        (5.2, -depth + 1),
        (5.2, 4),
        (1.6, 3),
        yaw=np.pi / 2,
        share=0.8,
    )
    pieces += site.strewn(
        (leisure.park_bench, leisure.parasol, leisure.swing, plants.tree, leisure.planter), (2, 4), (4, 7)
    ) + site.strewn((plants.tree, plants.conifer), (4, 8), (18, 28))
    return ground, pieces
