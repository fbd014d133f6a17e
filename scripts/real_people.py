"""How a run that was trained on drawn clips does on photographs of people: all, half as large, and those that show no signal.

    python scripts/real_people.py RUN DATA [even|odd]

DATA holds drone_arm_signals/ and drone_no_signal/. ``even`` are the photographs whose file's SHA-256 is an even number: the half on
which methods are compared; ``odd`` is the half that is reported.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

import synthgest as sg
from synthgest.data.labelled import LabelledClip
from synthgest.data.publish import file_digest
from synthgest.data.real.clip import RealClip
from synthgest.data.real.media import Pictures
from synthgest.evaluation.accuracy import accuracy_of
from synthgest.frames import Frames
from synthgest.statistics import proportion
from synthgest.training.recogniser import Recogniser, load_recogniser

KEPT = 0.95  # of the signals, at the threshold for rejection


@dataclass(frozen=True, slots=True)
class Smaller:
    """The same pictures with people half as large: shrunk, and the border goes on outwards."""

    pictures: Pictures

    @property
    def length(self) -> int:
        """Frames."""
        return self.pictures.length

    @property
    def content(self) -> str:
        """That of the pictures, and that they are smaller."""
        return f"half {self.pictures.content}"

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Frames by number."""
        made = []
        for frame in self.pictures.frames_at(numbers):
            height, width = frame.shape[:2]
            small = cv2.resize(frame, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            edges = (height // 4, height - height // 2 - height // 4, width // 4, width - width // 2 - width // 4)
            made.append(cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE))
        return np.stack(made)


def half(clips: Sequence[RealClip], name: str) -> list[RealClip]:
    """The photographs of one half."""
    return [clip for clip in clips if (int(_file_hash(clip), 16) % 2 == 0) == (name == "even")]


def _file_hash(clip: RealClip) -> str:
    assert isinstance(clip.media, Pictures)
    return file_digest(clip.media.paths[0])


def certainties(probabilities: np.ndarray, classes: int) -> np.ndarray:
    """How sure it is that there is a signal: the most probable class's probability, and none that of no class."""
    return probabilities[:, :classes].max(axis=1)


def judge(recogniser: Recogniser, data: Path, which: str) -> dict[str, object]:
    """Accuracy on photographs as they are and with people half as large, and how many without a signal are rejected."""
    opened = sg.open_dataset(data / "drone_arm_signals", like=recogniser)
    clips = half([clip for clip in opened.clips if isinstance(clip, RealClip)], which)
    labels = [clip.label for clip in clips]
    found = recogniser.probabilities(clips)
    count = len(recogniser.classes)
    plain = accuracy_of(found[:, :count], labels, recogniser.classes)
    shrunk: list[LabelledClip] = [
        RealClip(id=clip.id, gesture=clip.gesture, label=clip.label, media=Smaller(clip.media))  # type: ignore[arg-type]
        for clip in clips
    ]
    small = accuracy_of(recogniser.probabilities(shrunk)[:, :count], labels, recogniser.classes)
    idle = [
        RealClip(id=path.name, gesture="none", label=0, media=Pictures((path,)))
        for path in sorted((data / "drone_no_signal").glob("*.jpg"))
    ]
    threshold = float(np.quantile(certainties(found, count), 1 - KEPT))
    rejected = int((certainties(recogniser.probabilities(idle), count) < threshold).sum())
    rejection = proportion(rejected, len(idle))
    return {
        "half": which,
        "n": plain.n,
        "accuracy": [plain.top1.value, plain.top1.low, plain.top1.high],
        "half_as_large": [small.top1.value, small.top1.low, small.top1.high],
        "rejected": [rejected, len(idle), rejection.low, rejection.high],
        "classes": {name: round(each.value, 3) for name, each in plain.classes.items()},
        "mistakes": [f"{each.clips} {each.gesture} > {each.taken_for}" for each in plain.mistakes],
    }


if __name__ == "__main__":
    run, folder, *rest = sys.argv[1:]
    print(json.dumps(judge(load_recogniser(run), Path(folder), *(rest or ["even"])), indent=1))
