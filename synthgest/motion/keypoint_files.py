"""Keypoints in pictures, as estimators save them, as motions: tables, COCO's JSON, OpenPose's files, MediaPipe's landmarks."""

import csv
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MotionError
from synthgest.motion.following import follow
from synthgest.motion.keypoint_fit import extracted
from synthgest.motion.keypoint_layouts import HAND_POINTS, MEDIAPIPE_POINTS, Named, coco, hand, mediapipe, openpose
from synthgest.motion.keypoints import Keypoints
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX
from synthgest.motion.sources import OPENPOSE_FILES

Array = NDArray[np.float64]

_COCO_COUNTS = (17, 133)
_OPENPOSE_POINTS = 25
_SIDES = ("left", "right")
_SPARSE = 4  # ids that are further apart on the mean do not count frames
_LARGEST = 2**28  # bytes


def read_keypoints(path: Path, reading: Reading) -> Motion:
    """The motion that was seen, from a file whose format the reading names: see ``keypoints_in``."""
    return extracted(keypoints_in(path, reading))


def keypoints_in(path: Path, reading: Reading) -> Keypoints:
    """Keypoints as files hold them; ``fps`` must be given where the file does not say it. MotionError.

    ``keypoints-csv``: columns ``left_wrist_x``, ``left_wrist_y`` and perhaps ``left_wrist_score``; a row is a frame, an empty cell
    was not seen. ``keypoints-coco``: results, or a table with ``annotations``, of 17 or 133 keypoints. ``keypoints-openpose``: a
    folder with a file for each frame, BODY_25 and perhaps hands, or a list of such frames in one file. ``keypoints-mediapipe``:
    frames with ``pose_landmarks`` and perhaps those of hands, parts of the picture, whose width and height must be known.

    Of several people the surest is followed.
    """
    return _FORMATS[reading.format or "keypoints-openpose"](path, reading)


def write_keypoints(path: Path, keypoints: Keypoints) -> None:
    """Write keypoints as ``keypoints-csv``; numbers have as many digits as a hundredth of a pixel needs."""
    header = [f"{name}_{part}" for name in keypoints.names for part in ("x", "y", "score")]
    values = np.concatenate([keypoints.points, keypoints.seen[..., None]], axis=2).reshape(len(keypoints), -1)
    try:
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(header)
            writer.writerows([f"{value:.3f}" if np.isfinite(value) else "" for value in row] for row in values)
    except OSError as error:
        raise MotionError(f"cannot write {path}: {error.strerror}") from error


def _csv(path: Path, reading: Reading) -> Keypoints:
    try:
        rows = list(csv.DictReader(_text(path).splitlines()))
    except csv.Error as error:
        raise MotionError(f"{path} is no table: {error}") from error
    columns = set(rows[0]) if rows else set()
    names = tuple(name for name in JOINT_INDEX if {f"{name}_x", f"{name}_y"} <= columns)
    if not names:
        raise MotionError(
            f"{path} has no columns such as left_wrist_x and left_wrist_y; it has {', '.join(map(str, columns))[:300]}"
        )
    cells = [
        [[_number(row.get(f"{name}_{part}", "1"), path) for part in ("x", "y", "score")] for name in names]
        for row in rows
    ]
    values = np.array(cells)
    values[~np.isfinite(values).all(axis=2)] = 0.0
    return _keypoints(dict(zip(names, values.transpose(1, 0, 2), strict=True)), path, reading)


def _coco(path: Path, reading: Reading) -> Keypoints:
    told = _json(path)
    found = told.get("annotations") if isinstance(told, dict) else told
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise MotionError(f"{path} holds no list of people; expected COCO's results, or annotations")
    frames: dict[Any, list[Array]] = {}
    for each in found:
        image = each.get("image_id")
        if not isinstance(image, int | str):
            raise MotionError(f"image_id in {path} is {image!r}; expected a number or a name")
        frames.setdefault(image, []).append(_points(each.get("keypoints"), _COCO_COUNTS, path))
    counts = {len(person) for people in frames.values() for person in people}
    if len({type(image) for image in frames}) > 1 or len(counts) > 1:
        raise MotionError(f"{path} mixes numbers and names of images, or people of 17 and of 133 keypoints")
    whole = follow([frames.get(image, []) for image in _in_order(frames)], path.name)
    whole[..., 2] /= max(1.0, whole[..., 2].max())  # annotations say 2 of what is seen, 1 of what is hidden
    return _keypoints(coco(whole), path, reading, height=_common(told, "height"))


