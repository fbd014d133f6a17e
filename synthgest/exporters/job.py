"""What an exporter is given: clips by split, names that are safe in paths, and a folder that appears when all is written."""

import json
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthgest.data.dataset import Clip, Dataset
from synthgest.data.splits import FRACTIONS, RELATIVES, split
from synthgest.data.storage import make_folder, part_beside, raise_storage, sweep_beside, write_bytes
from synthgest.errors import DatasetError, SpecError, nearest
from synthgest.exporters import exporter_entries

CLASSES = "classes.json"
"""In every export: number, name and phrase of each class, and how the format writes it."""

_TOP = "synthetic clips made by synthgest (AI-generated); nobody was filmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One export. folder: to be filled. splits: clips by name of split, in order. progress: called once a clip."""

    dataset: Dataset
    splits: Mapping[str, Sequence[Clip]]
    folder: Path
    progress: Callable[[int], None] = field(default=lambda _: None)

    @property
    def classes(self) -> tuple[str, ...]:
        """Full names; the position is the label."""
        return self.dataset.classes

    @property
    def plain_names(self) -> tuple[str, ...]:
        """For each class a name of ASCII letters, digits, ``-`` and ``_``, each once in any letter case: for paths and lines."""
        return plain_names(self.classes)

    @property
    def line_names(self) -> tuple[str, ...]:
        """For each class its full name where that fits in a line of text and is like no other, else its plain one."""
        loose = Counter(_loose(name) for name in self.classes)
        return tuple(
            name if name.isprintable() and loose[_loose(name)] == 1 else plain
            for name, plain in zip(self.classes, self.plain_names, strict=True)
        )

    def each(self) -> Iterator[tuple[str, Clip]]:
        """Every clip with its split; progress is told after each."""
        for name, clips in self.splits.items():
            for clip in clips:
                yield name, clip
                self.progress(1)

    def place(self, clip: Clip, path: str) -> None:
        """A copy of the clip's video at a path in the export."""
        target = self.folder / path
        make_folder(target.parent)
        try:
            shutil.copyfile(clip.path, target)
        except OSError as error:
            raise_storage(error, target)

    def write(self, path: str, content: str | bytes) -> None:
        """A file in the export; text as UTF-8."""
        make_folder((self.folder / path).parent)
        write_bytes(self.folder / path, content.encode() if isinstance(content, str) else content)


Exporter = Callable[[Job], None]
"""What an entry point names: it fills ``Job.folder``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What came of it. clips: by split."""

    folder: Path
    format: str
    clips: Mapping[str, int]


def export(
    dataset: Dataset,
    out: str | Path,
    format: str,
    *,
    fractions: Mapping[str, float] = FRACTIONS,
    group_by: Sequence[str] = RELATIVES,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write a data set in another tool's layout into a new folder.

    format: of ``exporter_entries()``. fractions: of the splits, which share nothing of ``group_by``; one alone is all clips. The
    folder appears when it is whole. SpecError for an unknown format, DatasetError where the folder is there, or there are no clips.
    """
    folder, entries = Path(out), exporter_entries()
    if wrong := [name for name in fractions if not name.isidentifier()]:
        raise SpecError(f"{wrong[0]!r} names a split; expected a word such as train")
    if format not in entries:
        raise SpecError(f"no format {format!r} to export to; {nearest(format, entries)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(f"{folder} is there already; give the export a new folder")
    if not len(dataset):
        raise DatasetError(f"{dataset.folder} holds no clips to export")
    exporter: Exporter = entries[format].load()
    if len(fractions) == 1:
        splits: dict[str, tuple[Clip, ...]] = {next(iter(fractions)): dataset.clips}
    else:
        splits = split(dataset.clips, fractions=fractions, group_by=group_by, seed=seed)
    make_folder(folder.parent)
    sweep_beside(folder)
    part = part_beside(folder)
    make_folder(part)
    try:
        job = Job(dataset=dataset, splits=splits, folder=part, progress=progress or (lambda _: None))
        job.write(CLASSES, _classes(job))
        exporter(job)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise_storage(error, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Exported(folder=folder, format=format, clips={name: len(clips) for name, clips in splits.items()})


def plain_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names of ASCII letters, digits, ``-`` and ``_``, each once in any letter case; the bare name where that is enough."""
    made: list[str] = []
    taken: set[str] = set()
    for number, name in enumerate(names):
        bare = name.partition("/")[2] or name
        folded = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode()
        plain = re.sub(r"[^A-Za-z0-9]+", "_", folded).strip("_")[:60]
        if not plain or plain.casefold() in taken:
            plain = f"{plain}_{number}".lstrip("_") if plain else f"class_{number}"
        while plain.casefold() in taken:
            plain += "_"
        taken.add(plain.casefold())
        made.append(plain)
    return tuple(made)


def _loose(name: str) -> str:
    """A name without vocabulary, case and punctuation, by which readers compare classes."""
    return re.sub(r"[\W_]+", " ", name.partition("/")[2] or name).strip().casefold()


def _classes(job: Job) -> str:
    rows: list[dict[str, Any]] = [
        {"id": entry.id, "name": entry.name, "phrase": entry.phrase, "written": plain}
        for entry, plain in zip(job.dataset.class_entries, job.plain_names, strict=True)
    ]
    return json.dumps({"about": _TOP, "classes": rows}, indent=1, ensure_ascii=True) + "\n"
