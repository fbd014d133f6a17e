"""Labelled synthetic clips of human gestures: ``import synthgest as sg; sg.generate(["wave"], clips=4, seed=0, out="data")``."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthgest.api import generate, score, write_audit, write_report
    from synthgest.data.dataset import Clip, Dataset
    from synthgest.data.real.dataset import RealDataset, open_dataset
    from synthgest.data.verify import verify
    from synthgest.data.video import tsn_indices
    from synthgest.errors import SynthgestError
    from synthgest.evaluation.knn import knn
    from synthgest.gestures import Gesture
    from synthgest.labels import class_probabilities, entropy, sample_weights, soft_labels
    from synthgest.training.run import train
    from synthgest.training.settings import TrainSettings
    from synthgest.types import Engine, Recipe, Rendered, Shot

__version__ = "0.1.0"

# Resolved on first use (PEP 562), so that `import synthgest` and `synthgest --help` start at once.
_HOMES = {
    "generate": "synthgest.api",
    "score": "synthgest.api",
    "write_audit": "synthgest.api",
    "write_report": "synthgest.api",
    "Clip": "synthgest.data.dataset",
    "Dataset": "synthgest.data.dataset",
    "RealDataset": "synthgest.data.real.dataset",
    "open_dataset": "synthgest.data.real.dataset",
    "tsn_indices": "synthgest.data.video",
    "verify": "synthgest.data.verify",
    "knn": "synthgest.evaluation.knn",
    "SynthgestError": "synthgest.errors",
    "Gesture": "synthgest.gestures",
    "class_probabilities": "synthgest.labels",
    "entropy": "synthgest.labels",
    "sample_weights": "synthgest.labels",
    "soft_labels": "synthgest.labels",
    "TrainSettings": "synthgest.training.settings",
    "train": "synthgest.training.run",
    "Engine": "synthgest.types",
    "Recipe": "synthgest.types",
    "Rendered": "synthgest.types",
    "Shot": "synthgest.types",
}

__all__ = [
    "Clip",
    "Dataset",
    "Engine",
    "Gesture",
    "RealDataset",
    "Recipe",
    "Rendered",
    "Shot",
    "SynthgestError",
    "TrainSettings",
    "__version__",
    "class_probabilities",
    "entropy",
    "generate",
    "knn",
    "open_dataset",
    "sample_weights",
    "score",
    "soft_labels",
    "train",
    "tsn_indices",
    "verify",
    "write_audit",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'synthgest' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
