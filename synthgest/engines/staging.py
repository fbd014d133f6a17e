"""What a shot shows, decided from its seed before anything is drawn: who performs, how, where, and from which camera."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synthgest.body import (
    Face,
    Figure,
    Person,
    PosedFigure,
    SmplxFigure,
    act,
    build_of,
    dress,
    load_body,
    pose,
    raised,
    sample_person,
)
from synthgest.body.held import held
from synthgest.body.people import PeopleSettings
from synthgest.body.smplx_figure import dressed
from synthgest.body.smplx_model import load_smplx, model_file
from synthgest.body.smplx_texture import Textures, open_textures
from synthgest.body.things import Thing
from synthgest.engines.casting import Cast, cast
from synthgest.engines.company import CompanySettings, Other, gather
from synthgest.engines.occlusion import InFront, OcclusionSettings, put_in_front
from synthgest.errors import SpecError, require_range
from synthgest.gestures import Gesture, Held, nearest_gesture
from synthgest.motion import perform
from synthgest.motion.capture_variation import CaptureSettings
from synthgest.motion.kinematics import LEG_LENGTH
from synthgest.motion.performance import Performance
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.render.sensor import SensorSettings
from synthgest.scene.camera import Camera
from synthgest.scene.camera_work import CameraWork, MovementSettings, move, steady
from synthgest.scene.daylight import Hours
from synthgest.scene.framing import CameraSettings, Framing, frame_camera, holds
from synthgest.scene.photographs import Backgrounds
from synthgest.scene.place import Place
from synthgest.scene.places import chosen_kinds, sample_place
from synthgest.types import Shot

Floats = NDArray[np.float32]

_SIDES = ("left", "right")
_WRISTS = [JOINT_INDEX[f"{side}_wrist"] for side in _SIDES]
_STRENGTHS = (1.0, 0.5, 0.25, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseTransferSettings:
    """Keys of a recipe for this engine.

    width, height: pixels, even. fps: frames per second. frames: fewest and most of a clip. places: kinds of drawn place, by
    name or tag, chosen alike. astray: part of the clips whose place is chosen without regard to where the gesture belongs.
    backgrounds: folder of photographs, HDR panoramas or videos, used instead of drawn places. depth: whether ground truth
    holds depth. body: the one that ships, or SMPL-X, whose licensed files lie in the folder body_model. body_textures: folder
    of pictures that dress it, in its own UV layout. at_work: by vocabulary,
    the part of its people who are dressed for work that needs signals. captures: how far a performance may be from the
    motion that was captured. people, hours, camera, movement, sensor: what people,
    light, cameras and their sensors are drawn from. company: others in the picture. occlusion: what hides a part of the
    person. enrichment: a number of people and places that every class is spread over,
    pair by pair, instead of somebody else somewhere else in every clip.
    """

    width: int = 224
    height: int = 224
    fps: float = 30.0
    frames: tuple[int, int] = (48, 120)
    places: tuple[str, ...] = ("indoors", "outdoors")
    astray: float = 0.25
    backgrounds: str = ""
    depth: bool = False
    body: Literal["shipped", "smplx"] = "shipped"
    body_model: str = "models/smplx"
    body_textures: str = ""
    at_work: Mapping[str, float] = field(default_factory=lambda: {"rocog": 0.5, "ground-guide": 0.6, "drone": 0.4})
    captures: CaptureSettings = field(default_factory=CaptureSettings)
    people: PeopleSettings = field(default_factory=PeopleSettings)
    hours: Hours = field(default_factory=Hours)
    camera: CameraSettings = field(default_factory=CameraSettings)
    movement: MovementSettings = field(default_factory=MovementSettings)
    sensor: SensorSettings = field(default_factory=SensorSettings)
    company: CompanySettings = field(default_factory=CompanySettings)
    occlusion: OcclusionSettings = field(default_factory=OcclusionSettings)
    enrichment: EnrichmentSettings = field(default_factory=lambda: EnrichmentSettings(environments=0, characters=0))

    def __post_init__(self) -> None:
        if self.places or not self.backgrounds:
            chosen_kinds(self.places)
        for side in ("width", "height"):
            given = getattr(self, side)
            if not 16 <= given <= 4096 or given % 2:
                raise SpecError(f"{side} is {given}; expected an even number from 16 to 4096")
        if not 1 <= self.fps <= 240:
            raise SpecError(f"fps is {self.fps}; expected 1 to 240 frames per second")
        fewest, most = self.frames
        if not 2 <= fewest <= most:
            raise SpecError(f"frames are {fewest} to {most}; expected 2 <= fewest <= most")
        if self.body_textures and self.body != "smplx":
            raise SpecError("body_textures dress the licensed body alone; give body = 'smplx' too, or leave them out")
        for name, part in {"astray": self.astray, **self.at_work}.items():
            require_range(name, (part, part), (0, 1))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.width, self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """name: of what a hand holds. side: left or right."""

    name: Held
    side: str
    thing: Thing

    @property
    def wrist(self) -> int:
        """The hand's joint."""
        return JOINT_INDEX[f"{self.side}_wrist"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A shot before it is drawn.

    outline: a few thousand points of the person at every frame, standing on the floor. performance: what the motion was
    made from, and when in it the gesture is shown; motion: the same with face and path. rise: metres by which the posed
    person is lifted to stand on the floor. others: in the picture too. front: what hides a part of the person. holding: what is
    in the hand. role: its part in the factorial of people and places, if there is one.
    """

    person: Person
    figure: Figure | SmplxFigure
    face: Face
    motion: Motion
    performance: Performance
    outline: PosedFigure
    rise: float
    framing: Framing
    work: CameraWork
    others: tuple[Other, ...]
    front: InFront | None
    holding: Holding | None
    place: Place
    role: Cast | None


def require_motion(gestures: Sequence[Gesture]) -> None:
    """SpecError for a gesture that is a phrase alone: what is drawn needs a motion."""
    for gesture in gestures:
        if not gesture.keyframes and not gesture.motions:
            raise SpecError(
                f"{gesture.bare_name!r} has no motion, which this generator needs; {nearest_gesture(gesture.bare_name)} "
                "Phrases are for text-to-video generators; your own motion is described by docs/your-own-gesture.md"
            )


def stage(shot: Shot, settings: PoseTransferSettings, backgrounds: Backgrounds | None) -> Staged:
    """Everything that a shot's seed decides; each purpose has a stream of chance of its own."""
    gesture = shot.gesture
    role = cast(shot, settings.enrichment)
    person = _person(shot, settings, role)
    figure = _figure(person, settings)
    performance = perform(
        gesture,
        chance(shot, "motion"),
        fps=settings.fps,
        frames=settings.frames,
        build=build_of(figure),
        turn=shot.index if role is None else role.turn,
        captures=settings.captures,
    )
    face = act(chance(shot, "face"), frames=len(performance.motion), fps=settings.fps)
    motion = face.on(_placed(performance.motion, figure))
    hanging = pose(figure.outline(), motion)
    rise = -float(hanging.vertices[..., 1].min())
    outline = raised(hanging, rise)
    framing, work = _filmed(shot, settings, outline, motion)
    others = gather(
        gesture,
        settings.company,
        chance(shot, "company"),
        who=lambda rng: _somebody(rng, settings),
        performer=outline.vertices,
        camera=framing.camera,
        frames=len(motion),
        fps=settings.fps,
    )
    matter = _hands_that_matter(gesture, outline.joints[:, _WRISTS])
    front = put_in_front(
        settings.occlusion,
        chance(shot, "occlusion"),
        body=outline.vertices,
        hands=_hands(outline)[:, list(matter)].reshape(len(motion), -1, 3),
        shown=performance.shown_frames(len(motion), settings.fps),
        cameras=[work.at(frame) for frame in range(len(motion))],
    )
    solid = [outline.joints, *(other.outline() for other in others)] + ([front.thing.vertices] if front else [])
    return Staged(
        person=person,
        figure=figure,
        face=face,
        motion=motion,
        performance=performance,
        outline=outline,
        rise=rise,
        framing=framing,
        work=work,
        others=others,
        front=front,
        holding=_holding(shot, matter),
        place=_place(
            shot, settings, backgrounds, work.seen, np.concatenate([each.reshape(-1, 3) for each in solid]), role
        ),
        role=role,
    )


def chance(shot: Shot, purpose: str) -> np.random.Generator:
    """A stream of chance of its own for each purpose: another camera does not give the clip another person."""
    return np.random.default_rng([shot.seed, zlib.crc32(purpose.encode())])


def facts(staged: Staged) -> dict[str, Any]:
    """What a clip's record says of its camera, in plain values: metres, degrees, pixels."""
    camera = staged.framing.camera
    at, aim = camera.position, camera.rotation[:, 2]
    azimuth = np.degrees(np.arctan2(at[0], at[2]))
    return {
        "movement": staged.work.kind,
        "height": round(float(at[1]), 2),
        "distance": round(float(np.hypot(at[0], at[2])), 2),
        "azimuth": round(float(azimuth), 1),
        "down": round(float(np.degrees(np.arcsin(aim[1]))), 1),
        "yfov": round(float(np.degrees(camera.yfov)), 1),
        "hand_pixels": staged.framing.hand,
        "upper_body": staged.framing.upper_body,
        "aerial": staged.framing.aerial,
        "attempts": staged.framing.attempts,
    }


def _figure(person: Person, settings: PoseTransferSettings) -> Figure | SmplxFigure:
    if settings.body == "shipped":
        return dress(load_body(), person)
    model = load_smplx(model_file(Path(settings.body_model).expanduser(), person.sex))
    return dressed(model, person, textures_of(settings))


def textures_of(settings: PoseTransferSettings) -> Textures | None:
    """The textures that the body is to wear, if there are any. SpecError where the folder holds none."""
    return open_textures(Path(settings.body_textures).expanduser()) if settings.body_textures else None


def _placed(motion: Motion, figure: Figure | SmplxFigure) -> Motion:
    """The motion with its path as long as this body's legs make it, and its middle at the origin of the place."""
    path = motion.transl * np.float32(figure.leg_length / LEG_LENGTH)
    path[:, [0, 2]] -= (path.min(axis=0) + path.max(axis=0))[[0, 2]] / 2
    return replace(motion, transl=path)


def _filmed(
    shot: Shot, settings: PoseTransferSettings, outline: PosedFigure, motion: Motion
) -> tuple[Framing, CameraWork]:
    """A framing, and camera work around it that keeps what the framing holds; a restless camera is calmed until it does."""
    hands = _hands(outline)
    rng = chance(shot, "camera")
    matter = _hands_that_matter(shot.gesture, outline.joints[:, _WRISTS])
    framing = frame_camera(
        outline.vertices,
        hands,
        rng,
        matter=matter,
        fingers=shot.gesture.fingers,
        settings=settings.camera,
        size=settings.size,
    )
    seed = int(rng.integers(2**62))
    for strength in _STRENGTHS:
        again = np.random.default_rng(seed)
        work = move(framing.camera, len(motion), motion.fps, again, settings.movement, strength)
        if all(holds(work.at(frame), hands[frame]) for frame in range(len(motion))):
            return framing, work
    return framing, steady(framing.camera)


def _hands(outline: PosedFigure) -> Floats:
    """(T, 2, 6, 3) wrist and fingertips of both hands."""
    tips = outline.fingertips.reshape(len(outline.fingertips), 2, 5, 3)
    return np.concatenate([outline.joints[:, _WRISTS, None], tips], axis=2)


def _holding(shot: Shot, matter: tuple[int, ...]) -> Holding | None:
    """What the gesture says that its hand holds; of two hands the right one does."""
    if not shot.gesture.holds:
        return None
    rng = chance(shot, "holding")
    name = shot.gesture.holds[int(rng.integers(len(shot.gesture.holds)))]
    return Holding(name=name, side=_SIDES[max(matter)], thing=held(name, rng))


def _somebody(rng: np.random.Generator, settings: PoseTransferSettings) -> tuple[Person, Figure | SmplxFigure]:
    person = sample_person(rng, settings=settings.people)
    return person, _figure(person, settings)


def _hands_that_matter(gesture: Gesture, wrists: Floats) -> tuple[int, ...]:
    """0 left, 1 right: the hands that show the gesture; of a gesture of either hand the one that travels farther."""
    if gesture.hands == "both":
        return 0, 1
    if gesture.hands in _SIDES:
        return (_SIDES.index(gesture.hands),)
    return (int(np.linalg.norm(np.diff(wrists, axis=0), axis=-1).sum(axis=0).argmax()),)


def _person(shot: Shot, settings: PoseTransferSettings, role: Cast | None) -> Person:
    given = role.person() if role is not None else None
    if given is not None:
        return given
    at_work = settings.at_work.get(shot.gesture.vocabulary, 0.0)
    return sample_person(chance(shot, "person"), settings=settings.people, work=at_work)


def _place(
    shot: Shot,
    settings: PoseTransferSettings,
    backgrounds: Backgrounds | None,
    seen: Camera,
    points: Floats,
    role: Cast | None,
) -> Place:
    given = role.place_stream() if role is not None else None
    rng = chance(shot, "place") if given is None else given
    if backgrounds is not None:
        environments = shot.gesture.environments
        return backgrounds.sample(rng, seen, environments=environments, astray=settings.astray)
    kind = role.place_kind() if role is not None else None
    return sample_place(
        rng,
        kinds=settings.places if kind is None else (kind,),
        camera=seen,
        points=points,
        environments=shot.gesture.environments if kind is None else (),
        astray=settings.astray if kind is None else 0.0,
        hours=settings.hours if role is None else role.hours(settings.hours),
    )
