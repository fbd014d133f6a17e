"""One step of learning: an encoder, a head, their optimizer and the running mean of their weights."""

import math
from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel
from torchvision import tv_tensors
from torchvision.transforms import v2

from synthgest.encoders.encoder import Encoder
from synthgest.encoders.learning import Taught
from synthgest.errors import SpecError
from synthgest.training.settings import TrainSettings
from synthgest.training.team import Team
from synthgest.training.tuning import learning, merge, tuned

_WARM = 0.05  # part of the steps in which the learning rate rises
_LEAST = 0.02  # of the highest learning rate: what is left at the end


class Learner:
    """What changes in training. All chance of a step follows from the seed and its number."""

    def __init__(
        self, encoder: Encoder, head: nn.Module, settings: TrainSettings, *, steps: int, lr: float, team: Team
    ) -> None:
        self._encoder, self._settings, self._steps, self._lr, self._team = encoder, settings, steps, lr, team
        self.module, self.head = (
            tuned(encoder.module, settings.tune, settings.seed).to(team.device),
            head.to(team.device),
        )
        self._fixed = not learning(self.module)
        self.kept_module = AveragedModel(self.module, avg_fn=_running_mean(settings.ema), use_buffers=True)
        self.kept_head = AveragedModel(self.head, avg_fn=_running_mean(settings.ema), use_buffers=True)
        weights = [weight for part in (self.module, self.head) for weight in part.parameters() if weight.requires_grad]
        if settings.optimizer == "adamw":
            self.optimizer: torch.optim.Optimizer = torch.optim.AdamW(
                weights, lr=lr, weight_decay=settings.weight_decay, betas=(0.9, 0.99)
            )
        else:
            self.optimizer = torch.optim.SGD(
                weights, lr=lr, weight_decay=settings.weight_decay, momentum=0.9, nesterov=True
            )
        self._mix = {"none": None, "mixup": v2.MixUp(alpha=0.2), "cutmix": v2.CutMix(alpha=1.0)}[settings.mix]

    @property
    def parts(self) -> dict[str, nn.Module]:
        """What a checkpoint holds."""
        kept = {"kept encoder": self.kept_module, "kept head": self.kept_head}
        return {"encoder": self.module, "head": self.head, **kept}

    def step(self, number: int, batch: Mapping[str, torch.Tensor]) -> dict[str, float]:
        """Learn from a batch; returns the losses by name, and ``agreement``, the part of the clips whose class was found."""
        torch.manual_seed(hash((self._settings.seed, number, self._team.rank)) & 0x7FFFFFFF)
        self.module.train(not self._fixed)
        self.head.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self._lr * _pace(number / self._steps)
        batch = {key: value.to(self._team.device) for key, value in batch.items()}
        label = batch["label"]
        if self._mix is not None:
            video, label = self._mix(tv_tensors.Video(batch["video"].float()), label)
            batch["video"] = torch.as_tensor(video).round().to(torch.uint8)
        features, losses = self._features(batch)
        views = [self.head(view) for view in features]
        each = torch.stack([F.cross_entropy(logits, label, reduction="none") for logits in views]).sum(dim=0)
        weight = batch["weight"].sum()
        self._team.average([weight])
        losses["class"] = (batch["weight"] * each).sum() / weight.clamp_min(1e-6)
        total = torch.stack(list(losses.values())).sum()
        if not torch.isfinite(total):
            found = ", ".join(f"{name} {float(loss.detach()):g}" for name, loss in losses.items())
            raise SpecError(
                f"step {number + 1} has no finite loss ({found}); choose a lower lr than {self._settings.lr:g}"
            )
        self.optimizer.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        weights = [weight for group in self.optimizer.param_groups for weight in group["params"]]
        running = [value for value in self.module.buffers() if value.is_floating_point()]
        self._team.average([weight.grad for weight in weights if weight.grad is not None] + running)
        nn.utils.clip_grad_norm_(weights, self._settings.clip_norm)
        self.optimizer.step()
        self.kept_head.update_parameters(self.head)
        if not self._fixed:
            self.kept_module.update_parameters(self.module)
        hits = (views[0].argmax(dim=1) == label.argmax(dim=1)).float().mean()
        return {name: float(loss.detach()) for name, loss in losses.items()} | {"agreement": float(hits)}

    def settle(self) -> None:
        """Let the encoder and the head have the weights that are kept, adapters added to them."""
        self.head.load_state_dict(self.kept_head.module.state_dict())
        if not self._fixed:
            self.module.load_state_dict(self.kept_module.module.state_dict())
            merge(self.module)

    def _features(self, batch: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Features (V, B, D) of one view or several, and the encoder's own losses."""
        taught = self._encoder if isinstance(self._encoder, Taught) else None
        lesson = {key: batch[key] for key in batch if key not in ("label", "weight")}
        if self._fixed:
            with torch.no_grad():
                return (taught.learn(lesson)[0] if taught else self.module(batch["video"])[None]), {}
        if taught:
            return taught.learn(lesson)
        kind = torch.device(self._team.device).type
        with torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu"):
            return self.module(batch["video"]).float()[None], {}


def _running_mean(decay: float) -> Callable[[torch.Tensor, torch.Tensor, torch.Tensor | int], torch.Tensor]:
    """An exponential mean that forgets faster at first, when the weights are still far from good."""

    def mean(kept: torch.Tensor, new: torch.Tensor, count: torch.Tensor | int) -> torch.Tensor:
        least = (1 + float(count)) / (10 + float(count))
        return kept + (1 - min(decay, least)) * (new - kept) if kept.is_floating_point() else new

    return mean


def _pace(done: float) -> float:
    """Of the highest learning rate: up in a line, down as a cosine."""
    if done < _WARM:
        return max(done / _WARM, 0.01)
    return _LEAST + (1 - _LEAST) * 0.5 * (1 + math.cos(math.pi * (done - _WARM) / (1 - _WARM)))
