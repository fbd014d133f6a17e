"""A contact sheet: a few frames of a few clips of every gesture in one picture, to be looked at before it is believed."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from synthgest.data.dataset import Clip
from synthgest.data.storage import make_folder, write_bytes
from synthgest.data.video import tsn_indices
from synthgest.errors import DatasetError, SpecError
from synthgest.frames import Frames

_SUFFIXES = (".png", ".jpg")
_TILE = 112
_MARGIN = 4
_TITLE = 22
_PAPER = 250
_INK = (30, 30, 30)


def write_sheet(path: Path, clips: Sequence[Clip], *, columns: int = 3, frames: int = 5) -> None:
    """Write a PNG or JPEG: a row a gesture with ``columns`` of its clips, each as a strip of ``frames`` frames in time order."""
    require_sheet(path)
    if not clips:
        raise DatasetError(f"there are no clips to draw in {path}")
    write_picture(path, [_row(name, shown[:columns], frames) for name, shown in _by_gesture(clips).items()])


def write_picture(path: Path, rows: Sequence[Frames]) -> None:
    """Write rows (H, W, 3), RGB, one below the other, as a PNG or JPEG."""
    require_sheet(path)
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=_PAPER) for row in rows]
    _, encoded = cv2.imencode(path.suffix.lower(), np.concatenate(padded)[..., ::-1])
    make_folder(path.parent)
    write_bytes(path, encoded.tobytes())


def require_sheet(path: Path) -> None:
    """Refuse a path of which no sheet can be made, before the work that it is to show."""
    if path.suffix.lower() not in _SUFFIXES:
        raise SpecError(f"cannot write the sheet {path}; expected a name that ends in {' or '.join(_SUFFIXES)}")


def _by_gesture(clips: Sequence[Clip]) -> dict[str, list[Clip]]:
    groups: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        groups[clip.gesture].append(clip)
    return groups


def _row(name: str, clips: Sequence[Clip], frames: int) -> Frames:
    strips = [
        np.pad(_strip(clip, frames), ((0, _MARGIN), (0, 3 * _MARGIN), (0, 0)), constant_values=_PAPER) for clip in clips
    ]
    height = max(strip.shape[0] for strip in strips)
    strips = [np.pad(strip, ((0, height - len(strip)), (0, 0), (0, 0)), constant_values=_PAPER) for strip in strips]
    return titled(np.concatenate(strips, axis=1), name)


def titled(row: Frames, name: str) -> Frames:
    """A row of pictures (H, W, 3) under a line that says its name."""
    title = np.full((_TITLE, row.shape[1], 3), _PAPER, np.uint8)
    # OpenCV's font has no glyph beyond ASCII
    text = name.encode("ascii", "replace").decode().replace("\n", " ")[:100]
    cv2.putText(title, text, (2, _TITLE - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
    return np.concatenate([title, row])


def _strip(clip: Clip, frames: int) -> Frames:
    picture = clip.frames()
    chosen = picture[list(tsn_indices(len(picture), frames))]
    height = _TILE
    width = round(picture.shape[2] * height / picture.shape[1])
    tiles = [cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA) for frame in chosen]
    return np.concatenate(tiles, axis=1).astype(np.uint8)
