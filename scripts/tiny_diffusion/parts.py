"""The parts of ``tiny-diffusion``: those of CogVideoX, each a thousandth of its size."""

import re
from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from clips import FRAMES, SIDE
from diffusers import AutoencoderKLCogVideoX, CogVideoXDDIMScheduler, CogVideoXTransformer3DModel
from torch import nn
from transformers import T5Config, T5EncoderModel, T5Tokenizer

LATENT, SPATIAL = 8, 4  # channels; what the VAE makes smaller, in width and height
TEMPORAL = 1  # not in time: at four frames a second, arms are elsewhere in every frame
PATCH = 4  # latents
TOKENS = 80  # of a prompt
WORDS = 96  # channels of the text encoder's output
WIDTH, HEADS, LAYERS = 256, 4, 6


def tokenizer(texts: Iterable[str]) -> T5Tokenizer:
    """A Unigram vocabulary of the words in some texts, and of all ASCII characters for those that are not among them."""
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    known = sorted({word for text in texts for word in re.findall(r"[a-zA-Z]+", text)})
    words = [(f"▁{word}", -2.0) for word in known] + [(word, -3.0) for word in known]  # the latter follow a hyphen
    characters = [(character, -5.0) for character in "▁" + ascii_lowercase + ascii_uppercase + digits + punctuation]
    return T5Tokenizer(vocab=special + words + characters, extra_ids=0, model_max_length=TOKENS)


def text_encoder(vocabulary: int) -> T5EncoderModel:
    """T5, two layers of it."""
    sizes = {"d_model": WORDS, "d_kv": 24, "d_ff": 192, "num_layers": 2, "num_heads": 4, "dropout_rate": 0.0}
    return T5EncoderModel(T5Config(vocab_size=vocabulary, **sizes))


def vae() -> AutoencoderKLCogVideoX:
    """Videos to latents a quarter as wide and high; no frame has a part in another but by the statistics of its norms."""
    made = AutoencoderKLCogVideoX(
        down_block_types=("CogVideoXDownBlock3D",) * 3,
        up_block_types=("CogVideoXUpBlock3D",) * 3,
        block_out_channels=(16, 32, 64),
        latent_channels=LATENT,
        layers_per_block=1,
        norm_num_groups=8,
        temporal_compression_ratio=TEMPORAL,
        sample_height=SIDE,
        sample_width=SIDE,
        scaling_factor=1.0,
    )
    for module in made.modules():
        if isinstance(module, nn.Conv3d):
            nn.init.zeros_(module.weight[:, :, :-1])  # what it sees of frames before: see ``seeing.flat``
    return made


def transformer() -> CogVideoXTransformer3DModel:
    """Patches of 4 x 4 latents, among the words of the prompt."""
    return CogVideoXTransformer3DModel(
        num_attention_heads=HEADS,
        attention_head_dim=WIDTH // HEADS,
        in_channels=LATENT,
        out_channels=LATENT,
        time_embed_dim=128,
        text_embed_dim=WORDS,
        num_layers=LAYERS,
        sample_width=SIDE // SPATIAL,
        sample_height=SIDE // SPATIAL,
        sample_frames=FRAMES,
        patch_size=PATCH,
        temporal_compression_ratio=TEMPORAL,
        max_text_seq_length=TOKENS,
    )


def scheduler() -> CogVideoXDDIMScheduler:
    """That of CogVideoX-2B, without the shift that larger pictures need."""
    return CogVideoXDDIMScheduler(
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
        snr_shift_scale=1.0,
        clip_sample=False,
    )
