"""Encoders of others: their features are those of the library that made them, and what cannot be loaded is refused in time."""

import io
import pickle
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

pytest.importorskip("transformers")
pytest.importorskip("open_clip")
pytest.importorskip("torchvision")

import open_clip
import tiny_clip
import tiny_encoders
import torchvision
import transformers as hf
from PIL import Image
from safetensors.torch import load_file, save_file

from synthgest.encoders import encoder_entries, load_encoder
from synthgest.encoders.encoder import TextEncoder, weights_digest
from synthgest.errors import FrameError, MissingDependency, ModelError, SpecError

LIGHT = ("tsn-resnet18", "i3d-resnet50", "r2plus1d")
TEXTS = ["a person waving", "bowing"]
Build = Callable[..., Path]


def clip_of(count: int, seed: int = 0) -> Any:
    """Frames (T, 49, 67, 3): odd sizes, so that a crop that is off by one shows; blotches, so that resizing matters."""
    coarse = torch.rand(count, 3, 12, 16, generator=torch.Generator().manual_seed(seed)) * 255
    smooth = functional.interpolate(coarse, (49, 67), mode="bicubic").clamp(0, 255)
    return smooth.to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The folder of a tiny encoder by name; made once."""
    base = tmp_path_factory.mktemp("tiny")

    @cache
    def made(name: str, seed: int = 0) -> Path:
        if name == "clip":
            return tiny_clip.build_clip(base / "clip")
        return tiny_encoders.BUILDERS[name](base / str(seed) / name, seed)

    return made


def features(encoder: Any, *clips: Any) -> Tensor:
    with torch.no_grad():
        found: Tensor = encoder.module(torch.stack([encoder.prepare(clip) for clip in clips]))
    return found


# -- the same features as the libraries ------------------------------------------------------------------------------


def by_images(processor: str) -> Callable[[Path, Any], Tensor]:
    return lambda folder, clip: (
        getattr(hf, processor).from_pretrained(folder)(list(clip), return_tensors="pt").pixel_values
    )


def by_video(processor: str, key: str = "pixel_values") -> Callable[[Path, Any], Tensor]:
    return lambda folder, clip: getattr(hf, processor).from_pretrained(folder)(clip, return_tensors="pt")[key]


def by_xclip(folder: Path, clip: Any) -> Tensor:
    found: Tensor = hf.XCLIPProcessor.from_pretrained(folder)(videos=list(clip), return_tensors="pt").pixel_values
    return found


def by_videoprism(folder: Path, clip: Any) -> Tensor:
    inner = hf.LlavaOnevisionVideoProcessor.from_pretrained(folder)
    processor = hf.VideoPrismProcessor(inner, tiny_encoders.tokenizer(64))
    size = {"height": tiny_encoders.EDGE, "width": tiny_encoders.EDGE}
    # Its class says do_normalize=False, under a name (video_kwargs for videos_kwargs) at which transformers 5.23 does not look.
    kinds: dict[str, Any] = {"return_tensors": "pt", "size": size, "do_sample_frames": False, "do_normalize": False}
    found: Tensor = processor(videos=clip, **kinds).pixel_values_videos
    return found


REFERENCES: dict[str, tuple[str, Callable[[Path, Any], Tensor], Callable[[Any, Tensor], Tensor]]] = {
    "videomae": ("VideoMAEModel", by_images("VideoMAEImageProcessor"), lambda m, x: m(x)[0].mean(1)),
    "timesformer": ("TimesformerModel", by_video("TimesformerVideoProcessor"), lambda m, x: m(x)[0][:, 0]),
    "vivit": ("VivitModel", by_video("VivitVideoProcessor"), lambda m, x: m(x)[0][:, 0]),
    "vjepa2": (
        "VJEPA2Model",
        by_video("VJEPA2VideoProcessor", "pixel_values_videos"),
        lambda m, x: m(x).last_hidden_state.mean(1),
    ),
    "videoprism": ("VideoPrismVisionModel", by_videoprism, lambda m, x: m(x)[0].mean(1)),
    "xclip": ("XCLIPModel", by_xclip, lambda m, x: m.get_video_features(x).pooler_output),
    "siglip": (
        "SiglipModel",
        by_images("SiglipImageProcessor"),
        lambda m, x: m.get_image_features(x).pooler_output.mean(0, keepdim=True),
    ),
    "dinov3": (
        "DINOv3ViTModel",
        by_images("DINOv3ViTImageProcessor"),
        lambda m, x: m(x).last_hidden_state[:, 0].mean(0, keepdim=True),
    ),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_features_are_those_of_the_library(name: str, build: Build) -> None:
    folder = build(name)
    encoder: Any = load_encoder(name, {"model": str(folder)})
    clips = [clip_of(encoder.mark.frames, seed) for seed in (1, 2)]
    kind, pixels, feature = REFERENCES[name]
    model = getattr(hf, kind).from_pretrained(folder).eval()
    with torch.no_grad():
        expected = torch.cat([feature(model, pixels(folder, clip)) for clip in clips])
    found = features(encoder, *clips)
    assert found.shape == (2, encoder.mark.dimension)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=2e-3 if name == "dinov3" else 1e-5)
    assert (found[0] - found[1]).abs().max() > 0.01


@pytest.mark.parametrize(
    ("name", "kind"), [("videomae", "VideoMAEForVideoClassification"), ("vjepa2", "VJEPA2ForVideoClassification")]
)
def test_the_feature_of_a_classifier_is_what_its_head_sees(name: str, kind: str, tmp_path: Path) -> None:
    folder = tiny_encoders.BUILDERS[name](tmp_path / "tuned", kind=kind)
    encoder: Any = load_encoder(name, {"model": str(folder)})
    clip = clip_of(encoder.mark.frames)
    model = getattr(hf, kind).from_pretrained(folder).eval()
    with torch.no_grad():
        expected = model(REFERENCES[name][1](folder, clip)).logits
        found = model.classifier(features(encoder, clip))
    torch.testing.assert_close(found, expected)


def test_videoprism_with_a_text_half_gives_the_pooled_feature(tmp_path: Path) -> None:
    folder = tiny_encoders.videoprism(tmp_path / "lvt", kind="VideoPrismClipModel")
    encoder: Any = load_encoder("videoprism", {"model": str(folder)})
    clip = clip_of(4)
    model = hf.VideoPrismClipModel.from_pretrained(folder).eval()
    with torch.no_grad():
        expected = model.get_video_features(by_videoprism(folder, clip)).pooler_output
    torch.testing.assert_close(features(encoder, clip), expected)


def test_dinov3_may_be_a_convnext(tmp_path: Path) -> None:
    folder = tiny_encoders.dinov3_convnext(tmp_path / "convnext")
    clip = clip_of(3)
    model = hf.DINOv3ConvNextModel.from_pretrained(folder).eval()
    with torch.no_grad():
        expected = model(by_images("DINOv3ViTImageProcessor")(folder, clip)).pooler_output.mean(0, keepdim=True)
    found = features(load_encoder("dinov3", {"model": str(folder)}), clip)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=2e-2)  # it resizes floats where we resize bytes


def test_clip_sees_and_reads_as_open_clip_does(build: Build) -> None:
    folder = build("clip")
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    encoder: Any = load_encoder("clip", {"model": str(folder)})
    clip = clip_of(3)
    with torch.no_grad():
        pictures = torch.stack([transform(Image.fromarray(frame)) for frame in clip])
        expected = model.eval().encode_image(pictures).mean(0)
        words = model.encode_text(open_clip.get_tokenizer(f"local-dir:{folder}")(TEXTS), normalize=True)
    levels = (encoder.module.normalise(encoder.prepare(clip)) - pictures).abs() * 0.25 * 255
    assert levels.max() < 1.01  # Pillow's bicubic and torchvision's differ by a level here and there
    assert levels.mean() < 0.02
    assert functional.cosine_similarity(features(encoder, clip)[0], expected, dim=0) > 0.99999
    torch.testing.assert_close(encoder.words(TEXTS), words)
    assert encoder.temperature == pytest.approx(model.logit_scale.exp().item())


def test_words_are_those_of_transformers(build: Build) -> None:
    folder = build("siglip")
    encoder: Any = load_encoder("siglip", {"model": str(folder)})
    model = hf.SiglipModel.from_pretrained(folder).eval()
    tokens = hf.AutoTokenizer.from_pretrained(folder)(TEXTS, padding="max_length", max_length=12, return_tensors="pt")
    with torch.no_grad():
        expected = functional.normalize(model.get_text_features(tokens.input_ids).pooler_output, dim=-1)
    torch.testing.assert_close(encoder.words(TEXTS), expected)
    assert encoder.temperature == pytest.approx(model.logit_scale.exp().item())


def test_words_of_xclip_are_those_before_it_sees_a_clip(build: Build) -> None:
    folder = build("xclip")
    encoder: Any = load_encoder("xclip", {"model": str(folder)})
    model = hf.XCLIPModel.from_pretrained(folder).eval()
    tokens = hf.AutoTokenizer.from_pretrained(folder)(TEXTS, padding=True, return_tensors="pt")
    with torch.no_grad():
        text = model.get_text_features(tokens.input_ids, tokens.attention_mask).pooler_output
    torch.testing.assert_close(encoder.words(TEXTS), functional.normalize(text, dim=-1))
    alone = torch.cat([encoder.words([text]) for text in TEXTS])
    torch.testing.assert_close(encoder.words(TEXTS), alone)  # padding changes nothing


# -- written out by hand ---------------------------------------------------------------------------------------------


def attention(x: Tensor, matrix: Tensor, bias: Tensor, mask: Tensor | None = None) -> Tensor:
    """Heads of width 64, queries, keys and values side by side in one matrix: softmax(q k / 8) v."""
    heads = (x @ matrix.T + bias).unflatten(-1, (3, -1, 64)).permute(2, 0, 3, 1, 4)
    scores = heads[0] @ heads[1].transpose(-2, -1) / 8
    if mask is not None:
        scores = scores.masked_fill(mask, -torch.inf)
    return (scores.softmax(-1) @ heads[2]).transpose(1, 2).flatten(2)


def norm(x: Tensor, weights: dict[str, Tensor], name: str, epsilon: float) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    scaled = centred / (centred.square().mean(-1, keepdim=True) + epsilon).sqrt()
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def umt_by_hand(weights: dict[str, Tensor], clips: Tensor, places: Tensor) -> Tensor:
    """Tokens (B, T*14*14, 128) before the last norm, of clips (B, T, 3, 28, 28) float."""
    count, frames = clips.shape[:2]
    patches = clips.reshape(count, frames, 3, 14, 2, 14, 2).permute(0, 1, 3, 5, 2, 4, 6).reshape(count, -1, 12)
    x = patches @ weights["patch_embed.proj.weight"].reshape(128, 12).T + weights["patch_embed.proj.bias"] + places
    for block in ("blocks.0", "blocks.1"):
        query, value = weights[f"{block}.attn.q_bias"], weights[f"{block}.attn.v_bias"]
        bias = torch.cat([query, torch.zeros(128), value])
        seen = attention(norm(x, weights, f"{block}.norm1", 1e-6), weights[f"{block}.attn.qkv.weight"], bias)
        x = x + linear(seen, weights, f"{block}.attn.proj")
        inner = linear(norm(x, weights, f"{block}.norm2", 1e-6), weights, f"{block}.mlp.fc1")
        x = x + linear(functional.gelu(inner), weights, f"{block}.mlp.fc2")
    return x


def sines(count: int, width: int) -> Tensor:
    angles = torch.arange(count)[:, None].double() / 10000 ** (2 * (torch.arange(width) // 2) / width).double()
    return torch.where(torch.arange(width) % 2 == 0, angles.sin(), angles.cos()).float()


def scaled(encoder: Any, clip: Any) -> Tensor:
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return (encoder.prepare(clip)[None] / 255 - mean[:, None, None]) / std[:, None, None]


@pytest.mark.parametrize(("tuned", "prefix"), [(True, ""), (False, "encoder.")])
def test_umt_is_its_paper_s_transformer(tuned: bool, prefix: str, tmp_path: Path) -> None:
    folder = tiny_encoders.umt(tmp_path / "umt", tuned=tuned, prefix=prefix)
    weights = {key.removeprefix(prefix): value for key, value in load_file(folder / "model.safetensors").items()}
    encoder: Any = load_encoder("umt", {"model": str(folder / "model.safetensors")})
    clip = clip_of(8)
    x = umt_by_hand(weights, scaled(encoder, clip), sines(8 * 14 * 14, 128))
    expected = norm(x.mean(1), weights, "fc_norm", 1e-6) if tuned else norm(x, weights, "norm", 1e-6).mean(1)
    torch.testing.assert_close(features(encoder, clip), expected, rtol=1e-3, atol=1e-4)
    assert encoder.mark.model == "model.safetensors"


def test_umt_takes_the_positions_that_it_learnt(tmp_path: Path) -> None:
    file = tiny_encoders.umt(tmp_path / "umt") / "model.safetensors"
    places = torch.randn(1, 12 * 14 * 14, 128)
    save_file(load_file(file) | {"pos_embed": places}, file)
    encoder: Any = load_encoder("umt", {"model": str(file)})
    clip = clip_of(12)
    expected = norm(
        umt_by_hand(load_file(file), scaled(encoder, clip), places).mean(1), load_file(file), "fc_norm", 1e-6
    )
    torch.testing.assert_close(features(encoder, clip), expected, rtol=1e-3, atol=1e-4)
    with pytest.raises(SpecError, match="frames is 7; this model's 2352 positions"):
        load_encoder("umt", {"model": str(file), "frames": 7})


def clip_block(x: Tensor, weights: dict[str, Tensor], block: str, mask: Tensor | None = None) -> Tensor:
    """One block of CLIP's transformers, with its quick GELU x * sigmoid(1.702 x)."""
    inner = norm(x, weights, f"{block}.ln_1", 1e-5)
    seen = attention(inner, weights[f"{block}.attn.in_proj_weight"], weights[f"{block}.attn.in_proj_bias"], mask)
    x = x + linear(seen, weights, f"{block}.attn.out_proj")
    inner = linear(norm(x, weights, f"{block}.ln_2", 1e-5), weights, f"{block}.mlp.c_fc")
    return x + linear(inner * torch.sigmoid(1.702 * inner), weights, f"{block}.mlp.c_proj")


