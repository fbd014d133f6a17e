"""Motions of ground-guide alone tell real people's signals apart: keypoints of performances against the recordings."""

import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))


def test_windows_are_described_wherever_and_however_large_the_person_stands() -> None:
    from keypoint_knn import describe

    points = np.random.default_rng(0).normal(size=(40, 8, 2))
    assert describe(points * 3 + 7, 30.0) == pytest.approx(describe(points, 30.0))


@pytest.mark.slow
def test_generated_clips_name_real_signals(real_data: Path, tmp_path: Path) -> None:
    from keypoint_knn import generated, judge, real

    import synthgest as sg

    sg.generate("ground-guide", clips=10, seed=1, out=tmp_path / "out", settings={"width": 96, "height": 96})
    reference = generated(tmp_path / "out")
    found = judge(reference, real(real_data / "ground_guide_keypoints", ["john", "janie"]))
    # The aim is 75 %; chance is 9 %.
    assert found["accuracy"] >= 0.75
