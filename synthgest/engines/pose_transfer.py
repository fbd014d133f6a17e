"""Pose transfer: the motion of a gesture given to a person of our own making, in a place, under its light, before a camera."""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthgest.body import Figure, PosedFigure, dress, load_body, pose, sample_person, stand
from synthgest.content import content
from synthgest.engines.ground_truth import ground_truth
from synthgest.errors import ShotFailed, SpecError, nearest
from synthgest.motion import perform
from synthgest.motion.kinematics import LEG_LENGTH
from synthgest.motion.sequence import Motion
from synthgest.prompts import bank_digest, write_prompt
from synthgest.render.composite import compose
from synthgest.render.mesh import MovingMesh
from synthgest.render.rasteriser import Renderer
from synthgest.render.sensor import SensorSettings, expose
from synthgest.scene.camera import Camera
from synthgest.scene.fields import sample_field
from synthgest.scene.framing import CameraSettings, frame_camera
from synthgest.scene.photographs import Backgrounds, open_backgrounds
from synthgest.scene.place import Place, Walled
from synthgest.scene.rooms import sample_room
from synthgest.tables import to_value
from synthgest.types import Recipe, Rendered, Shot

PLACES: dict[str, Callable[[np.random.Generator], Place]] = {"room": sample_room, "field": sample_field}
"""Kinds of place that are drawn rather than photographed."""

_PHOTOGRAPHED = "a real place"  # what a caption calls a background of which only the file's name is known
_PLACES_TRIED = 20
_WHO = {
    ("teenager", "female"): "a teenage girl",
    ("teenager", "male"): "a teenage boy",
    ("adult", "female"): "a woman",
    ("adult", "male"): "a man",
    ("elder", "female"): "an elderly woman",
    ("elder", "male"): "an elderly man",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseTransferSettings:
    """Keys of a recipe for this engine.

    width, height: pixels, even. fps: frames per second. frames: fewest and most of a clip. places: kinds of drawn place,
    chosen alike. backgrounds: folder of photographs, HDR panoramas or videos, used instead of drawn places. depth: whether
    ground truth holds depth. camera, sensor: ranges that each clip's camera and sensor are drawn from.
    """

    width: int = 224
    height: int = 224
    fps: float = 30.0
    frames: tuple[int, int] = (48, 120)
    places: tuple[str, ...] = tuple(PLACES)
    backgrounds: str = ""
    depth: bool = False
    camera: CameraSettings = field(default_factory=CameraSettings)
    sensor: SensorSettings = field(default_factory=SensorSettings)

    def __post_init__(self) -> None:
        for place in self.places:
            if place not in PLACES:
                raise SpecError(f"no kind of place {place!r}; {nearest(place, PLACES)}")
        if not self.places and not self.backgrounds:
            raise SpecError("neither places nor backgrounds; name at least one")
        for side in ("width", "height"):
            given = getattr(self, side)
            if not 16 <= given <= 4096 or given % 2:
                raise SpecError(f"{side} is {given}; expected an even number from 16 to 4096")
        if not 1 <= self.fps <= 240:
            raise SpecError(f"fps is {self.fps}; expected 1 to 240 frames per second")
        fewest, most = self.frames
        if not 2 <= fewest <= most:
            raise SpecError(f"frames are {fewest} to {most}; expected 2 <= fewest <= most")


class PoseTransfer:
    """The engine ``pose-transfer``: draws every clip from its shot's seed alone, on the CPU."""

    def __init__(self, recipe: Recipe) -> None:
        self.settings = to_value(recipe.settings, PoseTransferSettings, where=f"recipe {recipe.name!r}")

    def fingerprint(self) -> Mapping[str, str]:
        """The shipped body, the words of the captions, and the listing of the user's backgrounds."""
        marks = {"body": _body_digest(), "captions": bank_digest("caption")}
        return marks | ({"backgrounds": self._backgrounds.fingerprint()} if self._backgrounds else {})

    def generate(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        """Yield one clip for each shot."""
        for shot in shots:
            yield self._film(shot)

    def _film(self, shot: Shot) -> Rendered:
        settings = self.settings
        person = sample_person(_rng(shot, "person"))
        figure = dress(load_body(), person)
        captured = perform(shot.gesture, _rng(shot, "motion"), fps=settings.fps, frames=settings.frames)
        motion = _placed(captured, figure)
        posed = stand(pose(figure, motion))
        camera = frame_camera(
            _outline(posed), posed.fingertips, _rng(shot, "camera"), settings=settings.camera, size=self._size
        )
        place = self._place(_rng(shot, "place"), camera, posed)
        backdrop = place.draw(camera, frames=len(motion), fps=settings.fps)
        mesh = MovingMesh(vertices=posed.vertices, normals=posed.normals, faces=posed.faces, surface=posed.surface)
        drawn = self._renderer.draw(mesh, camera, place.light)
        frames = expose(compose(drawn, backdrop, place.light), _rng(shot, "sensor"), settings.sensor)
        who = _WHO[person.age_group, person.sex]
        setting = place.name if self._backgrounds is None else _PHOTOGRAPHED
        words = {"phrase": shot.gesture.phrase.replace("a person", who, 1), "place": setting}
        return Rendered(
            frames=frames,
            fps=settings.fps,
            truth=ground_truth(posed, motion, camera, drawn, depth=settings.depth),
            provenance={
                "source": "pose-transfer",
                "motion": motion.source,
                "body": asdict(person),
                "background": place.name,
                "prompt": write_prompt("caption", words, _rng(shot, "prompt")),
            },
        )

    @property
    def _size(self) -> tuple[int, int]:
        return self.settings.width, self.settings.height

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(*self._size)

    @cached_property
    def _backgrounds(self) -> Backgrounds | None:
        return open_backgrounds(Path(self.settings.backgrounds)) if self.settings.backgrounds else None

    def _place(self, rng: np.random.Generator, camera: Camera, posed: PosedFigure) -> Place:
        """A place with room for the person's whole way and for the camera."""
        if self._backgrounds is not None:
            return self._backgrounds.sample(rng)
        kinds = self.settings.places
        for _ in range(_PLACES_TRIED):
            place = PLACES[kinds[rng.integers(len(kinds))]](rng)
            if not isinstance(place, Walled) or place.holds(camera, posed.joints):
                return place
        raise ShotFailed("place", f"none of {_PLACES_TRIED} places holds the camera and the way that the person goes")


def _rng(shot: Shot, purpose: str) -> np.random.Generator:
    """A stream of chance of its own for each purpose: another camera does not give the clip another person."""
    return np.random.default_rng([shot.seed, zlib.crc32(purpose.encode())])


def _placed(motion: Motion, figure: Figure) -> Motion:
    """The motion with its path as long as this body's legs make it, and its middle at the origin of the place."""
    path = motion.transl * np.float32(figure.leg_length / LEG_LENGTH)
    path[:, [0, 2]] -= (path.min(axis=0) + path.max(axis=0))[[0, 2]] / 2
    return replace(motion, transl=path)


def _outline(posed: PosedFigure) -> NDArray[np.float32]:
    """Points (T, N, 3) that span the dressed person: joints would leave out hair, shoes and skirts."""
    return posed.vertices[:, ::40]


@cache
def _body_digest() -> str:
    with (content("assets") / "body" / "body.npz").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
