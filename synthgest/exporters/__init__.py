"""Exporters: a data set in the layout that other tools read; a folder of its own, whole or not at all."""

from importlib.metadata import EntryPoint, entry_points

GROUP = "synthgest.exporters"
"""The entry-point group in which a package names its exporters."""


def exporter_entries() -> dict[str, EntryPoint]:
    """Installed exporters by the name of their format."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}
