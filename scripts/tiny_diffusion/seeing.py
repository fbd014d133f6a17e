"""How the VAE learns: a few frames of many clips at a time, people weighing more than walls."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import torch
from clips import Lessons
from course import Taught, learn
from diffusers import AutoencoderKLCogVideoX
from torch import Tensor, nn
from torch.nn import functional as F

STEPS, BATCH = 3000, 6
MOMENTS = 3  # frames of a clip: it decodes two or three at once, over which its norms are taken
PERSON, EDGES, KL = 4.0, 1.0, 3e-6  # weights: of people's pixels over others, of edges, and of the latents' spread


def learn_to_see(vae: AutoencoderKLCogVideoX, lessons: Lessons, path: Path, dtype: torch.dtype) -> Taught:
    """The whole course. path: of the checkpoint."""
    videos, people = (torch.from_numpy(each).to(vae.device) for each in (lessons.videos, lessons.people))
    first = torch.arange(MOMENTS)

    def losses(step: int) -> dict[str, Tensor]:
        chosen = torch.randint(len(videos), (BATCH, 1))
        moments = torch.randint(videos.shape[1] - MOMENTS + 1, (BATCH, 1)) + first
        return missed(vae, videos[chosen, moments], people[chosen, moments])

    with flat(vae):
        return learn(path, vae, losses, steps=STEPS, lr=3e-3, decay=0.995, seed=1, dtype=dtype)


@contextmanager
def flat(vae: AutoencoderKLCogVideoX) -> Iterator[None]:
    """The same result by a third of the work, as long as no convolution sees more of a frame's past than nothing."""
    convolutions = [module for module in vae.modules() if isinstance(module, nn.Conv3d)]
    for convolution in convolutions:
        convolution.forward = partial(_flat, convolution)
    try:
        yield
    finally:
        for convolution in convolutions:
            del convolution.forward


def _flat(convolution: nn.Conv3d, x: Tensor) -> Tensor:
    """What a causal convolution makes of (B, C, T, H, W) with its padding in time, by its last weights in time alone."""
    frames = x[:, :, convolution.kernel_size[0] - 1 :].transpose(1, 2)
    weight, stride, padding = convolution.weight[:, :, -1], convolution.stride[1:], convolution.padding[1:]
    made = F.conv2d(frames.flatten(0, 1), weight, convolution.bias, stride, padding)
    return made.unflatten(0, frames.shape[:2]).transpose(1, 2)


def as_input(videos: Tensor) -> Tensor:
    """uint8 (B, T, S, S, 3) to (B, 3, T, S, S) in [-1, 1]."""
    return videos.permute(0, 4, 1, 2, 3).float() / 127.5 - 1


def missed(vae: AutoencoderKLCogVideoX, videos: Tensor, people: Tensor) -> dict[str, Tensor]:
    """Losses of what the VAE makes of videos uint8 (B, T, S, S, 3): pixels, edges, and the spread of latents.

    people: bool (B, T, S, S). Half of them are mirrored.
    """
    if torch.rand(()) < 0.5:
        videos, people = videos.flip(3), people.flip(3)
    wanted = as_input(videos)
    found = vae.encode(wanted).latent_dist
    made = vae.decode(found.sample()).sample.float()
    near = F.max_pool3d(people[:, None].float(), (1, 3, 3), stride=1, padding=(0, 1, 1))
    weight = 1 + (PERSON - 1) * near
    weight = weight / weight.mean()
    apart = made - wanted
    across, down = apart.diff(dim=4).abs(), apart.diff(dim=3).abs()
    return {
        "pixels": (weight * apart.abs()).mean(),
        "edges": EDGES * ((weight[..., 1:] * across).mean() + (weight[..., 1:, :] * down).mean()) / 2,
        "spread": KL * found.kl().mean(),
    }
