"""``synthgest evaluate``: how good an encoder or a trained recogniser is on clips that it has not seen."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from synthgest.cli import protocols
from synthgest.cli.executing import by_cluster, shard_of
from synthgest.cli.output import JsonFlag, Output
from synthgest.executors.names import ExecutorName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthgest.data.labelled import LabelledClip
    from synthgest.encoders.encoder import Encoder
    from synthgest.evaluation.accuracy import Accuracy
    from synthgest.evaluation.knn import KnnResult

app = typer.Typer(help="How good an encoder or a trained recogniser is.", no_args_is_help=True, rich_markup_mode=None)

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
_MISTAKES = 8  # on the screen

protocols.add_to(app)


@app.command("accuracy")
def accuracy_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="What `synthgest train` made.")],
    query: Query,
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
    output.result(asdict(found) | _short(found), _accuracy_text(found))


@app.command("knn")
def knn_command(
    reference: Reference,
    query: Query,
    encoder: EncoderName = "small",
    settings: Settings = None,
    k: Annotated[int, typer.Option(help="Neighbours that vote.")] = 3,
    votes: Annotated[Literal["majority", "distance", "exp"], typer.Option(help="How they vote.")] = "majority",
    normalise: Annotated[bool, typer.Option(help="Scale features to unit length.")] = True,
    cache: Cache = None,
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
        for rows, clips in _seen(chosen, [known.clips, asked.clips], cache, output)
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


@app.command("probe")
def probe_command(
    reference: Reference,
    query: Query,
    encoder: EncoderName = "small",
    settings: Settings = None,
    cache: Cache = None,
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
    (rows, clips), (asked_rows, asked_clips) = _seen(chosen, [known.clips, asked.clips], cache, output)
    labels, asked_labels = ([clip.label for clip in each] for each in (clips, asked_clips))
    found = probe(rows, labels, asked_rows, asked_labels, known.classes)
    output.result(asdict(found) | _short(found), _accuracy_text(found))


@app.command("zero-shot")
def zero_shot_command(
    query: Query,
    encoder: EncoderName = "clip",
    settings: Settings = None,
    cache: Cache = None,
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
    ((rows, clips),) = _seen(chosen, [asked.clips], cache, output)
    found = zero_shot(chosen, rows, [clip.label for clip in clips], asked.class_entries, seed=seed)
    lines = [f"{kind:12s} {_accuracy_text(each).splitlines()[0]}" for kind, each in found.kinds.items()]
    values = {"kinds": {kind: asdict(each) | _short(each) for kind, each in found.kinds.items()}}
    output.result(values | {"gain": asdict(found.gain)}, "\n".join([*lines, found.gain.verdict]))


@app.command("drift")
def drift_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Clips that films or captures drove.")],
    source: Annotated[Path, typer.Option("--from", metavar="DIR", help="Class folders of the films or captures.")],
    gate: Annotated[
        float, typer.Option(help="Largest drift of a clip, in torsos; exit status 1 if one is above.")
    ] = 0.10,
    as_json: JsonFlag = False,
) -> None:
    """How far the joints of clips are from where their sources had them, seen as the source's camera saw it."""
    from synthgest.data.dataset import Dataset
    from synthgest.evaluation.reenactment import reenactments
    from synthgest.gestures import gestures_from_folder

    output = Output(json=as_json)
    clips = list(Dataset(folder))
    with output.progress() as bar:
        task = bar.add_task("clips", total=len(clips))
        found = reenactments(clips, gestures_from_folder(source), progress=lambda count: bar.advance(task, count))
    above = sorted((each for each in found if each.drift.drift > gate), key=lambda each: -each.drift.drift)
    classes = {
        name: [each.drift for each in found if each.gesture == name]
        for name in sorted({each.gesture for each in found})
    }
    means = {
        name: {
            "clips": len(own),
            **{key: sum(getattr(each, key) for each in own) / len(own) for key in ("drift", "pck", "coverage", "lag")},
        }
        for name, own in classes.items()
    }
    lines = [f"{len(found)} clips, {len(above)} of them above {gate:g} of a torso"]
    lines += [
        f"  {name}  drift {own['drift']:.3f}, PCK@0.1 {own['pck']:.1%} of {own['coverage']:.0%} of the joints, {own['lag']:+.2f} s"
        for name, own in means.items()
    ]
    lines += [f"  {each.id}  {each.drift.drift:.3f}  {each.gesture}, {each.source}" for each in above[:_MISTAKES]]
    values = {
        "clips": len(found),
        "gate": gate,
        "above": [each.id for each in above],
        "classes": means,
        "each": [asdict(each) for each in found],
    }
    output.result(values, "\n".join(lines))
    raise typer.Exit(1 if above else 0)


