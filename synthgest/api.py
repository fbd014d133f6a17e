"""The Python face of generation: ``generate`` does what the command does, and takes any function as a generator."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthgest.data.dataset import Dataset
from synthgest.engines import CallableEngine
from synthgest.executors.task import Outcome
from synthgest.generation import Request, default_workers, run
from synthgest.gestures import Gesture, load_gestures
from synthgest.recipes import load_recipe
from synthgest.types import Recipe, Rendered, Shot

Generator = Callable[[Sequence[Shot]], Iterator[Rendered]]


def generate(
    gestures: Sequence[str | Gesture],
    *,
    out: str | Path,
    seed: int,
    clips: int = 16,
    generator: str | Recipe | Generator = "pose-transfer",
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    extend: bool = False,
    progress: Callable[[Outcome], None] | None = None,
) -> Dataset:
    """Make labelled clips in the folder ``out`` and open it; a folder made before by the same call is completed.

    gestures: names of shipped gestures or vocabularies, paths to one's own ``.toml``, or ``Gesture`` values. clips: a
    class. generator: name of a recipe, a path to one's own, a ``Recipe``, or a function that yields one ``Rendered`` for
    each ``Shot`` (run in this process; its ``__name__`` is recorded). settings: replace the recipe's own. workers:
    processes, one a processor by default; 0 makes the clips in this process. extend: add to a folder that was begun
    otherwise. progress: called after every shot. Shots that could not be made are in ``Dataset.failures``.

    Raises SynthgestError for anything that the caller can mend.
    """
    engine, recipe = None, None
    if isinstance(generator, Recipe):
        recipe = generator
    elif isinstance(generator, str):
        recipe = load_recipe(generator, settings)
    else:
        name = getattr(generator, "__name__", type(generator).__name__)
        engine, recipe = CallableEngine(generator), Recipe(name=name, engine="callable", settings=dict(settings or {}))
    wanted = (load_gestures([word]) if isinstance(word, str) else (word,) for word in gestures)
    request = Request(
        gestures=tuple(itertools.chain.from_iterable(wanted)),
        recipe=recipe,
        clips=clips,
        seed=seed,
        out=Path(out),
        workers=default_workers() if workers is None else workers,
        extend=extend,
        engine=engine,
    )
    run(request, progress=progress)
    return Dataset(out)
