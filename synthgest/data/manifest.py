"""dataset.toml: the classes with their stable ids, and the runs (recipe, seed, clips a class) that made the folder."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tomli_w

from synthgest.data.storage import write_bytes
from synthgest.errors import ConfigChanged, DatasetError
from synthgest.gestures import Gesture, refuse_twins
from synthgest.tables import read_toml, to_value
from synthgest.types import Recipe

FORMAT = 1

Texts = Literal["original", "transformed", "ensemble"]
"""What words stand for a class: its phrase, what is seen of it, or both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassEntry:
    """A class: stable id, full name, the texts that describe it, what it shows mirrored, and the digest of its specification."""

    id: int
    name: str
    phrase: str
    description: str
    digest: str
    mirror: str = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one recipe made with one base seed: the recipe verbatim, what else it depended on, and clips a class."""

    recipe: str
    engine: str
    seed: int
    licence: str
    config: str
    settings: dict[str, Any]
    fingerprint: dict[str, str] = field(default_factory=dict)
    clips: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The content of dataset.toml."""

    format: int = FORMAT
    classes: tuple[ClassEntry, ...] = ()
    runs: tuple[Run, ...] = ()


def class_texts(entry: ClassEntry, kind: Texts) -> tuple[str, ...]:
    """The words that stand for a class."""
    original = f"a video of {entry.phrase or entry.name.partition('/')[2]}"
    transformed = entry.description or original
    return {"original": (original,), "transformed": (transformed,), "ensemble": (original, transformed)}[kind]


def manifest_path(folder: Path) -> Path:
    """Where the manifest of a data set lies."""
    return folder / "dataset.toml"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a data set, or None where there is none yet. Another format raises DatasetError."""
    path = manifest_path(folder)
    if not path.exists():
        return None
    table = read_toml(path)
    if table.get("format") != FORMAT:
        raise DatasetError(f"{path} has format {table.get('format')!r}; this release reads format {FORMAT}")
    manifest = to_value(table, Manifest, where=str(path))
    if [entry.id for entry in manifest.classes] != list(range(len(manifest.classes))):
        raise DatasetError(f"{path}: the ids of the classes are not 0, 1, 2 ... in order; labels depend on it")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write dataset.toml, whole or not at all."""
    write_bytes(manifest_path(folder), tomli_w.dumps(dataclasses.asdict(manifest)).encode())


def new_run(recipe: Recipe, *, seed: int, config: str, fingerprint: Mapping[str, str], clips: Mapping[str, int]) -> Run:
    """The entry of a run that is asked for."""
    return Run(
        recipe=recipe.name,
        engine=recipe.engine,
        seed=seed,
        licence=recipe.licence,
        config=config,
        settings=dict(recipe.settings),
        fingerprint=dict(fingerprint),
        clips=dict(clips),
    )


def merge(folder: Path, old: Manifest | None, gestures: Sequence[Gesture], run: Run, *, extend: bool) -> Manifest:
    """The manifest after ``run``. What differs from ``old`` raises ConfigChanged, unless ``extend`` adds it.

    A class whose specification changed is refused even then: two meanings of one label cannot share a folder.
    """
    if old is None:
        _refuse_strangers(folder)
        return Manifest(classes=_with_classes((), gestures), runs=(run,))
    fresh = [gesture.name for gesture in gestures if gesture.name not in {entry.name for entry in old.classes}]
    refuse_twins([*(entry.name for entry in old.classes), *fresh])
    changed = tuple(_changed_classes(old, gestures))
    if changed:
        advice = "give the class another name, or choose another folder"
        raise ConfigChanged(f"{folder} holds these classes with another specification; {advice}", changed)
    differences = () if any(_covers(known, run) for known in old.runs) else tuple(_differences(old, run))
    if differences and not extend:
        advice = "give the same command as before, choose another folder, or add to this one with --extend"
        raise ConfigChanged(f"{folder} was begun with other settings; {advice}", differences)
    return Manifest(classes=_with_classes(old.classes, gestures), runs=_with_run(old.runs, run))


def class_entries(gestures: Sequence[Gesture], *, start: int = 0) -> tuple[ClassEntry, ...]:
    """What is kept of gestures, with numbers from ``start`` on."""
    return tuple(
        ClassEntry(
            id=number,
            name=gesture.name,
            phrase=gesture.phrase,
            description=gesture.description,
            digest=gesture.digest,
            mirror=gesture.mirror,
        )
        for number, gesture in enumerate(gestures, start=start)
    )


def _refuse_strangers(folder: Path) -> None:
    """A folder that is not empty and not a data set belongs to somebody else: nothing of it is overwritten."""
    ours = {"clips", "failures"}
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    others = sorted(name for name in names if name not in ours and not name.startswith((".lock", ".part-")))
    if others and not manifest_path(folder).exists():  # else another command has begun the data set this moment
        raise DatasetError(f"{folder} holds {others[0]!r} and is not a data set; choose a new or an empty folder")


def _same_config(known: Run, run: Run) -> bool:
    return (known.config, known.seed, known.recipe) == (run.config, run.seed, run.recipe)


def _covers(known: Run, run: Run) -> bool:
    return _same_config(known, run) and all(known.clips.get(name, -1) >= count for name, count in run.clips.items())


def _changed_classes(old: Manifest, gestures: Sequence[Gesture]) -> list[str]:
    known = {entry.name: entry.digest for entry in old.classes}
    return [
        f"specification of {gesture.name!r}: {known[gesture.name][:12]} in the folder, {gesture.digest[:12]} now"
        for gesture in gestures
        if gesture.name in known and known[gesture.name] != gesture.digest
    ]


def _differences(old: Manifest, run: Run) -> list[str]:
    nearest = max(
        old.runs, key=lambda known: (known.recipe == run.recipe, known.config == run.config, known.seed == run.seed)
    )
    lines = [
        f"{key}: {getattr(nearest, key)!r} in the folder, {getattr(run, key)!r} asked for"
        for key in ("recipe", "engine", "seed")
        if getattr(nearest, key) != getattr(run, key)
    ]
    for part in ("settings", "fingerprint"):
        before, after = getattr(nearest, part), getattr(run, part)
        lines += [
            f"{part}.{key}: {before.get(key, 'nothing')!r} in the folder, {after.get(key, 'nothing')!r} asked for"
            for key in sorted(before.keys() | after.keys())
            if before.get(key) != after.get(key) and not (part == "settings" and key in run.fingerprint)
        ]
    lines += [
        f"clips of {name!r}: {nearest.clips.get(name, 0)} in the folder, {count} asked for"
        for name, count in run.clips.items()
        if nearest.clips.get(name, 0) < count
    ]
    return lines or ["config: drawn by another release of synthgest"]


def _with_classes(known: tuple[ClassEntry, ...], gestures: Sequence[Gesture]) -> tuple[ClassEntry, ...]:
    names = {entry.name for entry in known}
    return known + class_entries([gesture for gesture in gestures if gesture.name not in names], start=len(known))


def _with_run(runs: tuple[Run, ...], run: Run) -> tuple[Run, ...]:
    if not any(_same_config(known, run) for known in runs):
        return (*runs, run)
    return tuple(_widened(known, run) if _same_config(known, run) else known for known in runs)


def _widened(known: Run, run: Run) -> Run:
    clips = known.clips | {name: max(count, known.clips.get(name, 0)) for name, count in run.clips.items()}
    return dataclasses.replace(known, clips=clips)
