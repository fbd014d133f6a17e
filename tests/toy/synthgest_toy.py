"""A third-party engine for tests: a bright square wanders over a gradient; faults are switched on by settings."""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synthgest.tables import to_value
from synthgest.types import Recipe, Rendered, Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class ToySettings:
    frames: int = 16
    size: int = 64
    fps: float = 16.0
    sleep: float = 0.0
    fault: str = ""
    fault_index: int = -1
    eager: bool = False


class Toy:
    def __init__(self, recipe: Recipe) -> None:
        self.settings = to_value(recipe.settings, ToySettings, where=f"recipe {recipe.name!r}")

    def fingerprint(self) -> Mapping[str, str]:
        return {"toy": "1"}

    def generate(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        made = self._make(shots)
        return iter(list(made)) if self.settings.eager else made

    def _make(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in shots:
            time.sleep(self.settings.sleep)
            if log := os.environ.get("SYNTHGEST_TOY_LOG"):  # so that work can be counted
                with Path(log).open("a") as file:
                    file.write(f"{shot.id}\n")
            if shot.index == self.settings.fault_index:
                _fail(self.settings.fault)
            yield Rendered(
                frames=wander(shot.seed, self.settings),
                fps=self.settings.fps,
                truth={"mask": np.zeros((self.settings.frames, self.settings.size, self.settings.size), bool)},
                provenance={"source": "toy"},
            )


def wander(seed: int, settings: ToySettings) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size, count = settings.size, settings.frames
    ramp = np.linspace(40, 160, size)
    colour = rng.uniform(0.4, 1, 3)
    frames = np.empty((count, size, size, 3), np.uint8)
    blotches = np.kron(rng.uniform(-25, 25, (4, 4)), np.ones((size // 4, size // 4)))  # so that clips differ
    frames[:] = ((ramp[:, None] + np.pad(blotches, (0, size % 4), mode="edge"))[..., None] * colour).astype(np.uint8)
    side = size // 4
    x, y = (rng.uniform(0, size - side, 2).astype(int) for _ in range(2))
    for number, part in enumerate(np.linspace(0, 1, count)):
        column, row = (x + (y - x) * part).astype(int)
        frames[number, row : row + side, column : column + side] = 235
    return frames


def _fail(fault: str) -> None:
    if fault == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "hang":
        time.sleep(3600)
    if fault == "segv":
        os.kill(os.getpid(), signal.SIGSEGV)
    if fault == "cuda":
        raise RuntimeError("CUDA error: device-side assert triggered")
    if fault == "raise":
        raise RuntimeError("the toy broke")
