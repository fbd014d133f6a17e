"""The encoder ``small``: samples say where the joints are, crops follow the person, losses are least at the truth."""

import cv2
import numpy as np
import pytest
import torch

import synthgest as sg
from synthgest.encoders import load_encoder
from synthgest.encoders.encoder import Viewing
from synthgest.encoders.locating import CROP, People, crop, whole
from synthgest.encoders.pose_network import JOINTS, NECK, STRIDE, PoseNetwork, Poses, expected, located
from synthgest.encoders.posed_samples import mirrored_sample, posed_sample
from synthgest.encoders.small import SmallEncoder, pose_losses
from synthgest.errors import SpecError


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    small = {"width": 96, "height": 96, "fps": 6, "frames": [10, 14]}
    return sg.generate(
        ["drone/up", "drone/left"], out=tmp_path_factory.mktemp("drawn") / "out", seed=0, clips=2, settings=small
    )


def sample_of(clip: sg.Clip, seed: int) -> dict[str, torch.Tensor]:
    numbers = [2, 5, 7]
    torch.manual_seed(seed)
    return posed_sample(clip.frames_at(numbers), numbers, clip.truth(), np.random.default_rng(seed), moments=6)


# -- samples -----------------------------------------------------------------------------------------------------------


def test_joints_lie_on_the_mask_of_a_sample(drawn: sg.Dataset) -> None:
    """Shoulders, elbows and hips are within the body, wherever the square lies; so are all masks' cells near a joint."""
    inside = [JOINTS.index(f"{side}_{name}") for side in ("left", "right") for name in ("shoulder", "hip")]
    hits = total = 0
    for seed in range(12):
        sample = sample_of(drawn[seed % 4], seed)
        assert sample["video"].shape == (3, 3, CROP, CROP)
        assert sample["video"].dtype == torch.uint8
        for frame in range(3):
            for joint in inside:
                if sample["seen"][frame, joint]:
                    across, down = (sample["joints"][frame, joint] / STRIDE).long().tolist()
                    hits += bool(sample["mask"][frame, down, across] > 0.3)
                    total += 1
    assert total > 60
    assert hits / total > 0.85


def test_the_size_of_a_sample_is_that_of_the_torso(drawn: sg.Dataset) -> None:
    """A torso is some half a metre; seen from the side, or bent, it is shorter."""
    for seed in range(8):
        sample = sample_of(drawn[seed % 4], seed)
        hips = sample["joints"][:, [JOINTS.index("left_hip"), JOINTS.index("right_hip")]].mean(dim=1)
        metres = (sample["joints"][:, NECK] - hips).norm(dim=1) / sample["size"].exp()
        assert (metres > 0.25).all()
        assert (metres < 0.75).all()


def test_a_mirrored_sample_swaps_the_sides(drawn: sg.Dataset) -> None:
    sample = sample_of(drawn[0], 1)
    turned = mirrored_sample(sample)
    left, right = JOINTS.index("left_wrist"), JOINTS.index("right_wrist")
    assert torch.allclose(turned["joints"][:, left, 0], CROP - sample["joints"][:, right, 0])
    assert torch.equal(turned["video"], sample["video"].flip(-1))
    back = mirrored_sample(turned)
    assert all(torch.allclose(back[key].float(), sample[key].float(), atol=1e-4) for key in sample)


def test_clips_without_truth_have_samples_of_the_same_shape(drawn: sg.Dataset) -> None:
    known = sample_of(drawn[0], 0)
    blank = posed_sample(drawn[0].frames_at([2, 5, 7]), [2, 5, 7], {}, np.random.default_rng(0), moments=6)
    assert {key: value.shape for key, value in blank.items()} == {key: value.shape for key, value in known.items()}
    assert not blank["seen"].any()
    assert blank["motion"].isnan().all()


# -- the network -------------------------------------------------------------------------------------------------------


def perfect(sample: dict[str, torch.Tensor]) -> Poses:
    """Poses that say just what is true."""
    joints = sample["joints"]
    grid = torch.stack(torch.meshgrid(torch.arange(32), torch.arange(32), indexing="xy"), dim=-1) * STRIDE + STRIDE / 2
    heat = (
        (-((grid - joints[:, :, None, None]) ** 2).sum(dim=-1) / (2 * (1.1 * STRIDE) ** 2)).flatten(2).log_softmax(-1)
    )
    heat = heat.reshape(*joints.shape[:2], 32, 32)
    places, sure, _ = located(heat)
    sizes = sample["size"][:, None, None].expand(-1, 32, 32)
    return Poses(heat, places, sure, (sample["mask"] - 0.5) * 40, sizes, torch.zeros(3, 4), torch.zeros(0, 4))


def test_losses_are_least_at_the_truth(drawn: sg.Dataset) -> None:
    sample = sample_of(drawn[0], 4)
    best = pose_losses(perfect(sample), sample)
    assert best["place"] < 0.05
    assert best["size"] < 1e-5
    elsewhere = {**sample, "joints": sample["joints"] + 12, "size": sample["size"] + 1}
    worse = pose_losses(perfect(elsewhere), sample)
    assert worse["place"] > 0.4
    assert worse["heat"] > best["heat"] + 1
    assert worse["size"] == pytest.approx(0.5)


