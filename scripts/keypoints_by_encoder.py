"""How far the encoder that ships tells real people's ``ground-guide`` signals apart by keypoints alone, beside drawn clips of them.

    synthgest generate ground-guide --clips 32 --seed 0 --out data/ground-guide
    python scripts/keypoints_by_encoder.py data/ground-guide CSV_FOLDER john janie

The recordings are those of ``scripts/keypoint_knn.py``, cut in the same way. They know shoulders, elbows, wrists and hips; both
sides get the other joints where they are of somebody who stands upright with straight hands.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from keypoint_knn import LABELS, Floats, recorded, signs
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from synthgest.encoders.pose_network import JOINTS
from synthgest.encoders.small import SmallEncoder, SmallModule
from synthgest.statistics import proportion

_SECONDS, _STEP, _MOMENTS = 1.33, 0.33, 8
_TORSO = 120.0  # pixels of the pictures that the network knows
_HEAD, _HAND, _KNEE, _ANKLE = 0.45, 0.3, 0.85, 1.65  # of a torso, of a forearm, of a torso twice


def windows(segments: list[tuple[int, Floats, float]], module: SmallModule) -> tuple[Floats, Floats, Floats]:
    """Features (N, D) of windows, their labels (N,), and which segment each is of (N,)."""
    cut, labels, numbers = [], [], []
    for number, (label, points, fps) in enumerate(segments):
        length, step = round(_SECONDS * fps), max(1, round(_STEP * fps))
        for start in range(0, max(1, len(points) - length + 1), step):
            part = completed(points[start : start + length])
            cut.append(part[np.linspace(0, len(part) - 1, _MOMENTS).round().astype(int)])
            labels.append(label)
            numbers.append(number)
    with torch.inference_mode():
        features = module.imagine(torch.from_numpy(np.array(cut, np.float32)))
    return features.numpy().astype(np.float64), np.array(labels), np.array(numbers)


def completed(points: Floats) -> Floats:
    """(T, J, 2) pixels of all joints, of shoulders, elbows, wrists and hips (T, 8, 2)."""
    shoulders, elbows, wrists, hips = (points[:, start : start + 2] for start in (0, 2, 4, 6))
    neck, pelvis = shoulders.mean(axis=1, keepdims=True), hips.mean(axis=1, keepdims=True)
    down = pelvis - neck
    parts = {"head": neck - _HEAD * down, "neck": neck, "shoulder": shoulders, "elbow": elbows, "wrist": wrists}
    parts |= {"middle2": wrists + _HAND * (wrists - elbows), "hip": hips}
    parts |= {"knee": hips + _KNEE * down, "ankle": hips + _ANKLE * down}
    every = [
        parts[name][:, 0] if name in ("head", "neck") else parts[name.split("_")[1]][:, name.startswith("right") * 1]
        for name in JOINTS
    ]
    size = np.linalg.norm(down, axis=-1, keepdims=True).clip(1e-6)
    placed: Floats = (np.stack(every, axis=1) - neck) / size * _TORSO
    return placed


def main() -> None:
    """Read the arguments, judge, print one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("people", nargs="+")
    given = parser.parse_args()
    module = SmallEncoder({}).module.eval()
    reference, labels, _ = windows(signs(given.dataset), module)
    asked, true, segments = windows(recorded(given.recordings, given.people), module)
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (reference, asked)]
    told = {"knn": KNeighborsClassifier(5, weights="distance").fit(unit[0], labels).predict(unit[1])}
    scale = reference.std(axis=0).clip(1e-9)
    told["probe"] = LogisticRegression(C=0.1, max_iter=2000).fit(reference / scale, labels).predict(asked / scale)
    results = {}
    for name, found in told.items():
        named = [Counter(found[segments == number].tolist()).most_common(1)[0][0] for number in np.unique(segments)]
        truth = [int(true[segments == number][0]) for number in np.unique(segments)]
        mistaken = Counter(f"{LABELS[b]} > {LABELS[a]}" for a, b in zip(named, truth, strict=True) if a != b)
        share = proportion(sum(a == b for a, b in zip(named, truth, strict=True)), len(truth))
        results[name] = {"accuracy": [share.value, share.low, share.high], "mistaken": dict(mistaken)}
    print(json.dumps({"segments": len(np.unique(segments)), **results}))


if __name__ == "__main__":
    main()
