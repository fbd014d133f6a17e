"""Captures performed by somebody else: a little otherwise, never another gesture; and performances between two."""

import dataclasses
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthgest.gestures import Gesture
from synthgest.motion import perform, read_motion
from synthgest.motion.capture_variation import CaptureSettings, rhythm
from synthgest.motion.clearance import motion_clearance
from synthgest.motion.kinematics import forward
from synthgest.motion.mixing import between
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX
from synthgest.motion.sources import motion_file


def _joint(motion: Motion, name: str) -> NDArray:
    return forward(motion.full_pose, motion.transl)[0][:, JOINT_INDEX[name]]


def _travel(places: NDArray) -> float:
    return float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())


def _captures(folder: Path, *names: str, **changes: object) -> Gesture:
    takes = [folder / "bandai_bvh" / f"dataset-2_{name}.bvh" for name in names]
    motions = tuple(motion_file(take, Reading()) for take in takes)
    return dataclasses.replace(Gesture(name="own/wave", motions=motions), **changes)  # type: ignore[arg-type]


def test_a_capture_is_varied_a_little_and_its_legs_not_at_all(real_data: Path) -> None:
    gesture = _captures(real_data, "wave-right-hand_normal_001", tempo=(1.0, 1.0))
    plain = perform(gesture, np.random.default_rng(3), fps=30.0, frames=(90, 90)).motion
    settings = CaptureSettings(timing=0.0)
    made = perform(gesture, np.random.default_rng(3), fps=30.0, frames=(90, 90), captures=settings).motion
    for joint in ("left_ankle", "right_ankle", "left_knee"):
        assert np.abs(_joint(made, joint) - _joint(plain, joint)).max() < 1e-5
    away = np.linalg.norm(_joint(made, "right_wrist") - _joint(plain, "right_wrist"), axis=1)
    assert 0.005 < away.max() < 0.15
    again = perform(gesture, np.random.default_rng(3), fps=30.0, frames=(90, 90), captures=settings).motion
    assert np.array_equal(again.full_pose, made.full_pose)


def test_amplitude_makes_strokes_larger_and_elbows_bend_no_other_way(real_data: Path) -> None:
    gesture = _captures(real_data, "wave-right-hand_normal_001", tempo=(1.0, 1.0))

    def played(factor: float) -> Motion:
        settings = CaptureSettings(amplitude=(factor, factor), timing=0.0, posture=0.0, noise=0.0)
        return perform(gesture, np.random.default_rng(3), fps=30.0, frames=(90, 90), captures=settings).motion

    travels = [_travel(_joint(played(factor), "right_wrist")) for factor in (0.7, 1.0, 1.3)]
    assert travels[0] < travels[1] < travels[2]
    plain, large = (played(factor).full_pose[:, JOINT_INDEX["right_elbow"]] for factor in (1.0, 1.3))
    axis = plain.mean(axis=0) / np.linalg.norm(plain.mean(axis=0))
    assert (large @ axis).min() >= (plain @ axis).min() - 1e-5


def test_hands_that_a_capture_keeps_off_the_body_stay_off_it(real_data: Path) -> None:
    gesture = _captures(real_data, "walk_normal_001", tempo=(1.0, 1.0))
    wild = CaptureSettings(amplitude=(1.5, 1.5), timing=0.0, posture=12.0, noise=8.0)
    for seed in range(6):
        plain, made = (
            perform(gesture, np.random.default_rng(seed), fps=30.0, frames=(60, 60), captures=captures).motion
            for captures in (CaptureSettings(amplitude=(1, 1), timing=0.0, posture=0.0, noise=0.0), wild)
        )
        assert motion_clearance(made).min() >= min(0.0, motion_clearance(plain).min()) - 0.0101


def test_rhythm_never_runs_backwards_nor_faster_than_it_may() -> None:
    moments = np.linspace(0, 20, 2001)
    for seed in range(20):
        steps = np.diff(rhythm(moments, 0.3, np.random.default_rng(seed))) / np.diff(moments)
        assert 0.69 < steps.min() < 1 < steps.max() < 1.31


def test_a_performance_between_two_names_both_and_lies_between_them(real_data: Path) -> None:
    names = "wave-right-hand_normal_001", "wave-right-hand_normal_011"
    gesture = _captures(real_data, *names, tempo=(1.0, 1.0))
    settings = CaptureSettings(amplitude=(1, 1), timing=0.0, posture=0.0, noise=0.0, mixed=1.0)
    made = perform(gesture, np.random.default_rng(1), fps=30.0, frames=(150, 150), turn=0, captures=settings)
    assert [Path(source.split()[-1]).stem.removeprefix("dataset-2_") for source in made.sources] == list(names)
    both = [
        perform(gesture, np.random.default_rng(1), fps=30.0, frames=(150, 150), turn=turn).motion for turn in (0, 1)
    ]
    highest = [_joint(motion, "right_wrist")[:, 1].max() for motion in (*both, made.motion)]
    assert min(highest[:2]) - 0.03 < highest[2] < max(highest[:2]) + 0.03


def test_nothing_lies_between_a_left_and_a_right_hand_unless_mirrored(real_data: Path) -> None:
    first, second = (
        read_motion(real_data / "bandai_bvh" / f"dataset-2_wave-{side}-hand_normal_001.bvh")
        for side in ("left", "right")
    )
    assert between(first, second, 0.5, mirror=False) is None
    assert between(first, second, 0.5, mirror=True) is not None


def test_a_motion_has_one_partner_so_that_few_clips_are_related(real_data: Path) -> None:
    names = [f"wave-right-hand_normal_{number}" for number in ("001", "011", "030")]
    gesture = _captures(real_data, *names)
    settings = CaptureSettings(mixed=1.0)
    for turn, partners in enumerate(({0, 1}, {0, 1}, {2})):
        made = perform(gesture, np.random.default_rng(0), fps=10.0, frames=None, turn=turn, captures=settings)
        assert {next(n for n, name in enumerate(names) if name in source) for source in made.sources} == partners
