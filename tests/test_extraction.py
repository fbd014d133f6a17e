"""Films become motions: estimators see joints, what was made is kept, and what drove a clip can be compared with it."""

import json
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import VitPoseBackboneConfig, VitPoseConfig, VitPoseForPoseEstimation, VitPoseImageProcessor
from typer.testing import CliRunner

import synthgest as sg
from synthgest.cli import app
from synthgest.data.video import write_video
from synthgest.encoders.pose_network import JOINTS
from synthgest.encoders.tracking import _agreed
from synthgest.errors import MissingDependency, ModelError, MotionError, SpecError
from synthgest.extraction import estimator_entries, load_estimator
from synthgest.extraction.video import read_video_motion, video_keypoints
from synthgest.frames import Frames
from synthgest.motion.keypoint_layouts import HAND_POINTS, MEDIAPIPE, MEDIAPIPE_POINTS
from synthgest.motion.reading import Reading
from synthgest.motion.skeleton import JOINT_INDEX

VIDEO = Reading(format="video")
DRAWN = {"fps": 8, "frames": [12, 16], "camera": {"aerial": 0.0, "azimuth_degrees": [-15, 15], "upper_body": 0.0}}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    """A few clips, to be treated as films."""
    return sg.generate(
        ["drone/left", "everyday/wave"], settings=DRAWN, clips=2, seed=3, out=tmp_path_factory.mktemp("drawn")
    )


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def films(drawn: sg.Dataset, folder: Path) -> Path:
    for clip in drawn:
        film = folder / clip.gesture.rpartition("/")[2] / f"{clip.id}.mp4"
        film.parent.mkdir(parents=True, exist_ok=True)
        film.write_bytes(clip.path.read_bytes())
    return folder


def test_the_small_estimator_finds_most_joints_of_drawn_people(drawn: sg.Dataset) -> None:
    estimator = load_estimator("small")
    near = []
    for clip in drawn:
        frames, truth = clip.frames(), clip.truth()["joints_2d"]
        found = estimator.estimate(frames, clip.record.fps)
        assert tuple(found) == JOINTS
        torso = np.linalg.norm(truth[:, JOINT_INDEX["neck"]] - truth[:, JOINT_INDEX["pelvis"]], axis=1).mean()
        for name in ("head", "neck", "left_shoulder", "right_shoulder", "left_hip", "right_hip"):
            near.append(np.linalg.norm(found[name][:, :2] - truth[:, JOINT_INDEX[name]], axis=1) / torso)
    assert np.median(np.concatenate(near)) < 0.15


def test_the_place_that_most_views_agree_on_is_taken() -> None:
    places = torch.tensor([[10.0, 10.0], [11.0, 10.0], [50.0, 50.0], [10.5, 10.5]])[:, None, None]
    sure = torch.tensor([0.5, 0.5, 0.9, 0.4])[:, None, None]
    found = _agreed(places, sure, torch.tensor([100.0]))
    assert torch.allclose(found.places[0, 0], torch.tensor([10.5, 10.1]), atol=0.2)
    assert 0.3 < float(found.sure) < 0.36


