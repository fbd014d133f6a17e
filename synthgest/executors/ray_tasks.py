"""Command lines as tasks of a ray cluster."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthgest.executors.ray_joining import RayError, joined, ray, resources


def on_cluster(commands: Sequence[Sequence[str]]) -> list[str]:
    """Run command lines side by side, from this directory and each beside one GPU where there are some.

    Returns the last words of each that failed.
    """
    failed = []
    with joined(len(commands)):
        run: Any = ray.remote(num_cpus=1, num_gpus=1.0 if resources().get("GPU") else 0.0, max_retries=2)(_run)
        for answer in [run.remote(list(command), str(Path.cwd())) for command in commands]:
            try:
                words = ray.get(answer)
            except RayError as error:
                words = (str(error).strip().splitlines() or [type(error).__name__])[-1]
            failed += [words] if words else []
    return failed


def _run(command: list[str], directory: str) -> str:
    """The last line of what a failed command said, else nothing; status 1 says that parts are missing, as all but one's own are."""
    done = subprocess.run(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode in (0, 1):
        return ""
    return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
