"""Lists of videos as well-known data sets and their tools have them; ``synthgest.data.real.lists`` reads most of them."""

import csv
import io
import json
import math

import cv2

from synthgest.data.dataset import Clip
from synthgest.data.splits import groups
from synthgest.exporters.job import Job

_JPEG = 95


def mmaction2(job: Job) -> None:
    """MMAction2's ``VideoDataset``: ``videos/ab/ID.mp4 3`` a line, ``train.txt`` and so on, and ``label_map.txt``."""
    _path_lists(job, ".txt")
    job.write("label_map.txt", "".join(f"{name}\n" for name in job.plain_names))


def vificlip(job: Job) -> None:
    """ViFi-CLIP and TC-CLIP: lists as MMAction2's, and ``labels.csv`` with ``id,name``, whose names are what their prompts say."""
    _path_lists(job, ".txt")
    phrases = [entry.phrase or entry.name.partition("/")[2] for entry in job.dataset.class_entries]
    job.write("labels.csv", _csv(["id", "name"], [[str(number), phrase] for number, phrase in enumerate(phrases)]))


def kinetics(job: Job) -> None:
    """Kinetics' CSV: ``label,youtube_id,time_start,time_end,split``; the clip's own id stands for the film's."""
    rows, names = [], job.line_names
    for split, clip in job.each():
        end = max(1, math.ceil(clip.length / clip.record.fps))
        job.place(clip, f"{clip.id}_{0:06d}_{end:06d}.mp4")
        rows.append([names[clip.label], clip.id, "0", str(end), split])
    for split in job.splits:
        own = [row for row in rows if row[-1] == split]
        job.write(f"{split}.csv", _csv(["label", "youtube_id", "time_start", "time_end", "split"], own))


def ucf101(job: Job) -> None:
    """UCF101: ``Class/v_Class_g01_c01.mp4``, ``classInd.txt`` and a list for each split; clips of a group share their motion."""
    names, lines = job.plain_names, {split: list[str]() for split in job.splits}
    seen: dict[tuple[int, int], list[int]] = {}
    every = [clip for clips in job.splits.values() for clip in clips]
    number_of = dict(zip([clip.id for clip in every], groups(every, ("motion", "source")), strict=True))
    for split, clip in job.each():
        name = names[clip.label]
        groups_before = sum(label == clip.label for label, _ in seen)
        group = seen.setdefault((clip.label, number_of[clip.id]), [groups_before + 1, 0])
        group[1] += 1
        path = f"{name}/v_{name}_g{group[0]:02d}_c{group[1]:02d}.mp4"
        job.place(clip, path)
        lines[split].append(f"{path} {clip.label + 1}" if split == "train" else path)
    job.write("classInd.txt", "".join(f"{number} {name}\n" for number, name in enumerate(names, start=1)))
    for split, own in lines.items():
        job.write(f"{split}list01.txt", "".join(f"{line}\n" for line in own))


def hmdb51(job: Job) -> None:
    """HMDB51: a folder a class, and ``CLASS_test_split1.txt`` with 1 for training, 2 for testing and 0 for neither."""
    names = job.plain_names
    lines: dict[int, list[str]] = {label: [] for label in range(len(names))}
    for split, clip in job.each():
        job.place(clip, f"{names[clip.label]}/{clip.id}.mp4")
        code = {"train": 1, "test": 2}.get(split, 0)
        lines[clip.label].append(f"{clip.id}.mp4 {code}")
    for label, own in lines.items():
        job.write(f"{names[label]}_test_split1.txt", "".join(f"{line}\n" for line in own))


def jester(job: Job) -> None:
    """Jester: numbered folders of frames, ``34870/00001.jpg``; ``jester-v1-train.csv`` with ``34870;Label``, and the labels."""
    names = job.plain_names
    lines: dict[str, list[str]] = {split: [] for split in job.splits}
    for number, (split, clip) in enumerate(job.each(), start=1):
        _write_frames(job, clip, str(number))
        lines[split].append(f"{number};{names[clip.label]}")
    for split, own in lines.items():
        job.write(f"jester-v1-{split}.csv", "".join(f"{line}\n" for line in own))
    job.write("jester-v1-labels.csv", "".join(f"{name}\n" for name in names))


def something_v2(job: Job) -> None:
    """Something-Something V2: ``ID.mp4`` (the original has ``.webm``), JSON lists of ids and templates, and the labels' numbers."""
    templates = [name.replace("[", "(").replace("]", ")") for name in job.line_names]  # brackets would be placeholders
    templates = templates if len(set(templates)) == len(templates) else list(job.plain_names)
    rows: dict[str, list[dict[str, object]]] = {split: [] for split in job.splits}
    for number, (split, clip) in enumerate(job.each(), start=1):
        job.place(clip, f"{number}.mp4")
        template = templates[clip.label]
        rows[split].append({"id": str(number), "label": template, "template": template, "placeholders": []})
    for split, own in rows.items():
        job.write(f"something-something-v2-{split}.json", json.dumps(own, indent=1) + "\n")
    numbers = {template: str(number) for number, template in enumerate(templates)}
    job.write("something-something-v2-labels.json", json.dumps(numbers, indent=1) + "\n")


def _path_lists(job: Job, suffix: str) -> None:
    lines: dict[str, list[str]] = {split: [] for split in job.splits}
    for split, clip in job.each():
        path = f"videos/{clip.id[:2]}/{clip.id}.mp4"
        job.place(clip, path)
        lines[split].append(f"{path} {clip.label}")
    for split, own in lines.items():
        job.write(f"{split}{suffix}", "".join(f"{line}\n" for line in own))


def _write_frames(job: Job, clip: Clip, folder: str) -> None:
    for number, frame in enumerate(clip.frames(), start=1):
        _, encoded = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG])
        job.write(f"{folder}/{number:05d}.jpg", encoded.tobytes())


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: with a space before it."""
    return f" {cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _csv(header: list[str], rows: list[list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[_inert(cell) for cell in row] for row in rows])
    return text.getvalue()
