"""A captured skeleton becomes an SMPL-X motion: every bone of the performer points where the captured bone points.

Rest poses of files differ (T-pose, A-pose, all bones along one axis), so none is trusted. The direction of a bone comes
from the places of its two joints; its twist comes from the joint's rotation, calibrated once for the clip: elbows and
knees by the axis about which they bend, trunk, head and feet by how they stand in the frames in which the arms hang.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError
from synthgest.motion.anatomy import MIRROR, shoulder
from synthgest.motion.bvh import Capture
from synthgest.motion.kinematics import LEG_LENGTH
from synthgest.motion.roles import joint_roles
from synthgest.motion.sequence import Motion
from synthgest.motion.settling import grounded, relax_hands, turned_to_front
from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_PARENTS

Array = NDArray[np.float64]

_UP = np.array([0.0, 1.0, 0.0])
_BENT = np.sin(np.radians(15.0))
_HANGING = np.cos(np.radians(35.0))
_RESTING_PRONATION = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The captured joints by role, turned so that the performer faces +Z at the first frame.

    places: (T, 3) in the file's unit. turns: (T, 3, 3). rest: frames in which both arms hang. scale: metres a unit.
    """

    places: dict[str, Array]
    turns: dict[str, Array]
    rest: NDArray[np.bool_]
    scale: float


def to_motion(capture: Capture, path: Path) -> Motion:
    """The capture as SMPL-X rotations, feet on the ground, facing +Z at the start, without fingers (relaxed hands).

    The unit of the file does not matter: lengths are scaled so that the legs are those of the nominal adult.
    """
    source = _source(capture, path)
    world: dict[str, Array] = {"pelvis": _pelvis(source)}
    _pose_trunk(world, source)
    for side in ("left", "right"):
        _pose_arm(world, source, side)
        _pose_leg(world, source, side)
    pose = _local(world)
    relax_hands(pose)
    hips = (source.places["left_hip"] + source.places["right_hip"]) / 2 * source.scale
    way = grounded(pose, hips, ("left_hip", "right_hip"))
    return Motion.from_full_pose(pose, way, fps=capture.fps, fingers=False, source=f"capture {path.name}")


def _source(capture: Capture, path: Path) -> _Source:
    roles = joint_roles(capture.names, path)
    places = {role: capture.places[:, index] for role, index in roles.items()}
    legs = [
        np.linalg.norm(places[f"{side}_{upper}"] - places[f"{side}_{lower}"], axis=1)
        for side in ("left", "right")
        for upper, lower in (("hip", "knee"), ("knee", "ankle"))
    ]
    leg = float(np.median(np.sum(legs, axis=0))) / 2
    if not leg > 1e-6:
        raise MotionError(f"{path}: the legs have no length; hip, knee and ankle lie in one place")
    turn = turned_to_front(places["left_hip"][0] - places["right_hip"][0]).as_matrix()
    places = {role: place @ turn.T for role, place in places.items()}
    turns = {role: turn @ capture.turns[:, index] for role, index in roles.items()}
    down = [
        -_unit(places[f"{side}_{lower}"] - places[f"{side}_{upper}"])[:, 1]
        for side in ("left", "right")
        for upper, lower in (("shoulder", "elbow"), ("elbow", "wrist"))
    ]
    hang = np.min(down, axis=0)
    rest = hang > _HANGING if (hang > _HANGING).any() else hang >= hang.max() - 1e-9
    return _Source(places=places, turns=turns, rest=rest, scale=LEG_LENGTH / leg)


def _pelvis(source: _Source) -> Array:
    middle = (source.places["left_hip"] + source.places["right_hip"]) / 2
    up = source.places["spine"] - middle
    return _frame(source.places["left_hip"] - source.places["right_hip"], up)


