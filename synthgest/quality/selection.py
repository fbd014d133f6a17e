"""A selection: which clips of a data set are worth training on, and why each other one is not. Nothing is deleted."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from synthgest.data.dataset import Clip, Dataset
from synthgest.data.storage import make_folder, write_bytes
from synthgest.data.video import tsn_indices
from synthgest.errors import CorruptClip, DatasetError, SpecError, nearest
from synthgest.quality.duplicates import FRAMES, NEAR, near_duplicates, perceptual_hash
from synthgest.quality.measures import Measures, measure
from synthgest.tables import to_value

_MEASURES = tuple(field.name for field in Measures.__dataclass_fields__.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What a clip must be like. Each is the least or the most of a measure (``synthgest.quality.measures``).

    Of the first 60 clips of ``everyday`` and ``drone`` by the default recipe the least motion was 1.6, the most still 0.02, the
    most flicker 0.02, the least loop 0.25 and the least sharpness 2.4.
    """

    least_motion: float = 0.8
    most_still: float = 0.4
    most_flicker: float = 2.0
    least_loop: float = 0.18
    least_sharpness: float = 1.0

    def fault(self, measures: Measures) -> str:
        """The first gate that a clip does not pass, or empty."""
        for key in self.__dataclass_fields__:
            side, _, name = key.partition("_")
            value, bound = getattr(measures, name), getattr(self, key)
            if value < bound if side == "least" else value > bound:
                return f"{name} {value:.3g} is {'below' if side == 'least' else 'above'} {bound:g}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Clips that are kept, by id, and why the others are not; with what was measured of each."""

    kept: tuple[str, ...]
    dropped: Mapping[str, str]
    measures: Mapping[str, Measures] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)


def select(
    dataset: Dataset,
    *,
    per_class: int = 0,
    balance: bool = False,
    gates: Gates | None = None,
    near: float = NEAR,
    uncertainty: Mapping[str, float] | None = None,
    progress: Callable[[Clip], None] | None = None,
) -> Selection:
    """Choose clips: those that pass the gates, one of each set of near-duplicates, and the best ``per_class``.

    per_class: 0 keeps all. balance: every class as many as the smallest has. near: share of bits in which near-duplicates
    differ; 0 looks for none. uncertainty: by id, such as from scores; the most certain clips are the best, else the
    sharpest are. progress: called after each clip that was measured.
    """
    if per_class < 0:
        raise SpecError(f"per_class is {per_class}; expected 0 for all, or a number of clips")
    chosen = gates or Gates()
    dropped: dict[str, str] = {}
    measures, hashes = {}, {}
    for clip in dataset:
        try:
            frames = clip.frames()
            measures[clip.record.id] = measure(frames, clip.truth())
            hashes[clip.record.id] = perceptual_hash(frames[list(tsn_indices(len(frames), FRAMES))])
        except CorruptClip as error:
            dropped[clip.record.id] = f"cannot be read: {error}"
        if progress is not None:
            progress(clip)
    for name, found in measures.items():
        if fault := chosen.fault(found):
            dropped[name] = fault
    worth = _worth(measures, uncertainty)
    left = [clip for clip in dataset if clip.record.id not in dropped]
    left.sort(key=lambda clip: (-worth[clip.record.id], clip.record.id))
    if near > 0:
        left = _without_twins(left, hashes, near, dropped)
    left = _best(left, per_class, dropped, balance=balance)
    kept = {clip.record.id for clip in left}
    return Selection(
        kept=tuple(clip.record.id for clip in dataset if clip.record.id in kept),
        dropped=dropped,
        measures=measures,
        settings={"per_class": per_class, "balance": balance, "near": near, **asdict(chosen)},
    )


def write_selection(path: Path, selection: Selection) -> None:
    """Keep a selection as JSON, whole or not at all."""
    make_folder(path.parent)
    write_bytes(path, json.dumps(asdict(selection), indent=1).encode())


def read_selection(path: Path) -> Selection:
    """A selection that ``write_selection`` kept."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(f"cannot read the selection {path}: {error}") from error
    return to_value(table, Selection, where=str(path))


def gates_from(settings: Mapping[str, float]) -> Gates:
    """Gates with some of them replaced; SpecError for an unknown one."""
    for key in settings:
        if key not in Gates.__dataclass_fields__:
            raise SpecError(f"no gate {key!r}; {nearest(key, Gates.__dataclass_fields__)}")
    return to_value(settings, Gates, where="the gates")


def _worth(measures: Mapping[str, Measures], uncertainty: Mapping[str, float] | None) -> dict[str, float]:
    if uncertainty is None:
        return {name: found.sharpness for name, found in measures.items()}
    return {name: -uncertainty.get(name, float("inf")) for name in measures}


def _without_twins(
    clips: Sequence[Clip], hashes: Mapping[str, np.ndarray], near: float, dropped: dict[str, str]
) -> list[Clip]:
    """The best of each set of near-duplicates; clips come best first."""
    gone: set[int] = set()
    for first, second, _ in near_duplicates([hashes[clip.record.id] for clip in clips], near=near):
        if first not in gone and second not in gone:
            gone.add(second)
            dropped[clips[second].record.id] = f"near-duplicate of {clips[first].record.id}"
    return [clip for number, clip in enumerate(clips) if number not in gone]


def _best(clips: Sequence[Clip], per_class: int, dropped: dict[str, str], *, balance: bool) -> list[Clip]:
    by_class: dict[int, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_class[clip.label].append(clip)
    sizes = Counter({label: len(own) for label, own in by_class.items()})
    most = per_class or max(sizes.values(), default=0)
    if balance:
        most = min(most, min(sizes.values(), default=0))
    for own in by_class.values():
        for clip in own[most:]:
            dropped[clip.record.id] = f"not among the best {most} of its class"
    return [clip for own in by_class.values() for clip in own[:most]]
