"""The GPU bench runs where there is none, with a tiny model: what it prints on a GPU is then a matter of the GPU."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("diffusers")

BENCH = Path(__file__).parent.parent / "scripts" / "bench"


@pytest.mark.slow
def test_the_gpu_bench_can_be_tried_out_without_one() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCH / "gpu.py"), "--tiny", "--clips", "1"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "clips an hour" in done.stdout


def test_the_configuration_is_that_of_cogvideox_2b() -> None:
    sys.path.insert(0, str(BENCH))
    import gpu
    import torch
    from diffusers import CogVideoXTransformer3DModel

    with torch.device("meta"):
        transformer = CogVideoXTransformer3DModel(**gpu.TRANSFORMER)
    assert 1.65e9 < sum(tensor.numel() for tensor in transformer.parameters()) < 1.75e9