def test_viclip_sees_all_patches_of_all_frames_at_once(build: Build) -> None:
    folder = build("viclip")
    weights = load_file(folder / "model.safetensors")
    vision = {key.removeprefix("vision_encoder."): value for key, value in weights.items()}
    encoder: Any = load_encoder("viclip", {"model": str(folder)})
    clip = clip_of(4)
    patches = scaled(encoder, clip).reshape(4, 3, 4, 8, 4, 8).permute(0, 2, 4, 1, 3, 5).reshape(4, 16, 192)
    x = patches @ vision["conv1.weight"].reshape(64, 192).T + vision["positional_embedding"][1:]
    x = x + vision["temporal_positional_embedding"][0][:, None]
    token = vision["class_embedding"] + vision["positional_embedding"][0]
    x = norm(torch.cat([token[None], x.transpose(0, 1).reshape(64, 64)])[None], vision, "ln_pre", 1e-5)
    for number in range(2):
        x = clip_block(x, vision, f"transformer.resblocks.{number}")
    expected = norm(x[:, 0], vision, "ln_post", 1e-5) @ vision["proj"]
    torch.testing.assert_close(features(encoder, clip), expected, rtol=1e-3, atol=1e-4)


def test_viclip_reads_as_clip_does(build: Build) -> None:
    folder = build("viclip")
    weights = load_file(folder / "model.safetensors")
    text = {key.removeprefix("text_encoder."): value for key, value in weights.items()}
    tokens = open_clip.get_tokenizer("ViT-B-32")(TEXTS)[:, :32]
    x = text["token_embedding.weight"][tokens] + text["positional_embedding"]
    x = clip_block(x, text, "transformer.resblocks.0", torch.ones(32, 32).triu(1).bool())
    ends = norm(x, text, "ln_final", 1e-5)[[0, 1], tokens.argmax(1)] @ text["text_projection"]
    encoder: Any = load_encoder("viclip", {"model": str(folder)})
    torch.testing.assert_close(encoder.words(TEXTS), functional.normalize(ends, dim=-1), rtol=1e-3, atol=1e-5)
    assert encoder.temperature == pytest.approx(1 / max(float(weights["temp"]), 0.01))


