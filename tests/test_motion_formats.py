"""Motions as other people save them: each format gives the motion that was put in, and nothing is guessed, run or left unsaid."""

import dataclasses
import json
import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation
from test_cli import last_line, synthgest

import synthgest as sg
from synthgest.errors import MotionError, SpecError
from synthgest.gestures import gestures_from_folder, load_gestures
from synthgest.motion import perform, read_motion, write_motion
from synthgest.motion.joint_files import _KINECT
from synthgest.motion.kinematics import forward
from synthgest.motion.reading import Reading
from synthgest.motion.resample import resampled
from synthgest.motion.sequence import Motion
from synthgest.motion.settling import Y_UP
from synthgest.motion.skeleton import JOINT_INDEX, SMPLX_JOINTS

LEFT, RIGHT = JOINT_INDEX["left_index1"], JOINT_INDEX["right_index1"]
TO_Z_UP = Rotation.from_matrix(Y_UP).inv()


@pytest.fixture(scope="module")
def motion() -> Motion:
    """Someone salutes, a hand at the brow."""
    return perform(load_gestures(["salute"])[0], np.random.default_rng(0), fps=30.0, frames=(20, 48)).motion


def joints(motion: Motion) -> np.ndarray:
    """Of the nominal adult, seen from the pelvis (T, 55, 3)."""
    found, _ = forward(motion.full_pose, motion.transl)
    return found - found[:, :1]


def turned(motion: Motion) -> np.ndarray:
    """Rotations (T, 55, 3) in a world whose Z points up, the performer facing somewhere."""
    pose = motion.full_pose.astype(np.float64)
    about = TO_Z_UP * Rotation.from_euler("y", 70, degrees=True)
    pose[:, 0] = (about * Rotation.from_rotvec(pose[:, 0])).as_rotvec()
    return pose


def amass(motion: Motion, *, smplx: bool = False, **changed: Any) -> dict[str, Any]:
    pose = turned(motion)
    parts = [pose[:, :25] if smplx else pose[:, :22], pose[:, 25:]]
    whole = {
        "poses": np.concatenate(parts, axis=1).reshape(len(motion), -1),
        "trans": TO_Z_UP.apply(motion.transl),
        "betas": np.zeros(16),
        "gender": np.array(b"male"),
        ("mocap_frame_rate" if smplx else "mocap_framerate"): np.float64(motion.fps),
        "labels": np.array([{"marker": 1}], dtype=object),  # some releases hold such things; they are never touched
    }
    return {name: value for name, value in (whole | changed).items() if value is not None}


def saved(path: Path, arrays: Mapping[str, Any]) -> Path:
    np.savez(path, **arrays)
    return path


def same(found: Motion, motion: Motion, within: float = 1e-4, count: int = 55) -> None:
    assert len(found) == len(motion)
    assert found.fps == pytest.approx(motion.fps)
    front = Rotation.from_rotvec(motion.full_pose[0, 0]).as_matrix()[:, 0]
    straight = Rotation.from_euler("y", np.arctan2(front[2], front[0]))
    before = straight.apply(joints(motion).reshape(-1, 3)).reshape(len(motion), 55, 3)
    assert np.abs((joints(found) - before)[:, :count]).max() < within


# -- AMASS, SMPL-X, Motion-X --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("smplx", [False, True])
def test_a_sequence_of_amass_is_the_motion_that_was_put_in(motion: Motion, smplx: bool, tmp_path: Path) -> None:
    found = read_motion(saved(tmp_path / "a.npz", amass(motion, smplx=smplx)))
    same(found, motion)
    assert found.fingers
    assert (found.gender, found.betas.shape) == ("male", (16,))


