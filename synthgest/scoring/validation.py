"""A scorer put to the test on the user's own classes: whether it finds clips that are known to be bad, kind by kind."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from synthgest.data.ahead import batches
from synthgest.data.dataset import Clip, Dataset
from synthgest.data.storage import write_bytes
from synthgest.errors import DatasetError, SpecError
from synthgest.labels import Uncertainty, class_probabilities, uncertainties
from synthgest.scoring.sample import Sample, sample
from synthgest.scoring.scorer import Scorer, ScorerMark
from synthgest.statistics import Estimate, auroc

KINDS: tuple[str, ...] = ("label-swapped", "another class", "frozen", "time-reversed", "spliced", "blacked out")
"""Ways to make a bad clip of a good one. Another class: what it shows is none of the classes. Spliced: half of it shows
another class. Blacked out: its second half is black."""

MEASURES: tuple[Uncertainty, ...] = ("entropy", "label-aware")

_LEAST = 4  # clips, below which no interval says anything
_BATCH = 16
_FILE = "validation.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How well one measure tells one kind of bad clip from good ones.

    auroc: None where it cannot be computed (``another class`` of two classes). blind: by construction, such as entropy for a
    label that it never looks at; such a kind is reported, and left out of the warning.
    """

    kind: str
    measure: str
    auroc: Estimate | None
    blind: bool

    @property
    def doubtful(self) -> bool:
        """Whether a kind that could be seen is told apart no better than by chance, or the wrong way round."""
        return not self.blind and self.auroc is not None and self.auroc.low <= 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a scorer can be believed for. clips: good ones that were looked at, and as many bad ones of each kind."""

    scorer: str
    clips: int
    findings: tuple[Finding, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is not told apart, one line a measure."""
        return tuple(
            f"{measure} does not tell {', '.join(kinds)} clips of these classes from good ones"
            for measure in MEASURES
            if (kinds := [found.kind for found in self.findings if found.measure == measure and found.doubtful])
        )


def validate(
    dataset: Dataset,
    scorer: Scorer,
    *,
    clips: int = 100,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Validation:
    """Make bad clips of some good ones, and see whether they score as more uncertain (AUROC, with its interval).

    clips: good ones at most, of all classes alike. The data set itself is not changed.
    """
    rng = np.random.default_rng(seed)
    good = _chosen(dataset.clips, clips, rng)
    if len(good) < _LEAST:
        raise SpecError(f"{dataset.folder} has {len(good)} clips; at least {_LEAST} are needed to validate a scorer")
    targets = np.array([clip.label for clip in good], np.intp)
    samples = [sample(clip, scorer.mark.frames) for clip in good]
    cosines = {"good": _scored(scorer, samples, progress)}
    for kind, spoilt in _spoilt(samples, targets, rng).items():
        cosines[kind] = _scored(scorer, spoilt, progress)
    findings = tuple(
        _finding(scorer.mark, kind, measure, cosines, targets, seed) for kind in KINDS for measure in MEASURES
    )
    return Validation(scorer=f"{scorer.mark.scorer}-{scorer.mark.digest}", clips=len(good), findings=findings)


def write_validation(folder: Path, validation: Validation) -> None:
    """Keep a validation beside the scores that it is about."""
    write_bytes(folder / _FILE, json.dumps(asdict(validation), indent=1).encode())


def read_validation(folder: Path) -> Validation | None:
    """The validation that is kept beside scores, or None. DatasetError for a file that holds something else."""
    path = folder / _FILE
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Validation)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DatasetError(f"cannot read {path} ({error}); run `synthgest score --validate` again") from error


def _chosen(clips: Sequence[Clip], most: int, rng: np.random.Generator) -> list[Clip]:
    """Some clips, as many of each class as there are, in the data set's order."""
    by_class: dict[int, list[int]] = {}
    for number in rng.permutation(len(clips)):
        by_class.setdefault(clips[number].label, []).append(int(number))
    each = max(1, most // max(len(by_class), 1))
    return [clips[number] for number in sorted(number for own in by_class.values() for number in own[:each])]


def _spoilt(
    samples: Sequence[Sample], targets: NDArray[np.intp], rng: np.random.Generator
) -> Mapping[str, list[Sample]]:
    """The kinds of bad clip that differ in what they show."""
    parts = [part for good in samples for part in good.parts]
    others = [parts[int(rng.choice(np.flatnonzero(targets != target)))] for target in targets]
    half = len(parts[0].numbers) // 2
    firsts = [replace(part, numbers=part.numbers[:half]) for part in parts]
    return {
        "frozen": [
            Sample((replace(part, numbers=part.numbers[half : half + 1] * len(part.numbers)),)) for part in parts
        ],
        "time-reversed": [Sample((replace(part, numbers=part.numbers[::-1]),)) for part in parts],
        "spliced": [
            Sample((first, replace(other, numbers=other.numbers[half:])))
            for first, other in zip(firsts, others, strict=True)
        ],
        "blacked out": [
            Sample((first, replace(part, numbers=part.numbers[half:], black=True)))
            for first, part in zip(firsts, parts, strict=True)
        ],
    }


def _scored(scorer: Scorer, samples: Sequence[Sample], progress: Callable[[int], None] | None) -> NDArray[np.float32]:
    rows = []
    for batch in batches(samples, scorer.prepare, size=_BATCH):
        rows.append(scorer.cosines([ready for _, ready in batch]))
        if progress is not None:
            progress(len(batch))
    return np.concatenate(rows)


def _finding(
    mark: ScorerMark,
    kind: str,
    measure: Uncertainty,
    cosines: Mapping[str, NDArray[np.float32]],
    targets: NDArray[np.intp],
    seed: int,
) -> Finding:
    blind = (kind == "label-swapped" and measure == "entropy") or (kind == "time-reversed" and not mark.ordered)
    good = _uncertain(cosines["good"], targets, mark, measure)
    bad = _of_bad_clips(kind, cosines, targets, mark, measure, np.random.default_rng([seed, KINDS.index(kind)]))
    return Finding(kind=kind, measure=measure, auroc=None if bad is None else auroc(bad, good), blind=blind)


def _of_bad_clips(
    kind: str,
    cosines: Mapping[str, NDArray[np.float32]],
    targets: NDArray[np.intp],
    mark: ScorerMark,
    measure: Uncertainty,
    rng: np.random.Generator,
) -> NDArray[np.float64] | None:
    classes = len(mark.classes)
    if kind == "label-swapped":
        wrong = (targets + rng.integers(1, classes, len(targets))) % classes
        return _uncertain(cosines["good"], wrong, mark, measure)
    if kind != "another class":
        return _uncertain(cosines[kind], targets, mark, measure)
    if classes < 3:
        return None
    # A clip whose own class is taken away shows none of those that are left.
    kept = np.array([np.delete(row, target) for row, target in zip(cosines["good"], targets, strict=True)])
    return _uncertain(kept, rng.integers(0, classes - 1, len(targets)), mark, measure)


def _uncertain(
    cosines: NDArray[np.float32], targets: NDArray[np.intp], mark: ScorerMark, measure: Uncertainty
) -> NDArray[np.float64]:
    probabilities = class_probabilities(cosines, mark.temperature)
    return uncertainties(probabilities, targets, normalize="logk", uncertainty=measure)
