"""Train a small CLIP, ``synthgest-clip-tiny``, from nothing; what was done before goes on where it was interrupted.

python scripts/train_clip_tiny.py FOLDER [--steps 3000]

Pictures learn first, from a vector for every class; then words, to become these vectors; then both together: a picture is compared
with one phrase of every class, worded anew in every step, so that look-alikes are always among the others (InfoNCE, from pictures
to words). Words that still read alike teach pictures nothing. Where joints are is learned beside, for by classes alone a small
network finds no hands: on maps and from the features, by layers that are then thrown away; and by half of the heads of the
attention that pools the picture, each of which is told to look at one joint.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import open_clip
import safetensors.torch
import torch
from numpy.typing import NDArray
from pretrain_small import ROUNDS, halved, tell
from torch import nn
from torch.nn import functional as F

from synthgest.content import content
from synthgest.data.cache import FrameCache
from synthgest.data.dataset import Dataset
from synthgest.data.storage import write_bytes
from synthgest.encoders.encoder import EncoderMark
from synthgest.encoders.locating import CROP
from synthgest.encoders.pose_network import JOINTS, NECK
from synthgest.encoders.posed_samples import mirrored_sample, posed_sample
from synthgest.frames import Frames
from synthgest.gestures import load_gestures
from synthgest.training.lessons import Lesson, stages
from synthgest.training.run import Desk
from synthgest.training.settings import TrainSettings
from synthgest.training.team import Team

NAME = "synthgest-clip-tiny"
MODEL: dict[str, Any] = {
    "embed_dim": 128,
    "vision_cfg": {"image_size": CROP, "layers": [2, 2, 2, 2], "width": 16, "head_width": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 48, "heads": 4, "layers": 2},
}
MEAN, SPREAD = 0.45, 0.25  # of pixels, of 1
BUMP = 0.8  # cells
SHOWN, STRETCH, OFF = (0.7, 1.1), (0.9, 1.1), 0.1  # of the picture: how much of it is seen, and how far from its middle
TOLD = ("steps", "batch", "frames", "stills", "lr", "weight_decay", "ema", "flip", "negative_share", "seed")
WORD_STEPS, TOGETHER = 1500, 0.15  # steps of words alone; part of the pictures' steps that both learn together
TEMPLATES = (
    "{}",
    "{}.",
    "a video of {}",
    "a photo of {}",
    "a picture of {}",
    "a clip that shows {}",
    "footage of {}",
    "a rendering of {}",
    "a cartoon of {}",
    "{}, seen from the front",
    "{} in {place}",
    "a video of {} in {place}",
)


class Sight(NamedTuple):
    """Of B clips of T frames: features (B, D); log-heatmaps (B T, J, h, w); where the heads look; stance (B T, 2 J)."""

    features: torch.Tensor
    heat: torch.Tensor
    looks: torch.Tensor
    stance: torch.Tensor


class Pictures(nn.Module):
    """The half of the CLIP that sees, and the layers that tell where the joints are while it learns."""

    def __init__(self, visual: nn.Module) -> None:
        super().__init__()
        self.visual = visual
        width = 4 * MODEL["vision_cfg"]["width"]
        self.lateral = nn.ModuleList(nn.Conv2d(width * 2**level, width, 1) for level in (1, 2, 3))
        self.mix = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
        self.maps = nn.Conv2d(width, len(JOINTS), 1)
        self.stance = nn.Linear(MODEL["embed_dim"], 2 * len(JOINTS))

    def forward(self, videos: torch.Tensor) -> torch.Tensor:
        """(B, T, 3, S, S) uint8 to features (B, D): the mean of the frames' normalised features."""
        return self.both(videos).features

    def both(self, videos: torch.Tensor) -> Sight:
        """Features, and what is said of the joints."""
        x = (videos.flatten(0, 1).float() / 255 - MEAN) / SPREAD
        levels = [self.visual.layer1(self.visual.stem(x.contiguous(memory_format=torch.channels_last)))]
        for stage in (self.visual.layer2, self.visual.layer3, self.visual.layer4):
            levels.append(stage(levels[-1]))
        finer = self.lateral[2](levels[3])
        for level in (1, 0):
            finer = self.lateral[level](levels[level + 1]) + F.interpolate(finer, scale_factor=2)
        heat = self.maps(self.mix(finer)).flatten(2).log_softmax(dim=-1).unflatten(2, finer.shape[2:])
        made, looks = pooled(self.visual.attnpool, levels[-1])
        unit = F.normalize(made, dim=-1).unflatten(0, videos.shape[:2]).mean(dim=1)
        return Sight(F.normalize(unit, dim=-1), heat, looks, self.stance(made))


