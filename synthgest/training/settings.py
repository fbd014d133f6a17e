"""What a training run is asked for, checked before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from synthgest.data.splits import RELATIVES
from synthgest.errors import SpecError

Tune = Literal["all", "head", "last", "lora"]
Head = Literal["linear", "text"]
Optimizer = Literal["adamw", "sgd"]
Mix = Literal["none", "mixup", "cutmix"]
Real = Literal["after", "mixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """How an encoder is trained.

    encoder: its name; encoder_settings: its own. head: ``linear``, or ``text``: cosines with the classes' words, for encoders that
    have words. tune: ``all`` weights; the ``head`` alone, which is a linear probe; the ``last`` two blocks; or ``lora``: small
    matrices beside the linear layers (peft).

    steps: of the optimizer. batch: clips in a step. frames: of a clip in training; 0: four, or as many as an encoder looks at that
    takes no other number. stills: part of the steps that see single frames, four times as many, for pictures are clips too; none
    for such an encoder. lr: highest learning rate; rises over the first twentieth of the steps and falls as a cosine. ema: of the
    weights, which are what is kept. clip_norm: of gradients. mix: torchvision's, after the labels were smoothed.

    real: where real clips are given, they come ``after`` the synthetic ones, in ``real_steps`` (a part of ``steps``) at ``real_lr``
    (a part of ``lr``); or both are ``mixed``, and real ones have ``real_share`` of every turn.

    negative_share: where there are negatives, the part of the synthetic clips that are such.

    validation: part of the groups that are kept aside and watched. group_by: what training and validation must not share.
    workers: that read clips. seed: of all chance.
    """

    encoder: str = "small"
    encoder_settings: Mapping[str, Any] = field(default_factory=dict)
    head: Head = "linear"
    tune: Tune = "all"
    steps: int = 400
    batch: int = 16
    frames: int = 0
    stills: float = 0.6
    optimizer: Optimizer = "adamw"
    lr: float = 1e-3
    weight_decay: float = 0.02
    ema: float = 0.99
    clip_norm: float = 3.0
    flip: float = 0.5
    mix: Mix = "none"
    real: Real = "after"
    real_steps: float = 0.3
    real_lr: float = 0.25
    real_share: float = 0.5
    negative_share: float = 0.25
    validation: float = 0.1
    group_by: tuple[str, ...] = RELATIVES
    workers: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("steps", 1), ("batch", 1), ("frames", 0), ("workers", 0), ("seed", 0)):
            if getattr(self, name) < least:
                raise SpecError(f"{name} is {getattr(self, name)}; expected at least {least}")
        for name in ("stills", "flip", "ema", "real_share", "negative_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpecError(f"{name} is {getattr(self, name)}; expected a part from 0 to 1")
        if not 0 <= self.validation < 0.9:
            raise SpecError(f"validation is {self.validation}; expected a part from 0 to 0.9")
        for name in ("lr", "real_steps", "real_lr"):
            if not getattr(self, name) > 0:
                raise SpecError(f"{name} is {getattr(self, name)}; expected more than 0")