# -- light encoders --------------------------------------------------------------------------------------------------


def saved(network: torch.nn.Module, path: Path) -> str:
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d | torch.nn.BatchNorm3d):
            tiny_encoders.stir(module)
    save_file(network.state_dict(), path)
    return str(path)


def headless(network: Any) -> Any:
    network.fc = torch.nn.Identity()
    return network.eval()


def test_tsn_is_the_mean_of_a_resnet_s_frames(tmp_path: Path) -> None:
    network = torchvision.models.resnet18()
    settings = {"model": saved(network, tmp_path / "resnet18.safetensors"), "size": 64}
    encoder: Any = load_encoder("tsn-resnet18", settings)
    clip = clip_of(3)
    with torch.no_grad():
        expected = headless(network)(scaled(encoder, clip)[0]).mean(0, keepdim=True)
    torch.testing.assert_close(features(encoder, clip), expected, rtol=1e-3, atol=1e-4)
    assert encoder.mark.model == "resnet18.safetensors"


def test_r2plus1d_is_torchvision_s(tmp_path: Path) -> None:
    network = torchvision.models.video.r2plus1d_18()
    settings = {"model": saved(network, tmp_path / "r.safetensors"), "size": 32, "frames": 4}
    encoder: Any = load_encoder("r2plus1d", settings)
    clip = clip_of(4)
    mean, std = torch.tensor([0.43216, 0.394666, 0.37645]), torch.tensor([0.22803, 0.22145, 0.216989])
    pixels = encoder.prepare(clip)[None].transpose(1, 2) / 255
    with torch.no_grad():
        expected = headless(network)((pixels - mean[:, None, None, None]) / std[:, None, None, None])
    torch.testing.assert_close(features(encoder, clip), expected, rtol=1e-3, atol=1e-4)