def test_the_path_is_kept_and_begins_at_the_feet(motion: Motion, tmp_path: Path) -> None:
    walked = np.linspace([0, 0, 0], [0, 0, 1.5], len(motion))  # forwards
    trans = TO_Z_UP.apply(Rotation.from_euler("y", 70, degrees=True).apply(motion.transl + walked))
    found = read_motion(saved(tmp_path / "a.npz", amass(motion, trans=trans)))
    assert np.linalg.norm(found.transl[-1, [0, 2]] - found.transl[0, [0, 2]]) == pytest.approx(1.5, abs=0.1)
    places, _ = forward(found.full_pose, found.transl)
    ankles = places[:, [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]], 1]
    assert 0.03 < ankles.min() < 0.12


def test_a_rate_of_120_becomes_30_by_interpolated_rotations(motion: Motion, tmp_path: Path) -> None:
    fast = resampled(motion, 120.0)
    found = read_motion(saved(tmp_path / "a.npz", amass(fast)))
    slow = resampled(found, 30.0)
    assert abs((len(slow) - 1) / 30 - (len(motion) - 1) / 30) <= 1 / 30
    same(slow, motion, within=1e-3)


def model(path: Path) -> Path:
    """What a licensed model says of hands, drawn at random."""
    rng = np.random.default_rng(3)
    components = np.linalg.qr(rng.normal(size=(45, 45)))[0]
    return saved(
        path,
        {f"hands_mean{end}": rng.normal(0, 0.3, 45) for end in "lr"}
        | {f"hands_components{end}": components for end in "lr"},
    )


@pytest.fixture(scope="module")
def delivered(motion: Motion, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Motion]:
    """One pose whose fingers lie in 12 components about the mean, delivered as each convention has it."""
    folder = tmp_path_factory.mktemp("hands")
    stored = np.load(model(folder / "model.npz"))
    coefficients = np.random.default_rng(4).normal(0, 0.5, (len(motion), 12))
    about = {end: coefficients @ stored[f"hands_components{end}"][:12] for end in "lr"}
    flat = {end: about[end] + stored[f"hands_mean{end}"] for end in "lr"}
    told: Mapping[str, tuple[np.ndarray, np.ndarray]] = {
        "flat": (flat["l"], flat["r"]),
        "mean": (about["l"], about["r"]),
        "pca": (coefficients, coefficients),
    }
    pose = motion.full_pose

    def read(values: str, hands: str = "") -> Motion:
        arrays = {"global_orient": pose[:, 0], "body_pose": pose[:, 1:22], "transl": motion.transl, "fps": 30.0}
        arrays |= {"left_hand_pose": told[values][0], "right_hand_pose": told[values][1]}
        path = saved(folder / f"{values}.npz", arrays)
        how = Reading(format="smplx", up="y", hands=hands or values, model=str(folder / "model.npz"))  # type: ignore[arg-type]
        return read_motion(path, how)

    return read


def test_one_pose_is_the_same_in_every_convention_of_hands(delivered: Callable[..., Motion]) -> None:
    flat = joints(delivered("flat"))
    for convention in ("mean", "pca"):
        assert np.abs(joints(delivered(convention)) - flat).max() < 1e-4


def test_the_wrong_convention_is_seen(delivered: Callable[..., Motion]) -> None:
    flat = joints(delivered("flat"))
    assert np.abs(joints(delivered("mean", hands="flat")) - flat).max() > 1e-2
    assert np.abs(joints(delivered("flat", hands="mean")) - flat).max() > 1e-2


def test_motion_x_is_the_motion_that_was_put_in(motion: Motion, tmp_path: Path) -> None:
    pose = motion.full_pose.reshape(len(motion), 55, 3)
    values = np.zeros((len(motion), 322), np.float32)
    values[:, :156] = np.concatenate([pose[:, :22], pose[:, 25:]], axis=1).reshape(len(motion), -1)
    values[:, 309:312] = motion.transl
    np.save(tmp_path / "a.npy", values)
    found = read_motion(tmp_path / "a.npy", Reading(format="motion-x"))
    same(found, motion)
    assert found.fingers