def test_nothing_is_learned_from_what_is_not_known(drawn: sg.Dataset) -> None:
    sample = sample_of(drawn[0], 4)
    blank = {**sample, "seen": torch.zeros_like(sample["seen"])}
    assert sum(pose_losses(perfect(sample), blank).values()) == 0


def test_of_two_places_the_likelier_is_found_not_the_middle_between() -> None:
    heat = torch.full((1, 1, 32, 32), -60.0)
    heat[0, 0, 10, 20], heat[0, 0, 28, 4] = 0, -1
    heat = heat.flatten(2).log_softmax(-1).reshape(1, 1, 32, 32)
    places, sure, peak = located(heat)
    assert places[0, 0].tolist() == pytest.approx([82, 42])  # the middle of the cell
    share = 1 / (1 + np.exp(-1))
    assert sure[0, 0] == pytest.approx(share, abs=1e-4)
    assert peak[0, 0, 10, 20] == pytest.approx(1, abs=1e-4)
    between = [share * one + (1 - share) * other for one, other in ((82, 18), (42, 114))]
    assert expected(heat.exp())[0, 0].tolist() == pytest.approx(between, abs=1e-3)


def test_a_peak_at_the_border_is_found_there() -> None:
    heat = torch.full((1, 1, 32, 32), -60.0)
    heat[0, 0, 0, 31] = heat[0, 0, 1, 31] = 0
    places, _, _ = located(heat.flatten(2).log_softmax(-1).reshape(1, 1, 32, 32))
    assert places[0, 0].tolist() == pytest.approx([126, 4])


def test_the_vector_believes_what_it_is_told_of_joints() -> None:
    network = PoseNetwork(8, 32).eval()
    pictures = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    seen = network(pictures)
    told = torch.full_like(seen.places, torch.nan)
    assert torch.equal(network(pictures, told).vector, seen.vector)
    told[0, 5] = seen.places[0, 5] + 20
    changed = network(pictures, told)
    assert torch.equal(changed.places, seen.places)
    assert not torch.allclose(changed.vector[0], seen.vector[0])
    assert torch.equal(changed.vector[1], seen.vector[1])


