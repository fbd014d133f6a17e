"""``synthgest audit``: what is wrong with labelled clips that anybody made; nothing is changed."""

from pathlib import Path
from typing import Annotated

import typer

from synthgest.cli.output import JsonFlag, Output
from synthgest.cli.report import FailIf, Players, tell_report


def command(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Clips: a folder for each class, a data set, or a name on the hub.")
    ],
    layout: Annotated[
        str, typer.Option(help="How they lie: folders, ucf101, hmdb51, kinetics, jester, something-v2, hugging-face.")
    ] = "",
    annotations: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="The lists that came with the clips; repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="HTML", help="The page. Its numbers lie beside it.")] = Path(
        "audit.html"
    ),
    encoder: Annotated[str, typer.Option(help="Whose features are compared, or a training run.")] = "small",
    pictures: Annotated[str, typer.Option(help="The encoder that looks at single pictures.")] = "clip",
    fail_if: FailIf = None,
    players: Players = 24,
    cache: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where features are kept between calls; else nowhere.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what is drawn by chance.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Look for clips that are unreadable, spoilt, doubled, leaked between splits or labelled wrongly, in any labelled folder."""
    from synthgest.api import write_audit
    from synthgest.data.real.dataset import open_dataset

    output = Output(json=as_json)
    dataset = open_dataset(folder, layout=layout, annotations=annotations or "", missing="skip")
    with output.bars() as tell:
        found = write_audit(
            dataset,
            out,
            fail_if=fail_if or [],
            progress=tell,
            encoder=encoder,
            pictures=pictures,
            cache=cache,
            seed=seed,
            players=players,
        )
    tell_report(found, out, output)
