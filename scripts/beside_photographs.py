"""Drawn poses beside photographs of real people who give the same signal, a row a class: to be looked at, and mended.

python scripts/beside_photographs.py drone PHOTOGRAPHS sheet.png     (PHOTOGRAPHS: a folder of class folders named as the gestures)
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from synthgest.data.sheet import titled, write_picture
from synthgest.frames import Frames
from synthgest.gestures import load_gestures
from synthgest.preview import PreviewSettings, draw_strip

_SIDE = 224
_DRAWN, _TAKEN = 3, 4
_MIDDLE = 0.7  # part of a photograph's height and, in the middle, of its width that is shown


def _photographs(folder: Path) -> list[Frames]:
    paths = sorted(folder.iterdir())
    chosen = paths[:: max(1, len(paths) // _TAKEN)][:_TAKEN]
    return [_cut(cv2.imread(str(path))[..., ::-1]) for path in chosen]


def _cut(picture: np.ndarray) -> Frames:
    side = int(picture.shape[0] * _MIDDLE)
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    return cv2.resize(
        picture[top : top + side, left : left + side], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA
    ).astype(np.uint8)


def main() -> None:
    """Read the arguments and write the sheet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("vocabulary")
    parser.add_argument("photographs", type=Path)
    parser.add_argument("sheet", type=Path)
    given = parser.parse_args()
    rows = []
    for gesture in load_gestures([given.vocabulary]):
        settings = [PreviewSettings(size=_SIDE, frames=1, seed=seed) for seed in range(_DRAWN)]
        drawn = [draw_strip(gesture, each)[0] for each in settings]
        taken = _photographs(given.photographs / gesture.bare_name)
        rows.append(titled(np.concatenate([*drawn, *taken], axis=1), gesture.name))
    write_picture(given.sheet, rows)


if __name__ == "__main__":
    main()
