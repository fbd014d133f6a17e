"""From films to motions: estimators see keypoints in pictures, and of these a motion is made."""

from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from synthgest.errors import SpecError, nearest

if TYPE_CHECKING:
    from synthgest.extraction.estimator import KeypointEstimator

GROUP = "synthgest.estimators"
"""The entry-point group in which a package names its estimators."""


def estimator_entries() -> dict[str, EntryPoint]:
    """Installed estimators by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def load_estimator(name: str, model: str = "") -> "KeypointEstimator":
    """Build an estimator of keypoints. model: its weights, a folder, a file or a name on the hub, as each says.

    SpecError for an unknown one, ModelError for weights that are not here, MissingDependency.
    """
    entries = estimator_entries()
    if name not in entries:
        raise SpecError(f"no estimator {name!r}; {nearest(name, entries)}")
    estimator: KeypointEstimator = entries[name].load()(model)
    return estimator
