"""``synthgest licenses``: what clips were made from, and whether one may trade on them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from synthgest.cli.output import JsonFlag, Output


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data set.")],
    commercial: Annotated[
        bool, typer.Option("--commercial", help="Exit 1 if a source forbids trade, or nobody says that it allows it.")
    ] = False,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN=LICENCE", help="The licence of sources that name none, by their names; repeatable."
        ),
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="Sources that name no licence are your own.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List every source of a data set with its licence; exit 1 if one forbids training, or with --commercial trade."""
    from synthgest.data.dataset import Dataset
    from synthgest.licences import OWN, ledger

    output = Output(json=as_json)
    sources = ledger(Dataset(folder), [*(state or []), *([f"*={OWN}"] if own else [])])
    refused = {"no training", *(("non-commercial", "not stated") if commercial else ())}
    bad = [source for source in sources if source.use in refused]
    values: dict[str, Any] = {
        "sources": [asdict(source) for source in sources],
        "refused": [asdict(source) for source in bad],
    }
    rows = [("use", "kind", "source", "licence", "clips")]
    rows += [(each.use, each.kind, each.name, each.licence, str(each.clips)) for each in sources]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    terms = [source.name for source in sources if source.use == "under terms"]
    if terms:
        lines.append(f"read the terms of {', '.join(dict.fromkeys(terms))}: they exclude some uses")
    if bad:
        lines.append(
            f"refused: {len(bad)} sources {'are not free for trade, or say nothing' if commercial else 'forbid training'}"
        )
        lines += [f"  {each.kind} {each.name}: {each.licence}" for each in bad]
        if any(each.use == "not stated" for each in bad):
            lines.append("say what is yours: --own, or --state 'PATTERN=LICENCE'")
    output.result(values, "\n".join(lines))
    raise typer.Exit(1 if bad else 0)
