"""The annotation files of well-known data sets: UCF101, HMDB51, Kinetics, Jester and Something-Something V2."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from synthgest.data.real.clip import Entry
from synthgest.data.real.folders import frame_files
from synthgest.data.real.media import VIDEOS, Pictures, VideoFile
from synthgest.errors import DatasetError

Reader = Callable[[Path, Path], Iterator[Entry]]
"""From the folder of clips and an annotation file to the clips that it lists; those that are not there have no frames."""


def ucf101(folder: Path, annotations: Path) -> Iterator[Entry]:
    """``trainlist01.txt``: ``Class/v_Class_g08_c01.avi 1``; in a ``testlist`` without the number, which counts from 1 anyway.

    Clips of one group (``g08``) of a class are cut from one film.
    """
    for line in _lines(annotations):
        path = line.rsplit(" ", 1)[0] if re.search(r" \d+$", line) else line
        home, _, name = path.partition("/")
        if not name:
            raise DatasetError(
                f"{annotations}: {line!r} is no line of UCF101's; expected CLASS/FILE, and maybe a number"
            )
        group = re.search(r"_g\d+", name)
        groups = {"source": (home + group[0],)} if group else {}
        yield Entry(
            id=path, name=home, media=VideoFile(inside(folder, path)), split=_stem(annotations, "list"), groups=groups
        )


def hmdb51(folder: Path, annotations: Path) -> Iterator[Entry]:
    """A folder of ``brush_hair_test_split1.txt``, or one such file: ``name.avi 1``; 1 trains, 2 tests, 0 is left out.

    The split keeps clips of one film together within a class, and only there.
    """
    files = sorted(annotations.glob("*_test_split1.txt")) if annotations.is_dir() else [annotations]
    if not files:
        raise DatasetError(
            f"{annotations} holds no CLASS_test_split1.txt; for other splits name one file, or copy them"
        )
    for file in files:
        name = re.sub(r"_test_split\d$", "", file.stem)
        for line in _lines(file):
            clip, _, code = line.rpartition(" ")
            if code not in "012" or not clip:
                raise DatasetError(f"{file}: {line!r} is no line of HMDB51's; expected FILE and 0, 1 or 2")
            if code != "0":
                path = f"{name}/{clip.strip()}"
                film = re.sub(r"_[a-z]+_[uflh]_[cn]m_np\d.*$", "", clip.strip().removesuffix(".avi"))
                split = "train" if code == "1" else "test"
                yield Entry(
                    id=path,
                    name=name,
                    media=VideoFile(inside(folder, path)),
                    split=split,
                    groups={"source": (f"{name} {film}",)},
                )


def kinetics(folder: Path, annotations: Path) -> Iterator[Entry]:
    """``label,youtube_id,time_start,time_end,split``; clips lie as ``[LABEL/]ID_000010_000020.mp4`` or ``[LABEL/]ID.mp4``."""
    for row in _table(annotations, ["label", "youtube_id"], delimiter=","):
        label, film = row["label"].strip(), row["youtube_id"]
        times = [_seconds(row.get(key), annotations) for key in ("time_start", "time_end")]
        names = [] if None in times else [f"{film}_{times[0]:06d}_{times[1]:06d}"]
        choices = [f"{home}{name}.mp4" for name in [*names, film] for home in (f"{label}/", "")]
        safe = [each for each in choices if _leads_inside(folder, each)] or choices[:1]  # a label need not be a folder
        path = next((each for each in safe if inside(folder, each).exists()), safe[0])
        split = row.get("split") or _stem(annotations, "")
        yield Entry(id=path, name=label, media=VideoFile(inside(folder, path)), split=split, groups={"source": (film,)})


def jester(folder: Path, annotations: Path) -> Iterator[Entry]:
    """``jester-v1-train.csv``: ``34870;Drumming Fingers``; frames lie as ``34870/00001.jpg``."""
    for number, line in enumerate(_lines(annotations), start=1):
        clip, _, name = line.partition(";")
        if not name:
            raise DatasetError(f"{annotations}, line {number}: {line!r} has no label; expected ID;LABEL")
        home = inside(folder, clip)
        frames = frame_files(home) if home.is_dir() else (home / "00001.jpg",)
        yield Entry(id=clip, name=name.strip(), media=Pictures(frames), split=_stem(annotations, "jester-v1-"))


def something_v2(folder: Path, annotations: Path) -> Iterator[Entry]:
    """``something-something-v2-train.json``: id and template, whose brackets the label file leaves out; ``ID.webm``."""
    for row in _objects(annotations, ["id", "template"]):
        name = re.sub(r"[\[\]]", "", row["template"])
        path = _video(folder, str(row["id"]), ".webm")
        split = _stem(annotations, "something-something-v2-")
        yield Entry(id=str(row["id"]), name=name, media=VideoFile(path), split=split)


LISTS: Mapping[str, Reader] = {
    "ucf101": ucf101,
    "hmdb51": hmdb51,
    "kinetics": kinetics,
    "jester": jester,
    "something-v2": something_v2,
}
"""Readers of annotation files, by the name of the layout."""


def _seconds(text: str | None, annotations: Path) -> int | None:
    """Whole seconds, or None where nothing is said."""
    if not text:
        return None
    try:
        return int(float(text))
    except (ValueError, OverflowError) as error:
        raise DatasetError(f"{annotations}: {text!r} is no time; expected seconds") from error


def inside(folder: Path, name: str) -> Path:
    """A path below ``folder``; DatasetError for a name in an annotation file that would lead elsewhere."""
    if not _leads_inside(folder, name):
        raise DatasetError(f"{name!r} leads out of {folder}")
    return folder / name


def _leads_inside(folder: Path, name: str) -> bool:
    return "\0" not in name and (folder / name).resolve().is_relative_to(folder.resolve())


def _video(folder: Path, clip: str, usual: str) -> Path:
    choices = [inside(folder, f"{clip}{suffix}") for suffix in (usual, *sorted(VIDEOS - {usual}))]
    return next((path for path in choices if path.exists()), choices[0])


def _stem(annotations: Path, words: str) -> str:
    """The split in a file's name: ``train`` of ``trainlist01.txt``, or of ``jester-v1-train.csv``."""
    for split in ("train", "validation", "val", "test"):
        if annotations.stem.replace(words, "").startswith(split):
            return split
    return annotations.stem


def _lines(path: Path) -> Iterator[str]:
    for line in _text(path).splitlines():
        if line.strip():
            yield line.strip()


def _table(path: Path, columns: Iterable[str], delimiter: str) -> Iterator[dict[str, str]]:
    rows = csv.DictReader(_text(path).splitlines(), delimiter=delimiter)
    try:
        if missing := [column for column in columns if column not in (rows.fieldnames or [])]:
            raise DatasetError(f"{path} has no column {missing[0]!r}; it has {', '.join(rows.fieldnames or ['none'])}")
        for row in rows:
            if missing := [column for column in columns if row[column] is None]:
                raise DatasetError(f"{path}, line {rows.line_num} ends before the column {missing[0]!r}")
            yield row
    except csv.Error as error:
        raise DatasetError(f"{path}, line {rows.line_num} is no line of a table: {error}") from error


def _objects(path: Path, keys: Iterable[str]) -> Iterator[dict[str, Any]]:
    try:
        rows = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path} is not JSON: {error}") from error
    for row in rows if isinstance(rows, list) else [rows]:
        if missing := [key for key in keys if not isinstance(row, dict) or key not in row]:
            raise DatasetError(f"{path}: an entry has no {missing[0]!r}")
        yield row


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read the annotations {path}: {error}") from error
