"""The values that pass between the parts: a recipe and a seed become shots, shots become rendered clips."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from numpy.typing import NDArray

from synthgest.gestures import Gesture


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What others measured, for estimates; no clip depends on it. seconds: of one clip. memory_gb: of the accelerator.

    seconds_on, memory_on: with what hardware and savings, and who says so. 0 and empty where nothing was published.
    """

    seconds: float = 0.0
    seconds_on: str = ""
    memory_gb: float = 0.0
    memory_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A named generator: which engine cooks, and with what settings (one file of ``generators/``).

    name: the file's stem, as on the command line. engine: name of the entry point in ``synthgest.engines``.
    settings: the engine's own keys, plain TOML values. licence: of the clips that come out. source: where the settings
    were taken from. summary: one line for lists. tested: what was run here. published: cost by others' measurement. batch: shots
    handed to the engine at once. patience: seconds without a sign of life after which a worker counts as hung.
    gpus: of each worker on a cluster, for engines that use them; a part of one will do.
    """

    name: str
    engine: str
    settings: Mapping[str, Any]
    licence: str = ""
    source: str = ""
    summary: str = ""
    tested: str = ""
    published: Published = field(default_factory=Published)
    batch: int = 1
    patience: float = 900.0
    gpus: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One clip to be made.

    id: 20 hexadecimal digits, a hash of all that the clip depends on. gesture: what is shown. index: its number among
    the gesture's clips, from 0. seed: 62 bits, a hash of base seed, gesture name and index. recipe: name of the recipe.
    attempt: 0, and one more each time that a spoilt clip is tried again with the next seed.
    """

    id: str
    gesture: Gesture
    index: int
    seed: int
    recipe: str
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A take that was spoilt: the seed it used, the reason code and the reason in words."""

    seed: int
    reason: str
    message: str


TRUTH: dict[str, str] = {
    "joints_3d": "(T, 55, 3) float32: SMPL-X joints in the world, metres, Y up",
    "joints_2d": "(T, 55, 2) float32: the same in the picture, pixels, origin at the top left corner",
    "coco_keypoints": "(T, 17, 3) float32: COCO-17 x, y in pixels and visibility (0 outside the picture, 1 hidden, 2 visible)",
    "fingertips_2d": "(T, 10, 2) float32: fingertips in the picture, pixels; left then right hand, index middle pinky ring thumb",
    "camera_intrinsics": "(T, 3, 3) float32: pinhole matrix K of each frame, pixels",
    "camera_extrinsics": "(T, 4, 4) float32: world to camera, OpenCV axes (x right, y down, z forward), metres",
    "boxes": "(T, P, 4) float32: left, top, right, bottom, pixels, of what is seen of the performer, then of others",
    "instances": "(T, H, W) uint8: 1 the performer, 2 and up the others in the order of boxes, 0 neither; where there are others",
    "smplx_pose": "(T, 55, 3) float32: SMPL-X rotations, axis-angle, radians",
    "smplx_transl": "(T, 3) float32: displacement of the pelvis, metres",
    "mask": "(T, H, W) bool: pixels of the person",
    "depth": "(T, H, W) float16: distance along the camera's axis, metres; 0 where there is no person",
}
"""Names that ground truth may have, with axes, dtype and unit."""


DigitalSourceType = Literal["trainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic"]
"""IPTC's terms for what is AI-generated: by a trained model, by an algorithm alone, or put together with what was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What an engine made of one shot.

    frames: (T, H, W, 3) RGB, uint8; or float in [0, 1], checked for NaN before it becomes uint8. fps: frames per
    second. truth: arrays named as in ``TRUTH``, where the engine knows them. provenance: plain values that say what the
    clip was made from (source, motion, body, background, prompt ...), kept in its record. digital_source_type: how it came about.
    """

    frames: NDArray[Any]
    fps: float
    truth: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    digital_source_type: DigitalSourceType = "trainedAlgorithmicMedia"


@runtime_checkable
class Engine(Protocol):
    """Turns shots into rendered clips, one for each shot and in the same order.

    An engine that raises spoils the shot it was making; the caller records why and goes on with the next one.
    """

    def generate(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        """Yield one ``Rendered`` for each shot, in order."""
        ...


@runtime_checkable
class Fingerprinted(Protocol):
    """An engine whose clips depend on more than its recipe: shipped assets, a model's revision, files in a folder."""

    def fingerprint(self) -> Mapping[str, str]:
        """What the clips depend on outside of the recipe, each with a digest or version; part of every clip's id."""
        ...


@runtime_checkable
class Licensed(Protocol):
    """An engine whose clips may carry another licence than its recipe's."""

    @property
    def licence(self) -> str:
        """Of the clips."""
        ...


@runtime_checkable
class Demanding(Protocol):
    """An engine that cannot show every gesture."""

    def require(self, gestures: Sequence[Gesture]) -> None:
        """Raise SpecError for a gesture that it cannot show."""
        ...


@runtime_checkable
class Selective(Protocol):
    """An engine that can draw some frames of a clip alone, and quickly."""

    def length(self, shot: Shot) -> int:
        """Frames of the shot's clip."""
        ...

    def take(self, shot: Shot, frames: Sequence[int] | None) -> Rendered:
        """These frames (numbers, rising) or all, as they look in the whole clip; one ``Rendered`` of so many frames."""
        ...


@runtime_checkable
class Resident(Protocol):
    """An engine with a model in memory: something is made ready once a run, and each worker has an accelerator of its own."""

    def devices(self) -> Sequence[str]:
        """What ``CUDA_VISIBLE_DEVICES`` is for each accelerator that may be used; empty where there is none."""
        ...

    def ready(self, shots: Sequence[Shot], *, trial: bool) -> Recipe:
        """Fetch and ask for what the shots need, before workers start; returns the recipe that the workers cook.

        trial: the clips are thrown away, so nothing is asked of a service that costs.
        """
        ...


class EngineFactory(Protocol):
    """What an entry point in ``synthgest.engines`` names: builds an engine, refusing settings that it does not know."""

    def __call__(self, recipe: Recipe) -> Engine:
        """Build the engine; raise SpecError for a wrong setting."""
        ...
