"""The shipped body: its file, and posing a dressed person."""

import zipfile

import numpy as np
import pytest

from synthgest.body import Figure, Person, PosedFigure, dress, load_body, pose, sample_person, stand
from synthgest.body.surface import PATTERNS
from synthgest.content import content
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import COCO_KEYPOINTS, FINGERTIPS, JOINT_INDEX, SMPLX_JOINTS

# SMPL-X counts down the left side, then the right: each joint's mirror image by its name.
MIRROR = [
    JOINT_INDEX[name.replace("left", "*").replace("right", "left").replace("*", "right")] for name in SMPLX_JOINTS
]


def motion(frames: int = 1, **rotations: tuple[float, float, float]) -> Motion:
    """A still motion; each rotation is in degrees about x, y, z as an axis-angle vector."""
    full = np.zeros((frames, 55, 3))
    for joint, degrees in rotations.items():
        full[:, JOINT_INDEX[joint]] = np.radians(degrees)
    return Motion.from_full_pose(full, np.zeros((frames, 3)), fps=30.0, fingers=True, source="test")


def joint(posed: PosedFigure, name: str) -> np.ndarray:
    """Where a joint is in the first frame."""
    return posed.joints[0, JOINT_INDEX[name]]


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return [sample_person(np.random.default_rng(seed)) for seed in range(200)]


@pytest.fixture(scope="module")
def figure(people: list[Person]) -> Figure:
    return dress(load_body(), people[0])


@pytest.fixture(scope="module")
def t_pose(figure: Figure) -> PosedFigure:
    return pose(figure, motion())


def test_the_file_is_small_and_holds_no_pickled_objects() -> None:
    path = content("assets") / "body" / "body.npz"
    assert path.stat().st_size <= 8_000_000
    with np.load(path, allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)
        assert str(file["anny_version"]) == "0.6.2"


def test_the_file_has_no_time_stamps_so_that_the_same_bake_gives_the_same_bytes() -> None:
    with zipfile.ZipFile(content("assets") / "body" / "body.npz") as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_in_the_t_pose_the_arms_lie_along_x_at_shoulder_height(t_pose: PosedFigure) -> None:
    shoulder, elbow, wrist = (joint(t_pose, f"left_{name}") for name in ("shoulder", "elbow", "wrist"))
    np.testing.assert_allclose(elbow[1:], shoulder[1:], atol=1e-4)
    np.testing.assert_allclose(wrist[1:], shoulder[1:], atol=1e-4)
    assert 0.40 < wrist[0] - shoulder[0] < 0.70


def test_the_left_is_plus_x_and_the_face_looks_along_plus_z(t_pose: PosedFigure) -> None:
    nose, left_eye, right_eye, left_ear, right_ear = t_pose.coco[0, :5]
    assert left_eye[0] > 0.02 > -0.02 > right_eye[0]
    assert left_ear[0] > left_eye[0]
    assert right_ear[0] < right_eye[0]
    assert nose[2] > left_eye[2] > left_ear[2]


def test_in_the_t_pose_the_palm_faces_down_and_the_fingers_point_outwards(t_pose: PosedFigure) -> None:
    tips = dict(zip(FINGERTIPS, t_pose.fingertips[0], strict=True))
    wrist = joint(t_pose, "left_wrist")
    middle = tips["left_middle_tip"] - wrist
    assert middle[0] > 0.95 * np.linalg.norm(middle)
    assert tips["left_thumb_tip"][2] > wrist[2] + 0.03
    assert tips["left_index_tip"][2] > tips["left_pinky_tip"][2] + 0.03


def test_a_mirrored_pose_gives_mirrored_joints(figure: Figure) -> None:
    rng = np.random.default_rng(4)
    full = rng.normal(0, 0.3, (3, 55, 3))
    mirrored = full[:, MIRROR] * np.array([1.0, -1.0, -1.0])
    still = np.zeros((3, 3))
    one = pose(figure, Motion.from_full_pose(full, still, fps=30.0, fingers=True, source="test"))
    two = pose(figure, Motion.from_full_pose(mirrored, still, fps=30.0, fingers=True, source="test"))
    # The shape model is symmetric to about a millimetre.
    np.testing.assert_allclose(two.joints[:, MIRROR] * np.array([-1, 1, 1]), one.joints, atol=4e-3)


def test_bending_the_left_elbow_moves_only_the_left_forearm_and_hand(figure: Figure, t_pose: PosedFigure) -> None:
    bent = pose(figure, motion(left_elbow=(0, -90, 0)))
    moved = {SMPLX_JOINTS[k] for k in np.flatnonzero(np.abs(bent.joints - t_pose.joints)[0].max(axis=1) > 1e-5)}
    fingers = ("index", "middle", "pinky", "ring", "thumb")
    assert moved == {"left_wrist"} | {f"left_{finger}{n}" for finger in fingers for n in (1, 2, 3)}
    shifted = np.abs(bent.vertices - t_pose.vertices)[0].max(axis=1) > 1e-3
    assert t_pose.vertices[0, shifted, 0].min() > joint(t_pose, "left_shoulder")[0]


def test_the_elbow_bent_forward_by_90_degrees_points_the_forearm_forward(figure: Figure) -> None:
    bent = pose(figure, motion(left_elbow=(0, -90, 0)))
    forearm = joint(bent, "left_wrist") - joint(bent, "left_elbow")
    np.testing.assert_allclose(forearm / np.linalg.norm(forearm), (0, 0, 1), atol=1e-4)


