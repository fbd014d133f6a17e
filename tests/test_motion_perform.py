import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from synthgest.errors import MotionError, ShotFailed
from synthgest.gestures import Gesture, load_gestures, shipped_gestures
from synthgest.motion import perform
from synthgest.motion.build import NOMINAL, Build
from synthgest.motion.clearance import motion_clearance
from synthgest.motion.kinematics import forward
from synthgest.motion.postures import Arm, Keyframe
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS
from synthgest.motion.sources import motion_file

NAMES = [gesture.name for gesture in shipped_gestures()]
SHIPPED = {gesture.name: gesture for gesture in shipped_gestures()}


def _perform(name: str, seed: int, **settings: object) -> Motion:
    choice = {"fps": 30.0, "frames": None} | settings
    return perform(SHIPPED[name], np.random.default_rng(seed), **choice).motion  # type: ignore[arg-type]


def _joint(motion: Motion, name: str) -> NDArray:
    return forward(motion.full_pose, motion.transl)[0][:, JOINT_INDEX[name]]


def _palm(motion: Motion, side: str) -> NDArray:
    return forward(motion.full_pose, motion.transl)[1][:, JOINT_INDEX[f"{side}_wrist"]] @ np.array([0.0, -1.0, 0.0])


def _travel(places: NDArray) -> float:
    return float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())


def _right(gesture: str) -> Motion:
    """The first performance that uses the right hand."""
    motions = (_perform(gesture, seed) for seed in range(20))
    return next(motion for motion in motions if _joint(motion, "right_wrist")[:, 1].max() > 1.2)


@pytest.mark.parametrize("name", NAMES)
def test_joint_limits_hold_and_arms_stay_clear(name: str) -> None:
    _require_limits(name, seeds=6)


@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
def test_joint_limits_hold_and_arms_stay_clear_200_times_of_200(name: str) -> None:
    _require_limits(name, seeds=200)


def _require_limits(name: str, *, seeds: int) -> None:
    # Hands that rest on the body overlap its capsules by their own thickness.
    gesture = SHIPPED[name]
    ways = [gesture.keyframes, *(variant.keyframes for variant in gesture.variants)]
    arms = [arm for way in ways for keyframe in way for arm in (keyframe.left, keyframe.right) if arm and arm.at]
    touches = any(np.linalg.norm(arm.offset or (0, 0, 0)) < 6 for arm in arms)
    for seed in range(seeds):
        motion = _perform(name, seed, fps=10.0)
        pose = motion.full_pose.astype(np.float64)
        for side, sign in (("left", 1.0), ("right", -1.0)):
            mirror = np.array([1.0, sign, sign])
            # Undo elbow = Y(-flexion) X(half the pronation) and wrist = X(the other half) Y(-deviation) Z(-flexion).
            elbow = Rotation.from_rotvec(pose[:, JOINT_INDEX[f"{side}_elbow"]] * mirror).as_euler("YXZ", degrees=True)
            wrist = Rotation.from_rotvec(pose[:, JOINT_INDEX[f"{side}_wrist"]] * mirror).as_euler("XYZ", degrees=True)
            assert -elbow[:, 0].max() >= -0.01
            assert -elbow[:, 0].min() <= 150.01
            assert np.abs(elbow[:, 1] + wrist[:, 0]).max() <= 90.01
            assert wrist[:, 1].min() >= -25.01
            assert wrist[:, 1].max() <= 35.01
            assert wrist[:, 2].min() >= -80.01
            assert wrist[:, 2].max() <= 75.01
        curls = np.linalg.norm(pose[:, 25:], axis=2)
        assert np.degrees(curls.max()) <= 100
        head = Rotation.from_rotvec(pose[:, 12]) * Rotation.from_rotvec(pose[:, 15])
        assert np.degrees(head.magnitude().max()) <= 75
        assert motion_clearance(motion).min() > (-0.04 if touches else -0.02)


