"""Tiny encoders of others with seeded random weights, saved as the hub lays out the real ones, for tests of encoders."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import transformers as hf
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

EDGE = 32  # pixels of what all but UMT and ViCLIP see
_VIT = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
_WORDS = ("<pad>", "<s>", "</s>", "<unk>", "a", "video", "of", "person", "waving", "bowing")
_SIZE = {"size": {"shortest_edge": EDGE}, "crop_size": {"height": EDGE, "width": EDGE}}


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def stir(model: torch.nn.Module) -> None:
    """Weights that are nowhere zero or one, so that a norm, a bias or a token that is left out shows."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)


def save(model: Any, folder: Path, *parts: Any) -> Path:
    stir(model)
    for each in (model, *parts):
        each.save_pretrained(folder)
    return folder


def tokenizer(longest: int) -> Any:
    """Whole words between a start and an end, the end the highest of all numbers, as CLIP has it."""
    words = {word: number for number, word in enumerate(word for word in _WORDS if word != "</s>")}
    words["</s>"] = len(words)
    whole = Tokenizer(WordLevel(words, unk_token="<unk>"))
    whole.pre_tokenizer = Whitespace()
    whole.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", words["<s>"]), ("</s>", words["</s>"])]
    )
    special = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return hf.PreTrainedTokenizerFast(tokenizer_object=whole, model_max_length=longest, **special)


# -- video models of transformers ------------------------------------------------------------------------------------


def videomae(folder: Path, seed: int = 0, kind: str = "VideoMAEModel", **changes: Any) -> Path:
    with seeded(seed):
        config = hf.VideoMAEConfig(**_VIT | {"image_size": EDGE, "patch_size": 8, "num_frames": 4} | changes)
        return save(getattr(hf, kind)(config), folder, hf.VideoMAEImageProcessor(**_SIZE))


def timesformer(folder: Path, seed: int = 0) -> Path:
    with seeded(seed):
        model = hf.TimesformerModel(hf.TimesformerConfig(image_size=EDGE, patch_size=8, num_frames=4, **_VIT))
        return save(model, folder, hf.TimesformerVideoProcessor(**_SIZE))


def vivit(folder: Path, seed: int = 0) -> Path:
    with seeded(seed):
        config = hf.VivitConfig(image_size=EDGE, tubelet_size=[2, 8, 8], num_frames=4, **_VIT)
        processor = hf.VivitVideoProcessor(**_SIZE | {"size": {"shortest_edge": 40}})
        return save(hf.VivitModel(config), folder, processor)


def vjepa2(folder: Path, seed: int = 0, kind: str = "VJEPA2Model") -> Path:
    sizes = {f"pred_{name}": value for name, value in _VIT.items() if name != "intermediate_size"}
    config = hf.VJEPA2Config(
        crop_size=EDGE, patch_size=8, frames_per_clip=8, mlp_ratio=2, num_pooler_layers=1, **_VIT, **sizes
    )
    with seeded(seed):
        return save(getattr(hf, kind)(config), folder, hf.VJEPA2VideoProcessor(crop_size=EDGE))


def videoprism(folder: Path, seed: int = 0, kind: str = "VideoPrismVisionModel") -> Path:
    vision: dict[str, Any] = {
        name: value for name, value in _VIT.items() if name != "num_hidden_layers"
    } | {"image_size": EDGE, "tubelet_size": [1, 8, 8], "num_frames": 4}  # fmt: skip
    layers = {"num_spatial_layers": 1, "num_temporal_layers": 1, "num_auxiliary_layers": 1}
    config: Any = hf.VideoPrismVisionConfig(**vision, **layers)
    if kind == "VideoPrismClipModel":
        text = hf.VideoPrismTextConfig(vocab_size=32, **_VIT)
        config = hf.VideoPrismConfig(vision_config=config.to_dict(), text_config=text.to_dict())
    with seeded(seed):
        processor = hf.LlavaOnevisionVideoProcessor(size={"height": EDGE, "width": EDGE})
        return save(getattr(hf, kind)(config), folder, processor)


def xclip(folder: Path, seed: int = 0) -> Path:
    sizes = {f"mit_{name}": value for name, value in _VIT.items()}
    vision = hf.XCLIPVisionConfig(image_size=EDGE, patch_size=8, num_frames=4, **_VIT, **sizes)
    text = hf.XCLIPTextConfig(vocab_size=len(_WORDS), max_position_embeddings=16, eos_token_id=len(_WORDS) - 1, **_VIT)
    config = hf.XCLIPConfig(
        vision_config=vision.to_dict(), text_config=text.to_dict(), projection_dim=32, prompt_num_attention_heads=2
    )
    with seeded(seed):
        return save(hf.XCLIPModel(config), folder, hf.VideoMAEImageProcessor(**_SIZE), tokenizer(16))


# -- picture models of transformers ----------------------------------------------------------------------------------


def siglip(folder: Path, seed: int = 0) -> Path:
    vision = hf.SiglipVisionConfig(image_size=EDGE, patch_size=8, **_VIT)
    text = hf.SiglipTextConfig(vocab_size=len(_WORDS), max_position_embeddings=12, **_VIT)
    config = hf.SiglipConfig(vision_config=vision.to_dict(), text_config=text.to_dict())
    processor = hf.SiglipImageProcessor(size={"height": EDGE, "width": EDGE})
    with seeded(seed):
        return save(hf.SiglipModel(config), folder, processor, tokenizer(12))


