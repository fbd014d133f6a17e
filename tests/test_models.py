"""The models that ship: they load without asking for anything, and know what their cards say."""

import dataclasses
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from test_cli import last_line, synthgest

import synthgest as sg
from synthgest.content import content
from synthgest.encoders import load_encoder
from synthgest.encoders.small import SmallEncoder
from synthgest.gestures import load_gestures
from synthgest.scoring.open_clip_model import unheard

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


# -- synthgest-clip-tiny -----------------------------------------------------------------------------------------------

CLIP = content("assets") / "models" / "synthgest-clip-tiny"


def test_the_clip_opens_as_any_other_by_open_clip_alone() -> None:
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{CLIP}")
    tokens = open_clip.get_tokenizer(f"local-dir:{CLIP}")(["a person clapping hands"])
    with torch.inference_mode():
        pictures = torch.stack([transform(Image.new("RGB", (200, 150), colour)) for colour in ("grey", "red")])
        assert model.encode_image(pictures).shape == (2, 128)
        assert model.encode_text(tokens).shape == (1, 128)


def test_the_scorer_and_the_encoder_take_the_clip_that_ships_where_none_is_named(drawn: sg.Dataset) -> None:
    scores = sg.score(drawn, "clip")
    assert scores.mark.model == "synthgest-clip-tiny"
    named = sg.score(drawn, "clip", model=str(CLIP))
    assert named.mark == scores.mark
    assert load_encoder("clip", {}).mark.model == "synthgest-clip-tiny"


def test_the_clip_tells_people_apart_that_it_never_saw(drawn: sg.Dataset) -> None:
    assert sg.score(drawn, "clip").agreement > 0.4  # chance is a quarter


def test_the_clip_says_which_classes_it_never_learned(tmp_path: Path) -> None:
    clap, bow = load_gestures(["clap", "bow"])
    own = dataclasses.replace(bow, name="own/curtsey", phrase="a person making a curtsey")
    renamed = dataclasses.replace(bow, name="own/bow")
    assert unheard(CLIP.name, {each.name: each.phrase for each in (clap, renamed)}) == ()
    assert unheard(CLIP.name, {each.name: each.phrase for each in (clap, own)}) == ("own/curtsey",)
    assert unheard("ViT-B-32:laion2b_s34b_b79k", {own.name: own.phrase}) == ()
    sg.generate([clap, own], out=tmp_path / "out", seed=0, clips=1, settings=QUICK)
    told = synthgest("score", tmp_path / "out", "--json")
    assert last_line(told)["unheard"] == ["own/curtsey"]
    assert "never learned own/curtsey" in synthgest("score", tmp_path / "out").stdout