@pytest.mark.parametrize("name", NAMES)
def test_a_performance_lasts_48_frames_or_more_and_moves_smoothly(name: str) -> None:
    motion = _perform(name, 3)
    assert len(motion) >= 48
    assert motion.fps == 30.0
    assert motion.fingers
    joints, _ = forward(motion.full_pose, motion.transl)
    # The fastest natural gestures reach some 6 m/s at the fingertips; a jump of the pose would be far beyond.
    assert np.linalg.norm(np.diff(joints, axis=0), axis=2).max() * 30 < 8


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_motion(name: str) -> None:
    one, again, other = (_perform(name, seed) for seed in (7, 7, 8))
    assert one.full_pose.tobytes() == again.full_pose.tobytes()
    assert one.transl.tobytes() == again.transl.tobytes()
    assert one.full_pose.tobytes() != other.full_pose.tobytes()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("fps", "frames"), [(30.0, (48, 48)), (8.0, (49, 49)), (30.0, (40, 44))])
def test_the_frames_asked_for_are_the_frames_given(name: str, fps: float, frames: tuple[int, int]) -> None:
    motion = _perform(name, 1, fps=fps, frames=frames)
    assert frames[0] <= len(motion) <= frames[1]
    assert motion.fps == fps


@pytest.mark.parametrize("frames", [(20, 24), (48, 48), (300, 300)])
def test_the_stroke_is_always_within_the_clip(frames: tuple[int, int]) -> None:
    for seed in range(10):
        motion = _perform("rocog/Halt", seed, frames=frames)
        highest = max(_joint(motion, f"{side}_wrist")[:, 1].max() for side in ("left", "right"))
        assert highest > 1.8


def test_the_feet_stay_where_they_stand() -> None:
    for name in ("everyday/bow", "everyday/wave", "rocog/Rally"):
        for foot in ("left_ankle", "right_ankle"):
            places = _joint(_perform(name, 2), foot)
            assert np.ptp(places, axis=0).max() < 0.02
            assert places[:, 1].min() == pytest.approx(0.07, abs=0.01)


def test_a_gesture_of_either_hand_is_shown_by_both_kinds_of_people() -> None:
    hands = {
        _joint(motion, "right_wrist")[:, 1].max() > _joint(motion, "left_wrist")[:, 1].max()
        for motion in (_perform("rocog/Halt", seed) for seed in range(20))
    }
    assert hands == {True, False}


def test_a_gesture_of_the_right_hand_never_changes_hands() -> None:
    for seed in range(30):
        motion = _perform("everyday/salute", seed)
        assert _joint(motion, "right_wrist")[:, 1].max() > 1.4
        assert _joint(motion, "left_wrist")[:, 1].max() < 1.1


def test_a_forbidden_mirror_keeps_an_either_gesture_on_the_right() -> None:
    halt = dataclasses.replace(SHIPPED["rocog/Halt"], mirror="forbidden")
    for seed in range(20):
        motion = perform(halt, np.random.default_rng(seed), fps=30.0, frames=None).motion
        assert _joint(motion, "right_wrist")[:, 1].max() > 1.8


def test_waving_shows_the_palm_beside_the_head_and_swings_sideways() -> None:
    motion = _right("everyday/wave")
    wrist = _joint(motion, "right_wrist")
    up = wrist[:, 1] > 1.45
    assert up.sum() > 15
    assert np.median(_palm(motion, "right")[up, 2]) > 0.8
    assert np.ptp(wrist[up, 0]) > 1.5 * np.ptp(wrist[up, 2])
    assert _travel(_joint(motion, "left_wrist")) < 0.2 * _travel(wrist)


def test_halt_holds_the_arm_straight_up_with_the_palm_to_the_front() -> None:
    motion = _right("rocog/Halt")
    wrist, shoulder = _joint(motion, "right_wrist"), _joint(motion, "right_shoulder")
    held = wrist[:, 1] - shoulder[:, 1] > 0.46
    assert held.sum() >= 20
    assert np.median(_palm(motion, "right")[held, 2]) > 0.8


