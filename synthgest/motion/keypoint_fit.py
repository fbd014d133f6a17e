"""A motion whose joints lie where keypoints were seen in pictures; how deep they lie is taken from poses that people strike.

Each frame is first compared with baked poses of our own vocabularies, seen from several sides; of those that look alike, the ones
that go into one another best are taken (Viterbi 1967). From there all frames are fitted at once by gradient descent (Adam, as
SMPLify does, Bogo et al. 2016): distances in the picture, turns that are near to those poses, elbows that bend as elbows
do, frames that are like their neighbours, and bones that are nearly as long as usual.
"""

import functools
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.content import content
from synthgest.motion.arrays import Stored
from synthgest.motion.hand_fit import fit_hands
from synthgest.motion.joint_fit import above, filled, places
from synthgest.motion.keypoints import TORSO, Keypoints
from synthgest.motion.kinematics import REST_JOINTS, forward
from synthgest.motion.resample import smoothed
from synthgest.motion.sequence import Motion
from synthgest.motion.settling import grounded, relax_hands
from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS, SMPLX_PARENTS

Array = NDArray[np.float64]

BODY = frozenset({*SMPLX_JOINTS[:22], *(f"{side}_middle{segment}" for side in ("left", "right") for segment in (1, 2))})
"""Joints by which the body is fitted; of the hand those that say how it is held."""

STEPS = 250
"""Of gradient descent."""

_RATE = 0.03
_SIDES = np.radians(np.arange(-180, 180, 20))  # from which a pose may be seen
_HEIGHTS = np.radians([-15, 0, 15, 30, 45, 60])  # of the camera above the horizon, seen from the person
_LEVEL = 1.1  # how much nearer a pose must be for a camera not to be taken for a level one
_CANDIDATES = 24  # of each frame
_AT_ONCE = 64  # frames that are compared with all poses: memory does not grow with the film
# What square metres between the joints of neighbouring frames cost, against square metres in the picture.
_CHANGE = 30.0
_FOCAL = 1.2  # of the picture's height: a lens that sees 45 degrees
_CLOSE = 0.05  # metres; what is further off in the picture is not pulled much harder (Charbonnier)
# What a radian or a metre of these costs, squared, against metres in the picture.
_FROM_POSE, _UNSTEADY, _JERKY, _BENT, _SCALED, _LONGER = 4e-3, 2e-2, 0.4, 2e-2, 0.5, 0.05
_PRONATED = np.radians(50)
_STRETCHED = ("elbow", "wrist", "knee", "ankle", "shoulder", "hip", "spine1 spine2 spine3 neck")
"""Bones that are as much longer or shorter than usual as one another, by the joints at their ends; both sides alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A motion that was found in keypoints.

    motion: upright, in the camera's directions: +Z is towards it, +X to the right of the picture. view: (3, 3) from there to the
    camera's own axes (x right, y up, z towards the lens), which may look down. away: metres from the lens, as it was assumed; 0: it
    sees from afar. points: (T, K, 2) where the fitted joints lie, pixels; of those of the body that some frame shows.
    """

    motion: Motion
    view: Array
    away: float
    points: Array

    def seen(self, keypoints: Keypoints) -> Keypoints:
        """The fitted joints as keypoints, to be compared with those that they were fitted to."""
        shown = keypoints.shown().only(BODY)
        return replace(shown, points=self.points, seen=np.ones_like(shown.seen), source="the fit")


def extracted(keypoints: Keypoints) -> Motion:
    """The motion of whoever was seen; see ``fit``."""
    return fit(keypoints).motion


def fit(keypoints: Keypoints) -> Fit:
    """Find the motion of whoever was seen. MotionError where shoulders and hips were never seen together.

    Hands whose finger joints were seen are fitted after the body; others are relaxed.
    """
    keypoints = keypoints.shown()
    body = keypoints.only(BODY)
    first, view, scale = _first(body)
    pose, middle, points = _descended(body, first, view, scale)
    relax_hands(pose)
    hands = fit_hands(keypoints, pose, view)
    path = np.zeros((len(pose), 3))
    path[:, 0] = middle[:, 0] - middle[0, 0]
    way = grounded(pose, path, ("pelvis",))
    motion = Motion.from_full_pose(
        pose, way, fps=keypoints.fps, fingers=bool(hands), source=f"video {keypoints.source}"
    )
    return Fit(motion=motion, view=view, away=_FOCAL * keypoints.height / scale, points=points)


