"""Data that experiments ask for: opened with the same classes on all sides, and held apart where it must not leak."""

from collections.abc import Mapping

from synthgest.data.labelled import LabelledSet
from synthgest.data.real.dataset import Classified, RealDataset, open_dataset
from synthgest.data.splits import RELATIVES, require_apart
from synthgest.errors import SpecError
from synthgest.protocols.bench import content
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import digest


def opened(source: str, terms: Terms, *, like: Classified | None = None) -> LabelledSet:
    """A data set; with ``like``, whose classes and numbers it takes, clips of other classes are what the terms say of strangers."""
    return open_dataset(source, like=like, strangers=terms.strangers)


def require_unrelated(queries: Mapping[str, LabelledSet], learned: Mapping[str, LabelledSet | None]) -> None:
    """SpecError if a clip of a query is of the same motion or film as one that is learned, re-enactments among them."""
    for name, query in queries.items():
        for other, side in learned.items():
            if side is not None:
                require_apart({other: side.clips, name: query.clips}, group_by=RELATIVES)


def require_all_classes(dataset: LabelledSet, what: str) -> None:
    """SpecError if a class has no clip."""
    there = {clip.label for clip in dataset.clips}
    missing = [entry.name for entry in dataset.class_entries if entry.id not in there]
    if missing:
        raise SpecError(f"the {what} clips {dataset!r} have none of {', '.join(missing[:5])}, which others have")


def described(terms: Terms, **sides: LabelledSet | None) -> Mapping[str, object]:
    """Plain values by which data sets are known again: clips, what they show, and labels as they are smoothed.

    SpecError where the terms' labels need scores that are not there.
    """
    found: dict[str, object] = {}
    for name, side in sides.items():
        if side is None:
            found[name] = None
            continue
        found[name] = {**side.described, "content": content(side)}
        mode = terms.labels_of(side)
        if mode != "none":
            rows, weights = side.targets(mode, scores=terms.scores)
            found[f"labels of {name}"] = digest([rows.round(9).tolist(), weights.round(9).tolist()])
        if isinstance(side, RealDataset) and side.missing:
            found[f"clips of {name} that are not there"] = len(side.missing)
    return found
