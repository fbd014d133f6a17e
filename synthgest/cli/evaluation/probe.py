"""``synthgest evaluate probe``: how far a straight cut through features tells the classes apart."""

from dataclasses import asdict

from synthgest.cli.evaluation import options
from synthgest.cli.evaluation.seeing import seen
from synthgest.cli.evaluation.wording import accuracy_text, short
from synthgest.cli.output import JsonFlag, Output


def command(
    reference: options.Reference,
    query: options.Query,
    encoder: options.EncoderName = "small",
    settings: options.Settings = None,
    cache: options.Cache = None,
    as_json: JsonFlag = False,
) -> None:
    """How many clips a linear probe on an encoder's features names right."""
    from synthgest.data.real.dataset import open_dataset
    from synthgest.data.splits import RELATIVES, require_apart
    from synthgest.evaluation.probe import probe
    from synthgest.recipes import parse_settings
    from synthgest.training.recogniser import open_encoder

    output = Output(json=as_json)
    known = open_dataset(reference)
    asked = open_dataset(query, like=known, strangers="drop")
    require_apart({"reference": known.clips, "query": asked.clips}, group_by=RELATIVES)
    chosen = open_encoder(encoder, parse_settings(settings or []))
    (rows, clips), (asked_rows, asked_clips) = seen(chosen, [known.clips, asked.clips], cache, output)
    labels, asked_labels = ([clip.label for clip in each] for each in (clips, asked_clips))
    found = probe(rows, labels, asked_rows, asked_labels, known.classes)
    output.result(asdict(found) | short(found), accuracy_text(found))
