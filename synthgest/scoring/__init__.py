"""Scoring: how well each clip matches the classes, stored as raw cosines; all else is derived when it is read."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from synthgest.data.dataset import Dataset
from synthgest.errors import SpecError, nearest
from synthgest.scoring.scorer import Scorer

GROUP = "synthgest.scorers"
"""The entry-point group in which a package names its scorers."""


def scorer_entries() -> dict[str, EntryPoint]:
    """Installed scorers by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def load_scorer(name: str, dataset: Dataset, settings: Mapping[str, Any]) -> Scorer:
    """Build a scorer for the classes of a data set; an unknown scorer or setting raises SpecError."""
    entries = scorer_entries()
    if name not in entries:
        raise SpecError(f"no scorer {name!r}; {nearest(name, entries)}")
    scorer: Scorer = entries[name].load()(dataset, settings)
    return scorer
