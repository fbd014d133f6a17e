"""The shipped gestures as people perform them: what each says must hold does, on every body, and hands stay out of the trunk."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synthgest.body import Figure, build_of, dress, load_body, pose, sample_person
from synthgest.body.rig import BONES
from synthgest.gestures import Gesture, shipped_gestures, vocabularies
from synthgest.motion import perform
from synthgest.motion.build import NOMINAL, Build
from synthgest.motion.constraints import kept, posed
from synthgest.motion.mirror import mirrored
from synthgest.motion.performance import Performance
from synthgest.motion.postures import Arm, Keyframe, Phase

SHIPPED = {gesture.name: gesture for gesture in shipped_gestures()}
FPS = 60.0
TRUNK = [BONES.index(name) for name in ("pelvis", "spine1", "spine2", "spine3", "left_collar", "right_collar")]
HANDS = [
    number
    for number, name in enumerate(BONES)
    if any(part in name for part in ("wrist", "index", "middle", "ring", "pinky", "thumb"))
]
WIDEST_MEAN_DEPTH = 0.02


@pytest.fixture(scope="module")
def figures() -> list[Figure]:
    return [dress(load_body(), sample_person(np.random.default_rng(seed))) for seed in range(4)]


@pytest.fixture(scope="module")
def builds(figures: list[Figure]) -> list[Build]:
    return [NOMINAL, *map(build_of, figures)]


def _broken(performance: Performance, build: Build) -> Iterator[str]:
    """Constraints that hold at neither frame around their keyframe; told of the hands as the specification names them."""
    motion = mirrored(performance.motion) if performance.flipped else performance.motion
    for mark in performance.marks:
        around = np.unique(np.clip([int(mark.seconds * FPS), int(mark.seconds * FPS) + 1], 0, len(motion) - 1))
        postures = posed(motion.full_pose[around], motion.transl[around], build)
        yield from (sentence for sentence in mark.must if not kept(sentence, postures).any())


def _performed(gesture: Gesture, builds: list[Build], count: int) -> tuple[list[str], float]:
    """What was broken over so many performances by several bodies, and how much of the performers' manner was let through."""
    broken, strengths = [], []
    for seed in range(count):
        build = builds[seed % len(builds)]
        performance = perform(gesture, np.random.default_rng(seed), fps=FPS, frames=None, build=build)
        broken += [f"{sentence!r} with seed {seed}" for sentence in _broken(performance, build)]
        strengths.append(performance.strength)
    return broken, float(np.mean(strengths))


def test_the_five_vocabularies_are_there() -> None:
    words = {vocabulary: {name.partition("/")[2] for name in names} for vocabulary, names in vocabularies().items()}
    assert set(words) == {"rocog", "ground-guide", "drone", "hand", "everyday"}
    assert words["ground-guide"] == {
        *(
            "attention",
            "ready",
            "crank",
            "stop",
            "forward",
            "left",
            "right",
            "speed-up",
            "slow-down",
            "kill engine",
            "standby",
        )
    }
    assert {len(words["hand"]), len(words["everyday"])} <= set(range(20, 27))


def test_the_drone_labels_are_the_folders_of_the_photographs(real_data) -> None:
    folders = {path.name for path in (real_data / "drone_arm_signals").iterdir()}
    assert {name.partition("/")[2] for name in vocabularies()["drone"]} == folders


@pytest.mark.parametrize("name", SHIPPED)
def test_every_gesture_says_what_must_hold_and_what_it_is_mistaken_for(name: str) -> None:
    gesture = SHIPPED[name]
    ways = [gesture.keyframes, *(variant.keyframes for variant in gesture.variants)]
    assert all(sum(len(keyframe.must) for keyframe in way) >= 1 for way in ways)
    assert gesture.lookalikes


@pytest.mark.parametrize("name", SHIPPED)
def test_mirroring_there_and_back_is_the_same_gesture(name: str) -> None:
    gesture = SHIPPED[name]
    for relation in ("mirror", "reverse"):
        other = getattr(gesture, relation)
        if other not in ("same", "forbidden"):
            assert getattr(SHIPPED[other], relation) == name


@pytest.mark.parametrize("name", SHIPPED)
def test_what_must_hold_does_on_several_bodies(name: str, builds: list[Build]) -> None:
    assert _performed(SHIPPED[name], builds, 5)[0] == []


@pytest.mark.faults
@pytest.mark.parametrize("name", SHIPPED)
def test_what_must_hold_does_200_times_of_200_and_most_of_each_manner_is_kept(name: str, builds: list[Build]) -> None:
    broken, strength = _performed(SHIPPED[name], builds, 200)
    assert broken == []
    assert strength > 0.75


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_hands_stay_out_of_the_trunk(name: str, figures: list[Figure], builds: list[Build]) -> None:
    depths = [
        _depth(
            figure, perform(SHIPPED[name], np.random.default_rng(seed), fps=8.0, frames=None, build=builds[seed + 1])
        )
        for seed, figure in enumerate(figures)
    ]
    assert np.mean(depths) < WIDEST_MEAN_DEPTH


def _depth(figure: Figure, performance: Performance) -> float:
    """Mean over the frames, metres, of how deep the deepest point of the hands lies within the clothed trunk."""
    drawn = pose(figure, performance.motion)
    trunk = np.flatnonzero(figure.weights[:, TRUNK].sum(axis=1) > 0.6)
    hands = np.flatnonzero(figure.weights[:, HANDS].sum(axis=1) > 0.8)[::6]
    return float(np.mean([_deepest(*frame, trunk, hands) for frame in zip(drawn.vertices, drawn.normals, strict=True)]))


def _deepest(vertices: NDArray, normals: NDArray, trunk: NDArray, hands: NDArray) -> float:
    # Clothes have several layers: the median over the nearest vertices is on the side of most.
    distance, near = cKDTree(vertices[trunk]).query(vertices[hands], k=15)
    inward = (vertices[trunk][near] - vertices[hands][:, None]) * normals[trunk][near]
    depth = np.where(distance[:, 0] < 0.08, np.median(inward.sum(axis=2), axis=1), 0.0)
    return max(0.0, float(depth.max()))


def test_the_measure_of_depth_sees_a_hand_in_the_belly(figures: list[Figure]) -> None:
    gesture = Gesture(
        name="own/belly",
        hands="right",
        keyframes=(_into_belly("stroke"), _into_belly("hold")),
    )
    performance = perform(gesture, np.random.default_rng(0), fps=8.0, frames=None, build=build_of(figures[0]))
    assert _depth(figures[0], performance) > WIDEST_MEAN_DEPTH


def _into_belly(phase: Phase) -> Keyframe:
    return Keyframe(phase=phase, seconds=1.2, right=Arm(at="belly", offset=(0.0, 0.0, -6.0), palm="back", hand="flat"))
