"""Tiny diffusers pipelines with seeded random weights, saved as the hub lays out the real ones, for tests of engines."""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits, punctuation
from typing import ParamSpec, TypeVar

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLCogVideoX,
    AutoencoderKLLTXVideo,
    AutoencoderKLWan,
    CogVideoXDDIMScheduler,
    CogVideoXImageToVideoPipeline,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
    CogVideoXVideoToVideoPipeline,
    DDIMScheduler,
    DiffusionPipeline,
    FlowMatchEulerDiscreteScheduler,
    LTXPipeline,
    LTXVideoTransformer3DModel,
    MotionAdapter,
    StableDiffusionPipeline,
    UNet2DConditionModel,
    UniPCMultistepScheduler,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from tokenizers.pre_tokenizers import ByteLevel
from torch import Tensor, nn
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTokenizer,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
    UMT5Config,
    UMT5EncoderModel,
)

from synthgest.content import content

Given = ParamSpec("Given")
Part = TypeVar("Part")

_SEED = 0
_TEXT = 32  # channels of a text encoder's output
_CONTRAST = (
    0.25  # standard deviation of a decoded pixel, of a range of -1 to 1: neither flat nor a flash from frame to frame
)
_WORDS = ("a", "the", "of", "in", "and", "with", "person", "man", "woman", "hand", "arm", "waving", "room")  # of CLIP


# -- text to video ---------------------------------------------------------------------------------------------------


def build_cogvideox(folder: Path) -> Path:
    """CogVideoX-2b in small: sizes in steps of 16 px (8 in latents, patches of 2), frames 4 k + 1."""
    with _seeded():
        pipeline = CogVideoXPipeline(**_cogvideox(_cogvideox_transformer(in_channels=_COGVIDEOX_LATENT, rotary=False)))
    return _save(pipeline, folder)


def build_wan(folder: Path) -> Path:
    """Wan 2.1 in small: sizes in steps of 16 px, frames 4 k + 1."""
    with _seeded():
        pipeline = WanPipeline(**_wan(), transformer=WanTransformer3DModel(**_WAN_TRANSFORMER))
    return _save(pipeline, folder)


def build_ltx(folder: Path) -> Path:
    """LTX-Video in small: sizes in steps of 32 px, frames 8 k + 1."""
    with _seeded():
        pipeline = LTXPipeline(
            tokenizer=t5_tokenizer(),
            text_encoder=T5EncoderModel(T5Config(**_t5_sizes())),
            vae=_ltx_vae(),
            transformer=_ltx_transformer(),
            scheduler=FlowMatchEulerDiscreteScheduler(
                use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=1024, shift_terminal=0.1
            ),
        )
    return _save(pipeline, folder)


def build_animatediff(folder: Path) -> Path:
    """A Stable Diffusion 1.5 in small in ``folder/base``, and a motion adapter that fits it in ``folder/motion``."""
    build_text_to_image(folder / "base")
    with _seeded():
        adapter = MotionAdapter(
            block_out_channels=_UNET_WIDTHS,
            motion_layers_per_block=1,
            motion_norm_num_groups=4,
            motion_num_attention_heads=2,
            motion_max_seq_length=32,
        )
    adapter.save_pretrained(folder / "motion")
    return folder


# -- picture or video to video ---------------------------------------------------------------------------------------


def build_cogvideox_image_to_video(folder: Path) -> Path:
    """CogVideoX-5b-I2V in small: the transformer sees the picture's latents beside the noise."""
    with _seeded():
        transformer = _cogvideox_transformer(in_channels=2 * _COGVIDEOX_LATENT, rotary=True)
        pipeline = CogVideoXImageToVideoPipeline(**_cogvideox(transformer))
    return _save(pipeline, folder)


def build_cogvideox_video_to_video(folder: Path) -> Path:
    """CogVideoX-5b in small, as the pipeline that starts from a video."""
    with _seeded():
        transformer = _cogvideox_transformer(in_channels=_COGVIDEOX_LATENT, rotary=True)
        pipeline = CogVideoXVideoToVideoPipeline(**_cogvideox(transformer))
    return _save(pipeline, folder)


