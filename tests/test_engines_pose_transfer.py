"""The built-in engine: every clip comes from its shot alone, with ground truth that agrees with its pixels."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.errors import MotionError, SpecError
from synthgest.gestures import load_gestures
from synthgest.plan import plan
from synthgest.recipes import load_recipe
from synthgest.takes import Take, take_all
from synthgest.types import Recipe, Rendered, Shot

SMALL = {"width": 96, "height": 80, "frames": [48, 60]}


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return load_recipe("pose-transfer", {**SMALL, "depth": True})


@pytest.fixture(scope="module")
def shots(recipe: Recipe) -> tuple[Shot, ...]:
    gestures = load_gestures(["everyday/wave", "rocog/Halt", "everyday/bow"])
    return plan(gestures, recipe, clips=1, seed=3, fingerprint={})


@pytest.fixture(scope="module")
def made(recipe: Recipe, shots: tuple[Shot, ...]) -> list[Rendered]:
    return list(PoseTransfer(recipe).generate(shots))


def test_frames_have_the_size_and_length_of_the_recipe(made: list[Rendered]) -> None:
    for rendered in made:
        assert rendered.frames.dtype == np.uint8
        assert rendered.frames.shape[1:] == (80, 96, 3)
        assert 48 <= len(rendered.frames) <= 60
        assert rendered.fps == 30


def test_clips_pass_their_own_checks(recipe: Recipe, shots: tuple[Shot, ...]) -> None:
    assert all(isinstance(take, Take) and not take.spoilt for take in take_all(PoseTransfer(recipe), shots))


def test_a_shot_gives_the_same_clip_alone_and_in_company(
    recipe: Recipe, shots: tuple[Shot, ...], made: list[Rendered]
) -> None:
    (alone,) = PoseTransfer(recipe).generate(shots[1:2])
    assert np.array_equal(alone.frames, made[1].frames)
    assert all(np.array_equal(alone.truth[name], made[1].truth[name]) for name in alone.truth)


def test_another_seed_gives_another_person_and_place(recipe: Recipe, shots: tuple[Shot, ...]) -> None:
    engine = PoseTransfer(recipe)
    bodies, places = [], []
    for number in range(4):
        (rendered,) = engine.generate([dataclasses.replace(shots[0], seed=number)])
        bodies.append(str(rendered.provenance["body"]))
        places.append(rendered.provenance["background"])
    assert len(set(bodies)) == 4
    assert len(set(places)) > 1


def test_projecting_the_joints_with_the_recorded_camera_gives_the_recorded_pixels(made: list[Rendered]) -> None:
    for truth in (rendered.truth for rendered in made):
        world = np.concatenate([truth["joints_3d"], np.ones((*truth["joints_3d"].shape[:2], 1))], axis=-1)
        camera = np.einsum("tij,tnj->tni", truth["camera_extrinsics"], world)[..., :3]
        pixels = np.einsum("tij,tnj->tni", truth["camera_intrinsics"], camera)
        assert np.allclose(pixels[..., :2] / pixels[..., 2:], truth["joints_2d"], atol=0.05)


def test_the_mask_holds_the_torso_and_depth_is_the_distance_to_it(made: list[Rendered]) -> None:
    for rendered in made:
        truth = rendered.truth
        x, y = np.floor(truth["joints_2d"][0, 6]).astype(int)  # spine2 lies inside the chest
        assert truth["mask"][0, y, x]
        assert not truth["mask"][0, :4, :4].all()
        distance = (truth["camera_extrinsics"][0] @ np.append(truth["joints_3d"][0, 6], 1))[2]
        assert 0 <= distance - truth["depth"][0, y, x] < 0.35
        assert np.array_equal(truth["depth"] > 0, truth["mask"])


def test_feet_stand_on_the_floor_and_hands_stay_in_the_picture(made: list[Rendered]) -> None:
    for rendered in made:
        feet = rendered.truth["joints_3d"][:, [7, 8, 10, 11], 1]
        assert 0 <= feet.min() < 0.12
        hands = rendered.truth["joints_2d"][:, [20, 21]]
        assert ((hands >= 0) & (hands < (96, 80))).all()


def test_the_record_says_what_the_clip_was_made_from(made: list[Rendered]) -> None:
    provenance = made[0].provenance
    assert {"source", "motion", "body", "background", "prompt"} <= set(provenance)
    assert provenance["background"] in provenance["prompt"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"places": ["stret"]}, "did you mean 'street'"),
        ({"places": []}, "no kinds of place"),
        ({"frames": [60, 48]}, "frames are 60 to 48"),
        ({"camera": {"azimuth": 3}}, "unknown key 'azimuth'; did you mean 'azimuth_degrees'"),
        ({"backgrounds": "nowhere"}, "nowhere"),
        ({"width": 225}, "even"),
        ({"width": 100_000}, "width is 100000"),
        ({"fps": 0}, "fps is 0"),
        ({"fps": float("nan")}, "fps is nan"),
        ({"camera": {"yfov_degrees": [60, 30]}}, "yfov_degrees is"),
        ({"camera": {"height_m": [-1, -1]}}, "height_m is"),
        ({"camera": {"margin": 2.0}}, "margin is"),
        ({"camera": {"slack": [0.1, 0.2]}}, "slack is"),
        ({"sensor": {"shutter": [0, 5]}}, "shutter is"),
        ({"movement": {"steady": -1}}, "shares of steady"),
        ({"at_work": {"rocog": 2}}, "rocog is"),
        ({"sensor": {"jpeg_quality": [0, 300]}}, "jpeg_quality is"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_before_anything_is_drawn(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        PoseTransfer(load_recipe("pose-transfer", settings)).fingerprint()


def test_a_clip_too_short_for_its_strokes_is_refused(shots: tuple[Shot, ...]) -> None:
    engine = PoseTransfer(load_recipe("pose-transfer", {**SMALL, "frames": [2, 6]}))
    with pytest.raises(MotionError, match="showing everyday/wave once takes"):
        list(engine.generate(shots[:1]))


def test_who_walks_has_the_middle_of_the_way_at_the_origin(real_data: Path, tmp_path: Path) -> None:
    spec = tmp_path / "walk.toml"
    spec.write_text(f'name = "walk"\nmotions = ["{real_data}/bandai_bvh/dataset-2_walk-turn-left_*.bvh"]\n')
    engine = PoseTransfer(load_recipe("pose-transfer", {**SMALL, "places": ["indoors"]}))
    (shot,) = plan(load_gestures([str(spec)]), load_recipe("pose-transfer"), clips=1, seed=2, fingerprint={})
    (rendered,) = engine.generate([shot])
    way = rendered.truth["joints_3d"][:, 0, [0, 2]]
    assert np.allclose((way.min(axis=0) + way.max(axis=0)) / 2, 0, atol=0.2)


def test_some_frames_look_as_they_do_in_the_whole_clip(recipe: Recipe, shots: tuple[Shot, ...]) -> None:
    engine = PoseTransfer(recipe)
    chosen = [0, 7, 8, 30]
    for shot in shots:
        (whole,) = engine.generate([shot])
        part = engine.take(shot, chosen)
        assert np.array_equal(part.frames, whole.frames[chosen])
        for name, values in part.truth.items():
            assert np.array_equal(values, whole.truth[name][chosen]), name


def test_a_frame_that_the_clip_does_not_have_is_refused(recipe: Recipe, shots: tuple[Shot, ...]) -> None:
    for frames in ([600], [-1], [3, 2], []):
        with pytest.raises(SpecError, match="expected numbers from 0 to"):
            PoseTransfer(recipe).take(shots[0], frames)


def test_a_gestures_environments_choose_the_place(recipe: Recipe) -> None:
    (wave,) = load_gestures(["everyday/wave"])
    engine = PoseTransfer(load_recipe("pose-transfer", {**SMALL, "astray": 0.0}))
    shots = plan([wave], recipe, clips=8, seed=5, fingerprint={})
    named = [place.removeprefix("a ").removeprefix("an ") for place in wave.environments]
    for shot in shots:
        assert any(word in engine.stage(shot).place.tags for word in named)


def test_real_panoramas_serve_as_backgrounds(real_data: Path, shots: tuple[Shot, ...]) -> None:
    recipe = load_recipe("pose-transfer", {**SMALL, "backgrounds": str(real_data / "backgrounds_hdri")})
    names = {rendered.provenance["background"] for rendered in PoseTransfer(recipe).generate(shots)}
    assert all(".hdr" in name for name in names)


@pytest.mark.parametrize("side", ["left", "right"])
def test_real_waves_of_one_hand_are_drawn_with_that_hand(real_data: Path, tmp_path: Path, side: str) -> None:
    spec = tmp_path / "wave.toml"
    files = real_data / "bandai_bvh" / f"dataset-2_wave-{side}-hand_*.bvh"
    spec.write_text(
        f'name = "wave-{side}"\nphrase = "a person waving"\ndescription = "one hand waves"\nhands = "{side}"\n'
        f'mirror = "forbidden"\nreverse = "same"\nfingers = false\nmotions = ["{files}"]\n'
    )
    recipe = load_recipe("pose-transfer", SMALL)
    shots = plan(load_gestures([str(spec)]), recipe, clips=4, seed=1, fingerprint={})
    for rendered in PoseTransfer(recipe).generate(shots):
        wrists = rendered.truth["joints_3d"][:, [20, 21]]
        high = wrists[..., 1].max(axis=0)
        waving = {"left": 0, "right": 1}[side]
        assert high[waving] > high[1 - waving] + 0.2
        left, right = rendered.truth["joints_3d"][:, 16], rendered.truth["joints_3d"][:, 17]
        assert (left - right)[:, 0].mean() > 0.2  # facing the camera's side: the left is +X
