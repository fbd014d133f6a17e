"""Real data that a TOML file describes: where it lies, in which layout, by which list and split."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from synthgest.errors import SpecError
from synthgest.tables import read_toml, to_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What ``open_dataset`` is told. path, annotations: from the file's own folder on. The others: as it takes them."""

    path: str
    layout: str = ""
    annotations: tuple[str, ...] = ()
    split: str = ""
    missing: Literal["raise", "skip"] = "raise"


def read_source(file: Path) -> Source:
    """The description in a TOML file, its paths made whole; SpecError for an unknown key or a missing path."""
    found = to_value(read_toml(file), Source, where=str(file))
    if not found.path:
        raise SpecError(f"{file}: path is empty; expected the folder that holds the clips")
    home = file.parent
    on_hub = found.layout == "hugging-face" and not (home / found.path).exists()
    return replace(
        found,
        path=found.path if on_hub else str(home / found.path),
        annotations=tuple(str(home / each) for each in found.annotations),
    )
