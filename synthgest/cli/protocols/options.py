"""Options that all experiments share, and what is done with them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from synthgest.cli.executing import by_cluster, shard_of
from synthgest.cli.output import JsonFlag, Output
from synthgest.cli.protocols.sharing import sharing
from synthgest.errors import SpecError
from synthgest.executors.names import ExecutorName

if TYPE_CHECKING:
    from synthgest.protocols.protocol import Experiment
    from synthgest.protocols.terms import Terms

Out = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Where trials and the table are kept; the same command goes on there."),
]
Seeds = Annotated[int, typer.Option(help="Trainings of everything, each by another seed.")]
Seed = Annotated[int, typer.Option(help="The first of the seeds.")]
EncoderName = Annotated[str, typer.Option(help="What sees the clips (synthgest list encoders).")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting of the encoder; repeatable.")
]
Training = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="KEY=VALUE", help="A setting of training, such as lr=0.001; repeatable."),
]
Steps = Annotated[int, typer.Option(help="Steps of a training; of real clips after synthetic ones real_steps of it.")]
Batch = Annotated[int, typer.Option(help="Clips in a step.")]
Regimes = Annotated[
    str, typer.Option(metavar="NAMES", help="finetune (all weights), probe (frozen features), or both, by comma.")
]
Labels = Annotated[
    Literal["none", "ls", "ul", "uw", "uf"], typer.Option(help="How the synthetic clips' labels are smoothed.")
]
Scores = Annotated[str, typer.Option(help="Which scores, where there are several.")]
Renewed = Annotated[
    bool, typer.Option("--renewed", help="Other first weights by seed too, for encoders that begin from nothing.")
]
DropStrangers = Annotated[
    bool, typer.Option("--drop-strangers", help="Leave out clips of classes that the first set does not have.")
]
Workers = Annotated[int, typer.Option(help="Processes that share the trials, on one GPU each where there are some.")]
Executor = Annotated[ExecutorName, typer.Option(help="Who runs the workers.")]
Shard = Annotated[
    str, typer.Option(metavar="i/n", help="Only part i of n of the trials (from 0); auto: as the scheduler says.")
]
Cache = Annotated[Path | None, typer.Option(metavar="DIR", help="Where features are kept; in --out by default.")]
Keep = Annotated[bool, typer.Option("--keep", help="Keep the weights of every trial, not only of what they share.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="List the trials, and stop.")]
Synthetic = Annotated[str, typer.Option(metavar="DIR", help="Synthetic clips of the same classes.")]
Real = Annotated[str, typer.Option(metavar="DIR", help="Filmed clips to learn: a folder by class, or a .toml file.")]
Query = Annotated[str, typer.Option(metavar="DIR", help="Filmed clips to name, which share no film with the others.")]

__all__ = ["JsonFlag"]


def terms_of(
    *,
    encoder: str,
    settings: Sequence[str] | None,
    training: Sequence[str] | None,
    steps: int,
    batch: int,
    seeds: int,
    seed: int,
    regimes: str = "finetune",
    labels: str = "none",
    scores: str = "",
    renewed: bool = False,
    drop_strangers: bool = False,
) -> "Terms":
    """The terms that the options say."""
    from synthgest.protocols.terms import Terms
    from synthgest.recipes import parse_settings
    from synthgest.tables import to_value

    table = {
        "encoder": encoder,
        "encoder_settings": parse_settings(settings or []),
        "steps": steps,
        "batch": batch,
        "seed": seed,
        "validation": 0.0,
        **parse_settings(training or []),
    }
    told = {
        "training": table,
        "regimes": [word.strip() for word in regimes.split(",")],
        "seeds": seeds,
        "labels": labels,
        "scores": scores,
        "renewed": renewed,
        "strangers": "drop" if drop_strangers else "raise",
    }
    return to_value(told, Terms, where="the terms")


def carry_out(
    experiment: "Experiment",
    out: Path,
    *,
    workers: int,
    executor: ExecutorName,
    shard: str,
    cache: Path | None,
    keep: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Run an experiment, alone or by several processes, and print what it found; exit status 1 while trials are missing."""
    from synthgest.protocols.running import run_experiment
    from synthgest.protocols.writing import PAGE, cost, text, values

    output = Output(json=as_json)
    if dry_run:
        trials = experiment.trials()
        lines = [f"{len(trials)} trials; nothing was trained", *(f"  {trial.name}" for trial in trials)]
        output.result({"trials": [trial.name for trial in trials]}, "\n".join(lines))
        return
    part = shard_of(shard)
    if executor == ExecutorName.RAY:
        by_cluster(workers, part, output)
        workers = 1
    with sharing(workers - 1) as others, output.bars() as tell:
        state = run_experiment(experiment, out, shard=part, cache=cache, keep=keep, tell=tell)
        if others.wait():
            state = run_experiment(experiment, out, shard=part, cache=cache, keep=keep, tell=tell)
    if state.findings is None:
        left = {"trials": state.trials, "missing": state.missing, "made": state.made}
        output.result(left, f"{state.made} of {state.trials} trials were carried out here, {state.missing} are missing")
        raise typer.Exit(1)
    told = {**values(state.findings), "cost": cost(state.findings), "page": str(out / PAGE)}
    output.result(told, f"{text(state.findings)}\n{out / PAGE}")


def numbers(words: str, name: str, kind: Callable[[str], Any] = int) -> tuple[Any, ...]:
    """Numbers that are given by comma."""
    try:
        return tuple(kind(word) for word in words.split(",") if word.strip())
    except ValueError as error:
        raise SpecError(f"--{name} got {words!r}; expected numbers by comma, such as 1,2,4") from error


def named(entries: Sequence[str], name: str, form: str) -> Mapping[str, str]:
    """Entries such as ``films=DIR``, by their names."""
    found: dict[str, str] = {}
    for entry in entries:
        key, sign, value = entry.partition("=")
        if not sign or not key or not value or key in found:
            raise SpecError(f"--{name} got {entry!r}; expected {form}, each name once")
        found[key] = value
    return found