def test_an_inflated_resnet_sees_a_still_clip_as_the_picture(tmp_path: Path) -> None:
    network = torchvision.models.resnet50()
    settings = {"model": saved(network, tmp_path / "resnet50.safetensors"), "size": 32, "frames": 4}
    encoder: Any = load_encoder("i3d-resnet50", settings)
    still = np.repeat(clip_of(1), 4, axis=0)
    for module in [*network.modules(), *encoder.module.modules()]:
        if isinstance(module, torch.nn.Conv2d | torch.nn.Conv3d):
            module.padding_mode = "replicate"  # with zeros, a clip's ends would differ from its middle
    with torch.no_grad():
        expected = headless(network)(scaled(encoder, still)[0, :1])
    seen, moving, reversed_ = features(encoder, still, clip_of(4), clip_of(4)[::-1])
    assert (seen - expected[0]).norm() / expected.norm() < 1e-4
    assert not torch.allclose(moving, reversed_)
    spans = [each.kernel_size[0] for each in encoder.module.modules() if isinstance(each, torch.nn.Conv3d)]
    assert spans.count(5) == 1
    assert spans.count(3) == 3 + 2 + 3 + 1  # one block in two, and all of the first stage


@pytest.mark.parametrize("name", LIGHT)
def test_weights_from_scratch_follow_the_seed_alone(name: str) -> None:
    same, again, other = (load_encoder(name, {"seed": seed}).mark for seed in (1, 1, 2))
    assert same == again
    assert same.weights != other.weights
    assert same.model == ""