def test_move_forward_and_move_in_reverse_differ_by_their_palms() -> None:
    for seed in range(5):
        towards, away = _perform("rocog/MoveForward", seed), _perform("rocog/MoveInReverse", seed)
        for motion, sign in ((towards, -1), (away, 1)):
            up = _joint(motion, "right_wrist")[:, 1] > 1.35
            assert sign * np.median(_palm(motion, "right")[up, 2]) > 0.5


def test_rally_draws_circles_overhead() -> None:
    motion = _right("rocog/Rally")
    wrist = _joint(motion, "right_wrist")
    high = wrist[wrist[:, 1] > 1.75]
    assert np.ptp(high[:, 0]) > 0.25
    assert np.ptp(high[:, 2]) > 0.25
    angle = np.unwrap(np.arctan2(high[:, 2] - high[:, 2].mean(), high[:, 0] - high[:, 0].mean()))
    assert abs(angle[-1] - angle[0]) > 3 * np.pi


def test_clapping_palms_meet_and_never_cross_over_many_seeds() -> None:
    for seed in range(30):
        motion = _perform("everyday/clap", seed)
        centre = [
            (_joint(motion, f"{side}_wrist") + _joint(motion, f"{side}_middle1")) / 2 for side in ("left", "right")
        ]
        assert (centre[0] - centre[1])[:, 0].min() > 0.015
        assert np.linalg.norm(centre[0] - centre[1], axis=1).min() < 0.08


def test_a_thumb_points_up_when_it_should() -> None:
    motion = _perform("everyday/thumbs-up", 0)
    for side in ("left", "right"):
        wrist = _joint(motion, f"{side}_wrist")
        if wrist[:, 1].max() > 1.1:
            shown = wrist[:, 1] > wrist[:, 1].max() - 0.03
            thumb = (_joint(motion, f"{side}_thumb3") - _joint(motion, f"{side}_thumb1"))[shown]
            assert np.median(thumb[:, 1] / np.linalg.norm(thumb, axis=1)) > 0.8
            return
    pytest.fail("no hand was raised")


def test_minimum_jerk_is_half_way_at_half_time_and_still_at_both_ends() -> None:
    reach = Gesture(
        name="own/reach",
        hands="right",
        keyframes=(Keyframe(phase="stroke", seconds=1.0, right=Arm(plane=90, elevation=90, elbow=0, rotation=0)),),
    )
    from synthgest.motion.script import write_script
    from synthgest.motion.timeline import postures_at

    script = write_script(reach, reach.keyframes)
    poses = postures_at(script, np.repeat(np.array([0.0, 0.02, 0.5, 0.98, 1.0])[:, None], 2, axis=1))
    angle = np.degrees(np.arccos(np.clip(poses.direction[:, 1] @ poses.direction[-1, 1], -1, 1)))
    assert angle[2] == pytest.approx(angle[0] / 2, abs=1e-6)
    # 10 s^3 - 15 s^4 + 6 s^5 at s = 0.02 is 0.0000776.
    assert angle[0] - angle[1] == pytest.approx(angle[0] * 0.0000776, rel=0.01)
    assert poses.direction[-1, 1] == pytest.approx([0, 0, 1], abs=1e-9)


def test_a_palm_that_cannot_face_so_is_refused() -> None:
    reach = Gesture(
        name="own/reach", keyframes=(Keyframe(phase="stroke", seconds=1.0, right=Arm(elevation=0, elbow=0, palm="up")),)
    )
    with pytest.raises(MotionError, match="cannot face up"):
        perform(reach, np.random.default_rng(0), fps=30.0, frames=None)


