"""Data that experiments ask for: opened with the same classes on all sides, and held apart where it must not leak."""

from collections.abc import Mapping

from synthgest.data.labelled import LabelledSet
from synthgest.data.real.dataset import Classified, open_dataset
from synthgest.data.splits import RELATIVES, require_apart
from synthgest.errors import SpecError
from synthgest.protocols.bench import content


def opened(source: str, *, like: Classified | None = None) -> LabelledSet:
    """A data set; with ``like``, whose classes and numbers it takes, clips of other classes are left out."""
    return open_dataset(source, like=like, strangers="drop")


def require_unrelated(**sides: LabelledSet) -> None:
    """SpecError if clips of one motion or film are on two sides."""
    require_apart({name.replace("_", " "): side.clips for name, side in sides.items()}, group_by=RELATIVES)


def require_all_classes(dataset: LabelledSet, what: str) -> None:
    """SpecError if a class has no clip."""
    there = {clip.label for clip in dataset.clips}
    missing = [entry.name for entry in dataset.class_entries if entry.id not in there]
    if missing:
        raise SpecError(f"the {what} clips {dataset!r} have none of {', '.join(missing[:5])}, which others have")


def described(**sides: LabelledSet | None) -> Mapping[str, object]:
    """Plain values by which data sets are known again."""
    return {
        name: None if side is None else {**side.described, "content": content(side)} for name, side in sides.items()
    }
