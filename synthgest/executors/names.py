"""Who runs the workers of a run."""

from enum import StrEnum


class ExecutorName(StrEnum):
    """Executors by name. local: processes on this machine. ray: actors on it or on a cluster."""

    LOCAL = "local"
    RAY = "ray"
