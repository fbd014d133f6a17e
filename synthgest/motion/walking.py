"""Somebody who walks past: the course of hips and knees over a stride, and a path on which the foot that bears weight stays put.

The course of the joints is about that of healthy adults at their own pace (Winter 1991, *The Biomechanics and Motor Control of
Human Gait*).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from synthgest.motion import hand_shapes
from synthgest.motion.anatomy import ARM, BODY, Poses, directions, rotations
from synthgest.motion.kinematics import SOLE, forward
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

_MIDDLE = 8.0  # degrees of hip flexion
_ANKLES = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
# Flexion at every tenth of a stride from where the heel strikes, degrees.
_HIP = CubicSpline(np.linspace(0, 1, 11), [22, 18, 11, 3, -5, -11, -8, 8, 20, 25, 22], bc_type="periodic")
_KNEE = CubicSpline(np.linspace(0, 1, 11), [5, 17, 18, 11, 6, 12, 35, 58, 55, 25, 5], bc_type="periodic")


def walk(rng: np.random.Generator, *, fps: float, frames: int) -> Motion:
    """So many frames of walking along +Z, at an adult's own pace; the first step is with either foot."""
    stride = rng.uniform(1.0, 1.25)  # seconds
    size = rng.uniform(0.8, 1.05)
    turn = rng.uniform() + np.arange(frames) / fps / stride
    body = np.zeros((frames, len(BODY)))
    arms = np.zeros((frames, 2, len(ARM)))
    for number, (side, half) in enumerate((("left", 0.0), ("right", 0.5))):
        hip, knee = (size * course((turn + half) % 1) for course in (_HIP, _KNEE))
        body[:, BODY.index(f"{side}_hip")] = hip
        body[:, BODY.index(f"{side}_knee")] = knee
        swing = -0.75 * (hip - size * _MIDDLE)  # an arm goes with the other leg
        arms[:, number, ARM.index("plane")] = 90.0
        arms[:, number, ARM.index("elevation")] = swing
        arms[:, number, ARM.index("elbow")] = 22 + 0.35 * swing
    body[:, BODY.index("trunk_turn")] = 4 * size * np.sin(2 * np.pi * turn)
    direction = directions(arms) + np.array([0.16, 0.0, 0.0])
    relaxed = np.broadcast_to(hand_shapes.rotations("relaxed"), (frames, 2, 15, 3))
    pose, _ = rotations(
        Poses(
            direction=direction / np.linalg.norm(direction, axis=-1, keepdims=True),
            arms=arms,
            hands=relaxed,
            body=body,
            braced=np.zeros((frames, 2)),
        )
    )
    return Motion.from_full_pose(pose, _stepped(pose), fps=fps, fingers=True, source="walking")


def _stepped(pose: Array) -> Array:
    """(T, 3) metres: the pelvis' path on which the lower foot neither slides nor sinks."""
    joints, _ = forward(pose, np.zeros((len(pose), 3)))
    feet = joints[:, _ANKLES]
    lower = feet[:, :, 1].argmin(axis=1)
    moved = np.diff(feet, axis=0)[np.arange(len(feet) - 1), lower[:-1]]
    path = np.zeros((len(pose), 3))
    path[1:, [0, 2]] = -np.cumsum(moved, axis=0)[:, [0, 2]]
    path[:, 1] = SOLE - feet[:, :, 1].min(axis=1)
    return path