# -- pooling, and frames ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["clip", "siglip", "dinov3"])
def test_attention_weighs_frames_from_the_seed_on(name: str, build: Build) -> None:
    settings = {"model": str(build(name)), "pooling": "attention"}
    first, second = (load_encoder(name, settings | {"seed": seed}) for seed in (1, 2))
    mean: Any = load_encoder(name, settings | {"pooling": "mean"})
    assert len({first.mark.weights, second.mark.weights, mean.mark.weights}) == 3
    clip = clip_of(5)
    torch.testing.assert_close(features(first, clip), features(first, clip[::-1]))
    assert not torch.allclose(features(first, clip), features(mean, clip))
    still = np.repeat(clip[:1], 5, axis=0)
    torch.testing.assert_close(features(first, still), features(mean, still))


def test_attention_is_a_mean_with_weights(build: Build) -> None:
    encoder: Any = load_encoder("dinov3", {"model": str(build("dinov3")), "pooling": "attention", "seed": 0})
    clip, pool = clip_of(3), encoder.module.pool
    frames = torch.cat([features(encoder, frame[None]) for frame in clip])
    raw = torch.tanh(frames @ pool.hidden.weight.T + pool.hidden.bias) @ pool.weight.weight[0]
    weights = raw.exp() / raw.exp().sum()
    torch.testing.assert_close(features(encoder, clip)[0], (weights[:, None] * frames).sum(0))


