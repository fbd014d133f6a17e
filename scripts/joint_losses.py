"""What joints and masks are worth to an encoder that learns from drawn clips alone: trained from nothing with and without them.

    python scripts/joint_losses.py DATA OUT [--clips 40] [--steps 600] [--seeds 2]

DATA holds drone_arm_signals/, of which the trained head names the even half. Without its ground truth a clip is
an ordinary video: OUT/videos are links to those in OUT/drone.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ingredients import ALL
from real_people import half

import synthgest as sg
from synthgest.data.dataset import Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.data.real.clip import RealClip
from synthgest.statistics import proportion
from synthgest.training.recogniser import Recogniser
from synthgest.training.run import train
from synthgest.training.settings import TrainSettings

SEED = 63


def main() -> None:
    """Draw, train twice for each seed, and print one line of JSON for each run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", type=int, default=40, help="of each signal")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args()
    drawn = sg.generate(["drone"], settings=ALL, clips=asked.clips, seed=SEED, out=asked.out / "drone")
    bare = videos(drawn, asked.out / "videos")
    opened = sg.open_dataset(asked.data / "drone_arm_signals", like=drawn)
    photographs = half([clip for clip in opened.clips if isinstance(clip, RealClip)], "even")
    for seed in range(asked.seeds):
        settings = TrainSettings(encoder_settings={"pretrained": False}, steps=asked.steps, validation=0.0, seed=seed)
        for name, clips in (("with joints", drawn), ("without", bare)):
            made = train(clips, asked.out / f"{name}-{seed}", settings)
            print(json.dumps({"joints": name, "seed": seed, **judged(made, photographs)}), flush=True)


def videos(drawn: Dataset, folder: Path) -> sg.RealDataset:
    """The same clips as a folder of videos that nobody measured."""
    for clip in drawn:
        target = folder / clip.gesture.rpartition("/")[2] / f"{clip.id}.mp4"
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_symlink():
            target.symlink_to(clip.path.resolve())
    return sg.open_dataset(folder, like=drawn)


def judged(made: Recogniser, photographs: Sequence[LabelledClip]) -> dict[str, object]:
    """How many of the photographs its head names right."""
    found = made.probabilities(photographs).argmax(axis=1)
    right = int((found == [clip.label for clip in photographs]).sum())
    return {"right": right, "accuracy": asdict(proportion(right, len(photographs)))}


if __name__ == "__main__":
    main()
