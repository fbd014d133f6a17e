"""Hands brought to places on several bodies, checked by forward kinematics that the solver does not use."""

import numpy as np
import pytest
from numpy.typing import NDArray

from synthgest.body import build_of, dress, load_body, sample_person
from synthgest.errors import MotionError, SpecError
from synthgest.gestures import Gesture, load_gestures
from synthgest.motion import perform
from synthgest.motion.build import NOMINAL, Build
from synthgest.motion.kinematics import forward
from synthgest.motion.landmarks import LANDMARKS, OTHER, PLACES
from synthgest.motion.performance import Performance
from synthgest.motion.postures import Arm, Body, Keyframe
from synthgest.motion.reach import hand_part
from synthgest.motion.skeleton import JOINT_INDEX

HOLD = Keyframe(phase="hold", seconds=0.6)
OPEN = {"hand": "flat", "elbow_points": "down"}


@pytest.fixture(scope="module")
def builds() -> list[Build]:
    people = (sample_person(np.random.default_rng(seed)) for seed in (3, 4, 5))
    return [NOMINAL, *(build_of(dress(load_body(), person)) for person in people)]


def _held(arm: Arm, build: Build, seed: int = 0, body: Body | None = None) -> Performance:
    stroke = Keyframe(phase="stroke", seconds=0.7, right=arm, body=body)
    gesture = Gesture(name="own/reach", hands="right", keyframes=(stroke, HOLD))
    return perform(gesture, np.random.default_rng(seed), fps=60.0, frames=None, build=build)


def _end(performance: Performance) -> int:
    return next(round(mark.seconds * 60) for mark in performance.marks if mark.phase == "hold")


def _at_hold(performance: Performance, build: Build) -> tuple[NDArray, NDArray]:
    frame = slice(_end(performance), _end(performance) + 1)
    joints, turns = forward(performance.motion.full_pose[frame], performance.motion.transl[frame], build.joints)
    return joints[0], turns[0]


def _place(name: str, joints: NDArray, turns: NDArray, build: Build) -> NDArray:
    """A landmark on the right side, carried by its bone."""
    across = np.array([1.0 if name.startswith(OTHER) else -1.0, 1.0, 1.0])
    landmark = name.removeprefix(OTHER)
    bone = JOINT_INDEX[LANDMARKS[landmark].bone]
    return joints[bone] + turns[bone] @ (build.landmarks[landmark] * across - build.joints[bone])


FAR = ("back of head", "other ear", "other temple", "other waist", "other hip", "other thigh")


@pytest.mark.parametrize("place", [place for place in PLACES if place not in FAR])
def test_the_palm_reaches_every_place_within_three_centimetres_on_every_body(place: str, builds: list[Build]) -> None:
    # The hand is held a palm's thickness off; a performer misses a place that is touched by about a centimetre.
    for build in builds:
        joints, turns = _at_hold(_held(Arm(at=place, **OPEN), build), build)
        wrist = JOINT_INDEX["right_wrist"]
        palm = joints[wrist] + turns[wrist] @ (hand_part("palm", np.zeros((15, 3)), build) * [-1, 1, 1])
        assert np.linalg.norm(palm - _place(place, joints, turns, build)) < 0.03


def test_a_hand_follows_the_head_that_it_touches(builds: list[Build]) -> None:
    for turn in (-40.0, 40.0):
        performance = _held(Arm(at="ear", **OPEN), NOMINAL, body=Body(head_turn=turn, head_flexion=10.0))
        joints, turns = _at_hold(performance, NOMINAL)
        assert np.linalg.norm(joints[JOINT_INDEX["right_wrist"]] - _place("ear", joints, turns, NOMINAL)) < 0.12


def test_palm_and_fingers_face_as_they_are_told(builds: list[Build]) -> None:
    for palm, fingers, outward in (("forward", "up", 0), ("down", "forward", 0), ("inward", "up", 0)):
        arm = Arm(at="shoulder", offset=(8.0, 0.0, 30.0), palm=palm, fingers=fingers, hand="flat")
        facing = {"forward": (0, 0, 1), "down": (0, -1, 0), "inward": (1, 0, 0), "up": (0, 1, 0)}
        for build in builds:
            _, turns = _at_hold(_held(arm, build), build)
            chest, hand = turns[JOINT_INDEX["spine3"]], turns[JOINT_INDEX["right_wrist"]]
            assert (hand @ [0, -1, 0]) @ (chest @ facing[palm]) > np.cos(np.radians(35)), (palm, outward)
            assert (hand @ [-1, 0, 0]) @ (chest @ facing[fingers]) > np.cos(np.radians(35)), fingers


def test_the_elbow_goes_where_it_is_pointed_as_far_as_it_is_free() -> None:
    heights = []
    for elbow in ("down", "outward"):
        joints, _ = _at_hold(_held(Arm(at="chin", part="index", elbow_points=elbow, hand="flat"), NOMINAL), NOMINAL)
        heights.append(joints[JOINT_INDEX["right_elbow"], 1])
    assert heights[1] > heights[0] + 0.08


def test_hands_rest_on_hips_of_any_width(builds: list[Build]) -> None:
    (hips,) = load_gestures(["everyday/hands-on-hips"])
    for build in builds:
        performance = perform(hips, np.random.default_rng(1), fps=60.0, frames=None, build=build)
        joints, _ = _at_hold(performance, build)
        for side in ("left", "right"):
            palm = (joints[JOINT_INDEX[f"{side}_wrist"]] + joints[JOINT_INDEX[f"{side}_middle1"]]) / 2
            assert abs(abs(palm[0] - joints[0, 0]) - build.landmarks["hip"][0]) < 0.06


def test_a_place_out_of_reach_is_refused_with_the_distance() -> None:
    with pytest.raises(MotionError, match=r"cannot be brought to 'thigh'.*misses it by \d+ cm"):
        _held(Arm(at="thigh", offset=(0.0, -30.0, 40.0)), NOMINAL)


@pytest.mark.parametrize(
    ("arm", "complaint"),
    [
        ({"at": "nose", "elbow": 30.0}, "from which elbow follow"),
        ({"at": "knee"}, "unknown place 'knee'"),
        ({"at": "nose", "part": "fist"}, "unknown part"),
        ({"offset": (1.0, 0.0, 0.0)}, "say the place too"),
        ({"fingers": "up"}, "say palm too"),
        ({"at": "nose", "offset": (0.0, 0.0, 300.0)}, "farther than any hand"),
    ],
)
def test_words_that_contradict_each_other_are_refused(arm: dict, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Arm(**arm)


def test_a_broken_constraint_is_an_error_that_names_it() -> None:
    wrong = Keyframe(phase="stroke", seconds=0.5, right=Arm(elevation=90, plane=0), must=("right arm forward",))
    with pytest.raises(MotionError, match="'right arm forward'"):
        perform(Gesture(name="own/wrong", keyframes=(wrong,)), np.random.default_rng(0), fps=30.0, frames=None)


def test_a_constraint_that_cannot_be_read_is_named_with_its_file(tmp_path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('name = "odd"\n[[keyframes]]\nphase = "stroke"\nseconds = 1\nmust = ["right plam up"]\n')
    with pytest.raises(SpecError, match=r"odd\.toml.*did you mean 'palm'"):
        load_gestures([str(path)])
