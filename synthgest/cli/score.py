"""``synthgest score``: how well clips match their classes, and whether the scorer can be believed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgest.cli.executing import Executor, Shard, Tasks, by_cluster, shard_of
from synthgest.cli.output import JsonFlag, Output
from synthgest.executors.names import ExecutorName

if TYPE_CHECKING:
    from synthgest.data.dataset import Dataset
    from synthgest.scoring.run import Scored
    from synthgest.scoring.summary import Summary
    from synthgest.scoring.validation import Finding, Validation

_SHOWN = 12  # classes on the screen, those with the least agreement first


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data set.")],
    scorer: Annotated[str, typer.Option(help="What scores (synthgest list scorers).")] = "clip",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting of the scorer, such as its model; repeatable."),
    ] = None,
    validate: Annotated[
        bool, typer.Option("--validate", help="Test the scorer on bad clips made of good ones; exit 1 if it sees none.")
    ] = False,
    validation_clips: Annotated[int, typer.Option(help="Good clips that are used to validate, at most.")] = 100,
    batch: Annotated[int, typer.Option(help="Clips at once.")] = 16,
    seed: Annotated[int, typer.Option(help="Of the bad clips.")] = 0,
    workers: Tasks = 1,
    executor: Executor = ExecutorName.LOCAL,
    shard: Shard = "0/1",
    as_json: JsonFlag = False,
) -> None:
    """Score the clips of a data set; those that have a score by the same model keep it."""
    from synthgest.data.dataset import Dataset
    from synthgest.recipes import parse_settings
    from synthgest.scoring import load_scorer
    from synthgest.scoring.run import score_clips
    from synthgest.scoring.store import ScoreFolder
    from synthgest.scoring.validation import validate as validated
    from synthgest.scoring.validation import write_validation

    output = Output(json=as_json)
    part = shard_of(shard)
    if executor == ExecutorName.RAY:
        by_cluster(workers, part, output, leave_out=("--validate",))
    dataset = Dataset(folder)
    chosen = load_scorer(scorer, dataset, parse_settings(settings or []))
    with output.progress() as bar:
        task = bar.add_task("clips", total=None)
        scored = score_clips(
            dataset,
            chosen,
            batch=batch,
            shard=part,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    found = None
    if validate:
        with output.progress() as bar:
            task = bar.add_task("validation", total=None)
            found = validated(
                dataset, chosen, clips=validation_clips, seed=seed, progress=lambda count: bar.advance(task, count)
            )
        write_validation(ScoreFolder(dataset, chosen.mark).path, found)
    _report(dataset, scored, found, output)
    blind = found is not None and all(each.doubtful or each.blind or each.auroc is None for each in found.findings)
    raise typer.Exit(1 if scored.corrupt or blind else 0)


def _report(dataset: "Dataset", scored: "Scored", found: "Validation | None", output: Output) -> None:
    import numpy as np

    from synthgest.scoring.open_clip_model import unheard
    from synthgest.scoring.summary import summaries

    folder = dataset.folder
    scores = scored.scores
    strange = unheard(scores.mark.model, {entry.name: entry.phrase for entry in dataset.class_entries})
    name = f"{scores.mark.scorer}-{scores.mark.digest}"
    values: dict[str, Any] = {
        "scores": str(folder / "scores" / name),
        "clips": len(scores),
        "made": scored.made,
        "corrupt": list(scored.corrupt),
        "agreement": scores.agreement,
        "entropy_mean": float(np.mean(scores.entropy)) if len(scores) else None,
        "entropy_max": float(np.log(len(scores.mark.classes))),
        "unheard": list(strange),
    }
    lines = [
        f"{len(scores)} clips scored by {name} ({scored.made} now): the most probable class is the label of "
        f"{scores.agreement:.0%}; mean entropy {values['entropy_mean'] or 0:.2f} of {values['entropy_max']:.2f} nats"
    ]
    classes, generators = summaries(dataset, scores), summaries(dataset, scores, "generator")
    values["classes"], values["generators"] = ([_row(each) for each in rows] for rows in (classes, generators))
    worst = sorted(classes, key=lambda each: each.agreement.value)
    lines += ["", *_table("class", worst[:_SHOWN])]
    lines += [f"  ... {len(worst) - _SHOWN} more in --json" for _ in range(len(worst) > _SHOWN)]
    lines += ["", *_table("generator", generators)] if len(generators) > 1 else []
    lines += [f"clip {clip} cannot be read; see `synthgest verify {folder}`" for clip in scored.corrupt]
    if strange:
        lines.append(
            f"warning: {scores.mark.model} never learned {', '.join(strange)}: of these it knows nothing; take a real CLIP, "
            "--set model=hf-hub:OWNER/NAME, or --scorer prototype"
        )
    if found is None:
        lines.append("not validated: --validate tells what these scores can be believed for")
    else:
        values["validation"] = [_entry(finding) for finding in found.findings]
        values["warnings"] = list(found.warnings)
        lines += ["", f"bad clips made of {found.clips} good ones, told apart (AUROC, 95 % interval):"]
        lines += [f"  {finding.kind:15s} {finding.measure:12s} {_figure(finding)}" for finding in found.findings]
        lines += [f"warning: {warning}" for warning in found.warnings]
    output.result(values, "\n".join(lines))


def _table(heading: str, rows: "Sequence[Summary]") -> list[str]:
    width = max(len(row.name) for row in rows) if rows else 0
    lines = [f"  {heading:{width}s}  clips  agreement, 95 %      entropy  smoothed  taken for"]
    for row in rows:
        share = f"{row.agreement.value:4.0%} [{row.agreement.low:4.0%}, {row.agreement.high:4.0%}]"
        lines.append(
            f"  {row.name:{width}s}  {row.clips:5d}  {share}  {row.entropy:7.2f}  {row.smoothing:8.3f}  {row.taken_for}"
        )
    return lines


def _row(row: "Summary") -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(row)


def _entry(finding: "Finding") -> dict[str, Any]:
    estimate = finding.auroc
    numbers = {"auroc": estimate.value, "low": estimate.low, "high": estimate.high} if estimate else {"auroc": None}
    return {"kind": finding.kind, "measure": finding.measure, "blind": finding.blind, **numbers}


def _figure(finding: "Finding") -> str:
    if finding.auroc is None:
        return "not computable for two classes"
    figure = f"{finding.auroc.value:.2f} [{finding.auroc.low:.2f}, {finding.auroc.high:.2f}]"
    return f"{figure}  blind by construction" if finding.blind else figure