def pooled(pool: nn.Module, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What open_clip's attention makes of maps (N, C, h, w): (N, D), and where its heads look, as logarithms (N, heads, h, w)."""
    tokens = x.flatten(2).transpose(1, 2)
    tokens = torch.cat([tokens.mean(dim=1, keepdim=True), tokens], dim=1) + pool.positional_embedding
    heads = pool.num_heads
    query = pool.q_proj(tokens[:, :1]).unflatten(2, (heads, -1)).transpose(1, 2)
    key, value = (layer(tokens).unflatten(2, (heads, -1)).transpose(1, 2) for layer in (pool.k_proj, pool.v_proj))
    looks = (query @ key.transpose(2, 3) / query.shape[-1] ** 0.5).log_softmax(dim=-1)
    made = pool.c_proj((looks.exp() @ value).flatten(1))
    return made, looks[:, :, 0, 1:].unflatten(2, x.shape[2:])


class Seeing:
    """``Pictures`` as what ``synthgest.training`` trains."""

    fixed = False

    def __init__(self, visual: nn.Module) -> None:
        self.module = Pictures(visual)

    @property
    def mark(self) -> EncoderMark:
        """Nothing depends on it: it is never used outside this script."""
        size = MODEL["embed_dim"]
        return EncoderMark(encoder="", model="", weights="", preprocessing="", frames=8, dimension=size, ordered=False)

    def prepare(self, frames: Frames) -> torch.Tensor:
        """Never asked for: clips that are kept aside are judged by the scorer."""
        raise NotImplementedError

    def sample(
        self,
        frames: Frames,
        numbers: Sequence[int],
        truth: Mapping[str, NDArray[Any]],
        rng: np.random.Generator,
        *,
        mirrored: bool,
    ) -> dict[str, torch.Tensor]:
        """Most of the picture, and where the joints are in it."""
        height, width = frames.shape[1:3]
        side = min(height, width) * rng.uniform(*SHOWN)
        scale = CROP / side * np.array([rng.uniform(*STRETCH), 1.0])
        middle = np.array([width, height]) / 2 + (min(height, width) * OFF) * rng.uniform(-1, 1, 2)
        place = np.hstack([np.diag(scale), (CROP / 2 - scale * middle)[:, None]])
        sample = posed_sample(frames, numbers, truth, rng, moments=1, place=place)
        return mirrored_sample(sample) if mirrored else sample

    def learn(self, batch: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Features (1, B, D), and the losses of the joints: on fine maps, where the heads look, and what the features say."""
        sight = self.module.both(batch["video"])
        joints, seen = batch["joints"].flatten(0, 1), batch["seen"].flatten(0, 1).float()
        heads = sight.looks[:, : len(JOINTS)]
        stance, wanted = sight.stance.unflatten(1, (-1, 2)), stances(joints)
        known = seen.all(dim=1).float()
        apart = F.smooth_l1_loss(stance, wanted, reduction="none").mean(dim=(1, 2))
        return sight.features[None], {
            "heat": 0.5 * missed(sight.heat, joints, seen),
            "looks": 0.5 * missed(heads, joints, seen),
            "stance": 10 * (apart * known).sum() / known.sum().clamp_min(1),
        }


def missed(heat: torch.Tensor, joints: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of log-probabilities (N, J, h, w) with bumps where the joints (N, J, 2) are, in pixels; seen: (N, J)."""
    cells = torch.arange(heat.shape[-1])
    middle = joints * (heat.shape[-1] / CROP) - 0.5
    across, down = (torch.exp(-((cells - middle[..., axis, None]) ** 2) / (2 * BUMP**2)) for axis in (0, 1))
    bump = down[..., :, None] * across[..., None, :]
    bump = bump / bump.sum(dim=(2, 3), keepdim=True).clamp_min(1e-6)
    return (-(bump * heat).sum(dim=(2, 3)) * seen).sum() / seen.sum().clamp_min(1)


def stances(joints: torch.Tensor) -> torch.Tensor:
    """Joints (N, J, 2) seen from the neck, in torsos."""
    neck, hips = joints[:, NECK : NECK + 1], joints[:, [JOINTS.index("left_hip"), JOINTS.index("right_hip")]]
    torso = (hips.mean(dim=1, keepdim=True) - neck).norm(dim=-1, keepdim=True).clamp_min(6.0)
    return ((joints - neck) / torso).clamp(-4, 4)


class Naming(nn.Module):
    """A vector of its own for every class, as a head: cosines with pictures, times what it learns."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.own = nn.Parameter(torch.randn(classes, MODEL["embed_dim"]))
        self.scale = nn.Parameter(torch.tensor(3.0))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits (B, K)."""
        return self.scale.exp().clamp(max=100) * features @ F.normalize(self.own, dim=-1).T


class Wording(nn.Module):
    """The half of the CLIP that reads, as a head: cosines with a phrase of every class, times what it learns."""

    def __init__(self, clip: nn.Module, phrases: Sequence[Sequence[str]]) -> None:
        super().__init__()
        self.clip = clip
        tokenizer = open_clip.SimpleTokenizer(context_length=MODEL["text_cfg"]["context_length"])
        self._tokens = [tokenizer(list(own)) for own in phrases]

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits (B, K)."""
        chosen = [own[torch.randint(len(own), ())] for own in self._tokens]
        words = self.clip.encode_text(torch.stack(chosen), normalize=True)
        return self.clip.logit_scale.exp().clamp(max=100) * features @ words.T

    def learn(self, naming: Naming, *, steps: int, seed: int) -> None:
        """Let the phrases of each class become the vector that pictures of it are near to, and no other's."""
        torch.manual_seed(seed)
        own = F.normalize(naming.own.detach(), dim=-1)
        self.clip.logit_scale.data = naming.scale.detach().clone()
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3, weight_decay=0.02)
        pace = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=steps)
        for step in range(1, steps + 1):
            optimizer.zero_grad()
            loss = F.cross_entropy(self(own), torch.arange(len(own)))
            loss.backward()
            optimizer.step()
            pace.step()
            if step % 100 == 0:
                print(f"words, step {step} of {steps}: {float(loss.detach()):.3f}", flush=True)


