"""Blind naming: unlabelled, shuffled strips for somebody who knows only the list of names, and the count of what was named right.

    python scripts/blind_naming.py draw rocog everyday --seed 1 --out blind     (sheets, names.txt; the key stays in blind/key.json)
    python scripts/blind_naming.py draw --from takes --each 2 ...                (a folder of motion files for each name)
    python scripts/blind_naming.py count blind answers.json                     ({"1": "wave", "2": ...})

Give the reader the sheets and names.txt alone. The seed is fixed before anything is drawn, and used once.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from scipy.stats import binomtest

from synthgest.data.sheet import titled, write_picture
from synthgest.frames import Frames
from synthgest.gestures import Gesture, gestures_from_folder, load_gestures
from synthgest.preview import PreviewSettings, draw_strip

_ROWS = 4


def draw(
    gestures: Sequence[Gesture], out: Path, *, seed: int, each: int, frames: int, close: bool, size: int, columns: int
) -> None:
    """Write the sheets, the names and the key: some strips or more a gesture, each another person elsewhere, in shuffled order."""
    rng = np.random.default_rng(seed)
    # A few more of some, so that nobody can count on every name's coming equally often.
    more = rng.choice(len(gestures), size=len(gestures) // 4, replace=False)
    drawn = [gesture for gesture in gestures for _ in range(each)] + [gestures[int(number)] for number in more]
    order = rng.permutation(len(drawn))
    out.mkdir(parents=True)
    rows, key = [], {}
    for number, place in enumerate(order, start=1):
        gesture = drawn[int(place)]
        key[str(number)] = gesture.bare_name
        own = int(rng.integers(2**31))
        rows.append(_strip(gesture, number, own, frames=frames, close=close, size=size))
    lines = [np.concatenate(rows[start : start + columns], axis=1) for start in range(0, len(rows), columns)]
    for sheet, start in enumerate(range(0, len(lines), _ROWS), start=1):
        write_picture(out / f"sheet-{sheet:02d}.png", lines[start : start + _ROWS])
    (out / "names.txt").write_text(
        "\n".join(sorted({gesture.bare_name for gesture in gestures})) + "\n", encoding="utf-8"
    )
    (out / "key.json").write_text(json.dumps({"seed": seed, "key": key}, indent=1) + "\n", encoding="utf-8")


def _strip(gesture: Gesture, number: int, seed: int, *, frames: int, close: bool, size: int) -> Frames:
    settings = PreviewSettings(
        generator="pose-transfer", seed=seed, size=max(size, 448 if close else 0), frames=frames, close=close
    )
    pictures = draw_strip(gesture, settings)
    tiles = [cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA) for picture in pictures]
    return titled(np.concatenate(tiles, axis=1).astype(np.uint8), str(number))


def count(out: Path, answers: Path) -> dict[str, object]:
    """Accuracy with Wilson's interval, what was taken for what, by gesture."""
    key = json.loads((out / "key.json").read_text(encoding="utf-8"))["key"]
    said = json.loads(answers.read_text(encoding="utf-8"))
    right = sum(said.get(number) == name for number, name in key.items())
    interval = binomtest(right, len(key)).proportion_ci(method="wilson")
    mistaken = Counter(f"{name} named {said.get(number)}" for number, name in key.items() if said.get(number) != name)
    return {
        "strips": len(key),
        "right": right,
        "accuracy": round(right / len(key), 4),
        "interval": [round(float(interval.low), 4), round(float(interval.high), 4)],
        "mistaken": dict(mistaken.most_common()),
    }


def main() -> None:
    """Read the arguments and do it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    steps = parser.add_subparsers(dest="step", required=True)
    drawing = steps.add_parser("draw")
    drawing.add_argument("gestures", nargs="*")
    drawing.add_argument("--from", dest="takes", type=Path, help="class folders of motion files, instead")
    drawing.add_argument("--each", type=int, default=3, help="strips of a gesture, at least")
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--out", type=Path, required=True)
    drawing.add_argument("--frames", type=int, default=7)
    drawing.add_argument("--size", type=int, default=224)
    drawing.add_argument("--columns", type=int, default=1)
    drawing.add_argument("--close", action="store_true")
    counting = steps.add_parser("count")
    counting.add_argument("folder", type=Path)
    counting.add_argument("answers", type=Path)
    given = parser.parse_args()
    if given.step == "count":
        print(json.dumps(count(given.folder, given.answers), indent=1))
        return
    gestures = gestures_from_folder(given.takes) if given.takes else load_gestures(given.gestures)
    look = {
        "each": given.each,
        "frames": given.frames,
        "close": given.close,
        "size": given.size,
        "columns": given.columns,
    }
    draw(gestures, given.out, seed=given.seed, **look)


if __name__ == "__main__":
    main()
