"""Transfer: pretrained on one set or another, or on nothing, then fine-tuned and probed on many (SynAPT, chapter 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from synthgest.data.labelled import LabelledSet
from synthgest.data.part import Part
from synthgest.encoders import load_encoder
from synthgest.errors import SpecError
from synthgest.evaluation.excerpt import Excerpt
from synthgest.evaluation.probe import probe_probabilities
from synthgest.evaluation.scene import representation_bias
from synthgest.protocols.bench import Bench
from synthgest.protocols.choosing import require_numbers, shots, some_classes
from synthgest.protocols.findings import ACCURACY, Difference, Findings, Outcomes, Row, accuracies
from synthgest.protocols.fitting import learned
from synthgest.protocols.opening import described, opened, require_all_classes, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Answers, Outcome, Trial, answers
from synthgest.resampling import Indices, compare_over_runs, mean_of, resample
from synthgest.statistics import Estimate

NOTHING = "as it begins"
ALL = "all"
_BIAS = "single frames, never trained"
_WEAK = 3.0  # times chance: below it a ratio's denominator says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A data set to transfer to. train, query: clips to learn, and to name."""

    train: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSettings:
    """What is pretrained on, and transferred to.

    sources: sets to pretrain on, by name. targets: by name. classes, clips: rising sizes of nested parts of every source: so
    many classes with all clips, and all classes with so many clips each; empty for none. against: the source of real clips to
    which the others' gap ratios are taken, or empty. pictures: the encoder of single frames by which representation bias is
    measured; it is never trained (the thesis: a network that saw ImageNet).
    """

    sources: Mapping[str, str]
    targets: Mapping[str, Target]
    classes: tuple[int, ...] = ()
    clips: tuple[int, ...] = ()
    against: str = ""
    pictures: str = "clip"

    def __post_init__(self) -> None:
        if not self.sources or not self.targets:
            raise SpecError(
                "expected at least one set to pretrain on, as NAME=DIR, and one target, as NAME=TRAIN,QUERY"
            )
        if NOTHING in self.sources:
            raise SpecError(f"{NOTHING!r} is the name of the arm without pretraining; choose another")
        if self.against and self.against not in self.sources:
            raise SpecError(f"against is {self.against!r}; expected one of {', '.join(self.sources)}")
        for name, values, least in (("classes", self.classes, 2), ("clips", self.clips, 1)):
            if values:
                require_numbers(name, values, least=least)


