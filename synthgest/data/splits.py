"""Splits that do not leak: clips that share a motion, a person or a place stay together, and what crosses is found."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from synthgest.data.labelled import LabelledClip
from synthgest.errors import SpecError, nearest

GROUPINGS: tuple[str, ...] = ("motion", "person", "place", "recipe", "source")
"""What clips may have in common. motion: the file that it was captured in, or two; every performance of keyframes is its own.
person: the same body and clothes, or the same performer. place: the same background. recipe: the same generator. source: the
film that a real clip was cut from."""

RELATIVES: tuple[str, ...] = ("motion", "source")
"""Groupings by which two clips show the same performance, so that the one must not be asked about the other."""

FRACTIONS: Mapping[str, float] = {"train": 0.8, "validation": 0.1, "test": 0.1}


Kind = TypeVar("Kind", bound=LabelledClip)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Two clips of different splits that have something in common. ids: of both. reason: a grouping, or ``near-duplicate``."""

    first: str
    second: str
    reason: str


def groups_of(clip: LabelledClip, grouping: str) -> tuple[str, ...]:
    """What a clip has in common with others by a grouping; its own id where it says nothing that others could share.

    Where there are several, it is related to all that share any of them.
    """
    return _groups_of(clip, grouping) or (clip.id,)


def relations(clip: LabelledClip) -> frozenset[str]:
    """Names of all by which a clip's performance is known: its motion and film, or its own content where it says nothing."""
    return frozenset(f"{grouping} {name}" for grouping in RELATIVES for name in _common(clip, grouping))


def _common(clip: LabelledClip, grouping: str) -> tuple[str, ...]:
    """As ``groups_of``, between sets, in which an id may be that of another clip."""
    return _groups_of(clip, grouping) or (clip.content,)


def _groups_of(clip: LabelledClip, grouping: str) -> tuple[str, ...]:
    if grouping not in GROUPINGS:
        raise SpecError(f"no grouping {grouping!r}; {nearest(grouping, GROUPINGS)}")
    return clip.groups.get(grouping, ())


def groups(clips: Sequence[LabelledClip], group_by: Sequence[str]) -> list[int]:
    """For each clip the number of its group: clips that share anything of ``group_by``, directly or through others.

    Every axis at once ties a full factorial of people and places into one group; choose what must not be shared.
    """
    joined: list[tuple[int, int]] = []
    for grouping in group_by:
        first: dict[str, int] = {}
        joined += [
            (first.setdefault(name, number), number)
            for number, clip in enumerate(clips)
            for name in groups_of(clip, grouping)
        ]
    rows, columns = zip(*joined, strict=True) if joined else ((), ())
    graph = coo_array((np.ones(len(joined)), (rows, columns)), shape=(len(clips), len(clips)))
    numbers: list[int] = connected_components(graph, directed=False)[1].tolist()
    return numbers


def split(
    clips: Sequence[Kind],
    *,
    fractions: Mapping[str, float] = FRACTIONS,
    group_by: Sequence[str] = ("motion",),
    seed: int = 0,
) -> dict[str, tuple[Kind, ...]]:
    """Clips by split, each group in one of them, each class spread as the fractions say as nearly as groups allow.

    SpecError if there are fewer groups than splits.
    """
    total = sum(fractions.values())
    if not fractions or not total > 0 or min(fractions.values()) < 0:
        raise SpecError(f"fractions are {dict(fractions)}; expected a name and a share for each split")
    numbers = groups(clips, group_by)
    members: dict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(numbers):
        members[number].append(index)
    if len(members) < len(fractions):
        shared = ", ".join(group_by)
        raise SpecError(
            f"clips that share {shared} form {len(members)} group(s), too few for {len(fractions)} splits; group by less"
        )
    chosen = _assigned(clips, members, {name: share / total for name, share in fractions.items()}, seed)
    return {name: tuple(clips[index] for index in sorted(indices)) for name, indices in chosen.items()}


def leaks(
    first: Sequence[LabelledClip], second: Sequence[LabelledClip], *, group_by: Sequence[str] = ("motion",)
) -> list[Leak]:
    """What two splits have in common, one finding for each clip of the second and each grouping."""
    found = []
    for grouping in group_by:
        there = {name: clip for clip in first for name in _common(clip, grouping)}
        for clip in second:
            others = [there[name] for name in _common(clip, grouping) if name in there]
            if others:
                found.append(Leak(first=others[0].id, second=clip.id, reason=grouping))
    return found


def require_apart(splits: Mapping[str, Sequence[LabelledClip]], *, group_by: Sequence[str] = ("motion",)) -> None:
    """SpecError if any two splits have something in common."""
    names = list(splits)
    for number, name in enumerate(names):
        for other in names[number + 1 :]:
            found = leaks(splits[name], splits[other], group_by=group_by)
            if found:
                example = found[0]
                raise SpecError(
                    f"{name} and {other} share {len(found)} clips' {example.reason}, such as {example.first} and "
                    f"{example.second}: what is tested would have been trained on. Split by groups (synthgest.data.splits)"
                )


def _assigned(
    clips: Sequence[LabelledClip], members: Mapping[int, Sequence[int]], shares: Mapping[str, float], seed: int
) -> dict[str, list[int]]:
    """Groups, the largest first and in random order among equals, each to the split that lacks its classes most."""
    rng = np.random.default_rng(seed)
    totals = Counter(clip.label for clip in clips)
    have: dict[str, Counter[int]] = {name: Counter() for name in shares}
    chosen: dict[str, list[int]] = {name: [] for name in shares}
    order = [list(members)[number] for number in rng.permutation(len(members))]
    for number in sorted(order, key=lambda number: -len(members[number])):
        labels = Counter(clips[index].label for index in members[number])

        def lack(name: str, labels: Counter[int] = labels) -> float:
            return sum(
                count * (shares[name] * totals[label] - have[name][label]) / max(shares[name] * totals[label], 1e-9)
                for label, count in labels.items()
            )

        empty = [name for name in shares if not chosen[name] and shares[name] > 0]
        waiting = len(members) - sum(map(bool, chosen.values()))
        best = max(empty if empty and waiting <= len(empty) else list(shares), key=lack)
        chosen[best] += members[number]
        have[best] += labels
    return chosen
