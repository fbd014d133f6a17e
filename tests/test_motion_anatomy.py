"""Hand calculations: the nominal arm is 0.27 + 0.25 m, its shoulders are at (-0.17 or 0.17, 1.40, -0.02)."""

import numpy as np
import pytest
from numpy.typing import NDArray

from synthgest.motion.anatomy import ARM, BODY, Poses, directions, rotations
from synthgest.motion.kinematics import REST_JOINTS, forward
from synthgest.motion.skeleton import JOINT_INDEX

NEUTRAL = dict.fromkeys(ARM, 0.0)


def _posed(
    arm: dict[str, float], body: dict[str, float] | None = None
) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Joints and rotations, by name, of a nominal adult with both arms alike."""
    arms = np.array([[list((NEUTRAL | arm).values())] * 2])
    still = np.array([list((dict.fromkeys(BODY, 0.0) | (body or {})).values())])
    poses = Poses(
        direction=directions(arms), arms=arms, hands=np.zeros((1, 2, 15, 3)), body=still, braced=np.zeros((1, 2))
    )
    joints, turns = forward(*rotations(poses))
    return (
        {name: joints[0, index] for name, index in JOINT_INDEX.items()},
        {name: turns[0, index] for name, index in JOINT_INDEX.items()},
    )


def _bone(joints: dict[str, NDArray], start: str, end: str) -> NDArray:
    return (joints[end] - joints[start]) / np.linalg.norm(joints[end] - joints[start])


def _palm(turns: dict[str, NDArray], side: str) -> NDArray:
    return turns[f"{side}_wrist"] @ np.array([0.0, -1.0, 0.0])


def test_a_level_sideways_arm_with_the_palm_down_is_the_t_pose_but_for_the_shoulder_girdle() -> None:
    joints, turns = _posed({"elevation": 90})
    for side, sign in (("left", 1), ("right", -1)):
        assert _bone(joints, f"{side}_shoulder", f"{side}_wrist") == pytest.approx([sign, 0, 0], abs=1e-9)
        assert turns[f"{side}_wrist"] == pytest.approx(np.eye(3), abs=1e-9)


def test_a_right_arm_abducted_to_90_reaches_to_minus_x_at_shoulder_height() -> None:
    joints, _ = _posed({"plane": 0, "elevation": 90})
    # The girdle lifts the shoulder by sin(12 degrees) of the 12 cm collar bone: within 3 cm.
    assert joints["right_wrist"] == pytest.approx([-0.69, 1.40, -0.02], abs=0.03)
    assert joints["right_wrist"][1] == pytest.approx(joints["right_shoulder"][1], abs=1e-9)


def test_a_right_arm_flexed_to_90_reaches_to_plus_z() -> None:
    joints, _ = _posed({"plane": 90, "elevation": 90})
    assert joints["right_wrist"] - joints["right_shoulder"] == pytest.approx([0, 0, 0.52], abs=1e-9)


def test_a_hanging_arm_hangs() -> None:
    joints, _ = _posed({})
    assert joints["right_wrist"] - joints["right_shoulder"] == pytest.approx([0, -0.52, 0], abs=1e-9)


def test_a_raised_arm_points_up() -> None:
    joints, _ = _posed({"elevation": 180})
    assert _bone(joints, "left_shoulder", "left_wrist") == pytest.approx([0, 1, 0], abs=1e-9)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_elbow_of_a_hanging_arm_bends_forward(side: str) -> None:
    joints, _ = _posed({"elbow": 90})
    assert _bone(joints, f"{side}_shoulder", f"{side}_elbow") == pytest.approx([0, -1, 0], abs=1e-9)
    assert _bone(joints, f"{side}_elbow", f"{side}_wrist") == pytest.approx([0, 0, 1], abs=1e-9)


@pytest.mark.parametrize(("plane", "inward"), [(0, [0, 0, 1]), (90, [1, 0, 0])])
def test_a_level_right_arm_bends_inwards_at_rotation_0_and_up_at_minus_90(plane: float, inward: list[float]) -> None:
    level = {"plane": plane, "elevation": 90, "elbow": 90}
    joints, _ = _posed(level)
    assert _bone(joints, "right_elbow", "right_wrist") == pytest.approx(inward, abs=1e-9)
    joints, _ = _posed(level | {"rotation": -90})
    assert _bone(joints, "right_elbow", "right_wrist") == pytest.approx([0, 1, 0], abs=1e-9)


@pytest.mark.parametrize(("side", "inward"), [("left", -1), ("right", 1)])
def test_inward_rotation_brings_the_bent_forearm_before_the_belly(side: str, inward: int) -> None:
    joints, _ = _posed({"elbow": 90, "rotation": 90})
    assert _bone(joints, f"{side}_elbow", f"{side}_wrist") == pytest.approx([inward, 0, 0], abs=1e-9)


@pytest.mark.parametrize(("side", "inward"), [("left", -1), ("right", 1)])
def test_pronation_turns_the_palm_from_the_thigh_to_the_back_and_of_a_bent_arm_down(side: str, inward: int) -> None:
    assert _palm(_posed({})[1], side) == pytest.approx([inward, 0, 0], abs=1e-9)
    assert _palm(_posed({"pronation": 90})[1], side) == pytest.approx([0, 0, -1], abs=1e-9)
    assert _palm(_posed({"elbow": 90, "pronation": 90})[1], side) == pytest.approx([0, -1, 0], abs=1e-9)
    assert _palm(_posed({"elbow": 90, "pronation": -90})[1], side) == pytest.approx([0, 1, 0], abs=1e-9)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_wrist_flexes_to_the_palm_and_deviates_to_the_thumb(side: str) -> None:
    forward_palm_down = {"elbow": 90, "pronation": 90}
    joints, _ = _posed(forward_palm_down | {"wrist_flexion": 80})
    assert joints[f"{side}_middle1"][1] < joints[f"{side}_wrist"][1] - 0.09
    thumb_up = {"elbow": 90, "wrist_deviation": 25}
    joints, _ = _posed(thumb_up)
    assert joints[f"{side}_thumb3"][1] > joints[f"{side}_wrist"][1]
    assert joints[f"{side}_middle1"][1] > joints[f"{side}_wrist"][1] + 0.03


def test_raising_an_arm_lifts_the_girdle_only_beyond_30_degrees() -> None:
    height = [_posed({"elevation": angle})[0]["left_shoulder"][1] for angle in (0, 30, 90, 180)]
    assert height[0] == pytest.approx(height[1], abs=1e-9)
    assert height[1] < height[2] < height[3] < height[0] + 0.08


def test_the_head_turns_to_the_left_tilts_to_the_right_and_nods_forward() -> None:
    _, turns = _posed({}, {"head_turn": 60})
    assert turns["head"] @ [0, 0, 1] == pytest.approx([np.sin(np.pi / 3), 0, 0.5], abs=1e-9)
    _, turns = _posed({}, {"head_tilt": 30})
    assert turns["head"] @ [0, 1, 0] == pytest.approx([-0.5, np.cos(np.pi / 6), 0], abs=1e-9)
    _, turns = _posed({}, {"head_flexion": 30})
    assert turns["head"] @ [0, 0, 1] == pytest.approx([0, -0.5, np.cos(np.pi / 6)], abs=1e-9)


def test_the_trunk_bends_forward_by_what_is_said() -> None:
    _, turns = _posed({}, {"trunk_flexion": 60})
    assert turns["spine3"] @ [0, 1, 0] == pytest.approx([0, 0.5, np.sin(np.pi / 3)], abs=1e-9)


@pytest.mark.parametrize("body", [{"bow": 60}, {"left_hip": 70, "left_knee": 90}, {"stance": 15, "toe_out": 20}])
def test_the_standing_foot_stays_on_the_ground_with_a_level_sole(body: dict[str, float]) -> None:
    joints, turns = _posed({}, body)
    assert min(joints["left_ankle"][1], joints["right_ankle"][1]) == pytest.approx(0.07, abs=1e-9)
    assert turns["right_ankle"] @ [0, 1, 0] == pytest.approx([0, 1, 0], abs=1e-9)


def test_a_bow_keeps_the_legs_nearly_upright_and_the_head_ahead() -> None:
    joints, _ = _posed({}, {"bow": 60})
    assert abs(joints["left_hip"][2] - joints["left_ankle"][2]) < 0.15
    assert joints["head"][2] > joints["left_ankle"][2] + 0.3


def test_both_knees_bent_lower_the_pelvis() -> None:
    joints, _ = _posed(
        {}, dict.fromkeys(("left_hip", "right_hip"), 60.0) | dict.fromkeys(("left_knee", "right_knee"), 120.0)
    )
    # Thigh 0.42 m and shin 0.41 m, both 60 degrees from upright: the hips come down to about half their height.
    assert joints["left_hip"][1] == pytest.approx(0.07 + 0.83 / 2, abs=1e-9)


def test_the_nominal_adult_stands_on_the_ground_and_is_symmetric() -> None:
    for name, index in JOINT_INDEX.items():
        twin = JOINT_INDEX[name.replace("left_", "right_")]
        assert REST_JOINTS[twin] == pytest.approx(REST_JOINTS[index] * ([-1, 1, 1] if twin != index else [1, 1, 1]))
    assert 0 < REST_JOINTS[:, 1].min() < 0.03
    assert 1.5 < REST_JOINTS[:, 1].max() < 1.7
