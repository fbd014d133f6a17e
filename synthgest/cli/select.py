"""``synthgest select``: which clips are worth training on, by what is measured of them; nothing is deleted."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgest.cli.output import JsonFlag, Output

if TYPE_CHECKING:
    from synthgest.data.dataset import Clip
    from synthgest.quality.selection import Selection


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data set.")],
    out: Annotated[
        Path | None, typer.Option(metavar="JSON", help="The selection; DIR/selections/default.json by default.")
    ] = None,
    per_class: Annotated[int, typer.Option(help="The best so many of each class; 0: all.")] = 0,
    balance: Annotated[bool, typer.Option("--balance", help="As many of each class as the smallest has.")] = False,
    near: Annotated[
        float, typer.Option(help="Share of a perceptual hash in which near-duplicates differ; 0: keep them.")
    ] = 0.18,
    scores: Annotated[
        str | None, typer.Option(help="The best are those of which this scorer is most certain; else the sharpest.")
    ] = None,
    gates: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a gate, such as least_motion=2; repeatable."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write down which clips are worth training on, and why each other one is not."""
    from synthgest.data.dataset import Dataset
    from synthgest.labels import uncertainties
    from synthgest.quality.selection import gates_from, select, write_selection
    from synthgest.recipes import parse_settings
    from synthgest.scoring.store import read_scores

    output = Output(json=as_json)
    dataset = Dataset(folder)
    path = out or folder / "selections" / "default.json"
    chosen = gates_from(parse_settings(gates or []))
    uncertain = None
    if scores is not None:
        read = read_scores(dataset, scores)
        found = uncertainties(read.probabilities, read.targets, uncertainty="label-aware")
        uncertain = dict(zip(read.ids, map(float, found), strict=True))
    with output.progress() as bar:
        task = bar.add_task("clips", total=len(dataset))

        def advance(_clip: "Clip") -> None:
            bar.advance(task)

        selection = select(
            dataset,
            per_class=per_class,
            balance=balance,
            gates=chosen,
            near=near,
            uncertainty=uncertain,
            progress=advance,
        )
    write_selection(path, selection)
    _report(selection, path, output)


def _report(selection: "Selection", path: Path, output: Output) -> None:
    reasons = Counter(reason.partition(" ")[0] for reason in selection.dropped.values())
    values: dict[str, Any] = {
        "kept": len(selection.kept),
        "dropped": len(selection.dropped),
        "reasons": dict(reasons),
        "selection": str(path),
    }
    clips = len(selection.kept) + len(selection.dropped)
    lines = [f"{len(selection.kept)} of {clips} clips kept: {path}"]
    lines += [f"{name}: {reason}" for name, reason in selection.dropped.items()]
    output.result(values, "\n".join(lines))
