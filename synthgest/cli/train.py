"""``synthgest train``: an encoder and a head learn the classes of a data set."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from synthgest.cli.output import JsonFlag, Output
from synthgest.errors import SpecError

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from synthgest.data.labelled import LabelledSet
    from synthgest.data.real.dataset import RealDataset
    from synthgest.training.run import Progress
    from synthgest.types import Recipe

_OF_NONE = 0.34  # clips that are drawn to be rejected, to one of the classes

Folder = Annotated[
    list[str],
    typer.Argument(
        metavar="DIR",
        help="A data set, or a folder with a folder of clips for each class; with --generate the classes to draw.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting of the encoder, such as its model; repeatable."),
]


def command(
    source: Folder,
    out: Annotated[
        Path, typer.Option(metavar="RUN", help="Where the run is kept; a run that was interrupted goes on there.")
    ],
    real: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Filmed clips of the same classes, to learn from afterwards.")
    ] = None,
    negatives: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIR",
            help="Clips of none of the classes: what to reject; repeatable. With --generate also classes, as not:drone.",
        ),
    ] = None,
    generate: Annotated[
        bool, typer.Option("--generate", help="Draw the clips while they are read: no data set, a few frames of each.")
    ] = False,
    clips: Annotated[int, typer.Option(help="Clips a class, with --generate.")] = 60,
    generator: Annotated[str, typer.Option(help="A recipe that draws, with --generate.")] = "pose-transfer",
    generator_settings: Annotated[
        list[str] | None,
        typer.Option("--generator-set", metavar="KEY=VALUE", help="Replace a setting of the recipe; repeatable."),
    ] = None,
    encoder: Annotated[
        str,
        typer.Option(
            help="What sees the clips (synthgest list encoders), or a run: its encoder learns on, its head for the same classes."
        ),
    ] = "small",
    settings: Settings = None,
    labels: Annotated[
        Literal["none", "ls", "ul", "uw", "uf"], typer.Option(help="How labels are smoothed; all but none need scores.")
    ] = "none",
    scores: Annotated[str, typer.Option(help="Which scores, where there are several.")] = "",
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--with", metavar="KEY=VALUE", help="A setting of training, such as lr=0.001 or tune=lora; repeatable."
        ),
    ] = None,
    steps: Annotated[int, typer.Option(help="Steps of the optimizer.")] = 400,
    batch: Annotated[int, typer.Option(help="Clips in a step.")] = 16,
    seed: Annotated[int, typer.Option(help="Of all chance.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be learned from what, and stop.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Train an encoder on the clips of a data set."""
    from synthgest.recipes import load_recipe, parse_settings
    from synthgest.tables import to_value
    from synthgest.training.run import train
    from synthgest.training.settings import TrainSettings

    output = Output(json=as_json)
    start, name, own = _begun(encoder)
    table = {
        "encoder": name,
        "encoder_settings": {**own, **parse_settings(settings or [])},
        "steps": steps,
        "batch": batch,
        "seed": seed,
        **parse_settings(options or []),
    }
    chosen = to_value(table, TrainSettings, where="the training")
    if generate:
        recipe = load_recipe(generator, parse_settings(generator_settings or []))
        dataset, others = _generated(source, negatives or [], recipe, clips=clips, seed=seed, out=out)
    else:
        dataset, others = _opened(source, negatives or [])
    filmed = None if real is None else _filmed(real, dataset)
    if dry_run:
        told = {
            "clips": len(dataset),
            "classes": [entry.name for entry in dataset.class_entries],
            "negatives": sum(map(len, others)),
            "real": len(filmed or ()),
        }
        output.result(
            told, f"{dataset!r}: {steps} steps of {batch} clips by the encoder {encoder!r}; nothing was trained"
        )
        return
    with output.progress() as bar:
        made = train(
            dataset,
            out,
            chosen,
            labels=labels,
            scores=scores,
            negatives=others,
            real=filmed,
            start=start,
            progress=_shown(bar),
        )
    values = {"run": str(out), "encoder": encoder, "classes": list(made.classes), **made.about.results}
    output.result(values, _sentence(out, made.about.results))


def _begun(encoder: str) -> tuple[Path | None, str, Mapping[str, Any]]:
    """The run to begin with, if one is named; the encoder's name, and its settings there."""
    from synthgest.training.recogniser import is_finished, read_about

    if not is_finished(Path(encoder)):
        return None, encoder, {}
    settings = read_about(Path(encoder)).settings
    return Path(encoder), settings.encoder, settings.encoder_settings


def _opened(source: list[str], negatives: list[str]) -> "tuple[LabelledSet, list[LabelledSet]]":
    from synthgest.data.real.dataset import open_dataset

    if len(source) > 1:
        raise SpecError(f"{len(source)} folders to learn from; expected one, or --generate and classes")
    return open_dataset(source[0]), [open_dataset(each) for each in negatives]


def _generated(
    source: list[str], negatives: list[str], recipe: "Recipe", *, clips: int, seed: int, out: Path
) -> "tuple[LabelledSet, list[LabelledSet]]":
    """What is drawn of the classes, and of those that are to be rejected a third as many clips, beside folders of such."""
    from synthgest.data.cache import ArrayCache
    from synthgest.data.real.dataset import open_dataset
    from synthgest.distractors import load_classes
    from synthgest.training.generated import GeneratedSet

    cache = ArrayCache(folder=out / "drawn")
    dataset = GeneratedSet(load_classes(source), recipe, clips=clips, seed=seed, cache=cache)
    others: list[Any] = [open_dataset(each) for each in negatives if Path(each).is_dir()]
    named = [each for each in negatives if not Path(each).is_dir()]
    if named:
        strangers = load_classes(named)
        share = max(1, round(len(dataset) * _OF_NONE / len(strangers)))
        others.append(GeneratedSet(strangers, recipe, clips=share, seed=seed, cache=cache))
    return dataset, others


def _filmed(real: Path, dataset: "LabelledSet") -> "RealDataset":
    from synthgest.data.dataset import Dataset
    from synthgest.data.real.dataset import open_dataset

    filmed = open_dataset(real, like=dataset, strangers="drop")
    if isinstance(filmed, Dataset):
        raise SpecError(f"{real} is a data set of synthgest, not of filmed clips")
    return filmed


def _shown(bar: "Bar") -> Any:
    """A listener that shows stages as bars with their losses."""
    tasks: dict[str, Any] = {}

    def tell(progress: "Progress") -> None:
        words = ", ".join(f"{name} {value:.2f}" for name, value in progress.losses.items())
        if progress.stage not in tasks:
            tasks[progress.stage] = bar.add_task(progress.stage, total=progress.steps)
        bar.update(tasks[progress.stage], completed=progress.step, description=f"{progress.stage}: {words}")

    return tell


def _sentence(out: Path, results: dict[str, Any]) -> str:
    line = f"{out}: trained in {results['seconds']:.0f} s"
    if "validation" in results:
        found = results["validation"]
        line += (
            f"; {found['value']:.0%} [{found['low']:.0%}, {found['high']:.0%}] of the clips kept aside are named right"
        )
    return f"{line}\nnow: synthgest evaluate accuracy {out} --query DIR"
