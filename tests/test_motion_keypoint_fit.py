"""Known motions seen by a camera, three pixels of noise on 224, and found again."""

import dataclasses

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError
from synthgest.evaluation.drift import drift
from synthgest.gestures import load_gestures
from synthgest.motion import perform
from synthgest.motion.keypoint_fit import extracted
from synthgest.motion.keypoints import Keypoints
from synthgest.motion.kinematics import forward
from synthgest.motion.sequence import Motion
from synthgest.motion.settling import relax_hands
from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS

NAMES = tuple(
    f"{side}_{name}" for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle") for side in ("left", "right")
)
SIDE, LENS, AWAY = 224, 240.0, 2.6  # pixels, pixels, metres


def places(motion: Motion) -> np.ndarray:
    """(T, K, 3) metres, about the pelvis."""
    joints, _ = forward(motion.full_pose, motion.transl)
    return (joints - joints[:, :1])[:, [JOINT_INDEX[name] for name in NAMES]]


def seen(joints: np.ndarray, noise: float, seed: int) -> Keypoints:
    """Of joints (T, K, 3) before a camera."""
    points = LENS * joints[..., :2] * [1, -1] / (AWAY - joints[..., 2:]) + SIDE / 2
    points = points + np.random.default_rng(seed).normal(0, noise, points.shape) if noise else points
    return Keypoints(points=points, seen=np.ones(points.shape[:2]), names=NAMES, fps=10.0, height=SIDE, source="known")


def turned(motion: Motion, degrees: float) -> Motion:
    """The motion of somebody who stands turned to one side."""
    pose = motion.full_pose.astype(np.float64)
    pose[:, 0] = (Rotation.from_euler("y", degrees, degrees=True) * Rotation.from_rotvec(pose[:, 0])).as_rotvec()
    return motion.reposed(pose, motion.transl)


@pytest.mark.parametrize(("name", "degrees"), [("everyday/wave", 0), ("rocog/Halt", 25), ("drone/land", -25)])
def test_a_known_motion_is_found_again(name: str, degrees: float) -> None:
    known = turned(
        perform(load_gestures([name])[0], np.random.default_rng(91), fps=10.0, frames=(16, 24)).motion, degrees
    )
    found = extracted(seen(places(known), 3.0, 1))
    assert drift(seen(places(known), 0.0, 0), seen(places(found), 0.0, 0)).drift < 0.1
    assert np.linalg.norm(places(found) - places(known), axis=2).mean() < 0.1
    assert not found.fingers


def test_frames_of_their_own_scale_are_read_so() -> None:
    known = perform(load_gestures(["rocog/Halt"])[0], np.random.default_rng(92), fps=10.0, frames=(16, 20)).motion
    keypoints = seen(places(known), 0.0, 0)
    middle = keypoints.points[:, :2].mean(axis=1, keepdims=True)
    width = np.linalg.norm(keypoints.points[:, 0] - keypoints.points[:, 1], axis=1)[:, None, None]
    framed = dataclasses.replace(keypoints, points=(keypoints.points - middle) / width, height=0.0, framed=True)
    found = extracted(framed)
    assert np.linalg.norm(places(found) - places(known), axis=2).mean() < 0.1


def test_joints_that_were_lost_for_a_while_are_bridged() -> None:
    known = perform(load_gestures(["everyday/clap"])[0], np.random.default_rng(93), fps=10.0, frames=(16, 20)).motion
    keypoints = seen(places(known), 1.0, 2)
    certain, points = keypoints.seen.copy(), keypoints.points.copy()
    wrist = NAMES.index("right_wrist")
    certain[5:8, wrist], points[5:8, wrist] = 0.0, np.nan
    found = extracted(dataclasses.replace(keypoints, seen=certain, points=points))
    assert np.linalg.norm(places(found) - places(known), axis=2)[5:8, wrist].max() < 0.3


def test_without_hips_there_is_no_pose() -> None:
    known = perform(load_gestures(["everyday/clap"])[0], np.random.default_rng(94), fps=10.0, frames=(16, 16)).motion
    keypoints = seen(places(known), 0.0, 0)
    blind = np.where([name.endswith("hip") for name in NAMES], 0.0, keypoints.seen)
    with pytest.raises(MotionError, match="both hips"):
        extracted(dataclasses.replace(keypoints, seen=blind))


@pytest.mark.parametrize("name", ["hand/two", "hand/five", "drone/land"])
def test_fingers_that_were_seen_are_found_again(name: str) -> None:
    known = perform(load_gestures([name])[0], np.random.default_rng(1), fps=8.0, frames=(12, 16)).motion
    names = (*NAMES[:8], *SMPLX_JOINTS[25:])
    joints, _ = forward(known.full_pose, known.transl)
    joints = joints - joints[:1, :1]
    shown = joints[:, [JOINT_INDEX[each] for each in names]]
    points = (
        900 * shown[..., :2] * [1, -1] / (3 - shown[..., 2:]) + 360
    )  # a hand is 32 pixels from wrist to middle finger
    points = points + np.random.default_rng(0).normal(0, 2, points.shape)
    keypoints = Keypoints(
        points=points, seen=np.ones(points.shape[:2]), names=names, fps=8.0, height=720, source="known"
    )
    found = extracted(keypoints)
    assert found.fingers
    relaxed = found.full_pose.astype(np.float64)
    relax_hands(relaxed)
    assert finger_error(found.full_pose, joints) < 0.3
    assert finger_error(found.full_pose, joints) < 0.9 * finger_error(relaxed, joints)
    small = dataclasses.replace(keypoints, points=points / 4, height=180)
    assert not extracted(small).fingers


def finger_error(pose: np.ndarray, joints: np.ndarray) -> float:
    """Mean distance of finger joints about their wrists, in palms' lengths."""
    found, _ = forward(pose, np.zeros((len(pose), 3)))
    apart = []
    for side, first in (("left", 25), ("right", 40)):
        wrist = JOINT_INDEX[f"{side}_wrist"]
        one, two = (each[:, first : first + 15] - each[:, [wrist]] for each in (found, joints))
        apart.append(np.linalg.norm(one - two, axis=2).mean() / np.linalg.norm(two[:, 3], axis=1).mean())
    return float(np.mean(apart))
