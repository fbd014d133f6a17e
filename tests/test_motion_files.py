import dataclasses
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from synthgest.errors import MotionError
from synthgest.gestures import load_gestures
from synthgest.motion import perform, read_motion, write_motion
from synthgest.motion.mirror import mirrored
from synthgest.motion.resample import resampled, sampled
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX


@pytest.fixture(scope="module")
def motion() -> Motion:
    return perform(load_gestures(["salute"])[0], np.random.default_rng(0), fps=30.0, frames=None).motion


def _same(one: Motion, other: Motion) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)
    )


def test_mirrored_twice_is_the_motion_itself(motion: Motion) -> None:
    assert _same(mirrored(mirrored(motion)), motion)


def test_a_mirror_exchanges_the_arms(motion: Motion) -> None:
    seen = mirrored(motion).full_pose
    right, left = motion.full_pose[:, JOINT_INDEX["right_elbow"]], seen[:, JOINT_INDEX["left_elbow"]]
    assert np.array_equal(left, right * [1, -1, -1])
    assert np.array_equal(seen[:, 40], motion.full_pose[:, 25] * [1, -1, -1])


@pytest.mark.parametrize("fps", [8.0, 24.0, 29.97, 60.0, 120.0])
def test_resampling_keeps_the_duration_to_within_one_frame(motion: Motion, fps: float) -> None:
    lasts, before = (len(resampled(motion, fps)) - 1) / fps, (len(motion) - 1) / 30.0
    assert abs(lasts - before) <= 1 / fps


def test_resampling_to_the_same_rate_changes_nothing_that_matters(motion: Motion) -> None:
    assert resampled(motion, 30.0).full_pose == pytest.approx(motion.full_pose, abs=1e-5)


def test_half_way_between_two_rotations_is_half_the_turn_even_across_the_half_turn() -> None:
    pose = np.zeros((2, 55, 3))
    pose[:, 0, 1] = np.radians([170, -170])
    turning = Motion.from_full_pose(pose, np.zeros((2, 3)), fps=1.0, fingers=True, source="test")
    middle = sampled(turning, np.array([0.5]), fps=1.0).global_orient[0]
    assert abs(middle[1]) == pytest.approx(np.pi, abs=1e-5)


def test_outside_of_a_motion_the_performer_stands_still(motion: Motion) -> None:
    seen = sampled(motion, np.array([-5.0, 1e6]), fps=30.0)
    assert seen.full_pose[0] == pytest.approx(motion.full_pose[0], abs=1e-5)
    assert seen.full_pose[1] == pytest.approx(motion.full_pose[-1], abs=1e-5)


def test_a_written_motion_is_read_back_to_the_bit(motion: Motion, tmp_path: Path) -> None:
    write_motion(tmp_path / "motion.npz", motion)
    assert _same(read_motion(tmp_path / "motion.npz"), motion)


def test_shape_and_face_of_the_captured_performer_are_kept(motion: Motion, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    face, betas = (rng.normal(size=size).astype(np.float32) for size in ((len(motion), 10), 16))
    whole = dataclasses.replace(motion, betas=betas, expression=face, gender="female")
    write_motion(tmp_path / "motion.npz", whole)
    assert _same(read_motion(tmp_path / "motion.npz"), whole)
    assert resampled(whole, 60.0).expression[2] == pytest.approx(face[1])
    assert whole.at(np.array([4])).expression == pytest.approx(face[4:5])
    assert mirrored(whole).gender == "female"


def test_writing_twice_gives_the_same_bytes(motion: Motion, tmp_path: Path) -> None:
    write_motion(tmp_path / "a.npz", motion)
    write_motion(tmp_path / "b.npz", motion)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def _arrays(motion: Motion) -> dict[str, object]:
    fields = {field.name: np.asarray(getattr(motion, field.name)) for field in dataclasses.fields(motion)}
    return fields | {"schema": np.int64(1), "up_axis": np.str_("y")}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"transl": None}, "transl"),
        ({"poses": np.zeros(3)}, "poses"),
        ({"body_pose": np.zeros((5, 63), np.float32)}, "body_pose"),
        ({"body_pose": np.zeros((5, 63))}, "float64"),
        ({"fps": np.float64(0)}, "fps"),
        ({"fps": np.array([30.0, 30.0])}, "fps"),
        ({"schema": np.int64(2)}, "schema .* is 2; this synthgest knows 1"),
        ({"up_axis": np.str_("z")}, "up_axis"),
        ({"gender": np.str_("robot")}, "gender .* is 'robot'"),
        ({"betas": np.zeros((1, 10), np.float32)}, "betas"),
        ({"expression": np.zeros((5, 10), np.float32)}, "expression"),
        ({"source": np.array({"a": 1}, dtype=object)}, "never loaded"),
    ],
)
def test_a_file_that_is_not_a_motion_is_refused(
    motion: Motion, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    arrays = {name: value for name, value in (_arrays(motion) | change).items() if value is not None}
    np.savez(tmp_path / "motion.npz", **arrays)
    with pytest.raises(MotionError, match=message):
        read_motion(tmp_path / "motion.npz")


def test_nan_in_a_file_is_refused(motion: Motion, tmp_path: Path) -> None:
    arrays = _arrays(motion)
    transl = np.array(arrays["transl"])
    transl[3, 1] = np.nan
    np.savez(tmp_path / "motion.npz", **arrays | {"transl": transl})
    with pytest.raises(MotionError, match="NaN"):
        read_motion(tmp_path / "motion.npz")


class _Canary:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return (Path.touch, (self.path,))  # type: ignore[return-value]


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    np.savez(tmp_path / "evil.npz", fps=np.array(_Canary(canary), dtype=object))
    (tmp_path / "bare.npz").write_bytes(pickle.dumps(_Canary(canary)))
    for name in ("evil.npz", "bare.npz"):
        with pytest.raises(MotionError):
            read_motion(tmp_path / name)
    assert not canary.exists()


def test_an_archive_that_would_unpack_to_too_much_is_refused_unopened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            archive.writestr(f"{number}.npy", bytes(32 * 2**20))
    with pytest.raises(MotionError, match="unpacks to"):
        read_motion(tmp_path / "bomb.npz")


@pytest.mark.parametrize("keep", [0, 10, 1000])
def test_a_truncated_file_is_refused(motion: Motion, tmp_path: Path, keep: int) -> None:
    write_motion(tmp_path / "motion.npz", motion)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "motion.npz").read_bytes()[:keep])
    with pytest.raises(MotionError):
        read_motion(tmp_path / "cut.npz")


def test_a_missing_file_and_an_unknown_kind_are_motion_errors(motion: Motion, tmp_path: Path) -> None:
    with pytest.raises(MotionError, match="cannot read"):
        read_motion(tmp_path / "none.npz")
    with pytest.raises(MotionError, match="cannot read"):
        read_motion(tmp_path / "none.bvh")
    with pytest.raises(MotionError, match="known kind"):
        read_motion(tmp_path / "dance.fbx")
    with pytest.raises(MotionError, match=r"written as \.npz"):
        write_motion(tmp_path / "dance.bvh", motion)
    with pytest.raises(MotionError, match="cannot write"):
        write_motion(tmp_path / "nowhere" / "dance.npz", motion)
