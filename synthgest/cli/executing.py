"""Which part of a command's work is done here."""

import os
import sys
from collections.abc import Mapping, Sequence

from synthgest.errors import SpecError

AUTO = "auto"


def shard_of(text: str, environment: Mapping[str, str] = os.environ) -> tuple[int, int]:
    """``i/n`` as numbers; ``auto`` asks the scheduler that started the process, ``auto/n`` for its number alone.

    Known are Slurm's arrays, then MPI's and torchrun's RANK of WORLD_SIZE, then indexed jobs of Kubernetes, which do not tell how
    many there are. SpecError where nothing is told, or the number is beyond n.
    """
    if text == AUTO or text.startswith(f"{AUTO}/"):
        part, parts = _scheduled(environment)
        if text != AUTO:
            parts = _number(text.partition("/")[2], text)
        elif not parts:
            raise SpecError("--shard auto is told which part this is, but not of how many; give it as auto/n")
    else:
        first, _, second = text.partition("/")
        part, parts = _number(first, text), _number(second, text)
    if not 0 <= part < parts:
        raise SpecError(f"--shard got {text!r}, which is part {part} of {parts}; expected parts from 0 to {parts - 1}")
    return part, parts


def by_cluster(count: int, *, leave_out: Sequence[str] = ()) -> None:
    """Let ``count`` tasks of a ray cluster do a part each, by the same command line, and wait for them.

    leave_out: words that are for this process alone. The folder must be the same on all machines. What a task could not do is left
    for this process, which goes on with it.
    """
    from synthgest.executors.ray_cluster import on_cluster

    words = [word for word in sys.argv[1:] if word not in leave_out]
    command = [sys.executable, "-P", "-m", "synthgest", *words, "--workers", "1", "--executor", "local"]
    on_cluster([[*command, "--shard", f"{number}/{count}"] for number in range(count)])


def _scheduled(environment: Mapping[str, str]) -> tuple[int, int]:
    """Which part it is, and how many there are, 0 if that is not told."""

    def told(name: str, otherwise: int = 0) -> int:
        return _number(environment.get(name, str(otherwise)), f"auto, for {name} is {environment.get(name)!r}")

    if "SLURM_ARRAY_TASK_ID" in environment:
        first, step = told("SLURM_ARRAY_TASK_MIN"), max(1, told("SLURM_ARRAY_TASK_STEP", 1))
        return (told("SLURM_ARRAY_TASK_ID") - first) // step, told("SLURM_ARRAY_TASK_COUNT")
    if "RANK" in environment:
        return told("RANK"), told("WORLD_SIZE")
    if "JOB_COMPLETION_INDEX" in environment:
        return told("JOB_COMPLETION_INDEX"), 0
    raise SpecError(
        "--shard auto finds no SLURM_ARRAY_TASK_ID, RANK or JOB_COMPLETION_INDEX in the environment; give it as i/n"
    )


def _number(text: str, given: str) -> int:
    if not text.isdecimal():
        raise SpecError(f"--shard got {given!r}; expected i/n, for example 0/4, or auto")
    return int(text)