@pytest.mark.parametrize("name", sorted(tiny_encoders.BUILDERS))
def test_another_number_of_frames_is_refused_where_a_model_sees_clips(name: str, build: Build) -> None:
    encoder: Any = load_encoder(name, {"model": str(build(name))})
    other = clip_of(encoder.mark.frames + 1)
    if name in ("siglip", "dinov3"):
        assert features(encoder, other).shape == (1, encoder.mark.dimension)
        assert not encoder.mark.ordered
    else:
        with pytest.raises(FrameError, match=f"looks at {encoder.mark.frames} frames of a clip; got {len(other)}"):
            encoder.prepare(other)
        assert encoder.mark.ordered


def test_frames_are_bytes_of_any_memory(build: Build) -> None:
    encoder: Any = load_encoder("siglip", {"model": str(build("siglip"))})
    clip = clip_of(2)
    expected = encoder.prepare(clip)
    assert (expected.dtype, expected.shape) == (torch.uint8, (2, 3, 32, 32))
    turned = np.asfortranarray(clip)
    turned.setflags(write=False)
    assert torch.equal(encoder.prepare(turned), expected)
    assert torch.equal(encoder.prepare(clip[::-1]), expected.flip(0))
    with pytest.raises(FrameError, match=r"float64 .*expected uint8"):
        encoder.prepare(clip / 255)


def test_vjepa2_takes_any_number_of_pairs(build: Build) -> None:
    settings = {"model": str(build("vjepa2")), "frames": 6}
    assert features(load_encoder("vjepa2", settings), clip_of(6)).shape == (1, 32)
    with pytest.raises(SpecError, match="frames is 5; this model takes 8, or a multiple of 2"):
        load_encoder("vjepa2", settings | {"frames": 5})
    with pytest.raises(SpecError, match="frames is 8; this model takes 4"):
        load_encoder("videomae", {"model": str(build("videomae")), "frames": 8})


# -- marks, words, training ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(tiny_encoders.BUILDERS))
def test_a_mark_names_the_weights_and_no_path(name: str, build: Build) -> None:
    first, other = (load_encoder(name, {"model": str(build(name, seed))}) for seed in (0, 1))
    assert first.mark.weights == weights_digest(first.module)
    assert first.mark.digest != other.mark.digest
    assert first.mark.model == other.mark.model == name
    assert str(build(name).parent) not in repr(first.mark)


def test_a_mark_follows_the_weights(build: Build) -> None:
    encoder, other = (load_encoder("siglip", {"model": str(build("siglip", seed))}) for seed in (0, 1))
    before = encoder.mark
    encoder.module.load_state_dict(other.module.state_dict())
    assert encoder.mark == other.mark != before


