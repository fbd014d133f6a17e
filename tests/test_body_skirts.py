"""Skirts: how they hang at rest, and that they survive a raised knee, a squat and a bow."""

import time

import numpy as np
import pytest

from synthgest.body import Figure, Person, PosedFigure, dress, load_body, pose, sample_person
from synthgest.body.people import PeopleSettings
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX

POSES: dict[str, dict[str, tuple[float, float, float]]] = {
    "knee": {"left_hip": (-88, 0, 0), "left_knee": (85, 0, 0)},
    "squat": {f"{side}_{name}": (turn, 0, 0) for side in ("left", "right") for name, turn in (("hip", -90), ("knee", 100))},
    "walk": {"left_hip": (-28, 0, 0), "right_hip": (22, 0, 0), "right_knee": (30, 0, 0)},
    "bow": {"pelvis": (20, 0, 0), "spine1": (25, 0, 0), "left_hip": (-20, 0, 0), "right_hip": (-20, 0, 0)},
}  # fmt: skip


def motion(rotations: dict[str, tuple[float, float, float]], frames: int = 1) -> Motion:
    """A still motion; each rotation is in degrees about x, y, z as an axis-angle vector."""
    full = np.zeros((frames, 55, 3))
    for joint, degrees in rotations.items():
        full[:, JOINT_INDEX[joint]] = np.radians(degrees)
    return Motion.from_full_pose(full, np.zeros((frames, 3)), fps=30.0, fingers=True, source="test")


@pytest.fixture(scope="module")
def wearers() -> list[tuple[Person, Figure]]:
    people = []
    for seed in range(60):
        person = sample_person(np.random.default_rng(seed), settings=PeopleSettings(sexes={"female": 1.0}))
        if person.bottom.kind in ("skirt", "dress") and person.outer is None:
            people.append((person, dress(load_body(), person)))
    return people


def cloth(figure: Figure, posed: PosedFigure) -> np.ndarray:
    """(rows, columns, 3) the skirt in the first frame."""
    skirt = figure.skirt
    assert skirt is not None
    return posed.vertices[0, skirt.start : skirt.stop].reshape(skirt.rows, skirt.columns, 3)


def test_narrow_and_wide_short_and_long_skirts_are_among_them(wearers: list[tuple[Person, Figure]]) -> None:
    lengths = [person.bottom.length for person, _ in wearers]
    assert len(wearers) >= 6
    assert min(lengths) < 0.85 < 1.1 < max(lengths)


@pytest.mark.parametrize("name", POSES)
def test_no_edge_of_a_skirt_is_torn(wearers: list[tuple[Person, Figure]], name: str) -> None:
    for _, figure in wearers:
        rest, posed = (cloth(figure, pose(figure, motion(turns))) for turns in ({}, POSES[name]))
        for axis in (0, 1):
            length, before = (np.linalg.norm(np.diff(place, axis=axis), axis=-1) for place in (posed, rest))
            # Between two legs apart cloth bridges up to half a step; nowhere is a single edge pulled across the body.
            assert length.max() < 0.17
            assert np.median(length / before) < 1.35


@pytest.mark.parametrize("name", ["knee", "walk"])
def test_the_thigh_stays_under_the_cloth_that_lies_on_it(wearers: list[tuple[Person, Figure]], name: str) -> None:
    for _, figure in wearers:
        posed = pose(figure, motion(POSES[name]))
        hip, knee = (posed.joints[0, JOINT_INDEX[f"left_{joint}"]] for joint in ("hip", "knee"))
        # A thigh's bone lies 6 cm or more under its skin (a thigh is 45 to 65 cm round).
        place = cloth(figure, posed).reshape(-1, 3)
        along = (place - hip) @ (knee - hip) / ((knee - hip) @ (knee - hip))
        near = (along > 0.3) & (along < 0.95)
        distance = np.linalg.norm(place - hip - along[:, None] * (knee - hip), axis=1)[near]
        assert distance.min() > 0.06


def test_the_hem_of_a_standing_persons_skirt_hangs_where_it_was_cut(wearers: list[tuple[Person, Figure]]) -> None:
    for _, figure in wearers:
        place = cloth(figure, pose(figure, motion({})))
        knees = figure.points[[JOINT_INDEX["left_knee"], JOINT_INDEX["left_ankle"]], 1]
        hips = figure.points[JOINT_INDEX["left_hip"], 1]
        hem = place[-1, :, 1]
        assert np.ptp(hem) < 0.05
        drop = (place[0, :, 1].mean() - hem.mean()) / (hips - knees[1])
        assert 0.3 < drop < 1.2


def test_hanging_a_skirt_takes_less_than_a_third_of_the_time_that_making_a_clip_may(
    wearers: list[tuple[Person, Figure]],
) -> None:
    figure = wearers[0][1]
    walking = motion(POSES["walk"], frames=100)
    bare = min(_seconds(figure, walking, skirt=False) for _ in range(2))
    hung = min(_seconds(figure, walking, skirt=True) for _ in range(2))
    # A clip of 100 frames may take 1 s.
    assert hung - bare < 0.33


def _seconds(figure: Figure, walking: Motion, *, skirt: bool) -> float:
    from dataclasses import replace

    worn = figure if skirt else replace(figure, skirt=None)
    start = time.perf_counter()
    pose(worn, walking)
    return time.perf_counter() - start


def test_every_frame_drapes_by_itself(wearers: list[tuple[Person, Figure]]) -> None:
    figure = wearers[0][1]
    alone = pose(figure, motion(POSES["knee"]))
    among = pose(figure, motion(POSES["knee"], frames=5))
    np.testing.assert_allclose(among.vertices[3], alone.vertices[0], atol=1e-5)
