"""The models that ship: they load without asking for anything, and know what their cards say."""

import numpy as np
import pytest
import torch

import synthgest as sg
from synthgest.encoders.small import SmallEncoder

QUICK = {"fps": 8, "frames": [12, 16]}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    """Gestures of which the encoder never saw a clip, and one that it did, by another seed than it learned from."""
    out = tmp_path_factory.mktemp("drawn") / "out"
    names = ["drone/emergency", "drone/land", "everyday/bow", "everyday/clap"]
    return sg.generate(names, out=out, seed=7, clips=4, settings=QUICK)


# -- synthgest-encoder-small -------------------------------------------------------------------------------------------


def test_the_encoder_begins_with_the_weights_that_ship() -> None:
    shipped = SmallEncoder({})
    assert shipped.module.posed
    assert SmallEncoder({"pretrained": True}).mark == shipped.mark == SmallEncoder({"seed": 5}).mark
    anew = SmallEncoder({"pretrained": False})
    assert not anew.module.posed
    assert anew.mark.digest != shipped.mark.digest
    assert not SmallEncoder({"width": 16}).module.posed


def test_the_encoder_finds_the_joints_of_gestures_that_it_never_saw(drawn: sg.Dataset) -> None:
    """PCK at half a torso: on untrained weights it is next to nothing."""

    def found(encoder: SmallEncoder) -> float:
        sample = [encoder.sample(*_still(clip), np.random.default_rng(0), mirrored=False) for clip in drawn]
        joints, seen = (torch.cat([each[name] for each in sample]) for name in ("joints", "seen"))
        with torch.inference_mode():
            _, poses = encoder.module.eval().read(torch.stack([each["video"] for each in sample]))
        near = (poses.places - joints).norm(dim=-1) < 12
        return float(near[seen].float().mean())

    assert found(SmallEncoder({})) > 0.7
    assert found(SmallEncoder({"pretrained": False})) < 0.2


def _still(clip: sg.Clip) -> tuple[np.ndarray, list[int], dict[str, np.ndarray]]:
    number = sum(clip.shown) // 2
    return clip.frames_at([number]), [number], clip.truth()


def test_neighbours_by_the_encoder_tell_gestures_apart_that_it_never_saw(drawn: sg.Dataset) -> None:
    found = sg.score(drawn, "prototype")
    assert found.mark.ordered
    assert found.agreement > 0.4  # chance is a quarter
