"""Faces at work: the baked expressions, moods, blinks, jaw and eyes, and how they move a figure."""

import dataclasses

import numpy as np
import pytest

from synthgest.body import Figure, dress, load_body, pose, sample_person
from synthgest.body.face import JAW_OPEN, MOODS, Face, act, still
from synthgest.body.model import EXPRESSIONS
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX


def resting(frames: int = 1, jaw: float = 0.0) -> Motion:
    full = np.zeros((frames, 55, 3))
    full[:, JOINT_INDEX["jaw"], 0] = jaw
    return Motion.from_full_pose(full, np.zeros((frames, 3)), fps=30.0, fingers=True, source="test")


def wearing(**shapes: float) -> Face:
    amounts = np.zeros((1, len(EXPRESSIONS)), np.float32)
    for name, value in shapes.items():
        amounts[0, EXPRESSIONS.index(name)] = value
    return dataclasses.replace(still(1), shapes=amounts)


@pytest.fixture(scope="module")
def figure() -> Figure:
    return dress(
        load_body(), dataclasses.replace(sample_person(np.random.default_rng(3)), hat=None, hair_style="cropped")
    )


def moved(figure: Figure, **shapes: float) -> np.ndarray:
    """(V, 3) metres that an expression moves the figure's vertices."""
    return pose(figure, resting(), wearing(**shapes)).vertices[0] - pose(figure, resting()).vertices[0]


def test_every_expression_moves_the_face_and_nothing_below_the_chest(figure: Figure) -> None:
    chest = figure.points[JOINT_INDEX["spine3"], 1]
    for name in EXPRESSIONS:
        change = np.abs(moved(figure, **{name: 1.0})).max(axis=1)
        assert 0.002 < change.max() < 0.06, name
        assert change[figure.vertices[:, 1] < chest].max() == 0, name


def test_a_smile_pulls_the_corners_of_the_mouth_up_and_a_frown_down(figure: Figure) -> None:
    assert moved(figure, smile=1.0)[:, 1].max() > 0.006
    assert moved(figure, frown=1.0)[:, 1].min() < -0.004


def test_raised_brows_go_up_and_knitted_brows_down(figure: Figure) -> None:
    assert moved(figure, brows_up=1.0)[:, 1].max() > 0.004
    assert moved(figure, brows_down=1.0)[:, 1].min() < -0.004


@pytest.mark.parametrize("closed", [0.25, 0.5, 0.75, 1.0])
def test_lids_stay_outside_the_eyeballs_all_the_way_through_a_blink(figure: Figure, closed: float) -> None:
    features = figure.features
    still_, shut = pose(figure, resting()), pose(figure, resting(), wearing(blink=closed))
    joints = [JOINT_INDEX["left_eye_smplhf"], JOINT_INDEX["right_eye_smplhf"]]
    for eye, joint in enumerate(joints):
        centre = features.centres[eye] + still_.joints[0, joint] - figure.points[joint]
        lids = features.index[features.eyeball == eye]
        before = np.linalg.norm(still_.vertices[0, lids] - centre, axis=1)
        after = np.linalg.norm(shut.vertices[0, lids] - centre, axis=1)
        assert len(lids) > 100
        # A tenth of a millimetre for what the neck's share of the weights turns.
        assert (after > np.minimum(before, features.radii[eye]) - 1e-4).all()


def test_closed_lids_hide_the_pupils(figure: Figure) -> None:
    front = pose(figure, resting(), wearing(blink=1.0))
    eye = front.joints[0, JOINT_INDEX["left_eye_smplhf"]]
    lids = figure.features.index[figure.features.eyeball == 0]
    near = np.linalg.norm(front.vertices[0, lids, :2] - eye[:2], axis=1) < 0.005
    ahead = front.vertices[0, lids[near], 2] - figure.features.radii[0] - eye[2]
    assert near.any()
    assert ahead.max() > 0


def test_the_jaw_of_a_motion_opens_the_mouth_by_as_much_as_its_angle_says(figure: Figure) -> None:
    half, whole = (pose(figure, resting(jaw=share * JAW_OPEN)).vertices[0] for share in (0.5, 1.0))
    closed = pose(figure, resting()).vertices[0]
    drop = (closed - whole)[:, 1].max()
    # The lower lip is about 10 cm in front of the jaw's joint: a turn of 0.36 rad takes it about 3 cm down.
    assert drop == pytest.approx(0.03, abs=0.008)
    assert (closed - half)[:, 1].max() == pytest.approx(drop / 2, rel=0.05)