def dinov3(folder: Path, seed: int = 0) -> Path:
    with seeded(seed):
        model = hf.DINOv3ViTModel(hf.DINOv3ViTConfig(image_size=EDGE, patch_size=8, num_register_tokens=2, **_VIT))
        return save(model, folder, hf.DINOv3ViTImageProcessor(size={"height": EDGE, "width": EDGE}))


def dinov3_convnext(folder: Path, seed: int = 0) -> Path:
    with seeded(seed):
        config = hf.DINOv3ConvNextConfig(image_size=EDGE, hidden_sizes=[8, 8, 16, 32], depths=[1, 1, 1, 1])
        model = hf.DINOv3ConvNextModel(config)
        return save(model, folder, hf.DINOv3ViTImageProcessor(size={"height": EDGE, "width": EDGE}))


# -- files of others' own --------------------------------------------------------------------------------------------


def _file(folder: Path, weights: dict[str, torch.Tensor], seed: int) -> Path:
    """Random values in place of all weights, around one where they scale, in ``model.safetensors``."""
    with seeded(seed):
        filled = {
            key: torch.randn(value.shape) * 0.1 + (1.0 if "norm" in key and key.endswith("weight") else 0.0)
            for key, value in weights.items()
        }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(filled, folder / "model.safetensors")
    return folder


def umt(folder: Path, seed: int = 0, *, prefix: str = "", tuned: bool = True) -> Path:
    """Two blocks of width 128 with patches of 2 pixels, by the names of OpenGVLab/unmasked_teacher."""
    width = 128
    norms = {"fc_norm": width} if tuned else {"norm": width}
    shapes: dict[str, tuple[int, ...]] = {
        "patch_embed.proj.weight": (width, 3, 1, 2, 2),
        "patch_embed.proj.bias": (width,),
    }
    for block in ("blocks.0", "blocks.1"):
        norms |= {f"{block}.norm1": width, f"{block}.norm2": width}
        shapes |= {
            f"{block}.attn.qkv.weight": (3 * width, width),
            f"{block}.attn.q_bias": (width,),
            f"{block}.attn.v_bias": (width,),
            f"{block}.attn.proj.weight": (width, width),
            f"{block}.attn.proj.bias": (width,),
            f"{block}.mlp.fc1.weight": (96, width),
            f"{block}.mlp.fc1.bias": (96,),
            f"{block}.mlp.fc2.weight": (width, 96),
            f"{block}.mlp.fc2.bias": (width,),
        }  # fmt: skip
    for norm, length in norms.items():
        shapes |= {f"{norm}.weight": (length,), f"{norm}.bias": (length,)}
    weights = {f"{prefix}{key}": torch.empty(shape) for key, shape in shapes.items()}
    beside = {"head.weight": torch.empty(7, width)} if tuned else {"clip_decoder.0.head.weight": torch.empty(8, width)}
    return _file(folder, weights | beside, seed)


def viclip(folder: Path, seed: int = 0) -> Path:
    """Two blocks of width 64 over patches of 8 pixels, and one of words, by the names of OpenGVLab/InternVideo."""
    width, out = 64, 48

    def blocks(half: str, count: int) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for number in range(count):
            block = f"{half}.transformer.resblocks.{number}"
            for norm in ("ln_1", "ln_2"):
                found |= {f"{block}.{norm}.weight": (width,), f"{block}.{norm}.bias": (width,)}
            found |= {
                f"{block}.attn.in_proj_weight": (3 * width, width),
                f"{block}.attn.in_proj_bias": (3 * width,),
                f"{block}.attn.out_proj.weight": (width, width),
                f"{block}.attn.out_proj.bias": (width,),
                f"{block}.mlp.c_fc.weight": (4 * width, width),
                f"{block}.mlp.c_fc.bias": (4 * width,),
                f"{block}.mlp.c_proj.weight": (width, 4 * width),
                f"{block}.mlp.c_proj.bias": (width,),
            }
        return found

    vision, text = "vision_encoder", "text_encoder"
    shapes: dict[str, tuple[int, ...]] = {
        f"{vision}.conv1.weight": (width, 3, 1, 8, 8),
        f"{vision}.class_embedding": (width,),
        f"{vision}.positional_embedding": (17, width),
        f"{vision}.temporal_positional_embedding": (1, 4, width),
        f"{vision}.proj": (width, out),
        f"{text}.token_embedding.weight": (49408, width),
        f"{text}.positional_embedding": (32, width),
        f"{text}.text_projection": (width, out),
        "temp": (),
    }
    for norm in (f"{vision}.ln_pre", f"{vision}.ln_post", f"{text}.ln_final"):
        shapes |= {f"{norm}.weight": (width,), f"{norm}.bias": (width,)}
    shapes |= blocks(vision, 2) | blocks(text, 1)
    return _file(folder, {key: torch.empty(shape) for key, shape in shapes.items()}, seed)


BUILDERS: dict[str, Callable[..., Path]] = {
    "videomae": videomae,
    "timesformer": timesformer,
    "vivit": vivit,
    "vjepa2": vjepa2,
    "videoprism": videoprism,
    "xclip": xclip,
    "siglip": siglip,
    "dinov3": dinov3,
    "umt": umt,
    "viclip": viclip,
}