def build_wan_vace(folder: Path) -> Path:
    """Wan 2.1 VACE in small: video, mask and reference pictures are the conditions."""
    with _seeded():
        # 16 latents each of what stays and of what is to be made, and 8 x 8 mask values
        transformer = WanVACETransformer3DModel(**_WAN_TRANSFORMER, vace_layers=[0], vace_in_channels=96)
        pipeline = WanVACEPipeline(**_wan(), transformer=transformer)
    return _save(pipeline, folder)


# -- text to image ---------------------------------------------------------------------------------------------------


def build_text_to_image(folder: Path) -> Path:
    """Stable Diffusion 1.5 in small, without its safety checker."""
    with _seeded():
        pipeline = StableDiffusionPipeline(
            tokenizer=_clip_tokenizer(),
            text_encoder=_clip_text(),
            vae=_image_vae(),
            unet=_unet(),
            scheduler=DDIMScheduler(
                beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, steps_offset=1
            ),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    return _save(pipeline, folder)


@contextmanager
def _seeded() -> Iterator[None]:
    """The same weights every time; the caller's random state stays as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        yield


def _own_seed(build: Callable[Given, Part]) -> Callable[Given, Part]:
    """Weights that do not depend on what was built before: another vocabulary changes no VAE."""

    @functools.wraps(build)
    def built(*given: Given.args, **named: Given.kwargs) -> Part:
        torch.manual_seed(_SEED)
        return build(*given, **named)

    return built


def _save(pipeline: DiffusionPipeline, folder: Path) -> Path:
    pipeline.save_pretrained(folder)
    return folder


# -- CogVideoX -------------------------------------------------------------------------------------------------------

_COGVIDEOX_LATENT = 4


def _cogvideox(transformer: CogVideoXTransformer3DModel) -> dict[str, object]:
    """The parts of a CogVideoX pipeline round its transformer."""
    return {
        "tokenizer": t5_tokenizer(),
        "text_encoder": T5EncoderModel(T5Config(**_t5_sizes())),
        "vae": _cogvideox_vae(),
        "transformer": transformer,
        "scheduler": CogVideoXDDIMScheduler(
            prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True
        ),
    }


@_own_seed
def _cogvideox_transformer(*, in_channels: int, rotary: bool) -> CogVideoXTransformer3DModel:
    return CogVideoXTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=in_channels,
        out_channels=_COGVIDEOX_LATENT,
        time_embed_dim=16,
        text_embed_dim=_TEXT,
        num_layers=1,
        sample_width=8,
        sample_height=8,
        sample_frames=9,
        use_rotary_positional_embeddings=rotary,
    )


@_own_seed
def _cogvideox_vae() -> AutoencoderKLCogVideoX:
    vae = AutoencoderKLCogVideoX(
        block_out_channels=(8, 8, 8, 8), latent_channels=_COGVIDEOX_LATENT, layers_per_block=1, norm_num_groups=2
    )
    _expose(vae, vae.decoder.conv_out.conv, torch.randn(1, _COGVIDEOX_LATENT, 3, 8, 8))
    return vae


# -- Wan -------------------------------------------------------------------------------------------------------------

_WAN_TRANSFORMER = {
    "num_attention_heads": 2,
    "attention_head_dim": 16,
    "text_dim": _TEXT,
    "freq_dim": 32,
    "ffn_dim": 32,
    "num_layers": 1,
    "rope_max_seq_len": 32,
}


def _wan() -> dict[str, object]:
    """The parts of a Wan pipeline round its transformer."""
    return {
        "tokenizer": t5_tokenizer(),
        "text_encoder": UMT5EncoderModel(UMT5Config(**_t5_sizes())),
        "vae": _wan_vae(),
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
        ),
    }


@_own_seed
def _wan_vae() -> AutoencoderKLWan:
    vae = AutoencoderKLWan(base_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1)
    mean, std = (torch.tensor(vae.config[name]).view(1, -1, 1, 1, 1) for name in ("latents_mean", "latents_std"))
    _expose(vae, vae.decoder.conv_out, mean + std * torch.randn(1, 16, 3, 8, 8))
    return vae


# -- LTX -------------------------------------------------------------------------------------------------------------

_LTX_LATENT = 8


@_own_seed
def _ltx_vae() -> AutoencoderKLLTXVideo:
    vae = AutoencoderKLLTXVideo(
        latent_channels=_LTX_LATENT,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
    )
    _expose(vae, vae.decoder.conv_out.conv, torch.randn(1, _LTX_LATENT, 2, 2, 2))
    return vae


@_own_seed
def _ltx_transformer() -> LTXVideoTransformer3DModel:
    return LTXVideoTransformer3DModel(
        in_channels=_LTX_LATENT,
        out_channels=_LTX_LATENT,
        num_attention_heads=2,
        attention_head_dim=16,
        cross_attention_dim=32,
        num_layers=1,
        caption_channels=_TEXT,
    )


# -- Stable Diffusion ------------------------------------------------------------------------------------------------

_UNET_WIDTHS = (16, 32)


@_own_seed
def _unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=8,
        block_out_channels=_UNET_WIDTHS,
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=_TEXT,
        attention_head_dim=2,
        norm_num_groups=4,
    )


@_own_seed
def _image_vae() -> AutoencoderKL:
    vae = AutoencoderKL(
        sample_size=512,  # pixels; what is larger is decoded in tiles where tiling is on
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        norm_num_groups=2,
    )
    _expose(vae, vae.decoder.conv_out, torch.randn(1, 4, 8, 8) / vae.config.scaling_factor)
    return vae


# -- what they share -------------------------------------------------------------------------------------------------


@torch.no_grad()
def _expose(vae: nn.Module, last: nn.Conv2d | nn.Conv3d, latents: Tensor) -> None:
    """Scale the decoder's last convolution so that these latents decode to mid grey with the contrast of a picture."""
    last.weight.mul_(1e-2)  # far from where a decoder cuts its output off
    last.bias.zero_()
    pixels = vae.eval().decode(latents).sample
    last.weight.mul_(_CONTRAST / pixels.std())


def _t5_sizes() -> dict[str, int]:
    return {
        "vocab_size": len(t5_tokenizer()),
        "d_model": _TEXT,
        "d_kv": 8,
        "d_ff": 32,
        "num_layers": 1,
        "num_heads": 2,
    }


def t5_tokenizer() -> T5Tokenizer:
    """A Unigram vocabulary of the shipped words and all ASCII characters, so that no two prompts read the same."""
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    text = " ".join(path.read_text() for folder in ("prompts", "assets") for path in content(folder).rglob("*.t[ox]*"))
    words = [(f"▁{word}", -2.0) for word in sorted(set(re.findall(r"[a-zA-Z]{2,}", text)))]
    characters = [(character, -5.0) for character in "▁" + ascii_lowercase + ascii_uppercase + digits + punctuation]
    return T5Tokenizer(vocab=special + words + characters, extra_ids=0, model_max_length=512)


def _clip_tokenizer() -> CLIPTokenizer:
    """A byte-pair vocabulary of all bytes and the merges that make a few words."""
    letters = sorted(ByteLevel.alphabet())
    merges = list(dict.fromkeys(pair for word in _WORDS for pair in _merges(word)))
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), *(left + right for left, right in merges)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=77)


def _merges(word: str) -> list[tuple[str, str]]:
    """The pairs that build a word letter by letter: (u, p</w>); (a, r), (ar, m</w>)."""
    letters = [*word[:-1], f"{word[-1]}</w>"]
    return [("".join(letters[:count]), letters[count]) for count in range(1, len(letters))]


@_own_seed
def _clip_text() -> CLIPTextModel:
    tokenizer = _clip_tokenizer()
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=_TEXT,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            projection_dim=_TEXT,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
