"""``synthgest evaluate features``: features ahead of the commands that need them."""

from pathlib import Path
from typing import Annotated

import typer

from synthgest.cli.evaluation import options
from synthgest.cli.evaluation.seeing import seen
from synthgest.cli.executing import Executor, Shard, Tasks, by_cluster, shard_of
from synthgest.cli.output import JsonFlag, Output
from synthgest.executors.names import ExecutorName


def command(
    query: options.Query,
    cache: Annotated[Path, typer.Option(metavar="DIR", help="Where features are kept, for commands with --cache.")],
    encoder: options.EncoderName = "small",
    settings: options.Settings = None,
    workers: Tasks = 1,
    executor: Executor = ExecutorName.LOCAL,
    shard: Shard = "0/1",
    as_json: JsonFlag = False,
) -> None:
    """Compute features ahead of the commands that need them, on this machine or on many."""
    from synthgest.data.real.dataset import open_dataset
    from synthgest.recipes import parse_settings
    from synthgest.training.recogniser import open_encoder

    output = Output(json=as_json)
    part, parts = shard_of(shard)
    if executor == ExecutorName.RAY:
        by_cluster(workers, (part, parts), output)
    clips = open_dataset(query).clips[part::parts]
    ((rows, _),) = seen(open_encoder(encoder, parse_settings(settings or [])), [clips], cache, output)
    output.result({"features": len(rows), "cache": str(cache)}, f"{len(rows)} features are in {cache}")
