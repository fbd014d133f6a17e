"""Motions as SMPL-H or SMPL-X parameters, as AMASS, BEDLAM, Motion-X and pose estimators save them.

AMASS: Mahmood et al. 2019, and its SMPL-X release. Motion-X: Lin et al. 2023, the layout of its 322 numbers a frame. Their
joints come in different orders, their worlds have different axes up, and fingers are turned from a flat hand or from a mean
one: none of this is told by the number of values, so each comes from the format or from whoever gives the file.
"""

import dataclasses
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError
from synthgest.motion.arrays import Stored, read_npy, read_pt
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Gender, Motion
from synthgest.motion.settling import Y_UP, grounded, relax_hands, turned_to_front
from synthgest.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

_HAND = 45
_COMPONENTS = ("pca", "pca-flat")
_RATES = ("fps", "mocap_framerate", "mocap_frame_rate")
_FASTEST = 12.0  # metres a second
_UPRIGHT = 0.3  # cosine of the largest angle between the trunk and the vertical, in most frames

_SMPLH = {"root": 3, "body": 63, "left": _HAND, "right": _HAND}
_SMPLX = {"root": 3, "body": 63, "jaw": 3, "leye": 3, "reye": 3, "left": _HAND, "right": _HAND}
_MOTION_X = {"root": 3, "body": 63, "left": _HAND, "right": _HAND, "jaw": 3}
_MOTION_X_WIDTH, _MOTION_X_TRANS = 322, slice(309, 312)
_MOTION_X_FACE, _MOTION_X_SHAPE = slice(159, 209), slice(312, 322)
_GENDERS: tuple[Gender, ...] = ("neutral", "female", "male")
_GVHMR = {"root": "global_orient", "body": "body_pose", "trans": "transl"}
_PARTS = {
    "root": ("global_orient", "root_orient"),
    "body": ("body_pose", "pose_body"),
    "jaw": ("jaw_pose", "pose_jaw"),
    "leye": ("leye_pose",),
    "reye": ("reye_pose",),
    "left": ("left_hand_pose", "pose_lhand"),
    "right": ("right_hand_pose", "pose_rhand"),
}


def read_amass(path: Path, reading: Reading) -> Motion:
    """A sequence of AMASS: ``poses`` (T, 156) of SMPL-H or (T, 165) of SMPL-X, ``trans``, and its rate; Z up, from flat hands."""
    stored = Stored(path)
    poses = _matrix(stored["poses"], "poses", path)
    layout = {156: _SMPLH, 165: _SMPLX}.get(poses.shape[1])
    if layout is None:
        raise MotionError(f"poses of {path} has shape {poses.shape}; expected (T, 156) of SMPL-H or (T, 165) of SMPL-X")
    parts = _cut(poses, layout)
    trans = _matrix(stored["trans"], "trans", path, 3)
    motion = _motion(parts, trans, path, reading, fps=_rate(stored, path), up="z", hands="flat")
    return _with_performer(motion, stored, stored.names, path, reading)


def read_smplx(path: Path, reading: Reading) -> Motion:
    """SMPL-X parameters by the names of its code, or ``poses`` (T, 165): ``global_orient``, ``body_pose``, ``left_hand_pose`` ...

    Nothing says which axis is up and what fingers are turned from, so ``up`` must be given, and ``hands`` where there are any.
    """
    stored: Any = read_pt(path) if path.suffix.lower() in (".pt", ".pth") else Stored(path)
    names = set(stored) if isinstance(stored, Mapping) else stored.names
    if "poses" in names:
        parts = _cut(_matrix(stored["poses"], "poses", path, 165), _SMPLX)
    else:
        parts = {}
        for part, spellings in _PARTS.items():
            if name := next((name for name in spellings if name in names), ""):
                parts[part] = _matrix(stored[name], name, path)
        for part in ("root", "body"):
            if part not in parts:
                raise MotionError(
                    f"{path} has none of {', '.join(_PARTS[part])}; it has {', '.join(sorted(names))[:300]}"
                )
    where = next((name for name in ("transl", "trans") if name in names), "")
    trans = _matrix(stored[where], where, path, 3) if where else np.zeros((len(parts["root"]), 3))
    rate = _rate(stored, path) if isinstance(stored, Stored) else 0.0
    motion = _motion(parts, trans, path, reading, fps=rate, up="", hands="")
    return _with_performer(motion, stored, names, path, reading)