def test_turning_the_forearm_by_180_degrees_turns_the_palm(figure: Figure, t_pose: PosedFigure) -> None:
    turned = pose(figure, motion(left_wrist=(180, 0, 0)))
    flat, over = (p.fingertips[0, :5] - joint(p, "left_wrist") for p in (t_pose, turned))
    np.testing.assert_allclose(over, flat * np.array([1, -1, -1]), atol=1e-4)


def test_the_forearm_shares_the_wrists_turn_instead_of_wringing_its_skin(figure: Figure, t_pose: PosedFigure) -> None:
    turned = pose(figure, motion(left_wrist=(90, 0, 0)))
    elbow, wrist = joint(t_pose, "left_elbow"), joint(t_pose, "left_wrist")
    place = t_pose.vertices[0]
    along = (place[:, 0] - elbow[0]) / (wrist[0] - elbow[0])
    ring = (along > 0.65) & (along < 0.8) & (np.linalg.norm(place[:, 1:] - wrist[1:], axis=1) < 0.1)
    before, after = place[ring, 1:] - wrist[1:], turned.vertices[0, ring, 1:] - wrist[1:]
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    angle = np.arctan2(turn, (before * after).sum(axis=1))
    assert 20 < np.degrees(np.median(angle)) < 75


def test_the_whole_body_turns_and_moves_with_the_pelvis(figure: Figure, t_pose: PosedFigure) -> None:
    full = np.zeros((1, 55, 3))
    full[:, 0] = (0, np.pi / 2, 0)
    shift = np.array([[0.5, 0.25, -1.0]])
    turned = pose(figure, Motion.from_full_pose(full, shift, fps=30.0, fingers=True, source="test"))
    pelvis = joint(t_pose, "pelvis")
    x, y, z = (t_pose.vertices[0] - pelvis).T
    expected = np.stack([z, y, -x], axis=1) + pelvis + shift
    np.testing.assert_allclose(turned.vertices[0], expected, atol=2e-4)


def test_after_stand_the_lowest_point_of_the_clip_is_on_the_ground(figure: Figure) -> None:
    full = np.zeros((4, 55, 3))
    full[2:, JOINT_INDEX["left_hip"]] = (-1.0, 0, 0)
    standing = stand(pose(figure, Motion.from_full_pose(full, np.zeros((4, 3)), fps=30.0, fingers=True, source="test")))
    assert standing.vertices[..., 1].min() == pytest.approx(0.0, abs=1e-6)
    ankles = standing.joints[0, [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]], 1]
    assert (ankles > 0.03).all()
    assert (ankles < 0.15).all()


def test_shapes_and_types_are_as_documented(figure: Figure) -> None:
    posed = pose(figure, motion(frames=3))
    count = len(figure.vertices)
    assert 9_000 < count < 40_000
    assert posed.vertices.shape == posed.normals.shape == (3, count, 3)
    assert posed.joints.shape == (3, 55, 3)
    assert posed.coco.shape == (3, len(COCO_KEYPOINTS), 3)
    assert posed.fingertips.shape == (3, len(FINGERTIPS), 3)
    arrays = (posed.vertices, posed.normals, posed.joints, posed.coco, posed.fingertips, posed.surface.colour)
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    assert posed.faces.dtype == np.int32
    assert posed.faces.max() == count - 1


def test_normals_are_unit_and_point_outwards(t_pose: PosedFigure) -> None:
    np.testing.assert_allclose(np.linalg.norm(t_pose.normals, axis=-1), 1, atol=1e-3)
    height, up = t_pose.vertices[0, :, 1], t_pose.normals[0, :, 1]
    assert up[height < height.min() + 0.003].mean() < -0.5
    # Hair is made of ribbons, which are seen from both sides.
    solid = t_pose.surface.finish[:, 0] != PATTERNS.index("strands")
    shoulders = np.abs(t_pose.vertices[0, :, 0]) < 0.25
    assert up[solid & shoulders & (height > height[solid].max() - 0.01)].mean() > 0.5


def test_coco_limbs_are_the_joints_of_the_same_name(t_pose: PosedFigure) -> None:
    for number, name in enumerate(COCO_KEYPOINTS[5:], start=5):
        np.testing.assert_array_equal(t_pose.coco[0, number], joint(t_pose, name))


def test_people_are_as_tall_as_they_say(people: list[Person]) -> None:
    for person in people[:12]:
        figure = dress(load_body(), person)
        eyes = pose(figure, motion()).coco[0, 1:3, 1].mean() - pose(figure, motion()).vertices[0, :, 1].min()
        # Eye height is about 0.935 of a person's height (NASA-STD-3000, anthropometry); soles add one or two centimetres.
        assert eyes / person.height_m == pytest.approx(0.94, abs=0.03)


def test_a_person_with_longer_legs_has_a_longer_leg_length() -> None:
    body = load_body()
    people = [sample_person(np.random.default_rng(seed)) for seed in range(12)]
    short, tall = min(people, key=lambda person: person.height_m), max(people, key=lambda person: person.height_m)
    assert dress(body, tall).leg_length > dress(body, short).leg_length + 0.05
    assert 0.6 < dress(body, short).leg_length < 1.1
