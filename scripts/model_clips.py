"""The clips that the shipped models learn from: all vocabularies and what shows none of them, with people near and far."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import synthgest as sg
from synthgest.data.dataset import Dataset
from synthgest.executors.task import Outcome
from synthgest.gestures import vocabularies

VOCABULARIES = ("everyday", "hand", "rocog", "drone", "ground-guide")
NONE = ("not:drone", "not:everyday", "not:rocog", "not:ground-guide")
LEFT_OUT = ("drone/closer", "drone/emergency", "drone/land", "everyday/bow", "everyday/raise-hand", "everyday/wave")
"""What the encoder never sees, so that these can stand for new gestures."""

CAMERA = {"yfov_degrees": [14, 60], "azimuth_degrees": [-45, 45], "upper_body": 0.3}
"""Where it differs from the recipe of the generator ``pose-transfer``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Clips that are drawn together. clips: of each gesture; of people who do something else twice as many.

    frames: least and most of a clip. seed: of the gestures' clips; those of the others have the next.
    """

    folder: Path
    clips: int
    fps: int
    frames: tuple[int, int]
    seed: int

    def signs(self) -> Dataset:
        """Clips of all gestures but those that are left out; drawing goes on where it was interrupted."""
        names = [name for vocabulary in VOCABULARIES for name in vocabularies()[vocabulary] if name not in LEFT_OUT]
        return self._drawn(names, "signs", self.clips, self.seed)

    def none(self) -> Dataset:
        """Clips of people who do something else."""
        return self._drawn(list(NONE), "none", 2 * self.clips, self.seed + 1)

    def left_out(self) -> Dataset:
        """Clips of the gestures that are left out of the others."""
        return self._drawn(list(LEFT_OUT), "left-out", self.clips, self.seed + 2)

    def _drawn(self, names: list[str], kind: str, clips: int, seed: int) -> Dataset:
        done = 0

        def tell(_: Outcome) -> None:
            nonlocal done
            done += 1
            if done % 100 == 0:
                print(f"{kind}: {done} of {clips * len(names)} clips", flush=True)

        settings: dict[str, Any] = {"fps": self.fps, "frames": list(self.frames), "camera": CAMERA}
        out = self.folder / kind
        return sg.generate(names, settings=settings, clips=clips, seed=seed, out=out, extend=True, progress=tell)