def read_gvhmr(path: Path, reading: Reading) -> Motion:
    """What GVHMR found in a video (``.pt``): ``smpl_params_global``, Y up, without fingers; the video's rate must be given."""
    stored = read_pt(path)
    params = stored.get("smpl_params_global")
    if not isinstance(params, Mapping):
        raise MotionError(f"{path} has no smpl_params_global; it has {', '.join(map(str, stored))[:300]}")
    parts = {part: _matrix(_of(params, name, path), name, path) for part, name in _GVHMR.items()}
    return _motion(parts, parts.pop("trans"), path, reading, fps=0.0, up="y", hands="")


def _of(table: Mapping[str, Any], name: str, path: Path) -> Any:
    if name not in table:
        raise MotionError(f"{path} has no {name}; it has {', '.join(map(str, table))[:300]}")
    return table[name]


def read_motion_x(path: Path, reading: Reading) -> Motion:
    """A sequence of Motion-X: (T, 322) of root, body, hands, jaw, face, path and shape; Y up, 30 frames a second, flat hands."""
    values = _matrix(read_npy(path), "the array", path, _MOTION_X_WIDTH)
    parts = _cut(values, _MOTION_X)
    motion = _motion(parts, values[:, _MOTION_X_TRANS], path, reading, fps=30.0, up="y", hands="flat")
    performer = {"expression": values[:, _MOTION_X_FACE], "betas": values[:1, _MOTION_X_SHAPE]}
    return _with_performer(motion, performer, performer, path, reading)


def _with_performer(motion: Motion, stored: Any, names: Collection[str], path: Path, reading: Reading) -> Motion:
    """The motion with the shape, the face and the gender that a file tells of, where it does.

    Frames that have a shape each (as pose estimators save it) get the mean of them.
    """
    betas, expression = motion.betas, motion.expression
    if "betas" in names:
        values = np.asarray(stored["betas"])
        betas = _matrix(values[None] if values.ndim == 1 else values, "betas", path).mean(axis=0).astype(np.float32)
    if "expression" in names:
        face = _matrix(stored["expression"], "expression", path)[reading.first :]
        expression = face.astype(np.float32)
    said = np.asarray(stored["gender"] if "gender" in names else "")
    word = said.astype(str).item().lower() if said.dtype.kind in "US" and said.size == 1 else ""
    gender: Gender = next((known for known in _GENDERS if known == word), "")
    return dataclasses.replace(motion, betas=betas, expression=expression, gender=gender)


def _motion(
    parts: Mapping[str, Array], trans: Array, path: Path, reading: Reading, *, fps: float, up: str, hands: str
) -> Motion:
    """Joined, with the world turned Y up; what is given counts more than what the format says."""
    count = len(parts["root"])
    for name, values in (*parts.items(), ("the path", trans)):
        if len(values) != count:
            raise MotionError(f"{path} has {count} frames of root, and {len(values)} of {name}")
        if not np.isfinite(values).all():
            raise MotionError(f"{name} of {path} holds NaN or infinite values")
    fps, up = reading.fps or fps, reading.up or up
    if not fps:
        raise MotionError(f"{path} does not say how many frames a second it has; give fps")
    if not up:
        raise MotionError(f"{path} does not say which axis of its world points up; give up = 'y' or 'z'")
    if reading.first >= count:
        raise MotionError(f"{path} has {count} frames, of which the first {reading.first} shall be left out")
    pose = np.zeros((count, 55, 3))
    pose[:, 0] = parts["root"]
    pose[:, 1:22] = _joints(parts["body"], 21, "the body", path)
    for name, joint in (("jaw", "jaw"), ("leye", "left_eye_smplhf"), ("reye", "right_eye_smplhf")):
        if name in parts:
            pose[:, JOINT_INDEX[joint]] = _joints(parts[name], 1, name, path)[:, 0]
    fingers = "left" in parts and "right" in parts
    relax_hands(pose)
    for side in ("left", "right") if fingers else ():
        first = JOINT_INDEX[f"{side}_index1"]
        pose[:, first : first + 15] = _fingers(parts[side], side, reading.hands or hands, reading, path)
    pelvis = trans * (reading.metres or 1.0)
    world = Rotation.from_matrix(Y_UP) if up == "z" else Rotation.identity()
    pose, pelvis = pose[reading.first :], world.apply(pelvis[reading.first :])
    turns = world * Rotation.from_rotvec(pose[:, 0])
    _require_upright(turns, path, up)
    _require_pace(pelvis, fps, path)
    front = turned_to_front(turns[0].as_matrix()[:, 0])
    pose[:, 0] = (front * turns).as_rotvec()
    way = grounded(pose, front.apply(pelvis), ("pelvis",))
    return Motion.from_full_pose(pose, way, fps=fps, fingers=fingers, source=f"capture {path.name}")