def test_what_gvhmr_found_is_read_without_running_anything(motion: Motion, tmp_path: Path) -> None:
    pose = torch.from_numpy(motion.full_pose)
    params = {
        "global_orient": pose[:, 0],
        "body_pose": pose[:, 1:22].flatten(1),
        "transl": torch.from_numpy(motion.transl),
    }
    torch.save({"smpl_params_global": params, "K_fullimg": torch.eye(3)}, tmp_path / "found.pt")
    found = read_motion(tmp_path / "found.pt", Reading(format="gvhmr", fps=30.0))
    same(found, motion, count=22)
    assert not found.fingers
    with pytest.raises(MotionError, match="give fps"):
        read_motion(tmp_path / "found.pt", Reading(format="gvhmr"))


def test_a_path_in_centimetres_is_told_by_its_pace(motion: Motion, tmp_path: Path) -> None:
    walk = np.arange(len(motion.transl))[:, None] / motion.fps * [1.0, 0.0, 0.0]
    path = saved(tmp_path / "walk.npz", amass(motion, trans=100 * walk))
    with pytest.raises(MotionError, match=r"travels 100 m a second .* 0\.01 for centimetres"):
        read_motion(path)
    found = read_motion(path, Reading(metres=0.01))
    way = (found.transl[-1] - found.transl[0])[[0, 2]]
    assert np.linalg.norm(way) == pytest.approx(walk[-1, 0], rel=1e-3)


