"""Which part of a command's work is done here."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from synthgest.cli.output import Output
from synthgest.errors import SpecError
from synthgest.executors.names import ExecutorName

AUTO = "auto"

Executor = Annotated[ExecutorName, typer.Option(help="Who runs the workers.")]
Shard = Annotated[
    str,
    typer.Option(
        metavar="i/n", help="Only part i of n of the work (from 0); auto: as Slurm, torchrun or Kubernetes say."
    ),
]
Tasks = Annotated[int, typer.Option(help="Tasks of the cluster, with --executor ray.")]


def shard_of(text: str, environment: Mapping[str, str] = os.environ) -> tuple[int, int]:
    """``i/n`` as numbers; ``auto`` asks the scheduler that started the process, ``auto/n`` for its number alone.

    Known are Slurm's arrays, torchrun's RANK of WORLD_SIZE, tasks of srun, and indexed jobs of Kubernetes, which do not tell how
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


def by_cluster(count: int, shard: tuple[int, int], output: Output, *, leave_out: Sequence[str] = ()) -> None:
    """Let ``count`` tasks of a ray cluster do a part each of this part, by the same command line, and wait for them.

    leave_out: words that are for this process alone. The folder must be the same on all machines. What a task could not do is left
    for this process, which goes on with it; why a task failed is noted.
    """
    from synthgest.executors.ray_tasks import on_cluster

    if count < 1:
        raise SpecError(f"--workers got {count}; expected at least 1 task of the cluster")
    words = [word for word in sys.argv[1:] if word not in leave_out]
    end = words.index("--") if "--" in words else len(words)  # what comes after it are no options
    part, parts = shard
    commands = [
        [
            *(sys.executable, "-P", "-m", "synthgest", *words[:end], "--workers", "1", "--executor", "local"),
            *("--shard", f"{part + parts * number}/{parts * count}", *words[end:]),
        ]
        for number in range(count)
    ]
    for words_of_it in on_cluster(commands):
        output.note(f"a task of the cluster failed, and its part is done here: {words_of_it}")


def _scheduled(environment: Mapping[str, str]) -> tuple[int, int]:
    """Which part it is, and how many there are, 0 if that is not told."""

    def told(name: str, otherwise: int = 0) -> int:
        return _number(environment.get(name, str(otherwise)), f"auto, for {name} is {environment.get(name)!r}")

    if "SLURM_ARRAY_TASK_ID" in environment:
        first, step = told("SLURM_ARRAY_TASK_MIN"), max(1, told("SLURM_ARRAY_TASK_STEP", 1))
        return (told("SLURM_ARRAY_TASK_ID") - first) // step, told("SLURM_ARRAY_TASK_COUNT")
    for own, number in (("RANK", "WORLD_SIZE"), ("SLURM_PROCID", "SLURM_NTASKS")):
        if own in environment and environment.get(number, "1") != "1":
            return told(own), told(number)
    if "JOB_COMPLETION_INDEX" in environment:
        return told("JOB_COMPLETION_INDEX"), 0
    raise SpecError(
        "--shard auto finds no SLURM_ARRAY_TASK_ID, RANK, SLURM_PROCID or JOB_COMPLETION_INDEX in the environment; give it as i/n"
    )


def _number(text: str, given: str) -> int:
    if not text.isdecimal():
        raise SpecError(f"--shard got {given!r}; expected i/n, for example 0/4, or auto")
    return int(text)