def _pose_trunk(world: dict[str, Array], source: _Source) -> None:
    """Chest and head by their own rotations; what lies between them shares the difference."""
    places = source.places
    above = places.get("neck", places["head"])
    shape = _frame(places["left_shoulder"] - places["right_shoulder"], above - places["pelvis"])
    world["spine3"] = source.turns["chest"] @ _mean(_inverse(source.turns["chest"]) @ shape, source.rest)
    thirds = _between(world["pelvis"], world["spine3"], (1 / 3, 2 / 3))
    world["spine1"], world["spine2"] = thirds
    upright = Rotation.from_rotvec(_heading(world["spine3"])[:, None] * _UP).as_matrix()
    world["head"] = source.turns["head"] @ _mean(_inverse(source.turns["head"]) @ upright, source.rest)
    (world["neck"],) = _between(world["spine3"], world["head"], (1 / 2,))


def _pose_arm(world: dict[str, Array], source: _Source, side: str) -> None:
    sign = 1.0 if side == "left" else -1.0
    along, axis = np.array([sign, 0.0, 0.0]), np.array([0.0, -sign, 0.0])
    upper = _unit(source.places[f"{side}_elbow"] - source.places[f"{side}_shoulder"])
    lower = _unit(source.places[f"{side}_wrist"] - source.places[f"{side}_elbow"])
    chest = world["spine3"]
    if f"{side}_collar" in source.turns:
        girdle = source.turns[f"{side}_collar"]
        world[f"{side}_collar"] = girdle @ _mean(_inverse(girdle) @ chest, source.rest)
    hinge = _hinge(source, f"{side}_shoulder", np.cross(upper, lower), _untwisted_hinge(chest, upper, side))
    world[f"{side}_shoulder"] = _aligned(upper, hinge, along, axis)
    # The forearm bends about the hinge alone; its turn is shared by the elbow and the wrist, as in the anatomy.
    bent = _aligned(lower, hinge, along, axis)
    hand = source.turns[f"{side}_wrist"]
    natural = bent @ _about_x(np.radians([_RESTING_PRONATION]))
    hand = hand @ _mean(_inverse(hand) @ natural, source.rest)
    turn = _twist_about_x(_inverse(bent) @ hand)
    world[f"{side}_elbow"] = bent @ _about_x(turn / 2)
    world[f"{side}_wrist"] = hand


def _untwisted_hinge(chest: Array, upper: Array, side: str) -> Array:
    """(T, 3) the axis about which an arm bends that was raised to where it points without turning about its own length."""
    mirror = np.array([1.0, 1.0, 1.0] if side == "left" else [-1.0, 1.0, 1.0])
    raised = shoulder((_inverse(chest) @ upper[:, :, None])[:, :, 0] * mirror, np.zeros(len(upper)))
    axes = raised.apply([0.0, -1.0, 0.0]) * (1.0 if side == "left" else MIRROR)
    turned: Array = (chest @ axes[:, :, None])[:, :, 0]
    return turned


