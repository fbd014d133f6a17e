"""Verification: every published file compared with its record; what nothing vouches for is named too."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from synthgest.data.dataset import Clip, Dataset
from synthgest.data.derived import write_derived
from synthgest.data.records import Record, clip_path, read_record, record_ids
from synthgest.data.storage import is_locked
from synthgest.errors import CorruptClip, DatasetError
from synthgest.plan import shot_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found.

    clips: records read. corrupt: id and what is wrong. orphans: files of clips without a record. missing: clips that the
    runs in dataset.toml promise and that are neither there nor in failures/.
    """

    clips: int
    corrupt: tuple[tuple[str, str], ...]
    orphans: tuple[Path, ...]
    missing: int

    @property
    def sound(self) -> bool:
        """Whether every clip is there and as it was published."""
        return not (self.corrupt or self.orphans or self.missing)


def verify(
    folder: str | Path, *, repair: bool = False, progress: Callable[[int, int], None] | None = None
) -> Verification:
    """Open and hash every file of a data set.

    repair: remove what is corrupt or orphaned, so that the command which made the data set makes it anew; refused while
    such a command runs. progress: is called with the number of clips done and of all clips.
    """
    folder = Path(folder)
    dataset = Dataset(folder)
    if repair and any(is_locked(lock) for lock in folder.glob(".lock-*")):
        raise DatasetError(f"{folder} is being written by another command; repair it when that has ended")
    files = sorted(path for path in (folder / "clips").glob("??/*") if not path.name.startswith(".part-"))
    ids = sorted(record_ids(folder))  # after the files: a clip that is published meanwhile is no orphan
    corrupt: list[tuple[str, str]] = []
    for done, clip_id in enumerate(ids, start=1):
        try:
            _verify_clip(dataset, clip_id)
        except CorruptClip as error:
            corrupt.append((clip_id, str(error)))
        if progress is not None:
            progress(done, len(ids))
    orphans = tuple(path for path in files if not clip_path(folder, path.stem, ".json").exists())
    promised = sum(count for run in dataset.manifest.runs for count in run.clips.values())
    missing = max(0, promised - len(ids) - len(dataset.failures))
    if repair:
        _remove(folder, [clip_id for clip_id, _ in corrupt], orphans)
        write_derived(folder)
    return Verification(clips=len(ids), corrupt=tuple(corrupt), orphans=orphans, missing=missing)


def _verify_clip(dataset: Dataset, clip_id: str) -> None:
    """Compare a clip's files with its record, and the record with its own id, which is a hash of what it says."""
    record = read_record(clip_path(dataset.folder, clip_id, ".json"), Record)
    entry = next((entry for entry in dataset.manifest.classes if entry.name == record.gesture), None)
    first_seed = record.seed - len(record.attempts)
    if entry is None or shot_id(record.config, entry.digest, first_seed, record.index) != clip_id:
        raise CorruptClip(clip_id, "the record was changed: it does not belong to a clip of this id")
    Clip(record=record, label=entry.id, folder=dataset.folder).verify()


def _remove(folder: Path, corrupt: list[str], orphans: tuple[Path, ...]) -> None:
    # The record goes first: were this to stop halfway, no reader would see a clip without its files.
    for clip_id in corrupt:
        for suffix in (".json", ".npz", ".mp4"):
            clip_path(folder, clip_id, suffix).unlink(missing_ok=True)
    for path in orphans:
        path.unlink(missing_ok=True)
