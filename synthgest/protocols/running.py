"""An experiment from its plan to its table: finished trials are not done again, and processes share the rest."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from synthgest.data.storage import make_folder, tried, write_bytes
from synthgest.encoders import load_encoder
from synthgest.errors import ConfigChanged, DatasetError, SpecError
from synthgest.protocols.bench import Bench, Tell
from synthgest.protocols.findings import Findings
from synthgest.protocols.protocol import Experiment
from synthgest.protocols.trial import Outcome, Trial
from synthgest.protocols.writing import write_findings
from synthgest.tables import to_value

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where an experiment is. findings: None while trials are missing. made: trials that this call carried out."""

    trials: int
    missing: int
    made: int
    findings: Findings | None


def run_experiment(
    experiment: Experiment,
    out: Path,
    *,
    shard: tuple[int, int] = (0, 1),
    cache: Path | None = None,
    keep: bool = False,
    tell: Tell = lambda name, count, total: None,
) -> State:
    """Carry out the trials that are missing, and write the table once none is.

    Processes may share the folder: each takes trials that no other holds. shard: (i, n) takes every n-th trial beginning with
    trial i, where folders cannot be locked between machines. cache: of features; in ``out`` by default. keep: trials' weights
    too. tell: of progress. ConfigChanged if ``out`` holds another experiment.
    """
    part, parts = shard
    if not 0 <= part < parts:
        raise SpecError(f"shard is {part}/{parts}; expected i/n with i from 0 to n - 1")
    trials = experiment.trials()
    began = _begins(experiment)
    _require_plan(out / _PLAN, experiment, began)
    bench = Bench(out, experiment.terms, cache=cache, keep=keep, tell=tell)
    make_folder(out / "trials")
    made = 0
    for trial in trials[part::parts]:
        with tried(out / "trials" / f".lock-{trial.id}") as free:
            if free and not _path(out, trial).exists():
                bench.begin()
                outcome = experiment.carry_out(trial, bench)
                write_bytes(_path(out, trial), json.dumps(asdict(outcome), indent=1).encode())
                made += 1
        tell("trials", 1, len(trials[part::parts]))
    missing = sum(not _path(out, trial).exists() for trial in trials)
    findings = None
    if not missing:
        findings = experiment.findings(read_outcomes(out, trials))
        findings = replace(findings, facts={**findings.facts, "encoder": began.name})
        write_findings(findings, out)
    return State(trials=len(trials), missing=missing, made=made, findings=findings)


def read_outcomes(out: Path, trials: Sequence[Trial]) -> list[Outcome]:
    """What trials found, in their order. DatasetError for a file that cannot be read."""
    found = []
    for trial in trials:
        path = _path(out, trial)
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise DatasetError(f"cannot read {path}: {error}; remove it, and the trial is done again") from error
        found.append(to_value(table, Outcome, where=str(path)))
    return found


def _path(out: Path, trial: Trial) -> Path:
    return out / "trials" / f"{trial.id}.json"


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The encoder before any training. name: in words. digest: of all that its features depend on."""

    name: str
    digest: str


def _begins(experiment: Experiment) -> _Beginning:
    training = experiment.terms.training
    mark = load_encoder(training.encoder, training.encoder_settings).mark
    settings = ", ".join(f"{key} = {value}" for key, value in sorted(training.encoder_settings.items()))
    return _Beginning(f"{training.encoder} ({settings or 'as it ships'}), weights {mark.weights[:12]}", mark.digest)


def _require_plan(path: Path, experiment: Experiment, began: _Beginning) -> None:
    wanted = {
        "protocol": experiment.name,
        "terms": asdict(experiment.terms),
        "encoder": began.digest,
        **experiment.described,
    }
    wanted = json.loads(json.dumps(wanted, default=str))
    if not path.exists():
        make_folder(path.parent)
        write_bytes(path, json.dumps(wanted, indent=1).encode())
        return
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(f"cannot read {path}: {error}") from error
    changed = tuple(
        f"{key}: {known.get(key)!r} in the folder, {wanted.get(key)!r} asked for"
        for key in sorted({*known, *wanted})
        if known.get(key) != wanted.get(key)
    )
    if changed:
        raise ConfigChanged(f"{path.parent} holds another experiment; choose another folder", changed)