def test_a_film_is_seen_once_and_its_motion_kept(
    drawn: sg.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = films(drawn, tmp_path / "films") / "left" / f"{drawn[0].id}.mp4"
    seen, motion = video_keypoints(film, VIDEO), read_video_motion(film, VIDEO)
    assert len(seen) == len(motion) == drawn[0].length
    assert motion.source == f"video {film.name}"
    monkeypatch.setattr(
        "synthgest.extraction.video.read_small", lambda *_, **__: pytest.fail("the film was read again")
    )
    again = read_video_motion(film, VIDEO)
    assert np.array_equal(again.full_pose, motion.full_pose)
    assert np.array_equal(video_keypoints(film, VIDEO).points, seen.points)


def test_films_of_a_few_become_clips_of_many(drawn: sg.Dataset, tmp_path: Path) -> None:
    source, out = films(drawn, tmp_path / "films"), tmp_path / "out"
    settings = ["--set", "fps=8", "--set", "frames=[12,20]"]
    made = CliRunner().invoke(
        app, ["generate", "--from", str(source), "--clips", "2", "--out", str(out), "--workers", "0", *settings]
    )
    assert made.exit_code == 0, made.output
    clips = list(sg.Dataset(out))
    assert {clip.gesture for clip in clips} == {"own/left", "own/wave"}
    assert {clip.record.provenance["motion"] for clip in clips} == {f"video {clip.id}.mp4" for clip in drawn}
    told = CliRunner().invoke(app, ["evaluate", "drift", str(out), "--from", str(source), "--json"])
    values = json.loads(told.stdout.splitlines()[-1])
    assert values["clips"] == 4
    assert told.exit_code == (1 if values["above"] else 0)
    assert all(0 < each["drift"]["drift"] < 0.5 for each in values["each"])


def test_captures_are_compared_with_what_drove_them(tmp_path: Path) -> None:
    from synthgest.gestures import load_gestures
    from synthgest.motion import perform, write_motion

    (tmp_path / "takes" / "wave").mkdir(parents=True)
    motion = perform(load_gestures(["everyday/wave"])[0], np.random.default_rng(5), fps=20.0, frames=(40, 60)).motion
    write_motion(tmp_path / "takes" / "wave" / "a.npz", motion)
    exact = {"amplitude": [1, 1], "timing": 0.0, "posture": 0.0, "noise": 0.0}
    for name, captures, most in (("exact", exact, 0.06), ("free", {}, 0.2)):
        gestures = sg.gestures.gestures_from_folder(tmp_path / "takes")
        sg.generate(
            gestures,
            settings={"fps": 8, "frames": [12, 20], "captures": captures},
            clips=2,
            seed=1,
            out=tmp_path / name,
        )
        told = CliRunner().invoke(
            app, ["evaluate", "drift", str(tmp_path / name), "--from", str(tmp_path / "takes"), "--json"]
        )
        values = json.loads(told.stdout.splitlines()[-1])
        assert values["classes"]["own/wave"]["drift"] < most
    stranger = CliRunner().invoke(
        app, ["evaluate", "drift", str(tmp_path / "exact"), "--from", str(tmp_path / "exact")]
    )
    assert stranger.exit_code != 0


def test_extract_writes_motion_keypoints_and_picture(drawn: sg.Dataset, tmp_path: Path) -> None:
    film = films(drawn, tmp_path / "films") / "wave" / f"{drawn[2].id}.mp4"
    out, csv, png = (tmp_path / name for name in ("m.npz", "k.csv", "p.png"))
    told = CliRunner().invoke(
        app,
        ["motion", "extract", str(film), "--out", str(out), "--keypoints", str(csv), "--picture", str(png), "--json"],
    )
    assert told.exit_code == 0, told.output
    values = json.loads(told.stdout.splitlines()[-1])
    assert values["frames"] == drawn[2].length
    assert 0 < values["drift"] < 0.3
    assert png.read_bytes().startswith(b"\x89PNG")
    again = sg.motion.read_motion(csv, Reading(format="keypoints-csv", fps=8.0, height=224.0))
    assert len(again) == len(sg.motion.read_motion(out))


def test_a_film_that_will_not_do_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    with pytest.raises(MotionError, match="cannot decode"):
        read_video_motion(tmp_path / "broken.mp4", VIDEO)
    write_video(tmp_path / "long.mp4", np.zeros((130, 32, 32, 3), np.uint8), 2)
    with pytest.raises(MotionError, match="longer than 60 seconds"):
        read_video_motion(tmp_path / "long.mp4", VIDEO)
    with pytest.raises(SpecError, match="no estimator 'smal'; did you mean 'small'"):
        load_estimator("smal")
    assert {"small", "vitpose", "mediapipe"} <= set(estimator_entries())


def tiny_vitpose(folder: Path, labels: int) -> Path:
    backbone = VitPoseBackboneConfig(
        image_size=[64, 48],
        patch_size=[16, 16],
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        mlp_ratio=1,
    )
    torch.manual_seed(0)
    model = VitPoseForPoseEstimation(
        VitPoseConfig(backbone_config=backbone, use_simple_decoder=True, id2label={n: str(n) for n in range(labels)})
    )
    model.save_pretrained(folder)
    VitPoseImageProcessor(size={"height": 64, "width": 48}).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("labels", [17, 133])
def test_vitpose_of_a_folder_sees_cocos_keypoints(drawn: sg.Dataset, tmp_path: Path, labels: int) -> None:
    estimator = load_estimator("vitpose", str(tiny_vitpose(tmp_path / "tiny", labels)))
    frames = drawn[0].frames()[:5]
    found = estimator.estimate(frames, 8.0)
    assert {"left_wrist", "right_hip", "head"} <= set(found)
    assert ("left_index1" in found) == (labels == 133)
    assert all(values.shape == (5, 3) and np.isfinite(values).all() for values in found.values())
    assert estimator.mark != load_estimator("small").mark


def test_vitpose_with_other_keypoints_or_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="sees 21 keypoints"):
        load_estimator("vitpose", str(tiny_vitpose(tmp_path / "tiny", 21)))
    with pytest.raises(ModelError, match="needs a model"):
        load_estimator("vitpose")


