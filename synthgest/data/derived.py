"""Derived files, rebuilt whole from the records: metadata.parquet and the README.md by which load_dataset() reads the folder."""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synthgest.data.dataset import Clip, Dataset
from synthgest.data.storage import locked, write_bytes, write_whole

_COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "file_name": (pa.string(), "string"),
    "label": (pa.int64(), ""),
    "phrase": (pa.string(), "string"),
    "description": (pa.string(), "string"),
    "id": (pa.string(), "string"),
    "seed": (pa.int64(), "int64"),
    "frames": (pa.int64(), "int64"),
    "width": (pa.int64(), "int64"),
    "height": (pa.int64(), "int64"),
    "fps": (pa.float64(), "float64"),
    "recipe": (pa.string(), "string"),
    "licence": (pa.string(), "string"),
    "digital_source_type": (pa.string(), "string"),
    "provenance": (pa.string(), "string"),
    "sha256": (pa.string(), "string"),
}


def write_derived(folder: Path) -> None:
    """Rebuild metadata.parquet and README.md from the records."""
    with locked(folder / ".lock"):
        dataset = Dataset(folder)
        table = metadata(dataset, dataset.clips, lambda clip: clip.path.relative_to(clip.folder).as_posix())
        write_whole(folder / "metadata.parquet", lambda part: pq.write_table(table, part))
        write_bytes(folder / "README.md", _readme(dataset).encode())


def metadata(dataset: Dataset, clips: Sequence[Clip], place: Callable[[Clip], str]) -> pa.Table:
    """One row a clip. The schema carries Hugging Face's feature types, so that ``label`` is a ClassLabel.

    place: where a clip's video lies, from the table's folder.
    """
    texts = {entry.name: entry for entry in dataset.manifest.classes}
    rows = [_row(clip, texts[clip.gesture].phrase, texts[clip.gesture].description, place(clip)) for clip in clips]
    columns = {name: pa.array([row[name] for row in rows], kind) for name, (kind, _) in _COLUMNS.items()}
    features: dict[str, Any] = {name: {"dtype": kind, "_type": "Value"} for name, (_, kind) in _COLUMNS.items()}
    features["label"] = {"names": list(dataset.classes), "_type": "ClassLabel"}
    info = json.dumps({"info": {"features": features}})
    return pa.table(columns).replace_schema_metadata({"huggingface": info})


def _row(clip: Clip, phrase: str, description: str, place: str) -> dict[str, Any]:
    own = dataclasses.asdict(clip.record)
    return {name: own[name] for name in _COLUMNS if name in own} | {
        "file_name": place,
        "label": clip.label,
        "phrase": phrase,
        "description": description,
        "provenance": json.dumps(clip.record.provenance, sort_keys=True),
    }


def _readme(dataset: Dataset) -> str:
    counts = Counter(clip.label for clip in dataset)
    rows = "\n".join(f"| {label} | {inert(name)} | {counts[label]} |" for label, name in enumerate(dataset.classes))
    recipes = ", ".join(
        sorted({f"{inert(run.recipe)} ({inert(run.licence) or 'no licence stated'})" for run in dataset.manifest.runs})
    )
    return f"""---
configs:
- config_name: default
  data_files:
  - metadata.parquet
  - clips/**/*.mp4
tags:
- synthetic
- gesture-recognition
task_categories:
- video-classification
---
# Synthetic gesture clips

{len(dataset)} clips of {len(dataset.classes)} gestures, made by synthgest with {recipes}. They are AI-generated; nobody was
filmed. Every video file says so in its metadata.

| label | gesture | clips |
|---|---|---|
{rows}

`datasets.load_dataset("PATH")` opens this folder; so does `synthgest.Dataset("PATH")`, with the ground truth beside each
clip. `dataset.toml` says how to make it again.
"""


def inert(text: str) -> str:
    """Text that no Markdown or HTML reader acts upon: printable ASCII as it is, all else and all markup as entities."""
    plain = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.,/")
    return "".join(letter if letter in plain else f"&#{ord(letter)};" for letter in text)
