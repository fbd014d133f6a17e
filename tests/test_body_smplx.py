"""The body of SMPL-X, by a made-up model in the same format: the package poses it, and nothing of its file is ever run."""

import dataclasses
import pickle
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import Judge
from scipy.spatial.transform import Rotation
from test_cli import synthgest

import synthgest as sg
from synthgest.body import pose, sample_person
from synthgest.body.smplx_figure import dressed
from synthgest.body.smplx_model import LICENCE, load_smplx, model_file
from synthgest.body.smplx_texture import open_textures
from synthgest.engines.staging import PoseTransferSettings
from synthgest.errors import SpecError
from synthgest.motion.kinematics import REST_JOINTS, forward
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import FINGERTIPS, JOINT_INDEX, SMPLX_JOINTS, SMPLX_PARENTS

pytest.importorskip("smplx")

RINGS, AROUND = 13, 14
EACH = RINGS * AROUND + 2  # vertices of the ball that stands for a joint
SIZES = {"pelvis": 0.13, "spine1": 0.13, "spine2": 0.13, "spine3": 0.14, "head": 0.11}
RIDERS = {  # of vertices that the package knows by number, the joint on which each lies
    **{9120: "head", 9929: "head", 9448: "head", 616: "head", 6: "head"},
    **{5361: "left_thumb3", 4933: "left_index3", 5058: "left_middle3", 5169: "left_ring3", 5286: "left_pinky3"},
    **{8079: "right_thumb3", 7669: "right_index3", 7794: "right_middle3", 7905: "right_ring3", 8022: "right_pinky3"},
    **{
        5770: "left_foot",
        5780: "left_foot",
        8846: "left_ankle",
        8463: "right_foot",
        8474: "right_foot",
        8635: "right_ankle",
    },
}