@app.command("features")
def features_command(
    query: Query,
    cache: Annotated[Path, typer.Option(metavar="DIR", help="Where features are kept, for commands with --cache.")],
    encoder: EncoderName = "small",
    settings: Settings = None,
    workers: Annotated[int, typer.Option(help="Tasks of the cluster, with --executor ray.")] = 1,
    executor: Annotated[ExecutorName, typer.Option(help="Who runs the workers.")] = ExecutorName.LOCAL,
    shard: Annotated[
        str, typer.Option(metavar="i/n", help="Only part i of n of the clips (from 0); auto: as the scheduler says.")
    ] = "0/1",
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
    ((rows, _),) = _seen(open_encoder(encoder, parse_settings(settings or [])), [clips], cache, output)
    output.result({"features": len(rows), "cache": str(cache)}, f"{len(rows)} features are in {cache}")


@app.command("latency")
def latency_command(
    query: Query,
    encoder: EncoderName = "small",
    settings: Settings = None,
    as_json: JsonFlag = False,
) -> None:
    """How long an encoder takes for one clip and for several at once; decoding and preparing apart."""
    from synthgest.data.device import best_device
    from synthgest.data.real.dataset import open_dataset
    from synthgest.evaluation.latency import BATCHES, latency
    from synthgest.recipes import parse_settings
    from synthgest.training.recogniser import open_encoder

    output = Output(json=as_json)
    chosen = open_encoder(encoder, parse_settings(settings or []))
    with output.progress() as bar:
        task = bar.add_task("timings", total=len(BATCHES) + 3)
        clip = open_dataset(query).clips[0]
        found = latency(chosen, clip, device=best_device(), progress=lambda count: bar.advance(task, count))
    lines = [f"{found.device}: milliseconds a call, median and 95th percentile"]
    lines += [f"  encoder, {each.clips} clips  {each.median:8.1f} {each.p95:8.1f}" for each in found.encoder]
    lines += [f"  decoding a clip   {found.decoding.median:8.1f} {found.decoding.p95:8.1f}"]
    lines += [f"  preparing it      {found.preparing.median:8.1f} {found.preparing.p95:8.1f}"]
    if not found.steady:
        lines.append(f"a second timing gave {found.again.median:.1f}: this machine is too busy for these figures")
    output.result(asdict(found) | {"steady": found.steady}, "\n".join(lines))
    raise typer.Exit(0 if found.steady else 1)


def _seen(
    encoder: "Encoder", sides: "Sequence[Sequence[LabelledClip]]", cache: Path | None, output: Output
) -> "list[tuple[NDArray[np.float32], list[LabelledClip]]]":
    """Features of several sets of clips, with the clips that they are of."""
    from synthgest.data.device import best_device
    from synthgest.evaluation.extraction import features

    with output.progress() as bar:
        task = bar.add_task("features", total=sum(map(len, sides)))
        return [
            features(encoder, clips, cache=cache, device=best_device(), progress=lambda count: bar.advance(task, count))
            for clips in sides
        ]


def _short(found: "Accuracy") -> dict[str, Any]:
    return {"accuracy": found.top1.value, "interval": [found.top1.low, found.top1.high]}


def _accuracy_text(found: "Accuracy") -> str:
    top = found.top1
    lines = [f"{top.value:.1%} [{top.low:.1%}, {top.high:.1%}] of {found.n} clips are named right (95 % interval)"]
    if found.top5 is not None:
        lines.append(f"{found.top5.value:.1%} have the right class among the five most probable")
    width = max(map(len, found.classes), default=0)
    lines += [
        f"  {name:{width}s}  {each.value:6.1%} [{each.low:5.1%}, {each.high:5.1%}]"
        for name, each in found.classes.items()
    ]
    for mistake in found.mistakes[:_MISTAKES]:
        alike = " (look-alikes)" if mistake.alike else ""
        lines.append(f"  {mistake.clips} of {mistake.gesture} taken for {mistake.taken_for}{alike}")
    if found.accepted is not None:
        lines.append(
            f"  {found.rejected} would be taken for none of the classes, so that {found.accepted.value:.1%} "
            f"[{found.accepted.low:.1%}, {found.accepted.high:.1%}] are left"
        )
    return "\n".join(lines)


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
