"""A real data set as a value: clips that others made and labelled, with class numbers of its own or of a synthetic set."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.data.manifest import ClassEntry, manifest_path
from synthgest.data.real.clip import Entry, RealClip
from synthgest.data.real.described import read_source
from synthgest.data.real.folders import class_folders
from synthgest.data.real.hugging_face import hugging_face
from synthgest.data.real.lists import LISTS
from synthgest.data.real.media import Pictures, VideoFile
from synthgest.errors import DatasetError, SpecError, nearest
from synthgest.gestures import OWN
from synthgest.labels import LabelMode

if TYPE_CHECKING:
    from synthgest.data.torch_view import ClipDataset

Missing: TypeAlias = Literal["raise", "skip"]
LAYOUTS: tuple[str, ...] = ("folders", *LISTS, "hugging-face")
"""How real data may lie on disk."""

_NAMED = 5  # classes in a message


class Classified(Protocol):
    """Whatever has classes: a data set, or a recogniser."""

    @property
    def class_entries(self) -> tuple[ClassEntry, ...]:
        """In the order of their numbers."""
        ...


class RealDataset:
    """Clips that were filmed: as ``Dataset`` is used, with ``classes``, ``clips``, ``only`` and ``torch``.

    missing: paths that an annotation file lists and that are not there.
    """

    def __init__(
        self, name: str, classes: Sequence[ClassEntry], clips: Sequence[RealClip], missing: Sequence[str] = ()
    ) -> None:
        self.name = name
        self._classes = tuple(classes)
        self.clips = tuple(clips)
        self.missing = tuple(missing)

    @property
    def class_entries(self) -> tuple[ClassEntry, ...]:
        """All that is known of the classes, in the order of their labels."""
        return self._classes

    @property
    def classes(self) -> tuple[str, ...]:
        """Names; the position is the label."""
        return tuple(entry.name for entry in self.class_entries)

    def only(self, ids: Iterable[str]) -> "RealDataset":
        """The same data set with some of its clips; SpecError for an id that it does not have."""
        wanted = set(ids)
        if strangers := wanted - {clip.id for clip in self.clips}:
            raise SpecError(f"{self.name} has no clip {min(strangers)!r}")
        return RealDataset(
            self.name, self.class_entries, [clip for clip in self.clips if clip.id in wanted], self.missing
        )

    def torch(self, **view: Any) -> "ClipDataset":
        """As ``Dataset.torch``, with one-hot labels: what was filmed is what its label says. view: see ``ViewSettings``."""
        from synthgest.data.torch_view import ClipDataset, ViewSettings

        rows, weights = self.targets()
        return ClipDataset(self.clips, self.class_entries, rows, weights, ViewSettings(**view))

    def targets(
        self, labels: LabelMode = "none", *, scores: str = ""
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One-hot rows (N, K) and weights of 1 (N,); SpecError for labels of another mode, which need scores."""
        if labels != "none" or scores:
            raise SpecError(f"{self.name} was filmed, so its labels are certain; expected labels='none'")
        found = np.array([clip.label for clip in self.clips], np.intp)
        return np.eye(len(self.class_entries))[found], np.ones(len(self))

    @property
    def described(self) -> dict[str, Any]:
        """Plain values that say what it is, wherever it lies."""
        return {"name": Path(self.name).name, "clips": len(self)}

    def __len__(self) -> int:
        """Number of clips."""
        return len(self.clips)

    def __iter__(self) -> Iterator[RealClip]:
        """All clips, in order."""
        return iter(self.clips)

    def __getitem__(self, index: int) -> RealClip:
        """The clip at a position."""
        return self.clips[index]

    def __repr__(self) -> str:
        """Name, number of classes and clips."""
        return f"RealDataset({self.name!r}: {len(self)} clips of {len(self.class_entries)} classes)"