def _in_order(images: Collection[Any]) -> Sequence[Any]:
    """Images by id; where ids count frames, those in which nobody was seen have their place too."""
    ids = sorted(images)
    if isinstance(ids[0], int) and ids[-1] - ids[0] < _SPARSE * len(ids):
        return range(ids[0], ids[-1] + 1)
    return ids


def _openpose(path: Path, reading: Reading) -> Keypoints:
    files = sorted(path.glob(OPENPOSE_FILES)) if path.is_dir() else []
    if path.is_dir() and not files:
        raise MotionError(f"the folder {path} holds no files {OPENPOSE_FILES}, as OpenPose writes them")
    frames = [_json(file) for file in files] if files else _json(path)
    if isinstance(frames, dict):
        frames = [frames]
    if not isinstance(frames, list) or not all(
        isinstance(each, dict) and isinstance(each.get("people"), list) for each in frames
    ):
        raise MotionError(
            f"{path} holds frames without a list of people; expected what OpenPose writes with --write_json"
        )
    people = [[_openpose_person(each, path) for each in frame["people"]] for frame in frames]
    whole = follow(people, path.name)
    named = openpose(whole[:, :_OPENPOSE_POINTS])
    for side, first in zip(_SIDES, (_OPENPOSE_POINTS, _OPENPOSE_POINTS + HAND_POINTS), strict=True):
        named |= hand(side, whole[:, first : first + HAND_POINTS])
    return _keypoints(named, path, reading)


def _openpose_person(told: Any, path: Path) -> Array:
    """(67, 3): body, left hand, right hand; zeros where there are no hands."""
    told = told if isinstance(told, dict) else {}
    parts = [_points(told.get("pose_keypoints_2d"), (_OPENPOSE_POINTS,), path)]
    for side in _SIDES:
        hands = told.get(f"hand_{side}_keypoints_2d")
        parts.append(_points(hands, (HAND_POINTS,), path) if hands else np.zeros((HAND_POINTS, 3)))
    return np.concatenate(parts)


def _mediapipe(path: Path, reading: Reading) -> Keypoints:
    told = _json(path)
    frames = told.get("frames") if isinstance(told, dict) else told
    if not isinstance(frames, list) or not frames or not all(isinstance(frame, dict) for frame in frames):
        raise MotionError(f"{path} holds no list of frames; expected tables with pose_landmarks")
    own = told if isinstance(told, dict) else {}
    width, height = (getattr(reading, name) or _positive(own.get(name)) for name in ("width", "height"))
    if not (width and height):
        raise MotionError(f"{path} has landmarks as parts of the picture; give its width and height, pixels")
    size = np.array([width, height, 1.0])
    named = mediapipe(_landmarks(frames, "pose_landmarks", MEDIAPIPE_POINTS, path) * size)
    for side in _SIDES:
        named |= hand(side, _landmarks(frames, f"{side}_hand_landmarks", HAND_POINTS, path) * size)
    return _keypoints(named, path, reading, height=height, fps=_positive(own.get("fps")))


def _landmarks(frames: Iterable[Mapping[str, Any]], key: str, count: int, path: Path) -> Array:
    """(T, count, 3) x, y and visibility of whoever is surest; zeros where a frame has none. Hands have no visibility."""
    people = [[_landmarked(each, count, path) for each in _people(frame.get(key))] for frame in frames]
    if count == HAND_POINTS:
        people = [[np.column_stack([each[:, :2], np.ones(count)]) for each in own] for own in people]
    return follow(people, path.name) if any(people) else np.zeros((len(people), count, 3))