@pytest.mark.parametrize(
    ("changed", "reading", "message"),
    [
        ({"poses": np.zeros((5, 150))}, {}, r"poses of .* has shape \(5, 150\); expected \(T, 156\)"),
        ({"poses": np.zeros((0, 156))}, {}, r"poses of .* is float64 \(0, 156\)"),
        ({"poses": np.zeros(156)}, {}, r"\(156,\)"),
        ({"poses": np.full((5, 156), np.nan), "trans": np.zeros((5, 3))}, {}, "NaN"),
        ({"poses": np.array(["a"])}, {}, "poses"),
        ({"poses": np.array([{}], dtype=object)}, {}, r"never loaded.* numpy\.savez"),
        ({"trans": None}, {}, "no 'trans'"),
        ({"trans": np.zeros((3, 3))}, {}, "frames of root, and 3 of the path"),
        ({"trans": np.zeros((20, 2))}, {}, r"trans"),
        ({"mocap_framerate": None}, {}, "may be of several formats"),
        ({"mocap_framerate": None}, {"format": "amass"}, "give fps"),
        ({"mocap_framerate": np.array([30, 60])}, {}, r"mocap_framerate of .* \(2,\)"),
        ({"mocap_framerate": np.float64(0)}, {}, "above 0"),
        ({"mocap_framerate": np.float64("nan")}, {}, "above 0"),
        ({}, {"first": 10_000}, "shall be left out"),
        ({}, {"up": "y"}, "give up = 'z'"),
        ({}, {"format": "motion-x"}, "holds several arrays"),
        ({}, {"format": "smplx"}, r"expected \(T, 165\)"),
        ({}, {"format": "mocap"}, "no format of motions 'mocap'"),
        ({}, {"hands": "mean"}, "give model"),
        ({}, {"hands": "pca", "model": "/nowhere.npz"}, "nowhere.npz"),
    ],
)
def test_a_file_that_is_not_whole_is_told_by_key_and_shape(
    motion: Motion, changed: dict[str, Any], reading: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = saved(tmp_path / "a.npz", amass(motion, **changed))
    with pytest.raises(MotionError, match=message):
        read_motion(path, Reading(**reading))


@pytest.mark.parametrize(
    ("arrays", "reading", "message"),
    [
        ({}, {}, "give up = 'y' or 'z'"),
        ({}, {"up": "y"}, "does not say what they are turned from"),
        ({"left_hand_pose": np.zeros((5, 12))}, {"up": "y", "hands": "flat"}, "the left hand of .* 12 values"),
        ({"body_pose": None}, {"up": "y"}, "none of body_pose"),
        (
            {"body_pose": np.zeros((5, 69))},
            {"up": "y", "hands": "flat"},
            "the body of .* 69 values a frame; expected 63",
        ),
        ({"fps": None}, {"up": "y", "hands": "flat"}, "give fps"),
    ],
)
def test_what_smplx_does_not_say_must_be_given(
    arrays: dict[str, Any], reading: dict[str, Any], message: str, tmp_path: Path
) -> None:
    plain = {"global_orient": np.zeros((5, 3)), "body_pose": np.zeros((5, 63)), "fps": np.float64(30)}
    plain |= {f"{side}_hand_pose": np.zeros((5, 45)) for side in ("left", "right")}
    path = saved(tmp_path / "a.npz", {name: value for name, value in (plain | arrays).items() if value is not None})
    with pytest.raises(MotionError, match=message):
        read_motion(path, Reading(format="smplx", **reading))


class _Canary:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("suffix", [".npz", ".npy", ".pt", ".pth", ".json", ".csv", ".amc", ".bvh"])
@pytest.mark.parametrize("how", ["pickled", "object array"])
def test_code_in_a_file_is_never_run(suffix: str, how: str, tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / f"evil{suffix}"
    evil = _Canary(canary)
    if how == "pickled":
        path.write_bytes(pickle.dumps(evil))
    elif suffix in (".pt", ".pth"):
        torch.save({"smpl_params_global": evil}, path)
    else:
        with path.open("wb") as stream:
            np.savez(stream, poses=np.array([evil], dtype=object), mocap_framerate=30.0, trans=np.zeros((1, 3)))
    for name in ("", "amass", "smplx", "motion-x", "gvhmr", "humanml3d", "synthgest"):
        with pytest.raises(MotionError):
            read_motion(path, Reading(format=name))
    assert not canary.exists()


# -- joints in space ------------------------------------------------------------------------------------------------------


def test_joints_of_humanml3d_come_back_within_three_centimetres(motion: Motion, tmp_path: Path) -> None:
    places, _ = forward(motion.full_pose, motion.transl)
    np.save(tmp_path / "a.npy", places[:, :22].astype(np.float32))
    found = read_motion(tmp_path / "a.npy", Reading(format="humanml3d", fps=30.0))
    apart = np.linalg.norm(joints(found)[:, :22] - joints(motion)[:, :22], axis=2)
    assert apart.mean() < 0.01
    assert apart.max() < 0.03
    assert not found.fingers
    np.save(tmp_path / "cm.npy", places[:, :22].astype(np.float32) * 100)
    with pytest.raises(MotionError, match="give metres"):
        read_motion(tmp_path / "cm.npy", Reading(format="humanml3d"))


def test_a_kinect_that_loses_a_joint_now_and_then_is_read(motion: Motion, tmp_path: Path) -> None:
    places, _ = forward(motion.full_pose, motion.transl)
    away = Rotation.from_euler("y", 180, degrees=True)
    rows = np.zeros((len(motion), 25, 4))
    rows[..., 3] = 1  # inferred: not believed
    for number, name in _KINECT.items():
        rows[:, number, :3] = away.apply(places[:, JOINT_INDEX[name]]) + np.array([0, 0, 2.5])
        rows[:, number, 3] = 2
    rows[5:8, 10] = 0  # the right wrist
    ticks = (np.arange(len(motion)) / 30 * 1e7).round()
    lines = [",".join(map(str, [tick, *row.reshape(-1)])) for tick, row in zip(ticks, rows, strict=True)]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    found = read_motion(tmp_path / "a.csv")
    assert found.fps == pytest.approx(30, abs=0.01)
    arms = [JOINT_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("elbow", "wrist")]
    assert np.linalg.norm((joints(found) - joints(motion))[:, arms], axis=2).max() < 0.05


def mediapipe(motion: Motion) -> dict[str, Any]:
    """Landmarks of the nominal adult: hands about their own middle, Y down."""
    places, _ = forward(motion.full_pose, motion.transl)
    flipped = (places - places[:, :1]) * [1, -1, -1]
    frames = []
    for frame in flipped:
        at = {name: frame[JOINT_INDEX[name]] for name in SMPLX_JOINTS}
        pose = np.tile(at["head"], (33, 1))
        for name, numbers in (("shoulder", (11, 12)), ("elbow", (13, 14)), ("wrist", (15, 16)), ("hip", (23, 24))):
            pose[numbers[0]], pose[numbers[1]] = at[f"left_{name}"], at[f"right_{name}"]
        for name, numbers in (("knee", (25, 26)), ("ankle", (27, 28)), ("foot", (31, 32))):
            pose[numbers[0]], pose[numbers[1]] = at[f"left_{name}"], at[f"right_{name}"]
        told: dict[str, Any] = {
            "pose_world_landmarks": [
                [{**dict(zip("xyz", each, strict=True)), "visibility": 0.9} for each in pose.tolist()]
            ]
        }
        for side in ("left", "right"):
            hand = np.tile(at[f"{side}_wrist"], (21, 1))
            for first, finger in ((1, "thumb"), (5, "index"), (9, "middle"), (13, "ring"), (17, "pinky")):
                for segment in range(3):
                    hand[first + segment] = at[f"{side}_{finger}{segment + 1}"]
            told[f"{side}_hand_world_landmarks"] = (hand - hand.mean(axis=0)).tolist()
        frames.append(told)
    return {"fps": 30, "frames": frames}


def test_landmarks_of_mediapipe_give_fingers_too(motion: Motion, tmp_path: Path) -> None:
    told = mediapipe(motion)
    told["frames"][3]["pose_world_landmarks"] = []  # nobody was seen
    told["frames"][3]["left_hand_world_landmarks"] = []
    (tmp_path / "a.json").write_text(json.dumps(told))
    found = read_motion(tmp_path / "a.json")
    assert found.fingers
    tips = [JOINT_INDEX[f"right_{finger}3"] for finger in ("index", "middle", "ring", "pinky")]
    wrist = JOINT_INDEX["right_wrist"]
    apart = (joints(found)[:, tips] - joints(found)[:, [wrist]]) - (
        joints(motion)[:, tips] - joints(motion)[:, [wrist]]
    )
    assert np.linalg.norm(apart, axis=2).mean() < 0.02


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "1,2,3\n4,5", "differ in length"),
        ("a.csv", "1,2,3\n4,5,6", r"\(2, 3\); expected \(T, 101\)"),
        ("a.csv", "x,y\n", "word where a number belongs"),
        ("a.json", "[", "no JSON"),
        ("a.json", "[]", "no list of frames"),
        ("a.json", '[{"hands": []}]', "no frame of .* has pose_world_landmarks"),
        ("a.json", '[{"pose_world_landmarks": [[0, 0, 0]]}]', "has 1 landmarks"),
        ("a.json", '[{"pose_world_landmarks": [["a"]]}]', "is not x, y, z"),
        ("a.json", '{"fps": "fast", "frames": [{}]}', "fps is 'fast'"),
    ],
)
def test_joints_that_are_not_whole_are_told(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(MotionError, match=message):
        read_motion(tmp_path / name)


# -- ASF and AMC -----------------------------------------------------------------------------------------------------------

ASF = """:version 1.10
:units
  mass 1.0
  length 0.45
  angle deg
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
  begin
    id 1
    name lfemur
    direction 0 -1 0
    length 2
    axis 0 0 90 XYZ
    dof rx rz
  end
  begin
    id 2
    name ltibia
    direction 0 -1 0
    length 3
    axis 0 0 0 XYZ
  end
:hierarchy
  begin
    root lfemur
    lfemur ltibia
  end
"""
AMC = ":FULLY-SPECIFIED\n:DEGREES\n1\nroot 1 2 3 0 0 0\nlfemur 0 90\n2\nroot 1 2 3 0 90 0\nlfemur 90 0\n"


def test_an_amc_file_turns_bones_about_their_own_axes(tmp_path: Path) -> None:
    from synthgest.motion.asf_amc import read_amc

    (tmp_path / "01.asf").write_text(ASF)
    (tmp_path / "01_02.amc").write_text(AMC)
    capture = read_amc(tmp_path / "01_02.amc", fps=120.0)
    assert capture.names == ("Hips", "LeftUpLeg", "LeftLeg")
    assert capture.fps == 120
    assert capture.places[:, 1] == pytest.approx(np.array([[1, 2, 3]] * 2))
    # Turned by 90 degrees about Z, down becomes +X; about the own X, which points along Y, it stays where it is.
    assert capture.places[0, 2] == pytest.approx([3, 2, 3])
    assert capture.places[1, 2] == pytest.approx([1, 0, 3])


@pytest.mark.parametrize(
    ("asf", "amc", "message"),
    [
        (None, AMC, "no skeleton beside it"),
        ("nothing", AMC, "no section :root"),
        (ASF.replace("length 2", "length two"), AMC, "word where a number belongs"),
        (ASF.replace("dof rx rz", "dof rx rw"), AMC, "degree of freedom 'rw'"),
        (ASF.replace("lfemur ltibia", ""), AMC, "'ltibia' hangs on nothing"),
        (ASF.replace("orientation 0 0 0", "orientation 0 90 0"), AMC, "turned at rest"),
        (ASF.replace("angle deg", "angle grad"), AMC, "'grad'"),
        (ASF, AMC.replace("lfemur 90 0", "lfemur 90"), "lfemur has 1 values"),
        (ASF, AMC.replace("lfemur 90 0\n", ""), "lfemur has no values"),
        (ASF, AMC.replace("lfemur 90 0", "rfemur 90 0"), "moves 'rfemur'"),
        (ASF, AMC.replace("lfemur 90 0", "lfemur 90 x"), "word where a number belongs"),
        (ASF, AMC.replace("lfemur 90 0", "lfemur 90 nan"), "NaN"),
        (ASF, ":DEGREES\n", "0 frames"),
    ],
)
def test_an_amc_file_that_is_not_whole_is_told(asf: str | None, amc: str, message: str, tmp_path: Path) -> None:
    if asf is not None:
        (tmp_path / "01.asf").write_text(asf)
    (tmp_path / "01_02.amc").write_text(amc)
    with pytest.raises(MotionError, match=message):
        read_motion(tmp_path / "01_02.amc", Reading(fps=120.0))


def test_an_amc_file_does_not_know_its_rate(tmp_path: Path) -> None:
    (tmp_path / "01_02.amc").write_text(AMC)
    with pytest.raises(MotionError, match="give fps"):
        read_motion(tmp_path / "01_02.amc")


def test_cmus_motion_is_the_same_as_bvh_and_as_amc(real_data: Path) -> None:
    folder = real_data / "cmu_mocap"
    one = read_motion(folder / "01_01.bvh", Reading(first=1))
    other = read_motion(folder / "01_01.amc", Reading(fps=120.0))
    assert len(one) == len(other)
    places = [forward(each.full_pose, each.transl)[0] for each in (one, other)]
    assert np.linalg.norm(places[0] - places[1], axis=2).mean() < 0.02


def test_a_stream_of_the_kinect_is_read(real_data: Path) -> None:
    require_standing(read_motion(real_data / "laban_kinect" / "Ges01_wavehand.csv"))


@pytest.mark.slow
def test_every_stream_of_the_kinect_is_read(real_data: Path) -> None:
    for path in sorted((real_data / "laban_kinect").glob("*.csv")):
        require_standing(read_motion(path))


def require_standing(found: Motion) -> None:
    assert 15 < found.fps < 35
    assert joints(found)[:, JOINT_INDEX["head"], 1].min() > 0.3


# -- where motions are given ------------------------------------------------------------------------------------------------


def test_a_specification_says_how_its_motions_are_read(motion: Motion, tmp_path: Path) -> None:
    pose = motion.full_pose
    arrays = {"global_orient": pose[:, 0], "body_pose": pose[:, 1:22], "transl": motion.transl}
    saved(tmp_path / "a.npz", arrays)
    words = 'name = "mine"\nphrase = "a person doing something"\nmotions = ["*.npz"]\n'
    (tmp_path / "plain.toml").write_text(words)
    (tmp_path / "told.toml").write_text(f'{words}[reading]\nformat = "smplx"\nup = "y"\nfps = 30\n')
    plain, told = (load_gestures([str(tmp_path / f"{name}.toml")])[0] for name in ("plain", "told"))
    assert plain.digest != told.digest
    made = perform(told, np.random.default_rng(0), fps=10.0, frames=(8, 20)).motion
    assert len(made) >= 8
    with pytest.raises(MotionError, match="may be of several formats"):
        perform(plain, np.random.default_rng(0), fps=10.0, frames=(8, 20))
    (tmp_path / "told.toml").write_text(f'{words}[reading]\nhand = "flat"\n')
    with pytest.raises(SpecError, match="did you mean 'hands'"):
        load_gestures([str(tmp_path / "told.toml")])


def test_a_folder_of_classes_says_how_all_its_motions_are_read(motion: Motion, tmp_path: Path) -> None:
    pose = motion.full_pose
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        saved(
            tmp_path / name / "a.npz",
            {"global_orient": pose[:, 0], "body_pose": pose[:, 1:22], "transl": motion.transl},
        )
    (tmp_path / "reading.toml").write_text('format = "smplx"\nup = "y"\nfps = 30\n')
    gestures = gestures_from_folder(tmp_path)
    assert [gesture.name for gesture in gestures] == ["own/one", "own/two"]
    assert len(perform(gestures[0], np.random.default_rng(0), fps=10.0, frames=(8, 20)).motion) >= 8


def test_every_motion_meets_every_person_in_every_place_before_any_do_again(motion: Motion, tmp_path: Path) -> None:
    (tmp_path / "motions" / "mine").mkdir(parents=True)
    for number in range(3):
        take = dataclasses.replace(motion, source=f"take {number}")
        write_motion(tmp_path / "motions" / "mine" / f"{number}.npz", take)
    words = [
        "generate",
        "mine",
        "--from",
        tmp_path / "motions",
        "--identities",
        "2",
        "--backgrounds",
        "2",
        "--clips",
        "12",
    ]
    small = [f"--set={key}" for key in ("width=32", "height=32", "fps=4", "frames=[4,6]")]
    made = synthgest(*words, "--out", tmp_path / "out", *small)
    assert made.returncode == 0
    told = [clip.record.provenance for clip in sg.Dataset(tmp_path / "out")]
    assert len({(each["motion"], *each["pair"]) for each in told}) == 12
    assert sorted(Counter(each["motion"] for each in told).values()) == [4, 4, 4]
    for index in range(0, 12, 4):  # as far as drawing has come, all motions and all pairs have been used alike
        assert len({tuple(each["pair"]) for each in told[index : index + 4]}) == 4
        assert len({each["motion"] for each in told[index : index + 4]}) == 3


def test_the_command_converts_and_draws(motion: Motion, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", amass(resampled(motion, 120.0)))
    told = last_line(synthgest("motion", "convert", path, "--out", tmp_path / "motion.npz", "--rate", "30", "--json"))
    assert (told["fps"], told["fingers"]) == (30, True)
    same(read_motion(tmp_path / "motion.npz"), motion, within=1e-3)
    assert (
        synthgest("motion", "preview", path, "--out", tmp_path / "strip.png", "--clip", tmp_path / "a.mp4").returncode
        == 0
    )
    assert (tmp_path / "strip.png").stat().st_size > 10_000
    assert (tmp_path / "a.mp4").stat().st_size > 5_000
    refused = synthgest("motion", "convert", path, "--out", tmp_path / "no.npz", "--set", "up=y")
    assert refused.returncode == 1
    assert "give up = 'z'" in refused.stderr
    assert not (tmp_path / "no.npz").exists()
    assert "amass" in synthgest("list", "motions").stdout


def test_a_written_motion_is_converted_to_itself(motion: Motion, tmp_path: Path) -> None:
    write_motion(tmp_path / "a.npz", motion)
    assert synthgest("motion", "convert", tmp_path / "a.npz", "--out", tmp_path / "b.npz").returncode == 0
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