def test_a_body_that_cannot_is_told_apart_from_a_gesture_that_nobody_can() -> None:
    """Wrists above the crown: the nominal adult's are, those of short arms are not, and nobody's with hanging arms."""

    def up(elevation: float) -> Gesture:
        arm = Arm(elevation=elevation, elbow=0)
        stroke = Keyframe(phase="stroke", seconds=0.8, right=arm, left=arm, must=("right wrist above crown",))
        return Gesture(name="own/up", keyframes=(stroke,))

    joints = NOMINAL.joints.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hand = [JOINT_INDEX[name] for name in SMPLX_JOINTS if name.startswith(f"{side}_") and JOINT_INDEX[name] >= 20]
        joints[hand, 0] -= sign * 0.35
        joints[JOINT_INDEX[f"{side}_elbow"], 0] -= sign * 0.15
    short = Build(joints=joints, landmarks=NOMINAL.landmarks)
    assert len(perform(up(175), np.random.default_rng(0), fps=30.0, frames=None).motion)
    with pytest.raises(ShotFailed, match="a body of these measures") as caught:
        perform(up(175), np.random.default_rng(0), fps=30.0, frames=None, build=short)
    assert caught.value.reason == "body"
    for build in (NOMINAL, short):
        with pytest.raises(MotionError, match="a constraint of its own"):
            perform(up(30), np.random.default_rng(0), fps=30.0, frames=None, build=build)


def _captured(folder: Path, **changes: object) -> Gesture:
    take = folder / "bandai_bvh" / "dataset-2_wave-right-hand_normal_001.bvh"
    motion = motion_file(take, Reading())
    return dataclasses.replace(Gesture(name="own/wave", motions=(motion,)), **changes)  # type: ignore[arg-type]


def test_a_long_capture_is_cut_to_its_active_part(real_data: Path) -> None:
    motion = perform(_captured(real_data), np.random.default_rng(0), fps=30.0, frames=(48, 60)).motion
    assert 48 <= len(motion) <= 60
    assert _joint(motion, "right_wrist")[:, 1].max() > 1.5


def test_a_short_capture_stands_still_rather_than_slow_down(real_data: Path) -> None:
    gesture = _captured(real_data, tempo=(1.0, 1.0))
    motion = perform(gesture, np.random.default_rng(0), fps=30.0, frames=(400, 400)).motion
    steps = np.linalg.norm(np.diff(_joint(motion, "right_wrist"), axis=0), axis=1)
    assert len(motion) == 400
    # 187 captured frames move; the other 213 are waited.
    assert 180 <= (steps > 0).sum() <= 190


def test_a_capture_is_mirrored_only_where_the_label_allows_it(real_data: Path) -> None:
    def right_handed(gesture: Gesture) -> set[bool]:
        motions = (perform(gesture, np.random.default_rng(seed), fps=10.0, frames=None).motion for seed in range(8))
        return {_travel(_joint(motion, "right_wrist")) > _travel(_joint(motion, "left_wrist")) for motion in motions}

    assert right_handed(_captured(real_data)) == {True}
    assert right_handed(_captured(real_data, mirror="same")) == {True, False}


def test_a_capture_without_fingers_is_refused_for_a_gesture_of_the_fingers(real_data: Path) -> None:
    with pytest.raises(MotionError, match="fingers"):
        perform(_captured(real_data, fingers=True), np.random.default_rng(0), fps=30.0, frames=None)


def test_a_capture_that_changed_since_it_was_named_is_refused(real_data: Path) -> None:
    gesture = _captured(real_data)
    other = dataclasses.replace(gesture, motions=(dataclasses.replace(gesture.motions[0], sha256="0" * 64),))
    with pytest.raises(MotionError, match="changed"):
        perform(other, np.random.default_rng(0), fps=30.0, frames=None)


def test_shipped_names_load_one_by_one() -> None:
    assert [gesture.name for gesture in load_gestures(NAMES)] == NAMES
