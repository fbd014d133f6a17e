"""Options that the evaluations share."""

from pathlib import Path
from typing import Annotated

import typer

Query = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Clips to name: a data set, or a folder with a folder of clips for each class."),
]
Reference = Annotated[Path, typer.Option(metavar="DIR", help="Clips whose classes are known.")]
EncoderName = Annotated[str, typer.Option(help="What sees the clips (synthgest list encoders), or a training run.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting of the encoder; repeatable.")
]
Cache = Annotated[Path | None, typer.Option(metavar="DIR", help="Where features are kept between calls.")]
