"""Where torch computes, and in which precision that is fast."""

import platform

import pytest
import torch

from synthgest.data.device import mixes_well


@pytest.mark.parametrize(
    ("known", "well"), [({}, False), ({"avx2": True, "avx512_bf16": False}, False), ({"amx_bf16": True}, True)]
)
def test_a_cpu_without_instructions_for_bfloat16_is_not_asked_to_use_it(
    monkeypatch: pytest.MonkeyPatch, known: dict[str, bool], well: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: known)
    assert mixes_well("cpu") == well
    assert mixes_well("cuda")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names of another kind of CPU")
def test_torch_names_these_instructions_so() -> None:
    assert {"amx_bf16", "avx512_bf16"} <= torch.cpu.get_capabilities().keys()
