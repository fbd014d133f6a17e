"""Faults planted in a folder of clips, and how many of them an audit finds.

    python scripts/planted_faults.py DATASET OUT [--clips 300] [--seed 0]

300 clips of a generated data set become class folders in two splits: 20 of them black, 20 frozen, 20 there twice (half of these
the same file, half encoded again, smaller), 20 in another class' folder, 10 cut off (half of them with their index in front, so
that they still open), 10 in both splits (encoded again, cropped and brighter). Prints one row for each kind: planted, found, and
false alarms.
"""

import argparse
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

import synthgest as sg
from synthgest.data.dataset import Clip
from synthgest.data.video import write_video
from synthgest.report.audit import audit
from synthgest.report.evidence import ReportSettings
from synthgest.report.run import write
from synthgest.statistics import proportion

Frames = NDArray[np.uint8]
PLANTED = {"black": 20, "frozen": 20, "duplicate": 20, "label": 20, "truncated": 10, "leak": 10}
FOUND_AS = {
    "black": {"black"},
    "frozen": {"frozen"},
    "duplicate": {"duplicate", "near-duplicate"},
    "label": {"label"},
    "truncated": {"truncated", "unreadable", "short"},
    "leak": {"leak"},
}


def written(path: Path, frames: Frames, fps: float) -> None:
    """A video at a path whose folder need not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_video(path, frames, fps)


def again(frames: Frames, *, side: float, bright: int, crop: float) -> Frames:
    """The same pictures, a little otherwise."""
    height, width = frames.shape[1:3]
    edge = round(height * crop), round(width * crop)
    size = 2 * round(width * side / 2), 2 * round(height * side / 2)
    cut = frames[:, edge[0] : height - edge[0] or None, edge[1] : width - edge[1] or None]
    made = np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in cut])
    return np.clip(made.astype(np.int16) + bright, 0, 255).astype(np.uint8)


def cut_off(path: Path, share: float, *, index_first: bool) -> None:
    """Cut a video file off after a share of its bytes; index_first: so that it still opens."""
    if index_first:
        moved = path.with_suffix(".moved.mp4")
        with av.open(str(path)) as source, av.open(str(moved), "w", options={"movflags": "faststart"}) as target:
            stream: Any = target.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(source.streams.video[0]):
                if packet.size:
                    packet.stream = stream
                    target.mux(packet)
        moved.replace(path)
    data = path.read_bytes()
    path.write_bytes(data[: round(len(data) * share)])


def plant(clips: Sequence[Clip], out: Path, seed: int) -> dict[str, dict[str, str]]:
    """Write the folder; returns by kind the planted clips, each with the clip that it doubles, or empty."""
    rng = np.random.default_rng(seed)
    names = sorted({clip.gesture for clip in clips})
    doubles = PLANTED["duplicate"] + PLANTED["leak"]
    base = [clips[number] for number in rng.permutation(len(clips))][: len(clips) - doubles]
    planted: dict[str, dict[str, str]] = {kind: {} for kind in PLANTED}
    kinds = [kind for kind, count in PLANTED.items() if kind not in ("duplicate", "leak") for _ in range(count)]
    places: dict[str, tuple[Path, Clip]] = {}
    for number, clip in enumerate(base):
        kind = kinds[number] if number < len(kinds) else ""
        split = "train" if number % 5 else "test"
        name = clip.gesture
        if kind == "label":
            name = str(rng.choice([each for each in names if each != clip.gesture]))
        path = out / split / name.replace("/", "_") / f"clip_{rng.integers(1 << 40):010x}.mp4"
        frames = clip.frames()
        if kind == "black":
            written(path, np.clip(rng.normal(2, 1.5, frames.shape), 0, 255).astype(np.uint8), clip.record.fps)
        elif kind == "frozen":
            written(path, np.repeat(frames[len(frames) // 2][None], len(frames), axis=0), clip.record.fps)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(clip.path, path)
        if kind == "truncated":
            cut_off(path, float(rng.uniform(0.3, 0.9)), index_first=number % 2 == 0)
        key = path.relative_to(out).as_posix()
        if kind:
            planted[kind][key] = ""
        else:
            places[key] = (path, clip)
    sound = [key for key in places if key.startswith("train")]
    chosen = [sound[number] for number in rng.permutation(len(sound))[:doubles]]
    for number, key in enumerate(chosen):
        source, clip = places[key]
        kind = "duplicate" if number < PLANTED["duplicate"] else "leak"
        split = "train" if kind == "duplicate" else "test"
        path = out / split / source.parent.name / f"clip_{rng.integers(1 << 40):010x}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "duplicate" and number % 2:
            shutil.copyfile(source, path)
        else:
            changes = (
                {"side": 0.8, "bright": 0, "crop": 0.0}
                if kind == "duplicate"
                else {"side": 0.9, "bright": 12, "crop": 0.02}
            )
            written(path, again(clip.frames(), **changes), clip.record.fps)  # type: ignore[arg-type]
        planted[kind][path.relative_to(out).as_posix()] = key
    return planted


def main() -> None:
    """Plant, audit, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", type=int, default=300)
    parser.add_argument("--classes", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    dataset = sg.Dataset(asked.dataset)
    each = asked.clips // asked.classes
    chosen = [clip for label in range(asked.classes) for clip in [one for one in dataset if one.label == label][:each]]
    planted = plant(chosen, asked.out / "folder", asked.seed)
    told: Callable[..., None] = lambda name, count, total: None  # noqa: E731
    found = audit(sg.open_dataset(asked.out / "folder"), ReportSettings(cache=asked.out / "cache"), progress=told)
    write(found, asked.out / "audit.html")
    faults = found.numbers["sections"]["faults"]["numbers"]["faults"]
    report(planted, faults, asked)


def report(planted: dict[str, dict[str, str]], faults: list[dict[str, str]], asked: argparse.Namespace) -> None:
    """Print how many of each kind were found, and the false alarms."""
    by_clip: dict[str, set[str]] = {}
    for fault in faults:
        by_clip.setdefault(fault["id"], set()).add(fault["kind"])
    spoilt = {key for own in planted.values() for entry in own.items() for key in entry if key}
    everything = [path.relative_to(asked.out / "folder").as_posix() for path in (asked.out / "folder").rglob("*.mp4")]
    sound = [key for key in everything if key not in spoilt]
    rows = {}
    for kind, own in planted.items():
        hits = sum(
            bool(FOUND_AS[kind] & (by_clip.get(key, set()) | by_clip.get(twin, set()))) for key, twin in own.items()
        )
        rows[kind] = {"planted": len(own), "found": hits, "share": proportion(hits, len(own)).value}
        print(f"{kind:10s} planted {len(own):3d}  found {hits:3d}")
    false = {key: sorted(by_clip[key]) for key in sound if key in by_clip}
    hard = {key: kinds for key, kinds in false.items() if kinds != ["label"]}
    share, with_labels = (proportion(len(each), len(sound)) for each in (hard, false))
    print(f"false alarms on {len(sound)} sound clips: {len(hard)} ({share.value:.1%})")
    print(f"with doubtful labels: {len(false)} ({with_labels.value:.1%})")
    print(json.dumps({"rows": rows, "sound": len(sound), "false": false}))


if __name__ == "__main__":
    main()
