"""``synthgest evaluate zero-shot``: how far words alone tell them apart."""

from dataclasses import asdict
from typing import Annotated

import typer

from synthgest.cli.evaluation import options
from synthgest.cli.evaluation.seeing import seen
from synthgest.cli.evaluation.wording import accuracy_text, short
from synthgest.cli.output import JsonFlag, Output


def command(
    query: options.Query,
    encoder: options.EncoderName = "clip",
    settings: options.Settings = None,
    cache: options.Cache = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """How many clips are named right by the words of the classes alone: by names, and by what is seen of them."""
    from synthgest.data.real.dataset import open_dataset
    from synthgest.evaluation.zero_shot import zero_shot
    from synthgest.recipes import parse_settings
    from synthgest.training.recogniser import open_encoder

    output = Output(json=as_json)
    asked = open_dataset(query)
    chosen = open_encoder(encoder, parse_settings(settings or []))
    ((rows, clips),) = seen(chosen, [asked.clips], cache, output)
    found = zero_shot(chosen, rows, [clip.label for clip in clips], asked.class_entries, seed=seed)
    lines = [f"{kind:12s} {accuracy_text(each).splitlines()[0]}" for kind, each in found.kinds.items()]
    values = {"kinds": {kind: asdict(each) | short(each) for kind, each in found.kinds.items()}}
    output.result(values | {"gain": asdict(found.gain)}, "\n".join([*lines, found.gain.verdict]))
