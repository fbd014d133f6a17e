"""What each ingredient of drawn clips is worth: one is taken away at a time, and real people are named by what is left.

    python scripts/ingredients.py DATA OUT [--clips 12]

Clips of the 13 ``drone`` signals are drawn without the ingredient; the encoder that ships, frozen, makes features of them, and the
even half of the photographs in DATA/drone_arm_signals is named by neighbours and by a linear probe. So it is measured what a user's
clips lack, not what the encoder would have lacked. OUT keeps clips and features.
"""

import argparse
import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from real_people import half
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import synthgest as sg
from synthgest.data.real.clip import RealClip
from synthgest.encoders import load_encoder
from synthgest.evaluation.extraction import features
from synthgest.evaluation.probe import STRENGTH
from synthgest.gestures import Gesture, load_gestures
from synthgest.motion import write_motion
from synthgest.motion.performance import play
from synthgest.motion.reading import Reading
from synthgest.motion.sources import motion_file
from synthgest.statistics import paired_difference, proportion

CAMERA: dict[str, Any] = {"yfov_degrees": [14, 60], "azimuth_degrees": [-30, 30], "upper_body": 0.3}
ALL: dict[str, Any] = {"fps": 6, "frames": [8, 16], "camera": CAMERA}
ONE_CAMERA = {"yfov_degrees": [40, 40], "azimuth_degrees": [0, 0], "height_m": [1.4, 1.4], "slack": [1.1, 1.1]}
ONE_CAMERA |= {"off_centre": 0.0, "roll_degrees": [0, 0], "aerial": 0.0, "upper_body": 0.0}
ONE_SENSOR = {"metering": [0.65, 0.65], "exposure_stops": [0, 0], "white_balance": [0, 0], "gamma": [1, 1]}
ONE_SENSOR |= {"contrast": [1, 1], "saturation": [1, 1], "vignette": [0, 0], "shutter": [0.1, 0.1], "jpeg": 0.0}
ONE_SENSOR |= {"blur_pixels": [0, 0], "resolution": [1, 1], "sharpening": [0, 0], "noise": [0, 0]}
WITHOUT: Mapping[str, dict[str, Any]] = {
    "nothing": {},
    "bodies": {"people": {"sexes": {"male": 1.0}, "age_groups": {"adult": 1.0}, "skin_tones": [0, 0, 1] + [0] * 7}},
    "clothes": {"people": {"outfits": {"casual": 1.0}, "eyewear": {"none": 1.0}}, "at_work": {"drone": 0.0}},
    "people": {"enrichment": {"environments": 0, "characters": 1}},
    "places": {"enrichment": {"environments": 1, "characters": 0}},
    "cameras": {"camera": ONE_CAMERA},
    "movement": {"movement": {"steady": 1.0, "hand_held": 0.0, "slow": 0.0}},
    "light": {"hours": {"day": 1.0, "overcast": 0.0, "golden": 0.0, "dusk": 0.0, "night": 0.0, "backlight": 0.0}},
    "sensor": {"sensor": ONE_SENSOR},
    "manner": {"captures": {"amplitude": [1, 1], "timing": 0.0, "posture": 0.0, "noise": 0.0}},
}
"""What is set where an ingredient is taken away. People: the same person in the same clothes everywhere. Manner: everybody performs
a signal as one performer did once.
"""

SEED = 61
NEIGHBOURS = 3


def main() -> None:
    """Draw, name, and print one line of JSON for each ingredient."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", type=int, default=12, help="of each signal")
    parser.add_argument(
        "--only", nargs="+", choices=WITHOUT, default=list(WITHOUT), help="of the ingredients; nothing comes first"
    )
    asked = parser.parse_args()
    encoder, cache = load_encoder("small", {}), asked.out / "features"
    query: NDArray[np.float32] | None = None
    plain: dict[str, NDArray[np.bool_]] = {}
    for name in dict.fromkeys(["nothing", *asked.only]):
        own, out = WITHOUT[name], asked.out / name
        shown = once(asked.out / "motions") if name == "manner" else load_gestures(["drone"])
        drawn = sg.generate(shown, settings=ALL | own, clips=asked.clips, seed=SEED, out=out)
        opened = sg.open_dataset(asked.data / "drone_arm_signals", like=drawn)
        photographs = half([clip for clip in opened.clips if isinstance(clip, RealClip)], "even")
        truth = np.array([clip.label for clip in photographs])
        if query is None:
            query = features(encoder, photographs, cache=cache)[0]
        reference, labels = features(encoder, drawn.clips, cache=cache)[0], np.array([clip.label for clip in drawn])
        parts = {name: len(labels)}
        if name == "nothing":
            parts |= {"half of the clips": len(labels) // 2, "three quarters of the clips": len(labels) // 4}
        for part, count in parts.items():
            kept = np.random.default_rng(0).permutation(len(labels))[:count]
            hits = named(reference[kept], labels[kept], query, truth)
            plain = plain or hits
            print(json.dumps({"without": part, "clips": count, **told(hits, plain)}), flush=True)


def once(folder: Path) -> Sequence[Gesture]:
    """The signals, each as the same performance of it, written to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number, gesture in enumerate(load_gestures(["drone"])):
        path = folder / f"{number}.npz"
        write_motion(path, play(gesture, np.random.default_rng([SEED, number]), fps=30, frames=(48, 120)).motion)
        motions = (motion_file(path, Reading()),)
        found.append(dataclasses.replace(gesture, keyframes=(), variants=(), motions=motions))
    return found


def named(
    reference: NDArray[np.float32],
    labels: NDArray[np.int64],
    query: NDArray[np.float32],
    truth: NDArray[np.int64],
) -> dict[str, NDArray[np.bool_]]:
    """Which queries are named right (Q,), by neighbours and by a probe."""
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000)).fit(reference, labels)
    neighbours = np.asarray(sg.knn(reference, labels, query, k=NEIGHBOURS))
    return {"knn": neighbours == truth, "probe": probe.predict(query) == truth}


def told(hits: Mapping[str, NDArray[np.bool_]], plain: Mapping[str, NDArray[np.bool_]]) -> dict[str, object]:
    """Accuracy, and the difference from clips that lack nothing, on the same photographs."""
    return {
        name: {
            "accuracy": asdict(proportion(int(right.sum()), len(right))),
            "difference": asdict(paired_difference(plain[name], right, seed=0)),
        }
        for name, right in hits.items()
    }


if __name__ == "__main__":
    main()
