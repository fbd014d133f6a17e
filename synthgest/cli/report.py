"""``synthgest report``: one page by which somebody decides whether to trust a data set, and its numbers for a program."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgest.cli.output import JsonFlag, Output

if TYPE_CHECKING:
    from synthgest.report.run import Report

FailIf = Annotated[
    list[str] | None,
    typer.Option("--fail-if", metavar="CONDITION", help='Exit 1 if it holds, such as "auroc < 0.7"; repeatable.'),
]
Players = Annotated[int, typer.Option(help="About how many clips play in the page.")]


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data set.")],
    against: Annotated[Path | None, typer.Option(metavar="DIR", help="Another data set to compare with.")] = None,
    real: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Filmed clips of the same classes, a folder for each.")
    ] = None,
    sources: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="The motion files that clips were generated from.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="HTML", help="The page; DIR/report.html by default. The numbers lie beside it."),
    ] = None,
    encoder: Annotated[str, typer.Option(help="Whose features are compared, or a training run.")] = "small",
    pictures: Annotated[str, typer.Option(help="The encoder that looks at single pictures.")] = "clip",
    fail_if: FailIf = None,
    players: Players = 24,
    cache: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where features are kept; DIR/cache by default.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of tests and maps.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Judge a data set: what is in it, whether it can be trusted, is varied, moves right and helped; one page, no network."""
    from synthgest.api import write_report
    from synthgest.data.dataset import Dataset
    from synthgest.data.real.dataset import open_dataset

    output = Output(json=as_json)
    dataset = Dataset(folder)
    path = out or folder / "report.html"
    with output.bars() as tell:
        found = write_report(
            dataset,
            path,
            real=None if real is None else open_dataset(real, like=dataset, strangers="drop"),
            against=None if against is None else Dataset(against),
            sources=sources,
            fail_if=fail_if or [],
            progress=tell,
            encoder=encoder,
            pictures=pictures,
            cache=cache or folder / "cache",
            seed=seed,
            players=players,
        )
    tell_report(found, path, output)


def tell_report(found: "Report", path: Path, output: Output) -> None:
    """Print the verdicts, and exit 1 where a gate failed."""
    values: dict[str, Any] = {
        "report": str(path),
        "numbers": str(path.with_suffix(".json")),
        "figures": dict(found.figures),
        "gates": [
            {"condition": each.condition.text, "value": each.value, "failed": each.failed} for each in found.verdicts
        ],
        "failed": found.failed,
        "verdicts": {section.key: section.verdict for section in found.sections},
    }
    lines = [f"{section.title} {section.verdict}" for section in found.sections]
    lines += [f"next: {section.advice}" for section in found.sections if section.advice and section.mood != "good"]
    lines += [each.told for each in found.verdicts]
    lines += [f"{path}: open it in a browser; {path.with_suffix('.json').name} has every number"]
    output.result(values, "\n".join(lines))
    raise typer.Exit(1 if found.failed else 0)
