"""The clips that ``tiny-diffusion`` learns from: a few gestures before plain walls, small, with the prompts that ask for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import synthgest as sg
from synthgest.content import content
from synthgest.data.dataset import Clip, Dataset
from synthgest.data.storage import make_folder, write_whole
from synthgest.executors.task import Outcome
from synthgest.frames import Frames
from synthgest.gestures import load_gestures
from synthgest.prompting.enrichment import Enrichment
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.prompting.tokens import Count

GESTURES = (
    "everyday/bow",
    "everyday/cross-arms",
    "everyday/hands-on-hips",
    "everyday/raise-hand",
    "everyday/salute",
    "everyday/shrug",
    "everyday/stop",
    "everyday/stretch",
    "everyday/wave",
    "rocog/Rally",
)
"""Those that can be told at 64 pixels, each of them the same when mirrored."""

SIDE, FRAMES, FPS = 64, 9, 4
WORDINGS = 6  # prompts that are written for a clip
WALLS = ((205, 200, 190), (150, 165, 175), (96, 112, 128), (182, 160, 140), (140, 160, 140), (214, 214, 218))

SETTINGS: dict[str, Any] = {
    "width": SIDE,
    "height": SIDE,
    "fps": FPS,
    "frames": [FRAMES, FRAMES],
    "enrichment": {"mode": "char", "characters": 12},
    "at_work": {"rocog": 0.0},
    "hours": {"day": 1.0, "overcast": 0.0},
    "camera": {
        "azimuth_degrees": [-8, 8],
        "height_m": [1.3, 1.4],
        "yfov_degrees": [40, 42],
        "slack": [1.0, 1.05],
        "off_centre": 0.0,
        "upper_body": 1.0,
        "hand_pixels": 1,
        "finger_pixels": 1,
    },
}
"""Where it differs from the recipe of the generator ``pose-transfer-clean``."""

ENRICHMENT = EnrichmentSettings(**SETTINGS["enrichment"])


class Lessons(NamedTuple):
    """Videos uint8 (N, T, S, S, 3); where the person is, bool (N, T, S, S); for each video a row of WORDINGS prompts."""

    videos: Frames
    people: NDArray[np.bool_]
    prompts: list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Clips that are drawn together. clips: of each gesture."""

    folder: Path
    clips: int
    seed: int

    def drawn(self) -> Dataset:
        """The clips; drawing goes on where it was interrupted."""
        done = 0

        def tell(_: Outcome) -> None:
            nonlocal done
            done += 1
            if done % 100 == 0:
                print(f"{done} of {self.clips * len(GESTURES)} clips", flush=True)

        return sg.generate(
            list(GESTURES),
            generator="pose-transfer-clean",
            settings={**SETTINGS, "backgrounds": str(painted_walls(self.folder / "walls"))},
            clips=self.clips,
            seed=self.seed,
            out=self.folder / "clips",
            extend=True,
            progress=tell,
        )


def painted_walls(folder: Path) -> Path:
    """A folder of plain walls, each a little darker towards the floor."""
    from PIL import Image

    make_folder(folder)
    fall = np.linspace(1.04, 0.86, 256)[:, None, None]
    for number, colour in enumerate(WALLS):
        wall = np.broadcast_to(fall * np.array(colour), (256, 256, 3)).clip(0, 255).astype(np.uint8)
        write_whole(folder / f"wall-{number}.png", lambda part, wall=wall: Image.fromarray(wall).save(part, "PNG"))
    return folder


def vocabulary() -> Iterator[str]:
    """Texts with all words that our prompts are made of."""
    for folder in ("prompts", "assets/gestures"):
        yield from (path.read_text(encoding="utf-8") for path in sorted(content(folder).rglob("*.t[ox]*")))
    enrichment = Enrichment(settings=ENRICHMENT)
    yield from (enrichment.prompt(gesture, index).text for gesture in load_gestures(GESTURES) for index in range(48))


def lessons(dataset: Dataset, *, count: Count, limit: int) -> Lessons:
    """Everything in memory. count, limit: tokens of a prompt, and how many the model reads."""
    gestures = {gesture.name: gesture for gesture in load_gestures(list(dataset.classes))}
    enrichment = Enrichment(settings=ENRICHMENT, count=count, limit=limit)

    def prompts(clip: Clip) -> list[str]:
        """In several ways: a cycle of the characters later, another form comes."""
        indices = (clip.record.index + cycle * ENRICHMENT.characters for cycle in range(WORDINGS))
        return [enrichment.prompt(gestures[clip.gesture], index).text for index in indices]

    return Lessons(
        videos=np.stack([clip.frames() for clip in dataset]),
        people=np.stack([clip.truth()["mask"] > 0 for clip in dataset]),
        prompts=[prompts(clip) for clip in dataset],
    )
