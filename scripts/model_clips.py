"""The clips that the shipped models learn from: all vocabularies and what shows none of them, with people near and far."""

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

SETTINGS: dict[str, Any] = {
    "fps": 8,
    "frames": [12, 24],
    "camera": {"yfov_degrees": [14, 60], "azimuth_degrees": [-45, 45], "upper_body": 0.3},
}
"""Of the generator ``pose-transfer``, where they differ from its recipe."""


def signs(folder: Path, clips: int) -> Dataset:
    """Clips of all gestures but those that are left out; drawing goes on where it was interrupted."""
    names = [name for vocabulary in VOCABULARIES for name in vocabularies()[vocabulary] if name not in LEFT_OUT]
    return _drawn(names, folder / "signs", clips, seed=301)


def none(folder: Path, clips: int) -> Dataset:
    """Clips of people who do something else."""
    return _drawn(list(NONE), folder / "none", clips, seed=302)


def left_out(folder: Path, clips: int) -> Dataset:
    """Clips of the gestures that are left out of the others."""
    return _drawn(list(LEFT_OUT), folder / "left-out", clips, seed=303)


def _drawn(names: list[str], folder: Path, clips: int, *, seed: int) -> Dataset:
    done = 0

    def tell(_: Outcome) -> None:
        nonlocal done
        done += 1
        if done % 100 == 0:
            print(f"{folder.name}: {done} of {clips * len(names)} clips", flush=True)

    return sg.generate(names, settings=SETTINGS, clips=clips, seed=seed, out=folder, extend=True, progress=tell)
