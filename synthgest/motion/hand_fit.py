"""Fingers where keypoints show them: each hand is turned and bent so that its joints lie where they were seen.

The body is fitted before, and stays. What a picture shows flat may be a palm or its back, so that each hand is begun from several
turns of the forearm, of which the one is kept that ends nearest; finger joints bend as they do, and hardly anything else.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from synthgest.motion import hand_shapes
from synthgest.motion.anatomy import MIRROR
from synthgest.motion.joint_fit import filled, turned
from synthgest.motion.keypoints import Keypoints
from synthgest.motion.kinematics import REST_JOINTS, forward
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

_FINGERS = ("index", "middle", "pinky", "ring", "thumb")
_LEAST = 14.0  # pixels from wrist to middle finger: of a smaller hand noise says more than the fingers
_SEEN = 0.5  # part of the frames and joints that must have been seen
_STEPS, _RATE = 120, 0.06
_TWISTS = np.radians([-90, -30, 30, 90])  # of the hand about the forearm, with which it is begun
# What a radian of these costs, squared, against palms' lengths in the picture.
_FROM_RELAXED, _SIDEWAYS, _BACKWARDS, _UNSTEADY, _BENT_WRIST = 3e-4, 0.02, 0.3, 0.02, 0.01
_STIFF = np.radians([85.0, 35.0, 75.0])  # wrist: twist (with the forearm's), sideways, flexion; more costs much


def fit_hands(keypoints: Keypoints, pose: Array, view: Array) -> tuple[str, ...]:
    """Fit the hands that were seen, in place, in a pose (T, 55, 3) of a body that was fitted; returns the sides that were.

    view: (3, 3) from the pose's directions to the camera's. Where a hand is too small or hardly seen, nothing is changed.
    """
    return tuple(side for side in ("left", "right") if _fit(keypoints, pose, view, side))


def _fit(keypoints: Keypoints, pose: Array, view: Array, side: str) -> bool:
    names = [f"{side}_{finger}{segment}" for finger in _FINGERS for segment in (1, 2, 3)]
    if not {*names, f"{side}_wrist"} <= set(keypoints.names):
        return False
    numbers = [keypoints.names.index(name) for name in names]
    wrist = filled(keypoints.of(f"{side}_wrist"))
    seen = keypoints.seen[:, numbers]
    if (seen > 0).mean() < _SEEN or not (seen > 0).any(axis=0).all():
        return False
    points = np.stack([filled(keypoints.of(name)) for name in names], axis=1) - wrist[:, None]
    palm = float(np.median(np.linalg.norm(points[:, names.index(f"{side}_middle1")], axis=1)))
    if palm < _LEAST:
        return False
    forearm = forward(pose, np.zeros((len(pose), 3)))[1][:, JOINT_INDEX[f"{side}_elbow"]]
    found, fingers = _descended(points / palm, seen, view @ forearm, side)
    pose[:, JOINT_INDEX[f"{side}_wrist"]] = found
    first = JOINT_INDEX[f"{side}_index1"]
    pose[:, first : first + 15] = fingers
    return True


def _descended(points: Array, seen: Array, forearm: Array, side: str) -> tuple[Array, Array]:
    """Turns of the wrist (T, 3) and of the fingers (T, 15, 3); points: (T, 15, 2) from the wrist, in palms' lengths, y down."""
    count, starts = len(points), len(_TWISTS)
    mirror = np.ones(3) if side == "left" else MIRROR
    bones = torch.from_numpy(_bones(side))
    relaxed = torch.from_numpy(np.array(hand_shapes.rotations("relaxed") * mirror))
    own = torch.from_numpy(mirror)
    turn = torch.zeros(starts, count, 3, dtype=torch.float64)
    turn[..., 0] = torch.from_numpy(_TWISTS)[:, None]
    turn.requires_grad_()
    fingers = relaxed.repeat(starts, count, 1, 1).requires_grad_()
    size = torch.zeros(starts, 1, 1, 1, dtype=torch.float64).requires_grad_()
    base, target, weight = (torch.from_numpy(np.ascontiguousarray(each)) for each in (forearm, points, seen))
    optimizer = torch.optim.Adam([turn, fingers, size], lr=_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, _STEPS, eta_min=_RATE / 20)
    stiff = torch.from_numpy(_STIFF)
    for _ in range(_STEPS):
        optimizer.zero_grad()
        joints = _joints(base @ turned(turn), fingers, bones)
        flat = joints[..., :2] * joints.new_tensor([1.0, -1.0]) * size.exp()
        apart = ((flat - target).square().sum(dim=-1) + 0.01).sqrt() - 0.1
        bent = fingers * own
        cost = (apart * weight).mean(dim=(1, 2))
        cost = cost + _FROM_RELAXED * (fingers - relaxed).square().sum(dim=(2, 3)).mean(dim=1)
        cost = cost + _SIDEWAYS * bent[:, :, :12, :2].square().sum(dim=(2, 3)).mean(dim=1)
        cost = cost + _BACKWARDS * bent[:, :, :12, 2].clamp_min(0.1).sub(0.1).square().sum(dim=2).mean(dim=1)
        cost = cost + _BENT_WRIST * turn[..., 1:].square().sum(dim=2).mean(dim=1)
        cost = cost + _BACKWARDS * (turn.abs() - stiff).clamp_min(0).square().sum(dim=2).mean(dim=1)
        cost = cost + 0.1 * size.flatten().square()
        if count > 1:
            cost = cost + _UNSTEADY * (turn[:, 1:] - turn[:, :-1]).square().sum(dim=2).mean(dim=1)
            cost = cost + _UNSTEADY * (fingers[:, 1:] - fingers[:, :-1]).square().sum(dim=(2, 3)).mean(dim=1)
        cost.sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    best = int(cost.argmin())
    return turn[best].detach().numpy(), fingers[best].detach().numpy()


def _joints(hand: torch.Tensor, fingers: torch.Tensor, bones: torch.Tensor) -> torch.Tensor:
    """(S, T, 15, 3) finger joints about the wrist, of hands turned (S, T, 3, 3) and fingers (S, T, 15, 3), axis-angle."""
    local, places = turned(fingers), []
    for finger in range(len(_FINGERS)):
        world, place = hand, torch.zeros_like(hand[..., 0])
        for segment in range(3):
            number = 3 * finger + segment
            place = place + (world @ bones[number])
            places.append(place)
            world = world @ local[:, :, number]
    return torch.stack(places, dim=2)


def _bones(side: str) -> Array:
    """(15, 3) from the joint before to each finger joint at rest, in palms' lengths."""
    first = JOINT_INDEX[f"{side}_index1"]
    before = [first + place - 1 if place % 3 else JOINT_INDEX[f"{side}_wrist"] for place in range(15)]
    bones: Array = REST_JOINTS[first : first + 15] - REST_JOINTS[before]
    return bones / float(np.linalg.norm(bones[3]))  # the fourth is that to the middle finger
