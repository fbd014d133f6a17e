"""How text encoder and transformer learn: to tell the noise in latents (v-prediction) by the prompt, or at times without it."""

from pathlib import Path
from typing import NamedTuple

import torch
from clips import Lessons
from course import Taught, learn
from diffusers import AutoencoderKLCogVideoX, CogVideoXDDIMScheduler, CogVideoXTransformer3DModel
from parts import TOKENS
from seeing import as_input
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import T5EncoderModel, T5Tokenizer

STEPS, BATCH = 8000, 16
WORDLESS = 0.1  # part of the clips whose prompt is left out, for classifier-free guidance
AT_ONCE = 16  # clips that are encoded together


class Seen(NamedTuple):
    """Latents of videos and of their mirror images, (2 N, L, C, h, w) of about unit spread, and the factor that makes it so."""

    latents: Tensor
    scaling: float


@torch.no_grad()
def seen(vae: AutoencoderKLCogVideoX, lessons: Lessons) -> Seen:
    """What the VAE makes of all videos."""
    videos = torch.from_numpy(lessons.videos).to(vae.device)
    both = torch.cat([videos, videos.flip(3)]).split(AT_ONCE)
    latents = torch.cat([vae.encode(as_input(part)).latent_dist.mode() for part in both]).transpose(1, 2)
    scaling = round(1 / float(latents.std()), 4)
    return Seen(latents * scaling, scaling)


def learn_to_denoise(
    reader: T5EncoderModel,
    transformer: CogVideoXTransformer3DModel,
    scheduler: CogVideoXDDIMScheduler,
    tokenizer: T5Tokenizer,
    lessons: Lessons,
    latents: Tensor,
    path: Path,
    dtype: torch.dtype,
) -> Taught:
    """The whole course. latents: as in ``Seen``."""
    rows = [_tokens(tokenizer, row) for row in lessons.prompts]
    device = transformer.device
    prompts, none = torch.stack([*rows, *rows]).to(device), _tokens(tokenizer, [""])[0].to(device)

    def losses(step: int) -> dict[str, Tensor]:
        chosen = torch.randint(len(latents), (BATCH,))
        words = prompts[chosen, torch.randint(prompts.shape[1], (BATCH,))]
        words = torch.where(torch.rand(BATCH, 1, device=device) < WORDLESS, none, words)
        clean = latents[chosen]
        noise = torch.randn_like(clean)
        times = torch.randint(scheduler.config.num_train_timesteps, (BATCH,), device=device)
        noisy, wanted = scheduler.add_noise(clean, noise, times), scheduler.get_velocity(clean, noise, times)
        found = transformer(noisy, reader(words).last_hidden_state, times, return_dict=False)[0]
        return {"v": F.mse_loss(found.float(), wanted)}

    module = nn.ModuleDict({"reader": reader, "transformer": transformer})
    return learn(path, module, losses, steps=STEPS, lr=1e-3, decay=0.999, seed=3, dtype=dtype)


def _tokens(tokenizer: T5Tokenizer, texts: list[str]) -> Tensor:
    """(N, TOKENS), as the pipeline of CogVideoX fills them up."""
    read = tokenizer(texts, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt")
    tokens: Tensor = read.input_ids
    return tokens