@pytest.mark.parametrize("name", ["clip", "tsn-resnet18", "i3d-resnet50", *sorted(tiny_encoders.BUILDERS)])
def test_building_draws_nothing_from_torch_s_global_chance(name: str, build: Build) -> None:
    settings = {"seed": 3} if name in LIGHT else {"model": str(build(name))}
    settings |= {"pooling": "attention"} if name in ("clip", "dinov3") else {}
    state = torch.random.get_rng_state()
    load_encoder(name, settings)
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize("name", ["clip", *sorted(tiny_encoders.BUILDERS)])
def test_a_loader_s_worker_can_be_handed_an_encoder(name: str, build: Build) -> None:
    encoder = load_encoder(name, {"model": str(build(name))})
    other = pickle.loads(pickle.dumps(encoder))
    frames = np.random.default_rng(0).integers(0, 256, (encoder.mark.frames, 40, 60, 3)).astype(np.uint8)
    assert torch.equal(other.prepare(frames), encoder.prepare(frames))
    assert other.fixed == encoder.fixed


@pytest.mark.parametrize("name", ["clip", *sorted(tiny_encoders.BUILDERS)])
def test_words_are_normalised_and_of_the_features_dimension(name: str, build: Build) -> None:
    encoder: Any = load_encoder(name, {"model": str(build(name))})
    knows = name in ("clip", "siglip", "viclip", "xclip")
    assert isinstance(encoder, TextEncoder) == knows
    if knows:
        words = encoder.words(TEXTS)
        assert words.shape == (2, encoder.mark.dimension)
        torch.testing.assert_close(words.norm(dim=1), torch.ones(2))
        (features_of_training(encoder) @ words.T).sum().backward()  # words may stand in a loss
        assert encoder.temperature > 0


def features_of_training(encoder: Any) -> Tensor:
    found: Tensor = encoder.module.train()(encoder.prepare(clip_of(encoder.mark.frames))[None])
    return found


@pytest.mark.parametrize("name", ["videomae", "timesformer", "vivit", "vjepa2", "videoprism", "umt"])
def test_all_of_a_video_model_takes_part_in_training(name: str, build: Build) -> None:
    encoder: Any = load_encoder(name, {"model": str(build(name))})
    features_of_training(encoder).square().sum().backward()
    assert [key for key, value in encoder.module.named_parameters() if value.grad is None] == []


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(encoder_entries()) - {"small"}))
def test_an_unknown_setting_names_the_nearest(name: str) -> None:
    with pytest.raises(SpecError, match=rf"the encoder '{name}': unknown key 'frame'; did you mean 'frames'\?"):
        load_encoder(name, {"frame": 8})


@pytest.mark.parametrize("name", sorted(tiny_encoders.BUILDERS))
def test_a_model_is_asked_for(name: str) -> None:
    with pytest.raises(ModelError, match=f"the encoder '{name}' needs a model: --set model="):
        load_encoder(name, {})


@pytest.mark.parametrize("name", ["clip", *sorted(tiny_encoders.BUILDERS)])
def test_weights_as_pickles_are_refused(name: str, build: Build, tmp_path: Path) -> None:
    for path in build(name).iterdir():
        if path.suffix == ".json":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickles are never loaded"):
        load_encoder(name, {"model": str(tmp_path)})


def test_clip_refuses_a_pickle_that_open_clip_would_take_first(build: Build, tmp_path: Path) -> None:
    for path in build("clip").iterdir():
        (tmp_path / path.name.replace("open_clip_model", "other")).write_bytes(path.read_bytes())
    torch.save({}, tmp_path / "open_clip_pytorch_model.bin")
    with pytest.raises(ModelError, match=r"a pickle; call the other weights open_clip_model\.safetensors"):
        load_encoder("clip", {"model": str(tmp_path)})


