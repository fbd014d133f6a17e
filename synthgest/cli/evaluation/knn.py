"""``synthgest evaluate knn``: how often the nearest clips of a reference set say the class of a clip."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from synthgest.cli.evaluation import options
from synthgest.cli.evaluation.seeing import seen
from synthgest.cli.output import JsonFlag, Output

if TYPE_CHECKING:
    from synthgest.evaluation.knn import KnnResult


def command(
    reference: options.Reference,
    query: options.Query,
    encoder: options.EncoderName = "small",
    settings: options.Settings = None,
    k: Annotated[int, typer.Option(help="Neighbours that vote.")] = 3,
    votes: Annotated[Literal["majority", "distance", "exp"], typer.Option(help="How they vote.")] = "majority",
    normalise: Annotated[bool, typer.Option(help="Scale features to unit length.")] = True,
    cache: options.Cache = None,
    as_json: JsonFlag = False,
) -> None:
    """How often the nearest clips of a reference set, by an encoder's features, say the class of a clip."""
    from synthgest.data.real.dataset import open_dataset
    from synthgest.data.splits import relations
    from synthgest.evaluation.knn import Features, evaluate_knn
    from synthgest.recipes import parse_settings
    from synthgest.training.recogniser import open_encoder

    output = Output(json=as_json)
    chosen = open_encoder(encoder, parse_settings(settings or []))
    known = open_dataset(reference)
    asked = open_dataset(query, like=known, strangers="drop")
    sides = [
        Features(values=rows, labels=[clip.label for clip in clips], groups=[relations(clip) for clip in clips])
        for rows, clips in seen(chosen, [known.clips, asked.clips], cache, output)
    ]
    found = evaluate_knn(*sides, k=k, normalise=normalise, votes=votes)
    values = {
        "accuracy": found.accuracy.value,
        "interval": [found.accuracy.low, found.accuracy.high],
        "n": found.n,
        "k": found.k,
        "wanted": found.wanted,
        "votes": found.votes,
        "tie_rate": found.tie_rate,
        "normalised": found.normalised,
        "accuracy_otherwise": asdict(found.accuracy_otherwise),
        "sweep": {str(key): asdict(value) for key, value in found.sweep.items()},
        "left_out": list(found.left_out),
        "encoder": asdict(chosen.mark),
    }
    output.result(values, _knn_text(found))


def _knn_text(found: "KnnResult") -> str:
    each, other = found.accuracy, found.accuracy_otherwise
    how = ("unit length", "as they are") if found.normalised else ("as they are", "unit length")
    lines = [
        f"{each.value:.1%} [{each.low:.1%}, {each.high:.1%}] of {found.n} clips by {found.k} neighbours, features {how[0]}",
        f"{other.value:.1%} with features {how[1]}; {found.tie_rate:.0%} of the votes were tied",
    ]
    if found.k < found.wanted:
        lines.append(f"{found.wanted} neighbours were asked for, but there is a clip that may see only {found.k}")
    lines += [f"  k = {key:2d}: {value.value:.1%}" for key, value in found.sweep.items()]
    return "\n".join(lines)
