"""Preview: what a gesture looks like, in one strip of pictures and one short clip, before a data set is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from synthgest.data.sheet import titled, write_picture
from synthgest.data.storage import make_folder, write_whole
from synthgest.data.video import write_video
from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.engines.staging import Staged
from synthgest.errors import SpecError
from synthgest.frames import Frames
from synthgest.gestures import Gesture
from synthgest.plan import plan
from synthgest.recipes import load_recipe
from synthgest.takes import first_sound
from synthgest.types import Shot

_LONGEST = 1.7  # seconds that a strip covers: a repetition or two, close enough in time to be read as a movement
_LEAD = 0.25
_SNAP = 0.4  # part of the time between two pictures
_ANY = 1.0  # pixels of a hand that may be of any size
_AROUND = 1.25  # side of a close-up, as a factor of what the hands that matter travel through


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSettings:
    """How previews are drawn.

    generator: recipe of the engine ``pose-transfer``. seed: of person, place and performance. size: pixels of a frame's side.
    frames: pictures of a strip. close: whether the strip is cut to the hands, as it is good for gestures of the fingers. small:
    whether hands may be smaller than the recipe says, as those of somebody are who runs across the picture.
    """

    generator: str = "pose-transfer-clean"
    seed: int = 0
    size: int = 256
    frames: int = 7
    close: bool = False
    small: bool = False

    def __post_init__(self) -> None:
        if not 64 <= self.size <= 2048 or self.size % 2:
            raise SpecError(f"size is {self.size}; expected an even number of pixels from 64 to 2048")
        if not 1 <= self.frames <= 48:
            raise SpecError(f"frames is {self.frames}; expected 1 to 48 pictures in a strip")


def draw_strip(gesture: Gesture, settings: PreviewSettings) -> Frames:
    """(N, H, W, 3) uint8 RGB: the gesture proper in N pictures, evenly spaced in time."""
    engine, shot, staged = _prepared(gesture, settings)
    wanted = _moments(staged, settings)
    pictures = engine.take(shot, sorted(set(wanted)))
    frames = pictures.frames[np.searchsorted(sorted(set(wanted)), wanted)]
    if not settings.close:
        return frames
    return _cropped(frames, pictures.truth["joints_2d"], pictures.truth["fingertips_2d"], gesture, settings.size)


def write_strips(path: Path, gestures: Sequence[Gesture], settings: PreviewSettings, *, titles: bool = True) -> None:
    """Write a PNG or JPEG: a row a gesture, under its name if ``titles``."""
    rows = [np.concatenate(list(draw_strip(gesture, settings)), axis=1) for gesture in gestures]
    write_picture(
        path, [titled(row, gesture.name) if titles else row for row, gesture in zip(rows, gestures, strict=True)]
    )


def write_clip(path: Path, gesture: Gesture, settings: PreviewSettings) -> None:
    """Write the whole performance as an mp4."""
    if path.suffix.lower() != ".mp4":
        raise SpecError(f"cannot write the clip {path}; expected a name that ends in .mp4")
    engine, shot, _ = _prepared(gesture, settings)
    rendered = engine.take(shot, None)
    make_folder(path.parent)
    write_whole(path, lambda part: write_video(part, rendered.frames, rendered.fps))


def _prepared(gesture: Gesture, settings: PreviewSettings) -> tuple[PoseTransfer, Shot, Staged]:
    sized = {"width": settings.size, "height": settings.size}
    recipe = load_recipe(settings.generator, sized | ({"camera": {"hand_pixels": _ANY}} if settings.small else {}))
    if recipe.engine != "pose-transfer":
        raise SpecError(
            f"{settings.generator} uses the engine {recipe.engine!r}; a preview needs one of 'pose-transfer'"
        )
    engine = PoseTransfer(recipe)
    engine.require([gesture])
    (shot,) = plan([gesture], recipe, clips=1, seed=settings.seed, fingerprint=engine.fingerprint())
    return engine, *first_sound(shot, engine.stage)


def _moments(staged: Staged, settings: PreviewSettings) -> list[int]:
    """Numbers of the frames that show the gesture: from a little before it to its end, or as much as can be read as a movement.

    A close-up begins where the hand has come up.
    """
    (start, end), count = staged.performance.shown, settings.frames
    raised = staged.performance.marks[0].seconds if staged.performance.marks else start
    start = max(start, raised) if settings.close else max(0.0, start - _LEAD)
    moments = np.linspace(start, min(end, start + _LONGEST), count) if count > 1 else np.array([(start + 2 * end) / 3])
    # Where a keyframe is near it is shown itself: movements are read from where they turn.
    reached = np.array([mark.seconds for mark in staged.performance.marks] or [np.inf])
    nearest = reached[np.abs(reached[None] - moments[:, None]).argmin(axis=1)]
    spacing = (moments[-1] - moments[0]) / max(count - 1, 1)
    moments = np.where(np.abs(nearest - moments) < _SNAP * spacing, nearest, moments)
    last = len(staged.motion) - 1
    return [int(number) for number in np.clip(np.rint(moments * staged.motion.fps), 0, last)]


def _cropped(frames: Frames, joints: Frames, tips: Frames, gesture: Gesture, size: int) -> Frames:
    """The square around the hands that show the gesture, enlarged to ``size``."""
    wrists = joints[:, [20, 21]]
    travelled = np.abs(np.diff(wrists, axis=0)).sum(axis=(0, 2))
    hands = {"left": [0], "right": [1], "both": [0, 1]}.get(gesture.hands) or [int(travelled.argmax())]
    raised = [hand for hand in hands if wrists[:, hand, 1].min() < joints[:, 0, 1].min()] or hands
    points = np.concatenate(
        [np.concatenate([wrists[:, [hand]], tips[:, 5 * hand : 5 * hand + 5]], axis=1) for hand in raised], axis=1
    ).reshape(-1, 2)
    middle, side = (points.min(axis=0) + points.max(axis=0)) / 2, float(np.ptp(points, axis=0).max()) * _AROUND
    side = min(max(side, 24.0), float(min(frames.shape[1:3])))
    left, top = (int(np.clip(centre - side / 2, 0, frames.shape[2] - side)) for centre in middle)
    cut = frames[:, top : top + int(side), left : left + int(side)]
    return np.stack([cv2.resize(frame, (size, size), interpolation=cv2.INTER_CUBIC) for frame in cut]).astype(np.uint8)
