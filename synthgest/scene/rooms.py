"""The kinds of rooms: how large they are, what stands in them, hangs on their walls and lights them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthgest.scene import desks, stockroom
from synthgest.scene import fittings as fit
from synthgest.scene import furnishings as home
from synthgest.scene.shapes import Piece
from synthgest.scene.vehicles import car

Maker = Callable[[np.random.Generator], Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomKind:
    """What is usual in one kind of room.

    width, behind, height: metres across, from the person to the back wall, and to the ceiling. floors: what they are made
    of. along: what stands along the walls. loose: what stands in the open, with the fewest and most of it. hung: what is
    on the walls. lights: what hangs from the ceiling. gap: metres that stay free around the person's way. sheen: of its floor.
    main: what always hangs behind the person. stand: what always stands there.
    """

    width: tuple[float, float]
    behind: tuple[float, float]
    height: tuple[float, float]
    floors: tuple[str, ...]
    along: tuple[Maker, ...]
    loose: tuple[tuple[Maker, int, int], ...] = ()
    hung: tuple[str, ...] = ("window", "door", "picture")
    lights: str = "pendant"
    gap: float = 0.8
    sheen: float = 0.1
    main: str = ""
    stand: Maker | None = None


ROOMS: dict[str, RoomKind] = {
    "living room": RoomKind(
        width=(4.2, 6.5),
        behind=(1.9, 3.2),
        height=(2.4, 2.9),
        floors=("planks", "planks", "carpet"),
        along=(home.sofa, home.bookcase, home.sideboard, home.plant, home.floor_lamp, home.armchair),
        loose=((home.rug, 0, 1), (home.coffee_table, 0, 1), (home.armchair, 0, 2), (home.plant, 0, 1)),
        hung=("window", "picture", "picture", "door", "curtained"),
    ),
    "bedroom": RoomKind(
        width=(3.4, 4.8),
        behind=(2.2, 3.2),
        height=(2.4, 2.7),
        floors=("planks", "carpet"),
        along=(home.bed, home.nightstand, home.cupboard, home.sideboard, home.plant),
        loose=((home.rug, 0, 1),),
        hung=("picture", "curtained", "door", "picture"),
        gap=0.6,
    ),
    "kitchen": RoomKind(
        width=(3.2, 4.6),
        behind=(1.7, 2.6),
        height=(2.4, 2.8),
        floors=("tiles", "tiles", "planks"),
        along=(home.kitchen, home.fridge, home.kitchen, desks.bin_),
        loose=((home.table, 0, 1),),
        hung=("window", "door", "picture"),
        gap=0.6,
    ),
    "dining room": RoomKind(
        width=(4.0, 6.0),
        behind=(2.6, 4.0),
        height=(2.5, 3.0),
        floors=("planks", "carpet"),
        along=(home.sideboard, home.cupboard, home.plant, home.bookcase),
        loose=((home.table, 1, 2), (home.plant, 0, 1)),
        hung=("window", "picture", "door", "curtained"),
    ),
    "office": RoomKind(
        width=(4.8, 9.0),
        behind=(2.2, 4.5),
        height=(2.6, 3.1),
        floors=("carpet", "vinyl", "planks"),
        along=(desks.desk, home.bookcase, home.cupboard, desks.desk, home.plant, desks.bin_, desks.clothes_stand),
        loose=((desks.desk, 0, 2), (home.plant, 0, 1)),
        hung=("window", "board", "door", "poster", "window"),
        lights="panels",
    ),
    "meeting room": RoomKind(
        width=(4.5, 7.0),
        behind=(2.0, 4.0),
        height=(2.6, 3.0),
        floors=("carpet", "vinyl"),
        along=(home.sideboard, home.plant, home.television, desks.bin_),
        loose=((home.table, 1, 2), (desks.office_chair, 0, 3)),
        hung=("board", "window", "window", "door", "poster"),
        lights="panels",
    ),
    "lecture hall": RoomKind(
        width=(9.0, 14.0),
        behind=(2.0, 3.4),
        height=(3.6, 5.0),
        floors=("vinyl", "planks"),
        along=(fit.lectern, desks.desk, desks.bin_),
        loose=((fit.seats, 4, 9), (fit.lectern, 0, 1)),
        hung=("wide board", "door", "poster", "window"),
        lights="panels",
        gap=0.9,
        main="wide board",
    ),
    "classroom": RoomKind(
        width=(6.0, 9.0),
        behind=(2.0, 3.6),
        height=(2.8, 3.3),
        floors=("vinyl", "planks", "tiles"),
        along=(home.cupboard, home.bookcase, desks.desk, desks.bin_, home.plant),
        loose=((fit.school_desk, 3, 8),),
        hung=("poster", "poster", "window", "door"),
        lights="panels",
        main="wide board",
    ),
    "corridor": RoomKind(
        width=(2.2, 3.2),
        behind=(5.0, 14.0),
        height=(2.4, 2.9),
        floors=("vinyl", "tiles", "carpet"),
        along=(fit.bench, fit.lockers, home.plant, desks.bin_),
        hung=("door", "door", "poster", "picture"),
        lights="panels",
        gap=0.5,
        sheen=0.25,
    ),
    "gym": RoomKind(
        width=(10.0, 16.0),
        behind=(4.0, 8.0),
        height=(5.0, 7.5),
        floors=("court", "planks"),
        along=(fit.bench, fit.mats, fit.wall_bars, fit.wall_bars, fit.hoop),
        loose=((fit.mats, 0, 2),),
        hung=("high window", "door", "high window"),
        lights="panels",
        gap=1.2,
        sheen=0.3,
    ),
    "workshop": RoomKind(
        width=(5.0, 9.0),
        behind=(2.2, 4.5),
        height=(3.0, 4.5),
        floors=("concrete",),
        along=(
            stockroom.workbench,
            stockroom.rack,
            stockroom.tool_chest,
            stockroom.ladder,
            stockroom.cartons,
            home.cupboard,
        ),
        loose=((stockroom.pallet, 0, 2), (stockroom.tool_chest, 0, 1)),
        hung=("window", "poster", "door"),
        lights="tubes",
    ),
    "garage": RoomKind(
        width=(5.5, 8.0),
        behind=(3.0, 6.5),
        height=(2.6, 3.4),
        floors=("concrete",),
        along=(stockroom.rack, stockroom.workbench, stockroom.tool_chest, stockroom.ladder, stockroom.cartons),
        loose=((car, 1, 1), (stockroom.cartons, 0, 2)),
        hung=("shutter", "door", "poster"),
        lights="tubes",
    ),
    "warehouse": RoomKind(
        width=(12.0, 20.0),
        behind=(5.0, 12.0),
        height=(6.0, 8.0),
        floors=("concrete",),
        along=(stockroom.rack, stockroom.rack, stockroom.rack, stockroom.pallet),
        loose=((stockroom.pallet, 3, 9), (stockroom.rack, 0, 3), (stockroom.cartons, 0, 3)),
        hung=("shutter", "poster", "high window"),
        lights="tubes",
        gap=1.1,
    ),
    "shop": RoomKind(
        width=(5.5, 10.0),
        behind=(2.4, 6.0),
        height=(2.7, 3.4),
        floors=("tiles", "vinyl"),
        along=(fit.shop_shelf, fit.shop_shelf, fit.shop_shelf, fit.counter, fit.machine),
        loose=((fit.shop_shelf, 0, 4), (desks.bin_, 0, 1)),
        hung=("poster", "door", "window"),
        lights="panels",
        sheen=0.25,
    ),
    "cafe": RoomKind(
        width=(5.0, 9.0),
        behind=(2.4, 5.0),
        height=(2.8, 3.8),
        floors=("planks", "tiles"),
        along=(fit.counter, home.plant, home.sofa, fit.bench, home.bookcase),
        loose=((home.table, 2, 5), (home.plant, 0, 2)),
        hung=("picture", "window", "board", "picture"),
        lights="pendants",
    ),
    "clinic": RoomKind(
        width=(4.0, 6.5),
        behind=(2.2, 3.6),
        height=(2.6, 3.0),
        floors=("vinyl", "tiles"),
        along=(fit.clinic_bed, fit.screen_wall, fit.drip, home.cupboard, desks.desk, fit.seats),
        loose=((fit.drip, 0, 1),),
        hung=("poster", "window", "door", "poster"),
        lights="panels",
        sheen=0.22,
    ),
    "library": RoomKind(
        width=(6.0, 11.0),
        behind=(2.4, 6.0),
        height=(2.8, 4.0),
        floors=("carpet", "planks"),
        along=(home.bookcase, home.bookcase, home.bookcase, home.armchair),
        loose=((home.bookcase, 1, 4), (home.table, 0, 2)),
        hung=("window", "poster", "door"),
        lights="panels",
    ),
    "lobby": RoomKind(
        width=(8.0, 14.0),
        behind=(3.5, 8.0),
        height=(3.4, 6.0),
        floors=("large tiles",),
        along=(home.sofa, home.plant, fit.column, fit.counter, fit.machine, home.armchair),
        loose=((home.plant, 0, 3), (fit.column, 0, 2), (home.armchair, 0, 3), (home.rug, 0, 1)),
        hung=("tall window", "picture", "tall window", "door"),
        lights="panels",
        gap=1.1,
        sheen=0.4,
    ),
    "underground station": RoomKind(
        width=(9.0, 16.0),
        behind=(5.0, 11.0),
        height=(3.2, 4.6),
        floors=("large tiles", "tiles"),
        along=(fit.machine, fit.bench, fit.column, fit.column, desks.bin_),
        loose=((fit.gates, 0, 1), (fit.column, 1, 4)),
        hung=("wide poster", "wide poster", "door"),
        lights="tubes",
        gap=1.0,
        sheen=0.3,
    ),
    "studio": RoomKind(
        width=(6.0, 9.0),
        behind=(2.6, 4.0),
        height=(3.0, 4.0),
        floors=("concrete", "planks"),
        along=(fit.softbox, desks.bin_, stockroom.cartons, desks.clothes_stand, stockroom.ladder),
        loose=((fit.softbox, 0, 2),),
        hung=("none", "door"),
        lights="tubes",
        gap=0.7,
        stand=fit.backdrop,
    ),
}
"""The kinds of rooms, by name."""
