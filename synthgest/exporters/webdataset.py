"""WebDataset: tar shards of ``ID.mp4``, ``ID.cls`` (the label), ``ID.json`` (the record) and ``ID.npz`` (ground truth)."""

import json
from pathlib import Path
from typing import Any

import msgspec

from synthgest.data.records import clip_path
from synthgest.errors import MissingDependency
from synthgest.exporters.job import Job

_SHARD = 1000  # clips


def webdataset(job: Job) -> None:
    """``train-000000.tar`` and so on, a thousand clips each; the same bytes for the same clips."""
    try:
        import webdataset as wds
    except ImportError as error:
        raise MissingDependency("this format needs webdataset: pip install 'synthgest[export]'") from error
    writer: Any = None
    last, count = "", 0
    try:
        for split, clip in job.each():
            if split != last or count % _SHARD == 0:
                count = count if split == last else 0
                if writer is not None:
                    writer.close()
                path = job.folder / f"{split}-{count // _SHARD:06d}.tar"
                writer = wds.TarWriter(str(path), user="", group="", mtime=0.0)
                last = split
            count += 1
            sample: dict[str, Any] = {
                "__key__": clip.id,
                "mp4": clip.path.read_bytes(),
                "cls": str(clip.label).encode(),
                "json": json.dumps(msgspec.to_builtins(clip.record), sort_keys=True).encode(),
            }
            truth: Path = clip_path(clip.folder, clip.id, ".npz")
            if truth.exists():
                sample["npz"] = truth.read_bytes()
            writer.write(sample)
    finally:
        if writer is not None:
            writer.close()
