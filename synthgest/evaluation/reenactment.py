"""Whether clips show what their sources showed: every captured clip is compared with the film or capture that drove it.

A clip has another camera than its source. So its joints are looked at as the source's camera would have seen them: where the
performer stands turned, and how high the camera was, is known of both. Then ``drift`` is what the performance, the body and the
extraction changed.
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Clip
from synthgest.errors import DatasetError, MotionError, SpecError
from synthgest.evaluation.drift import Drift, drift
from synthgest.extraction.video import video_keypoints
from synthgest.gestures import Gesture
from synthgest.motion.files import format_of, read
from synthgest.motion.keypoint_files import KEYPOINT_FORMATS, keypoints_in
from synthgest.motion.keypoint_fit import fit
from synthgest.motion.keypoints import Keypoints
from synthgest.motion.kinematics import forward
from synthgest.motion.mirror import twin
from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS
from synthgest.motion.sources import MotionFile

Array = NDArray[np.float64]

_BODY = SMPLX_JOINTS[:22]
_PALM = "middle1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reenacted:
    """A clip beside its source. hands: mean distance of the finger joints in palms' lengths, where the source shows them."""

    id: str
    gesture: str
    source: str
    drift: Drift
    hands: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a motion file shows.

    name: what records of clips call it. keypoints: as its camera saw them. view: (3, 3) from the motion to the camera's axes.
    away: metres from its lens, 0 where it sees from afar.
    """

    name: str
    keypoints: Keypoints
    view: Array
    away: float


def reenactments(
    clips: Iterable[Clip], gestures: Sequence[Gesture], *, progress: Callable[[int], None] | None = None
) -> list[Reenacted]:
    """Every clip that one of the gestures' motion files drove.

    Clips between two of them are left out, and those whose part of the source shows too little to be compared. DatasetError where
    nothing is left.
    """
    sources = {(gesture.name, source.name): source for gesture in gestures for source in map(_source, gesture.motions)}
    found = []
    for clip in clips:
        source = sources.get((clip.gesture, str(clip.record.provenance.get("motion", ""))))
        moments = clip.record.provenance.get("moments")
        if source is not None and moments and "mixed" not in clip.record.provenance:
            with contextlib.suppress(MotionError, SpecError):  # of a part in which hips or shoulders were never seen
                found.append(_compared(clip, source, np.asarray(moments, np.float64)))
        if progress is not None:
            progress(1)
    if not found:
        raise DatasetError(
            "none of the clips was driven by one of these files; give the folder that they were generated from"
        )
    return found


def _source(file: MotionFile) -> Source:
    name = format_of(file.path, file.reading)
    if name == "video" or name in KEYPOINT_FORMATS:
        keypoints = (
            video_keypoints(file.path, file.reading) if name == "video" else keypoints_in(file.path, file.reading)
        )
        found = fit(keypoints)
        return Source(name=found.motion.source, keypoints=keypoints, view=found.view, away=found.away)
    motion = read(file.path, file.reading)
    joints, _ = forward(motion.full_pose, motion.transl)
    names = SMPLX_JOINTS if motion.fingers else _BODY
    points = joints[:, [JOINT_INDEX[each] for each in names], :2] * [1, -1]
    seen = np.ones(points.shape[:2])
    return Source(
        name=motion.source,
        keypoints=Keypoints(points=points, seen=seen, names=tuple(names), fps=motion.fps, source=motion.source),
        view=np.eye(3),
        away=0.0,
    )


def _compared(clip: Clip, source: Source, moments: Array) -> Reenacted:
    there = _at(source.keypoints, moments, fps=clip.record.fps)
    here = _as_seen(clip, there, source)
    if there.framed:
        there, here = _framed(there), _framed(here)
    return Reenacted(
        id=clip.id,
        gesture=clip.gesture,
        source=str(clip.record.provenance["motion"]),
        drift=drift(there, here),
        hands=_hands(there, here),
    )


def _at(keypoints: Keypoints, moments: Array, *, fps: float) -> Keypoints:
    """The keypoints at moments, seconds, between those of the frames; what lies outside of the film was not seen."""
    place = moments * keypoints.fps
    last = len(keypoints) - 1
    low = np.floor(place).astype(int).clip(0, last)
    high, part = (low + 1).clip(0, last), (place - low)[:, None]
    seen = np.minimum(keypoints.seen[low], keypoints.seen[high])
    seen = np.where(((place >= -0.5) & (place <= last + 0.5))[:, None], seen, 0.0)
    points = keypoints.points[low] * (1 - part[..., None]) + keypoints.points[high] * part[..., None]
    return replace(keypoints, points=points, seen=seen, fps=fps)


def _as_seen(clip: Clip, like: Keypoints, source: Source) -> Keypoints:
    """The clip's joints as the source's camera would have seen them; of a mirrored performance, in a mirror."""
    joints = clip.truth()["joints_3d"].astype(np.float64)
    names = like.names
    if clip.record.provenance.get("mirrored"):
        joints, names = joints * [-1, 1, 1], tuple(twin(name) for name in names)
    joints = joints - joints[:, :1].mean(axis=0)
    points = joints[:, [JOINT_INDEX[name] for name in names]] @ source.view.T
    nearer = 1 / np.maximum(1 - points[..., 2:] / source.away, 0.1) if source.away else 1.0
    return Keypoints(
        points=points[..., :2] * [1, -1] * nearer,
        seen=np.ones(points.shape[:2]),
        names=like.names,
        fps=like.fps,
        source=f"the clip {clip.id}",
    )


def _framed(keypoints: Keypoints) -> Keypoints:
    """Each frame from the middle of its own trunk, in its own torsos: what has a scale in every frame is compared so."""
    shoulders, hips = (
        (keypoints.of(f"left_{part}") + keypoints.of(f"right_{part}")) / 2 for part in ("shoulder", "hip")
    )
    torso = np.linalg.norm(shoulders - hips, axis=1)[:, None, None]
    points = (keypoints.points - ((shoulders + hips) / 2)[:, None]) / torso
    known = np.isfinite(points).all(axis=2)
    return replace(keypoints, points=np.where(known[..., None], points, 0.0), seen=np.where(known, keypoints.seen, 0.0))


def _hands(there: Keypoints, here: Keypoints) -> float | None:
    """Mean distance of finger joints about their wrist, in palms' lengths; None where the source shows no fingers."""
    apart = []
    for side in ("left", "right"):
        fingers = [
            name for name in there.names if name.startswith(f"{side}_") and name[-1] in "123" and "spine" not in name
        ]
        if len(fingers) < 6 or not {f"{side}_wrist", f"{side}_{_PALM}"} <= set(there.names):
            continue
        own = [
            np.stack([each.of(name) - each.of(f"{side}_wrist") for name in fingers], axis=1) for each in (there, here)
        ]
        spans = [each.of(f"{side}_{_PALM}") - each.of(f"{side}_wrist") for each in (there, here)]
        palms = [np.nanmedian(np.linalg.norm(span, axis=1)) for span in spans]
        distances = np.linalg.norm(own[0] / palms[0] - own[1] / palms[1], axis=2)
        apart.append(distances[np.isfinite(distances)])
    every = np.concatenate(apart) if apart else np.zeros(0)
    return float(every.mean()) if len(every) else None