def main() -> None:
    """Draw, train, and keep the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    pool = ROUNDS[-1].pool(asked.folder / f"round-{len(ROUNDS)}")
    shown, idle = [pool.signs(), pool.left_out()], pool.none()
    classes = [entry for dataset in shown for entry in dataset.class_entries]
    settings = TrainSettings(steps=asked.steps, frames=2, stills=0.5, lr=1e-3, ema=0.995, validation=0, seed=asked.seed)
    torch.manual_seed(settings.seed)
    clip = open_clip.CLIP(**MODEL)
    seeing = Seeing(clip.visual)
    clip.visual = nn.Identity()
    phrases = [worded(entry.name, entry.phrase, entry.description) for entry in classes]
    phrases.append([text for entry in idle.class_entries for text in worded("", entry.phrase, "")])
    naming, wording = Naming(len(phrases)), Wording(clip, phrases)
    cache, runs, taught = FrameCache(folder=pool.folder / "frames"), asked.folder / "clip-runs", lessons(shown, idle)

    def learn(head: nn.Module, own: TrainSettings, name: str) -> float:
        return Desk(seeing, head, own, classes, runs / name, cache, tell, Team()).learn(stages(taught, None, own))

    seconds = learn(naming, settings, "pictures")
    wording.learn(naming, steps=WORD_STEPS, seed=settings.seed)
    together = replace(settings, steps=max(1, round(asked.steps * TOGETHER)), lr=settings.lr / 4)
    seconds += learn(wording, together, "together")
    clip.visual = seeing.module.visual
    about = {
        "classes": {entry.name: entry.phrase for entry in classes},
        "clips": sum(len(lesson.clips) for lesson in taught),
        "seconds": round(seconds),
        "settings": {name: asdict(settings)[name] for name in TOLD}
        | {"word_steps": WORD_STEPS, "together": together.steps},
    }
    keep(clip, content("assets") / "models" / NAME, about)


def lessons(shown: Sequence[Dataset], idle: Dataset) -> list[Lesson]:
    """Clips of all gestures, and those of none, as one numbering of classes."""
    starts = np.cumsum([0, *(len(dataset.classes) for dataset in shown)])
    eye = np.eye(starts[-1] + 1)
    clips = tuple(clip for dataset in shown for clip in dataset.clips)
    labels = [start + clip.label for start, dataset in zip(starts[:-1], shown, strict=True) for clip in dataset.clips]
    signs = Lesson(clips=clips, labels=eye[labels], weights=np.ones(len(clips)))
    return [signs, Lesson(clips=idle.clips, labels=eye[[-1] * len(idle)], weights=np.ones(len(idle)))]


def keep(clip: nn.Module, folder: Path, about: Mapping[str, Any]) -> None:
    """Write the model as open_clip reads it, in half precision where it has matrices, and how it came about."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: halved(value).cpu().contiguous() for name, value in clip.state_dict().items()}
    pixels = {"mean": [MEAN] * 3, "std": [SPREAD] * 3}
    config = {"model_cfg": MODEL, "preprocess_cfg": pixels}
    write_bytes(folder / "open_clip_config.json", json.dumps(config, indent=1).encode() + b"\n")
    write_bytes(folder / "training.json", json.dumps(about, indent=1).encode() + b"\n")
    write_bytes(folder / "open_clip_model.safetensors", safetensors.torch.save(tensors))


def worded(name: str, phrase: str, description: str) -> list[str]:
    """Many ways to say a class: what it is called, its phrase, and what is seen of it, somewhere."""
    places = ["a room", "a street", *(load_gestures([name])[0].environments if name else ())]
    called = name.partition("/")[2].replace("-", " ").replace("_", " ")
    said = [each for each in (phrase, description, f"the gesture {called}" if called else "") if each]
    return [template.format(each, place=place) for each in said for template in TEMPLATES for place in places[:4]]


if __name__ == "__main__":
    main()
