"""How near an extracted motion is to the one that was seen: known motions, filmed, with three pixels of noise, and fitted back.

    python scripts/extraction.py [--clips 100] [--noise 3] [--captured DATA] [--workers 2]

Motions, bodies and cameras are those of drawn clips of all vocabularies, or, with DATA/bandai_bvh, of captured ones; nothing is
drawn. A joint outside the picture was not seen. Prints one line of JSON for each clip, then a summary. Against what was filmed,
without the noise: image-plane drift of the fitted joints (``drift``), and of the motion performed by the usual body before the
lens that extraction assumes (``performed``); distance of the joints in space about the hips, metres (``space``); seconds.
"""

import argparse
import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.errors import SynthgestError
from synthgest.evaluation.drift import drift
from synthgest.gestures import Gesture, shipped_gestures
from synthgest.motion.keypoint_fit import Fit, fit
from synthgest.motion.keypoints import Keypoints
from synthgest.motion.kinematics import forward
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX
from synthgest.motion.sources import motion_file
from synthgest.plan import plan
from synthgest.recipes import load_recipe
from synthgest.statistics import proportion

PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
NAMES = ("head", *(f"{side}_{part}" for part in PARTS for side in ("left", "right")))
NUMBERS = [JOINT_INDEX[name] for name in NAMES]
SIDE, SEED, LARGEST = 224, 81, 0.10
STEP = 37  # through the list, which has no such divisor: few clips are of all kinds


def gestures(captured: Path | None) -> Iterator[Gesture]:
    """Those that ship, or one for each captured file."""
    if captured is None:
        yield from shipped_gestures()
        return
    for path in sorted((captured / "bandai_bvh").glob("*.bvh")):
        yield Gesture(name=f"own/{path.stem}", motions=(motion_file(path, Reading()),))


def judged(asked: tuple[int, float, Path | None]) -> dict[str, object]:
    """One clip, by its number."""
    number, noise, captured = asked
    every = list(gestures(captured))
    gesture = every[number * STEP % len(every)]
    recipe = load_recipe("pose-transfer", {"width": SIDE, "height": SIDE})
    (shot,) = plan([gesture], recipe, clips=1, seed=SEED + number, fingerprint={})
    try:
        staged = PoseTransfer(recipe).stage(shot)
        joints = staged.outline.joints[:, NUMBERS].astype(np.float64)
        pixels = staged.work.project(joints).astype(np.float64)
        inside = ((pixels >= 0) & (pixels < SIDE)).all(axis=2)
        shown = inside.any(axis=0)
        names = tuple(name for name, kept in zip(NAMES, shown, strict=True) if kept)
        moved = pixels + np.random.default_rng([SEED, number]).normal(0, noise, pixels.shape)
        seen = keypoints(moved[:, shown], inside[:, shown], names, recipe.settings["fps"])
        start = time.perf_counter()
        found = fit(seen)
        seconds = time.perf_counter() - start
    except SynthgestError as error:
        return {"gesture": gesture.name, "error": str(error)}
    truth = keypoints(pixels[:, shown], inside[:, shown], names, seen.fps)
    made = keypoints(projected(found, seen)[:, shown], np.ones_like(inside[:, shown]), names, seen.fps)
    apart = drift(truth, found.seen(seen))
    return {
        "gesture": gesture.name,
        "drift": round(apart.drift, 4),
        "performed": round(drift(truth, made).drift, 4),
        "pck": round(apart.pck, 3),
        "space": round(in_space(found.motion, joints, staged.framing.camera.rotation), 4),
        "seconds": round(seconds, 2),
        "frames": len(seen),
    }


def keypoints(points: np.ndarray, seen: np.ndarray, names: tuple[str, ...], fps: float) -> Keypoints:
    """Of a picture of 224 pixels."""
    return Keypoints(
        points=points, seen=seen.astype(np.float64), names=names, fps=fps, height=SIDE, source="a known motion"
    )


def projected(found: Fit, seen: Keypoints) -> np.ndarray:
    """(T, J, 2) of the extracted motion, in bodies as they usually are, before the lens that extraction assumes."""
    joints, _ = forward(found.motion.full_pose, found.motion.transl)
    joints = (joints[:, NUMBERS] - joints[:1, :1]) @ found.view.T
    scale = seen.torso / 0.5
    away = 1.2 * SIDE / scale
    return joints[..., :2] * [1, -1] * scale / (1 - joints[..., 2:] / away)


def in_space(motion: Motion, joints: np.ndarray, camera: np.ndarray) -> float:
    """Mean distance of the joints, metres, about the middle of the hips, as the camera sees them; sizes made alike."""
    found, _ = forward(motion.full_pose, motion.transl)
    found = found[:, NUMBERS]
    level = np.arctan2(camera[0, 2], camera[2, 2])
    true = Rotation.from_rotvec([0, -level, 0]).apply(joints.reshape(-1, 3)).reshape(joints.shape)
    hips = [NAMES.index("left_hip"), NAMES.index("right_hip")]
    found, true = (each - each[:, hips].mean(axis=1, keepdims=True) for each in (found, true))
    size = (found * true).sum() / (found**2).sum()
    return float(np.linalg.norm(found * size - true, axis=2).mean())


def main() -> None:
    """Judge every clip, print, sum up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", type=int, default=100)
    parser.add_argument("--noise", type=float, default=3.0, help="pixels, standard deviation")
    parser.add_argument("--captured", type=Path, help="folder with bandai_bvh/")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.workers) as pool:
        rows = []
        for row in pool.map(judged, [(number, asked.noise, asked.captured) for number in range(asked.clips)]):
            rows.append(row)
            print(json.dumps(row), flush=True)
    found = [row for row in rows if "drift" in row]
    near = sum(row["drift"] <= LARGEST for row in found)  # type: ignore[operator]
    share = proportion(near, len(rows))
    print(
        json.dumps(
            {
                "clips": len(rows),
                "within a tenth of a torso": [share.value, share.low, share.high],
                **{
                    name: [round(float(np.quantile([row[name] for row in found], part)), 4) for part in (0.5, 0.9, 1.0)]  # type: ignore[arg-type]
                    for name in ("drift", "performed", "space", "seconds")
                },
            }
        )
    )


if __name__ == "__main__":
    main()