@pytest.mark.parametrize("name", ["umt", "viclip", "r2plus1d"])
def test_a_pickled_file_is_refused_with_a_line_that_converts_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "weights.pth"
    torch.save({"model": {"a": torch.ones(2, 3).T}}, file)
    with pytest.raises(ModelError, match=r"weights\.pth weights\.safetensors") as refused:
        load_encoder(name, {"model": str(file)})
    line = re.search(r'python -c "(.*)" weights.pth weights.safetensors', str(refused.value))
    assert line
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["-c", "weights.pth", "weights.safetensors"])
    exec(line[1], {})
    assert load_file(tmp_path / "weights.safetensors")["a"].shape == (3, 2)


def test_weights_that_are_missing_are_not_left_at_random(build: Build, tmp_path: Path) -> None:
    for path in build("videomae").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = load_file(tmp_path / "model.safetensors")
    del weights["encoder.layer.1.output.dense.bias"]
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 1 of the weights of VideoMAEModel, such as encoder\.layer\.1\.output"):
        load_encoder("videomae", {"model": str(tmp_path)})


def test_another_kind_of_model_is_refused(build: Build) -> None:
    with pytest.raises(ModelError, match="of type 'vivit'; the encoder 'dinov3' takes dinov3_vit or dinov3_convnext"):
        load_encoder("dinov3", {"model": str(build("vivit"))})
    for name in ("umt", "viclip"):
        with pytest.raises(ModelError, match=r"model\.safetensors holds no"):
            load_encoder(name, {"model": str(build("videomae"))})
    with pytest.raises(ModelError, match=r"model\.safetensors holds other weights: Missing key"):
        load_encoder("tsn-resnet18", {"model": str(build("videomae"))})


def test_preprocessing_to_another_size_than_the_model_s_is_refused(tmp_path: Path) -> None:
    folder = tiny_encoders.videomae(tmp_path / "other", image_size=48)
    with pytest.raises(ModelError, match=r"prepares frames of \(32, 32\) pixels for a model of \(48, 48\)"):
        load_encoder("videomae", {"model": str(folder)})


def test_without_preprocessing_in_its_folder_a_model_s_own_size_is_taken(tmp_path: Path) -> None:
    folder = tiny_encoders.videomae(tmp_path / "bare", image_size=48)
    (folder / "preprocessor_config.json").unlink()
    encoder: Any = load_encoder("videomae", {"model": str(folder)})
    assert encoder.mark.preprocessing.startswith("shortest edge 48 bilinear, middle 48x48 down, mean 0.5 0.5 0.5")
    assert features(encoder, clip_of(4)).shape == (1, 32)


@pytest.mark.parametrize("name", ["clip", "videomae", "siglip", "viclip", "tsn-resnet18"])
def test_a_model_out_of_reach_names_the_line_that_fetches_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthgest.hub._PATIENCE", 0.5)
    with pytest.raises(ModelError, match="hf download maker/absent"):
        load_encoder(name, {"model": "maker/absent"})
    with pytest.raises(ModelError, match=r"OWNER/NAME|NAME:TAG"):
        load_encoder(name, {"model": "../absent"})


def test_a_snapshot_in_the_hub_s_cache_is_called_by_its_name(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = build("videomae")
    monkeypatch.setattr("synthgest.hub.cached_snapshot", lambda name, revision: folder)
    assert load_encoder("videomae", {"model": "maker/tiny"}).mark.model == "maker/tiny"


@pytest.mark.parametrize(
    ("name", "library"), [("siglip", "transformers"), ("umt", "transformers"), ("clip", "open_clip")]
)
def test_a_library_that_is_missing_is_named_with_the_line_that_installs_it(
    name: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [key for key in sys.modules if key.startswith("synthgest.encoders.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingDependency, match=rf"needs? {library}: pip install 'synthgest\[train"):
        load_encoder(name, {"model": "maker/absent"})


def test_nothing_is_written_to_the_terminal(build: Build, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("videomae", "siglip", "clip", "umt"):
        load_encoder(name, {"model": str(build(name))})
    out, err = capfd.readouterr()
    assert io.StringIO(out + err).read() == ""
