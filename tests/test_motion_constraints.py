"""Hand calculations on the nominal adult in the T-pose (arms level, palms down) and with one joint turned by a right angle."""

import numpy as np
import pytest
from numpy.typing import NDArray

from synthgest.motion.build import NOMINAL
from synthgest.motion.constraints import kept, posed, require_constraint
from synthgest.motion.skeleton import JOINT_INDEX


def _holds(sentence: str, **turns: tuple[float, float, float]) -> bool:
    """Whether the T-pose keeps a constraint when some joints are turned (degrees about x, y, z)."""
    pose = np.zeros((1, 55, 3))
    for joint, turn in turns.items():
        pose[0, JOINT_INDEX[joint]] = np.radians(turn)
    require_constraint(sentence)
    found: NDArray[np.bool_] = kept(sentence, posed(pose, np.zeros((1, 3)), NOMINAL))
    return bool(found[0])


@pytest.mark.parametrize(
    "sentence",
    [
        "both palm down",
        "both arm outward",
        "left fingers outward",
        "right index outward",
        "both elbow straight",
        "both wrist outside shoulder",
        "both hand below chin",
        "hands apart",
        "right index straight",
        "both elbow above hip",
        "left wrist above waist",
        "left wrist outside own elbow",
    ],
)
def test_what_holds_in_the_t_pose(sentence: str) -> None:
    assert _holds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "left palm up",
        "right arm inward",
        "left elbow bent",
        "hands together",
        "hands crossed",
        "head down",
        "head left",
        "right middle folded",
        "left hand at chin",
        "both wrist before chest",
        "left wrist inside shoulder",
    ],
)
def test_what_does_not_hold_in_the_t_pose(sentence: str) -> None:
    assert not _holds(sentence)


def test_a_right_angle_at_a_joint_changes_what_hangs_on_it() -> None:
    assert _holds("left elbow bent", left_elbow=(0, -90, 0))
    assert _holds("left forearm forward", left_elbow=(0, -90, 0))
    assert _holds("left forearm inward", left_elbow=(0, -160, 0))
    assert _holds("left palm forward", left_wrist=(-90, 0, 0))
    assert not _holds("both palm forward", left_wrist=(-90, 0, 0))
    assert _holds("right fingers forward", right_wrist=(0, 90, 0))
    assert _holds("head left", neck=(0, 30, 0))
    assert _holds("head down", neck=(30, 0, 0))
    assert _holds("left index folded", left_index1=(0, 0, -60), left_index2=(0, 0, -60))


def test_a_place_goes_with_the_bone_that_it_is_on() -> None:
    # The chin lies some 12 cm before the head's joint: turned by 90 degrees to the left it lies beside it, farther to the left.
    assert _holds("left wrist behind chin")
    assert not _holds("left wrist behind chin", neck=(0, 170, 0))


def test_directions_are_those_of_the_chest() -> None:
    assert _holds("left arm outward", pelvis=(0, 90, 0))


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    [
        ("right plam forward", "did you mean 'palm'"),
        ("right palm forwards", "did you mean 'forward'"),
        ("palm forward", "expected for example"),
        ("right wrist above", "expected for example"),
        ("right wrist above shoulder and head", "no word 'and'"),
        ("", "expected for example"),
    ],
)
def test_a_sentence_that_is_none_is_refused_with_the_strange_word(sentence: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        require_constraint(sentence)
