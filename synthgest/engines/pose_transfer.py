"""Pose transfer: the motion of a gesture given to a person of our own making, in a place, under its light, before a camera."""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthgest.body import PosedFigure, dress, load_body, pose, sample_person, stand
from synthgest.content import content
from synthgest.engines.ground_truth import ground_truth
from synthgest.errors import SpecError, nearest
from synthgest.motion import perform
from synthgest.prompts import bank_digest, write_prompt
from synthgest.render.composite import compose
from synthgest.render.mesh import MovingMesh
from synthgest.render.rasteriser import Renderer
from synthgest.render.sensor import SensorSettings, expose
from synthgest.scene.fields import sample_field
from synthgest.scene.framing import CameraSettings, frame_camera
from synthgest.scene.photographs import Backgrounds, open_backgrounds
from synthgest.scene.place import Place
from synthgest.scene.rooms import sample_room
from synthgest.tables import to_value
from synthgest.types import Recipe, Rendered, Shot

PLACES: dict[str, Callable[[np.random.Generator], Place]] = {"room": sample_room, "field": sample_field}
"""Kinds of place that are drawn rather than photographed."""

_PHOTOGRAPHED = "a real place"  # what a caption calls a background of which only the file's name is known
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


class PoseTransfer:
    """The engine ``pose-transfer``: draws every clip from its shot's seed alone, on the CPU."""

    def __init__(self, recipe: Recipe) -> None:
        self.settings = to_value(recipe.settings, PoseTransferSettings, where=f"recipe {recipe.name!r}")
        for place in self.settings.places:
            if place not in PLACES:
                raise SpecError(f"recipe {recipe.name!r}: no kind of place {place!r}; {nearest(place, PLACES)}")
        if not self.settings.places and not self.settings.backgrounds:
            raise SpecError(f"recipe {recipe.name!r}: neither places nor backgrounds; name at least one")
        for side in ("width", "height"):
            if getattr(self.settings, side) < 16 or getattr(self.settings, side) % 2:
                given = getattr(self.settings, side)
                raise SpecError(f"recipe {recipe.name!r}: {side} is {given}; expected an even number of at least 16")
        fewest, most = self.settings.frames
        if not 2 <= fewest <= most:
            raise SpecError(f"recipe {recipe.name!r}: frames are {fewest} to {most}; expected 2 <= fewest <= most")

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
        motion = perform(shot.gesture, _rng(shot, "motion"), fps=settings.fps, frames=settings.frames)
        person = sample_person(_rng(shot, "person"))
        posed = stand(pose(dress(load_body(), person), motion))
        place = self._place(_rng(shot, "place"))
        camera = frame_camera(
            _outline(posed), posed.fingertips, _rng(shot, "camera"), settings=settings.camera, size=self._size
        )
        backdrop = place.draw(camera, frames=len(motion), fps=settings.fps)
        mesh = MovingMesh(vertices=posed.vertices, normals=posed.normals, faces=posed.faces, colours=posed.colours)
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

    def _place(self, rng: np.random.Generator) -> Place:
        if self._backgrounds is not None:
            return self._backgrounds.sample(rng)
        kinds = self.settings.places
        return PLACES[kinds[rng.integers(len(kinds))]](rng)


def _rng(shot: Shot, purpose: str) -> np.random.Generator:
    """A stream of chance of its own for each purpose: another camera does not give the clip another person."""
    return np.random.default_rng([shot.seed, zlib.crc32(purpose.encode())])


def _outline(posed: PosedFigure) -> NDArray[np.float32]:
    """Points (T, N, 3) that span the dressed person: joints would leave out hair, shoes and skirts."""
    return posed.vertices[:, ::40]


@cache
def _body_digest() -> str:
    with (content("assets") / "body" / "body.npz").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
