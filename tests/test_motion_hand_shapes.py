"""Hand shapes: straight fingers only spread, folded ones converge."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthgest.motion.hand_shapes import FINGERS, rotations


def root(shape: str, finger: str) -> np.ndarray:
    """Direction of a left finger's first segment that lay along +X: away from the wrist, up, to the thumb."""
    return Rotation.from_rotvec(rotations(shape)[3 * FINGERS.index(finger)]).apply([1.0, 0.0, 0.0])


@pytest.mark.parametrize(("finger", "degrees"), [("index", -12.0), ("middle", 0.0), ("ring", 12.0), ("pinky", 24.0)])
def test_a_straight_finger_only_spreads_within_the_palm(finger: str, degrees: float) -> None:
    first = 3 * FINGERS.index(finger)
    expected = np.zeros((3, 3))
    expected[0, 1] = np.radians(degrees)
    np.testing.assert_allclose(rotations("spread")[first : first + 3], expected, atol=1e-12)


@pytest.mark.parametrize("shape", ["fist", "thumb-up"])
def test_folded_fingers_point_down_and_lean_to_the_middle_finger(shape: str) -> None:
    index, middle, ring, pinky = (root(shape, finger) for finger in ("index", "middle", "ring", "pinky"))
    assert max(direction[1] for direction in (index, middle, ring, pinky)) < -0.9
    assert index[2] < middle[2] - 0.1
    assert ring[2] > middle[2] - 0.1
    assert pinky[2] > ring[2]


def test_folded_fingers_of_a_v_sign_do_not_spread() -> None:
    np.testing.assert_allclose(root("v-sign", "pinky"), root("fist", "pinky"), atol=1e-9)