def test_joints_are_told_of_whole_clips_and_never_where_they_are_out_of_the_picture(
    drawn: sg.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = SmallEncoder({"width": 8, "dimension": 32})
    samples = [sample_of(drawn[number % 4], number) for number in range(24)]
    batch = {key: torch.stack([sample[key] for sample in samples]) for key in samples[0]}
    heard: list[torch.Tensor] = []
    read = encoder.module.read

    def listen(squares: torch.Tensor, told: torch.Tensor, imagined: torch.Tensor) -> tuple[torch.Tensor, Poses]:
        heard.append(told)
        return read(squares, told, imagined)

    monkeypatch.setattr(encoder.module, "read", listen)
    encoder.learn(batch)
    known = ~heard[0].isnan().any(dim=2).reshape(24, 3, -1)
    some = known.any(dim=2)
    assert torch.equal(some.any(dim=1), some.all(dim=1))
    assert 0 < int(some[:, 0].sum()) < 24
    assert torch.equal(known[some[:, 0]], batch["seen"][some[:, 0]])


def test_motion_is_that_of_the_joints_in_the_same_square(drawn: sg.Dataset) -> None:
    clip = drawn[1]
    numbers = list(range(clip.length))
    torch.manual_seed(0)
    sample = posed_sample(clip.frames_at(numbers), numbers, clip.truth(), np.random.default_rng(3), moments=clip.length)
    assert torch.equal(sample["motion"], sample["joints"].clamp(0, CROP))


def test_motion_is_a_view_of_its_own_that_no_picture_is_needed_for(drawn: sg.Dataset) -> None:
    encoder = SmallEncoder({"width": 8, "dimension": 32, "frames": 6})
    samples = [sample_of(drawn[number % 4], number) for number in range(4)]
    blank = posed_sample(drawn[0].frames_at([2, 5, 7]), [2, 5, 7], {}, np.random.default_rng(0), moments=6)
    batch = {key: torch.stack([sample[key] for sample in [*samples, blank]]) for key in blank}
    features, _ = encoder.learn(batch)
    assert features.shape == (2, 5, 32)
    assert torch.equal(features[0, 4], features[1, 4])  # nothing is known of how it moves
    assert all(not torch.allclose(features[0, clip], features[1, clip]) for clip in range(4))
    (features[1, :4] * torch.arange(32)).sum().backward()  # type: ignore[no-untyped-call]
    grads = {name: weight.grad for name, weight in encoder.module.poses.named_parameters()}
    taught = {name.partition(".")[0] for name, grad in grads.items() if grad is not None and grad.any()}
    assert taught == {"stance"}  # what sees pictures is left alone


def test_any_size_of_picture_is_seen() -> None:
    network = PoseNetwork(8, 16).eval()
    for side in (128, 224):
        poses = network(torch.zeros(2, 3, side, side, dtype=torch.uint8))
        assert poses.heat.shape == (2, len(JOINTS), side // 4, side // 4)
        assert poses.vector.shape == (2, 16)
        assert poses.heat.exp().sum(dim=(2, 3)).allclose(torch.ones(2, len(JOINTS)), atol=1e-4)


@pytest.mark.parametrize("training", [False, True])
def test_bfloat16_is_for_training_alone(monkeypatch: pytest.MonkeyPatch, training: bool) -> None:
    network = PoseNetwork(8, 16).train(training)
    pictures = torch.randint(0, 256, (4, 3, 64, 64), dtype=torch.uint8)
    found = []
    for fast in (False, True):
        monkeypatch.setattr("synthgest.encoders.pose_network.mixes_well", lambda _, fast=fast: fast)
        found.append(network(pictures).heat)
    assert torch.allclose(*found, atol=0.2)
    assert torch.equal(*found) != training


# -- crops -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metre", [30.0, 120.0])
def test_crops_lie_around_the_neck(metre: float) -> None:
    """A white dot at the neck is where the middle of the crop minus 12 cm is, near and far."""
    picture = np.zeros((480, 480, 3), np.uint8)
    cv2.circle(picture, (200, 120), 8, (255, 255, 255), -1)
    people = People(torch.tensor([[200.5, 120.5]]), torch.tensor([metre]), torch.ones(1))
    (found,) = crop(torch.from_numpy(picture).permute(2, 0, 1)[None], torch.tensor([0]), people, 2.1)
    down, across = np.argwhere(found[0].numpy() > 128).mean(axis=0)
    assert (across, down) == (pytest.approx(63.5, abs=1), pytest.approx(63.5 - 0.12 * CROP / 2.1, abs=1))


def test_features_are_one_row_a_clip_and_pictures_count_as_clips(drawn: sg.Dataset) -> None:
    encoder = load_encoder("small", {"width": 8, "dimension": 32, "frames": 4})
    module = encoder.module.eval()
    videos = torch.stack([encoder.prepare(clip.sampled(4)) for clip in list(drawn)[:2]])
    assert videos.shape == (2, 4, 3, 480, 480)
    with torch.inference_mode():
        assert module(videos).shape == (2, 32)
        still = videos[:, :1].expand(-1, 4, -1, -1, -1)
        assert torch.allclose(module(still), module(still[:, :1]), atol=1e-4)


def test_who_never_learned_joints_looks_at_the_whole_picture(drawn: sg.Dataset) -> None:
    encoder = SmallEncoder({"width": 8, "dimension": 32, "frames": 2})
    batch = {key: value[None] for key, value in sample_of(drawn[0], 5).items()}
    encoder.learn({**batch, "seen": torch.zeros_like(batch["seen"])})
    assert not encoder.module.posed
    module = encoder.module.eval()
    picture = np.linspace(0, 255, 480).astype(np.uint8)[:, None, None].repeat(480, axis=1).repeat(3, axis=2)
    clip = encoder.prepare(picture[None])
    square = crop(clip, torch.tensor([0]), whole(clip[None], 2.5), 2.5)
    assert square[0, :, :, 5].float().numpy() == pytest.approx(
        np.linspace(1, 254, CROP)[None].repeat(3, axis=0), abs=1.5
    )
    with torch.inference_mode():
        assert torch.equal(module.views(clip[None])[2], module.read(square[None])[0])
    encoder.learn(batch)
    assert encoder.module.posed


def test_the_border_goes_on_around_a_picture_that_is_no_square() -> None:
    picture = np.full((90, 160, 3), 50, np.uint8)
    picture[0], picture[-1] = 10, 90
    (prepared,) = SmallEncoder({"width": 8}).prepare(picture[None])[:, 0].numpy()
    assert prepared.shape == (480, 480)
    assert (prepared[:104] == 10).all()
    assert (prepared[150:330] == 50).all()
    assert (prepared[376:] == 90).all()


def test_views_are_features_of_squares_of_several_sizes(drawn: sg.Dataset) -> None:
    encoder = load_encoder("small", {"width": 8, "dimension": 32, "frames": 2})
    encoder.module.eval()
    videos = torch.stack([encoder.prepare(drawn[number].frames_at([2, 5])) for number in (0, 1)])
    with torch.inference_mode():
        assert isinstance(encoder.module, Viewing)
        views = encoder.module.views(videos)
        assert views.shape == (3, 2, 32)
        assert torch.equal(views[1], encoder.module(videos))
        assert not torch.allclose(views[0], views[2])


def test_the_same_seed_makes_the_same_encoder() -> None:
    settings = {"width": 8, "dimension": 32}
    assert SmallEncoder(settings).mark == SmallEncoder(settings).mark
    assert SmallEncoder(settings).mark.digest != SmallEncoder({**settings, "seed": 1}).mark.digest


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"width": 9}, "multiple of 8"),
        ({"frames": 0}, "1 to 64"),
        ({"wdith": 8}, "'width'"),
        ({"width": 16, "pretrained": True}, "width = 32"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        load_encoder("small", settings)
    with pytest.raises(SpecError, match="did you mean 'small'"):
        load_encoder("smal", {})
