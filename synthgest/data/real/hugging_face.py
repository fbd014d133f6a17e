"""A data set of the Hugging Face library: a name on the hub or a folder that it opens, with a column of videos or pictures."""

from pathlib import Path
from typing import Any

from synthgest.data.real.clip import Entry
from synthgest.data.real.media import Encoded, Media, Pictures, VideoFile
from synthgest.errors import DatasetError, MissingDependency

_LABELS = ("label", "labels", "class", "gesture", "action")


def hugging_face(name: str) -> list[Entry]:
    """All rows of all splits: one column of videos or pictures, one of labels. No remote code runs."""
    try:
        import datasets
    except ImportError as error:
        raise MissingDependency("Hugging Face data sets need the library: pip install datasets") from error
    try:
        found = datasets.load_dataset(name)
    except Exception as error:  # the library raises what its readers and the hub raise
        raise DatasetError(f"the library 'datasets' cannot open {name!r}: {error}") from error
    return [entry for part, rows in found.items() for entry in _rows(rows, part, datasets)]


def _rows(rows: Any, split: str, datasets: Any) -> list[Entry]:
    media, picture = _media_column(rows.features, datasets)
    label = next((column for column in _LABELS if column in rows.features), "")
    if not label:
        raise DatasetError(
            f"no column of labels; expected one of {', '.join(_LABELS)} among {', '.join(rows.features)}"
        )
    kind = rows.features[label]
    rows = rows.cast_column(media, type(rows.features[media])(decode=False)).select_columns([media, label])
    entries = []
    for number, row in enumerate(rows):
        value = row[label]
        if value is None or value == -1:
            continue  # the hub's way to say that a clip's label is kept secret
        name = kind.int2str(value) if isinstance(kind, datasets.ClassLabel) else str(value)
        clip = f"{split}/{number}"
        entries.append(Entry(id=clip, name=name, media=_media(row[media], clip, picture=picture), split=split))
    return entries


def _media_column(features: Any, datasets: Any) -> tuple[str, bool]:
    for name, kind in features.items():
        if isinstance(kind, datasets.Video):
            return name, False
        if isinstance(kind, datasets.Image):
            return name, True
    raise DatasetError(f"no column of videos or pictures among {', '.join(features)}")


def _media(value: Any, clip: str, *, picture: bool) -> Media:
    if value.get("bytes"):
        return Encoded(value["bytes"], picture, clip)
    path = Path(value["path"])
    return Pictures((path,)) if picture else VideoFile(path)
