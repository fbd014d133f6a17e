"""Which clips of a data set an experiment learns from, by seed: orders whose beginnings are the smaller choices."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from synthgest.data.labelled import LabelledClip, LabelledSet
from synthgest.data.part import Part
from synthgest.data.splits import relations
from synthgest.errors import SpecError


def orders(dataset: LabelledSet, *, seed: int) -> dict[int, list[LabelledClip]]:
    """For each class its clips in an order by chance, those of one motion or film as far apart as can be.

    The first K are K shots, and 2 K shots hold them. A class's order depends on its own clips alone.
    """
    found: dict[int, list[LabelledClip]] = {}
    for entry in dataset.class_entries:
        own = sorted((clip for clip in dataset.clips if clip.label == entry.id), key=lambda clip: clip.id)
        rng = np.random.default_rng([seed, *entry.name.encode()])
        seen: Counter[str] = Counter()
        ranked: list[tuple[int, int, LabelledClip]] = []
        for number in rng.permutation(len(own)):
            related = relations(own[number])
            ranked.append((max((seen[name] for name in related), default=0), len(ranked), own[number]))
            seen.update(related)
        found[entry.id] = [clip for _, _, clip in sorted(ranked, key=lambda each: each[:2])]
    return found


def shots(dataset: LabelledSet, count: int, *, seed: int, scarce: bool = False) -> Part:
    """``count`` clips of every class; of one that has fewer all of them if ``scarce``, else SpecError."""
    counts = [min(count, size) if scarce else count for size in sizes(dataset)]
    return counted(dataset, dict(enumerate(counts)), seed=seed)


def counted(dataset: LabelledSet, counts: Mapping[int, int], *, seed: int) -> Part:
    """As many clips of each class as ``counts`` says, by its number; SpecError for a class that has fewer."""
    found = orders(dataset, seed=seed)
    for number, count in counts.items():
        if len(found[number]) < count:
            name = dataset.class_entries[number].name
            raise SpecError(f"{dataset!r} has {len(found[number])} clips of {name}; {count} are asked for")
    return Part(dataset, ids=[clip.id for number, count in counts.items() for clip in found[number][:count]])


def some_classes(dataset: LabelledSet, count: int, *, seed: int) -> list[str]:
    """Full names of ``count`` classes by chance, in the data set's order; fewer are among more. SpecError if there are fewer."""
    names = [entry.name for entry in dataset.class_entries]
    if not 1 <= count <= len(names):
        raise SpecError(f"{dataset!r} has {len(names)} classes; {count} are asked for")
    chosen = set(np.random.default_rng(seed).permutation(len(names))[:count].tolist())
    return [name for number, name in enumerate(names) if number in chosen]


def sizes(dataset: LabelledSet) -> list[int]:
    """Clips of each class, by its number."""
    counts = Counter(clip.label for clip in dataset.clips)
    return [counts[entry.id] for entry in dataset.class_entries]


def require_numbers(name: str, values: Sequence[int], *, least: int) -> None:
    """SpecError unless values rise from ``least`` on."""
    if not values or list(values) != sorted(set(values)) or values[0] < least:
        raise SpecError(f"{name} are {list(values)}; expected numbers that rise, from {least} on")
