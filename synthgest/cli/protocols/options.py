"""Options that all experiments share, and what is done with them."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from synthgest.cli.executing import Executor, Shard, by_cluster, shard_of
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
Regimes = Annotated[
    str, typer.Option(metavar="NAMES", help="finetune (all weights), probe (frozen features), or both, by comma.")
]
Synthetic = Annotated[str, typer.Option(metavar="DIR", help="Synthetic clips of the same classes.")]
Real = Annotated[str, typer.Option(metavar="DIR", help="Filmed clips to learn: a folder by class, or a .toml file.")]
Query = Annotated[str, typer.Option(metavar="DIR", help="Filmed clips to name, which share no film with the others.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How every trial learns: an option for each field."""

    seeds: Annotated[int, typer.Option(help="Trainings of everything, each by another seed.")] = 3
    seed: Annotated[int, typer.Option(help="The first of the seeds.")] = 0
    encoder: Annotated[str, typer.Option(help="What sees the clips (synthgest list encoders).")] = "small"
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting of the encoder; repeatable.")
    ] = None
    training: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="KEY=VALUE", help="A setting of training, such as lr=0.001; repeatable."),
    ] = None
    steps: Annotated[
        int, typer.Option(help="Steps of a training; of real clips after synthetic ones real_steps of it.")
    ] = 400
    batch: Annotated[int, typer.Option(help="Clips in a step.")] = 16
    labels: Annotated[
        Literal["none", "ls", "ul", "uw", "uf"], typer.Option(help="How the synthetic clips' labels are smoothed.")
    ] = "none"
    scores: Annotated[str, typer.Option(help="Which scores, where there are several.")] = ""
    renewed: Annotated[
        bool, typer.Option("--renewed", help="Other first weights by seed too, for encoders that begin from nothing.")
    ] = False
    drop_strangers: Annotated[
        bool, typer.Option("--drop-strangers", help="Leave out clips of classes that the first set does not have.")
    ] = False

    def terms(self, regimes: str = "finetune") -> "Terms":
        """The terms that the options say."""
        from synthgest.protocols.terms import Terms
        from synthgest.recipes import parse_settings
        from synthgest.tables import to_value

        table = {
            "encoder": self.encoder,
            "encoder_settings": parse_settings(self.settings or []),
            "steps": self.steps,
            "batch": self.batch,
            "seed": self.seed,
            "validation": 0.0,
            **parse_settings(self.training or []),
        }
        told = {
            "training": table,
            "regimes": [word.strip() for word in regimes.split(",")],
            "seeds": self.seeds,
            "labels": self.labels,
            "scores": self.scores,
            "renewed": self.renewed,
            "strangers": "drop" if self.drop_strangers else "raise",
        }
        return to_value(told, Terms, where="the terms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Who carries out the trials, and what is kept: an option for each field."""

    workers: Annotated[
        int, typer.Option(help="Processes that share the trials, on one GPU each where there are some.")
    ] = 1
    executor: Executor = ExecutorName.LOCAL
    shard: Shard = "0/1"
    cache: Annotated[Path | None, typer.Option(metavar="DIR", help="Where features are kept; in --out by default.")] = (
        None
    )
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the weights of every trial, not only of what they share.")
    ] = False
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List the trials, and stop.")] = False
    as_json: JsonFlag = False

    def carry_out(self, experiment: "Experiment", out: Path) -> None:
        """Run an experiment, alone or by several processes, and print what it found; exit status 1 while trials are missing."""
        from synthgest.protocols.running import run_experiment
        from synthgest.protocols.writing import PAGE, cost, text, values

        output = Output(json=self.as_json)
        if self.dry_run:
            trials = experiment.trials()
            lines = [f"{len(trials)} trials; nothing was trained", *(f"  {trial.name}" for trial in trials)]
            output.result({"trials": [trial.name for trial in trials]}, "\n".join(lines))
            return
        part, workers = shard_of(self.shard), self.workers
        if self.executor == ExecutorName.RAY:
            by_cluster(workers, part, output)
            workers = 1
        with sharing(workers - 1) as others, output.bars() as tell:
            state = run_experiment(experiment, out, shard=part, cache=self.cache, keep=self.keep, tell=tell)
            if others.wait():
                state = run_experiment(experiment, out, shard=part, cache=self.cache, keep=self.keep, tell=tell)
        if state.findings is None:
            left = {"trials": state.trials, "missing": state.missing, "made": state.made}
            said = f"{state.made} of {state.trials} trials were carried out here, {state.missing} are missing"
            output.result(left, said)
            raise typer.Exit(1)
        told = {**values(state.findings), "cost": cost(state.findings), "page": str(out / PAGE)}
        output.result(told, f"{text(state.findings)}\n{out / PAGE}")


def spread(command: Callable[..., None], without: Sequence[str] = (), **defaults: Any) -> Callable[..., None]:
    """The command with an option for each field of its parameters that are dataclasses; these come last.

    without: fields that are no options here. defaults: of fields whose own does not fit.
    """
    own = list(inspect.signature(command).parameters.values())
    groups: dict[str, Any] = {each.name: each.annotation for each in own if is_dataclass(each.annotation)}
    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own if each.name not in groups]
    for field in (field for group in groups.values() for field in fields(group) if field.name not in without):
        default = defaults.get(field.name, field.default)
        parameters.append(
            inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=field.type)
        )

    @functools.wraps(command)
    def spread_out(**given: Any) -> None:
        for name, group in groups.items():
            told = {field.name: given.pop(field.name) for field in fields(group) if field.name in given}
            given[name] = group(**told)
        command(**given)

    spread_out.__annotations__ = {each.name: each.annotation for each in parameters}
    spread_out.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return spread_out


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