def open_dataset(
    source: str | Path,
    *,
    layout: str = "",
    annotations: str | Path | Sequence[str | Path] = "",
    split: str = "",
    like: Classified | None = None,
    strangers: Literal["raise", "drop"] = "raise",
    missing: Missing = "raise",
) -> Dataset | RealDataset:
    """Open a data set of synthgest, or real clips in any layout that is known.

    source: a folder, or for ``hugging-face`` a name on the hub too; or a ``.toml`` file with path, layout, annotations (a list),
    split and missing, which then are not given beside it. layout: one of ``LAYOUTS``; without it a folder with a
    ``dataset.toml`` is ours, any other has a folder for each class. annotations: the list, for layouts that have one, or several.
    split: only clips of it. like: a data set whose classes, their numbers and mirror rules are taken, such as the synthetic one, or
    the training list's for a test list; names are compared without vocabulary, case and punctuation. strangers: clips of other
    classes than those. missing: clips that the list names and that are not there.
    """
    folder = Path(source)
    if folder.suffix == ".toml":
        if layout or annotations or split:
            raise SpecError(f"{source} says itself how the clips lie; give no layout, annotations or split beside it")
        told = read_source(folder)
        return open_dataset(
            told.path,
            layout=told.layout,
            annotations=told.annotations,
            split=told.split,
            like=like,
            strangers=strangers,
            missing=told.missing if missing == "raise" else missing,
        )
    if not layout and manifest_path(folder).exists():
        ours = Dataset(folder)
        return ours if like is None or like.class_entries == ours.class_entries else _renumbered(ours, like, strangers)
    found = _read(folder, str(source), layout or "folders", annotations)
    classes = like.class_entries if like is not None else _own_classes(found)  # of all splits: numbers must not shift
    found = [entry for entry in found if not split or entry.split == split]
    if not found:
        raise DatasetError(f"{source} has no clips{f' of the split {split!r}' if split else ''}")
    gone = [entry.id for entry in found if not _is_there(entry)]
    if gone and (missing == "raise" or len(gone) == len(found)):
        raise DatasetError(
            f"{len(gone)} of {len(found)} clips that {annotations or source} lists are not in {source}, such as {gone[0]!r}; "
            "missing='skip' goes on without them"
        )
    absent = set(gone)
    clips = list(_numbered([entry for entry in found if entry.id not in absent], classes, strangers, str(source)))
    _require_some(clips, found, classes, str(source))
    return RealDataset(str(source), classes, clips, gone)


def _require_some(
    clips: Sequence[RealClip], entries: Sequence[Entry], classes: Sequence[ClassEntry], source: str
) -> None:
    if not clips:
        found, wanted = (", ".join(sorted({each.name for each in part})[:_NAMED]) for part in (entries, classes))
        raise DatasetError(f"{source} has clips of {found}, and none of {wanted}, which are asked for")


def _renumbered(ours: Dataset, like: Classified, strangers: str) -> RealDataset:
    """A data set of ours whose clips have the class numbers of another."""
    entries = [Entry(id=clip.id, name=clip.gesture, media=clip, groups=clip.groups) for clip in ours]
    clips = list(_numbered(entries, like.class_entries, strangers, str(ours.folder)))
    _require_some(clips, entries, like.class_entries, str(ours.folder))
    return RealDataset(str(ours.folder), like.class_entries, clips)


def _read(folder: Path, source: str, layout: str, annotations: str | Path | Sequence[str | Path]) -> list[Entry]:
    if layout not in LAYOUTS:
        raise SpecError(f"no layout {layout!r}; {nearest(layout, LAYOUTS)}")
    if layout == "hugging-face":
        return hugging_face(source)
    if layout == "folders":
        return class_folders(folder)
    if not annotations:
        raise SpecError(f"the layout {layout!r} needs annotations=FILE: the list that came with the clips")
    lists = [annotations] if isinstance(annotations, str | Path) else annotations
    return [entry for each in lists for entry in LISTS[layout](folder, Path(each))]


def _is_there(entry: Entry) -> bool:
    media = entry.media
    paths = media.paths if isinstance(media, Pictures) else (media.path,) if isinstance(media, VideoFile) else ()
    return all(path.exists() for path in paths)


def _own_classes(entries: Sequence[Entry]) -> tuple[ClassEntry, ...]:
    """Classes in alphabetical order: the same whichever of their clips are there."""
    names = sorted({entry.name for entry in entries})
    return tuple(
        ClassEntry(id=number, name=name, phrase=_plain(name), description="", digest="")
        for number, name in enumerate(names)
    )


def _numbered(
    entries: Sequence[Entry], classes: Sequence[ClassEntry], strangers: str, source: str
) -> Iterator[RealClip]:
    known = {_plain(entry.name): entry for entry in classes}
    bare: dict[str, list[ClassEntry]] = defaultdict(list)
    for each in classes:
        bare[_plain(each.name.rpartition("/")[2])].append(each)
    for entry in entries:
        # What came from a folder of the user's own has no vocabulary, whichever the folder's name was meant for.
        alike = bare.get(_plain(entry.name.removeprefix(f"{OWN}/")), [])
        found = known.get(_plain(entry.name)) or (alike[0] if alike else None)
        if len(alike) > 1 and _plain(entry.name) not in known:
            names = " or ".join(each.name for each in alike)
            raise SpecError(
                f"the class {entry.name!r} of {source} may be {names}; give the vocabulary too, as drone_left"
            )
        if found is not None:
            yield RealClip(
                id=entry.id,
                gesture=found.name,
                label=found.id,
                media=entry.media,
                split=entry.split,
                groups=entry.groups,
            )
        elif strangers == "raise":
            raise SpecError(
                f"{source} has the class {entry.name!r}, which is none of these; {nearest(entry.name, bare)} "
                "strangers='drop' goes on without it"
            )


def _plain(name: str) -> str:
    """A class's name without case and punctuation: ``Kill_Engine`` is ``kill engine``."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold()
