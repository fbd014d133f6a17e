"""Others in the picture, things in hands and things in front: each pixel and box is whose the ground truth says."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from synthgest.engines.instances import boxes, owners
from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.errors import SpecError
from synthgest.gestures import Gesture, load_gestures
from synthgest.motion.kinematics import forward
from synthgest.motion.skeleton import JOINT_INDEX
from synthgest.motion.walking import walk
from synthgest.plan import plan
from synthgest.recipes import load_recipe
from synthgest.scene.camera import Camera
from synthgest.tables import to_value
from synthgest.types import Rendered, Shot

SMALL = {"width": 128, "height": 128, "fps": 8, "frames": [12, 14]}


def engine_and_shots(name: str, clips: int, settings: Mapping[str, Any], seed: int) -> tuple[PoseTransfer, list[Shot]]:
    recipe = load_recipe("pose-transfer", {**SMALL, **settings})
    return PoseTransfer(recipe), list(plan(load_gestures([name]), recipe, clips=clips, seed=seed, fingerprint={}))


@pytest.fixture(scope="module")
def crowded() -> list[Rendered]:
    engine, shots = engine_and_shots("everyday/wave", 4, {"company": {"share": 1.0, "people": [2, 3]}}, 31)
    return list(engine.generate(shots))


def test_others_are_told_apart_from_the_one_who_performs(crowded: list[Rendered]) -> None:
    assert sum(len(rendered.provenance["others"]) for rendered in crowded) >= 6
    for rendered in crowded:
        instances, people = rendered.truth["instances"], 1 + len(rendered.provenance["others"])
        assert np.array_equal(rendered.truth["mask"], instances == 1)
        assert instances.max() <= people
        assert rendered.truth["boxes"].shape == (len(instances), people, 4)
        assert np.array_equal(rendered.truth["boxes"], boxes(instances, range(1, people + 1)))


def test_nobody_stands_before_the_one_who_performs(crowded: list[Rendered]) -> None:
    for rendered in crowded:
        coco = rendered.truth["coco_keypoints"]
        wrists = coco[:, 9:11]
        column, row = (wrists[..., axis].astype(int).clip(0, 127) for axis in (0, 1))
        shown = rendered.truth["mask"][np.arange(len(coco))[:, None], row, column]
        assert shown[wrists[..., 2] == 2].mean() > 0.85  # a wrist's joint lies within the sleeve, at times at its edge


def test_the_same_shot_has_the_same_person_with_and_without_company() -> None:
    plain, shots = engine_and_shots("everyday/wave", 1, {}, 31)
    engine, _ = engine_and_shots("everyday/wave", 1, {"company": {"share": 1.0}}, 31)
    (alone,), (among) = plain.generate(shots), next(engine.generate(shots))
    assert alone.provenance["body"] == among.provenance["body"]
    assert np.array_equal(alone.truth["joints_2d"], among.truth["joints_2d"])


@pytest.mark.parametrize("doing", ["walk", "lookalike"])
def test_others_do_what_is_asked_for(doing: str) -> None:
    weights = {"stand": 0.0, "walk": 0.0, "lookalike": 0.0} | {doing: 1.0}
    engine, shots = engine_and_shots("everyday/phone", 2, {"company": {"share": 1.0, "doing": weights}}, 5)
    shows = {each for shot in shots for each in (other.shows for other in engine.stage(shot).others)}
    assert shows
    alike = load_gestures(["everyday/phone"])[0].lookalikes
    assert shows <= ({"walking"} if doing == "walk" else set(alike))


def test_what_is_in_front_never_hides_a_hand_that_matters() -> None:
    engine, shots = engine_and_shots("everyday/clap", 8, {"occlusion": {"share": 1.0}}, 41)
    kinds = set()
    for shot in shots:
        staged = engine.stage(shot)
        if staged.front is None:
            continue
        kinds.add(staged.front.kind)
        rendered = engine.take(shot, None)
        assert 0.08 <= rendered.provenance["covered"] <= 0.45
        wrists = rendered.truth["coco_keypoints"][:, 9:11]
        pixels = staged.work.project(staged.front.thing.vertices[None].repeat(len(wrists), axis=0))
        shown = staged.performance.shown_frames(len(wrists), 8)
        for frame in shown:
            apart = np.linalg.norm(wrists[frame, :, None, :2] - pixels[frame][None], axis=2)
            assert apart.min() > 2
    assert kinds == {"counter", "post"}


def test_a_cup_is_drunk_from_and_a_phone_is_heard() -> None:
    for name, what, where in (("everyday/drink", "cup", "head"), ("everyday/phone", "phone", "head")):
        engine, shots = engine_and_shots(name, 1, {}, 2)
        staged = engine.stage(shots[0])
        (rendered,) = engine.generate(shots)
        assert rendered.provenance["holds"] == what
        assert staged.holding is not None
        joints = rendered.truth["joints_3d"]
        apart = np.linalg.norm(joints[:, staged.holding.wrist] - joints[:, JOINT_INDEX[where]], axis=1)
        assert apart.min() < 0.3


def test_a_gesture_that_holds_nothing_is_the_one_that_it_was() -> None:
    wave = load_gestures(["everyday/wave"])[0]
    assert wave.digest != dataclasses.replace(wave, holds=("cup",)).digest
    with pytest.raises(SpecError, match="sword"):
        to_value({"name": "own/a", "holds": ["sword"]}, Gesture, where="a.toml")


def test_a_wrong_table_is_told() -> None:
    with pytest.raises(SpecError, match=r"company\.doing has dance"):
        engine_and_shots("everyday/wave", 1, {"company": {"doing": {"dance": 1.0}}}, 0)


def test_feet_that_bear_weight_do_not_slide() -> None:
    motion = walk(np.random.default_rng(3), fps=30, frames=90)
    joints, _ = forward(motion.full_pose, motion.transl)
    feet = joints[:, [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]]
    lower = feet[:, :, 1].argmin(axis=1)
    slid = np.linalg.norm(np.diff(feet, axis=0)[np.arange(89), lower[:-1]][:, [0, 2]], axis=1)
    assert slid.max() < 1e-3
    assert motion.transl[-1, 2] - motion.transl[0, 2] > 1.5


def test_a_pixel_is_whose_surface_it_shows() -> None:
    camera = Camera(width=4, height=4, yfov=np.pi / 2, position=np.zeros(3), rotation=np.eye(3))
    near, far = np.array([[-1.0, 0.0, -2.0]], np.float32), np.array([[1.0, 0.0, -4.0]], np.float32)
    mask = np.zeros((4, 4), bool)
    mask[2, [0, 3]] = True
    depth = np.zeros((4, 4), np.float32)
    depth[2, 0], depth[2, 3] = 2.0, 4.0
    found = owners(mask, depth, camera, [near, far])
    assert found.tolist() == [[0] * 4, [0] * 4, [1, 0, 0, 2], [0] * 4]
    assert boxes(found[None], [1, 2, 3]).tolist() == [[[0, 2, 1, 3], [3, 2, 4, 3], [0, 0, 0, 0]]]