def _require_pace(pelvis: Array, fps: float, path: Path) -> None:
    """pelvis: (T, 3) in what should be metres."""
    pace = float(np.median(np.linalg.norm(np.diff(pelvis, axis=0), axis=1))) * fps if len(pelvis) > 1 else 0.0
    if pace > _FASTEST:
        raise MotionError(
            f"in {path} the body travels {pace:.0f} m a second if lengths are metres; nobody runs faster than {_FASTEST:.0f}: "
            "give metres, those of a unit, such as 0.01 for centimetres"
        )


def _require_upright(turns: Rotation, path: Path, up: str) -> None:
    """turns: of the pelvis, in a world whose Y points up."""
    height = float(np.median(turns.as_matrix()[:, 1, 1]))
    if height < _UPRIGHT:
        raise MotionError(
            f"in {path} the trunk points {'down' if height < -_UPRIGHT else 'sideways'} if {up} points up; who performs gestures "
            f"stands or sits: give up = {'y' if up == 'z' else 'z'!r}, or leave the file out"
        )


def _fingers(values: Array, side: str, hands: str, reading: Reading, path: Path) -> Array:
    """(T, 15, 3) turns from the flat hand."""
    if not hands:
        raise MotionError(
            f"{path} has fingers and does not say what they are turned from; give hands = 'flat' (flat_hand_mean=True), "
            "'mean' (flat_hand_mean=False), 'pca' or 'pca-flat'"
        )
    if hands not in _COMPONENTS and values.shape[1] != _HAND:
        raise MotionError(
            f"the {side} hand of {path} has {values.shape[1]} values a frame; hands = {hands!r} expects {_HAND}: "
            "fewer are coefficients, hands = 'pca' or 'pca-flat'"
        )
    if hands == "flat":
        return values.reshape(-1, 15, 3)
    if not reading.model:
        raise MotionError(
            f"hands = {hands!r} needs the mean hand: give model, the SMPL-X file that the motion was made with"
        )
    stored, end = Stored(Path(reading.model).expanduser()), side[0]
    if hands in _COMPONENTS:
        components = np.asarray(stored[f"hands_components{end}"], np.float64)
        if values.shape[1] > len(components):
            raise MotionError(
                f"the {side} hand of {path} has {values.shape[1]} coefficients, more than {reading.model} has components"
            )
        values = values @ components[: values.shape[1]]
    if hands != "pca-flat":
        values = values + np.asarray(stored[f"hands_mean{end}"], np.float64)
    return values.reshape(-1, 15, 3)


def _cut(values: Array, layout: Mapping[str, int]) -> dict[str, Array]:
    ends = np.cumsum(list(layout.values()))
    return {name: values[:, end - width : end] for (name, width), end in zip(layout.items(), ends, strict=True)}


def _joints(values: Array, count: int, name: str, path: Path) -> Array:
    if values.shape[1] != 3 * count:
        raise MotionError(f"{name} of {path} has {values.shape[1]} values a frame; expected {3 * count}")
    return values.reshape(len(values), count, 3)


def _matrix(values: Any, name: str, path: Path, width: int = 0) -> Array:
    """(T, N) float64, of an array or a tensor; more than two axes are joined after the first."""
    found = np.asarray(values.detach().cpu().numpy() if hasattr(values, "detach") else values)
    if found.dtype.kind not in "fiu" or found.ndim < 2 or not len(found):
        raise MotionError(f"{name} of {path} is {found.dtype} {found.shape}; expected numbers (T, {width or 'N'})")
    flat = found.reshape(len(found), -1).astype(np.float64)
    if width and flat.shape[1] != width:
        raise MotionError(f"{name} of {path} has shape {found.shape}; expected (T, {width})")
    return flat


def _rate(stored: Stored, path: Path) -> float:
    """Frames a second; 0 where the file does not say."""
    name = next((name for name in _RATES if name in stored.names), "")
    if not name:
        return 0.0
    value = np.asarray(stored[name])
    if value.size != 1 or value.dtype.kind not in "fiu" or not 0 < float(value.reshape(-1)[0]) <= 1000:
        raise MotionError(f"{name} of {path} is {value.dtype} {value.shape}; expected one number above 0")
    return float(value.reshape(-1)[0])
