"""A part of a data set: some of its clips, and some of its classes, whose numbers begin at 0 again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Clip
from synthgest.data.labelled import LabelledClip, LabelledSet
from synthgest.data.manifest import ClassEntry
from synthgest.data.real.clip import RealClip
from synthgest.errors import SpecError
from synthgest.labels import LabelMode


class Part:
    """Clips of a data set and classes of it, used as the whole is; what is known of them, such as ground truth, stays known."""

    def __init__(
        self, whole: LabelledSet, *, ids: Iterable[str] | None = None, classes: Sequence[str] | None = None
    ) -> None:
        """ids: of the clips that are kept; all by default. classes: full names, in their new order; all by default, in the old.

        SpecError for an id or a class that the whole does not have.
        """
        known = {entry.name: entry for entry in whole.class_entries}
        names = list(known) if classes is None else list(classes)
        if strangers := [name for name in names if name not in known]:
            raise SpecError(f"{whole!r} has no class {strangers[0]!r}")
        self.whole = whole
        self._columns = [known[name].id for name in names]
        numbers = {old: new for new, old in enumerate(self._columns)}
        wanted = None if ids is None else set(ids)
        if wanted is not None and (missing := wanted - {clip.id for clip in whole.clips}):
            raise SpecError(f"{whole!r} has no clip {min(missing)!r}")
        self._rows = [
            number
            for number, clip in enumerate(whole.clips)
            if clip.label in numbers and (wanted is None or clip.id in wanted)
        ]
        self.clips: tuple[LabelledClip, ...] = tuple(
            _labelled(whole.clips[number], numbers[whole.clips[number].label]) for number in self._rows
        )
        self.class_entries: tuple[ClassEntry, ...] = tuple(
            replace(known[name], id=number) for number, name in enumerate(names)
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """Full names; the position is the label."""
        return tuple(entry.name for entry in self.class_entries)

    @property
    def described(self) -> Mapping[str, Any]:
        """What the whole is, and how much of it this is."""
        return {**self.whole.described, "clips": len(self), "classes": list(self.classes)}

    def targets(
        self, labels: LabelMode = "none", *, scores: str = ""
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Label rows (N, K) and weights (N,) as the whole has them; what a row gave to classes that are left out is shared anew."""
        rows, weights = self.whole.targets(labels, scores=scores)
        rows = rows[np.ix_(self._rows, self._columns)]
        return rows / rows.sum(axis=1, keepdims=True), weights[self._rows]

    def __len__(self) -> int:
        """Number of clips."""
        return len(self.clips)

    def __repr__(self) -> str:
        """The whole, and how much of it."""
        return f"Part({self.whole!r}, {len(self)} clips of {len(self.class_entries)} classes)"


def _labelled(clip: LabelledClip, label: int) -> LabelledClip:
    if clip.label == label:
        return clip
    if isinstance(clip, Clip | RealClip):
        return replace(clip, label=label)
    raise SpecError(f"clips that are {type(clip).__name__} keep their numbers; take all classes of them")
