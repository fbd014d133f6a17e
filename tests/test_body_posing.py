"""Skinning: against the textbook formula, normals against those worked out anew, hands that close and open."""

from dataclasses import replace

import numpy as np
import pytest

from synthgest.body import Figure, PosedFigure, dress, load_body, pose, sample_person
from synthgest.body.face import act
from synthgest.body.normals import surface_normals
from synthgest.body.skinning import skinned
from synthgest.body.surface import PATTERNS
from synthgest.motion.hand_shapes import HAND_SHAPES, rotations
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import FINGERTIPS, JOINT_INDEX


@pytest.fixture(scope="module")
def figure() -> Figure:
    return dress(load_body(), sample_person(np.random.default_rng(5)))


def hands(figure: Figure, shape: str) -> PosedFigure:
    full = np.zeros((1, 55, 3))
    full[0, 25:40] = rotations(shape)
    full[0, 40:55] = rotations(shape) * np.array([1, -1, -1])
    return pose(figure, Motion.from_full_pose(full, np.zeros((1, 3)), fps=30.0, fingers=True, source="test"))


def test_skinning_is_the_weighted_sum_over_the_bones() -> None:
    rng = np.random.default_rng(0)
    count, bones, frames = 600, 5, 4
    vertices, normals = (rng.normal(size=(count, 3)).astype(np.float32) for _ in range(2))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    weights = rng.dirichlet(np.ones(bones), count).astype(np.float32)
    weights[:, 3] = 0
    turns, shifts = rng.normal(size=(frames, bones, 3, 3)), rng.normal(size=(frames, bones, 3))
    place, facing = skinned(vertices, normals, weights, turns, shifts)
    for frame in range(frames):
        for vertex in range(0, count, 97):
            expected = sum(
                weights[vertex, b] * (turns[frame, b] @ vertices[vertex] + shifts[frame, b]) for b in range(bones)
            )
            np.testing.assert_allclose(place[frame, vertex], expected, atol=1e-5)
            turned = sum(weights[vertex, b] * (turns[frame, b] @ normals[vertex]) for b in range(bones))
            np.testing.assert_allclose(facing[frame, vertex], turned / np.linalg.norm(turned), atol=1e-4)


def test_a_frame_has_the_same_bytes_alone_and_in_its_clip(figure: Figure) -> None:
    full = np.cumsum(np.random.default_rng(6).normal(0, 0.02, (37, 55, 3)), axis=0)
    face = act(np.random.default_rng(6), frames=37, fps=30.0)
    whole = face.on(Motion.from_full_pose(full, np.zeros((37, 3)), fps=30.0, fingers=True, source="test"))
    chosen = np.array([3, 20, 36])
    part = Motion.from_full_pose(whole.full_pose[chosen], np.zeros((3, 3)), fps=30.0, fingers=True, source="test")
    alone = replace(face, shapes=face.shapes[chosen], jaw=face.jaw[chosen], gaze=face.gaze[chosen])
    clip = pose(figure, whole, face)
    for stills in (pose(figure, part, alone), pose(figure, whole, face, frames=chosen)):
        assert stills.vertices.tobytes() == clip.vertices[chosen].tobytes()
        assert stills.normals.tobytes() == clip.normals[chosen].tobytes()


def test_the_normal_of_a_flat_square_is_upright() -> None:
    square = np.array([[[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]]], np.float32)
    faces = np.array([[0, 2, 1], [0, 3, 2]], np.int32)
    normals = surface_normals(square, faces, np.arange(4, dtype=np.int32))
    np.testing.assert_allclose(normals[0], np.tile([0, 1, 0], (4, 1)))


def test_skinned_normals_are_close_to_those_of_the_posed_surface(figure: Figure) -> None:
    rng = np.random.default_rng(2)
    full = rng.normal(0, 0.25, (2, 55, 3))
    posed = pose(figure, Motion.from_full_pose(full, np.zeros((2, 3)), fps=30.0, fingers=True, source="test"))
    anew = surface_normals(posed.vertices, figure.faces, figure.smooth)
    angle = np.degrees(np.arccos(np.clip((anew * posed.normals).sum(axis=-1), -1, 1)))
    assert np.median(angle) < 4
    assert np.percentile(angle, 90) < 25


def test_a_fist_brings_the_fingertips_to_the_palm(figure: Figure) -> None:
    opened, closed = hands(figure, "flat"), hands(figure, "fist")
    for side in ("left", "right"):
        for finger in ("index", "middle", "ring", "pinky"):
            tip = FINGERTIPS.index(f"{side}_{finger}_tip")
            knuckle = JOINT_INDEX[f"{side}_{finger}1"]
            reach = [np.linalg.norm(p.fingertips[0, tip] - p.joints[0, knuckle]) for p in (opened, closed)]
            assert reach[1] < 0.55 * reach[0], finger
            assert closed.fingertips[0, tip, 1] < closed.joints[0, knuckle, 1]


def test_the_fingers_of_a_fist_lie_side_by_side(figure: Figure) -> None:
    closed = hands(figure, "fist")
    fingers = ("index", "middle", "ring", "pinky")
    tips = np.array([closed.fingertips[0, FINGERTIPS.index(f"left_{name}_tip"), 2] for name in fingers])
    knuckles = np.array([closed.joints[0, JOINT_INDEX[f"left_{name}1"], 2] for name in fingers])
    assert (-np.diff(tips) > 0.010).all()
    assert (-np.diff(tips) < -1.6 * np.diff(knuckles)).all()


def test_a_spread_hand_is_wider_than_a_flat_one(figure: Figure) -> None:
    width = {}
    for shape in ("flat", "spread"):
        tips = hands(figure, shape).fingertips[0]
        width[shape] = np.linalg.norm(
            tips[FINGERTIPS.index("left_index_tip")] - tips[FINGERTIPS.index("left_pinky_tip")]
        )
    assert width["spread"] > width["flat"] + 0.03


@pytest.mark.parametrize("shape", HAND_SHAPES)
def test_no_hand_shape_tears_or_crushes_the_skin(figure: Figure, shape: str) -> None:
    rest, posed = hands(figure, "flat").vertices[0], hands(figure, shape).vertices[0]
    palm = figure.points[JOINT_INDEX["left_middle1"]]
    hand = np.linalg.norm(figure.vertices - palm, axis=1) < 0.11
    skin = hand & (figure.surface.finish[:, 0] == PATTERNS.index("skin"))
    faces = figure.faces[skin[figure.faces].all(axis=1)]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    before, after = (np.linalg.norm(p[edges[:, 0]] - p[edges[:, 1]], axis=1) for p in (rest, posed))
    assert len(edges) > 2000
    # The web between thumb and index stretches by about 25 mm in a thumb-up.
    assert (after - before).max() < 0.026
    assert np.median(after / np.maximum(before, 1e-6)) == pytest.approx(1, abs=0.1)


def test_each_thumb_up_points_away_from_its_fingers(figure: Figure) -> None:
    up = hands(figure, "thumb-up")
    for side in ("left", "right"):
        tip = up.fingertips[0, FINGERTIPS.index(f"{side}_thumb_tip")]
        assert tip[2] > up.joints[0, JOINT_INDEX[f"{side}_index1"], 2] + 0.04
