"""Encoders: networks that make a feature of a clip, the one of our own and those of others, behind one seam."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from synthgest.errors import SpecError, nearest

if TYPE_CHECKING:
    from synthgest.encoders.encoder import Encoder

GROUP = "synthgest.encoders"
"""The entry-point group in which a package names its encoders."""


def encoder_entries() -> dict[str, EntryPoint]:
    """Installed encoders by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def load_encoder(name: str, settings: Mapping[str, Any]) -> "Encoder":
    """Build an encoder; an unknown one or a wrong setting raises SpecError, weights that are not here ModelError."""
    entries = encoder_entries()
    if name not in entries:
        raise SpecError(f"no encoder {name!r}; {nearest(name, entries)}")
    encoder: Encoder = entries[name].load()(settings)
    return encoder
