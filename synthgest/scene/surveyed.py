"""What is known of the pictures in a folder of backgrounds: kinds of place, by folders or as surveyed; and the ground."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import tomli_w

from synthgest.errors import SpecError
from synthgest.scene.places import kinds_named
from synthgest.tables import to_value

FILE = "places.toml"
"""Of a folder of backgrounds: what ``synthgest places`` found out, a table for each file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """Of one picture. kinds: of place, by name. horizon: part of its height from the top, or 0. ground: as in ``Ground``."""

    kinds: tuple[str, ...] = ()
    horizon: float = 0.0
    ground: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        kinds_named(self.kinds)
        if not all(0 <= value <= 1 for value in (self.horizon, *self.ground)):
            raise SpecError(
                f"horizon and ground are {self.horizon}, {list(self.ground)}; expected parts of the height, 0 to 1"
            )


def read_survey(folder: Path) -> dict[str, Surveyed]:
    """By relative path, what a folder's ``places.toml`` says; empty without one. SpecError for a wrong one."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"cannot read {path}: {error}") from error
    if stray := [name for name, table in told.items() if not isinstance(table, dict)]:
        raise SpecError(f'{path}: {stray[0]} is no table; expected one for each picture, ["{stray[0]}"]')
    return {name: to_value(table, Surveyed, where=f"{path}, [{name}]") for name, table in told.items()}


def survey_text(found: Mapping[str, Surveyed]) -> str:
    """The content of a ``places.toml``."""
    tables = {
        name: {
            "kinds": list(each.kinds),
            **({"horizon": round(each.horizon, 4)} if each.horizon else {}),
            **({"ground": [round(row, 3) for row in each.ground]} if each.ground else {}),
        }
        for name, each in sorted(found.items())
    }
    return tomli_w.dumps(tables)


def kinds_of(name: str, survey: Mapping[str, Surveyed]) -> tuple[str, ...]:
    """Kinds of place that a file shows: those that the survey says, and those that the folders in its path are called."""
    known = kinds_named(survey[name].kinds) if name in survey else ()
    return (*known, *kinds_named(PurePosixPath(name).parts[:-1], strict=False))
