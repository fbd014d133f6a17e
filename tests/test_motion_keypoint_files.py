"""Keypoints in files: what columns and COCO's arrays say becomes the motion that was seen, and what is not whole is told."""

import csv
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_motion_keypoint_fit import NAMES, places, seen

from synthgest.errors import MotionError
from synthgest.gestures import gestures_from_folder, load_gestures
from synthgest.motion import perform, read_motion
from synthgest.motion.keypoint_files import keypoints_in, write_keypoints
from synthgest.motion.keypoint_layouts import MEDIAPIPE
from synthgest.motion.keypoints import Keypoints
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import COCO_KEYPOINTS

CSV, COCO = Reading(format="keypoints-csv", fps=10.0, height=224.0), Reading(format="keypoints-coco", fps=10.0)


@pytest.fixture(scope="module")
def known() -> Motion:
    return perform(load_gestures(["rocog/Halt"])[0], np.random.default_rng(95), fps=10.0, frames=(16, 16)).motion


@pytest.fixture(scope="module")
def keypoints(known: Motion) -> Keypoints:
    return seen(places(known), 0.0, 0)


def table(path: Path, keypoints: Keypoints, **changed: str) -> Path:
    header = ["image", *(f"{name}_{axis}" for name in NAMES for axis in "xy"), "left_wrist_score"]
    rows = [[f"{number}.jpg", *frame.ravel(), 0.9] for number, frame in enumerate(keypoints.points)]
    cells = [dict(zip(header, row, strict=True)) | changed for row in rows]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(cells)
    return path


def people(keypoints: Keypoints, count: int = 17) -> list[dict[str, Any]]:
    """COCO's results: the person, and somebody else of whom less is sure."""
    found = []
    for number, frame in enumerate(keypoints.points):
        person = np.zeros((count, 3))
        for name, point in zip(NAMES, frame, strict=True):
            person[COCO_KEYPOINTS.index(name)] = *point, 0.9
        other = np.tile([50.0, 60.0, 0.05], (count, 1))
        found += [{"image_id": number, "keypoints": each.ravel().tolist()} for each in (other, person)]
    return found[::-1]


def test_a_table_is_the_motion_that_was_seen(known: Motion, keypoints: Keypoints, tmp_path: Path) -> None:
    found = read_motion(table(tmp_path / "a.csv", keypoints), CSV)
    assert (len(found), found.fps, found.fingers) == (len(known), 10.0, False)
    assert np.linalg.norm(places(found) - places(known), axis=2).mean() < 0.08
    shorter = Reading(format="keypoints-csv", fps=10.0, height=224.0, first=4)
    assert len(read_motion(tmp_path / "a.csv", shorter)) == len(known) - 4


def test_what_is_written_is_read_again(keypoints: Keypoints, tmp_path: Path) -> None:
    seen = keypoints.seen.copy()
    seen[3, 2] = 0.0
    write_keypoints(tmp_path / "a.csv", dataclasses.replace(keypoints, seen=seen))
    found = keypoints_in(tmp_path / "a.csv", CSV)
    order = [found.names.index(name) for name in keypoints.names]
    assert np.allclose(found.points[:, order], keypoints.points, atol=1e-3)
    assert (found.seen[:, order] == seen).all()


_OPENPOSE = {"shoulder": (5, 2), "elbow": (6, 3), "wrist": (7, 4), "hip": (12, 9), "knee": (13, 10), "ankle": (14, 11)}


def openpose(keypoints: Keypoints) -> list[dict[str, Any]]:
    """A frame for each, with somebody else of whom less is sure."""
    found = []
    for frame in keypoints.points:
        person = np.zeros((25, 3))
        for name, point in zip(NAMES, frame, strict=True):
            side, part = name.split("_")
            person[_OPENPOSE[part][side == "right"]] = *point, 0.8
        other = np.tile([50.0, 60.0, 0.05], (25, 1))
        people = [
            {"pose_keypoints_2d": each.ravel().tolist(), "hand_left_keypoints_2d": []} for each in (other, person)
        ]
        found.append({"version": 1.3, "people": people})
    return found


def test_a_folder_that_openpose_wrote_is_the_motion(known: Motion, keypoints: Keypoints, tmp_path: Path) -> None:
    folder = tmp_path / "own" / "take"
    folder.mkdir(parents=True)
    for number, frame in enumerate(openpose(keypoints)):
        (folder / f"take_{number:012d}_keypoints.json").write_text(json.dumps(frame))
    found = read_motion(folder, Reading(fps=10.0, height=224.0))
    assert np.linalg.norm(places(found) - places(known), axis=2).mean() < 0.08
    (gesture,) = gestures_from_folder(tmp_path)
    assert [motion.path for motion in gesture.motions] == [folder]
    (folder / "take_000000000000_keypoints.json").write_text("{}")
    with pytest.raises(MotionError, match="has changed"):
        gesture.motions[0].require_unchanged()


