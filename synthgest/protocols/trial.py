"""A trial: one thing that is trained and asked; and what came of it, as plain values that outlive the process."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One cell of an experiment, for one seed.

    arm: the way that is compared with others. at: where on the experiment's axis, such as a number of shots; empty without one.
    regime: ``finetune`` or ``probe``.
    """

    arm: str
    seed: int
    at: str = ""
    regime: str = "finetune"

    @property
    def series(self) -> str:
        """Arm and regime, in words."""
        return f"{self.arm}, {self.regime}"

    @property
    def name(self) -> str:
        """All of it, in words."""
        return ", ".join([*filter(None, (self.arm, self.regime, self.at)), f"seed {self.seed}"])

    @property
    def id(self) -> str:
        """16 hexadecimal digits, unique in its experiment."""
        return digest([self.arm, self.at, self.regime, self.seed])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was said of the clips of one test. clips: ids. truth, found: class numbers, (N,). classes: full names."""

    test: str
    clips: tuple[str, ...]
    truth: tuple[int, ...]
    found: tuple[int, ...]
    classes: tuple[str, ...]

    @property
    def hits(self) -> NDArray[np.bool_]:
        """(N,): which were named right."""
        right: NDArray[np.bool_] = np.array(self.truth) == np.array(self.found)
        return right


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a trial found. figures: whatever else is a number, or rows of them, by name. seconds, steps, clips: what it cost."""

    trial: Trial
    answers: tuple[Answers, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    steps: int = 0
    clips: int = 0

    def to(self, test: str) -> Answers:
        """The answers of one test."""
        return next(each for each in self.answers if each.test == test)


def answers(
    test: str, clips: Sequence[Any], probabilities: NDArray[np.floating[Any]], classes: Sequence[str]
) -> Answers:
    """The most probable of the classes for each clip; probabilities: (N, K)."""
    return Answers(
        test=test,
        clips=tuple(clip.id for clip in clips),
        truth=tuple(int(clip.label) for clip in clips),
        found=tuple(int(number) for number in probabilities[:, : len(classes)].argmax(axis=1)),
        classes=tuple(classes),
    )


def digest(value: Any) -> str:
    """16 hexadecimal digits over plain values."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
