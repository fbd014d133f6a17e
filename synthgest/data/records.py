"""Records: what is known of a clip (clips/ab/<id>.json) or of one that could not be made (failures/<id>.json)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from synthgest.errors import CorruptClip
from synthgest.types import Attempt

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The record of a published clip; a clip exists for a reader only if its record exists and matches.

    id: the clip's id. gesture: full name. index: its number among the gesture's clips. seed: that was used. sha256: of
    the video file. bytes: size of the video file. truth_sha256: of the ground truth file, empty where there is none.
    frames, width, height (pixels), fps (frames per second). recipe: name of the recipe. config: digest of the recipe and
    of all else that its clips depend on. licence: of the clip. provenance: what the clip was made from. digital_source_type:
    IPTC's term for how it came about, empty in records of earlier releases. attempts: takes spoilt before this one.
    """

    id: str
    gesture: str
    index: int
    seed: int
    sha256: str
    bytes: int
    truth_sha256: str
    frames: int
    width: int
    height: int
    fps: float
    recipe: str
    config: str
    licence: str
    provenance: dict[str, Any]
    digital_source_type: str = ""
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A shot that could not be made: which one, with what recipe, and every attempt, the last of which says why."""

    id: str
    gesture: str
    index: int
    seed: int
    recipe: str
    attempts: tuple[Attempt, ...]


def provenance_groups(record: Record) -> dict[str, tuple[str, ...]]:
    """What a clip was made from that other clips may share: motion (a captured file, or two), person, place, recipe.

    A motion is known by its name, and by its file's SHA-256, which is that of a film that real clips are of too.
    """
    made = record.provenance
    found: dict[str, tuple[str, ...]] = {"recipe": (record.recipe,)}
    motion = str(made.get("motion", ""))
    if motion and not motion.startswith("keyframes of "):
        found["motion"] = tuple(map(str, [*(made.get("mixed") or [motion]), *(made.get("motion_files") or ())]))
    body, character = made.get("body"), made.get("character")
    if body or character:
        found["person"] = (json.dumps(body, sort_keys=True) if body else str(character),)
    if place := made.get("background") or made.get("environment"):
        found["place"] = (str(place),)
    return found


def clip_path(folder: Path, clip_id: str, suffix: str) -> Path:
    """Where a file of a clip lies: ``clips/ab/<id><suffix>``. Ids are hexadecimal; no name of a class is in a path."""
    return folder / "clips" / clip_id[:2] / f"{clip_id}{suffix}"


def failure_path(folder: Path, clip_id: str) -> Path:
    """Where the report of a failed shot lies."""
    return folder / "failures" / f"{clip_id}.json"


def encode(value: Record | Failure) -> bytes:
    """A record as JSON text: the same value gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1) + b"\n"


def read_record(path: Path, kind: type[Kind]) -> Kind:
    """The ``Record`` or ``Failure`` in a file; a file that holds something else raises CorruptClip."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        advice = "`synthgest verify --repair` removes it, and the same generate command makes the clip again"
        raise CorruptClip(path.stem, f"{path} is not a readable record ({error}); {advice}") from error


def record_ids(folder: Path) -> frozenset[str]:
    """Ids of all published clips, from the names of their records alone."""
    return frozenset(path.stem for path in (folder / "clips").glob("??/[!.]*.json"))  # a dot: not yet published