def test_landmarks_are_parts_of_a_picture_whose_size_is_known(
    known: Motion, keypoints: Keypoints, tmp_path: Path
) -> None:
    frames = []
    for frame in keypoints.points:
        points = [{"x": 0.0, "y": 0.0, "z": 0.0, "visibility": 0.01} for _ in range(33)]
        for name, point in zip(NAMES, frame, strict=True):
            side, part = name.split("_")
            points[MEDIAPIPE[part][side == "right"]] = {
                "x": point[0] / 320,
                "y": point[1] / 224,
                "z": 0.0,
                "visibility": 0.9,
            }
        frames.append({"pose_landmarks": points})
    reading = Reading(format="keypoints-mediapipe")
    (tmp_path / "a.json").write_text(json.dumps({"fps": 10, "width": 320, "height": 224, "frames": frames}))
    found = read_motion(tmp_path / "a.json", reading)
    assert np.linalg.norm(places(found) - places(known), axis=2).mean() < 0.08
    (tmp_path / "a.json").write_text(json.dumps({"fps": 10, "frames": frames}))
    with pytest.raises(MotionError, match="give its width and height"):
        read_motion(tmp_path / "a.json", reading)


@pytest.mark.parametrize("count", [17, 133])
def test_of_several_people_the_surest_is_taken(count: int, known: Motion, keypoints: Keypoints, tmp_path: Path) -> None:
    told = {"annotations": people(keypoints, count), "images": [{"id": 0, "height": 224}]}
    (tmp_path / "a.json").write_text(json.dumps(told))
    found = read_motion(tmp_path / "a.json", COCO)
    assert np.linalg.norm(places(found) - places(known), axis=2).mean() < 0.08


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no columns such as left_wrist_x"),
        ("", "no columns"),
        ("left_wrist_x,left_wrist_y\n1,two\n", "'two' where a number belongs"),
        ("left_wrist_x,left_wrist_y\n1,2\n", "both hips"),
    ],
)
def test_a_table_that_will_not_do_is_told(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(MotionError, match=message):
        read_motion(tmp_path / "a.csv", CSV)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ([], "no list of people"),
        ([1], "no list of people"),
        ({"people": []}, "no list of people"),
        ([{"image_id": 1, "keypoints": [1, 2]}], "of 17 or 133 points"),
        ([{"image_id": 1, "keypoints": "x"}], "of 17 or 133 points"),
        ([{"image_id": 1, "keypoints": [float("nan")] * 51}], "of 17 or 133 points"),
        ([{"image_id": None, "keypoints": [1.0] * 51}], "image_id in .* is None"),
        ([{"image_id": image, "keypoints": [1.0] * 51} for image in (1, "b")], "mixes numbers and names"),
        ([{"image_id": 1, "keypoints": [0.0] * 51}], "shows nobody"),
    ],
)
def test_a_list_of_people_that_will_not_do_is_told(told: Any, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(told))
    with pytest.raises(MotionError, match=message):
        read_motion(tmp_path / "a.json", COCO)


def test_the_rate_must_be_given(keypoints: Keypoints, tmp_path: Path) -> None:
    with pytest.raises(MotionError, match="give fps"):
        read_motion(table(tmp_path / "a.csv", keypoints), Reading(format="keypoints-csv"))


@pytest.mark.slow
def test_real_peoples_signals_are_met_within_a_twentieth_of_a_torso(real_data: Path) -> None:
    """The recordings are scaled frame by frame, so that is what is compared."""
    for path in sorted((real_data / "ground_guide_keypoints").glob("john_*_001.csv"))[:4]:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))[:60]
        names = [name for name in NAMES if f"{name}_x" in rows[0]]
        points = np.array([[[float(row[f"{name}_{axis}"]) for axis in "xy"] for name in names] for row in rows])
        found = read_motion(path, Reading(format="keypoints-csv", fps=30.0, framed=True))
        shown = places(found)[:60, [NAMES.index(name) for name in names], :2] * [1, -1]
        trunk = [names.index(name) for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]
        here, there = (each - each[:, trunk].mean(axis=1, keepdims=True) for each in (shown, points))
        scale = (here * there).sum(axis=(1, 2), keepdims=True) / (here**2).sum(axis=(1, 2), keepdims=True)
        torso = np.linalg.norm(points[:, trunk[:2]].mean(axis=1) - points[:, trunk[2:]].mean(axis=1), axis=1)
        apart = np.linalg.norm(here * scale - there, axis=2) / torso[:, None]
        assert apart.mean() < 0.05, path.name
