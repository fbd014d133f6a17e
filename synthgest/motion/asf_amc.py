"""Acclaim ASF/AMC: a skeleton with bone directions and axes, and a file of joint angles for it, as the CMU library has them.

The format: Lander 1998, "Working with Motion Capture File Formats", Game Developer, January; and the ASF and AMC specification
of Acclaim. A bone's angles turn about its own axes; an order such as ``XYZ`` means that the turn about X comes first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError
from synthgest.motion.bvh import LARGEST_FILE, Capture

Array = NDArray[np.float64]

_ROOT = "root"
_TURNS, _PLACES = ("rx", "ry", "rz"), ("tx", "ty", "tz")
_DOF = frozenset((*_TURNS, *_PLACES, "l"))
_MOST_BONES = 512
_MOST_FRAMES = 500_000

_COMMON: Mapping[str, str] = MappingProxyType(
    {
        _ROOT: "Hips",
        "upperback": "Spine",
        "thorax": "Spine1",
        "lowerneck": "Neck",
        "upperneck": "Neck1",
        "clavicle": "Shoulder",
        "humerus": "Arm",
        "radius": "ForeArm",
        "wrist": "Hand",
        "hand": "FingerBase",
        "femur": "UpLeg",
        "tibia": "Leg",
        "toes": "ToeBase",
        "foot": "Foot",
    }
)
"""What the joint at which a bone begins is called elsewhere: bones are named for what follows the joint, or for the bone itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bone:
    """along: direction times length. axis: (3, 3), from the bone's axes to the world's at rest. dof: in the file's order."""

    name: str
    along: Array
    axis: Array
    dof: tuple[str, ...]
    parent: str = ""


def read_amc(path: Path, *, fps: float) -> Capture:
    """The capture in an AMC file, whose ASF skeleton lies beside it. fps: frames a second, which the file does not say.

    The skeleton has the same name, or what stands before the first ``_`` of it (``07.asf`` for ``07_01.amc``), or is the folder's
    only one. Raises MotionError.
    """
    skeleton = _skeleton_of(path)
    radians, bones = _read_asf(skeleton)
    frames = _read_frames(path, bones, skeleton)
    return _posed(bones, frames, radians=radians, fps=fps)


def _skeleton_of(path: Path) -> Path:
    beside = [path.with_suffix(".asf"), path.with_name(f"{path.stem.partition('_')[0]}.asf")]
    found = [each for each in beside if each.is_file()] or sorted(path.parent.glob("*.asf"))
    if not found or (len(found) > 1 and found[0] not in beside):
        what = "no skeleton" if not found else f"{len(found)} skeletons and none of its name"
        raise MotionError(f"{path} has {what} beside it; put {beside[1].name} into {path.parent}")
    return found[0]


def _text(path: Path) -> list[str]:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise MotionError(f"{path} has {size:,} bytes; files up to {LARGEST_FILE:,} are read")
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise MotionError(f"cannot read {path}: {error.strerror}") from error
    return [line for line in (line.partition("#")[0].strip() for line in lines) if line]


def _read_asf(path: Path) -> tuple[bool, list[_Bone]]:
    """Whether angles are radians, and the bones, parents first; the root is the first."""
    sections: dict[str, list[str]] = {}
    own: list[str] = []
    for line in _text(path):
        if line.startswith(":"):
            own = sections.setdefault(line[1:].split()[0].lower() if line[1:].split() else "", [])
        else:
            own.append(line)
    if missing := [name for name in ("root", "bonedata", "hierarchy") if name not in sections]:
        raise MotionError(f"{path} is not an ASF skeleton: it has no section :{missing[0]}")
    units = {line.split()[0].lower(): line.split()[-1].lower() for line in sections.get("units", [])}
    unit = units.get("angle", "deg")
    if unit not in ("deg", "rad"):
        raise MotionError(f"{path}: angles are in {unit[:40]!r}; expected deg or rad")
    try:
        bones = [_root(sections["root"]), *(_bone(block, unit == "rad") for block in _blocks(sections["bonedata"]))]
        pairs = [words for line in sections["hierarchy"] if len(words := line.split()) > 1]
    except (IndexError, KeyError, ValueError) as error:
        raise MotionError(f"{path}: a bone is not whole, or holds a word where a number belongs: {error}") from error
    return unit == "rad", _in_order(bones, {child: words[0] for words in pairs for child in words[1:]}, path)


def _root(lines: Sequence[str]) -> _Bone:
    words = {line.split()[0].lower(): line.split()[1:] for line in lines}
    angles = [float(word) for word in words.get("orientation", ["0", "0", "0"])]
    if np.shape(angles) != (3,) or any(angles):
        raise ValueError("the root is turned at rest, which is not known")
    return _Bone(name=_ROOT, along=np.zeros(3), axis=np.eye(3), dof=tuple(word.lower() for word in words["order"]))


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    joined = re.findall(r"^begin$(.*?)^end$", "\n".join(lines), flags=re.MULTILINE | re.DOTALL)
    if not 0 < len(joined) <= _MOST_BONES:
        raise ValueError(f"there are {len(joined)} bones; expected 1 to {_MOST_BONES}")
    return [block.strip().splitlines() for block in joined]


