"""Things in front: a counter, a post or somebody's back hides part of the one who performs, and never a hand that matters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from synthgest.body.things import Colour, Thing, block, lathe
from synthgest.errors import require_range
from synthgest.scene.camera import Camera
from synthgest.scene.shapes import turned

Floats = NDArray[np.float32]

_TRIES = 40
_ROOM = 0.06  # of the picture's height: as far hands stay off what is in front
_FREE = 0.9  # metres before the lens
_BROADEST = 0.04  # of a post's distance from the lens, its radius: broader ones are a stripe through the picture
_COLOURS: tuple[Colour, ...] = (
    (0.55, 0.42, 0.3), (0.35, 0.26, 0.2), (0.8, 0.78, 0.74), (0.4, 0.42, 0.45), (0.25, 0.3, 0.36), (0.7, 0.65, 0.55)
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OcclusionSettings:
    """share: part of the clips in which something is in front. covers: part of the body that it hides, at least and at most."""

    share: float = 0.0
    covers: tuple[float, float] = (0.08, 0.45)

    def __post_init__(self) -> None:
        require_range("occlusion.share", (self.share, self.share), (0, 1))
        require_range("occlusion.covers", self.covers, (0.01, 0.9))


@dataclass(frozen=True, slots=True, kw_only=True)
class InFront:
    """Something in front. kind: ``counter`` or ``post``. thing: in the world. covers: part of the body's points that it hides."""

    kind: str
    thing: Thing
    covers: float


def put_in_front(
    settings: OcclusionSettings,
    rng: np.random.Generator,
    *,
    body: Floats,
    hands: Floats,
    shown: range,
    cameras: Sequence[Camera],
) -> InFront | None:
    """Something between the camera and the body (T, N, 3), or None. It leaves hands (T, H, 3) free while the gesture is shown."""
    if rng.random() >= settings.share:
        return None
    for _ in range(_TRIES):
        kind = str(rng.choice(["counter", "post"]))
        thing = _KINDS[kind](rng, body, cameras[0])
        if thing is None:
            continue
        hidden = _hides(thing, body, hands, shown, cameras)
        if hidden is not None and settings.covers[0] <= hidden <= settings.covers[1]:
            return InFront(kind=kind, thing=thing, covers=round(hidden, 2))
    return None


def _frame(body: Floats, camera: Camera) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Middle of the body on the floor (2,), direction from it to the camera (2,), and how far that is."""
    middle = (body.reshape(-1, 3).min(axis=0) + body.reshape(-1, 3).max(axis=0))[[0, 2]] / 2
    way = np.array([camera.position[0], camera.position[2]]) - middle
    away = float(np.linalg.norm(way))
    return middle, way / max(away, 1e-6), away


def _counter(rng: np.random.Generator, body: Floats, camera: Camera) -> Thing | None:
    middle, way, away = _frame(body, camera)
    room = float(((body[..., [0, 2]] - middle) @ way).max())
    near = room + rng.uniform(0.12, 0.4)
    deep, high, wide = rng.uniform(0.35, 0.6), rng.uniform(0.6, 1.08), rng.uniform(0.9, 2.2)
    if near + deep > away - _FREE:
        return None
    aside = rng.uniform(-0.3, 0.3) * wide
    colour = _COLOURS[int(rng.integers(len(_COLOURS)))]
    thing = block((aside - wide / 2, 0.0, near), (aside + wide / 2, high, near + deep), colour, cell=0.05)
    return _stood(thing, middle, way, float(rng.normal(0, 0.12)))


def _post(rng: np.random.Generator, body: Floats, camera: Camera) -> Thing | None:
    middle, way, away = _frame(body, camera)
    across = float(np.abs((body[..., [0, 2]] - middle) @ np.array([-way[1], way[0]])).max())
    near = rng.uniform(0.35, 0.7) * away
    room = float(((body[..., [0, 2]] - middle) @ way).max())
    if near > away - _FREE or near < room + 0.2:
        return None
    radius = min(rng.uniform(0.03, 0.09), _BROADEST * (away - near))
    aside = rng.uniform(-1, 1) * across * (1 - near / away)
    colour = _COLOURS[int(rng.integers(len(_COLOURS)))]
    sides = [(radius, height) for height in np.arange(0.0, 3.2, 0.05)]
    thing = lathe([*sides, (0.0, 3.2)], colour, gloss=0.4)
    shifted = thing.vertices + np.array([aside, 0.0, near], np.float32)
    moved = Thing(vertices=shifted, normals=thing.normals, faces=thing.faces, surface=thing.surface)
    return _stood(moved, middle, way, 0.0)


_KINDS: dict[str, Callable[[np.random.Generator, Floats, Camera], Thing | None]] = {"counter": _counter, "post": _post}


def _stood(thing: Thing, middle: NDArray[np.float64], way: NDArray[np.float64], yaw: float) -> Thing:
    """A thing whose z points to the camera, in the world, turned a little about itself."""
    centre = (thing.vertices.min(axis=0) + thing.vertices.max(axis=0)) / 2
    centre[1] = 0
    to_camera = float(np.arctan2(way[0], way[1]))
    place = turned(turned(thing.vertices - centre, yaw) + centre, to_camera) + np.array([middle[0], 0.0, middle[1]])
    return Thing(
        vertices=place.astype(np.float32),
        normals=turned(turned(thing.normals, yaw), to_camera),
        faces=thing.faces,
        surface=thing.surface,
    )


def _hides(thing: Thing, body: Floats, hands: Floats, shown: range, cameras: Sequence[Camera]) -> float | None:
    """Part of the body's points that lie behind a thing, on the mean; None where a hand would, or the thing is at the lens."""
    parts = []
    for number in shown:
        camera = cameras[number]
        if float(camera.depths(thing.vertices).min()) < _FREE / 2:
            return None
        try:
            hull = ConvexHull(camera.project(thing.vertices).astype(np.float64))
        except QhullError:
            return None
        sides, offsets = hull.equations[:, :2], hull.equations[:, 2]
        near = (camera.project(hands[number]).astype(np.float64) @ sides.T + offsets).max(axis=1)
        if near.min() < _ROOM * camera.height:
            return None
        parts.append(
            float(((camera.project(body[number]).astype(np.float64) @ sides.T + offsets).max(axis=1) < 0).mean())
        )
    return float(np.mean(parts))
