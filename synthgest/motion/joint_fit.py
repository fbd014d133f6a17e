"""Rotations that put a body's joints where they were seen in space: what is known is only where joints are.

All frames are fitted at once by gradient descent (Adam): distances to the joints that were seen, turns that are small unless
something asks for them, and neighbouring frames that are alike. Bones are as long as they were seen; what a joint's place cannot
tell, such as how a straight arm is turned about its length, stays as it is at rest.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError
from synthgest.motion.kinematics import LEG_LENGTH, REST_JOINTS
from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS, SMPLX_PARENTS

Array = NDArray[np.float64]

STEPS = 400
"""Of gradient descent."""

_RATE = 0.06
_AWAY = 2e-4  # square metres that a turn of one radian costs
_UNSTEADY = 2e-3  # likewise, of the change from one frame to the next
_NEEDED = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")
_SEEN = 0.5  # part of the frames in which something must have been seen
_TALL = (1.2, 2.2)  # metres
_STATURE = 1.70  # metres, of the nominal adult


def fitted(seen: Mapping[str, Array]) -> tuple[Array, Array, float]:
    """Rotations (T, 55, 3), axis-angle, and places of the pelvis (T, 3), in metres, of joints seen at (T, 3), Y up; and the size.

    seen: by the names of ``SMPLX_JOINTS``; NaN where a joint was not seen, which in some frame each was. The size is that of
    whoever was seen, as a part of the nominal adult's. MotionError where hips and shoulders are missing, or somebody is too small
    or too tall to have been measured in metres.
    """
    if missing := [name for name in _NEEDED if name not in seen or not np.isfinite(seen[name]).all(axis=1).any()]:
        raise MotionError(f"the joints {', '.join(missing)} are not among those that were seen; a pose needs them")
    numbers = np.array(sorted(JOINT_INDEX[name] for name in seen))
    wanted = np.stack([seen[SMPLX_JOINTS[number]] for number in numbers], axis=1)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(wanted).all(axis=2))
    empty = int((~known.any(axis=1)).sum())
    if empty > (1 - _SEEN) * len(known):
        raise MotionError(f"in {empty} of {len(known)} frames no joint was seen")
    rest = measured(seen)
    size = _size(rest)
    trunk = {name: filled(seen[name]) for name in _NEEDED}
    first = _heading(trunk)
    pose = torch.zeros(len(wanted), 55, 3, dtype=torch.float64)
    pose[:, 0] = torch.from_numpy(first.as_rotvec())
    pelvis = (trunk["left_hip"] + trunk["right_hip"]) / 2
    return *_descended(pose, torch.from_numpy(pelvis), wanted, known, numbers, rest), size


def measured(seen: Mapping[str, Array]) -> Array:
    """(55, 3) joints of a body in the T-pose whose bones are as long as they were seen, and else scaled like the others."""
    lengths: dict[int, float] = {}
    for number, parent in enumerate(SMPLX_PARENTS):
        name, above = SMPLX_JOINTS[number], SMPLX_JOINTS[parent] if parent >= 0 else ""
        if name in seen and above in seen:
            lengths[number] = float(np.nanmedian(np.linalg.norm(seen[name] - seen[above], axis=1)))
    nominal = np.linalg.norm(REST_JOINTS - REST_JOINTS[[max(parent, 0) for parent in SMPLX_PARENTS]], axis=1)
    limbs = [number for number in lengths if nominal[number] > 0.15]
    usual = float(np.median([lengths[number] / nominal[number] for number in limbs])) if limbs else 1.0
    scale = np.array([lengths[number] / nominal[number] if number in lengths else usual for number in range(55)])
    width = float(np.nanmedian(np.linalg.norm(seen["left_hip"] - seen["right_hip"], axis=1)))
    for number in (
        JOINT_INDEX["left_hip"],
        JOINT_INDEX["right_hip"],
    ):  # where no pelvis was seen, they must still reach
        if number not in lengths and np.isfinite(width):
            scale[number] = width / 2 / abs(REST_JOINTS[number, 0])
    rest = np.zeros((55, 3))
    rest[0] = REST_JOINTS[0] * usual
    for number, parent in enumerate(SMPLX_PARENTS):
        if parent >= 0:
            rest[number] = rest[parent] + (REST_JOINTS[number] - REST_JOINTS[parent]) * scale[number]
    return rest


def _size(rest: Array) -> float:
    leg = rest[[JOINT_INDEX[f"left_{name}"] for name in ("hip", "knee", "ankle")]]
    size = float(np.linalg.norm(np.diff(leg, axis=0), axis=1).sum()) / LEG_LENGTH
    if not _TALL[0] <= size * _STATURE <= _TALL[1]:
        raise MotionError(
            f"whoever was measured is {size * _STATURE:.3g} m tall if lengths are metres; expected {_TALL[0]} to {_TALL[1]}: "
            "give metres, those of a unit, such as 0.01 for centimetres"
        )
    return size


def filled(places: Array) -> Array:
    """Places (T, 3), in a straight line across the frames in which they were not seen."""
    known = np.isfinite(places).all(axis=1)
    moments = np.arange(len(places))
    return np.stack([np.interp(moments, moments[known], own[known]) for own in places.T], axis=1)


def _heading(trunk: Mapping[str, Array]) -> Rotation:
    """How the trunk stands in each frame: its left by hips and shoulders, its up from the ones to the others."""
    left = trunk["left_hip"] - trunk["right_hip"] + trunk["left_shoulder"] - trunk["right_shoulder"]
    up = trunk["left_shoulder"] - trunk["left_hip"] + trunk["right_shoulder"] - trunk["right_hip"]
    first = left / np.linalg.norm(left, axis=1, keepdims=True).clip(1e-9)
    third = np.cross(first, up)
    third /= np.linalg.norm(third, axis=1, keepdims=True).clip(1e-9)
    return Rotation.from_matrix(np.stack([first, np.cross(third, first), third], axis=-1))


def _descended(
    pose: torch.Tensor, pelvis: torch.Tensor, wanted: Array, known: NDArray[np.bool_], numbers: Array, rest: Array
) -> tuple[Array, Array]:
    bones = torch.from_numpy(rest - rest[[max(parent, 0) for parent in SMPLX_PARENTS]])
    target, weight = (
        torch.from_numpy(np.where(known[..., None], wanted, 0.0)),
        torch.from_numpy(known.astype(np.float64)),
    )
    free = sorted({joint for number in numbers for joint in above(int(number))})
    turns, place = pose[:, free].clone().requires_grad_(), pelvis.clone().requires_grad_()
    start, needed = pose[:, 0].clone(), sorted({*numbers.tolist(), *free})
    columns = [needed.index(number) for number in numbers]
    optimizer = torch.optim.Adam([turns, place], lr=_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS, eta_min=_RATE / 50)
    for _ in range(STEPS):
        optimizer.zero_grad()
        posed = pose.index_copy(1, torch.tensor(free), turns)
        joints = places(posed, place, bones, needed)[:, columns]
        apart = ((joints - target).square().sum(dim=-1) * weight).sum(dim=1)
        away = (turns[:, 1:].square().sum(dim=(1, 2)) + (turns[:, 0] - start).square().sum(dim=1)) * _AWAY
        unsteady = (turns[1:] - turns[:-1]).square().sum() * _UNSTEADY / max(len(turns) - 1, 1)
        loss = apart.mean() + away.mean() + unsteady
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    posed = pose.index_copy(1, torch.tensor(free), turns)
    return posed.detach().numpy(), place.detach().numpy()


def places(pose: torch.Tensor, pelvis: torch.Tensor, bones: torch.Tensor, needed: Sequence[int]) -> torch.Tensor:
    """Joints (T, J, 3) of rotations (T, 55, 3), axis-angle, about a pelvis (T, 3), with bones (55, 3) from the parents at rest.

    needed: which joints, in rising order; all from which one of them hangs must be among them.
    """
    local = turned(pose[:, needed])
    world: dict[int, torch.Tensor] = {}
    joints: dict[int, torch.Tensor] = {}
    for column, number in enumerate(needed):
        parent = SMPLX_PARENTS[number]
        world[number] = local[:, column] if parent < 0 else world[parent] @ local[:, column]
        joints[number] = pelvis if parent < 0 else joints[parent] + world[parent] @ bones[number]
    return torch.stack(list(joints.values()), dim=1)


def turned(vectors: torch.Tensor) -> torch.Tensor:
    """Rotation matrices (..., 3, 3) of axis-angle vectors (..., 3), by Rodrigues' formula."""
    angle = (vectors.square().sum(dim=-1, keepdim=True) + 1e-16).sqrt()
    x, y, z = (vectors / angle).unbind(dim=-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).reshape(*vectors.shape[:-1], 3, 3)
    sine, cosine = angle.sin()[..., None], angle.cos()[..., None]
    eye = torch.eye(3, dtype=vectors.dtype, device=vectors.device)
    matrices: torch.Tensor = eye + sine * cross + (1 - cosine) * cross @ cross
    return matrices


def above(joint: int) -> list[int]:
    """The joints whose turns move a joint."""
    found = []
    while (joint := SMPLX_PARENTS[joint]) >= 0:
        found.append(joint)
    return found
