"""TOML tables read into frozen dataclasses: wrong types and unknown keys are refused, naming the place and the nearest key."""

import dataclasses
import tomllib
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from synthgest.errors import SpecError, nearest

Value = TypeVar("Value")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; a missing or malformed file is a SpecError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a byte-order mark first
    except OSError as error:
        raise SpecError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SpecError(f"{path} is not valid TOML: {error}") from error


def to_value(table: Mapping[str, Any], kind: type[Value], *, where: str) -> Value:
    """A TOML table as a value of the dataclass ``kind``; ``where`` begins every message."""
    if not isinstance(table, Mapping):
        raise SpecError(f"{where}: expected a table with names, got {type(table).__name__}")
    _refuse_unknown_keys(table, kind, where)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise SpecError(f"{where}: {error}") from error


def _refuse_unknown_keys(table: Mapping[str, Any], kind: Any, where: str) -> None:
    hints = get_type_hints(kind)
    known = {field.name for field in dataclasses.fields(kind)}
    for key, entry in table.items():
        if key not in known:
            raise SpecError(f"{where}: unknown key {key!r}; {nearest(key, known)}")
        inner = _dataclass_in(hints[key])
        if inner is not None:
            rows = entry if isinstance(entry, list) else [entry]
            for number, row in enumerate(rows, start=1):
                if isinstance(row, Mapping):
                    _refuse_unknown_keys(row, inner, f"{where}, {key} {number}" if len(rows) > 1 else f"{where}, {key}")


def _dataclass_in(hint: Any) -> Any:
    """The dataclass within a hint such as ``Arm | None`` or ``tuple[Keyframe, ...]``."""
    if dataclasses.is_dataclass(hint):
        return hint
    if get_origin(hint) in (Union, types.UnionType, tuple, list):
        return next((found for part in get_args(hint) if (found := _dataclass_in(part)) is not None), None)
    return None
