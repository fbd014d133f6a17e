"""Verification: every published file compared with its record; what nothing vouches for is named too."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from synthgest.data.dataset import Clip, Dataset
from synthgest.data.records import Record, clip_path, read_record, record_ids
from synthgest.errors import CorruptClip, DatasetError


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found. clips: records read. corrupt: id and what is wrong. orphans: files of clips without a record."""

    clips: int
    corrupt: tuple[tuple[str, str], ...]
    orphans: tuple[Path, ...]

    @property
    def sound(self) -> bool:
        """Whether every clip is as it was published."""
        return not self.corrupt and not self.orphans


def verify(folder: Path, *, repair: bool = False, progress: Callable[[int, int], None] | None = None) -> Verification:
    """Open and hash every file of a data set.

    repair: remove what is corrupt or orphaned, so that the command which made the data set makes it anew. progress: is
    called with the number of clips done and of all clips.
    """
    folder = Path(folder)
    labels = {name: label for label, name in enumerate(Dataset(folder).classes)}
    ids = sorted(record_ids(folder))
    corrupt: list[tuple[str, str]] = []
    for done, clip_id in enumerate(ids, start=1):
        try:
            record = read_record(clip_path(folder, clip_id, ".json"), Record)
            if record.id != clip_id or record.gesture not in labels:
                raise DatasetError(f"the record {clip_id} does not belong to this data set")
            Clip(record=record, label=labels[record.gesture], folder=folder).verify()
        except (CorruptClip, DatasetError) as error:
            corrupt.append((clip_id, str(error)))
        if progress is not None:
            progress(done, len(ids))
    orphans = _orphans(folder, frozenset(ids))
    if repair:
        _remove(folder, [clip_id for clip_id, _ in corrupt], orphans)
    return Verification(clips=len(ids), corrupt=tuple(corrupt), orphans=orphans)


def _orphans(folder: Path, ids: frozenset[str]) -> tuple[Path, ...]:
    files = (path for path in (folder / "clips").glob("??/*") if not path.name.startswith(".part-"))
    return tuple(sorted(path for path in files if path.stem not in ids))


def _remove(folder: Path, corrupt: list[str], orphans: tuple[Path, ...]) -> None:
    # The record goes first: were this to stop halfway, no reader would see a clip without its files.
    for clip_id in corrupt:
        for suffix in (".json", ".npz", ".mp4"):
            clip_path(folder, clip_id, suffix).unlink(missing_ok=True)
    for path in orphans:
        path.unlink(missing_ok=True)