class Landmarker:
    """Stands in for MediaPipe's: one person in the first picture, and both hands, in the order that a mirror has."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __enter__(self) -> "Landmarker":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def detect_for_video(self, image: Any, moment: int) -> Any:
        if moment:
            return types.SimpleNamespace(pose_landmarks=[], hand_landmarks=[])
        body = [types.SimpleNamespace(x=0.5, y=0.5, visibility=0.9) for _ in range(MEDIAPIPE_POINTS)]
        for part, x in (("wrist", 0.25), ("elbow", 0.3)):
            for number, where in zip(MEDIAPIPE[part], (1 - x, x), strict=True):
                body[number] = types.SimpleNamespace(x=where, y=0.25, visibility=0.9)
        hands = [[types.SimpleNamespace(x=x, y=0.25) for _ in range(HAND_POINTS)] for x in (0.25, 0.75)]
        return types.SimpleNamespace(pose_landmarks=[body], hand_landmarks=hands)


def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules that look like MediaPipe as far as it is called; its own model files cannot be made here."""
    vision = types.SimpleNamespace(RunningMode=types.SimpleNamespace(VIDEO="video"))
    for kind in ("PoseLandmarker", "HandLandmarker"):
        setattr(vision, f"{kind}Options", lambda **options: options)
        setattr(vision, kind, types.SimpleNamespace(create_from_options=lambda options, kind=kind: Landmarker(kind)))
    library = types.ModuleType("mediapipe")
    library.tasks = types.SimpleNamespace(BaseOptions=lambda **options: options)  # type: ignore[attr-defined]
    library.Image = lambda **values: values  # type: ignore[attr-defined]
    library.ImageFormat = types.SimpleNamespace(SRGB="srgb")  # type: ignore[attr-defined]
    python = types.ModuleType("mediapipe.tasks.python")
    python.vision = vision  # type: ignore[attr-defined]
    for name, module in (
        ("mediapipe", library),
        ("mediapipe.tasks", types.ModuleType("t")),
        ("mediapipe.tasks.python", python),
    ):
        monkeypatch.setitem(sys.modules, name, module)


def test_mediapipes_hands_go_to_the_wrists_that_they_are_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    for name in ("pose_landmarker_full.task", "hand_landmarker.task"):
        (tmp_path / name).write_bytes(b"weights")
    frames: Frames = np.zeros((2, 40, 80, 3), np.uint8)
    found = load_estimator("mediapipe", str(tmp_path)).estimate(frames, 10.0)
    assert found["left_wrist"][0].tolist() == [60, 10, 0.9]
    assert found["left_index1"][0].tolist() == [60, 10, 1]
    assert found["right_index1"][0].tolist() == [20, 10, 1]
    assert all(values[1, 2] == 0 for values in found.values())


def test_mediapipe_without_its_package_or_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(MissingDependency, match=r"synthgest\[mediapipe\]"):
        load_estimator("mediapipe", str(tmp_path))
    stand_in(monkeypatch)
    with pytest.raises(ModelError, match=r"pose_landmarker\.task"):
        load_estimator("mediapipe", str(tmp_path))