class Transfer:
    """Arms: each source, and the encoder ``as it begins``, which need not be from nothing. Places on the axis: the sources' parts.

    Every target begins with a new head, whatever the source's classes are.
    """

    name = "transfer"

    def __init__(self, settings: TransferSettings, terms: Terms) -> None:
        """Opens the data; SpecError for parts that are larger than a source, and where query and training share a film."""
        self.terms = terms
        self._settings = settings
        self._sources = {name: opened(path, terms) for name, path in settings.sources.items()}
        self._train: dict[str, LabelledSet] = {}
        self._query: dict[str, LabelledSet] = {}
        for name, target in settings.targets.items():
            self._train[name] = opened(target.train, terms)
            self._query[name] = opened(target.query, terms, like=self._train[name])
            require_all_classes(self._train[name], "training")
        require_unrelated(
            self._query, {**self._sources, **{f"training of {name}": each for name, each in self._train.items()}}
        )
        for place in self._places():
            for name in self._sources:
                self._part(name, place, seed=0)

    @property
    def described(self) -> Mapping[str, Any]:
        """Settings without paths, and the data."""
        kept = {
            key: value
            for key, value in asdict(self._settings).items()
            if key in ("classes", "clips", "against", "pictures")
        }
        sides = {
            **{f"source {name}": each for name, each in self._sources.items()},
            **{f"train {name}": each for name, each in self._train.items()},
            **{f"query {name}": each for name, each in self._query.items()},
        }
        pictures = load_encoder(self._settings.pictures, {}).mark.digest
        return {**kept, "weights of pictures": pictures, **described(self.terms, **sides)}

    def trials(self) -> tuple[Trial, ...]:
        """By seed: how far the targets are told by single frames; then every arm, part and regime."""
        found = []
        for seed in self.terms.numbers:
            if seed == self.terms.training.seed:
                found.append(Trial(arm=_BIAS, regime="probe", seed=seed))
            for regime in self.terms.regimes:
                found.append(Trial(arm=NOTHING, regime=regime, seed=seed))
                found += [
                    Trial(arm=name, at=place, regime=regime, seed=seed)
                    for name in self._sources
                    for place in self._places()
                ]
        return tuple(found)

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Pretrain, then learn each target for itself and name its queries."""
        settings = self.terms.training_of(trial.seed)
        if trial.arm == _BIAS:
            return bench.outcome(trial, *(self._told_by_frames(bench, name) for name in self._train))
        start: Path | None = None
        if trial.arm != NOTHING:
            start = bench.pretrained(self._part(trial.arm, trial.at, seed=trial.seed), settings)
        found: list[Answers] = []
        for name, train in self._train.items():
            # A run of its own for each target: their classes differ.
            own = replace(trial, arm=f"{trial.arm} to {name}")
            found += learned(bench, own, train, {name: self._query[name]}, start=start)
            bench.forget(own)
        return bench.outcome(trial, *found)

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """Accuracy on every target, gains over nothing and over ``against``, gap ratios, and representation bias."""
        found = Outcomes([each for each in outcomes if each.trial.arm != _BIAS])
        rows, differences = accuracies(found, baseline=lambda series: series)
        for (series, at), cell in found.cells.items():
            arm, _, regime = series.rpartition(", ")
            nothing = f"{NOTHING}, {regime}"
            for test in (each.test for each in cell[0].answers):
                # What begins from nothing has no place on the axis, but is what every place is compared with.
                if arm != NOTHING:
                    differences.append(_gain(found, (nothing, ""), (series, at), test))
                other = f"{self._settings.against}, {regime}"
                if self._settings.against and arm not in (NOTHING, self._settings.against):
                    differences.append(_gain(found, (other, at), (series, at), test))
                    rows.append(self._ratio(found, (other, at), (series, at), test))
        biases = [row for each in outcomes if each.trial.arm == _BIAS for row in self._biases(each)]
        axis = "part of the source" if len(self._places()) > 1 else ""
        return found.findings(self.name, axis, [*rows, *biases], differences)

    def _places(self) -> list[str]:
        """Parts of the sources, by what is printed of them."""
        classes = [f"{count} classes" for count in self._settings.classes]
        return [*classes, *(f"{count} clips a class" for count in self._settings.clips), ALL]

    def _part(self, name: str, place: str, *, seed: int) -> LabelledSet:
        source = self._sources[name]
        if place == ALL:
            return source
        count = int(place.split()[0])
        if place.endswith(" classes"):
            return Part(source, classes=some_classes(source, count, seed=seed))
        return shots(source, count, seed=seed)

    def _told_by_frames(self, bench: Bench, name: str) -> Answers:
        """What a probe says that sees frozen features of single frames: how much they give away without any movement."""
        encoder = load_encoder(self._settings.pictures, {})
        train, query = ([Excerpt.still(clip) for clip in side.clips] for side in (self._train[name], self._query[name]))
        labels, classes = [clip.label for clip in train], [entry.name for entry in self._train[name].class_entries]
        rows = probe_probabilities(bench.seen(encoder, train), labels, bench.seen(encoder, query), len(classes))
        return answers(name, query, rows, classes)

    def _biases(self, outcome: Outcome) -> list[Row]:
        rows = []
        for each in outcome.answers:
            chance, hits = 1 / len(each.classes), each.hits[None]

            def bits(runs: Indices, units: Indices, chance: float = chance, hits: Any = hits) -> float:
                return representation_bias(mean_of(hits)(runs, units), chance)

            value = resample(bits, 1, [0] * hits.shape[1], seed=0, share=False)
            rows.append(
                Row(
                    measure="representation bias, bits",
                    test=each.test,
                    arm=f"{_BIAS}, probe",
                    value=value,
                    n=hits.shape[1],
                    seeds=1,
                )
            )
        return rows

    def _ratio(self, found: Outcomes, first: tuple[str, str], second: tuple[str, str], test: str) -> Row:
        below, above = (found.hits(*cell, test) for cell in (first, second))
        value = gap_ratio(above, below)
        chance = 1 / len(self._train[test].class_entries)
        doubt = "" if below.mean() >= _WEAK * chance else f"{first[0]} is below {_WEAK:g} times chance"
        return Row(
            measure="gap ratio",
            test=test,
            arm=f"{second[0]}, to {self._settings.against}",
            at=second[1],
            value=value,
            n=above.shape[1],
            seeds=len(above),
            doubt=doubt,
        )


def gap_ratio(synthetic: Any, real: Any) -> Estimate:
    """Accuracy after synthetic pretraining over that after real, NaN for a real of 0: hits (runs, N), on the same clips."""
    one, other = mean_of(synthetic), mean_of(real)

    def ratio(runs: Indices, units: Indices) -> float:
        below = other(runs, units)
        return one(runs, units) / below if below else float("nan")

    return resample(ratio, len(synthetic), [0] * synthetic.shape[1], seed=0, share=False)


def _gain(found: Outcomes, first: tuple[str, str], second: tuple[str, str], test: str) -> Difference:
    comparison = compare_over_runs(found.hits(*first, test), found.hits(*second, test), seed=0)
    return Difference(
        measure=ACCURACY, test=test, first=first[0], second=second[0], at=second[1], comparison=comparison
    )