def _pose_leg(world: dict[str, Array], source: _Source, side: str) -> None:
    along, axis = np.array([0.0, -1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    places = source.places
    upper = _unit(places[f"{side}_knee"] - places[f"{side}_hip"])
    lower = _unit(places[f"{side}_ankle"] - places[f"{side}_knee"])
    hinge = _hinge(source, f"{side}_hip", np.cross(upper, lower), world["pelvis"][:, :, 0])
    world[f"{side}_hip"] = _aligned(upper, hinge, along, axis)
    world[f"{side}_knee"] = _aligned(lower, hinge, along, axis)
    foot = source.turns[f"{side}_ankle"]
    ahead = world[f"{side}_knee"][:, :, 2]
    if f"{side}_toe" in places:
        ahead = places[f"{side}_toe"] - places[f"{side}_ankle"]
    level = Rotation.from_rotvec(np.arctan2(ahead[:, 0], ahead[:, 2])[:, None] * _UP).as_matrix()
    world[f"{side}_ankle"] = foot @ _mean(_inverse(foot) @ level, _standing(places[f"{side}_ankle"]))


def _standing(ankle: Array) -> NDArray[np.bool_]:
    """Frames in which a foot is low and slow, and so flat on the ground."""
    speed = np.linalg.norm(np.gradient(ankle, axis=0), axis=1) if len(ankle) > 1 else np.zeros(1)
    low = ankle[:, 1] <= np.percentile(ankle[:, 1], 50) + 1e-9
    return low & (speed <= np.percentile(speed[low], 20) + 1e-9)


def _hinge(source: _Source, joint: str, bends: Array, otherwise: Array) -> Array:
    """(T, 3) the axis about which a limb bends: fixed in its upper bone, known from the frames in which it is bent.

    bends: (T, 3) cross products of the limb's two bones, of the length of the sine of the bend. otherwise: (T, 3) the
    axis of a limb that hangs at rest, for clips in which the limb stays straight.
    """
    turns = source.turns[joint]
    strength = np.linalg.norm(bends, axis=1)
    bent = strength > _BENT
    seen = bends if bent.sum() >= max(3, 0.02 * len(bends)) else otherwise
    used = bent if seen is bends else source.rest
    own = np.einsum("tji,tj->ti", turns[used], seen[used]).mean(axis=0)
    axis: Array = turns @ _unit(own)
    return axis


def _local(world: dict[str, Array]) -> Array:
    """(T, 55, 3) rotations relative to the parents; a joint that is not named follows its parent."""
    frames = len(world["pelvis"])
    turns = np.empty((frames, 55, 3, 3))
    pose = np.zeros((frames, 55, 3))
    for name, joint in JOINT_INDEX.items():
        parent = SMPLX_PARENTS[joint]
        above = turns[:, parent] if parent >= 0 else np.broadcast_to(np.eye(3), (frames, 3, 3))
        turns[:, joint] = world.get(name, above)
        if name in world:
            pose[:, joint] = Rotation.from_matrix(_inverse(above) @ turns[:, joint]).as_rotvec()
    return pose


def _frame(sideways: Array, up: Array) -> Array:
    """(T, 3, 3) rotations whose first axis is ``sideways`` and whose second is as near to ``up`` as can be."""
    first = _unit(sideways)
    third = _unit(np.cross(first, up))
    return np.stack([first, np.cross(third, first), third], axis=-1)


def _aligned(direction: Array, hinge: Array, along: Array, axis: Array) -> Array:
    """(T, 3, 3) rotations that carry the bone ``along`` to its direction and the axis ``axis`` to the hinge."""
    turns: Array = _frame(direction, hinge) @ _frame(along[None], axis[None])[0].T
    return turns


def _about_x(angles: Array) -> Array:
    matrix: Array = Rotation.from_rotvec(angles[:, None] * np.array([1.0, 0.0, 0.0])).as_matrix()
    return matrix


def _twist_about_x(matrices: Array) -> Array:
    """(T,) radians within a half turn: the part of each rotation that turns about X."""
    quaternion = Rotation.from_matrix(matrices).as_quat()
    twist = 2 * np.arctan2(quaternion[:, 0], quaternion[:, 3])
    wrapped: Array = (twist + np.pi) % (2 * np.pi) - np.pi
    return wrapped


def _between(first: Array, last: Array, shares: tuple[float, ...]) -> list[Array]:
    """Rotations on the way from the first (T, 3, 3) to the last."""
    step = Rotation.from_matrix(_inverse(first) @ last).as_rotvec()
    return [first @ Rotation.from_rotvec(step * share).as_matrix() for share in shares]


def _mean(matrices: Array, used: NDArray[np.bool_]) -> Array:
    mean: Array = Rotation.from_matrix(matrices[used]).mean().as_matrix()
    return mean


def _heading(matrices: Array) -> Array:
    """(T,) radians about Y in which the third axis points."""
    return np.arctan2(matrices[:, 0, 2], matrices[:, 2, 2])


def _inverse(matrices: Array) -> Array:
    return np.swapaxes(matrices, -1, -2)


def _unit(vectors: Array) -> Array:
    units: Array = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return units