def test_an_open_mouth_is_dark_inside_and_not_a_hole(figure: Figure) -> None:
    opened = pose(figure, resting(jaw=JAW_OPEN))
    nose, colour = opened.coco[0, 0], figure.surface.colour
    inside = (np.abs(opened.vertices[0, :, 0] - nose[0]) < 0.02) & (opened.vertices[0, :, 1] < nose[1] - 0.02)
    behind = inside & (opened.vertices[0, :, 2] < nose[2] - 0.03) & (opened.vertices[0, :, 1] > nose[1] - 0.08)
    dark = behind & (colour.max(axis=1) < 0.3) & (colour[:, 0] > 2 * colour[:, 1])
    assert dark.sum() > 20


def test_turning_the_eyes_moves_the_eyeballs_alone(figure: Figure) -> None:
    face = dataclasses.replace(still(1), gaze=np.array([[0.0, 0.3]], np.float32))
    change = np.abs(pose(figure, face.on(resting())).vertices - pose(figure, resting()).vertices)[0].max(axis=1)
    assert 0.003 < change.max() < 0.012
    assert (change > 1e-4).sum() < 800


def test_the_face_turns_with_the_head(figure: Figure) -> None:
    full = np.zeros((1, 55, 3))
    full[0, 0] = (0, np.pi / 2, 0)
    turned = Motion.from_full_pose(full, np.zeros((1, 3)), fps=30.0, fingers=True, source="test")
    change = pose(figure, turned, wearing(smile=1.0)).vertices[0] - pose(figure, turned).vertices[0]
    x, y, z = moved(figure, smile=1.0).T
    np.testing.assert_allclose(change, np.stack([z, y, -x], axis=1), atol=2e-5)


def test_an_expression_turns_the_normals_of_the_face_and_keeps_them_unit(figure: Figure) -> None:
    smiling, plain = pose(figure, resting(), wearing(smile=1.0)).normals[0], pose(figure, resting()).normals[0]
    np.testing.assert_allclose(np.linalg.norm(smiling, axis=1), 1, atol=1e-3)
    assert np.degrees(np.arccos(np.clip((smiling * plain).sum(axis=1).min(), -1, 1))) > 8


def test_people_blink_every_two_to_six_seconds_for_about_a_fifth_of_one() -> None:
    closed = []
    for seed in range(40):
        blink = act(np.random.default_rng(seed), frames=900, fps=30.0).shapes[:, EXPRESSIONS.index("blink")] > 0.5
        starts = np.flatnonzero(np.diff(blink.astype(int)) == 1)
        closed.append((len(starts), blink.sum()))
    counts, frames = np.array(closed).T
    assert 5 <= counts.mean() <= 12  # in 30 s
    assert 0.06 < frames.sum() / counts.sum() / 30.0 < 0.25


def test_every_mood_is_drawn_and_stays_within_bounds() -> None:
    faces = [act(np.random.default_rng(seed), frames=30, fps=15.0) for seed in range(300)]
    assert {face.mood for face in faces} == set(MOODS)
    for face in faces:
        assert face.shapes.dtype == face.jaw.dtype == face.gaze.dtype == np.float32
        assert face.shapes.shape == (30, len(EXPRESSIONS))
        assert 0 <= face.shapes.min() <= face.shapes.max() <= 1
        assert face.jaw.max() < JAW_OPEN
        assert np.abs(face.gaze).max() < 0.4


def test_the_same_seed_gives_the_same_face() -> None:
    one, two = (act(np.random.default_rng(9), frames=50, fps=25.0) for _ in range(2))
    assert one.shapes.tobytes() == two.shapes.tobytes()
    assert one.gaze.tobytes() == two.gaze.tobytes()


def test_a_face_of_one_frame_can_be_acted() -> None:
    assert len(act(np.random.default_rng(0), frames=1, fps=8.0).jaw) == 1


def test_a_captured_jaw_is_not_overwritten() -> None:
    face = act(np.random.default_rng(1), frames=1, fps=30.0)
    assert face.on(resting(jaw=0.2)).jaw_pose[0, 0] == np.float32(0.2)
    assert face.on(resting()).jaw_pose[0, 0] == face.jaw[0]
