"""How far keypoints of generated ``ground-guide`` clips tell real people's signals apart: nearest neighbours on joints alone.

    synthgest generate ground-guide --clips 32 --seed 0 --out data/ground-guide
    python scripts/keypoint_knn.py data/ground-guide CSV_FOLDER john janie

CSV_FOLDER holds the keypoints of sschueth/ground-guide-gesture-dataset, one file a recording, ``person_signal_number.csv``. Nothing
of them is used but as a test. Both sides are cut into windows of the same length, put in the same frame and described by the same
numbers. A real segment of constant label is named by the majority of its windows; the interval is Wilson's over segments.
"""

import argparse
import csv
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.neighbors import KNeighborsClassifier

from synthgest.data.dataset import Dataset
from synthgest.motion.skeleton import COCO_KEYPOINTS

Floats = NDArray[np.float64]

LABELS = (
    "attention",
    "ready",
    "crank",
    "stop",
    "forward",
    "left",
    "right",
    "speed-up",
    "slow-down",
    "kill engine",
    "standby",
)
"""The data set's labels, in the order of its numbers; ours are the same with ``ground-guide/`` before them."""

_JOINTS = [
    COCO_KEYPOINTS.index(f"{side}_{joint}")
    for joint in ("shoulder", "elbow", "wrist", "hip")
    for side in ("left", "right")
]
_SECONDS, _STEP = 1.33, 0.33
_REAL_FPS = 30.0
_SHORTEST = 20  # frames of a recording
_UNIT = 0.27  # seconds in which a speed is counted, so that it weighs about as much as a place
_NEIGHBOURS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """N windows. features: (N, F). labels: (N,) numbers of ``LABELS``. segments: (N,) which segment each was cut from."""

    features: Floats
    labels: NDArray[np.int64]
    segments: NDArray[np.int64]


def generated(folder: Path) -> Windows:
    """The windows of a generated data set."""
    return _windows(signs(folder))


def real(folder: Path, people: Sequence[str]) -> Windows:
    """The windows of the recordings of some people."""
    return _windows(recorded(folder, people))


def signs(folder: Path) -> list[tuple[int, Floats, float]]:
    """Label, points (T, 8, 2) and frames a second of each clip, from its first stroke to where the gesture ends."""
    segments = []
    for clip in Dataset(folder):
        keypoints, fps = clip.truth()["coco_keypoints"][:, _JOINTS, :2].astype(np.float64), clip.record.fps
        reached = [seconds for phase, seconds in clip.record.provenance["keyframes"] if phase == "stroke"]
        first = min(round(reached[0] * fps), len(keypoints) - _SHORTEST)
        last = max(round(clip.record.provenance["shown"][1] * fps), first + _SHORTEST)
        segments.append((LABELS.index(clip.gesture.partition("/")[2]), keypoints[first:last], fps))
    return segments


def recorded(folder: Path, people: Sequence[str]) -> list[tuple[int, Floats, float]]:
    """The same of the recordings of some people."""
    paths = sorted(path for path in folder.glob("*.csv") if path.name.partition("_")[0] in people)
    return [segment for path in paths for segment in _segments(path)]


def _segments(path: Path) -> Iterator[tuple[int, Floats, float]]:
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    labels = np.array([int(row[1]) for row in rows])
    points = np.array([[float(cell) for cell in row[2:]] for row in rows]).reshape(len(rows), 8, 2)
    cuts = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    for start, stop in itertools.pairwise(cuts):
        if stop - start >= _SHORTEST:
            yield int(labels[start]), points[start:stop], _REAL_FPS


def _windows(segments: Sequence[tuple[int, Floats, float]]) -> Windows:
    features, labels, numbers = [], [], []
    for number, (label, points, fps) in enumerate(segments):
        length, step = round(_SECONDS * fps), round(_STEP * fps)
        for start in range(0, max(1, len(points) - length + 1), step):
            features.append(describe(points[start : start + length], fps))
            labels.append(label)
            numbers.append(number)
    return Windows(features=np.array(features), labels=np.array(labels), segments=np.array(numbers))


def describe(points: Floats, fps: float) -> Floats:
    """What elbows and wrists do in a window (T, 8, 2) of shoulders, elbows, wrists and hips: where, how far, how fast; no order.

    Each frame is centred between the shoulders and scaled to their distance, as the recordings are.
    """
    width = np.maximum(np.linalg.norm(points[:, 0] - points[:, 1], axis=1), 1e-6)
    placed = (points - points[:, :2].mean(axis=1, keepdims=True)) / width[:, None, None]
    arms = placed[:, 2:6].reshape(len(points), 8)
    speed = np.abs(np.diff(arms, axis=0)).mean(axis=0) * fps * _UNIT
    low, high = np.percentile(arms, [10, 90], axis=0)
    return np.concatenate([arms.mean(axis=0), 2 * arms.std(axis=0), low, high, speed])


def judge(reference: Windows, test: Windows) -> dict[str, object]:
    """Accuracy over segments, with its interval, and over windows; which labels were taken for which."""
    classifier = KNeighborsClassifier(_NEIGHBOURS, weights="distance").fit(reference.features, reference.labels)
    found = classifier.predict(test.features)
    confusion: Counter[str] = Counter()
    right = 0
    segments = np.unique(test.segments)
    for segment in segments:
        mine = test.segments == segment
        named, true = Counter(found[mine].tolist()).most_common(1)[0][0], int(test.labels[mine][0])
        right += named == true
        if named != true:
            confusion[f"{LABELS[true]} taken for {LABELS[named]}"] += 1
    interval = binomtest(right, len(segments)).proportion_ci(method="wilson")
    return {
        "segments": len(segments),
        "accuracy": right / len(segments),
        "interval": [float(interval.low), float(interval.high)],
        "windows": len(found),
        "window_accuracy": float((found == test.labels).mean()),
        "mistaken": dict(confusion),
    }


def main() -> None:
    """Read the arguments, judge, print one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("people", nargs="+")
    given = parser.parse_args()
    print(json.dumps(judge(generated(given.dataset), real(given.recordings, given.people))))


if __name__ == "__main__":
    main()