def _bone(lines: Sequence[str], radians: bool) -> _Bone:
    words = {parts[0].lower(): parts[1:] for line in lines if (parts := line.split())}
    along = np.array([float(word) for word in words["direction"][:3]]) * float(words["length"][0])
    angles = np.array([float(word) for word in words["axis"][:3]])
    order = words["axis"][3].upper() if len(words["axis"]) > 3 else "XYZ"
    if along.shape != (3,) or angles.shape != (3,) or not np.isfinite([along, angles]).all():
        raise ValueError("direction, length or axis")
    if sorted(order) != ["X", "Y", "Z"]:
        raise ValueError(f"the order {order[:10]!r} of an axis")
    dof = tuple(word.lower() for word in words.get("dof", ()))
    if unknown := set(dof) - _DOF:
        raise ValueError(f"the degree of freedom {min(unknown)[:20]!r}")
    axis = Rotation.from_euler(order.lower(), angles, degrees=not radians).as_matrix()
    return _Bone(name=words["name"][0], along=along, axis=axis, dof=dof)


def _in_order(bones: list[_Bone], parents: Mapping[str, str], path: Path) -> list[_Bone]:
    """With parents, each after its own."""
    by_name = {bone.name: bone for bone in bones}
    if len(by_name) < len(bones):
        raise MotionError(f"{path}: several bones have the same name")
    done = [bones[0]]
    for bone in done:  # it grows while it is read
        children = [by_name[child] for child, parent in parents.items() if parent == bone.name and child in by_name]
        done += [
            _Bone(name=child.name, along=child.along, axis=child.axis, dof=child.dof, parent=bone.name)
            for child in children
            if child.name != _ROOT
        ]
    if lost := sorted(set(by_name) - {bone.name for bone in done}):
        raise MotionError(f"{path}: the bone {lost[0]!r} hangs on nothing in :hierarchy")
    return done


def _read_frames(path: Path, bones: Sequence[_Bone], skeleton: Path) -> dict[str, Array]:
    """Values of each bone, (T, D), in the order of its degrees of freedom."""
    widths = {bone.name: len(bone.dof) for bone in bones if bone.dof}
    rows: dict[str, list[list[str]]] = {name: [] for name in widths}
    count = 0
    for line in _text(path):
        words = line.split()
        if line.startswith(":"):
            continue
        if len(words) == 1 and words[0].isdigit():
            _require_whole(rows, count, path)
            count += 1
            continue
        if count == 0:
            continue
        if words[0] not in widths:
            raise MotionError(
                f"{path} moves {words[0][:40]!r}, which {skeleton.name} does not; is it another's skeleton?"
            )
        if len(words) - 1 != widths[words[0]] or len(rows[words[0]]) >= count:
            raise MotionError(
                f"{path}, frame {count}: {words[0]} has {len(words) - 1} values, or comes twice; "
                f"expected {widths[words[0]]}, once"
            )
        rows[words[0]].append(words[1:])
    _require_whole(rows, count, path)
    if not 0 < count <= _MOST_FRAMES:
        raise MotionError(f"{path} has {count:,} frames; expected 1 to {_MOST_FRAMES:,}")
    try:
        values = {name: np.array(own, np.float64) for name, own in rows.items()}
    except ValueError as error:
        raise MotionError(f"{path}: the frames hold a word where a number belongs") from error
    if not all(np.isfinite(own).all() for own in values.values()):
        raise MotionError(f"{path}: the frames hold NaN or infinite values")
    return values


def _require_whole(rows: Mapping[str, list[list[str]]], count: int, path: Path) -> None:
    short = [name for name, own in rows.items() if len(own) < count]
    if short:
        raise MotionError(f"{path}, frame {count}: {short[0]} has no values; the file is cut short or damaged")


def _posed(bones: Sequence[_Bone], values: Mapping[str, Array], *, radians: bool, fps: float) -> Capture:
    """Forward kinematics: each joint is where its bone begins."""
    count = len(values[_ROOT])
    numbers = {bone.name: number for number, bone in enumerate(bones)}
    places, ends = np.zeros((2, count, len(bones), 3))
    turns = np.empty((count, len(bones), 3, 3))
    for number, bone in enumerate(bones):
        turn = bone.axis @ _turned(bone.dof, values.get(bone.name), count, radians) @ bone.axis.T
        if bone.parent:
            above = numbers[bone.parent]
            turn = turns[:, above] @ turn
            places[:, number] = ends[:, above]
        else:
            for place, channel in enumerate(_PLACES):
                if channel in bone.dof:
                    places[:, number, place] = values[bone.name][:, bone.dof.index(channel)]
        turns[:, number] = turn
        ends[:, number] = places[:, number] + turn @ bone.along
    parents = tuple(numbers[bone.parent] if bone.parent else -1 for bone in bones)
    return Capture(
        names=tuple(_common(bone.name) for bone in bones),
        parents=parents,
        offsets=np.array([bones[parent].along if parent >= 0 else np.zeros(3) for parent in parents]),
        places=places,
        turns=turns,
        fps=fps,
    )


def _turned(dof: Sequence[str], values: Array | None, count: int, radians: bool) -> Array:
    """Rotations (T, 3, 3) of a bone about its own axes."""
    turn = np.repeat(np.eye(3)[None], count, axis=0)
    for column, name in enumerate(dof):
        if name in _TURNS and values is not None:
            angles = values[:, column] if radians else np.radians(values[:, column])
            turn = Rotation.from_rotvec(angles[:, None] * np.eye(3)[_TURNS.index(name)]).as_matrix() @ turn
    return turn


def _common(name: str) -> str:
    """``lfemur`` is where the left upper leg begins."""
    for side, word in (("l", "Left"), ("r", "Right")):
        if name.startswith(side) and name[1:] in _COMMON:
            return f"{word}{_COMMON[name[1:]]}"
    return _COMMON.get(name, name)
