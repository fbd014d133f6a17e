"""Clips of bow, wave and raise-hand that recorded motions drive: people and places are drawn, movements are those of three actors.

python scripts/recorded_motions.py DATA OUT [--clips 24] [--half even|odd]

DATA holds bandai_bvh/, of which no file is copied: OUT/motions are links, OUT/clips a data set whose classes are ``own/bow``,
``own/wave`` and ``own/raise-hand``. The halves share no recording, body or place: one to learn, the other to name.
"""

import argparse
from pathlib import Path

import synthgest as sg
from synthgest.gestures import gestures_from_folder

MOTIONS = {
    "bow": ("dataset-1_bow_*",),
    "wave": ("dataset-1_bye_*", "dataset-1_byebye_*", "dataset-2_wave-left-hand_*", "dataset-2_wave-right-hand_*"),
    "raise-hand": ("dataset-2_raise-up-left-hand_*", "dataset-2_raise-up-right-hand_*"),
}
LOOKED_AT = {
    "dataset-1_bye_normal_001",
    "dataset-1_byebye_active_001",
    "dataset-2_raise-up-left-hand_normal_026",
    "dataset-2_raise-up-right-hand_youthful_001",
    "dataset-2_wave-left-hand_active_001",
    "dataset-2_wave-right-hand_feminine_010",
}
"""Left out: by these the variants of wave and raise-hand were written. Those of bow were by all three that there are."""
SETTINGS = {"fps": 8, "frames": [12, 32]}
SEEDS = {"": 71, "even": 72, "odd": 73}


def link(recordings: Path, out: Path, half: str) -> None:
    """A folder of links for each class: to every recording, or to every second one."""
    for name, patterns in MOTIONS.items():
        (out / name).mkdir(parents=True, exist_ok=True)
        found = [path for pattern in patterns for path in sorted(recordings.glob(f"{pattern}.bvh"))]
        kept = [path for path in found if path.stem not in LOOKED_AT]
        for path in {"": kept, "even": kept[::2], "odd": kept[1::2]}[half]:
            target = out / name / path.name
            if not target.is_symlink():
                target.symlink_to(path.resolve())


def main() -> None:
    """Link, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", type=int, default=24, help="of each class")
    parser.add_argument("--half", choices=["even", "odd"], default="", help="every second recording of a class alone")
    asked = parser.parse_args()
    link(asked.data / "bandai_bvh", asked.out / "motions", asked.half)
    gestures = gestures_from_folder(asked.out / "motions")
    seed = SEEDS[asked.half]
    print(sg.generate(gestures, settings=SETTINGS, clips=asked.clips, seed=seed, out=asked.out / "clips", workers=2))


if __name__ == "__main__":
    main()