@functools.cache
def _struck() -> tuple[Array, Array]:
    """Baked poses (N, 22, 3), turned to every side, and their joints (N, 55, 3) about the pelvis."""
    stored = Stored(content("assets") / "motion" / "poses.npz")
    plain = np.asarray(stored["pose"], np.float64)
    every = []
    for side in _SIDES:
        turned = plain.copy()
        turned[:, 0] = (Rotation.from_rotvec([0, side, 0]) * Rotation.from_rotvec(plain[:, 0])).as_rotvec()
        every.append(turned)
    poses = np.concatenate(every)
    whole = np.zeros((len(poses), 55, 3))
    whole[:, :22] = poses
    return poses, forward(whole, -REST_JOINTS[:1].repeat(len(poses), axis=0))[0]


def _first(keypoints: Keypoints) -> tuple[Array, Array, float]:
    """Of the baked poses those that look most like what was seen and go into one another, from the height that suits best.

    Returns rotations (T, 55, 3), the view (3, 3) from that height, and pixels a metre.
    """
    found = []
    for height in _HEIGHTS if not keypoints.framed else (0.0,):  # of a frame's own scale nothing tells the height
        view = Rotation.from_rotvec([height, 0, 0]).as_matrix()
        pose, cost, scale = _nearest(keypoints, view)
        in_picture = cost * scale**2  # a torso that is seen from above is short: a metre of it has more pixels
        found.append((in_picture * (_LEVEL if height else 1.0), pose, view, scale))
    _, pose, view, scale = min(found, key=lambda each: each[0])
    return pose, view, scale


def _nearest(keypoints: Keypoints, view: Array) -> tuple[Array, float, float]:
    """Baked poses (T, 55, 3) in one view, what they cost, square metres a frame, and pixels a metre."""
    poses, joints = _struck()
    joints = joints @ view.T
    trunk_ = [JOINT_INDEX[name] for name in TORSO]
    torsos = np.linalg.norm(joints[:, trunk_[:2], :2].mean(axis=1) - joints[:, trunk_[2:], :2].mean(axis=1), axis=1)
    scale = keypoints.torso / float(np.median(torsos))
    numbers = [JOINT_INDEX[name] for name in keypoints.names]
    trunk = [keypoints.names.index(name) for name in TORSO]
    seen = np.stack([filled(keypoints.of(name)) for name in keypoints.names], axis=1)
    weight = np.repeat(keypoints.seen, 2, axis=1)
    asked = _centred(seen, trunk).reshape(len(seen), -1)
    known = _centred(joints[:, numbers, :2] * [1, -1], trunk).reshape(len(poses), -1)
    parts = []
    for start in range(0, len(asked), _AT_ONCE):
        some, trusted = asked[start : start + _AT_ONCE], weight[start : start + _AT_ONCE]
        alike, own = (trusted * some) @ known.T, trusted @ (known**2).T
        # Where each frame has a scale of its own, the one at which it is nearest.
        size = np.maximum(alike / np.maximum(own, 1e-9), 1e-9) if keypoints.framed else np.float64(scale)
        costs = (trusted * some**2).sum(axis=1, keepdims=True) / size**2 - 2 * alike / size + own
        nearest = np.argpartition(costs, _CANDIDATES, axis=1)[:, :_CANDIDATES]
        parts.append((nearest, np.take_along_axis(costs, nearest, axis=1)))
    best = np.concatenate([nearest for nearest, _ in parts])
    chosen, cost = _way(np.concatenate([costs for _, costs in parts]), joints[best][:, :, :22])
    number = best[np.arange(len(best)), chosen]
    pose = np.zeros((len(seen), 55, 3))
    pose[:, :22] = poses[number]
    return smoothed(pose, 0.1 * keypoints.fps), cost / len(seen), scale


def _centred(points: Array, trunk: list[int]) -> Array:
    centred: Array = points - points[:, trunk].mean(axis=1, keepdims=True)
    return centred


def _way(costs: Array, joints: Array) -> tuple[NDArray[np.intp], float]:
    """(T,) of the candidates (T, C), whose joints are (T, C, J, 3), the cheapest to go through, and what they cost."""
    total, backs = costs[0], []
    for before, after, cost in zip(joints[:-1], joints[1:], costs[1:], strict=True):
        change = ((before[:, None] - after[None]) ** 2).sum(axis=3).mean(axis=2) * _CHANGE
        back = (total[:, None] + change).argmin(axis=0)
        total = (total[:, None] + change)[back, np.arange(len(cost))] + cost
        backs.append(back)
    found, cheapest = [int(total.argmin())], float(total.min())
    for back in reversed(backs):
        found.append(int(back[found[-1]]))
    return np.array(found[::-1]), cheapest


