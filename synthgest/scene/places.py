"""The kinds of drawn places by name and tag, and how one is chosen for a clip."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import SpecError, nearest
from synthgest.scene.camera import Camera
from synthgest.scene.clearing import clearing
from synthgest.scene.daylight import Hours, sample_moment
from synthgest.scene.indoors import furnish
from synthgest.scene.outdoors import SITES, lay_out
from synthgest.scene.place import Place
from synthgest.scene.rooms import ROOMS
from synthgest.scene.shapes import turned

_ALSO = {
    "living room": ("lounge", "sitting room"),
    "office": ("workplace",),
    "lecture hall": ("auditorium", "lecture theatre"),
    "classroom": ("school",),
    "corridor": ("hallway", "hall"),
    "gym": ("gymnasium", "sports hall"),
    "workshop": ("workroom",),
    "warehouse": ("depot", "storehouse"),
    "shop": ("supermarket", "store"),
    "cafe": ("restaurant", "bar"),
    "clinic": ("hospital", "clinic room", "hospital room"),
    "lobby": ("reception", "foyer", "entrance hall"),
    "underground station": ("metro station", "subway station"),
    "studio": ("photo studio",),
    "street": ("road", "sidewalk", "pavement", "city street"),
    "square": ("market square", "plaza"),
    "courtyard": ("yard", "back yard"),
    "school yard": ("schoolyard",),
    "sports pitch": ("football pitch", "sports field", "stadium"),
    "parking lot": ("car park",),
    "construction site": ("building site",),
    "railway platform": ("train platform", "railway station", "train station"),
    "harbour": ("harbor", "quay", "port"),
    "field": ("meadow", "grassland"),
    "forest clearing": ("forest", "woods", "woodland"),
    "beach": ("seaside", "coast"),
    "snow": ("snowfield",),
    "training ground": ("training area", "military camp", "barracks yard"),
    "airfield": ("airport", "runway", "flight line", "apron"),
    "garden": ("backyard",),
    "desert": ("dunes",),
}
_LAND = ("park", "field", "forest clearing", "desert", "desert road", "beach", "snow", "garden")
_MILITARY = ("training ground", "gravel yard", "airfield", "desert road", "desert", "forest clearing")
_HOME = ("living room", "bedroom", "kitchen", "dining room", "garden")


def _tags(name: str) -> frozenset[str]:
    tags = {"indoors", "room"} if name in ROOMS else {"outdoors"}
    groups = {"land": _LAND, "military": _MILITARY, "home": _HOME}
    return frozenset(tags | {group for group, members in groups.items() if name in members})


KINDS: Final = MappingProxyType({name: _tags(name) for name in (*ROOMS, *SITES)})
"""The tags of each kind of place, by its name; a tag stands for all kinds that carry it."""

_SWING = 0.38  # radians that a place is turned from the camera's direction


def chosen_kinds(names: Sequence[str]) -> tuple[str, ...]:
    """The kinds that names of kinds, aliases and tags stand for, each once, in the order of ``KINDS``.

    SpecError where a name is none of them, or none is named.
    """
    wanted: set[str] = set()
    for name in names:
        found = {kind for kind, tags in KINDS.items() if name in (kind, *tags, *_ALSO.get(kind, ()))}
        if not found:
            known = set(KINDS).union(*KINDS.values())
            raise SpecError(f"no kind of place {name!r}; {nearest(name, known)}")
        wanted |= found
    if not wanted:
        raise SpecError("no kinds of place; name at least one, such as indoors or street")
    return tuple(kind for kind in KINDS if kind in wanted)


def kinds_named(names: Sequence[str], *, strict: bool = True) -> tuple[str, ...]:
    """The kinds that names or aliases stand for, tags aside, in the names' order; SpecError for another name if ``strict``."""
    found = []
    for name in names:
        own = [
            kind for kind in KINDS if _bare(name.replace("_", " ").replace("-", " ")) in (kind, *_ALSO.get(kind, ()))
        ]
        if strict and not own:
            raise SpecError(f"no kind of place {name!r}; {nearest(name, KINDS)}")
        found += own
    return tuple(found)


def fitting_kinds(kinds: Sequence[str], environments: Sequence[str]) -> tuple[str, ...]:
    """Those of ``kinds`` that a gesture's ``environments`` name ("an office", "a railway platform").

    The article is dropped and what is left compared with names, aliases and tags. An environment that is none of them
    restricts nothing; where no kind is left, all of ``kinds`` are returned.
    """
    words = {_bare(each) for each in environments}
    found = tuple(kind for kind in kinds if words & {kind, *KINDS[kind], *_ALSO.get(kind, ())})
    return found or tuple(kinds)


def _bare(environment: str) -> str:
    first, _, rest = environment.strip().lower().partition(" ")
    return rest if first in ("a", "an", "the") and rest else environment.strip().lower()


def sample_place(
    rng: np.random.Generator,
    *,
    kinds: Sequence[str],
    camera: Camera,
    points: NDArray[np.floating],
    environments: Sequence[str] = (),
    astray: float = 0.25,
    hours: Hours | None = None,
) -> Place:
    """A drawn place around a person and a camera; it always holds both.

    kinds: names, aliases or tags of ``KINDS``, of which one is chosen with equal chance. points: (..., 3) of the person's
    body through the clip, metres; nothing stands on their way, nor between them and the camera. environments: of the
    gesture, which choose among the kinds but for the part ``astray`` of clips, lest the place give the gesture away. hours:
    of the clips. A camera above most ceilings is given a hall or the open air where the kinds have one, else a high room.
    """
    able = chosen_kinds(kinds)
    stray = rng.random() < astray
    able = _reached(able if stray else fitting_kinds(able, environments), float(camera.position[1]))
    name = able[int(rng.integers(len(able)))]
    moment = sample_moment(rng, Hours() if hours is None else hours)
    eye = np.asarray(camera.position, np.float32)
    yaw = float(np.arctan2(eye[0], eye[2])) + _swing(name, eye, rng)
    gap = ROOMS[name].gap if name in ROOMS else 1.2
    free = clearing(turned(eye, -yaw), turned(np.asarray(points, np.float32), -yaw), gap=gap)
    return furnish(name, moment, free, yaw, rng) if name in ROOMS else lay_out(name, moment, free, yaw, rng)


def _reached(kinds: tuple[str, ...], height: float) -> tuple[str, ...]:
    """The kinds under whose ceilings a camera at ``height`` metres finds room; all where none has."""
    high = tuple(kind for kind in kinds if kind not in ROOMS or ROOMS[kind].height[1] > height + 0.2)
    return high or kinds


def _swing(name: str, eye: NDArray[np.float32], rng: np.random.Generator) -> float:
    """How far the place is turned from the camera's direction: less in a narrow room with the camera far away."""
    most = _SWING
    if name in ROOMS:
        away = max(float(np.hypot(eye[0], eye[2])), 0.5)
        most = min(_SWING, float(np.arcsin(min(1.0, 0.4 * ROOMS[name].width[0] / away))))
    return float(rng.uniform(-most, most))
