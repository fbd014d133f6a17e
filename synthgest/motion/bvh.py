"""Biovision BVH files: a small strict parser that gives every joint's place and rotation in the world.

Any joint names, any order of channels, three or six (or no) channels a joint, End Sites kept as joints without
rotation. The format: Meredith and Maddock 2001, "Motion Capture File Formats Explained", section 2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError

Array = NDArray[np.float64]

LARGEST_FILE = 64 * 2**20
"""Bytes; about half an hour of 60 joints at 120 frames per second."""

END = " end"
"""What follows the parent's name in the name of an End Site."""

_MOST_JOINTS = 512
_AXES = {"xrotation": "X", "yrotation": "Y", "zrotation": "Z"}
_PLACES = {"xposition": 0, "yposition": 1, "zposition": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A captured skeleton over T frames, in the file's own unit and axes.

    names, parents: J joints, parents first, -1 for the root. offsets: (J, 3) bones at zero rotation. places: (T, J, 3)
    in the world. turns: (T, J, 3, 3) rotations in the world, identity at zero rotation. fps: frames per second.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: Array
    places: Array
    turns: Array
    fps: float


@dataclass(slots=True, kw_only=True)
class _Joint:
    name: str
    parent: int
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    channels: tuple[str, ...] = ()


def read_bvh(path: Path) -> Capture:
    """The capture in a BVH file. Raises MotionError saying what is wrong with a file that is not whole."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise MotionError(f"{path} has {size:,} bytes; BVH files up to {LARGEST_FILE:,} are read")
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise MotionError(f"cannot read {path}: {error.strerror}") from error
    hierarchy, *motion = re.split(r"^\s*MOTION\b", text, maxsplit=1, flags=re.MULTILINE)
    if not motion or not hierarchy.lstrip("\ufeff \t\r\n").startswith("HIERARCHY"):
        raise MotionError(f"{path} is not a BVH file: expected HIERARCHY and then MOTION")
    joints = _hierarchy(iter(hierarchy.split()), path)
    values, fps = _frames(motion[0], sum(len(joint.channels) for joint in joints), path)
    return _posed(joints, values, fps)


def _hierarchy(words: Iterator[str], path: Path) -> list[_Joint]:
    joints: list[_Joint] = []
    open_joints: list[int] = []
    pending = -1
    try:
        for word in words:
            if word in ("ROOT", "JOINT", "End"):
                if len(joints) >= _MOST_JOINTS or (word == "ROOT" and joints):
                    raise MotionError(f"{path}: expected one ROOT and at most {_MOST_JOINTS} joints")
                name, parent = next(words), open_joints[-1] if open_joints else -1
                joints.append(_Joint(name=joints[parent].name + END if word == "End" else name, parent=parent))
                pending = len(joints) - 1
            elif word == "{":
                open_joints.append(pending)
            elif word == "}":
                open_joints.pop()
            elif word == "OFFSET":
                x, y, z = (float(next(words)) for _ in range(3))
                joints[open_joints[-1]].offset = (x, y, z)
            elif word == "CHANNELS":
                joints[open_joints[-1]].channels = tuple(next(words).lower() for _ in range(_count(next(words))))
            elif word != "HIERARCHY" and word != "\ufeffHIERARCHY":
                raise MotionError(f"{path}: unexpected word {word[:40]!r} in the hierarchy")
    except (StopIteration, RuntimeError, IndexError, ValueError) as error:
        raise MotionError(f"{path}: the hierarchy breaks off or holds a word where a number belongs") from error
    if open_joints or not joints:
        raise MotionError(f"{path}: the hierarchy has {len(open_joints)} joints that are not closed")
    _check_hierarchy(joints, path)
    return joints


def _count(word: str) -> int:
    count = int(word)
    if not 0 <= count <= 6:
        raise ValueError(f"a joint has {count} channels")
    return count


def _check_hierarchy(joints: list[_Joint], path: Path) -> None:
    names = [joint.name for joint in joints]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise MotionError(f"{path}: several joints are called {twice[0]!r}")
    for joint in joints:
        unknown = [channel for channel in joint.channels if channel not in _AXES and channel not in _PLACES]
        if unknown:
            raise MotionError(f"{path}: joint {joint.name!r} has an unknown channel {unknown[0]!r}")
        if not np.isfinite(joint.offset).all():
            raise MotionError(f"{path}: the offset of joint {joint.name!r} is not a number")


def _frames(text: str, width: int, path: Path) -> tuple[Array, float]:
    words = text.split(None, 5)
    try:
        if words[0] != "Frames:" or words[2:4] != ["Frame", "Time:"]:
            raise ValueError("header")
        count, step = int(words[1]), float(words[4])
    except (IndexError, ValueError) as error:
        raise MotionError(f"{path}: expected 'Frames: N' and 'Frame Time: SECONDS' after MOTION") from error
    if count < 1 or width == 0:
        raise MotionError(f"{path} holds no frames or no channels")
    if not 1e-4 <= step <= 1.0:
        raise MotionError(f"{path}: the frame time is {step:g} seconds; expected 0.0001 to 1")
    try:
        values = np.array(words[5].split() if len(words) > 5 else [], dtype=np.float64)
    except ValueError as error:
        raise MotionError(f"{path}: the frames hold a word where a number belongs") from error
    if len(values) != count * width:
        raise MotionError(
            f"{path} is cut short or damaged: {len(values):,} numbers for {count:,} frames of {width} channels, "
            f"expected {count * width:,}"
        )
    if not np.isfinite(values).all():
        raise MotionError(f"{path}: the frames hold NaN or infinite values")
    return values.reshape(count, width), 1.0 / step


def _posed(joints: list[_Joint], values: Array, fps: float) -> Capture:
    """Forward kinematics. A joint with position channels lies where they say; the others lie at their offset."""
    count = len(values)
    places, turns = np.empty((count, len(joints), 3)), np.empty((count, len(joints), 3, 3))
    offsets = np.array([joint.offset for joint in joints])
    column = 0
    for number, joint in enumerate(joints):
        own = values[:, column : column + len(joint.channels)]
        column += len(joint.channels)
        place = np.repeat(offsets[number : number + 1], count, axis=0)
        for channel, numbers in zip(joint.channels, own.T, strict=True):
            if channel in _PLACES:
                place[:, _PLACES[channel]] = numbers
        axes = "".join(_AXES[channel] for channel in joint.channels if channel in _AXES)
        angles = own[:, [channel in _AXES for channel in joint.channels]]
        turn = np.eye(3)[None]
        for axis, angle in zip(axes, angles.T, strict=True):
            turn = turn @ Rotation.from_rotvec(np.radians(angle)[:, None] * np.eye(3)["XYZ".index(axis)]).as_matrix()
        if joint.parent < 0:
            places[:, number], turns[:, number] = place, turn
        else:
            above = turns[:, joint.parent]
            places[:, number] = places[:, joint.parent] + np.einsum("tij,tj->ti", above, place)
            turns[:, number] = above @ turn
            # Where positions are captured, the bone is what the capture says, not what the rest pose says.
            offsets[number] = np.median(place, axis=0)
    return Capture(
        names=tuple(joint.name for joint in joints),
        parents=tuple(joint.parent for joint in joints),
        offsets=offsets,
        places=places,
        turns=turns,
        fps=fps,
    )
