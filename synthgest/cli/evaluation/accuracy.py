"""``synthgest evaluate accuracy``: how many clips a trained recogniser names right."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from synthgest.cli.evaluation import options
from synthgest.cli.evaluation.wording import accuracy_text, short
from synthgest.cli.output import JsonFlag, Output


def command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="What `synthgest train` made.")],
    query: options.Query,
    as_json: JsonFlag = False,
) -> None:
    """How many clips a trained recogniser names right, by class, and what it takes for what."""
    from synthgest.data.real.dataset import open_dataset
    from synthgest.evaluation.accuracy import accuracy
    from synthgest.training.recogniser import load_recogniser

    output = Output(json=as_json)
    recogniser = load_recogniser(run)
    clips = open_dataset(query, like=recogniser, strangers="drop").clips
    with output.progress() as bar:
        task = bar.add_task("clips", total=len(clips))
        found = accuracy(recogniser, clips, progress=lambda count: bar.advance(task, count))
    output.result(asdict(found) | short(found), accuracy_text(found))