def ball(middle: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (EACH, 3) whose mean is the middle, and faces, counter-clockwise from outside."""
    polar = np.pi * (np.arange(RINGS) + 1) / (RINGS + 1)
    turn = 2 * np.pi * np.arange(AROUND) / AROUND
    rows = np.stack(
        [
            np.outer(np.sin(polar), np.sin(turn)),
            np.repeat(np.cos(polar)[:, None], AROUND, axis=1),
            np.outer(np.sin(polar), np.cos(turn)),
        ],
        axis=-1,
    ).reshape(-1, 3)
    places = np.concatenate([[[0, 1, 0]], rows, [[0, -1, 0]]]) * radius + middle
    faces = []
    for column in range(AROUND):
        beside = (column + 1) % AROUND
        faces.append([0, 1 + column, 1 + beside])
        faces.append([EACH - 1, 1 + (RINGS - 1) * AROUND + beside, 1 + (RINGS - 1) * AROUND + column])
        for ring in range(RINGS - 1):
            a, b = 1 + ring * AROUND + column, 1 + ring * AROUND + beside
            faces += [[a, a + AROUND, b], [b, a + AROUND, b + AROUND]]
    return places, np.array(faces)


def made_up(path: Path, **changed: Any) -> Path:
    """Somebody of 55 balls, in the format of ``SMPLX_NEUTRAL.npz``."""
    rng = np.random.default_rng(0)
    radii = [SIZES.get(name, 0.05 if number < 22 else 0.012) for number, name in enumerate(SMPLX_JOINTS)]
    balls = [ball(place, radius) for place, radius in zip(REST_JOINTS, radii, strict=True)]
    template = np.concatenate([places for places, _ in balls])
    faces = np.concatenate([own + number * EACH for number, (_, own) in enumerate(balls)])
    count = len(template)
    owner = np.repeat(np.arange(55), EACH)
    at = np.arange(count)  # which vertex has each number: those that the package knows by number ride on their joints
    for number, name in RIDERS.items():
        other = next(each for each in np.flatnonzero(owner[at] == JOINT_INDEX[name]) if each not in RIDERS)
        at[number], at[other] = at[other], at[number]
    weights, regressor = np.zeros((count, 55)), np.zeros((55, count))
    weights[np.arange(count), owner[at]] = 1
    regressor[owner[at], np.arange(count)] = 1 / EACH
    arrays: dict[str, Any] = {
        "v_template": template[at],
        "f": np.argsort(at)[faces].astype(np.uint32),
        "weights": weights,
        "J_regressor": regressor,
        "shapedirs": rng.normal(0, 0.002, (count, 3, 20)).astype(np.float32),
        "posedirs": rng.normal(0, 1e-4, (count, 3, 486)).astype(np.float32),
        "kintree_table": np.array([[parent % 2**32 for parent in SMPLX_PARENTS], range(55)], np.uint32),
        "lmk_faces_idx": np.arange(51),
        "lmk_bary_coords": np.full((51, 3), 1 / 3),
        "joint2num": np.array({"Pelvis": 0}, dtype=object),  # the real file has such things, which are left alone
    }
    for end in "lr":
        arrays[f"hands_components{end}"] = np.eye(45)
        arrays[f"hands_mean{end}"] = np.full(45, 0.1)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **{name: value for name, value in (arrays | changed).items() if value is not None})
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up(tmp_path_factory.mktemp("models") / "SMPLX_NEUTRAL.npz").parent


def test_joints_are_those_of_our_own_kinematics_for_a_hundred_poses(folder: Path) -> None:
    rng = np.random.default_rng(1)
    figure = dressed(load_smplx(model_file(folder, "female")), sample_person(rng))
    poses = Rotation.random(100 * 55, random_state=2).as_rotvec().reshape(100, 55, 3) * 0.4
    motion = Motion.from_full_pose(poses, rng.normal(size=(100, 3)), fps=30.0, fingers=True, source="test")
    posed = pose(figure, motion)
    ours, _ = forward(motion.full_pose, motion.transl, rest=figure.points[:55].astype(np.float64))
    assert np.abs(posed.joints - ours).max() < 1e-4
    tips = [SMPLX_JOINTS.index(name.replace("_tip", "3")) for name in FINGERTIPS]
    assert np.linalg.norm(posed.fingertips - posed.joints[:, tips], axis=2).max() < 0.05
    assert np.linalg.norm(posed.coco[:, :5] - posed.joints[:, [JOINT_INDEX["head"]]], axis=2).max() < 0.2


def test_people_wear_the_textures_that_are_given(tmp_path: Path) -> None:
    made_up(tmp_path / "bare" / "SMPLX_NEUTRAL.npz")
    with np.load(tmp_path / "bare" / "SMPLX_NEUTRAL.npz", allow_pickle=True) as bare:
        count, faces = len(bare["v_template"]), bare["f"]
    # The left half of the texture for even vertices, the right half for odd ones, near its lower edge.
    places = np.array([[0.25 + 0.5 * (number % 2), 0.1] for number in range(count)])
    made_up(tmp_path / "whole" / "SMPLX_NEUTRAL.npz", vt=places, ft=faces)
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[20:, :20], picture[20:, 20:] = (0, 0, 255), (0, 255, 0)  # below: red, then green, in OpenCV's order
    (tmp_path / "worn").mkdir()
    cv2.imwrite(str(tmp_path / "worn" / "suit.png"), picture)
    textures, person = open_textures(tmp_path / "worn"), sample_person(np.random.default_rng(1))
    colour = dressed(load_smplx(model_file(tmp_path / "whole", "male")), person, textures).surface.colour
    assert colour[::2] == pytest.approx(np.tile([1.0, 0, 0], (len(colour[::2]), 1)))
    assert colour[1::2] == pytest.approx(np.tile([0, 1.0, 0], (len(colour[1::2]), 1)))
    with pytest.raises(SpecError, match="vt and ft"):
        dressed(load_smplx(model_file(tmp_path / "bare", "male")), person, textures)
    with pytest.raises(SpecError, match="holds no textures"):
        open_textures(tmp_path)
    with pytest.raises(SpecError, match="body = 'smplx'"):
        PoseTransferSettings(body_textures=str(tmp_path))


def test_a_face_does_what_the_motion_says(folder: Path) -> None:
    figure = dressed(load_smplx(model_file(folder, "male")), sample_person(np.random.default_rng(1)))
    still = Motion.from_full_pose(np.zeros((2, 55, 3)), np.zeros((2, 3)), fps=30.0, fingers=True, source="test")
    smiling = dataclasses.replace(still, expression=np.array([[0.0] * 10, [2.0] + [0.0] * 9], np.float32))
    before, after = pose(figure, still), pose(figure, smiling)
    assert np.array_equal(before.vertices[0], after.vertices[0])
    assert np.abs(before.vertices[1] - after.vertices[1]).max() > 1e-4


def test_a_frame_is_the_same_alone_and_among_others(folder: Path) -> None:
    rng = np.random.default_rng(1)
    figure = dressed(load_smplx(model_file(folder, "male")), sample_person(rng))
    motion = Motion.from_full_pose(
        rng.normal(0, 0.3, (6, 55, 3)), np.zeros((6, 3)), fps=30.0, fingers=True, source="test"
    )
    whole, alone = pose(figure, motion), pose(figure, motion, frames=np.array([4]))
    assert np.array_equal(whole.vertices[4], alone.vertices[0])
    assert np.array_equal(whole.normals[4], alone.normals[0])


def test_clips_of_the_licensed_body_say_so(folder: Path, tmp_path: Path) -> None:
    small = ["--set=width=64", "--set=height=64", "--set=fps=4", "--set=frames=[4,6]"]
    words = ["generate", "wave", "--clips", "2", "--body", "smplx", f"--set=body_model={folder}", *small]
    assert synthgest(*words, "--out", tmp_path / "out").returncode == 0
    dataset = sg.Dataset(tmp_path / "out")
    assert {clip.record.licence for clip in dataset} == {LICENCE}
    assert {run.licence for run in dataset.manifest.runs} == {LICENCE}
    assert len({tuple(clip.record.provenance["body"]["betas"]) for clip in dataset}) == 2
    words = [f"--set=body_model={folder}/." if "body_model" in word else word for word in words]
    assert synthgest(*words, "--out", tmp_path / "out").returncode == 0  # the same files, however the folder is spelt
    assert all(clip.truth()["mask"].any() for clip in dataset)


def test_without_the_model_it_is_said_where_to_get_it(tmp_path: Path) -> None:
    told = synthgest("generate", "wave", "--body", "smplx", f"--set=body_model={tmp_path}", "--out", tmp_path / "out")
    assert told.returncode == 2
    assert "smpl-x.is.tue.mpg.de" in told.stderr
    assert not (tmp_path / "out").exists()
    other = synthgest("generate", "wave", "--body", "smpl", "--out", tmp_path / "out")
    assert other.returncode == 2
    assert "'smpl'" in other.stderr


class _Canary:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return Path.touch, (self.path,)


def test_code_in_a_model_is_never_run(tmp_path: Path, judged: Judge) -> None:
    canary = tmp_path / "canary"
    evil = np.array(_Canary(canary), dtype=object)
    for number, name in enumerate(("v_template", "posedirs", "hands_meanl")):
        with pytest.raises(SpecError, match="never loaded"):
            load_smplx(made_up(tmp_path / str(number) / "SMPLX_NEUTRAL.npz", **{name: evil}))
    load_smplx(made_up(tmp_path / "beside" / "SMPLX_NEUTRAL.npz", part2num=evil))  # left alone
    (tmp_path / "SMPLX_NEUTRAL.npz").write_bytes(pickle.dumps(_Canary(canary)))
    with pytest.raises(SpecError, match="not a model of SMPL-X"):
        load_smplx(tmp_path / "SMPLX_NEUTRAL.npz")
    ran = int(canary.exists())
    judged("F14", "files of SMPL-X with code in them: code that ran", trials=5, worst=ran, bar=0, unit="canaries")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weights": np.zeros((10, 24))}, r"weights of .* \(10, 24\); expected \(10120, 55\)"),
        ({"posedirs": None}, "no 'posedirs'"),
        ({"f": np.zeros((5, 3), dtype="U1")}, "f of .* <U1"),
    ],
)
def test_a_file_that_is_another_model_is_told(changed: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=message):
        load_smplx(made_up(tmp_path / "SMPLX_NEUTRAL.npz", **changed))
