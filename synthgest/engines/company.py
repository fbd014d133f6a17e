"""Company: others in the picture, who stand, walk past or do what looks alike, farther off than the one who performs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.body import Figure, Person, PosedFigure, SmplxFigure, act, pose, raised
from synthgest.distractors import waiting
from synthgest.errors import SpecError, require_range
from synthgest.gestures import Gesture, shipped_gestures
from synthgest.motion import perform
from synthgest.motion.sequence import Motion
from synthgest.motion.walking import walk
from synthgest.scene.camera import Camera

Floats = NDArray[np.float32]
Doing = Literal["stand", "walk", "lookalike"]

_TRIES = 12
_LONGEST = 12.0  # seconds that something takes
_BEHIND = (0.7, 3.2)  # metres further from the camera than who performs
_ASIDE = 0.55  # metres that bodies keep from one another, and from the way of others
_TURNED = np.radians(75)  # from the direction to the camera, at most, of who stands


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySettings:
    """Others in the picture.

    share: part of the clips that have any. people: fewest and most of them. doing: weights of what they do: ``stand``,
    ``walk`` past, or perform one of the gesture's look-alikes, where it has such with keyframes.
    """

    share: float = 0.0
    people: tuple[int, int] = (1, 3)
    doing: Mapping[str, float] = field(default_factory=lambda: {"stand": 0.5, "walk": 0.3, "lookalike": 0.2})

    def __post_init__(self) -> None:
        require_range("company.share", (self.share, self.share), (0, 1))
        require_range("company.people", self.people, (1, 8))
        if unknown := sorted(set(self.doing) - {"stand", "walk", "lookalike"}):
            raise SpecError(f"company.doing has {', '.join(unknown)}; expected weights of stand, walk and lookalike")
        if not sum(self.doing.values()) > 0 or min(self.doing.values()) < 0:
            raise SpecError(f"company.doing is {dict(self.doing)}; expected weights from 0, not all of them 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Somebody else. shows: what, ``standing``, ``walking``, or a gesture's name. motion: where he is in the world, too."""

    person: Person
    figure: Figure | SmplxFigure
    motion: Motion
    shows: str
    rise: float

    def posed(self, frames: NDArray[np.intp] | None = None) -> PosedFigure:
        """At every frame, or at some."""
        return raised(pose(self.figure, self.motion, frames=frames), self.rise)

    def outline(self) -> Floats:
        """(T, N, 3) a few hundred of his points, metres."""
        return raised(pose(self.figure.outline(), self.motion), self.rise).vertices


def gather(
    gesture: Gesture,
    settings: CompanySettings,
    rng: np.random.Generator,
    *,
    who: Callable[[np.random.Generator], tuple[Person, Figure | SmplxFigure]],
    performer: Floats,
    camera: Camera,
    frames: int,
    fps: float,
) -> tuple[Other, ...]:
    """Others around the one who performs; as many as find a place in the picture. performer: (T, N, 3) his points, metres."""
    if rng.random() >= settings.share:
        return ()
    taken = [_ground(performer)]
    found: list[Other] = []
    for _ in range(int(rng.integers(settings.people[0], settings.people[1] + 1))):
        person, figure = who(rng)
        shows, motion = _doing(gesture, settings, rng, frames=frames, fps=fps)
        other = _placed(person, figure, shows, motion, rng, taken=taken, camera=camera)
        if other is not None:
            found.append(other)
            taken.append(_ground(other.outline()))
    return tuple(found)


def _doing(
    gesture: Gesture, settings: CompanySettings, rng: np.random.Generator, *, frames: int, fps: float
) -> tuple[str, Motion]:
    names = sorted(settings.doing)
    weights = np.array([settings.doing[name] for name in names])
    chosen = str(rng.choice(names, p=weights / weights.sum()))
    if chosen == "walk":
        return "walking", walk(rng, fps=fps, frames=frames)
    alike = [each for each in shipped_gestures() if each.name in gesture.lookalikes and each.keyframes]
    shown = Gesture(name="own/standing", keyframes=waiting(rng))
    if chosen == "lookalike" and alike:
        shown = alike[int(rng.integers(len(alike)))]
    motion = perform(shown, rng, fps=fps, frames=(frames, max(frames, round(_LONGEST * fps)))).motion
    start = int(rng.integers(len(motion) - frames + 1))  # what is going on began before the clip
    motion = motion.at(np.arange(start, start + frames))
    return shown.name if shown.vocabulary != "own" else "standing", motion


def _placed(
    person: Person,
    figure: Figure | SmplxFigure,
    shows: str,
    motion: Motion,
    rng: np.random.Generator,
    *,
    taken: Sequence[NDArray[np.float64]],
    camera: Camera,
) -> Other | None:
    """The other somewhere behind the one who performs, in the picture and in nobody's way; None where no place was found."""
    face = act(rng, frames=len(motion), fps=motion.fps)
    eye = np.array([camera.position[0], camera.position[2]])
    view = -eye / max(float(np.linalg.norm(eye)), 1e-6)  # from the camera to the origin, where somebody performs
    across = np.array([-view[1], view[0]])
    for _ in range(_TRIES):
        behind = rng.uniform(*_BEHIND)
        reach = (np.linalg.norm(eye) + behind) * camera.width / 2 / camera.focal
        place = view * behind + across * rng.uniform(-1, 1) * reach
        toward = np.arctan2(-view[0], -view[1])
        past, about = rng.choice([-1, 1]) * rng.uniform(0.35, 0.65) * np.pi, rng.uniform(-_TURNED, _TURNED)
        yaw = toward + (past if shows == "walking" else about)
        moved = turned(face.on(motion), float(yaw), place)
        hanging = pose(figure.outline(), moved).vertices
        other = Other(person=person, figure=figure, motion=moved, shows=shows, rise=-float(hanging[..., 1].min()))
        outline = hanging + np.array([0, other.rise, 0], np.float32)
        if _in_picture(outline, camera) and all(_apart(_ground(outline), each) > _ASIDE for each in taken):
            return other
    return None


def turned(motion: Motion, yaw: float, place: NDArray[np.float64]) -> Motion:
    """The motion about the vertical through its middle, and that middle at a place (x, z)."""
    turn = Rotation.from_rotvec([0.0, yaw, 0.0])
    path = motion.transl.astype(np.float64)
    path[:, [0, 2]] -= (path.min(axis=0) + path.max(axis=0))[[0, 2]] / 2
    path = turn.apply(path)
    path[:, [0, 2]] += place
    root = (turn * Rotation.from_rotvec(motion.global_orient.astype(np.float64))).as_rotvec()
    return replace(motion, global_orient=root.astype(np.float32), transl=path.astype(np.float32))


def _ground(points: Floats) -> NDArray[np.float64]:
    """(N, 2) x and z of where a body is through a clip, thinned out."""
    return points[:: max(1, len(points) // 8), ::7][..., [0, 2]].reshape(-1, 2).astype(np.float64)


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(one[:, None] - other[None], axis=2).min())


def _in_picture(points: Floats, camera: Camera) -> bool:
    """Whether at least half of a body is in the picture half the time."""
    pixels = camera.project(points)
    inside = ((pixels >= 0) & (pixels < [camera.width, camera.height])).all(axis=-1)
    return bool((inside.mean(axis=1) > 0.5).mean() > 0.5)