def _people(told: Any) -> Sequence[Any]:
    """The landmarks of each person: a frame has those of one, or a list of several; each may be a table with ``landmark``."""
    if isinstance(told, dict):
        return _people(told.get("landmark"))
    if not isinstance(told, list) or not told:
        return []
    several = isinstance(told[0], dict) and "landmark" in told[0]
    several |= isinstance(told[0], list) and bool(told[0]) and isinstance(told[0][0], dict | list)
    return [each["landmark"] if isinstance(each, dict) else each for each in told] if several else [told]


def _landmarked(told: Sequence[Any], count: int, path: Path) -> Array:
    """(count, 3) of one person; what has no visibility was seen."""
    flat: list[Any] = []
    for each in told:
        if isinstance(each, dict):
            visible = each.get("visibility")
            flat += [each.get("x"), each.get("y"), 1.0 if visible is None else visible]
        elif isinstance(each, list) and len(each) >= 2:
            flat += [*each[:2], each[3] if len(each) > 3 else 1.0]
        else:
            raise MotionError(f"a landmark in {path} is {each!r}; expected x, y, z and perhaps visibility")
    return _points(flat, (count,), path)


_FORMATS: Mapping[str, Callable[[Path, Reading], Keypoints]] = {
    "keypoints-csv": _csv,
    "keypoints-coco": _coco,
    "keypoints-openpose": _openpose,
    "keypoints-mediapipe": _mediapipe,
}

KEYPOINT_FORMATS = frozenset(_FORMATS)
"""Formats of keypoints in pictures."""


def _keypoints(named: Named, path: Path, reading: Reading, *, height: float = 0.0, fps: float = 0.0) -> Keypoints:
    rate = reading.fps or fps
    if not rate:
        raise MotionError(f"{path} does not say how many frames a second it has; give fps")
    count = len(next(iter(named.values())))
    if reading.first >= count:
        raise MotionError(f"{path} has {count} frames, of which the first {reading.first} shall be left out")
    whole = np.stack([values[reading.first :] for values in named.values()], axis=1)
    if not (whole[..., 2] > 0).any():
        raise MotionError(f"{path} shows nobody")
    return Keypoints(
        points=whole[..., :2],
        seen=np.clip(whole[..., 2], 0.0, 1.0),
        names=tuple(named),
        fps=rate,
        height=reading.height or height,
        framed=reading.framed,
        source=path.name,
    ).shown()


def _points(told: Any, counts: tuple[int, ...], path: Path) -> Array:
    """(K, 3) x, y and how sure."""
    try:
        values = np.array(told, dtype=np.float64).reshape(-1, 3)
    except (TypeError, ValueError):
        values = np.zeros((0, 3))
    if len(values) not in counts or not np.isfinite(values).all() or values[:, 2].min() < 0:
        raise MotionError(f"keypoints in {path} are not x, y and certainty of {' or '.join(map(str, counts))} points")
    return values


def _common(told: Any, name: str) -> float:
    """What all images have in common, where the file says so; else 0."""
    images = told.get("images") if isinstance(told, dict) else None
    values = {each.get(name) for each in images if isinstance(each, dict)} if isinstance(images, list) else set()
    return _positive(values.pop()) if len(values) == 1 else 0.0


def _positive(told: Any) -> float:
    return float(told) if isinstance(told, int | float) and 0 < told <= 1e5 else 0.0


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise MotionError(f"{path} is no JSON: {error}") from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise MotionError(
                f"{path} has {path.stat().st_size / 2**20:.0f} MB; expected {_LARGEST / 2**20:.0f} at most"
            )
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MotionError(f"cannot read {path}: {error}") from error


def _number(cell: str | None, path: Path) -> float:
    try:
        return float(cell) if cell else float("nan")
    except ValueError:
        raise MotionError(f"{path} holds {cell!r} where a number belongs") from None