def _descended(keypoints: Keypoints, first: Array, view: Array, scale: float) -> tuple[Array, Array, Array]:
    """Rotations (T, 55, 3), where the pelvis is in the picture (T, 2), in metres, and where the joints are (T, K, 2), in pixels."""
    numbers = [JOINT_INDEX[name] for name in keypoints.names]
    free = sorted({joint for number in numbers for joint in above(number)})
    needed = sorted({*numbers, *free})
    columns = [needed.index(number) for number in numbers]
    trunk = [keypoints.names.index(name) for name in TORSO]
    points = np.stack([filled(keypoints.of(name)) for name in keypoints.names], axis=1) / scale
    target, weight = torch.from_numpy(points), torch.from_numpy(keypoints.seen)
    start = torch.from_numpy(first)
    turns = start[:, free].clone().requires_grad_()
    middle = torch.from_numpy(points[:, trunk].mean(axis=1)).clone().requires_grad_()
    size = torch.zeros(len(first), dtype=torch.float64).requires_grad_()
    longer = torch.zeros(len(_STRETCHED), dtype=torch.float64).requires_grad_()
    rest = torch.from_numpy(REST_JOINTS - REST_JOINTS[[max(parent, 0) for parent in SMPLX_PARENTS]])
    seen_from = torch.from_numpy(view)
    away = _FOCAL * keypoints.height / scale  # metres to the camera
    elbows = [
        (free.index(JOINT_INDEX[f"{side}_elbow"]), sign)
        for side, sign in (("left", 1.0), ("right", -1.0))
        if JOINT_INDEX[f"{side}_elbow"] in free
    ]
    optimizer = torch.optim.Adam([turns, longer, size, middle], lr=_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS, eta_min=_RATE / 30)
    moved, groups, nowhere = torch.tensor(free), _groups(), torch.zeros(len(first), 3, dtype=torch.float64)
    for _ in range(STEPS):
        optimizer.zero_grad()
        posed = start.index_copy(1, moved, turns)
        bones = rest * torch.cat([longer.new_ones(1), longer.exp()])[groups][:, None]
        joints = places(posed, nowhere, bones, needed)[:, columns]
        before = joints @ seen_from.T
        nearer = 1 / (1 - before[..., 2:] / away) if away else 1.0
        flat = before[..., :2] * joints.new_tensor([1.0, -1.0]) * nearer * size.exp()[:, None, None] + middle[:, None]
        apart = (((flat - target).square().sum(dim=-1) / _CLOSE**2 + 1).sqrt() - 1) * (2 * _CLOSE**2)
        loss = (apart * weight).sum(dim=1).mean()
        loss = loss + _FROM_POSE * (turns - start[:, free]).square().sum(dim=(1, 2)).mean()
        loss = loss + _LONGER * longer.square().sum() + _bent(turns, elbows)
        if len(turns) > 2:
            speed = keypoints.fps / 30
            loss = loss + _UNSTEADY * speed**2 * (turns[1:] - turns[:-1]).square().sum(dim=(1, 2)).mean()
            loss = loss + _JERKY * (joints[2:] - 2 * joints[1:-1] + joints[:-2]).square().sum(dim=(1, 2)).mean()
            loss = loss + (0.0 if keypoints.framed else _SCALED) * (size[1:] - size[:-1]).square().mean()
        loss = loss + (1e-3 if keypoints.framed else _SCALED) * size.square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    posed = start.index_copy(1, moved, turns)
    return posed.detach().numpy(), middle.detach().numpy(), flat.detach().numpy() * scale


def _groups() -> torch.Tensor:
    """(55,) for each joint which of ``_STRETCHED`` the bone to it belongs to, from 1; 0 for none."""
    groups = torch.zeros(len(SMPLX_JOINTS), dtype=torch.long)
    for number, names in enumerate(_STRETCHED, start=1):
        for name in names.split():
            groups[
                [JOINT_INDEX[joint] for joint in (name, f"left_{name}", f"right_{name}") if joint in JOINT_INDEX]
            ] = number
    return groups


def _bent(turns: torch.Tensor, elbows: list[tuple[int, float]]) -> torch.Tensor:
    """What elbows cost that bend backwards or sideways, or turn further than forearms do."""
    cost = turns.new_zeros(())
    for column, sign in elbows:
        own = turns[:, column]
        cost = cost + (own[:, 1] * sign).clamp_min(0).square().mean() + own[:, 2].square().mean()
        cost = cost + (own[:, 0].abs() - _PRONATED).clamp_min(0).square().mean()
    return _BENT * cost
