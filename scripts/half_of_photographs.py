"""One half of data/drone_arm_signals as a folder of its own, to train on: links to the photographs, by class.

python scripts/half_of_photographs.py DATA OUT [even|odd]

The halves are those of ``scripts/real_people.py``: train on ``even``, report on ``odd``.
"""

import sys
from pathlib import Path

from real_people import half

import synthgest as sg
from synthgest.data.real.clip import RealClip
from synthgest.data.real.media import Pictures


def link(data: Path, out: Path, which: str) -> int:
    """Make the folder; returns how many photographs it has."""
    opened = sg.open_dataset(data / "drone_arm_signals")
    clips = half([clip for clip in opened.clips if isinstance(clip, RealClip)], which)
    for clip in clips:
        assert isinstance(clip.media, Pictures)
        (path,) = clip.media.paths
        folder = out / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).symlink_to(path.resolve())
    return len(clips)


if __name__ == "__main__":
    source, folder, *rest = sys.argv[1:]
    print(link(Path(source), Path(folder), *(rest or ["even"])), "photographs")
