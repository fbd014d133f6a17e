"""A synthgest engine: a dot that swings from side to side. Not a gesture, but everything that an engine needs."""

from dataclasses import dataclass

import numpy as np

from synthgest import Recipe, Rendered
from synthgest.tables import to_value


@dataclass(frozen=True)
class Settings:
    size: int = 96
    frames: int = 48


class BouncingDot:
    def __init__(self, recipe: Recipe) -> None:
        self.settings = to_value(recipe.settings, Settings, where=f"recipe {recipe.name!r}")

    def generate(self, shots):
        size, count = self.settings.size, self.settings.frames
        rows, columns = np.mgrid[:size, :size]
        for shot in shots:
            rng = np.random.default_rng(shot.seed)  # the only source of chance: same shot, same clip
            colour, period = rng.uniform(0.5, 1, 3), rng.uniform(12, 24)
            x = size / 2 + size / 3 * np.sin(2 * np.pi * np.arange(count) / period)
            dot = np.hypot(columns - x[:, None, None], rows - size / 2) < size / 8
            frames = np.where(dot[..., None], colour, rows[..., None] / size / 2)  # (T, H, W, 3) in [0, 1]
            yield Rendered(frames=frames, fps=24, truth={"mask": dot}, provenance={"source": "bouncing-dot"})
