"""Keypoints in pictures as motions: tables with named columns, and COCO's JSON, of 17 or 133 keypoints.

COCO: Lin et al. 2014; COCO-WholeBody: Jin et al. 2020, whose first 23 are those of the body and of the feet.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MotionError
from synthgest.motion.keypoint_fit import extracted
from synthgest.motion.keypoints import Keypoints
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import COCO_KEYPOINTS, JOINT_INDEX

Array = NDArray[np.float64]

_BODY = COCO_KEYPOINTS[5:]
_EARS = [COCO_KEYPOINTS.index(f"{side}_ear") for side in ("left", "right")]
_TOES = {17: "left_foot", 20: "right_foot"}
_COUNTS = (17, 133)
_LARGEST = 2**28  # bytes


def read_keypoints_csv(path: Path, reading: Reading) -> Motion:
    """A ``.csv`` whose header names columns ``left_wrist_x``, ``left_wrist_y`` and perhaps ``left_wrist_score``.

    Other columns are left alone. A row is a frame; an empty cell was not seen. ``fps`` must be given.
    """
    text = _text(path)
    rows = list(csv.DictReader(text.splitlines()))
    columns = set(rows[0]) if rows else set()
    names = tuple(name for name in JOINT_INDEX if {f"{name}_x", f"{name}_y"} <= columns)
    if not names:
        raise MotionError(
            f"{path} has no columns such as left_wrist_x and left_wrist_y; it has {', '.join(map(str, columns))[:300]}"
        )
    points = np.array([[[_number(row[f"{name}_{axis}"], path) for axis in "xy"] for name in names] for row in rows])
    scores = np.array([[_number(row.get(f"{name}_score", "1"), path) for name in names] for row in rows])
    known = np.isfinite(points).all(axis=2) & np.isfinite(scores)
    return _motion(points, np.where(known, scores, 0.0), names, path, reading, reading.height)


def read_coco(path: Path, reading: Reading) -> Motion:
    """A ``.json`` of COCO: a list of results, or a table with ``annotations``, each with ``image_id`` and ``keypoints``.

    Of several people in a picture the one that is surest is taken; images come in the order of their ids. ``fps`` must be given.
    """
    try:
        told = json.loads(_text(path))
    except ValueError as error:
        raise MotionError(f"{path} is no JSON: {error}") from error
    found = told.get("annotations") if isinstance(told, dict) else told
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise MotionError(f"{path} holds no list of people; expected COCO's results, or annotations")
    frames: dict[Any, Array] = {}
    for each in found:
        person, image = _person(each, path), each.get("image_id")
        if not isinstance(image, int | str):
            raise MotionError(f"image_id in {path} is {image!r}; expected a number or a name")
        if image not in frames or person[:, 2].sum() > frames[image][:, 2].sum():
            frames[image] = person
    if len({type(image) for image in frames}) > 1 or len({len(person) for person in frames.values()}) > 1:
        raise MotionError(f"{path} mixes numbers and names of images, or people of 17 and of 133 keypoints")
    whole = np.stack([frames[image] for image in sorted(frames)])
    whole[..., 2] /= max(1.0, whole[..., 2].max())  # annotations say 2 of what is seen, 1 of what is hidden
    chosen = {name: whole[:, COCO_KEYPOINTS.index(name)] for name in _BODY}
    ears = whole[:, _EARS]
    chosen["head"] = np.concatenate([ears[..., :2].mean(axis=1), ears[..., 2:].min(axis=1)], axis=1)
    chosen |= {name: whole[:, number] for number, name in _TOES.items() if number < whole.shape[1]}
    points = np.stack(list(chosen.values()), axis=1)
    return _motion(points[..., :2], points[..., 2], tuple(chosen), path, reading, reading.height or _height(told))


def _motion(points: Array, seen: Array, names: Sequence[str], path: Path, reading: Reading, height: float) -> Motion:
    if not reading.fps:
        raise MotionError(f"{path} does not say how many frames a second it has; give fps")
    if reading.first >= len(points):
        raise MotionError(f"{path} has {len(points)} frames, of which the first {reading.first} shall be left out")
    points, seen = points[reading.first :], seen[reading.first :]
    shown = np.flatnonzero(seen.any(axis=0))  # what no frame shows says nothing
    keypoints = Keypoints(
        points=points[:, shown],
        seen=seen[:, shown],
        names=tuple(names[number] for number in shown.tolist()),
        fps=reading.fps,
        height=height,
        framed=reading.framed,
        source=path.name,
    )
    return extracted(keypoints)


def _person(told: Mapping[str, Any], path: Path) -> Array:
    """(K, 3) x, y and how sure."""
    try:
        values = np.array(told.get("keypoints"), dtype=np.float64).reshape(-1, 3)
    except (TypeError, ValueError):
        values = np.zeros((0, 3))
    if len(values) not in _COUNTS or not np.isfinite(values).all() or values[:, 2].min() < 0:
        raise MotionError(f"keypoints in {path} are not x, y and certainty of {' or '.join(map(str, _COUNTS))} points")
    return values


def _height(told: Any) -> float:
    """Of the pictures, where all are alike and the file says so; else 0."""
    images = told.get("images") if isinstance(told, dict) else None
    heights = {each.get("height") for each in images if isinstance(each, dict)} if isinstance(images, list) else set()
    height = heights.pop() if len(heights) == 1 else 0
    return float(height) if isinstance(height, int | float) and 0 < height <= 1e5 else 0.0


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
