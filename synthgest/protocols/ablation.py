"""Ablation: synthetic clips learned in ways that differ in one thing alone (arXiv 2505.19495, tables 6 and 7; 2506.09411)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from synthgest.data.dataset import Dataset
from synthgest.data.manifest import ClassEntry, class_entries
from synthgest.distractors import load_classes
from synthgest.errors import SpecError
from synthgest.generation import Prepared, Request, prepare, run
from synthgest.labels import LABEL_MODES, LabelMode
from synthgest.protocols.bench import Bench
from synthgest.protocols.findings import Findings, Outcomes, accuracies, against
from synthgest.protocols.opening import described, opened, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Outcome, Trial, digest
from synthgest.recipes import change, load_recipe
from synthgest.types import Recipe

LABELS = "labels"
PRESETS: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "prompts": ("enrichment.mode", ("basic", "env", "char", "env+char")),
    "identities": ("enrichment.characters", (5, 10, 15)),
}
"""What is varied, and how, by a name. ``labels`` varies no setting of a recipe but how labels are smoothed."""

_TEST = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationSettings:
    """What is varied over which values.

    vary: ``labels``, a preset, or a setting of the recipe such as ``camera.upper_body``. values: of it; by default a preset's.
    query: clips to name. source: the scored data set for ``labels``. classes, generator, settings, clips: as in
    ``generate``, of what is drawn otherwise, the same for every value but for the one setting.
    """

    vary: str
    query: str
    values: tuple[Any, ...] = ()
    source: str = ""
    classes: tuple[str, ...] = ()
    generator: str = "pose-transfer"
    settings: Mapping[str, Any] = field(default_factory=dict)
    clips: int = 60

    def __post_init__(self) -> None:
        if self.vary == LABELS and (not self.source or self.classes):
            raise SpecError("labels are varied on a data set that has scores; expected its folder, and no classes")
        if self.vary != LABELS and (self.source or not self.classes):
            raise SpecError(
                f"to vary {self.vary}, clips are drawn; expected classes, as `synthgest generate` takes them"
            )
        if self.vary != LABELS and self.vary not in PRESETS and len(self.values) < 2:
            raise SpecError(f"{self.vary} is to be varied, over {list(self.values)}; expected at least 2 values")


class Ablation:
    """Arms: the values, each compared with the first. The query is asked only by what is reported; nothing is chosen."""

    name = "ablation"

    def __init__(self, settings: AblationSettings, terms: Terms) -> None:
        """Opens the data and reads the recipes; SpecError for a setting or value that there is not."""
        if terms.regimes != ("finetune",):
            raise SpecError(f"an ablation fine-tunes; regimes are {list(terms.regimes)}, expected finetune alone")
        self.terms = terms
        self._settings = settings
        key, usual = (
            (LABELS, LABEL_MODES) if settings.vary == LABELS else PRESETS.get(settings.vary, (settings.vary, ()))
        )
        self._values = {str(value): value for value in settings.values or usual}
        self._recipes: dict[str, Recipe] = {}
        self._configs: dict[str, str] = {}
        self._source = None
        if settings.vary == LABELS:
            if strangers := [value for value in self._values if value not in LABEL_MODES]:
                raise SpecError(f"no labels {strangers[0]!r}; expected some of {', '.join(LABEL_MODES)}")
            self._source = Dataset(settings.source)
            for mode in self._values:
                self._source.targets(_mode(mode), scores=terms.scores)
            self._query = opened(settings.query, terms, like=self._source)
        else:
            self._gestures = load_classes(settings.classes)
            base = change(load_recipe(settings.generator), settings.settings)
            if key == "enrichment.mode" and base.engine == "pose-transfer":
                raise SpecError(
                    f"{settings.generator} draws somebody else somewhere else in every clip, whatever a prompt says; "
                    "vary identities, or take a generator that reads prompts"
                )
            self._recipes = {name: change(base, _nested(key, value)) for name, value in self._values.items()}
            self._configs = {name: self._prepared(recipe).config for name, recipe in self._recipes.items()}
            if len(set(self._configs.values())) < len(self._configs):
                raise SpecError(
                    f"{settings.vary} {', '.join(self._values)}: some draw the same clips; expected values that differ"
                )
            self._query = opened(settings.query, terms, like=Classes(class_entries(self._gestures)))

    @property
    def described(self) -> Mapping[str, Any]:
        """Settings without paths, and the data."""
        kept = {key: value for key, value in asdict(self._settings).items() if key not in ("query", "source")}
        return {
            **kept,
            "values": list(self._values),
            "recipes": self._configs,
            **described(self.terms, query=self._query, source=self._source),
        }

    def trials(self) -> tuple[Trial, ...]:
        """Every value, by seed."""
        return tuple(Trial(arm=self._arm(name), seed=seed) for seed in self.terms.numbers for name in self._values)

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Draw, where that has not been done; learn; name the queries."""
        settings = self.terms.training_of(trial.seed)
        name = next(name for name in self._values if self._arm(name) == trial.arm)
        if self._source is not None:
            made = bench.trained(trial, self._source, settings, labels=_mode(name))
            return bench.outcome(trial, bench.asked(_TEST, made, self._query.clips))
        drawn = self._drawn(name, trial.seed, bench)
        made = bench.trained(trial, drawn, settings)
        return bench.outcome(trial, bench.asked(_TEST, made, self._query.clips))

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """Accuracy of every value, and what it gains over the first."""
        found = Outcomes(outcomes)
        rows, differences = accuracies(found, baseline=against(self._arm(next(iter(self._values)))))
        return found.findings(self.name, "", rows, differences)

    def _arm(self, value: str) -> str:
        return f"{self._settings.vary} {value}"

    def _prepared(self, recipe: Recipe, seed: int = 0, out: Path | None = None) -> Prepared:
        """SpecError for what cannot be drawn; nothing is written."""
        each, folder = self._settings, out or Path(f"no-folder-{digest(recipe.settings)}")
        return prepare(Request(gestures=self._gestures, recipe=recipe, clips=each.clips, seed=seed, out=folder))

    def _drawn(self, name: str, seed: int, bench: Bench) -> Dataset:
        """The clips of a value, by each seed others; drawn by the trial that needs them first."""
        out = bench.folder("drawn", digest([self._configs[name], self._settings.clips, seed]))
        prepared = self._prepared(self._recipes[name], seed, out)
        summary = run(prepared, progress=lambda _: bench.tell("drawing", 1, prepared.missing))
        if summary.failed:
            raise SpecError(
                f"{summary.failed} clips could not be drawn, such as {summary.failures[0].message}; the arms would not be alike"
            )
        drawn = Dataset(out)
        require_unrelated({"query": self._query}, {"synthetic": drawn})
        return drawn


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes that are yet to be drawn."""

    class_entries: tuple[ClassEntry, ...]


def _nested(key: str, value: Any) -> dict[str, Any]:
    table: Any = value
    for part in reversed(key.split(".")):
        table = {part: table}
    found: dict[str, Any] = table
    return found


def _mode(name: str) -> LabelMode:
    return next(mode for mode in LABEL_MODES if mode == name)
