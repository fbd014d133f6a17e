from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from synthgest.errors import MotionError
from synthgest.motion import read_motion
from synthgest.motion.bvh import Capture, read_bvh
from synthgest.motion.kinematics import forward
from synthgest.motion.retarget import to_motion
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX

SMALL = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Spine
  {
    OFFSET 0 10 0
    CHANNELS 3 Yrotation Zrotation Xrotation
    End Site
    {
      OFFSET 0 5 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.05
1 2 3 0 0 0 0 0 0
1 2 3 90 0 0 0 0 90
"""

# Standing upright in the T-pose, in inches, facing +X: joint, parent, offset.
PERSON = [
    ("Hips", None, (0, 38, 0)),
    ("Spine", "Hips", (0, 4, 0)),
    ("Neck", "Spine", (0, 16, 0)),
    ("Head", "Neck", (0, 4, 0)),
    *(
        (f"{side}{bone}", parent.replace("*", side), (x, y, z * sign))
        for side, sign in (("Left", -1), ("Right", 1))
        for bone, parent, (x, y, z) in (
            ("Arm", "Spine", (0, 13, 7)),
            ("ForeArm", "*Arm", (0, 0, 11)),
            ("Hand", "*ForeArm", (0, 0, 10)),
            ("UpLeg", "Hips", (0, -3, 3)),
            ("Leg", "*UpLeg", (0, -17, 0)),
            ("Foot", "*Leg", (0, -16, 0)),
        )
    ),
]


def _bvh(pose: dict[str, tuple[float, float, float]], frames: int = 5, scale: float = 1.0) -> str:
    """A whole person whose joints are turned by Z, X, Y degrees in every frame."""
    lines: list[str] = ["HIERARCHY"]
    values: list[float] = []

    def write(name: str, depth: int) -> None:
        _, parent, offset = next(row for row in PERSON if row[0] == name)
        channels = "6 Xposition Yposition Zposition " if parent is None else "3 "
        offset = tuple(scale * part for part in offset)
        lines.extend(
            [
                f"{'JOINT' if parent else 'ROOT'} {name}",
                "{",
                f"OFFSET {' '.join(map(str, offset))}",
                f"CHANNELS {channels}Zrotation Xrotation Yrotation",
            ]
        )
        values.extend([*offset] if parent is None else [])
        values.extend(pose.get(name, (0.0, 0.0, 0.0)))
        children = [row[0] for row in PERSON if row[1] == name]
        for child in children:
            write(child, depth + 1)
        if not children:
            lines.extend(["End Site", "{", "OFFSET 0 -1 0", "}"])
        lines.append("}")

    write("Hips", 0)
    row = " ".join(map(str, values))
    return "\n".join([*lines, "MOTION", f"Frames: {frames}", "Frame Time: 0.04", *[row] * frames]) + "\n"


def _read(folder: Path, text: str) -> Motion:
    (folder / "take.bvh").write_text(text)
    return read_motion(folder / "take.bvh")


def _direction(motion: Motion, start: str, end: str) -> NDArray:
    joints, _ = forward(motion.full_pose, motion.transl)
    bone = joints[:, JOINT_INDEX[end]] - joints[:, JOINT_INDEX[start]]
    return bone / np.linalg.norm(bone, axis=1, keepdims=True)


def test_places_and_turns_follow_the_channels_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "a.bvh").write_text(SMALL)
    capture = read_bvh(tmp_path / "a.bvh")
    assert capture.names == ("Hips", "Spine", "Spine end")
    assert capture.fps == pytest.approx(20)
    assert capture.places[0] == pytest.approx(np.array([[1, 2, 3], [1, 12, 3], [1, 17, 3]]))
    # Z by 90 degrees lays the spine along -X; the spine's own X by 90 then turns its end towards the root's +Z.
    assert capture.places[1] == pytest.approx(np.array([[1, 2, 3], [-9, 2, 3], [-9, 2, 8]]))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("HIERARCHY", "HELLO", "not a BVH file"),
        ("MOTION", "", "not a BVH file"),
        ("Frames: 2", "Frames: 0", "no frames"),
        ("Frames: 2", "Frames: two", "Frames: N"),
        ("Frames: 2", "Frames: 3", "cut short"),
        ("Frames: 2", "Frames: 1", "cut short"),
        ("1 2 3 90", "1 nan 3 90", "NaN"),
        ("1 2 3 90", "1 1e999 3 90", "NaN or infinite"),
        ("1 2 3 90", "1 2 x 90", "where a number belongs"),
        ("0.05", "0", "frame time"),
        ("0.05", "-1", "frame time"),
        ("OFFSET 0 10 0", "OFFSET 0 10", "where a number belongs"),
        ("OFFSET 0 10 0", "OFFSET 0 nan 0", "not a number"),
        ("CHANNELS 3 Y", "CHANNELS 9 Y", "breaks off|unknown channel|unexpected|number"),
        ("Yrotation Zrotation Xrotation", "Yrotation Wrotation Xrotation", "wrotation"),
        ("JOINT Spine", "JOINT Hips", "several joints"),
        ("      OFFSET 0 5 0\n    }\n", "      OFFSET 0 5 0\n", "not closed"),
        ("  JOINT Spine\n  {", "  JOINT Spine\n", "breaks off|not closed|number|several|pop"),
    ],
)
def test_a_malformed_file_is_refused_with_a_reason(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "a.bvh").write_text(SMALL.replace(old, new, 1))
    with pytest.raises(MotionError, match=message):
        read_bvh(tmp_path / "a.bvh")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused_wherever_it_ends(tmp_path: Path, share: float) -> None:
    text = _bvh({})
    with pytest.raises(MotionError):
        _read(tmp_path, text[: int(len(text) * share)])


def test_an_enormous_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.bvh").open("wb") as stream:
        stream.truncate(2**31)
    with pytest.raises(MotionError, match="bytes"):
        read_bvh(tmp_path / "big.bvh")


def test_a_skeleton_without_arms_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MotionError, match="left_elbow"):
        _read(tmp_path, SMALL)


@pytest.mark.parametrize("scale", [0.0254, 1.0, 2.54])
def test_the_unit_of_the_file_does_not_matter(tmp_path: Path, scale: float) -> None:
    motion = _read(tmp_path, _bvh({}, scale=scale))
    joints, _ = forward(motion.full_pose, motion.transl)
    assert joints[:, JOINT_INDEX["left_ankle"], 1] == pytest.approx(0.07, abs=0.01)
    assert motion.fps == pytest.approx(25)
    assert not motion.fingers


def test_a_t_pose_that_faces_plus_x_becomes_a_t_pose_that_faces_plus_z(tmp_path: Path) -> None:
    motion = _read(tmp_path, _bvh({}))
    assert _direction(motion, "right_shoulder", "right_wrist")[0] == pytest.approx([-1, 0, 0], abs=1e-6)
    assert _direction(motion, "left_hip", "left_ankle")[0] == pytest.approx([0, -1, 0], abs=1e-6)
    _, turns = forward(motion.full_pose, motion.transl)
    assert turns[0, JOINT_INDEX["head"]] @ [0, 0, 1] == pytest.approx([0, 0, 1], abs=1e-6)


def test_a_raised_right_arm_is_raised_on_the_right(tmp_path: Path) -> None:
    # The right arm lies along the file's +Z: 90 degrees about -X lift it.
    motion = _read(tmp_path, _bvh({"RightArm": (0.0, -90.0, 0.0)}))
    assert _direction(motion, "right_shoulder", "right_elbow")[0] == pytest.approx([0, 1, 0], abs=1e-6)
    assert _direction(motion, "left_shoulder", "left_elbow")[0] == pytest.approx([1, 0, 0], abs=1e-6)


ARMS = [("shoulder", "elbow", "UpperArm_{}", "LowerArm_{}"), ("elbow", "wrist", "LowerArm_{}", "Hand_{}")]
LEGS = [("hip", "knee", "UpperLeg_{}", "LowerLeg_{}"), ("knee", "ankle", "LowerLeg_{}", "Foot_{}")]


def _bandai(folder: Path, name: str) -> tuple[Capture, Motion]:
    path = folder / "bandai_bvh" / f"dataset-{name}.bvh"
    capture = read_bvh(path)
    return capture, to_motion(capture, path)


@pytest.mark.parametrize(
    "name", ["2_wave-right-hand_normal_001", "2_wave-both-hands_youthful_001", "1_punch_normal_001"]
)
def test_bones_point_where_the_captured_bones_point(real_data: Path, name: str) -> None:
    capture, motion = _bandai(real_data, name)
    at = {joint: capture.places[:, index] for index, joint in enumerate(capture.names)}
    left = at["UpperLeg_L"][0] - at["UpperLeg_R"][0]
    cosine, sine = left[0] / np.hypot(left[0], left[2]), left[2] / np.hypot(left[0], left[2])
    turn = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    for side, letter in (("left", "L"), ("right", "R")):
        for start, end, source_start, source_end in ARMS + LEGS:
            bone = (at[source_end.format(letter)] - at[source_start.format(letter)]) @ turn.T
            bone /= np.linalg.norm(bone, axis=1, keepdims=True)
            ours = _direction(motion, f"{side}_{start}", f"{side}_{end}")
            assert np.degrees(np.arccos(np.clip((bone * ours).sum(1), -1, 1))).max() < 0.5


@pytest.mark.parametrize(("hand", "side", "other"), [("right", "right", "left"), ("left", "left", "right")])
@pytest.mark.parametrize("style", ["normal", "active", "feminine", "youthful"])
def test_the_hand_in_the_name_of_the_file_waves(real_data: Path, hand: str, side: str, other: str, style: str) -> None:
    _, motion = _bandai(real_data, f"2_wave-{hand}-hand_{style}_001")
    joints, turns = forward(motion.full_pose, motion.transl)
    moving, resting = joints[:, JOINT_INDEX[f"{side}_wrist"]], joints[:, JOINT_INDEX[f"{other}_wrist"]]
    assert np.ptp(moving, axis=0).max() > 2 * np.ptp(resting, axis=0).max()
    assert (moving[0, 0] < 0) == (side == "right")
    waving = moving[:, 1] > (moving[:, 1].min() + moving[:, 1].max()) / 2
    palm = turns[:, JOINT_INDEX[f"{side}_wrist"]] @ np.array([0.0, -1.0, 0.0])
    assert np.median(palm[waving, 2]) > 0.4


def test_every_capture_stands_upright_on_the_ground_and_begins_facing_the_viewer(real_data: Path) -> None:
    for path in sorted((real_data / "bandai_bvh").glob("*_normal_001.bvh")):
        motion = read_motion(path)
        joints, turns = forward(motion.full_pose, motion.transl)
        assert turns[0, 0] @ [0, 0, 1] == pytest.approx([0, 0, 1], abs=0.35)
        assert abs((turns[0, 0] @ [0, 0, 1])[0]) < 0.01
        assert 0.7 < np.median(joints[:, JOINT_INDEX["pelvis"], 1]) < 1.05
        lowest = joints[:, [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]], 1].min(axis=1)
        assert np.percentile(lowest, 5) == pytest.approx(0.07, abs=1e-3)
        assert lowest.min() > 0.03
        assert (joints[:, JOINT_INDEX["head"], 1] > joints[:, JOINT_INDEX["pelvis"], 1]).mean() > 0.95


def test_elbows_and_knees_of_captures_bend_only_as_people_do(real_data: Path) -> None:
    for name in ("2_wave-right-hand_normal_001", "2_walk_normal_001", "1_bow_normal_001"):
        _, motion = _bandai(real_data, name)
        elbow, knee = motion.full_pose[:, JOINT_INDEX["left_elbow"]], motion.full_pose[:, JOINT_INDEX["left_knee"]]
        assert elbow[:, 1].max() < 0.15
        assert knee[:, 0].min() > -0.2


def test_the_cmu_capture_begins_in_its_t_pose_and_keeps_human_size(real_data: Path) -> None:
    path = real_data / "cmu_mocap" / "01_01.bvh"
    motion = read_motion(path)
    assert len(motion) == 2752
    assert motion.fps == pytest.approx(120, abs=0.1)
    assert _direction(motion, "right_shoulder", "right_elbow")[0] == pytest.approx([-1, 0, 0], abs=0.1)
    assert _direction(motion, "left_elbow", "left_wrist")[0] == pytest.approx([1, 0, 0], abs=0.1)
    # The performer jumps: the pelvis rises, but by no more than a person jumps.
    assert 0.3 < np.ptp(motion.transl[:, 1]) < 1.2
