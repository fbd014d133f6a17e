"""Bake the poses that people strike in our own vocabularies: what a pose seen in a picture is first compared with.

python scripts/bake_poses.py

Every gesture that ships is performed a few times; poses that are within a hand's breadth of one that is kept are left out. Writes
assets/motion/poses.npz: ``pose`` (N, 22, 3) float16, axis-angle of pelvis and body, facing +Z.
"""

import argparse
import io
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from synthgest.content import content
from synthgest.data.storage import write_bytes
from synthgest.gestures import shipped_gestures
from synthgest.motion import perform
from synthgest.motion.kinematics import forward
from synthgest.motion.skeleton import JOINT_INDEX

SEEN = [JOINT_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("elbow", "wrist", "middle1")]
FPS = 6.0


def poses(takes: int, apart: float) -> np.ndarray:
    """(N, 22, 3) radians, of which no two have all joints of their arms nearer than ``apart`` metres to one another."""
    kept: list[np.ndarray] = []
    for gesture in shipped_gestures():
        played = [perform(gesture, np.random.default_rng(take), fps=FPS, frames=None).motion for take in range(takes)]
        own = np.concatenate([motion.full_pose for motion in played])
        places = forward(own, np.zeros((len(own), 3)))[0][:, SEEN].reshape(len(own), -1)
        left = np.ones(len(own), bool)
        near = cKDTree(places)
        for number in np.random.default_rng(0).permutation(len(own)):
            if left[number]:
                kept.append(own[number, :22])
                left[near.query_ball_point(places[number], apart * np.sqrt(len(SEEN)))] = False
    return np.array(kept)


def main() -> None:
    """Perform, thin out, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--takes", type=int, default=8)
    parser.add_argument("--apart", type=float, default=0.06, help="metres")
    asked = parser.parse_args()
    found = poses(asked.takes, asked.apart)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, pose=found.astype(np.float16))
    path = Path(content("assets")) / "motion" / "poses.npz"
    path.parent.mkdir(exist_ok=True)
    write_bytes(path, file.getvalue())
    print(f"{path}: {len(found)} poses, {len(file.getvalue()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
