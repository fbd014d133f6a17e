"""The Python face of the commands: ``generate`` with any function, ``score`` with any scorer, ``write_report``, ``write_audit``."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgest.data.dataset import Dataset
from synthgest.distractors import load_classes
from synthgest.engines import CallableEngine
from synthgest.errors import CorruptClip, SpecError
from synthgest.executors.task import Outcome
from synthgest.generation import Request, prepare, run
from synthgest.gestures import Gesture, gestures_from_folder
from synthgest.recipes import change, load_recipe
from synthgest.scoring import load_scorer
from synthgest.scoring.run import score_clips
from synthgest.scoring.store import Scores
from synthgest.types import Engine, Recipe, Rendered, Shot

if TYPE_CHECKING:
    from synthgest.report.evidence import AnySet, Progress
    from synthgest.report.run import Report

Generator = Callable[[Sequence[Shot]], Iterable[Rendered]]


def generate(
    gestures: str | Gesture | Sequence[str | Gesture],
    *,
    out: str | Path,
    seed: int,
    clips: int = 16,
    generator: str | Recipe | Engine | Generator = "pose-transfer",
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    extend: bool = False,
    progress: Callable[[Outcome], None] | None = None,
) -> Dataset:
    """Make labelled clips in the folder ``out`` and open it; a folder made before by the same call is completed.

    gestures: names of shipped gestures or vocabularies, paths to one's own ``.toml``, ``not:drone`` for none of these, or
    ``Gesture`` values. clips: a class. generator: name of a recipe, a path to one's own, a ``Recipe``, or a function (or an
    engine) that yields one ``Rendered`` for each ``Shot``, run in this process and recorded by its name; what an engine's clips
    depend on, it says by ``fingerprint()``, or a folder is continued with an engine that was set up otherwise. settings: replace
    the recipe's own. workers: processes, by default one a processor, or one a GPU where the generator uses them; 0 makes the
    clips in this process. extend: add to a folder that was begun otherwise. progress: called after every shot. Shots that could
    not be made are in ``Dataset.failures``.

    Raises SynthgestError for anything that the caller can mend.
    """
    engine, recipe = _generator(generator, settings or {})
    words = [gestures] if isinstance(gestures, str | Gesture) else gestures
    wanted = (load_classes([word]) if isinstance(word, str) else (word,) for word in words)
    request = Request(
        gestures=tuple(itertools.chain.from_iterable(wanted)),
        recipe=recipe,
        clips=clips,
        seed=seed,
        out=Path(out),
        workers=workers,
        extend=extend,
        engine=engine,
    )
    run(prepare(request), progress=progress)
    return Dataset(out)


def score(
    dataset: Dataset,
    scorer: str = "clip",
    *,
    batch: int = 16,
    progress: Callable[[int, int], None] | None = None,
    **settings: Any,
) -> Scores:
    """Score the clips that have no score yet, keep the scores in the data set's folder, and return those of all clips.

    scorer: as ``synthgest list scorers`` names them. batch: clips at once. progress: called with how many are done, and of how
    many. settings: the scorer's own, such as ``model``. Raises CorruptClip if a clip cannot be read; the others are scored.
    """
    scored = score_clips(dataset, load_scorer(scorer, dataset, settings), batch=batch, progress=progress)
    if scored.corrupt:
        raise CorruptClip(scored.corrupt[0], f"{len(scored.corrupt)} clips cannot be read, such as {scored.corrupt[0]}")
    return scored.scores


def write_report(
    dataset: Dataset,
    path: str | Path,
    *,
    real: "AnySet | None" = None,
    against: Dataset | None = None,
    sources: str | Path | None = None,
    fail_if: Sequence[str] = (),
    progress: "Progress | None" = None,
    **settings: Any,
) -> "Report":
    """Judge a data set: one HTML page at ``path``, every number as JSON beside it, and both in what is returned.

    real: filmed clips with the same class numbers (``open_dataset(DIR, like=dataset)``). against: another set to compare with.
    sources: the folder of motions that clips were generated from, for their drift. fail_if: conditions such as ``"auroc < 0.7"``,
    whose verdicts are in ``Report.verdicts``. settings: see ``ReportSettings`` (encoder, pictures, cache, seed, players). SpecError
    for a condition that cannot be read, DatasetError where no clip can be.
    """
    from synthgest.report.comparison import FIGURES
    from synthgest.report.evidence import ReportSettings
    from synthgest.report.gate import conditions
    from synthgest.report.run import report, write

    gates = conditions(fail_if, list(FIGURES))
    found = report(
        dataset,
        ReportSettings(**settings),
        real=real,
        against=against,
        sources=() if sources is None else gestures_from_folder(Path(sources)),
        gates=gates,
        progress=progress,
    )
    write(found, Path(path))
    return found


def write_audit(
    dataset: "AnySet",
    path: str | Path,
    *,
    fail_if: Sequence[str] = (),
    progress: "Progress | None" = None,
    **settings: Any,
) -> "Report":
    """As ``write_report``, for clips that anybody made (``open_dataset``): what is spoilt, doubled, leaked or labelled wrongly."""
    from synthgest.report.audit import audit
    from synthgest.report.comparison import FIGURES
    from synthgest.report.evidence import ReportSettings
    from synthgest.report.gate import conditions
    from synthgest.report.run import write

    found = audit(dataset, ReportSettings(**settings), gates=conditions(fail_if, list(FIGURES)), progress=progress)
    write(found, Path(path))
    return found


def _generator(
    generator: str | Recipe | Engine | Generator, settings: Mapping[str, Any]
) -> tuple[Engine | None, Recipe]:
    if isinstance(generator, str):
        return None, load_recipe(generator, settings)
    if isinstance(generator, Recipe):
        return None, change(generator, settings)
    if settings:
        raise SpecError("settings go with a recipe; give a function what it needs yourself")
    if isinstance(generator, Engine):
        return generator, Recipe(name=type(generator).__qualname__, engine="object", settings={})
    if not callable(generator):
        raise SpecError(f"generator is {generator!r}; expected a recipe, its name, an engine or a function of shots")
    engine = CallableEngine(generator)
    return engine, Recipe(name=engine.name, engine="callable", settings={})
