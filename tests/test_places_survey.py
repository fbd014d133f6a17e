"""One's own backgrounds: kinds of place by folder or CLIP, horizon and ground by depth, and people who stand on it."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from tiny_clip import build_clip
from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config, DPTImageProcessor
from typer.testing import CliRunner

from synthgest.cli import app
from synthgest.errors import ModelError, SpecError
from synthgest.extraction.depth import DepthModel
from synthgest.places_survey import survey_places
from synthgest.scene.camera import Camera, looking
from synthgest.scene.ground import COLUMNS, find_ground
from synthgest.scene.photographs import open_backgrounds
from synthgest.scene.surveyed import FILE, Surveyed, read_survey, survey_text


def photograph(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (120, 160, 3), dtype=np.uint8))


def street(horizon: float, *, zero: float, scale: float) -> np.ndarray:
    """Nearness (240, 320) of level ground under a sky, with a wall on the left that stands on row 0.7."""
    rows = ((np.arange(240) + 0.5) / 240)[:, None].repeat(320, axis=1)
    near = np.clip(rows - horizon, 0, None) * 2
    wall = near[int(0.7 * 240), 0]
    near[:, :100] = np.maximum(near[:, :100], wall)
    return (scale * near + zero + np.random.default_rng(0).normal(0, 0.004 * scale, near.shape)).astype(np.float32)


@pytest.mark.parametrize(("zero", "scale", "metric"), [(0.0, 1.0, True), (3.0, 50.0, False)])
def test_horizon_and_ground_are_found_in_nearness(zero: float, scale: float, metric: bool) -> None:
    found = find_ground(street(0.42, zero=zero, scale=scale), metric=metric)
    assert found is not None
    assert found.horizon == pytest.approx(0.42, abs=0.02)
    assert len(found.ground) == COLUMNS
    assert found.ground[0] == pytest.approx(0.7, abs=0.05)
    assert max(found.ground[8:]) < 0.5


def test_a_wall_before_the_lens_has_no_ground() -> None:
    assert find_ground(np.full((100, 100), 0.5, np.float32), metric=False) is None
    assert find_ground(np.full((100, 100), np.nan, np.float32), metric=True) is None


def test_the_person_stands_on_the_ground_that_is_known(tmp_path: Path) -> None:
    photograph(tmp_path / "a.png")
    ground = (1.0,) * 11 + (0.55,) * 5
    (tmp_path / FILE).write_text(survey_text({"a.png": Surveyed(horizon=0.5, ground=ground)}))
    camera = Camera(
        width=96,
        height=96,
        yfov=0.8,
        position=np.array([0.0, 1.5, 4.0]),
        rotation=looking(np.array([0.0, -0.12, -1.0]), roll=0.0),
    )
    on = [
        open_backgrounds(tmp_path)
        .sample(np.random.default_rng(seed), camera)
        .view.off_ground(ground, camera, (120, 160))  # type: ignore[attr-defined]
        for seed in range(12)
    ]
    (tmp_path / FILE).unlink()
    off = [
        open_backgrounds(tmp_path)
        .sample(np.random.default_rng(seed), camera)
        .view.off_ground(ground, camera, (120, 160))  # type: ignore[attr-defined]
        for seed in range(12)
    ]
    assert np.mean(np.array(on) == 0) > 0.8 > 0.5 > np.mean(np.array(off) == 0)
    assert "horizon measured" not in open_backgrounds(tmp_path).sample(np.random.default_rng(0), camera).tags


def test_a_gesture_stands_where_it_belongs(tmp_path: Path) -> None:
    for name in ("offices/a.png", "office/a.png", "beach/b.png", "c.png"):
        photograph(tmp_path / name)
    (tmp_path / FILE).write_text(survey_text({"c.png": Surveyed(kinds=("office", "lobby"))}))
    found = open_backgrounds(tmp_path)
    rng = np.random.default_rng(0)
    shown = {found.sample(rng, environments=("an office", "a workplace")).name for _ in range(30)}
    assert shown == {"office/a.png", "c.png"}
    assert {found.sample(rng, environments=("a spaceship",)).name for _ in range(60)} == set(found.files)
    assert {found.sample(rng, environments=("an office",), astray=1.0).name for _ in range(60)} == set(found.files)
    assert found.fingerprint() != open_backgrounds(tmp_path / "office").fingerprint()


def test_a_survey_that_will_not_do_is_told(tmp_path: Path) -> None:
    photograph(tmp_path / "a.png")
    for text, message in (
        ("[a", "cannot read"),
        ('["a.png"]\nkinds = ["moon"]', "no kind of place 'moon'"),
        ('["a.png"]\nhorizon = 2.0', "0 to 1"),
    ):
        (tmp_path / FILE).write_text(text)
        with pytest.raises(SpecError, match=message):
            open_backgrounds(tmp_path)


def tiny_depth(folder: Path) -> Path:
    torch.manual_seed(0)
    backbone = Dinov2Config(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14,
        out_features=["stage1", "stage2"], reshape_hidden_states=False, apply_layernorm=True,
    )  # fmt: skip
    config = DepthAnythingConfig(
        backbone_config=backbone, patch_size=14, reassemble_hidden_size=16, reassemble_factors=[2, 1],
        neck_hidden_sizes=[8, 8], fusion_hidden_size=8, head_hidden_size=8,
    )  # fmt: skip
    DepthAnythingForDepthEstimation(config).save_pretrained(folder)
    DPTImageProcessor(size={"height": 56, "width": 56}, ensure_multiple_of=14).save_pretrained(folder)
    return folder


def test_a_depth_model_of_a_folder_is_asked(tmp_path: Path) -> None:
    model = DepthModel(str(tiny_depth(tmp_path / "tiny")))
    found = model.nearness(np.zeros((120, 160, 3), np.uint8))
    assert found.ndim == 2
    assert np.isfinite(found).all()
    assert not model.metric


def test_places_are_surveyed_and_what_was_known_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.png", "b.png"):
        photograph(tmp_path / "bg" / name)
    clip = build_clip(tmp_path / "clip")
    told = CliRunner().invoke(app, ["places", str(tmp_path / "bg"), "--clip", str(clip), "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout.splitlines()[-1])["kinds"] == 2
    kinds = {name: each.kinds for name, each in read_survey(tmp_path / "bg").items()}
    monkeypatch.setattr("synthgest.extraction.depth.DepthModel.nearness", lambda *_: street(0.42, zero=0.0, scale=1.0))
    survey_places(tmp_path / "bg", depth=str(tiny_depth(tmp_path / "tiny")))
    again = read_survey(tmp_path / "bg")
    assert {name: each.kinds for name, each in again.items()} == kinds
    assert again["a.png"].horizon == pytest.approx(0.42, abs=0.02)


def test_a_survey_needs_a_model_that_knows_places(tmp_path: Path) -> None:
    photograph(tmp_path / "a.png")
    with pytest.raises(SpecError, match="--clip, --depth"):
        survey_places(tmp_path)
    with pytest.raises(ModelError, match="drawn people alone"):
        survey_places(tmp_path, clip="synthgest-clip-tiny")
