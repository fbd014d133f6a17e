"""Hugging Face: videos and a parquet table for each split, a card with licences and what made the clips, and Croissant metadata."""

import json
from collections import Counter
from typing import Any

import pyarrow.parquet as pq

from synthgest import __version__
from synthgest.data.derived import inert, metadata
from synthgest.data.publish import file_digest
from synthgest.errors import MissingDependency
from synthgest.exporters.job import Job

_TAGS = {"CC0-1.0": "cc0-1.0", "Apache-2.0": "apache-2.0", "MIT": "mit", "CC-BY-4.0": "cc-by-4.0"}
_ABOUT = "Synthetic clips of human gestures, made by synthgest (AI-generated). Nobody was filmed."
_FIELDS = {"id": "TEXT", "file_name": "TEXT", "label": "INTEGER", "phrase": "TEXT", "fps": "FLOAT", "licence": "TEXT"}


def huggingface(job: Job) -> None:
    """``SPLIT/metadata.parquet`` and ``SPLIT/ID.mp4``; ``load_dataset`` reads the folder, ``label`` is a ClassLabel."""
    for split, clip in job.each():
        job.place(clip, f"{split}/{clip.id}.mp4")
    for split, clips in job.splits.items():
        table = metadata(job.dataset, clips, lambda clip: f"{clip.id}.mp4")
        (job.folder / split).mkdir(exist_ok=True)
        pq.write_table(table, job.folder / split / "metadata.parquet")
    job.write("README.md", _card(job))
    job.write("croissant.json", json.dumps(_croissant(job), indent=1, default=str) + "\n")


def licences(job: Job) -> list[str]:
    """Those of the clips, each once."""
    return sorted({clip.record.licence or "none stated" for clips in job.splits.values() for clip in clips})


def _card(job: Job) -> str:
    found = licences(job)
    tag = _TAGS.get(found[0], "other") if len(found) == 1 else "other"
    files = "".join(
        f"  - split: {split}\n    path: [{split}/metadata.parquet, {split}/*.mp4]\n" for split in job.splits
    )
    counts = {split: Counter(clip.label for clip in clips) for split, clips in job.splits.items()}
    rows = "\n".join(
        f"| {label} | {inert(name)} | " + " | ".join(str(counts[split][label]) for split in job.splits) + " |"
        for label, name in enumerate(job.classes)
    )
    runs = "\n".join(
        f"* {inert(run.recipe)}, engine {inert(run.engine)}, seed {run.seed}, licence {inert(run.licence) or 'none stated'}"
        + "".join(f"; {inert(name)} {inert(str(mark))}" for name, mark in sorted(run.fingerprint.items()))
        for run in job.dataset.manifest.runs
    )
    return f"""---
license: {tag}
task_categories:
- video-classification
tags:
- synthetic
- gesture-recognition
- croissant
configs:
- config_name: default
  data_files:
{files}---
# Synthetic gesture clips

{_ABOUT} Licences of the clips: {", ".join(map(inert, found))}. Splits share no captured motion.

| label | gesture | {" | ".join(job.splits)} |
|---|---|{"---|" * len(job.splits)}
{rows}

What made them:

{runs}
"""


def _croissant(job: Job) -> Any:
    try:
        import mlcroissant as mlc
    except ImportError as error:
        raise MissingDependency("this format needs mlcroissant: pip install 'synthgest[export]'") from error
    files = [
        mlc.FileObject(
            id=f"{split}-table",
            name=f"{split}-table",
            content_url=f"{split}/metadata.parquet",
            encoding_formats=["application/x-parquet"],
            sha256=file_digest(job.folder / split / "metadata.parquet"),
        )
        for split in job.splits
    ]
    videos = mlc.FileSet(id="videos", name="videos", includes=["*/*.mp4"], encoding_formats=["video/mp4"])
    records = [
        mlc.RecordSet(
            id=split,
            name=split,
            fields=[
                mlc.Field(
                    id=f"{split}/{name}",
                    name=name,
                    data_types=getattr(mlc.DataType, kind),
                    source=mlc.Source(file_object=f"{split}-table", extract=mlc.Extract(column=name)),
                )
                for name, kind in _FIELDS.items()
            ],
        )
        for split in job.splits
    ]
    described = mlc.Metadata(
        name="synthetic-gesture-clips",
        description=_ABOUT,
        license=licences(job),
        version="1.0.0",
        creators=[mlc.Organization(name=f"synthgest {__version__}")],
        distribution=[*files, videos],
        record_sets=records,
    )
    return described.to_json()
