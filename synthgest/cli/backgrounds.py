"""``synthgest backgrounds``: a folder of places by a text-to-image model, for drawn people to stand in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthgest.cli.output import JsonFlag, Output

if TYPE_CHECKING:
    from synthgest.backgrounds import Background, Filled


def command(
    classes: Annotated[
        list[str], typer.Argument(metavar="CLASS...", help="Gestures, vocabularies, your own .toml, or plain phrases.")
    ],
    generator: Annotated[
        str, typer.Option(help="A text-to-image recipe (synthgest list backgrounds), or the path of your own .toml.")
    ] = "stable-diffusion-xl",
    environments: Annotated[int, typer.Option(help="Places of a class.")] = 4,
    each: Annotated[int, typer.Option(help="Pictures of each place.")] = 4,
    seed: Annotated[int, typer.Option(help="Another seed gives other places and pictures.")] = 0,
    out: Annotated[Path, typer.Option(help="The folder; pictures that it holds already are kept.")] = Path(
        "backgrounds"
    ),
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a setting of the recipe; repeatable."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the prompts; make nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Fill a folder with pictures of the places of gestures; then: generate --set backgrounds=FOLDER."""
    from synthgest.backgrounds import fill_folder, load_background_recipe, plan_backgrounds
    from synthgest.gestures import load_gestures
    from synthgest.prompting.enrichment import Enrichment
    from synthgest.prompting.settings import EnrichmentSettings
    from synthgest.recipes import parse_settings

    output = Output(json=as_json)
    recipe = load_background_recipe(generator, parse_settings(settings or []))
    enrichment = Enrichment(settings=EnrichmentSettings(mode="env", environments=environments, seed=seed))
    planned = plan_backgrounds(load_gestures(classes), enrichment, each=each, seed=seed)
    if dry_run:
        output.result({"prompts": [each.prompt for each in planned]}, "\n".join(each.prompt for each in planned))
        return
    with output.progress() as bar:
        task = bar.add_task("pictures", total=len(planned))

        def advance(_made: "Background") -> None:
            bar.advance(task)

        filled = fill_folder(recipe, planned, out, progress=advance)
    _report(filled, out, output)
    raise typer.Exit(1 if filled.failed else 0)


def _report(filled: "Filled", out: Path, output: Output) -> None:
    values: dict[str, Any] = {
        "made": filled.made,
        "kept": filled.kept,
        "failed": dict(filled.failed),
        "out": str(out),
    }
    lines = [f"{filled.made} pictures made, {filled.kept} kept in {out}; use them by --set backgrounds={out}"]
    lines += [f"{name}: {reason}" for name, reason in filled.failed.items()]
    output.result(values, "\n".join(lines))
