"""``synthgest export``: a data set in the layout of other tools."""

from pathlib import Path
from typing import Annotated, Any

import typer

from synthgest.cli.output import JsonFlag, Output
from synthgest.errors import SpecError


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data set.")],
    format: Annotated[str, typer.Option(help="The layout (synthgest list exporters).")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new folder, which appears when it is whole.")],
    splits: Annotated[
        str, typer.Option(help="Names and shares; one name alone is all clips.")
    ] = "train=0.8,validation=0.1,test=0.1",
    group_by: Annotated[str, typer.Option(help="What splits must not share.")] = "motion,source",
    seed: Annotated[int, typer.Option(help="Of the splits.")] = 0,
    selection: Annotated[
        Path | None, typer.Option(metavar="JSON", help="Only the clips that `synthgest select` kept.")
    ] = None,
    push: Annotated[
        str, typer.Option(metavar="OWNER/NAME", help="Send the folder to the Hugging Face hub afterwards.")
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Write a copy of a data set as another tool reads it, split by groups."""
    from synthgest.data.dataset import Dataset
    from synthgest.exporters.job import export
    from synthgest.quality.selection import read_selection

    output = Output(json=as_json)
    if push and format != "huggingface":
        raise SpecError("--push sends what --format huggingface writes; give both")
    dataset = Dataset(folder)
    if selection is not None:
        dataset = dataset.only(read_selection(selection).kept)
    with output.progress() as bar:
        task = bar.add_task("clips", total=len(dataset))
        found = export(
            dataset,
            out,
            format,
            fractions=_shares(splits),
            group_by=tuple(filter(None, group_by.split(","))),
            seed=seed,
            progress=lambda count: bar.advance(task, count),
        )
    values: dict[str, Any] = {"out": str(out), "format": format, "clips": dict(found.clips)}
    lines = [f"{out}: {', '.join(f'{count} {name}' for name, count in found.clips.items())} clips as {format}"]
    if push:
        from synthgest.hub import push_folder

        values["pushed"] = push_folder(out, push)
        lines.append(f"pushed to {values['pushed']}")
    output.result(values, "\n".join(lines))


def _shares(text: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = part.strip().partition("=")
        try:
            shares[name] = float(share or 1)
        except ValueError as error:
            raise SpecError(f"--splits got {part!r}; expected NAME=SHARE, for example train=0.8") from error
        if not name.isidentifier():
            raise SpecError(f"--splits got the name {name!r}; expected a word such as train")
    return shares
