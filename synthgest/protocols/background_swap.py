"""Background swap: whether the place is learned instead of the gesture, and whether learning on swapped places mends that."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.data.labelled import LabelledClip, LabelledSet
from synthgest.data.manifest import ClassEntry
from synthgest.data.part import Part
from synthgest.errors import SpecError
from synthgest.evaluation.scene import swapped
from synthgest.labels import LabelMode
from synthgest.protocols.bench import Bench
from synthgest.protocols.findings import ACCURACY, Difference, Findings, Outcomes, accuracies, against
from synthgest.protocols.fitting import learned
from synthgest.protocols.opening import described, opened, require_all_classes, require_unrelated
from synthgest.protocols.terms import Terms
from synthgest.protocols.trial import Outcome, Trial
from synthgest.resampling import compare_over_runs

OWN, SWAPPED = "learned in their own places", "learned in swapped places"
AS_THEY_ARE, MOVED = "as they are", "places swapped"


class Swapped:
    """A data set whose clips stand before places of clips of other classes, chosen by seed, with their ground truth."""

    def __init__(self, dataset: LabelledSet, *, seed: int) -> None:
        labels = np.array([clip.label for clip in dataset.clips])
        rng = np.random.default_rng([seed, 7])
        places = [int(rng.choice(np.flatnonzero(labels != label))) for label in labels]
        self._whole, self._seed = dataset, seed
        self.clips: tuple[LabelledClip, ...] = tuple(
            swapped(clip, dataset.clips[place]) for clip, place in zip(dataset.clips, places, strict=True)
        )

    @property
    def class_entries(self) -> tuple[ClassEntry, ...]:
        """Of the data set."""
        return self._whole.class_entries

    @property
    def described(self) -> Mapping[str, Any]:
        """Of the data set, and that places are swapped."""
        return {**self._whole.described, "swapped": self._seed}

    def targets(
        self, labels: LabelMode = "none", *, scores: str = ""
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of the data set."""
        return self._whole.targets(labels, scores=scores)

    def __len__(self) -> int:
        """Clips."""
        return len(self.clips)


class BackgroundSwap:
    """Two arms, learned in their own places and in swapped ones, both asked about clips as they are and with places swapped.

    Needs clips that synthgest drew, whose masks cut the performer out. The queries' places are swapped by one seed for all.
    """

    name = "background-swap"

    def __init__(self, train: str, query: str, terms: Terms) -> None:
        """Opens the data; SpecError for clips without masks, and where both sides share a motion."""
        self.terms = terms
        self._train = opened(train, terms)
        self._query = Part(opened(query, terms), classes=[entry.name for entry in self._train.class_entries])
        require_unrelated({"query": self._query}, {"training": self._train})
        require_all_classes(self._train, "training")
        for side in (self._train, self._query):
            if not {"mask", "boxes"} <= side.clips[0].truth().keys():
                raise SpecError(
                    f"{side!r} has no masks of its performers; background-swap needs clips that synthgest drew"
                )
        if len({clip.label for clip in self._query.clips}) < 2:
            raise SpecError("the query clips are of one class; their places can be swapped between at least 2")

    @property
    def described(self) -> Mapping[str, Any]:
        """The data."""
        return described(self.terms, train=self._train, query=self._query)

    def trials(self) -> tuple[Trial, ...]:
        """Both arms, by seed and regime."""
        return tuple(
            Trial(arm=arm, regime=regime, seed=seed)
            for seed in self.terms.numbers
            for regime in self.terms.regimes
            for arm in (OWN, SWAPPED)
        )

    def carry_out(self, trial: Trial, bench: Bench) -> Outcome:
        """Learn, and name the queries in their own places and in others."""
        train = self._train if trial.arm == OWN else Swapped(self._train, seed=trial.seed)
        tests: dict[str, LabelledSet] = {
            AS_THEY_ARE: self._query,
            MOVED: Swapped(self._query, seed=self.terms.training.seed),
        }
        return bench.outcome(trial, *learned(bench, trial, train, tests, start=None))

    def findings(self, outcomes: Sequence[Outcome]) -> Findings:
        """Accuracy in both places, what learning in swapped places gains, and what each arm loses where places are swapped."""
        found = Outcomes(outcomes)
        rows, differences = accuracies(found, baseline=against(OWN))
        for series, at in found.cells:
            before, after = (found.hits(series, at, test) for test in (AS_THEY_ARE, MOVED))
            comparison = compare_over_runs(before, after, seed=0)
            differences.append(
                Difference(
                    measure=ACCURACY,
                    test="the same clips",
                    first=f"{series}, {AS_THEY_ARE}",
                    second=f"{series}, {MOVED}",
                    comparison=comparison,
                )
            )
        return found.findings(self.name, "", rows, differences, chance=1 / len(self._train.class_entries))
